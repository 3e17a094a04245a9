using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class NewtonSolverTests
{
    private static readonly NewtonSolver Solver = new();

    /// <summary>The positive solution of x = tanh(2 x).</summary>
    private const double Root = 0.957504024079;

    [Fact]
    public void Two_tanh_units_of_which_one_is_bistable_have_exactly_three_points()
    {
        var cell = Nets.Tanh(new[,] { { 2, 0 }, { 0, 0.5 } });
        var points = Linearisation.Of(cell, Solver.Solve(new(cell, [0], Grid(2))).Distinct())
            .OrderBy(line => line.Point.State[0]).ToArray();
        Assert.Equal(3, points.Length);
        double slope = 2 * (1 - Root * Root);
        AssertPoint(points[0], -Root, 0, [0.5, slope]);
        AssertPoint(points[1], 0, 1, [2, 0.5]);
        AssertPoint(points[2], Root, 0, [0.5, slope]);

        static void AssertPoint(Linearisation line, double x, int unstable, double[] eigenvalues)
        {
            Assert.Equal(x, line.Point.State[0], 1e-11);
            Assert.Equal(0, line.Point.State[1], 1e-11);
            Assert.Equal(unstable, line.UnstableModes);
            Assert.Equal(eigenvalues, line.Eigenvalues.Select(lambda => Math.Round(lambda.Real, 9)), (a, b) =>
                Math.Abs(a - b) < 1e-8);
            Assert.Equal(-1 / Math.Log(0.5), line.SlowestTimeConstant, 1e-9);
            Assert.True(line.Point.Speed < 1e-28);
        }
    }

    [Fact]
    public void A_unit_with_weight_minus_two_has_an_unstable_point_at_zero_and_no_other()
    {
        var cell = Nets.Tanh(new[,] { { -2.0 } });
        var point = Assert.Single(Linearisation.Of(cell, Solver.Solve(new(cell, [0], Grid(1))).Distinct()));
        Assert.Equal(0, point.Point.State[0], 1e-12);
        Assert.Equal(-2, point.Eigenvalues[0].Real, 1e-9);
        Assert.Equal("repeller", point.Kind);
    }

    [Fact]
    public void Order_and_chunks_of_the_candidates_do_not_matter()
    {
        var cell = Nets.Normal(6, gain: 3, seed: 3);
        double[,] candidates = Nets.Cloud(200, 6, 1, seed: 4);
        var whole = States(Solver.Solve(new(cell, [0.1], candidates)));
        double[,] reversed = Enumerable.Range(0, 200).Select(i => candidates.Row(199 - i)).ToList().ToMatrix(6);
        foreach (var other in new[] { States((Solver with { ChunkSize = 7 }).Solve(new(cell, [0.1], candidates))),
            States(Solver.Solve(new(cell, [0.1], reversed))) })
        {
            Assert.Equal(whole.Count, other.Count);
            Assert.All(whole, state => Assert.Contains(other, candidate => state.Distance(candidate) < 1e-9));
        }
        Assert.True(whole.Count > 3, "this test needs several points");

        static List<double[]> States(FixedPointSolution solution) =>
            [.. solution.Distinct().Select(point => point.State)];
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(5, 1)]
    public void Few_candidates_and_few_units_have_the_same_shapes_as_many(int count, int units)
    {
        var cell = Nets.Normal(units, gain: 0.5, seed: 1);
        var solution = Solver.Solve(new(cell, [0], Nets.Cloud(count, units, 1, seed: 2)));
        Assert.Equal((count, units), (solution.States.GetLength(0), solution.States.GetLength(1)));
        Assert.Equal(count, solution.Endings.Length);
        Assert.All(solution.Endings, ending => Assert.Equal(Ending.FixedPoint, ending));
        Assert.Equal(Math.Min(count, 1), Linearisation.Of(cell, solution.Distinct()).Count);
    }

    [Fact]
    public void A_candidate_that_is_not_finite_ends_as_such_and_leaves_the_others_alone()
    {
        double[,] candidates = Nets.Cloud(3, 4, 1, seed: 2);
        candidates[1, 2] = double.NaN;
        var solution = Solver.Solve(new(Nets.Normal(4, gain: 0.5, seed: 1), [0], candidates));
        Assert.Equal([Ending.FixedPoint, Ending.NotFinite, Ending.FixedPoint], solution.Endings);
        Assert.Equal(2, Assert.Single(solution.Distinct()).Candidates);
    }

    [Fact]
    public void A_network_with_no_fixed_point_at_hand_ends_with_none_and_a_minimum_of_the_speed()
    {
        // x' = x + 0.1 + x^2 never stands still; it is slowest at 0, where q = 0.005.
        var solution = Solver.Solve(new(new Drifting(), [0], new[,] { { 0.3 }, { -0.4 } }));
        Assert.All(solution.Endings, ending => Assert.Equal(Ending.SlowMinimum, ending));
        Assert.All(solution.Speeds, q => Assert.InRange(q, 0.005, 0.005001));
        Assert.All((Solver with { MaxDampedSteps = 0 }).Solve(solution.Problem).Endings, ending =>
            Assert.Equal(Ending.Stalled, ending));
        Assert.Empty(solution.Distinct());
    }

    [Fact]
    public void A_saturated_gate_that_holds_every_state_nearly_still_makes_no_fixed_point()
    {
        // An update gate of 1 - 1e-13 or so: every state has a tiny speed, and only h = 0 stands still.
        var cell = new Gru(1, 2, ScalarType.Float64);
        using (no_grad()) cell.BiasHh[TensorIndex.Slice(2, 4)] = 30;
        var solution = (Solver with { MaxSteps = 1 }).Solve(new(cell, [0], new[,] { { 5.0, -7.0 } }));
        Assert.NotEqual(Ending.FixedPoint, solution.Endings[0]);
    }

    [Fact]
    public void A_step_limit_and_a_cancelled_search_are_told_apart()
    {
        var cell = Nets.Normal(6, gain: 3, seed: 3);
        Assert.Contains(Ending.StepLimit, (Solver with { MaxSteps = 1 })
            .Solve(new(cell, [0], Nets.Cloud(50, 6, 1, seed: 1))).Endings);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var solution = Solver.Solve(new(cell, [0], Nets.Cloud(50, 6, 1, seed: 1)), cancellation: stop.Token);
        Assert.Contains(Ending.Cancelled, solution.Endings);
        Assert.All(solution.Speeds, q => Assert.True(double.IsFinite(q)));
    }

    [Fact]
    public void Shapes_that_do_not_fit_the_cell_are_named()
    {
        var cell = Nets.Normal(3, gain: 0.5, seed: 5);
        var error = Assert.Throws<ArgumentException>(() => new FixedPointProblem(cell, [0], new double[4, 2]));
        Assert.Contains("[4, 2]", error.Message);
        Assert.Throws<ArgumentException>(() => new FixedPointProblem(cell, [0, 0], new double[4, 3]));
        Assert.Throws<ArgumentException>(() => new FixedPointProblem(cell, [double.NaN], new double[4, 3]));
    }

    [Fact]
    public void Candidates_are_states_that_trials_visit_and_the_seed_repeats_them()
    {
        var cell = Nets.Normal(3, gain: 1, seed: 5);
        double[,,] inputs = new double[2, 4, 1];
        inputs[1, 0, 0] = 1;
        using var visited = cell.Run(tensor(inputs).to(ScalarType.Float64));
        double[][] states = [.. Enumerable.Range(0, 8).Select(i => visited.reshape(-1, 3)[i].data<double>().ToArray())];
        double[,] drawn = Candidates.FromTrials(cell, inputs, 30, seed: 1);
        for (int i = 0; i < 30; i++) Assert.Contains(states, state => state.SequenceEqual(drawn.Row(i)));
        Assert.Equal(drawn, Candidates.FromTrials(cell, inputs, 30, seed: 1));
        Assert.NotEqual(drawn, Candidates.FromTrials(cell, inputs, 30, seed: 1, noise: 0.1));
    }

    [Fact]
    public void An_analysis_leaves_the_network_as_it_was_and_trainable()
    {
        var cell = new Gru(1, 4);
        cell.Initialise(1);
        float[] before = [.. cell.WeightHh.data<float>()];
        Linearisation.Of(cell, Solver.Solve(new(cell, [0], Nets.Cloud(10, 4, 1, seed: 1))).Distinct());
        Assert.Equal(before, cell.WeightHh.data<float>().ToArray());
        Assert.All(cell.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    [Fact]
    public void A_thousand_solver_steps_leave_no_tensor_behind()
    {
        var cell = Nets.Normal(3, gain: 2, seed: 5);
        var problem = new FixedPointProblem(cell, [0], Nets.Cloud(20, 3, 1, seed: 1));
        int steps = Solve();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        while (steps < 1000) steps += Solve();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        // One chunk: it runs on this thread, whose tensors are counted.
        int Solve() => Solver.Solve(problem).Steps.Sum();
    }

    private static double[,] Grid(int units)
    {
        double[] steps = [-1, -0.7, -0.3, -0.1, 0.05, 0.2, 0.6, 0.9];
        return units == 1
            ? steps.Select(x => new[] { x }).ToList().ToMatrix(1)
            : steps.SelectMany(x => steps.Select(y => new[] { x, y })).ToList().ToMatrix(2);
    }

    private sealed class Drifting() : Cell("Drifting", inputSize: 1, units: 1)
    {
        public override Tensor Step(Tensor input, Tensor state) => state + 0.1 + state * state;
    }
}
