using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Tests;

public sealed class ProgressTests
{
    private static readonly Cell Cell = Network.Create(Architecture.Gru, 1, 4, 1, seed: 1).Cell;

    // Enough for several chunks, on several threads.
    private static readonly double[,] States =
        Candidates.FromTrials(Cell, new FlipFlop { Channels = 1 }.Sample(8, 30, 1).Inputs, 200, 1);

    [Fact]
    public void What_a_progress_callback_throws_is_passed_on_as_it_is()
    {
        var mine = new FormatException("mine");
        var throws = new Throws<int>(mine);
        var problem = new FixedPointProblem(Cell, [0], States);
        Assert.Same(mine, Assert.Throws<FormatException>(() => new FixedPointSearch().Run(
            Cell, States, progress: throws)));
        Assert.Same(mine, Assert.Throws<FormatException>(() => new NewtonSolver().Solve(problem, throws)));
        Assert.Same(mine, Assert.Throws<FormatException>(
            () => new GradientDescent { MaxSteps = 5 }.Solve(problem, throws)));
        Assert.Same(mine, Assert.Throws<FormatException>(() => Trainer.Train(
            new Recipe { Units = 2, Task = new FlipFlop { Channels = 1 } }, new Throws<TrainingProgress>(mine))));
    }

    [Fact]
    public void A_search_that_was_stopped_or_met_no_finite_state_says_so_and_advises_no_more_candidates()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        string stopped = new FixedPointSearch().Run(Cell, States, cancellation: stop.Token).ToString();
        Assert.Contains("The search was stopped with ", stopped);
        double[,] lost = new double[3, 4];
        for (int i = 0; i < 12; i++) lost[i / 4, i % 4] = double.NaN;
        string nowhere = new FixedPointSearch { MaxRounds = 0 }.Run(Cell, lost).ToString();
        Assert.Contains("No candidate stayed finite", nowhere);
        Assert.All([stopped, nowhere], said => Assert.DoesNotContain("more candidates", said));
    }

    private sealed class Throws<T>(Exception what) : IProgress<T>
    {
        public void Report(T value) => throw what;
    }
}
