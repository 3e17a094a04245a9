using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tests.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.Analysis;

public sealed class FewPointsTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Row_6_Few_points_go_through_everything(int count)
    {
        var cell = Nets.Tanh(new[,] { { 2, 0 }, { 0, 0.5 } });
        FixedPoint[] points = [Point([0, 0]), Point([0.957504024079, 0])];
        var lines = Linearisation.Of(cell, points[..count]);
        Assert.Equal(count, lines.Count);
        Assert.All(lines, line => Assert.Equal(2, TaylorRadii.Of(cell, line).Count));
        var graph = TransitionGraph.Of(cell, lines);
        Assert.Equal(count == 0 ? 0 : 2, graph.Transitions.Count);
        Assert.Empty(graph.Edges());
        var pca = Pca.Fit(PcaOf.Both, new double[1, 3, 2], lines);
        Assert.Equal((count, 2), (pca.Project(lines.Select(line => line.Point.State).ToList().ToMatrix(2)).GetLength(0),
            pca.Components.GetLength(0)));
    }

    [Fact]
    public void A_point_whose_Jacobian_is_not_finite_is_no_saddle_and_no_attractor()
    {
        var cell = Nets.Tanh(new[,] { { 2, 0 }, { 0, 0.5 } });
        var lines = Linearisation.Of(cell, [Point([0, 0]), Point([double.NaN, 0]), Point([0.957504024079, 0])]);
        var graph = TransitionGraph.Of(cell, lines);
        Assert.All(graph.Transitions, run => Assert.Equal(1, run.Saddle));
        Assert.Equal([RunEnding.Arrived, RunEnding.StoodStill], graph.Transitions.Select(run => run.Ending));
    }

    private static FixedPoint Point(double[] state) => new(state, [0], 0, 1);
}
