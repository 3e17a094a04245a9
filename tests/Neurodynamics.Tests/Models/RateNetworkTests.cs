using System.Text.Json;
using CsCheck;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

public sealed class RateNetworkTests
{
    private static readonly ScalarType Double = ScalarType.Float64;

    public static TheoryData<LeakyArchitecture> RateNetworks => [.. Gated.RateNetworks];

    /// <summary>Both equations written out, unit by unit, in plain numbers.</summary>
    [Theory, MemberData(nameof(RateNetworks))]
    public void A_step_is_its_equation(LeakyArchitecture kind)
    {
        const int I = 2, N = 5;
        var cell = Random(kind, I, N, seed: 3);
        double[,] w = cell.RecurrentWeights(), b = Values("weight_ih").ToMatrix();
        double[] bias = Values("bias").ToVector(), leak = cell.Leak.ToVector();
        double[] inner = cell is CurrentsCell { InnerBias: { } c } ? c.ToVector() : new double[N];
        double[] u = [0.7, -1.2], x = [0.3, -2, 1.1, 0.05, -0.4];
        double[] expected = [.. Enumerable.Range(0, N).Select(i =>
        {
            double drive = b[i, 0] * u[0] + b[i, 1] * u[1] + bias[i], recurrent = 0;
            for (int j = 0; j < N; j++) recurrent += w[i, j] * (kind is Rates ? x[j] : F(x[j] + inner[j]));
            double goal = kind is Rates ? F(recurrent + drive) : recurrent + drive;
            return (1 - leak[i]) * x[i] + leak[i] * goal;
        })];
        double[] next = cell.Next(u, x);
        for (int i = 0; i < N; i++) Assert.Equal(expected[i], next[i], 1e-14);
        // What a readout sees: the rates of currents, unless it is told to see the currents.
        using var scope = NewDisposeScope();
        double[] hidden = cell.Hidden(x.ToTensor().unsqueeze(0)).squeeze(0).ToVector();
        for (int i = 0; i < N; i++)
            Assert.Equal(kind switch
            {
                Currents { ReadsRates: true, ReadsPlainRates: true } => F(x[i]),
                Currents { ReadsRates: true } => F(x[i] + inner[i]),
                _ => x[i],
            }, hidden[i], 1e-15);

        double F(double z) => kind.Nonlinearity.Name switch
        {
            "tanh" => Math.Tanh(z),
            "relu" => Math.Max(z, 0),
            "softplus" => Math.Log(1 + Math.Exp(z)),
            "leaky-relu" => Math.Max(z, 0.01 * z),
            "rectified-tanh" => Math.Max(Math.Tanh(z), 0),
            _ => 1 / (1 + Math.Exp(-z)),
        };

        Tensor Values(string name) => cell.named_parameters().Single(entry => entry.name == name).parameter;
    }

    [Fact]
    public void Rates_with_relu_and_no_leak_are_PyTorchs_RNN_with_relu()
    {
        using var scope = NewDisposeScope();
        var cell = Random(new Rates { Nonlinearity = Nonlinearity.Relu }, 3, 20, seed: 4);
        var layer = nn.RNN(3, 20, nonLinearity: nn.NonLinearities.ReLU, batchFirst: true, dtype: Double);
        var weights = cell.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        using (no_grad())
        {
            var theirs = layer.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
            weights["weight_hh"].mul_(0.2);
            theirs["weight_ih_l0"].copy_(weights["weight_ih"]);
            theirs["weight_hh_l0"].copy_(weights["weight_hh"]);
            theirs["bias_ih_l0"].copy_(weights["bias"]);
            theirs["bias_hh_l0"].zero_();
        }
        var inputs = randn(4, 30, 3, dtype: Double);
        var expected = layer.call(inputs).Item1;
        Assert.True(expected.count_nonzero().item<long>() > 100);
        Assert.True((cell.Run(inputs) - expected).abs().max().item<double>() < 1e-12);
    }

    [Fact]
    public void W_is_what_is_stored_of_it()
    {
        using var scope = NewDisposeScope();
        var low = Random(new Currents { Rank = 2 }, 1, 4, seed: 5);
        double[,] m = Of(low, "m"), n = Of(low, "n"), w = low.RecurrentWeights();
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++) Assert.Equal((m[i, 0] * n[j, 0] + m[i, 1] * n[j, 1]) / 4, w[i, j], 1e-15);
        // 40 % of five units are inhibitory: the last two. No weight has another sign than its unit, whatever training
        // does to the stored one.
        var dale = Random(new Rates { Inhibitory = 0.4 }, 1, 5, seed: 6);
        double[,] signed = dale.RecurrentWeights(), stored = Of(dale, "weight_hh");
        Assert.Contains(stored.Cast<double>(), weight => weight < 0);
        for (int i = 0; i < 5; i++)
            for (int j = 0; j < 5; j++) Assert.Equal((j < 3 ? 1 : -1) * Math.Abs(stored[i, j]), signed[i, j]);

        static double[,] Of(LeakyCell cell, string name) =>
            cell.named_parameters().Single(entry => entry.name == name).parameter.ToMatrix();
    }

    [Fact]
    public void Under_Dales_law_excitation_and_inhibition_cancel_at_first()
    {
        var cell = new RatesCell(new() { Inhibitory = 0.2 }, 1, 400, Double);
        cell.Initialise(1);
        double[,] w = cell.RecurrentWeights();
        double excitation = w.Cast<double>().Where(weight => weight > 0).Sum(), sum = w.Cast<double>().Sum();
        Assert.InRange(Math.Abs(sum) / excitation, 0, 0.02);
    }

    [Theory, MemberData(nameof(RateNetworks))]
    public void Newtons_correction_solves_its_equation(LeakyArchitecture kind) =>
        Gen.Select(Gen.Int[1, 9], Gen.Long[0, 1 << 30]).Sample((units, seed) =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            var cell = Random(kind, 2, units, seed);
            var (u, x) = (randn([1, 2], dtype: Double, generator: generator), State(3));
            var residual = State(3);
            var a = cell.StateJacobian(u, x).FromIdentity();
            // Near a singular matrix nothing is known of the solution.
            if (linalg.svdvals(a).min().item<double>() < 1e-3) return;
            var left = a.matmul(cell.Correction(u, x, residual).unsqueeze(-1)).squeeze(-1);
            Assert.True((left - residual).abs().max().item<double>() < 1e-9);

            Tensor State(int count) => randn([count, units], dtype: Double, generator: generator);
        }, iter: 20);

    [Fact]
    public void Softplus_is_smooth_where_PyTorchs_is_not_and_overflows_nowhere()
    {
        using var scope = NewDisposeScope();
        double[] at = [-800, -40, -1, 0, 1, 19.999, 20.001, 40, 800];
        var (f, slope) = (Nonlinearity.Softplus.Of(at.ToTensor()).ToVector(),
            Nonlinearity.Softplus.Slope(at.ToTensor()).ToVector());
        for (int i = 0; i < at.Length; i++)
        {
            double exact = Math.Max(at[i], 0) + Math.Log(1 + Math.Exp(-Math.Abs(at[i])));
            Assert.Equal(exact, f[i], 1e-12 * Math.Max(1, exact));
            Assert.Equal(1 / (1 + Math.Exp(-at[i])), slope[i], 1e-15);
        }
        Assert.True(f[6] - f[5] > 0.00199999);
    }

    /// <summary>
    /// r' = (1 - a) r + a relu(W r + b) with W = [[0, -2], [-2, 0]] and b = (2, 2): mutual inhibition. Its fixed points
    /// by hand: (2, 0), (0, 2), each with eigenvalue 1 - a twice, and the saddle (2/3, 2/3).
    /// </summary>
    [Theory, InlineData(1.0), InlineData(0.25)]
    public void A_ReLU_point_is_certified_with_the_kinks_in_its_ball(double leak)
    {
        var cell = Inhibition(leak);
        var found = new FixedPointSearch().Run(cell, Grid(cell));
        Assert.Equal(3, found.Points.Count);
        double[][] expected = [[2, 0], [0, 2], [2.0 / 3, 2.0 / 3]];
        Assert.All(expected, point => Assert.Contains(found.Points, own => own.State.Distance(point) < 1e-12));
        Assert.All(found.Points, point => Assert.Equal(Certainty.Certified, point.Certificate!.Certainty));
        // By hand: the saddle's kinks are 1/3 away, the attractors' 1, and the points 4/3 sqrt 2 apart.
        Assert.All(found.Points, point => Assert.InRange(point.Certificate!.UniquenessRadius, 0.2, 1));
        // Feedback with moduli of 2 contracts nothing: no box is known, and nothing is said of what may be missing.
        Assert.Null(cell.InvariantBox([0]));
        Assert.Equal(CompletenessVerdict.NotApplicable, found.Completeness.Verdict);
    }

    /// <summary>A kink counts with both its slopes: what contracts with either is certified.</summary>
    [Fact]
    public void A_ReLU_point_on_a_kink_is_certified_where_both_slopes_agree()
    {
        using var scope = NewDisposeScope();
        // r' = relu(w r) stands at 0, where the argument is 0: I - J is 1 or 1 - w.
        Assert.Equal(Certainty.Certified, At(0.5));
        // Every r from 0 on stands still with w = 1; with 1.5 there is one point, but I - J changes its sign there.
        Assert.Equal(Certainty.NotCertified, At(1));
        Assert.Equal(Certainty.NotCertified, At(1.5));

        static Certainty At(double w) => Certificate.Of(LeakyCell.Create(
            new Rates { Nonlinearity = Nonlinearity.Relu }, new double[1, 1], new[,] { { w } }),
            [new FixedPoint([0], [0], 0, 1)])[0].Certainty;
    }

    /// <summary>Unit 2 stands at its kink: it hears nothing (rates), or nobody hears it (currents).</summary>
    [Theory, InlineData("currents"), InlineData("rates")]
    public void A_kink_that_changes_no_Jacobian_does_no_harm(string name)
    {
        using var scope = NewDisposeScope();
        bool isRates = name == "rates";
        LeakyArchitecture kind = isRates
            ? new Rates { Nonlinearity = Nonlinearity.Relu } : new Currents { Nonlinearity = Nonlinearity.Relu };
        var cell = LeakyCell.Create(kind, new double[2, 1],
            isRates ? new[,] { { 0.5, 0.3 }, { 0, 0 } } : new[,] { { 0.5, 0 }, { 0, 0 } }, [1, 0]);
        // x = 0.5 x + 1 stands at 2.
        Assert.Equal(Certainty.Certified, Certificate.Of(cell, [new FixedPoint([2, 0], [0], 0, 1)])[0].Certainty);
        var seen = LeakyCell.Create(kind, new double[2, 1], new[,] { { 0.5, 0.3 }, { 0.1, 0 } }, [1, -0.2]);
        Assert.Equal([2, 0], seen.Next([0], [2, 0]));
        // Seen by the first and seeing it a little, I - J is nearly the same with either slope.
        Assert.Equal(Certainty.Certified, Certificate.Of(seen, [new FixedPoint([2, 0], [0], 0, 1)])[0].Certainty);
    }

    /// <summary>
    /// Without a drive the box of two ReLU units shrinks to the origin, also where one's weights sum to more than 1, as
    /// long as their moduli contract; a start of its own makes it as much larger as that one asks for.
    /// </summary>
    [Theory, InlineData("currents"), InlineData("rates")]
    public void The_box_of_a_growing_nonlinearity_is_no_larger_than_it_need_be(string name)
    {
        using var scope = NewDisposeScope();
        Assert.All(Cell(learned: false).InvariantBox([0])!, side => Assert.InRange(side, 0, 1e-10));
        var cell = Cell(learned: true);
        using (no_grad()) cell.LearnedStart!.copy_(tensor([-3.0, 0]));
        // y = |W| y + start.
        double[] box = cell.InvariantBox([0])!;
        Assert.Equal(3 / (1 - 0.2), box[0], 1e-6);
        Assert.Equal(0.1 * 3 / (1 - 0.2), box[1], 1e-6);

        LeakyCell Cell(bool learned)
        {
            LeakyArchitecture kind = name == "rates"
                ? new Rates { Nonlinearity = Nonlinearity.Relu, LearnedStart = learned }
                : new Currents { Nonlinearity = Nonlinearity.Relu, LearnedStart = learned };
            return LeakyCell.Create(kind, new double[2, 1], new[,] { { 0, -2 }, { 0.1, 0 } });
        }
    }

    [Theory, InlineData("currents"), InlineData("rates")]
    public void Growing_nonlinearities_have_a_box_where_the_moduli_of_the_weights_contract(string name)
    {
        using var scope = NewDisposeScope();
        LeakyArchitecture kind = name == "rates"
            ? new Rates { Nonlinearity = Nonlinearity.Softplus, Leak = 0.5 }
            : new Currents { Nonlinearity = Nonlinearity.Softplus, Leak = 0.5 };
        var cell = (LeakyCell)kind.Create(1, 2, Double);
        var weights = cell.named_parameters().Single(entry => entry.name == "weight_hh").parameter;
        using (no_grad()) weights.copy_(tensor(new[,] { { 0.5, -0.25 }, { 0.25, 0.5 } }));
        // |x| = offset + |W| |x|: with rows that sum to 3/4 the box is four times the offset, ln 2, or |W| ln 2.
        double expected = 4 * Math.Log(2) * (name == "rates" ? 1 : 0.75);
        Assert.All(cell.InvariantBox([0])!, side => Assert.Equal(expected, side, 1e-6));
        using (no_grad()) weights.mul_(1.5);
        Assert.Null(cell.InvariantBox([0]));
    }

    [Fact]
    public void Trials_begin_at_the_learned_start_and_the_box_holds_it()
    {
        using var scope = NewDisposeScope();
        var cell = new RatesCell(new() { LearnedStart = true, Leak = 0.5 }, 1, 2, Double);
        using (no_grad()) cell.LearnedStart!.copy_(tensor([3.0, -0.5]));
        Assert.Equal([3, -0.5], cell.StartState());
        // No weights: every step halves the state.
        double[,,] states = cell.Run(zeros(1, 2, 1, dtype: Double)).ToCube();
        Assert.Equal([1.5, -0.25, 0.75, -0.125], states.Cast<double>());
        Assert.Equal([3, 1], cell.InvariantBox([0])!);
        Assert.Equal([0, 0], new RatesCell(new(), 1, 2, Double).StartState());
    }

    [Theory, MemberData(nameof(RateNetworks))]
    public void A_recipe_with_its_options_is_read_as_it_was_written(LeakyArchitecture kind)
    {
        var recipe = new Recipe { Architecture = kind, Units = 4 };
        string text = JsonSerializer.Serialize(recipe, Json.Options);
        Assert.Equal(recipe, JsonSerializer.Deserialize<Recipe>(text, Json.Options));
        var plain = recipe with { Architecture = new Rates() };
        Assert.Equal(kind == plain.Architecture, recipe.Hash == plain.Hash);
    }

    [Theory, MemberData(nameof(RateNetworks))]
    public void Every_kind_trains_and_its_copy_in_float64_computes_the_same(LeakyArchitecture kind)
    {
        using var scope = NewDisposeScope();
        var recipe = new Recipe
        {
            Architecture = kind,
            Units = 6,
            Task = new FlipFlop { Channels = 1 },
            Training = new() { Updates = 3, Steps = 12, BatchSize = 4, EvaluateEvery = 3 },
        };
        var before = recipe.Create();
        var trained = Trainer.Train(recipe);
        var (start, end) = (Weights(before), Weights(trained.Network));
        // Everything that is a parameter has learned; leaks and signs have not.
        foreach (var (name, values) in start)
            Assert.Equal(name.EndsWith("leak") || name.EndsWith("sign"), end[name].SequenceEqual(values));
        Assert.Equal(end, Weights(Trainer.Train(recipe).Network));
        double[,,] inputs = recipe.Task.Sample(3, 10, 1).Inputs;
        double[,,] single = trained.Network.Run(inputs), exact = trained.Network.InDouble().Run(inputs);
        Assert.All(single.Cast<double>().Zip(exact.Cast<double>()),
            pair => Assert.Equal(pair.Second, pair.First, 1e-4));

        static Dictionary<string, double[]> Weights(Network network) => network.state_dict()
            .ToDictionary(entry => entry.Key, entry => entry.Value.to(Double).flatten().ToVector());
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rates { Leak = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rates { Leak = 1.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rates { LastLeak = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Currents { Rank = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Currents { Inhibitory = 2 });
        Assert.Throws<ArgumentNullException>(() => new Currents { Nonlinearity = null! });
        var both = Assert.Throws<ArgumentException>(() => new Rates { Rank = 2, Inhibitory = 0.2 }.Create(1, 4));
        Assert.Contains("leave one of them out", both.Message);
        Assert.Throws<ArgumentException>(() => new Rates { Rank = 5 }.Create(1, 4));
        var unknown = Assert.Throws<ArgumentException>(() => Nonlinearity.Named("sinus"));
        Assert.Contains("tanh, relu, leaky-relu, rectified-tanh, softplus, logistic", unknown.Message);
    }

    [Fact]
    public void Leaks_of_their_own_lie_between_the_first_and_the_last_in_equal_ratios()
    {
        double[] leaks = new RatesCell(new() { Leak = 0.8, LastLeak = 0.1 }, 1, 4, Double).Leak.ToVector();
        Assert.Equal(0.8, leaks[0], 1e-15);
        Assert.Equal(0.1, leaks[3], 1e-15);
        for (int i = 0; i < 3; i++) Assert.Equal(0.5, leaks[i + 1] / leaks[i], 1e-15);
    }

    private static LeakyCell Inhibition(double leak) => LeakyCell.Create(
        new Rates { Nonlinearity = Nonlinearity.Relu, Leak = leak }, new double[2, 1],
        new[,] { { 0.0, -2 }, { -2, 0 } }, [2, 2]);

    [Fact]
    public void Weights_can_be_written_out()
    {
        double[,] b = { { 1 }, { 2 } }, w = { { 0.5, -1 }, { 0.25, 0 } };
        var plain = LeakyCell.Create(new Currents(), b, w, [0.1, 0.2], leak: [0.5, 0.25]);
        Assert.Equal(w, plain.RecurrentWeights());
        Assert.Equal([0.5, 0.25], plain.Leak.ToVector());
        double[] next = plain.Next([3], [1, -1]);
        Assert.Equal(0.5 * 1 + 0.5 * (0.5 * Math.Tanh(1) + Math.Tanh(1) + 3 + 0.1), next[0], 1e-15);
        Assert.Equal(-0.75 + 0.25 * (0.25 * Math.Tanh(1) + 6 + 0.2), next[1], 1e-15);
        // Signs of columns become those of units, wherever they stand.
        var dale = LeakyCell.Create(new Rates { Inhibitory = 0 }, b, new[,] { { -0.5, 1 }, { -0.25, 0 } });
        Assert.Equal(new[,] { { -0.5, 1 }, { -0.25, 0 } }, dale.RecurrentWeights());
        var low = LeakyCell.CreateLowRank(new Rates(), b, new[,] { { 1.0 }, { 2 } }, new[,] { { 3.0 }, { 4 } });
        Assert.Equal(new[,] { { 1.5, 2 }, { 3, 4 } }, low.RecurrentWeights());
        Assert.Throws<ArgumentException>(() => LeakyCell.Create(
            new Rates { Inhibitory = 0 }, b, new[,] { { 0.5, -1 }, { -0.25, 0 } }));
        Assert.Throws<ArgumentException>(() => LeakyCell.Create(new Rates { Rank = 1 }, b, w));
        Assert.Throws<ArgumentException>(() => LeakyCell.Create(new Rates(), b, new double[2, 3]));
        Assert.Throws<ArgumentException>(() => LeakyCell.Create(new Rates(), b, w, leak: [0.5, 0]));
        Assert.Throws<ArgumentException>(() => LeakyCell.Create(new Rates(), new double[3, 1], w));
    }

    private static double[,] Grid(Cell cell) => Enumerable.Range(0, 49)
        .Select(i => new[] { 0.1 + i % 7 * 0.4, 0.05 + i / 7 * 0.4 }).ToMatrix(cell.StateSize);

    private static LeakyCell Random(LeakyArchitecture kind, int inputs, int units, long seed)
    {
        var cell = (LeakyCell)kind.Create(inputs, units, Double);
        using var generator = new Generator((ulong)seed);
        using var frozen = no_grad();
        foreach (var parameter in cell.parameters()) parameter.uniform_(-1, 1, generator);
        return cell;
    }
}
