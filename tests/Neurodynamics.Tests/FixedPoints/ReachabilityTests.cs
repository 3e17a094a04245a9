using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Xunit;
using static Neurodynamics.Tests.FixedPoints.Nets;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class ReachabilityTests
{
    public static TheoryData<string> References => [.. Reference.Networks];

    [Theory, MemberData(nameof(References))]
    public void No_listed_point_of_a_reference_network_is_excluded(string name)
    {
        var (cell, _, points) = Listed(name);
        Assert.All(Reachability.Of(cell, points), reachability =>
            Assert.Equal(new(Reach.NotExcluded, null), reachability));
    }

    [Fact]
    public void A_ghost_is_unreachable_and_so_is_what_is_not_finite()
    {
        var (cell, ghost) = Saturated();
        // Its speed alone would make it a fixed point.
        using var step = cell.Step(zeros(1, 1, dtype: ScalarType.Float64), tensor(new[,] { { 5.0, -7.0 } }));
        Assert.Equal(5, step[0, 0].item<double>(), 1e-11);
        Assert.Equal([Reach.Unreachable, Reach.NotExcluded, Reach.NotExcluded, Reach.Unreachable],
            Reaches(cell, ghost, Point(1, -1), Point(0, 0), Point(double.NaN, 0)));
    }

    [Fact]
    public void A_cell_without_a_box_is_unknown_and_with_one_is_not()
    {
        Assert.Equal([Reach.Unknown], Reaches(new StepOnly(), Point(0)));
        Assert.Equal([Reach.NotExcluded, Reach.Unreachable], Reaches(new Boxed(), Point(2), Point(2.1)));
    }

    [Fact]
    public void The_memory_of_an_LSTM_takes_time_to_fill()
    {
        var cell = new Lstm(1, 1, ScalarType.Float64);
        using (no_grad())
        {
            cell.BiasIh[1] = 5;
            cell.BiasIh[2] = 9;
        }
        // c stands at i g / (1 - f) = tanh(9) / 2 (1 + e^5), about 74.7: no trial of 20 steps from zero gets there.
        double c = Math.Tanh(9) * (1 + Math.Exp(5)) / 2;
        var point = Point(0.5, c);
        Assert.Equal(Certainty.Certified, Assert.Single(Certificate.Of(cell, [point])).Certainty);
        Assert.Equal(Reach.NotExcluded, Reaches(cell, point)[0]);
        Assert.Equal(Reach.Unreachable, Assert.Single(Reachability.Of(cell, [point], steps: 20)).Reach);
        Assert.Equal(Reach.NotExcluded, Assert.Single(Reachability.Of(cell, [point], steps: 75)).Reach);
        Assert.Equal(Reach.Unreachable, Reaches(cell, Point(0.5, c + 1))[0]);
        // Where the forget gate rounds to 1, only time bounds the memory.
        using (no_grad()) cell.BiasIh[1] = 60;
        Assert.Equal(Reach.Unknown, Reaches(cell, point)[0]);
        Assert.Equal(Reach.Unreachable, Assert.Single(Reachability.Of(cell, [point], steps: 20)).Reach);
    }

    [Fact]
    public void The_distance_is_that_to_the_nearest_visited_state()
    {
        var cell = Random(Architecture.Vanilla, 40, 1, seed: 1);
        var (visited, states) = (Cloud(90_000, 40, 1, seed: 2), Cloud(30, 40, 1, seed: 3));
        // A state that lies 1e-9 from a visited one, of the last block.
        double[] close = visited.Row(89_999);
        close[7] += 1e-9;
        FixedPoint[] points = [.. Enumerable.Range(0, 30).Select(i => Point(states.Row(i))), Point(close)];
        double[] nearest =
            [.. Reachability.Of(cell, points, visited).Select(reachability => reachability.NearestVisited!.Value)];
        for (int i = 0; i < 5; i++)
            Assert.Equal(Enumerable.Range(0, 90_000).Min(j => visited.Row(j).Distance(points[i].State)), nearest[i],
                1e-12);
        Assert.Equal(1e-9, nearest[30], 1e-15);
        Assert.Null(Reachability.Of(cell, points, new double[0, 40])[0].NearestVisited);
        Assert.Empty(Reachability.Of(cell, [], visited));
        visited[17, 3] = double.NaN;
        Assert.Equal(1e-9, Reachability.Of(cell, points, visited)[30].NearestVisited!.Value, 1e-15);
        double[,] lost = new double[1, 40];
        lost[0, 0] = double.PositiveInfinity;
        Assert.Null(Reachability.Of(cell, points, lost)[0].NearestVisited);
        Assert.Throws<ArgumentException>(() => Reachability.Of(cell, points, new double[2, 3]));
    }

    private static Reach[] Reaches(Cell cell, params FixedPoint[] points) =>
        [.. Reachability.Of(cell, points).Select(reachability => reachability.Reach)];
}
