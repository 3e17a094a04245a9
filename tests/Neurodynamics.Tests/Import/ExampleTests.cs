using System.Globalization;
using CsCheck;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Tests.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Import;

/// <summary>Arrays that become the equation which reproduces the source's trials.</summary>
public sealed class ExampleTests
{
    /// <summary>What each file of forms.json is, in the words of the equation.</summary>
    private static readonly Dictionary<string, string[]> Equations = new()
    {
        ["currents_tanh"] = ["x' = (1 - a) x + a (W tanh(x) + B u + b)", "W = W_rec,", "a = 0.2 (estimated)"],
        ["rates_relu"] = ["r' = (1 - a) r + a relu(W r + B u + b)", "b = rnn.input2h.bias + rnn.h2h.bias", "a = 0.2"],
        ["rates_softplus_kernel"] = ["r' = (1 - a) r + a softplus(W r + B u + b)", "[u, x] rnn/leaky_rnn_cell/kernel'"],
        ["dale_currents_relu"] = ["x' = (1 - a) x + a (W relu(x) + B u + b)", "W = W_rec Dale_rec", "a = 0.2"],
        ["rates_sigmoid_tau"] = ["r' = (1 - a) r + a logistic(W r + B u + b)", "a = dt / tau"],
        ["vanilla_transposed"] = ["r' = tanh(W r + B u + b)", "W = W', B = U', b = b"],
        ["vanilla_relu"] = ["r' = relu(W r + B u + b)", "W = weight_hh_l0"],
        ["lstm_kernel_forget1"] = ["gates in the order i g f o, 1 added to f's argument", "[u, h]"],
        ["gru_split"] = ["W_nh (r h)", "W_u = [wCX; wRUX]", "gates in the order n r z"],
        ["gru_two_layers"] = ["layer 0: ", "layer 1: ", "weight_hh_l1", "gates in the order r z n"],
        ["lowrank1_tanh"] = ["x' = (1 - a) x + a (W tanh(x) + B u)", "W = m n' / N, B = wi' diag(si)", "a = 0.2"],
        ["lowrank2_tanh_4"] = ["W tanh(x)", "W = m n' / N, B = wi' diag(si)", "a = 0.2"],
        ["lowrank2_tanh_ring"] = ["W tanh(x)", "W = m n' / N, B = wi' diag(si)", "a = 0.2"],
        ["lowrank3_tanh"] = ["W tanh(x + c)", "W = m n' / N, B = wi' diag(si), c = b", "a = 0.2"],
        ["lowrank2_tanh_cycle"] = ["W tanh(x)", "W = m n' / N, B = wi' diag(si)", "a = 0.2"],
        ["lowrank2_relu"] = ["W relu(x + c)", "W = m n' / N, B = wi' diag(si), c = b", "a = 0.2"],
    };

    [Theory, MemberData(nameof(FormTests.Forms), MemberType = typeof(FormTests))]
    public void Every_form_is_recognised_by_example_alone(string name)
    {
        using var imported = Loaded(Reference.Form(name), null);
        var example = imported.Network.Example!;
        Assert.All(Equations[name], phrase => Assert.Contains(phrase, example.Best.Equation));
        Assert.InRange(example.Best.Error, 0, 1e-12);
        Assert.Empty(example.Rivals);
        Assert.Null(example.Trial);
        Assert.InRange(example.RunnerUp!.Error, 1e-3, 1e9);
        Assert.Contains(example.RunnerUp.Equation, example.ToString());
        Assert.Null(imported.Network.Cell.Unchecked);

        // The same map as the network that was put together by hand, away from the trials too.
        var known = FormTests.Build(name, ArrayFile.Read(Reference.Form(name))).Cell;
        var cell = imported.Network.Cell;
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var inputs = randn([20, cell.InputSize], ScalarType.Float64, generator: generator);
        var states = randn([20, cell.StateSize], ScalarType.Float64, generator: generator);
        Assert.InRange((cell.Step(inputs, states) - known.Step(inputs, states)).abs().max().item<double>(), 0, 1e-12);
        Assert.Equal(known.StartState(), cell.StartState());
    }

    [Theory, MemberData(nameof(FormTests.WithPoints), MemberType = typeof(FormTests))]
    public void The_fixed_points_of_a_form_read_by_example_are_all_found(string name)
    {
        using var imported = Loaded(Reference.Form(name), null);
        var file = ArrayFile.Read(Reference.Form(name));
        double[,] states = Candidates.FromStates(file["states"].ToTrials(), 200, seed: 1, noise: 0.3);
        var found = new FixedPointSearch { SlowCandidates = 0 }.Run(imported.Network.Cell, states);
        double[,] expected = file["fixed_points"].ToMatrix();
        Assert.Equal(expected.GetLength(0), found.Points.Count);
        for (int i = 0; i < expected.GetLength(0); i++)
            Assert.Contains(found.Points, point => point.State.Distance(expected.Row(i)) < 1e-9);
    }

    /// <summary>Random networks of every convention, run in plain numbers: the map is found again.</summary>
    [Fact]
    public void A_rate_network_in_any_convention_is_found_again()
    {
        var kinds = from f in Gen.Int[0, F.Count - 1].Select(F.Keys.ElementAt)
                    from form in Gen.Int[0, 3]
                    from leak in Gen.Int[0, 3].Select(i => new[] { 1.0, 0.25, 0.1, 1.0 / 3 }[i])
                    from turned in Gen.Bool
                    from kernel in Gen.Bool
                    from bias in Gen.Int[0, 2]
                    from seed in Gen.Int[1, 1_000_000]
                    select (f, form, leak, turned, kernel, bias, seed);
        kinds.Sample(kind =>
        {
            var random = new Random(kind.seed);
            const int Units = 6, Inputs = 2;
            // Weights that the leak does not multiply are as much smaller, lest the trials run away.
            double[,] w = Matrix(Units, Units, kind.form == 1 ? 0.2 * kind.leak : 0.6), b = Matrix(Units, Inputs, 1);
            double[] first = Vector(kind.bias > 0), second = Vector(kind.bias > 1);
            double[] Step(double[] u, double[] x)
            {
                double[] seen = kind.form < 2 ? [.. x.Select(value => F[kind.f](value))] : x;
                double[] drive = [.. Enumerable.Range(0, Units).Select(i => Dot(w, i, seen) + Dot(b, i, u)
                    + first[i] + second[i])];
                return
                [
                    .. Enumerable.Range(0, Units).Select(i => kind.form switch
                    {
                        0 => (1 - kind.leak) * x[i] + kind.leak * drive[i],
                        1 => (1 - kind.leak) * x[i] + drive[i],
                        2 => (1 - kind.leak) * x[i] + kind.leak * F[kind.f](drive[i]),
                        _ => F[kind.f]((1 - kind.leak) * x[i] + kind.leak * drive[i]),
                    }),
                ];
            }
            var trials = Trials(Step, Units, Inputs, random);
            List<SourceArray> arrays = kind.kernel
                ? [Array("kernel", kind.turned ? Turned(Beside(b, w)) : Beside(b, w))]
                : [Array("A", kind.turned ? Turned(w) : w), Array("K", kind.turned ? Turned(b) : b)];
            if (kind.bias > 0) arrays.Add(new("p", "float64", [Units], first));
            if (kind.bias > 1) arrays.Add(new("q", "float64", [1, Units], second));

            using var scratch = new Scratch();
            string path = scratch.Write("n.npz", Npz.Doubles([.. arrays]));
            using var imported = Loaded(path, trials);
            Assert.InRange(imported.Network.Example!.Best.Error, 0, 1e-9);
            Assert.Empty(imported.Network.Example.Rivals);
            double[] input = [0.3, -1.2];
            double[] state = [.. Enumerable.Range(0, Units).Select(_ => 4 * random.NextDouble() - 2)];
            Assert.Equal(Step(input, state), imported.Step(input, state), Close);

            double[,] Matrix(int rows, int columns, double scale) => Filled(rows, columns, (_, _) =>
                scale * (2 * random.NextDouble() - 1));

            double[] Vector(bool given) =>
                [.. Enumerable.Range(0, Units).Select(_ => given ? random.NextDouble() - 0.5 : 0)];
        }, iter: 60, seed: "0000000000001");
    }

    /// <summary>The trials never leave where relu and the leaky ReLU are one.</summary>
    [Fact]
    public void Two_maps_that_fit_are_both_named_and_the_trial_that_tells_them_apart()
    {
        double[] Step(double[] u, double[] x) => [Math.Max(0, 0.5 * x[0] + u[0] + 0.1)];
        var random = new Random(1);
        var trials = Trials(Step, 1, 1, random, input: random.NextDouble);
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Doubles(
            new("w", "float64", [1, 1], [0.5]), new("v", "float64", [1, 1], [1.0]), new("k", "float64", [1], [0.1])));
        using var imported = Loaded(path, trials, new() { Arrays = Letters(("W", "w"), ("B", "v"), ("b", "k")) });
        var example = imported.Network.Example!;
        string[] fit = [example.Best.Equation, .. example.Rivals.Select(rival => rival.Equation)];
        Assert.Contains(fit, equation => equation.StartsWith("r' = relu(", StringComparison.Ordinal));
        Assert.Contains(fit, equation => equation.StartsWith("r' = leaky-relu(", StringComparison.Ordinal));
        Assert.Contains("would tell them apart", example.Trial);
        Assert.Contains("Another map that fits too", example.ToString());
        Assert.Contains("another form", imported.Network.Cell.Unchecked);
        // The same trials tell no more the second time.
        Assert.True(imported.Network.Check(trials).Reproduced);
        Assert.Contains("another form", imported.Network.Cell.Unchecked);
    }

    [Fact]
    public void A_symmetric_matrix_turned_is_the_same_map_and_counts_once()
    {
        double[,] w = { { 0.6, -0.4 }, { -0.4, 0.3 } };
        double[] Step(double[] u, double[] x) =>
            [.. Enumerable.Range(0, 2).Select(i => Math.Tanh(Dot(w, i, x) + (i + 1) * u[0]))];
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz",
            Npz.Doubles(Array("w", w), new("v", "float64", [2, 1], [1, 2])));
        using var imported = Loaded(path, Trials(Step, 2, 1, new Random(1)));
        Assert.Empty(imported.Network.Example!.Rivals);
        Assert.Equal(Architecture.Vanilla, imported.Network.Cell.Architecture);
    }

    [Fact]
    public void Where_none_fits_the_nearest_is_named_and_how_far_it_is()
    {
        var file = ArrayFile.Read(Reference.Form("currents_tanh"));
        double[,,] states = file["states"].ToTrials();
        var random = new Random(1);
        foreach (ref double value in states.Values()) value += 1e-3 * random.NextDouble();
        var error = Assert.Throws<ImportException>(() => NetworkFile.LoadByExample(
            Reference.Form("currents_tanh"), new SourceTrajectory(file["inputs"].ToTrials(), states)));
        Assert.Contains("no equation reproduces the trials within 1e-5; the nearest is x' = (1 - a) x + a (W tanh(x)",
            error.Message);
        Assert.Contains("without noise", error.Message);
    }

    [Fact]
    public void Trials_in_float32_are_enough()
    {
        var trials = TrialsOf("rates_relu");
        foreach (ref double value in trials.States.Values()) value = (float)value;
        using var imported = Loaded(Reference.Form("rates_relu"), trials);
        var example = imported.Network.Example!;
        Assert.All(Equations["rates_relu"], phrase => Assert.Contains(phrase, example.Best.Equation));
        Assert.InRange(example.Best.Error, 1e-9, 1e-6);
    }

    /// <summary>In float32 a chaotic network soon is elsewhere, and yet each of its steps is right.</summary>
    [Fact]
    public void A_chaotic_network_in_float32_is_known_by_its_steps()
    {
        var random = new Random(1);
        double[,] w = Filled(60, 60, (_, _) => (float)(1.2 * (random.NextDouble() - 0.5)));
        double[,] b = Filled(60, 1, (_, _) => (float)random.NextDouble());
        double[] Step(double[] u, double[] x) => [.. Enumerable.Range(0, 60).Select(i =>
            (double)(float)Math.Tanh((float)(Dot(w, i, x) + Dot(b, i, u))))];
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Doubles(Array("w", w), Array("v", b)));
        using var imported = Loaded(path, Trials(Step, 60, 1, random, steps: 80));
        var best = imported.Network.Example!.Best;
        Assert.StartsWith("r' = tanh(W r + B u)", best.Equation);
        Assert.InRange(best.StepError, 1e-9, 1e-6);
        Assert.InRange(best.Error, 1e-3, 10);
        Assert.Contains("makes differences grow", best.ToString());
    }

    [Theory]
    [InlineData("h only")]
    [InlineData("c first")]
    [InlineData("time first")]
    [InlineData("start as first state")]
    [InlineData("without the first state")]
    public void The_states_may_be_saved_in_other_ways(string way)
    {
        var trials = TrialsOf("lstm_kernel_forget1");
        var (steps, units) = (trials.States.GetLength(1), trials.States.GetLength(2) / 2);
        var given = way switch
        {
            "h only" => trials with { States = Cut(trials.States, 0, steps, 0, units) },
            "c first" => trials with
            {
                States = Each(trials.States, (s, b, t, i) => s[b, t, (i + units) % (2 * units)]),
            },
            "time first" => trials.Turned(),
            "start as first state" => trials with { States = WithFirst(trials.States) },
            _ => new(Cut(trials.Inputs, 1, steps - 1, 0, 3), Cut(trials.States, 1, steps - 1, 0, 2 * units)),
        };
        using var imported = Loaded(Reference.Form("lstm_kernel_forget1"), given);
        Assert.InRange(imported.Network.Example!.Best.Error, 0, 1e-12);
        Assert.All(Equations["lstm_kernel_forget1"],
            phrase => Assert.Contains(phrase, imported.Network.Example.Best.Equation));
        Assert.Equal(way == "c first", imported.Network.Example.Best.Equation.Contains("states [c, h]"));
        Assert.Equal(way == "time first", imported.Network.Assumptions.Any(text => text.Contains("time first")));
        Assert.Equal(way == "without the first state",
            imported.Network.Assumptions.Any(text => text.Contains("from their first state on")));
        Assert.True(imported.Network.Check(trials, 1e-12).Reproduced);
    }

    [Fact]
    public void A_leak_of_each_unit_that_is_in_no_array_is_estimated()
    {
        var file = ArrayFile.Read(Reference.Form("rates_sigmoid_tau"));
        using var imported = Loaded(Reference.Form("rates_sigmoid_tau"), null, new() { LeaveOut = ["tau", "dt"] });
        Assert.Contains("each unit's own (estimated)", imported.Network.Example!.Best.Equation);
        using var scope = NewDisposeScope();
        double[] leak = ((LeakyCell)imported.Network.Cell).Leak.ToVector();
        Assert.Equal(file["tau"].Values.Select(tau => 1 / tau), leak, Close);
    }

    /// <summary>
    /// A number that is the leak by chance is no leak unless it is called one: it is left over, and the leak is an
    /// estimate. Under a name that says so, or the letter, it is the leak.
    /// </summary>
    [Theory]
    [InlineData("alpha", null, "a = alpha")]
    [InlineData("rnn.leak", null, "a = rnn.leak")]
    [InlineData("connection_probability", null, null)]
    [InlineData("optimizer_alpha_decay", null, null)]
    [InlineData("alphabet", null, null)]
    [InlineData("dtype_bytes", null, null)]
    [InlineData("connection_probability", "a", "a = connection_probability")]
    public void A_single_number_is_the_leak_only_where_it_is_named_so(string name, string? letter, string? leak)
    {
        double[,] w = { { 0.6, -0.4, 0.3 }, { 0.2, 0.9, -0.7 }, { -0.5, 0.1, 0.8 } }, b = { { 1 }, { -0.5 }, { 0.7 } };
        double[] Step(double[] u, double[] x) =>
            [.. Enumerable.Range(0, 3).Select(i => 0.8 * x[i] + 0.2 * Math.Tanh(Dot(w, i, x) + Dot(b, i, u)))];
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Doubles(
            Array("w", w), Array("v", b), new(name, "float64", [], [0.2])));
        using var imported = Loaded(path, Trials(Step, 3, 1, new Random(1)),
            new() { Arrays = letter is null ? [] : Letters((letter, name)) });
        var network = imported.Network;
        Assert.EndsWith(leak ?? "a = 0.2 (estimated)", network.Example!.Best.Equation);
        Assert.Equal(leak is not null, network.Used.Contains(name));
        Assert.Equal(leak is null, network.Ignored.Contains(name));
        Assert.InRange(network.Example.Best.Error, 0, 1e-12);
    }

    /// <summary>What inputs of two kinds do is in two arrays, in either order, and one of them turned.</summary>
    [Theory, InlineData(true, 2, 1), InlineData(false, 2, 1), InlineData(true, 2, 2), InlineData(false, 2, 2)]
    public void Two_matrices_of_inputs_stand_side_by_side_in_the_order_of_the_inputs(
        bool isContextLast, int stimuli, int contexts)
    {
        const int Units = 5;
        var random = new Random(3);
        double[,] w = Random(Units), stimulus = Random(stimuli), context = Random(contexts);
        double[,] b = isContextLast ? Beside(stimulus, context) : Beside(context, stimulus);
        double[] Step(double[] u, double[] x) =>
            [.. Enumerable.Range(0, Units).Select(i => Math.Tanh(Dot(w, i, x) + Dot(b, i, u)))];
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Doubles(
            Array("w", w), Array("stimulus", stimulus), Array("context", Turned(context))));
        using var imported = Loaded(path, Trials(Step, Units, stimuli + contexts, random));
        var network = imported.Network;
        Assert.Contains(isContextLast ? "B = [stimulus, context']" : "B = [context', stimulus]",
            network.Example!.Best.Equation);
        Assert.Empty(network.Example.Rivals);
        Assert.Equal(["context", "stimulus", "w"], network.Used.Order());
        double[] state = [0.3, -0.2, 0.9, -0.5, 0.1];
        // Each input by itself, so that none stands in for another.
        for (int input = 0; input < stimuli + contexts; input++)
        {
            double[] one = new double[stimuli + contexts];
            one[input] = 1.5;
            Assert.Equal(Step(one, state), imported.Step(one, state), Close);
        }

        double[,] Random(int columns) => Filled(Units, columns, (_, _) => random.NextDouble() - 0.5);
    }

    /// <summary>
    /// Of three networks in one file not every pair of matrices can be tried with every bias: those whose names begin
    /// alike come first, and so the trials' own are found though they are the last.
    /// </summary>
    [Fact]
    public void Of_several_networks_in_a_file_the_arrays_of_one_are_taken_together()
    {
        const string Prefix = "day3.";
        const int Units = 4, Inputs = 2;
        var random = new Random(5);
        var arrays = new List<SourceArray>();
        var own = new Dictionary<string, double[,]>();
        foreach (string day in new[] { "day1.", "day2.", "day3." })
        {
            // No unit excites itself.
            double[,] w = Filled(Units, Units, (i, j) => i == j ? 0 : Value());
            double[,] b = Filled(Units, Inputs, (_, _) => Value());
            arrays.AddRange(Array(day + "w_rec", w), Array(day + "w_in", b));
            foreach (string name in new[] { "b", "threshold", "gain" })
                arrays.Add(new(day + name, "float64", [Units], [.. Enumerable.Range(0, Units).Select(_ => Value())]));
            if (day == Prefix) (own["w"], own["b"]) = (w, b);
        }
        double[] bias = [.. arrays.Single(array => array.Name == Prefix + "b").Values];
        double[] Step(double[] u, double[] x) => [.. Enumerable.Range(0, Units).Select(i =>
            Math.Tanh(Dot(own["w"], i, x) + Dot(own["b"], i, u) + bias[i]))];
        var trials = Trials(Step, Units, Inputs, random);
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Doubles(arrays));
        using var imported = Loaded(path, trials);
        Assert.Equal([Prefix + "b", Prefix + "w_in", Prefix + "w_rec"], imported.Network.Used.Order());
        double[] state = [0.3, -0.2, 0.9, -0.5];
        Assert.Equal(Step([0.4, -1], state), imported.Step([0.4, -1], state), Close);

        double Value() => random.NextDouble() - 0.5;
    }

    [Fact]
    public void Letters_decide_where_shapes_do_not()
    {
        // The letters are wrong, and nothing else is tried.
        var wrong = Assert.Throws<ImportException>(() => NetworkFile.LoadByExample(Reference.Form("lowrank2_tanh_4"),
            options: new() { Arrays = Letters(("m", "n"), ("n", "m")) }));
        Assert.Contains("W = n m'", wrong.Message);
        using var right = Loaded(Reference.Form("lowrank2_tanh_4"), null,
            new() { Arrays = Letters(("m", "m"), ("n", "n")) });
        Assert.Contains("W = m n' / N", right.Network.Example!.Best.Equation);
        Assert.Contains("holds no array named none", Assert.Throws<ImportException>(() => NetworkFile.LoadByExample(
            Reference.Form("lowrank2_tanh_4"), options: new() { Arrays = Letters(("m", "none")) })).Message);
        Assert.Contains("Q", Assert.Throws<ArgumentException>(() =>
            new ImportOptions { Arrays = Letters(("Q", "m")) }).Message);
    }

    [Fact]
    public void Outputs_that_nothing_gives_are_a_refusal_and_a_way_round()
    {
        var trials = TrialsOf("currents_tanh");
        trials = trials with { Outputs = Each(trials.States, (s, b, t, i) => s[b, t, i] * s[b, t, i]) };
        string path = Reference.Form("currents_tanh");
        var error = Assert.Throws<ImportException>(() => NetworkFile.LoadByExample(path, trials));
        Assert.Contains("the states are reproduced, but the outputs are not", error.Message);
        using var imported = Loaded(path, trials, new() { WithoutReadout = true });
        Assert.Equal(0, imported.Network.Network.Channels);
    }

    [Fact]
    public void How_far_off_the_nearest_outputs_are_is_written_alike_in_every_culture()
    {
        string path = Reference.Form("currents_tanh");
        var trials = TrialsOf("currents_tanh") with
        {
            Outputs = Each(ArrayFile.Read(path)["outputs"].ToTrials(), (y, b, t, i) => y[b, t, i] * y[b, t, i]),
        };
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Matches(@"the nearest is .+, \d\.\de[+-]\d+ off", Assert.Throws<ImportException>(
                () => NetworkFile.LoadByExample(path, trials)).Message);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Trials_of_another_network_or_none_are_refused_in_words()
    {
        string path = Reference.Form("currents_tanh");
        Assert.Contains("fits trials of 2 inputs and 5 state variables", Assert.Throws<ImportException>(() =>
            NetworkFile.LoadByExample(path, new(new double[3, 4, 2], new double[3, 4, 5]))).Message);
        Assert.Contains("not finite", Assert.Throws<ArgumentException>(() => NetworkFile.LoadByExample(
            path, new(new double[1, 4, 3], Each(new double[1, 4, 24], (_, _, _, _) => double.NaN)))).Message);
        Assert.Contains("[3, 4, 2] and [3, 9, 5]", Assert.Throws<ArgumentException>(() =>
            NetworkFile.LoadByExample(path, new(new double[3, 4, 2], new double[3, 9, 5]))).Message);
        Assert.Contains("inputs [B, T, I] and states [B, T, S]", Assert.Throws<ImportException>(() =>
            NetworkFile.LoadByExample(Reference.Network("gru_integ1.npz"))).Message);
    }

    /// <summary>An imported network that is disposed of.</summary>
    internal sealed record Loading(ImportedNetwork Network) : IDisposable
    {
        public double[] Step(double[] input, double[] state)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            return Network.Cell.Step(tensor(input).unsqueeze(0), tensor(state).unsqueeze(0)).squeeze(0).ToVector();
        }

        public void Dispose() => Network.Network.Dispose();
    }

    internal static Loading Loaded(string path, SourceTrajectory? trials, ImportOptions? options = null) =>
        new(NetworkFile.LoadByExample(path, trials, options));

    private static readonly Dictionary<string, Func<double, double>> F = new()
    {
        ["tanh"] = Math.Tanh,
        ["relu"] = x => Math.Max(x, 0),
        ["logistic"] = x => 1 / (1 + Math.Exp(-x)),
        ["softplus"] = x => Math.Log(1 + Math.Exp(x)),
        ["leaky"] = x => Math.Max(x, 0.01 * x),
        ["retanh"] = x => Math.Max(Math.Tanh(x), 0),
    };

    private static bool Close(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(b));

    private static Dictionary<string, string> Letters(params (string Letter, string Array)[] letters) =>
        letters.ToDictionary(one => one.Letter, one => one.Array);

    private static SourceTrajectory TrialsOf(string form)
    {
        var file = ArrayFile.Read(Reference.Form(form));
        return new((double[,,])file["inputs"].ToTrials().Clone(), (double[,,])file["states"].ToTrials().Clone());
    }

    /// <summary>Four trials from zero under random inputs.</summary>
    private static SourceTrajectory Trials(Func<double[], double[], double[]> step, int units, int inputs,
        Random random, Func<double>? input = null, int steps = 25)
    {
        input ??= () => 3 * random.NextDouble() - 1.5;
        double[,,] u = new double[4, steps, inputs], states = new double[4, steps, units];
        for (int trial = 0; trial < 4; trial++)
        {
            double[] x = new double[units];
            for (int t = 0; t < steps; t++)
            {
                double[] now = [.. Enumerable.Range(0, inputs).Select(_ => input())];
                x = step(now, x);
                for (int i = 0; i < inputs; i++) u[trial, t, i] = now[i];
                for (int i = 0; i < units; i++) states[trial, t, i] = x[i];
            }
        }
        return new(u, states);
    }

    private static double Dot(double[,] rows, int row, double[] x)
    {
        double sum = 0;
        for (int j = 0; j < x.Length; j++) sum += rows[row, j] * x[j];
        return sum;
    }

    private static SourceArray Array(string name, double[,] values) =>
        new(name, "float64", [values.GetLength(0), values.GetLength(1)], [.. values.Cast<double>()]);

    private static double[,] Filled(int rows, int columns, Func<int, int, double> value)
    {
        double[,] filled = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) filled[i, j] = value(i, j);
        return filled;
    }

    private static double[,] Turned(double[,] a) => Filled(a.GetLength(1), a.GetLength(0), (i, j) => a[j, i]);

    private static double[,] Beside(double[,] a, double[,] b) => Filled(a.GetLength(0),
        a.GetLength(1) + b.GetLength(1), (i, j) => j < a.GetLength(1) ? a[i, j] : b[i, j - a.GetLength(1)]);

    private static double[,,] Cut(double[,,] all, int first, int steps, int column, int columns)
    {
        double[,,] cut = new double[all.GetLength(0), steps, columns];
        for (int b = 0; b < cut.GetLength(0); b++)
            for (int t = 0; t < steps; t++)
                for (int i = 0; i < columns; i++) cut[b, t, i] = all[b, t + first, i + column];
        return cut;
    }

    private static double[,,] Each(double[,,] all, Func<double[,,], int, int, int, double> value)
    {
        double[,,] made = new double[all.GetLength(0), all.GetLength(1), all.GetLength(2)];
        for (int b = 0; b < made.GetLength(0); b++)
            for (int t = 0; t < made.GetLength(1); t++)
                for (int i = 0; i < made.GetLength(2); i++) made[b, t, i] = value(all, b, t, i);
        return made;
    }

    /// <summary>Zero before the first step, as the first of the states.</summary>
    private static double[,,] WithFirst(double[,,] states)
    {
        double[,,] all = new double[states.GetLength(0), states.GetLength(1) + 1, states.GetLength(2)];
        for (int b = 0; b < states.GetLength(0); b++)
            for (int t = 0; t < states.GetLength(1); t++)
                for (int i = 0; i < states.GetLength(2); i++) all[b, t + 1, i] = states[b, t, i];
        return all;
    }
}
