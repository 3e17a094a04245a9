using Neurodynamics.Models;
using Neurodynamics.Tests.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.Dynamics;

/// <summary>Where states go and arrive, on units whose way can be said beforehand.</summary>
public sealed class ConstantInputTests
{
    private static readonly VanillaRnn Bistable = Nets.Tanh(new[,] { { 2.0 } }, input: 1);

    private static readonly Goal[] Both = [new([Nets.Root], [0], 0.01), new([-Nets.Root], [0], 0.01)];

    [Fact]
    public void A_path_holds_its_start_and_every_step_under_each_state_s_own_input()
    {
        double[,,] path = new ConstantInput(Bistable, new[,] { { 0.0 }, { 0.5 } }).Path(new[,] { { 0.1 }, { 0.1 } }, 2);
        double first = Math.Tanh(0.2), driven = Math.Tanh(0.7);
        Assert.Equal([0.1, first, Math.Tanh(2 * first)], path.Trial(0).Column(0), (a, b) => Math.Abs(a - b) < 1e-14);
        Assert.Equal(
            [0.1, driven, Math.Tanh(2 * driven + 0.5)], path.Trial(1).Column(0), (a, b) => Math.Abs(a - b) < 1e-14);
        Assert.Equal(
            path.AtStep(^1), new ConstantInput(Bistable, new[,] { { 0.0 }, { 0.5 } }).After(path.AtStep(0), 2));
    }

    [Fact]
    public void Basins_of_a_bistable_unit_are_the_two_sides_of_zero()
    {
        double[] grid = [.. Enumerable.Range(0, 41).Select(i => (i - 20) / 20.0)];
        var arrivals = new ConstantInput(Bistable).Arrivals(grid.Select(x => new[] { x }).ToMatrix(1), Both);
        Assert.Equal(grid.Select(x => x > 0 ? 0 : x < 0 ? 1 : (int?)null), arrivals.Select(arrival => arrival.Goal));
        Assert.Equal(RunEnding.StoodStill, arrivals[20].Ending);
        Assert.All(arrivals.Where(arrival => arrival.Goal is not null),
            arrival => Assert.Equal(Both[arrival.Goal!.Value].State[0], arrival.State[0], 0.01));
        Assert.Empty(new ConstantInput(Bistable).Arrivals(new double[0, 1], Both));
    }

    [Fact]
    public void The_nearer_of_two_goals_counts()
    {
        Goal[] wide = [new([0.9], [0], 0.2), .. Both];
        Assert.Equal(1, new ConstantInput(Bistable).Arrivals(new[,] { { 0.96 } }, wide).Single().Goal);
    }

    [Fact]
    public void A_state_that_moves_away_from_a_goal_does_not_arrive_unless_it_stands_still_there()
    {
        // From 0.51 to 0.77, still within 0.3 of 0.5 but farther than before.
        Goal[] passed = [new([0.5], [0], 0.3), new([Nets.Root], [0], 1e-6)];
        Assert.Equal(1, new ConstantInput(Bistable).Arrivals(new[,] { { 0.51 } }, passed).Single().Goal);
        // x' = tanh(x + 1e-15) leaves 0 by no more than rounding.
        var still = new ConstantInput(Nets.Tanh(new[,] { { 1.0 } }, input: 1), [1e-15])
            .Arrivals(new double[1, 1], [new([0], [1e-15], 0.01)]);
        Assert.Equal((RunEnding.Arrived, 1), (still[0].Ending, still[0].Steps));
    }

    [Fact]
    public void A_goal_under_another_input_is_not_reached()
    {
        var under = new ConstantInput(Bistable, new[,] { { 0.0 }, { 1e-6 } });
        var arrivals = under.Arrivals(new[,] { { 0.5 }, { 0.5 } }, Both);
        Assert.Equal([RunEnding.Arrived, RunEnding.StoodStill], arrivals.Select(arrival => arrival.Ending));
    }
}
