using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Training;
using Xunit;
using static Neurodynamics.Tests.FixedPoints.Nets;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class ContinuumTests
{
    private static readonly FixedPointSearch Search = new();

    /// <summary>Row 39 of the field cases.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(30)]
    public void A_half_line_is_one_continuum_and_no_list_of_points(int units)
    {
        // r' = (1 - a) r + a relu(W r) with all of W 1 / N stands still at (s, ..., s) for s >= 0, and only there.
        var cell = new Leaky(units);
        var found = Search.Run(cell, Cloud(200, units, 1, seed: 1));
        Assert.Empty(found.Points);
        Assert.InRange(found.Rounds.Count, 5, 10);
        var line = Assert.Single(found.Continua!);
        Assert.Equal((1, true, true), (line.Dimension, line.Ends, line.GoesOn));
        Assert.All(line.States[0], value => Assert.Equal(0, value, 1e-6));
        Assert.All(line.States, state => Assert.All(state, value => Assert.Equal(state[0], value, 1e-12)));
        Assert.All(line.States.Skip(1), state => Assert.True(state[0] > 0));
        Assert.All(line.Directions, at =>
            Assert.All(Assert.Single(at), value => Assert.Equal(1 / Math.Sqrt(units), Math.Abs(value), 1e-9)));
        Assert.Equal(line.States[^1].Distance(line.States[0]), line.Extent, 1e-12);
        Assert.Contains(
            units == 2 ? "a half-line from (0, 0) along (0.71, 0.71), sampled at" : "a half-line from (0, 0, ",
            found.ToString());
        // A continuum has a share in the sum of signs, and nobody knows which.
        Assert.Equal(CompletenessVerdict.Undecided, found.Completeness.Verdict);
        Assert.Equal((0, 1), (found.Completeness.Counted, found.Completeness.Uncertain));
        Assert.Contains("Beside a continuum", found.ToString());
    }

    [Fact]
    public void A_line_and_a_plane_of_a_linear_network_go_on_at_every_side()
    {
        // y = 0.3 x + 0.5 y on the line y = 0.6 x, and z = 0.5 z at z = 0.
        var line = Single(Linear(new[,] { { 1, 0 }, { 0.3, 0.5 } }), 2);
        Assert.Equal((1, false, true), (line.Dimension, line.Ends, line.GoesOn));
        Assert.All(line.States, state => Assert.Equal(0.6 * state[0], state[1], 1e-12));
        Assert.Contains("a line through ", line.ToString());

        var plane = Single(Linear(new[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 0.5 } }), 3);
        Assert.Equal((2, false, true), (plane.Dimension, plane.Ends, plane.GoesOn));
        Assert.All(plane.States, state => Assert.Equal(0, state[2], 1e-12));
        Assert.All(plane.Directions, at => Assert.Equal(2, at.Length));
        Assert.Contains("dimension 2: a surface around ", plane.ToString());
    }

    [Fact]
    public void A_ring_closes_and_the_point_in_its_middle_is_a_point()
    {
        var found = Search.Run(new Ring(), Cloud(200, 3, 1, seed: 1));
        Assert.All(Assert.Single(found.Points).State, value => Assert.Equal(0, value, 1e-9));
        var ring = Assert.Single(found.Continua!);
        Assert.Equal((1, false, false), (ring.Dimension, ring.Ends, ring.GoesOn));
        Assert.All(ring.States, state => Assert.Equal(1, state[0] * state[0] + state[1] * state[1], 1e-12));
        Assert.All(ring.States.Zip(ring.Directions), at =>
            Assert.Equal(0, at.First[0] * at.Second[0][0] + at.First[1] * at.Second[0][1], 1e-9));
        // In their order each lies beside the next, all the way round.
        Assert.All(ring.States.Zip([.. ring.States.Skip(1), ring.States[0]]), pair =>
            Assert.True(pair.First.Distance(pair.Second) < 0.2 * ring.Extent));
        Assert.Contains("a closed curve", ring.ToString());
    }

    [Fact]
    public void A_segment_has_two_ends()
    {
        var segment = Single(new Clamped(), 1);
        Assert.Equal((1, true, false), (segment.Dimension, segment.Ends, segment.GoesOn));
        Assert.Equal([-0.5, 0.5], new[] { segment.States[0][0], segment.States[^1][0] }.Order().Select(value =>
            Math.Round(value, 8)));
        Assert.Equal(1, segment.Extent, 1e-8);
        Assert.Contains("a segment from ", segment.ToString());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_single_degenerate_point_is_no_continuum(int power)
    {
        var found = Search.Run(new Flat(power), Cloud(100, 1, 1, seed: 2));
        Assert.NotEmpty(found.Points);
        Assert.Null(found.Continua);
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e-10)]
    [InlineData(1e-12)]
    public void A_line_that_is_merely_slow_is_no_continuum(double leak)
    {
        var found = Search.Run(Linear(new[,] { { 1 - leak, 0 }, { 0.3, 0.5 } }), Cloud(100, 2, 1, seed: 1));
        Assert.Null(found.Continua);
        Assert.All(Assert.Single(found.Points).State, value => Assert.Equal(0, value, 1e-6));
    }

    [Theory]
    [InlineData("integration1-vanilla")]
    [InlineData("integration1-gru")]
    [InlineData("integration1-lstm")]
    public void The_workbooks_integrators_have_points_and_no_continuum(string name)
    {
        var network = new NetworkStore(Path.Combine(Reference.Root, "data", "networks")).Load(name).Network;
        double[,,] inputs = Shipped.Recipes[name].Task.Sample(32, 100, seed: 11).Inputs;
        var found = (Search with { MaxRounds = 4 }).Run(network.Cell,
            Candidates.FromTrials(network.Cell, inputs, 128, seed: 1, noise: 0.1));
        Assert.NotEmpty(found.Points);
        Assert.Null(found.Continua);
    }

    [Fact]
    public void A_set_with_a_continuum_is_saved_and_read_again_and_one_without_does_not_name_it()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "set.json");
        var found = Search.Run(new Leaky(2), Cloud(20, 2, 1, seed: 1));
        found.Save(path);
        var read = FixedPointSet.Load(path);
        Assert.Equal(found.ToString(), read.ToString());
        Assert.Equal(found.Continua![0].States, read.Continua![0].States);
        Assert.Equal(found.Continua[0].Directions, read.Continua[0].Directions);
        Search.Run(Tanh(new[,] { { 2.0 } }), new[,] { { 0.1 } }).Save(path);
        Assert.DoesNotContain("continua", File.ReadAllText(path));
    }

    private static Continuum Single(Cell cell, int size)
    {
        var found = Search.Run(cell, Cloud(200, size, 1, seed: 1));
        Assert.Empty(found.Points);
        return Assert.Single(found.Continua!);
    }

    private sealed class Leaky(int units) : Cell("Leaky", inputSize: 1, units)
    {
        private const double A = 0.2;
        private readonly double[,] weights =
            (ones([units, units], dtype: ScalarType.Float64) / units).ToMatrix();

        public override Tensor Step(Tensor input, Tensor state) =>
            (1 - A) * state + A * state.mm(tensor(weights)).relu();

        public override Tensor StateJacobian(Tensor input, Tensor state) =>
            (1 - A) * eye(StateSize, dtype: ScalarType.Float64)
            + A * state.mm(tensor(weights)).gt(0).to(ScalarType.Float64).unsqueeze(-1) * tensor(weights);

        public override double[] InvariantBox(double[] input) => [.. Enumerable.Repeat(1e3, StateSize)];
    }

    /// <summary>A ring of radius 1 around the origin, which stands still as well, tilted in space.</summary>
    private sealed class Ring() : Cell("Ring", inputSize: 1, units: 3)
    {
        public override Tensor Step(Tensor input, Tensor state)
        {
            var plane = state.narrow(1, 0, 2);
            var turned = plane + 0.3 * plane * (1 - (plane * plane).sum(1, keepdim: true));
            return cat([turned, 0.5 * state.narrow(1, 2, 1) + 0.2 * plane.narrow(1, 0, 1)], 1);
        }
    }

    /// <summary>Stands still between -0.5 and 0.5.</summary>
    private sealed class Clamped() : Cell("Clamped", inputSize: 1, units: 1)
    {
        public override Tensor Step(Tensor input, Tensor state) => state.clamp(-0.5, 0.5);
    }

    /// <summary>x' = x - 0.3 x^n stands still at 0 alone, where its slope is 1.</summary>
    private sealed class Flat(int power) : Cell("Flat", inputSize: 1, units: 1)
    {
        public override Tensor Step(Tensor input, Tensor state) => state - 0.3 * state.pow(power);
    }
}
