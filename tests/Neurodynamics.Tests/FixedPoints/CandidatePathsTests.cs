using Neurodynamics.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class CandidatePathsTests
{
    private static readonly FixedPointProblem Problem = new(Nets.Tanh(new[,] { { 2.0 } }), [0],
        new[,] { { 0.3 }, { -0.9 }, { 1.4 } });

    [Fact]
    public void A_way_begins_at_the_candidates_and_ends_where_the_solver_does()
    {
        var newton = new NewtonSolver();
        var descent = new GradientDescent { LearningRate = 0.05 };
        var ways = new[] { CandidatePaths.Of(newton, Problem, [0, 1, 60]),
            CandidatePaths.Of(descent, Problem, [0, 20, 60]) };
        Assert.All(ways, way => Assert.Equal(Problem.Candidates, way.States[0]));
        Assert.Equal(newton.Solve(Problem).States, ways[0].States[^1]);
        Assert.Equal((descent with { StopBelow = 0, MaxSteps = 60 }).Solve(Problem).States, ways[1].States[^1]);
        Assert.Equal((descent with { StopBelow = 0, MaxSteps = 20 }).Solve(Problem).States, ways[1].States[1]);
    }

    [Fact]
    public void The_first_step_of_Newton_is_the_formula_s()
    {
        double x = -0.9, t = Math.Tanh(2 * x), slope = 2 * (1 - t * t);
        Assert.Equal(x + (t - x) / (1 - slope), CandidatePaths.Of(new NewtonSolver(), Problem, [1]).States[0][1, 0],
            1e-12);
    }

    [Fact]
    public void Speeds_are_half_the_squared_step()
    {
        var way = CandidatePaths.Of(new NewtonSolver(), Problem, [0]);
        for (int i = 0; i < 3; i++)
            Assert.Equal(Math.Pow(Math.Tanh(2 * Problem.Candidates[i, 0]) - Problem.Candidates[i, 0], 2) / 2,
                way.Speeds[0][i], 1e-12);
        Assert.Equal(way.Speeds[0], Problem.Speeds());
    }

    [Theory, InlineData(new int[0]), InlineData(new[] { 2, 1 }), InlineData(new[] { -1, 3 })]
    public void Looks_that_do_not_rise_are_refused(int[] steps) =>
        Assert.Contains("rise from 0", Assert.Throws<ArgumentException>(() =>
            CandidatePaths.Of(new NewtonSolver(), Problem, steps)).Message, StringComparison.Ordinal);

    [Fact]
    public void Ends_outside_the_box_are_counted_whatever_their_speed()
    {
        var problem = new FixedPointProblem(Nets.Tanh(new[,] { { 2.0 } }), [0],
            Candidates.Scaled(new[,] { { 0.5 }, { -0.9 } }, 2));
        Assert.Equal(1.8, -problem.Candidates[1, 0]);
        Assert.Equal(1, new GradientDescent { MaxSteps = 0 }.Solve(problem).EndedOutside());
        Assert.Equal(0, new NewtonSolver().Solve(problem).EndedOutside());
    }

    [Fact]
    public void Completeness_tests_points_by_itself()
    {
        var cell = Nets.Tanh(new[,] { { 2.0 } });
        var points = new NewtonSolver().Solve(new(cell, [0], new[,] { { -0.9 }, { 0.01 }, { 0.9 } })).Distinct();
        Assert.Equal(CompletenessVerdict.Consistent, Completeness.Of(cell, points).Verdict);
        Assert.Equal(CompletenessVerdict.Missing, Completeness.Of(cell, [points[0], points[2]]).Verdict);
        Assert.Equal(Completeness.Of(cell, [0], points, Certificate.Of(cell, points)), Completeness.Of(cell, points));
    }
}
