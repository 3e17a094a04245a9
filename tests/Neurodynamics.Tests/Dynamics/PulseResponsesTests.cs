using Neurodynamics.FixedPoints;
using Neurodynamics.Tests.FixedPoints;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Dynamics;

public sealed class PulseResponsesTests
{
    private const double Root = 0.957504024079;

    [Fact]
    public void A_pulse_flips_a_bistable_unit_only_where_it_carries_it_past_the_saddle()
    {
        // x' = tanh(2 x + u): one step from -Root under u ends at tanh(u - 2 Root), past 0 where u > 2 Root = 1.915.
        var cell = Nets.Tanh(new[,] { { 2.0 } });
        using (no_grad()) cell.WeightIh.fill_(1);
        var points = Linearisation.Of(cell, [.. new[] { -Root, 0, Root }.Select(x => new FixedPoint([x], [0], 0, 1))]);
        int Attractor(double x) => Enumerable.Range(0, 3).Single(i => Math.Abs(points[i].Point.State[0] - x) < 1e-6);
        var once = PulseResponses.Of(cell, points, [[1.8], [2.1], [-2.1]]);
        Assert.Equal([-Root, Root, -Root, Root, Root, -Root],
            once.Responses.Select(response => points[response.To!.Value].Point.State[0]));
        Assert.All(once.Responses, response => Assert.Equal(1, response.Held));
        // Held for two steps the weaker pulse is strong enough, and without a step none is.
        Assert.Equal(Attractor(Root), PulseResponses.Of(cell, points, [[1.8]], held: 2).Responses.Single(
            response => response.From == Attractor(-Root)).To);
        Assert.All(PulseResponses.Of(cell, points, [[2.1]], held: 0).Responses, response =>
            Assert.Equal(response.From, response.To));
    }

    [Fact]
    public void Pulses_on_one_channel_each_come_with_both_signs()
    {
        Assert.Equal([[1.0, 0], [-1.0, 0], [0, 1.0], [0, -1.0]], PulseResponses.OneChannelEach(2));
        Assert.Contains("1 inputs", Assert.Throws<ArgumentException>(
            () => PulseResponses.Of(Nets.Tanh(new[,] { { 2.0 } }), [], [[1, 0]])).Message);
    }

    [Fact]
    public void Several_points_are_followed_each_once()
    {
        // The S of the bistable unit from u = 0 to 1.5: the lower attractor meets the saddle, the upper one stays.
        var cell = Nets.Tanh(new[,] { { 2.0 } });
        using (no_grad()) cell.WeightIh.fill_(1);
        FixedPoint[] starts = [.. new NewtonSolver()
            .Solve(new FixedPointProblem(cell, [0.0], new[,] { { -0.9 }, { 0.01 }, { 0.9 } })).Distinct()];
        var branches = new Continuation().FollowAll(cell, starts, [1.5]);
        Assert.Equal([BranchEnding.CameBack, BranchEnding.ReachedEnd], branches.Select(branch => branch.Ending));
        Assert.Equal(0, branches[0].Points[^1].Point.State[0], 1e-9);
        Assert.Empty(new Continuation().FollowAll(cell, [], [1.5]));
    }
}
