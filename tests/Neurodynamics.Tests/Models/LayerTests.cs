using CsCheck;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

public sealed class LayerTests
{
    private static readonly ScalarType Double = ScalarType.Float64;

    [Theory, InlineData("gru"), InlineData("lstm"), InlineData("vanilla")]
    public void Two_layers_are_PyTorchs_two_layers(string name)
    {
        using var scope = NewDisposeScope();
        var kind = Architecture.Named(name);
        var cell = new LayeredCell(kind.Create(3, 12, Double), kind.Create(12, 12, Double));
        cell.Initialise(3);
        var inputs = randn(4, 30, 3, dtype: Double);
        var states = cell.Run(inputs);
        var hidden = name switch
        {
            "vanilla" => Loaded(nn.RNN(3, 12, numLayers: 2, batchFirst: true, dtype: Double)).call(inputs).Item1,
            "lstm" => Loaded(nn.LSTM(3, 12, numLayers: 2, batchFirst: true, dtype: Double)).call(inputs).Item1,
            _ => Loaded(nn.GRU(3, 12, numLayers: 2, batchFirst: true, dtype: Double)).call(inputs).Item1,
        };
        Assert.True((cell.Hidden(states) - hidden).abs().max().item<double>() < 1e-14);
        // The parts of the state are the layers' own states.
        Assert.True((cell.Part(states, 0) - cell.Layers[0].Run(inputs)).abs().max().item<double>() < 1e-15);

        T Loaded<T>(T layer) where T : nn.Module
        {
            layer.load_state_dict(Enumerable.Range(0, 2).SelectMany(i => cell.Layers[i].state_dict()
                .Select(entry => (entry.Key.Replace("_l0", $"_l{i}"), entry.Value))).ToDictionary());
            return layer;
        }
    }

    [Theory, InlineData("gru"), InlineData("lstm"), InlineData("vanilla")]
    public void Rounding_of_layers_is_bounded_from_above_and_small(string name) =>
        Gen.Select(Gen.Int[1, 12], Gen.Long[0, 1 << 30]).Sample((units, seed) =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            var kind = new Stacked { Layer = Architecture.Named(name), Layers = 3 };
            var cell = (LayeredCell)kind.Create(1, units, Double);
            var flipped = (LayeredCell)kind.Create(1, units, Double);
            using (no_grad())
            {
                foreach (var parameter in cell.parameters()) parameter.uniform_(-0.7, 0.7, generator);
                for (int i = 0; i < 3; i++)
                    Flip((RecurrentCell)cell.Layers[i], (RecurrentCell)flipped.Layers[i], reads: i > 0);
            }
            var u = randn([1, 1], dtype: Double, generator: generator);
            var x = randn([5, cell.StateSize], dtype: Double, generator: generator);
            var (step, jacobian) = cell.Rounding(u, x);
            Assert.InRange(step.max().item<double>(), 0, 1e-9);
            Assert.InRange(jacobian.max().item<double>(), 0, 1e-6);
            // The same units in reversed order round otherwise: two such differ by two roundings at most.
            var apart = cell.Step(u, x) - Turned(flipped.Step(u, Turned(x, 1)), 1);
            Assert.InRange((apart.norm(1) / step).max().item<double>(), 0, 2);
            var turned = cell.StateJacobian(u, x) - Turned(Turned(flipped.StateJacobian(u, Turned(x, 1)), 1), 2);
            Assert.InRange((turned.flatten(1).norm(1) / jacobian).max().item<double>(), 0, 2);

            Tensor Turned(Tensor of, int dimension) => cat([.. of.split(units, dimension)
                .Select(part => part.flip(dimension))], dimension);

            void Flip(RecurrentCell from, RecurrentCell to, bool reads)
            {
                int gates = from.GateCount;
                to.WeightHh.copy_(from.WeightHh.view(gates, units, units).flip(1, 2).flatten(0, 1));
                var inputs = from.WeightIh.view(gates, units, -1);
                to.WeightIh.copy_((reads ? inputs.flip(1, 2) : inputs.flip(1)).flatten(0, 1));
                to.BiasIh.copy_(from.BiasIh.view(gates, units).flip(1).flatten());
                to.BiasHh.copy_(from.BiasHh.view(gates, units).flip(1).flatten());
            }
        }, iter: 20);

    [Fact]
    public void The_points_of_two_layers_are_found_and_certified()
    {
        using var scope = NewDisposeScope();
        // x' = tanh(2 x), y' = tanh(x' + 0.5 y): x stands at 0 and +-0.9575; y follows each alone, since 0.5 contracts.
        var cell = new LayeredCell(Unit(0, 2), Unit(1, 0.5));
        double[,] candidates = Candidates.Random(cell, 64, 1, seed: 1);
        var found = new FixedPointSearch().Run(cell, candidates);
        Assert.Equal(3, found.Points.Count);
        Assert.All(found.Points, point =>
        {
            double x = point.State[0], y = point.State[1];
            Assert.Equal(Math.Tanh(2 * x), x, 1e-12);
            Assert.Equal(Math.Tanh(x + 0.5 * y), y, 1e-12);
            Assert.Equal(Certainty.Certified, point.Certificate!.Certainty);
        });
        Assert.Equal(CompletenessVerdict.Consistent, found.Completeness.Verdict);

        static RecurrentCell Unit(double input, double recurrent) => RecurrentCell.Create(
            Architecture.Vanilla, new[,] { { input } }, new[,] { { recurrent } });
    }

    /// <summary>
    /// Two ReLU units in their linear part, of gains 10 and 3, in front of tanh(0.2 y + 1): by the chain rule the last
    /// row changes with the first unit by |tanh''| (0.2 30)^2.
    /// </summary>
    [Fact]
    public void The_constant_of_layers_in_a_line_is_nearly_the_exact_one()
    {
        using var scope = NewDisposeScope();
        // Its argument is 1 where the first unit is at 0.5.
        var cell = new LayeredCell(Relu(input: 0, recurrent: 10), Relu(input: 3, recurrent: 0), RecurrentCell.Create(
            Architecture.Vanilla, new[,] { { 0.2 } }, new[,] { { 0.0 } }, [1 - 0.2 * (3 * (10 * 0.5 + 100) + 100)]));
        double t = Math.Tanh(1), exact = 2 * t * (1 - t * t) * Math.Pow(0.2 * 30, 2);
        double constant = cell.JacobianLipschitz(zeros(1, 1, dtype: Double), tensor(new[,] { { 0.5, 0, 0 } }),
            tensor([1e-9]))!.item<double>();
        Assert.InRange(constant, exact * (1 - 1e-6), exact * 1.01);
    }

    /// <summary>What a layer rounds is passed on with the gains of the layers above: three units, by hand.</summary>
    [Fact]
    public void Rounding_is_passed_on_from_layer_to_layer()
    {
        using var scope = NewDisposeScope();
        const double G0 = 1000, G1 = 3, W = 0.2, X = 0.5;
        var cell = new LayeredCell(Relu(input: 0, recurrent: G0), Relu(input: G1, recurrent: 0), RecurrentCell.Create(
            Architecture.Vanilla, new[,] { { W } }, new[,] { { 0.0 } }, [1 - W * (G1 * (G0 * X + 100) + 100)]));
        var (u, x) = (zeros(1, 1, dtype: Double), tensor(new[,] { { X, 0, 0 } }));
        double slope = W * (1 - Math.Pow(Math.Tanh(1), 2));
        double step = 0, turned = 0, steps = 0, jacobians = 0, size = 0;
        var at = u;
        foreach (var (i, gain) in new[] { 0, G1, slope }.Index())
        {
            var (layer, own) = (cell.Layers[i], cell.Part(x, i));
            var (ofStep, ofJacobian) = layer.Rounding(at, own);
            step = ofStep.item<double>() + gain * step;
            turned = (i == 0 ? ofJacobian : layer.InputRounding(at, own)).item<double>() * Math.Max(1, size)
                + gain * turned;
            size = i == 0 ? G0 : gain * size;
            (steps, jacobians) = (steps + step * step, jacobians + turned * turned);
            at = layer.Hidden(layer.Step(at, own));
        }
        var whole = cell.Rounding(u, x);
        Assert.InRange(whole.Step.item<double>(), Math.Sqrt(steps) * (1 - 1e-6), Math.Sqrt(steps) * 2);
        Assert.InRange(whole.Jacobian.item<double>(), Math.Sqrt(jacobians) * (1 - 1e-6), Math.Sqrt(jacobians) * 20);
    }

    /// <summary>Rounding in the layer below may have moved a ReLU unit of the next across its kink.</summary>
    [Fact]
    public void A_kink_within_what_the_layer_below_rounds_is_one()
    {
        using var scope = NewDisposeScope();
        // 0.5 (1e8 u - 1e8 + 1) is 0.5 up to 1e-7 or so, and the next unit's argument what is beyond it.
        var below = LeakyCell.Create(new Currents { ReadsRates = false, Leak = 0.5 }, new[,] { { 1e8 } },
            new double[1, 1], [-1e8 + 1]);
        var cell = new LayeredCell(below, LeakyCell.Create(new Rates { Nonlinearity = Nonlinearity.Relu },
            new[,] { { 1.0 } }, new[,] { { 0.5 } }, [-0.5 + 1e-9]));
        var (u, x) = (ones(1, 1, dtype: Double), zeros(1, 2, dtype: Double));
        // Not finite, so that nothing is certified.
        Assert.False(double.IsFinite(cell.JacobianLipschitz(u, x, tensor([1e-12]))!.item<double>()));
        Assert.False(double.IsFinite(cell.Rounding(u, x).Jacobian.item<double>()));
    }

    /// <summary>A unit r' = relu(input u + recurrent r + 100).</summary>
    private static LeakyCell Relu(double input, double recurrent) => LeakyCell.Create(
        new Rates { Nonlinearity = Nonlinearity.Relu }, new[,] { { input } }, new[,] { { recurrent } }, [100]);

    [Fact]
    public void Layers_in_float32_are_analysed_in_float64()
    {
        using var scope = NewDisposeScope();
        var mixed = new LayeredCell(new Gru(2, 3), new CurrentsCell(new() { Leak = 0.5 }, 3, 4));
        mixed.Initialise(1);
        var exact = mixed.InDouble();
        Assert.Same(exact, exact.InDouble());
        Assert.All(exact.parameters(), parameter => Assert.Equal(Double, parameter.dtype));
        Assert.Equal(7, exact.StateSize);
        var inputs = randn(2, 5, 2);
        Assert.True((exact.Run(inputs.to(Double)) - mixed.Run(inputs)).abs().max().item<double>() < 1e-5);
        // The same copy as long as the weights are the same, in a network as well.
        Assert.Same(exact, mixed.InDouble());
        var network = new Network(mixed, null);
        Assert.Same(network.InDouble(), network.InDouble());
        using (no_grad()) mixed.parameters().First().mul_(2);
        Assert.NotSame(exact, mixed.InDouble());
    }

    /// <summary>What layers of layers and cells of one's own show of their states is bounded, or nothing is.</summary>
    [Fact]
    public void Layers_of_layers_and_of_cells_of_ones_own_claim_no_more_than_they_know() =>
        Gen.Select(Gen.Int[1, 4], Gen.Double[-4, 0.5], Gen.Long[0, 1 << 30]).Sample((units, logRadius, seed) =>
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            using var generator = new Generator((ulong)seed);
            double radius = Math.Pow(10, logRadius);
            var soft = new Currents { Nonlinearity = Nonlinearity.Softplus, InnerBias = true, Leak = 0.5 };
            var cell = new LayeredCell(new LayeredCell(Drawn(1), Drawn(units)), Drawn(units));
            double[] box = cell.InvariantBox([0.3])!;
            var u = tensor(new[,] { { 0.3 } });
            var inside = tensor(box) * (2 * rand([100, cell.StateSize], dtype: Double, generator: generator) - 1);
            foreach (var states in new[] { inside, inside.sign() * tensor(box) })
                Assert.True((cell.Step(u, states).abs() <= tensor(box) * (1 + 1e-12)).all().item<bool>());
            var centre = inside[..1];
            double bound = cell.JacobianLipschitz(u, centre, tensor([radius]))!.item<double>();
            var away = randn([200, cell.StateSize], dtype: Double, generator: generator);
            var y = centre + radius * away / away.norm(1, keepdim: true);
            var turned = linalg.svdvals(cell.StateJacobian(u, y) - cell.StateJacobian(u, centre)).amax(1);
            Assert.InRange(turned.max().item<double>(), 0, bound * radius * (1 + 1e-9) + 1e-12);

            Cell own = new SeenDoubled(units);
            Assert.NotNull(new LayeredCell(own).InvariantBox([0]));
            var above = new LayeredCell(own, Drawn(units));
            Assert.Null(above.InvariantBox([0]));
            Assert.Null(above.JacobianLipschitz(u, zeros(1, above.StateSize, dtype: Double), tensor([radius])));

            Cell Drawn(int inputs)
            {
                var layer = soft.Create(inputs, units, Double);
                foreach (var parameter in layer.parameters())
                    parameter.uniform_(-0.8 / units, 0.8 / units, generator);
                return layer;
            }
        }, iter: 60);

    /// <summary>x' = 0.5 x, of which a readout sees twice as much.</summary>
    private sealed class SeenDoubled(int units) : Cell("seen doubled", inputSize: 1, units)
    {
        public override Tensor Step(Tensor input, Tensor state) => 0.5 * state;

        public override Tensor Hidden(Tensor states) => 2 * states;

        public override double[] InvariantBox(double[] input) => [.. Enumerable.Repeat(1.0, StateSize)];

        public override Tensor JacobianLipschitz(Tensor input, Tensor state, Tensor radius) => zeros_like(radius);
    }

    [Fact]
    public void Layers_that_do_not_fit_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new LayeredCell(new Gru(2, 3), new Gru(4, 3)));
        Assert.Contains("Layer 1 takes 4 inputs, but layer 0 has 3 units", error.Message);
        Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => new LayeredCell()).Message);
        Assert.Throws<ArgumentNullException>(() => new LayeredCell((IReadOnlyList<Cell>)null!));
        Assert.Throws<ArgumentException>(() => new LayeredCell(new Gru(2, 3), null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Stacked { Layers = 0 });
    }
}
