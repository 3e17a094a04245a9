using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tasks;
using Neurodynamics.Tests.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.Analysis;

/// <summary>Fits, medians and distances that figures and tables show, where the answer is known beforehand.</summary>
public sealed class FitTests
{
    [Fact]
    public void The_points_of_a_skewed_cube_lie_on_the_grid_of_their_decisions()
    {
        double[][] signs =
            [.. from a in new[] { -1.0, 0, 1 } from b in new[] { -1.0, 0, 1 } from c in new[] { -1.0, 0,
                1 } select new[] { a, b, c }];
        double[][] edges = [[1, 0, 0, 2], [0.5, 2, 0, 0], [0, 0, -3, 1]];
        var grid = DecisionGrid.Fit(signs, Places(edges))!;
        Assert.Equal(1, grid.Explained, 1e-12);
        for (int k = 0; k < 3; k++) Assert.Equal(edges[k], grid.Directions[k], (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal(Math.Acos(0.5 / Math.Sqrt(5 * 4.25)) * 180 / Math.PI, grid.Angles[0], 1e-9);
        // Decisions that are all alike determine nothing.
        Assert.Null(DecisionGrid.Fit([.. signs.Select(_ => new double[3])], Places(edges)));
        // Three directions in space make a frame of unit vectors, unless they nearly lie in one plane.
        Assert.Equal([0, -1, 0], DecisionGrid.Fit(signs, Places([[2, 0, 0], [0, -3, 0], [1, 0, 1]]))!.Frame()[1],
            (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Empty(DecisionGrid.Fit(signs, Places([[2, 0, 0], [0, -3, 0], [1, 1, 0.05]]))!.Frame());
        Assert.Empty(grid.Frame());

        double[,] Places(double[][] along) =>
            signs.Select(row => Enumerable.Range(0, along[0].Length).Select(axis =>
                7 + Enumerable.Range(0, 3).Sum(k => row[k] * along[k][axis])).ToArray()).ToMatrix(along[0].Length);
    }

    [Fact]
    public void A_lost_value_improves_no_median_and_is_left_out_of_a_range()
    {
        Assert.Equal(2.5, new[] { 4.0, 1, 2, 3 }.Median());
        Assert.Equal(3, new[] { 1, double.NaN, 3 }.Median());
        Assert.Equal(double.PositiveInfinity, new[] { 1, double.NaN, double.PositiveInfinity }.Median());
        Assert.Equal(double.NaN, Array.Empty<double>().Median());
        Assert.Equal(new MedianRange(2, 1, 3), MedianRange.Of([3, double.NaN, 1]));
        Assert.Equal(new MedianRange(double.NaN, double.NaN, double.NaN), MedianRange.Of([double.NaN]));
    }

    [Fact]
    public void The_nearest_place_is_found_with_its_distance()
    {
        double[,] states = new double[,] { { 0, 0 }, { 3, 4 } };
        double[][] places = [[3, 5], [0, 0.5]];
        Assert.Equal([0.5, 1], Distances.ToNearest(states, places));
        Assert.Equal([1, 0], Distances.Nearest(states, places));
        Assert.Equal([double.PositiveInfinity, double.PositiveInfinity], Distances.ToNearest(states, []));
    }

    [Fact]
    public void A_bit_that_no_pulse_has_set_counts_neither_as_right_nor_as_wrong()
    {
        // The unit keeps the sign of its last pulse, so it is right wherever a target is decided.
        var network = MemoryTests.OneUnit(3);
        var trials = new FlipFlop
        {
            Channels = 1,
            PulseProbability = 0.1,
            BeforeFirstPulse = BeforeFirstPulse.Half
        }.Sample(20, 30, 1);
        Assert.Contains(trials.Targets.Cast<double>(), target => target == 0.5);
        double[,,] states = new double[20, 30, 1];
        double[,,] turned = new double[20, 30, 1];
        foreach (var (trial, step, _) in trials.Decided())
            turned[trial, step, 0] = -(states[trial, step, 0] = 2 * trials.Targets[trial, step, 0] - 1);
        Assert.Equal(new Agreement(1, 0, 0), Agreement.Of(network, trials, states, turned));
        Assert.Equal(new Agreement(0, 0, 1), Agreement.Of(network, trials, turned, turned));
    }

    [Fact]
    public void Newton_s_next_correction_of_a_linear_unit_is_its_distance_from_the_fixed_point()
    {
        // tanh(x / 2) is x / 2 for small x: the way to 0 is x itself.
        var cell = Nets.Tanh(new[,] { { 0.5 } });
        var problem = new FixedPointProblem(cell, [0], new[,] { { 1e-6 }, { 0 }, { double.NaN } });
        Assert.Equal(
            [1e-6, 0, double.PositiveInfinity], problem.Corrections(), (a, b) => a == b || Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void Trials_are_taken_apart_by_trial_by_step_and_row_by_row()
    {
        double[,,] states = new double[2, 3, 2];
        for (int i = 0; i < 12; i++) states[i / 6, i / 2 % 3, i % 2] = i;
        Assert.Equal(new double[,] { { 6, 7 }, { 8, 9 }, { 10, 11 } }, states.Trial(1));
        Assert.Equal(new double[,] { { 4, 5 }, { 10, 11 } }, states.AtStep(^1));
        Assert.Equal(new double[,] { { 0, 1 }, { 2, 3 }, { 4, 5 }, { 6, 7 }, { 8, 9 }, { 10, 11 } }, states.Rows());
        Assert.Equal((0, 2), (new double[0, 3, 2].Rows().Length, new double[0, 3, 2].Rows().GetLength(1)));
    }

    [Fact]
    public void Places_along_a_direction_are_counted_once()
    {
        double[,,] runs = new double[3, 2, 2];
        (runs[0, 1, 0], runs[1, 1, 0], runs[2, 1, 1]) = (1, 1.01, -1);
        Assert.Equal(1, PhasePlane.Places(runs, [1, -1], step: 0));
        // Along (1, -1) a step of 1 in the first and of -1 in the second coordinate are the same way.
        Assert.Equal(1, PhasePlane.Places(runs, [1, -1]));
        Assert.Equal(2, PhasePlane.Places(runs, [1, 0]));
    }

    [Fact]
    public void Ends_that_did_not_move_keep_their_distances_and_an_end_outside_the_box_is_told_apart()
    {
        var (network, points) = ReferencePoints.Of("gru_flipflop3");
        double[,] states = points.Select(point => point.Point.State).ToMatrix(network.Cell.StateSize);
        var solution = new NewtonSolver().Solve(new(network.Cell, new double[3], states));
        var ends = DescentEnds.Of(solution, network);
        Assert.Equal(1, ends.DistancesKept(solution.States), 1e-12);
        Assert.Equal(points.Select(point => network.Decision(point.Point.State)), ends.Readouts);
        Assert.Equal(points.Count, ends.Near([.. points.Select(point => point.Point)], 1e-6));
        // A GRU from zero is never beyond 1.
        double[,] far = (double[,])solution.States.Clone();
        far[0, 5] = 1.5;
        var lost = DescentEnds.Of(solution with { States = far }, network);
        Assert.Equal(1.5, lost.Largest[0]);
        Assert.True(lost.Outside[0]);
        Assert.Equal(ends.Outside.Skip(1), lost.Outside.Skip(1));
        Assert.InRange(lost.DistancesKept(solution.States), -1, 1 - 1e-9);
    }
}
