using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tests.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.Analysis;

/// <summary>What a tolerance lets one see, on a network with nine points of known places.</summary>
public sealed class AcceptedEndsTests
{
    private static readonly double[,] Ends =
        { { Nets.Root, Nets.Root }, { Nets.Root, 0.004 }, { Nets.Root, 0.3 }, { -Nets.Root, Nets.Root }, { 0, 0 } };

    private static readonly double[] Speeds = [1e-30, 1e-9, 1e-12, 1e-4, 1e-30];

    [Theory]
    [InlineData(1, 5, 2, 1, 1, 1)]
    [InlineData(1e-4, 5, 2, 1, 1, 1)]
    [InlineData(1e-8, 4, 1, 1, 1, 1)]
    [InlineData(1e-10, 3, 1, 0, 1, 1)]
    [InlineData(1e-20, 2, 1, 0, 1, 0)]
    [InlineData(1e-40, 0, 0, 0, 0, 0)]
    public void Ends_below_a_speed_are_sorted_by_the_point_that_they_are_at(
        double tolerance, int accepted, int attractors, int saddles, int repellers, int elsewhere)
    {
        var cell = Nets.Tanh(new double[,] { { 2, 0 }, { 0, 2 } });
        var problem = new FixedPointProblem(cell, [0], Ends);
        double[] signs = [-Nets.Root, 0, Nets.Root];
        var solution = new FixedPointSolution(problem, Ends, Speeds, new int[5],
            [.. Enumerable.Repeat(Ending.StepLimit, 5)]);
        var points = Linearisation.Of(cell, [.. signs.SelectMany(first => signs.Select(second =>
            new FixedPoint([first, second], [0], 0, 1)))]);

        var seen = AcceptedEnds.Of(solution, points, tolerance);

        Assert.Equal(accepted, seen.Candidates.Count);
        Assert.Equal((attractors, saddles, repellers), (seen.Reached(0), seen.Reached(1), seen.Reached(2)));
        Assert.Equal(elsewhere, seen.Elsewhere);
        Assert.All(seen.Candidates, row => Assert.True(Speeds[row] <= tolerance));
    }
}
