using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tests.FixedPoints;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Dynamics;

public sealed class TransitionGraphTests
{
    /// <summary>The positive solution of x = tanh(2 x).</summary>
    private const double Root = 0.957504024079;

    [Fact]
    public void The_saddle_of_a_bistable_unit_connects_its_two_attractors()
    {
        var graph = Graph(Nets.Tanh(new[,] { { 2, 0 }, { 0, 0.5 } }), [[0, 0], [Root, 0], [-Root, 0]]);
        Assert.Equal([Root, -Root], graph.Transitions.Select(run => graph.Points[run.Attractor!.Value].Point.State[0]));
        Assert.Equal([1, -1], graph.Transitions.Select(run => run.Sign));
        Assert.All(graph.Transitions, run =>
            Assert.Equal((2, 0, 0.0, RunEnding.Arrived), (run.Saddle, run.Mode, run.Phase, run.Ending)));
        // ln(1000) / ln(2) = 10 doublings from 0.001, and a few steps into the attractor.
        Assert.All(graph.Transitions, run => Assert.InRange(run.Steps, 10, 16));
        var edge = Assert.Single(graph.Edges());
        Assert.Equal((0, 1, 2), (edge.First, edge.Second, Assert.Single(edge.Saddles)));
    }

    [Theory]
    [InlineData("gru_flipflop3")]
    [InlineData("rnn_flipflop3")]
    [InlineData("lstm_flipflop3")]
    public void The_saddles_of_a_three_bit_memory_are_the_edges_of_a_cube(string name)
    {
        var (network, points) = ReferencePoints.Of(name);
        var graph = TransitionGraph.Of(network.Cell, points);
        string[] decisions = [.. points.Select(point => network.Decision(point.Point.State))];
        Assert.All(graph.Transitions, run => Assert.Equal(RunEnding.Arrived, run.Ending));
        Assert.Equal(8, decisions.Take(8).Distinct().Count());
        var edges = graph.Edges();
        Assert.Equal(12, edges.Count);
        Assert.All(edges, edge => Assert.Single(edge.Saddles));
        Assert.All(edges, edge => Assert.Equal(
            1, decisions[edge.First].Zip(decisions[edge.Second]).Count(bits => bits.First != bits.Second)));
    }

    [Fact]
    public void Slow_attractors_of_an_integrator_are_reached_and_from_nearer_by_they_are_the_same()
    {
        var (network, points) = ReferencePoints.Of("gru_integ1");
        var graph = TransitionGraph.Of(network.Cell, points);
        Assert.All(graph.Transitions, run => Assert.Equal(RunEnding.Arrived, run.Ending));
        // A line: the two saddles lie between the middle attractor and the outer ones.
        Assert.Equal([(0, 1), (0, 2)], graph.Edges().Select(edge => (edge.First, edge.Second)));
        Assert.Equal(graph.Transitions.Select(run => run.Attractor),
            TransitionGraph.Of(network.Cell, points, arrival: 1e-5).Transitions.Select(run => run.Attractor));
    }

    [Fact]
    public void A_run_that_reaches_no_attractor_says_why()
    {
        // One attractor is not in the list; a step limit; a flow that has none.
        var cell = Nets.Tanh(new[,] { { 2.0 } });
        var graph = Graph(cell, [[0], [Root]]);
        Assert.Equal([RunEnding.Arrived, RunEnding.StoodStill], graph.Transitions.Select(run => run.Ending));
        Assert.Equal([0, null], graph.Transitions.Select(run => run.Attractor));
        Assert.Empty(graph.Edges());
        Assert.All(TransitionGraph.Of(cell, graph.Points, maxSteps: 3).Transitions, run =>
            Assert.Equal((RunEnding.StepLimit, 3), (run.Ending, run.Steps)));
        Assert.All(Graph(new Doubling(), [[0]]).Transitions, run =>
            Assert.Equal((RunEnding.NotFinite, null), (run.Ending, run.Attractor)));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.All(TransitionGraph.Of(cell, graph.Points, cancellation: stop.Token).Transitions, run =>
            Assert.Equal(RunEnding.Cancelled, run.Ending));
    }

    [Fact]
    public void A_cycle_is_no_arrival()
    {
        // W = -2: both sides of 0 are visited in turn, for ever.
        var graph = Graph(Nets.Tanh(new[,] { { -2.0 } }), [[0]], maxSteps: 1000);
        Assert.Equal([1, -1], graph.Transitions.Select(run => run.Sign));
        Assert.All(graph.Transitions, run => Assert.Equal((RunEnding.StepLimit, null), (run.Ending, run.Attractor)));
    }

    [Fact]
    public void A_complex_pair_is_left_along_several_phases_of_its_plane()
    {
        // A spiral out of the plane of units 0 and 1, and no attractor of the list to reach.
        var graph = Graph(Nets.Tanh(new[,] { { 0.9, -0.9, 0 }, { 0.9, 0.9, 0 }, { 0, 0, 0.5 } }), [[0, 0, 0]],
            maxSteps: 100, phases: 3);
        Assert.Equal([(0.0, 1), (0.0, -1), (1 / 6.0, 1), (1 / 6.0, -1), (1 / 3.0, 1), (1 / 3.0, -1)],
            graph.Transitions.Select(run => (run.Phase, run.Sign)));
        Assert.All(graph.Transitions, run => Assert.Equal((0, RunEnding.StepLimit), (run.Mode, run.Ending)));
    }

    [Fact]
    public void Each_saddle_runs_under_its_own_input_to_attractors_of_that_input()
    {
        // x' = tanh(2 x + u): under u = 0.1 the three points move.
        var cell = Nets.Tanh(new[,] { { 2.0 } });
        using (no_grad()) cell.WeightIh.fill_(1);
        var problem = new FixedPointProblem(cell, [0.1], new[,] { { -0.9 }, { -0.1 }, { 0.9 } });
        FixedPoint[] points = [new([0], [0], 0, 1), new([Root], [0], 0, 1), new([-Root], [0], 0, 1),
            .. new NewtonSolver().Solve(problem).Distinct()];
        var graph = TransitionGraph.Of(cell, Linearisation.Of(cell, points));
        Assert.Equal(4, graph.Transitions.Count);
        Assert.Equal(2, graph.Edges().Count);
        Assert.All(graph.Transitions, run =>
            Assert.Equal(graph.Points[run.Saddle].Point.Input, graph.Points[run.Attractor!.Value].Point.Input));
    }

    private static TransitionGraph Graph(Cell cell, double[][] states, int maxSteps = 20_000, int phases = 4) =>
        TransitionGraph.Of(cell, Linearisation.Of(cell, [.. states.Select(state => new FixedPoint(state, [0], 0, 1))]),
            maxSteps: maxSteps, phases: phases);

    /// <summary>x' = 2 x.</summary>
    private sealed class Doubling() : Cell("Doubling", inputSize: 1, units: 1)
    {
        public override Tensor Step(Tensor input, Tensor state) => 2 * state + 0 * input;
    }
}
