using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Analysis;

public sealed class RunEndsTests
{
    private static readonly double[,] Starts = { { 0.1, 0 }, { -0.2, 0.1 }, { 0.5, 0.5 } };

    /// <summary>Where nothing attracts but a circle, that is where they go round, in its own period.</summary>
    [Fact]
    public void Runs_that_go_round_are_told_with_their_period()
    {
        var cell = Plane(x =>
        {
            double[,] turn = { { Math.Cos(0.3), -Math.Sin(0.3) }, { Math.Sin(0.3), Math.Cos(0.3) } };
            return (x * (1.1 - 0.1 * (x * x).sum(1, keepdim: true))).mm(tensor(turn).t());
        });
        var ends = RunEnds.Of(cell, [0], Starts, At(cell, [0, 0]));
        Assert.Equal((3, 0, 3), (ends.Runs, ends.AtAttractors, ends.Moving));
        Assert.True(ends.Curve!.IsAttracting);
        Assert.Equal(2 * Math.PI / 0.3, ends.Curve.Period, 1e-4);
        Assert.Equal("Of 3 runs of at most 2000 steps none ended at an attractor: 3 were still moving. The first that "
            + "moves goes round in 20.94 steps, on a closed curve that attracts.", ends.ToString());
    }

    /// <summary>tanh(2 x) in each direction: attractors at the corners, and a repeller at 0.</summary>
    [Fact]
    public void Runs_that_rest_are_told_by_whether_the_list_has_their_end()
    {
        var cell = Plane(x => (2 * x).tanh());
        double rest = 0.95750402407727;
        var points = At(cell, [0, 0], [rest, rest], [rest, 0]);
        var ends = RunEnds.Of(cell, [0], new[,] { { 0.1, 0.2 }, { 0.3, 0 }, { -0.1, -0.1 }, { 0, 0 } }, points);
        Assert.Equal((1, 3, 0, 0), (ends.AtAttractors, ends.StoodStill, ends.Moving, ends.Lost));
        Assert.Null(ends.Curve);
        Assert.EndsWith("1 ended at an attractor: 3 stand still where none is.", ends.ToString());
        Assert.EndsWith("all ended at an attractor.",
            RunEnds.Of(cell, [0], new[,] { { 0.1, 0.2 }, { 2, 2 } }, points).ToString());
    }

    [Fact]
    public void Runs_that_leave_every_bound_are_told()
    {
        var ends = RunEnds.Of(Plane(x => 3 * x), [0], Starts, []);
        Assert.Equal(3, ends.Lost);
        Assert.EndsWith("none ended at an attractor: 3 left every bound.", ends.ToString());
    }

    private static Cell Plane(Func<Tensor, Tensor> step) => Cell.From((_, x) => step(x), 1, 2);

    private static IReadOnlyList<Linearisation> At(Cell cell, params double[][] states) =>
        Linearisation.Of(cell, [.. states.Select(state => new FixedPoint(state, [0], 0, 1))]);
}
