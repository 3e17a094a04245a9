using CsCheck;
using Neurodynamics.Enclosures;
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

    /// <summary>Rounding in the layer below may have moved a ReLU unit of the next across its kink.</summary>
    [Fact]
    public void A_kink_within_what_the_layer_below_rounds_is_one()
    {
        using var scope = NewDisposeScope();
        // 0.5 (1e8 u - 1e8 + 1) is 0.5 up to 1e-8 or so, and the next unit's argument what is beyond it.
        var below = LeakyCell.Create(new Currents { ReadsRates = false, Leak = 0.5 }, new[,] { { 1e8 } },
            new double[1, 1], [-1e8 + 1]);
        var cell = new LayeredCell(below, LeakyCell.Create(new Rates { Nonlinearity = Nonlinearity.Relu },
            new[,] { { 1.0 } }, new[,] { { 0.5 } }, [-0.5 + 1e-9]));
        var next = cell.Enclosed()!.Next(EnclosedVector.Constant([1]), EnclosedVector.Variables(0, 0));
        Assert.True(next.Slopes![1, 1].Contains(new Enclosure(0, 0.5)));
        Assert.InRange(next.Slopes[1, 1].Modulus, 0.5, 0.5 + 1e-12);
    }

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
            var step = cell.Enclosed()!;
            var next = step.Next(EnclosedVector.Constant([0.3]), EnclosedVector.Variables(
                [.. centre.squeeze(0).ToVector().Select(x => new Enclosure(x - radius, x + radius))]));
            var away = 2 * rand([50, cell.StateSize], dtype: Double, generator: generator) - 1;
            foreach (var jacobian in cell.StateJacobian(u, centre + radius * away).unbind(0))
            {
                double[,] entries = jacobian.ToMatrix();
                for (int i = 0; i < cell.StateSize; i++)
                    for (int j = 0; j < cell.StateSize; j++)
                        Assert.InRange(entries[i, j], next.Slopes![i, j].Low - 1e-12, next.Slopes[i, j].High + 1e-12);
            }

            Cell own = new SeenDoubled(units);
            Assert.NotNull(new LayeredCell(own).InvariantBox([0]));
            var above = new LayeredCell(own, Drawn(units));
            Assert.Null(above.InvariantBox([0]));
            Assert.Null(above.Enclosed());

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
