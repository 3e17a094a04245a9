using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class GradientDescentTests
{
    private static readonly GradientDescent Solver = new();

    [Fact]
    public void The_first_step_moves_every_value_by_the_learning_rate_against_the_gradient_of_finite_differences()
    {
        var cell = Nets.Normal(4, gain: 1.5, seed: 3, input: 1);
        double[,] start = Nets.Cloud(5, 4, 1, seed: 4);
        // An epsilon far above the gradient: the step is proportional to it, x' = x - rate g / epsilon.
        double[,] moved = (Solver with { MaxSteps = 1, StopBelow = 0, LearningRate = 1, Epsilon = 1e6 })
            .Solve(new(cell, [0.2], start)).States;
        for (int i = 0; i < 5; i++)
            for (int j = 0; j < 4; j++)
            {
                var (up, down) = ((double[,])start.Clone(), (double[,])start.Clone());
                up[i, j] += 1e-6;
                down[i, j] -= 1e-6;
                double gradient = (Loss(cell, 0.2, up) - Loss(cell, 0.2, down)) / 2e-6;
                Assert.Equal(gradient, -1e6 * (moved[i, j] - start[i, j]), 1e-6);
            }
    }

    [Fact]
    public void One_unit_follows_Adam_worked_by_hand()
    {
        // F(x) = tanh(2 x): loss (F - x)^2, gradient 2 (F - x) (2 (1 - F^2) - 1).
        var (x, mean, square) = (0.4, 0.0, 0.0);
        for (int step = 1; step <= 50; step++)
        {
            double next = Math.Tanh(2 * x), gradient = 2 * (next - x) * (2 * (1 - next * next) - 1);
            mean = 0.8 * mean + 0.2 * gradient;
            square = 0.95 * square + 0.05 * gradient * gradient;
            x -= 0.01 * (mean / (1 - Math.Pow(0.8, step))) / (Math.Sqrt(square / (1 - Math.Pow(0.95, step))) + 1e-6);
        }
        var solution = (Solver with
        {
            LearningRate = 0.01,
            Beta1 = 0.8,
            Beta2 = 0.95,
            Epsilon = 1e-6,
            MaxSteps = 50,
            StopBelow = 0
        })
            .Solve(new(Nets.Tanh(new[,] { { 2.0 } }, input: 1), [0], new[,] { { 0.4 } }));
        Assert.Equal(x, solution.States[0, 0], 1e-13);
        Assert.Equal(50, solution.Steps[0]);
        Assert.Equal(Math.Pow(Math.Tanh(2 * x) - x, 2) / 2, solution.Speeds[0], 1e-14);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(7)]
    public void The_batch_moves_as_under_torchs_own_Adam(int chunk)
    {
        var cell = Nets.Normal(6, gain: 2, seed: 3, input: 1);
        double[,] start = Nets.Cloud(50, 6, 1, seed: 4);
        using var scope = NewDisposeScope();
        var x = new Parameter(tensor(start));
        using var adam = optim.Adam([x], lr: 0.01);
        for (int step = 0; step < 200; step++)
        {
            adam.zero_grad();
            (cell.Step(tensor(new[,] { { 0.1 } }), x) - x).square().mean().backward();
            adam.step();
        }
        var solution = (Solver with { LearningRate = 0.01, MaxSteps = 200, StopBelow = 0, ChunkSize = chunk })
            .Solve(new(cell, [0.1], start));
        AssertEqual(x.ToMatrix(), solution.States, 1e-10);
    }

    [Fact]
    public void Chunks_and_the_order_of_the_candidates_change_nothing_but_rounding()
    {
        var cell = Nets.Normal(6, gain: 2, seed: 3, input: 1);
        double[,] start = Nets.Cloud(100, 6, 1, seed: 4);
        double[,] inputs = Nets.Cloud(100, 1, 1, seed: 5);
        var solver = Solver with { LearningRate = 0.02, StopBelow = 0.1, ChunkSize = 100 };
        var whole = solver.Solve(new(cell, inputs, start));
        Assert.InRange(whole.Steps[0], 10, 5000);
        foreach (int size in new[] { 7, 64 })
        {
            var chunked = (solver with { ChunkSize = size }).Solve(new(cell, inputs, start));
            AssertEqual(whole.States, chunked.States, 1e-9);
            Assert.Equal(whole.Steps, chunked.Steps);
        }
        var reversed = solver.Solve(new(cell, Reversed(inputs), Reversed(start)));
        AssertEqual(whole.States, Reversed(reversed.States), 1e-9);
        Assert.Equal(whole.Steps, reversed.Steps);
    }

    [Fact]
    public void The_loss_falls_and_is_watched_from_the_first_step_to_the_last()
    {
        var seen = new List<DescentSnapshot>();
        double[,] start = Nets.Cloud(20, 5, 1, seed: 4);
        var solution = (Solver with { MaxSteps = 250, StopBelow = 0, Watch = seen.Add })
            .Solve(new(Nets.Normal(5, gain: 1, seed: 3, input: 1), [0.1], start));
        Assert.Equal([0, 100, 200, 250], seen.Select(snapshot => snapshot.Step));
        Assert.Equal(start, seen[0].States);
        Assert.Equal(solution.States, seen[^1].States);
        Assert.Equal(seen.Select(snapshot => snapshot.Loss).OrderDescending(), seen.Select(snapshot => snapshot.Loss));
        Assert.All(seen, snapshot => Assert.Equal(2.5 * snapshot.Loss, snapshot.BatchSpeed, 1e-12));
        Assert.All(solution.Endings, ending => Assert.Equal(Ending.StepLimit, ending));
    }

    [Fact]
    public void The_three_readings_stop_at_different_steps_and_each_holds_at_the_returned_states()
    {
        var cell = Nets.Normal(8, gain: 1.5, seed: 3, input: 1);
        int[] steps = [.. new[] { SpeedReading.MeanSquare, SpeedReading.Speed, SpeedReading.Norm }.Select(reading =>
        {
            var solver = Solver with { Reading = reading, StopBelow = 0.01, LearningRate = 3e-3 };
            var solution = solver.Solve(new(cell, [0.1], Nets.Cloud(60, 8, 1, seed: 4)));
            Assert.All(solution.Endings, ending => Assert.Equal(Ending.SlowEnough, ending));
            Assert.InRange(Read(solution.States), 0, 0.01);
            // One step earlier it was above.
            Assert.True(Read((solver with { MaxSteps = solution.Steps[0] - 1 }).Solve(solution.Problem).States) > 0.01);
            return solution.Steps[0];

            double Read(double[,] states)
            {
                using var scope = NewDisposeScope();
                var step = cell.Step(tensor(new[,] { { 0.1 } }), tensor(states)) - tensor(states);
                return (reading switch
                {
                    SpeedReading.MeanSquare => step.square().mean(),
                    SpeedReading.Speed => step.square().sum(1).mean() / 2,
                    _ => step.norm(1).mean(),
                }).item<double>();
            }
        })];
        Assert.True(steps[0] < steps[1] && steps[1] < steps[2], $"stopped after {string.Join(", ", steps)} steps");
    }

    [Fact]
    public void A_batch_that_is_slow_already_takes_no_step()
    {
        double[,] start = new[,] { { 0.01 }, { 0.0 } };
        var solution = Solver.Solve(new(Nets.Tanh(new[,] { { 0.5 } }, input: 1), [0], start));
        Assert.Equal(start, solution.States);
        Assert.Equal([0, 0], solution.Steps);
        // The batch is slow; that only the second candidate stands still is told apart.
        Assert.Equal([Ending.SlowEnough, Ending.FixedPoint], solution.Endings);
    }

    [Fact]
    public void A_candidate_that_is_not_finite_neither_moves_the_others_nor_the_stop()
    {
        var cell = Nets.Normal(4, gain: 1.5, seed: 3, input: 1);
        double[,] start = Nets.Cloud(6, 4, 1, seed: 4);
        double[,] broken =
            Enumerable.Range(0, 7).Select(i => i == 3 ? [0, double.NaN, 0, 0] : start.Row(i < 3 ? i : i - 1))
            .ToList().ToMatrix(4);
        var solver = Solver with { StopBelow = 0.05 };
        var (alone, together) = (solver.Solve(new(cell, [0.1], start)), solver.Solve(new(cell, [0.1], broken)));
        Assert.Equal(Ending.NotFinite, together.Endings[3]);
        Assert.Equal(alone.Steps[0], together.Steps[0]);
        int[] others = [0, 1, 2, 4, 5, 6];
        AssertEqual(alone.States, others.Select(together.States.Row).ToList().ToMatrix(4), 1e-12);
        Assert.All(others, i => Assert.Equal(Ending.SlowEnough, together.Endings[i]));
        Assert.Equal([Ending.NotFinite], solver.Solve(new(cell, [0.1], new[,] { { double.NaN, 0, 0, 0 } })).Endings);
        Assert.Empty(solver.Solve(new(cell, [0.1], new double[0, 4])).Endings);
    }

    [Fact]
    public void A_cancelled_descent_returns_where_it_was()
    {
        using var stop = new CancellationTokenSource();
        var problem = new FixedPointProblem(Nets.Normal(4, gain: 1.5, seed: 3, input: 1), [0.1],
            Nets.Cloud(6, 4, 1, seed: 4));
        var solver = Solver with { StopBelow = 0, WatchEvery = 10 };
        var solution = (solver with { Watch = snapshot => { if (snapshot.Step == 30) stop.Cancel(); } })
            .Solve(problem, cancellation: stop.Token);
        Assert.All(solution.Endings, ending => Assert.Equal(Ending.Cancelled, ending));
        Assert.Equal(31, solution.Steps[0]);
        Assert.Equal((solver with { MaxSteps = 31 }).Solve(problem).States, solution.States);
    }

    [Fact]
    public void Descent_to_rounding_and_Newton_find_the_same_points()
    {
        var cell = Nets.Normal(6, gain: 2, seed: 3, input: 1);
        var problem = new FixedPointProblem(cell, [0.1], Nets.Cloud(60, 6, 1, seed: 4));
        var solution = (Solver with { LearningRate = 0.01, MaxSteps = 2000, StopBelow = 0 }).Solve(problem);
        foreach (double rate in new[] { 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9 })
            solution = (Solver with
            {
                LearningRate = rate,
                Beta2 = 0.95,
                Epsilon = 1e-16,
                MaxSteps = 1500,
                StopBelow = 0
            }).Solve(new(cell, [0.1], solution.States));
        int[] slow = [.. Enumerable.Range(0, 60).Where(i => solution.Speeds[i] < 1e-16)];
        Assert.True(slow.Length > 10,
            $"{slow.Length} candidates are "
            + $"slow: {string.Join(", ", solution.Speeds.Order().Select(q => q.ToString("g2")))}");
        var exact = new NewtonSolver().Solve(new(cell, [0.1], slow.Select(solution.States.Row).ToList().ToMatrix(6)));
        Assert.All(exact.Endings, ending => Assert.Equal(Ending.FixedPoint, ending));
        for (int i = 0; i < slow.Length; i++) Assert.True(exact.States.Row(i)
            .Distance(solution.States.Row(slow[i])) < 1e-6);
    }

    [Fact]
    public void A_contraction_is_followed_down_to_a_fixed_point()
    {
        // At the end the gradient is below epsilon, and Adam is plain gradient descent.
        var solution = (Solver with { LearningRate = 1e-3, Epsilon = 1e-2, MaxSteps = 5000, StopBelow = 1e-27 })
            .Solve(new(Nets.Tanh(new[,] { { 0.5 } }, input: 1), [0.3], new[,] { { 0.1 } }));
        Assert.Equal([Ending.FixedPoint], solution.Endings);
        Assert.Equal(Math.Tanh(0.5 * solution.States[0, 0] + 0.3), solution.States[0, 0], 1e-13);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_step_without_a_gradient_is_named(int chunk)
    {
        var error = Assert.Throws<InvalidOperationException>(() => (Solver with { ChunkSize = chunk })
            .Solve(new(new Detached(), [0], new[,] { { 0.3 }, { 0.2 } })));
        Assert.Contains("Detached", error.Message);
    }

    [Fact]
    public void A_thousand_steps_leave_no_tensor_behind_and_the_weights_without_a_gradient()
    {
        var cell = Nets.Normal(3, gain: 2, seed: 5, input: 1);
        var problem = new FixedPointProblem(cell, [0], Nets.Cloud(20, 3, 1, seed: 1));
        Solve(10);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Solve(1000);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.All(cell.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.grad is null));

        // One chunk: it runs on this thread, whose tensors are counted.
        void Solve(int steps) => (Solver with { MaxSteps = steps, StopBelow = 0 }).Solve(problem);
    }

    private static double Loss(Cell cell, double input, double[,] states)
    {
        using var scope = NewDisposeScope();
        return (cell.Step(tensor(new[,] { { input } }),
            tensor(states)) - tensor(states)).square().mean().item<double>();
    }

    private static double[,] Reversed(double[,] rows) =>
        Enumerable.Range(0, rows.GetLength(0)).Reverse().Select(rows.Row).ToList().ToMatrix(rows.GetLength(1));

    private static void AssertEqual(double[,] expected, double[,] actual, double tolerance) =>
        Assert.Equal(expected.Cast<double>(), actual.Cast<double>(), (a, b) => Math.Abs(a - b) <= tolerance);

    private sealed class Detached() : Cell("Detached", inputSize: 1, units: 1)
    {
        public override Tensor Step(Tensor input, Tensor state) => state.detach() / 2;
    }
}
