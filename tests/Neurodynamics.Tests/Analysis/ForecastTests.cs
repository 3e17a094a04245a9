using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Tests.FixedPoints;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Analysis;

/// <summary>What fixed points tell of trajectories, on cells where it can be said beforehand.</summary>
public sealed class ForecastTests
{
    private static readonly double[,,] Noise = new Integration { Channels = 1 }.Sample(4, 30, seed: 1).Inputs;

    /// <summary>x' = A x + b u, which is its own linearisation.</summary>
    private sealed class Linear() : Cell("Linear", inputSize: 1, units: 2)
    {
        public override Tensor Step(Tensor input, Tensor state) =>
            state.mm(tensor(new[,] { { 0.9, -0.2 }, { 0.1, 0.5 } }).t()) + input.mm(tensor(new[,] { { 1.0, -0.5 } }));
    }

    private static IReadOnlyList<Linearisation> Points(Cell cell, double[,] candidates) =>
        Linearisation.Of(cell, new NewtonSolver().Solve(new(cell, [0], candidates)).Distinct());

    private static (VanillaRnn Cell, IReadOnlyList<Linearisation> Points) Bistable()
    {
        var cell = Nets.Tanh(new[,] { { 2.0 } });
        using (no_grad()) cell.WeightIh.fill_(1);
        return (cell, Points(cell, new[,] { { -0.9 }, { 0.01 }, { 0.9 } }));
    }

    [Fact]
    public void A_linear_network_is_forecast_without_error_and_run_as_it_runs_itself()
    {
        var cell = new Linear();
        var points = Points(cell, new double[1, 2]);
        var model = new LocalLinear(cell, points);
        Assert.All(model.Forecast(TrialSteps.Sample(cell, Noise, 50, seed: 2)), step =>
            Assert.Equal(0, step.Error, 1e-12));
        using var own = cell.Run(tensor(Noise).to(ScalarType.Float64));
        Assert.Equal(own.data<double>().ToArray(), model.Run(Noise).Cast<double>(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.All(LinearError.Of(cell, points[0], new[,] { { 1.0, 2.0 }, { -3.0, 0.5 } }, [0.1, 10], steps: 5),
            error => Assert.All(error.Errors, value => Assert.Equal(0, value, 1e-12)));
    }

    [Theory, InlineData(1), InlineData(2)]
    public void The_error_of_a_tanh_at_zero_is_the_formula_s(int steps)
    {
        var (cell, points) = Bistable();
        var saddle = points.Single(point => point.UnstableModes == 1);
        foreach (var error in LinearError.Of(cell, saddle, new[,] { { 0.3 }, { -2.0 } }, [0.1, 0.5], steps))
        {
            double d = error.Distance, next = Math.Tanh(2 * d), true_ = steps == 1 ? next : Math.Tanh(2 * next);
            Assert.All(error.Errors, value => Assert.Equal(Math.Abs(true_ - Math.Pow(2, steps) * d) / d, value, 1e-9));
        }
    }

    [Fact]
    public void The_linear_picture_of_a_tanh_reaches_as_far_as_its_formula_says()
    {
        var (cell, points) = Bistable();
        var saddle = points.Single(point => point.UnstableModes == 1);
        double[] distances = [.. Enumerable.Range(-400, 601).Select(k => Math.Pow(10, k / 200.0))];
        var errors = LinearError.Of(cell, saddle, new[,] { { 0.3 }, { -2.0 } }, distances);
        double reach = LinearError.Reach(errors, 0.25);
        Assert.Equal(0.25, (2 * reach - Math.Tanh(2 * reach)) / reach, 1e-5);
        Assert.Equal(distances[0], LinearError.Reach(errors, 1e-9));
        Assert.Equal(double.PositiveInfinity, LinearError.Reach(errors, 2.1));
        var line = Points(new Linear(), new double[1, 2])[0];
        Assert.Equal(double.PositiveInfinity, LinearError.Reach(
            LinearError.Of(new Linear(), line, new[,] { { 1.0, 2.0 } }, distances)));
    }

    [Fact]
    public void A_forecast_tells_the_nearest_point_how_far_it_is_and_how_wrong_it_was()
    {
        var (cell, points) = Bistable();
        var steps = new TrialSteps(new[,] { { 0.9 }, { -0.1 } }, new[,] { { 0.0 }, { 0.5 } },
            new[,] { { Math.Tanh(1.8) }, { Math.Tanh(0.3) } });
        var (first, second) =
            (new LocalLinear(cell, points).Forecast(steps)[0], new LocalLinear(cell, points).Forecast(steps)[1]);
        double root = points[first.Nearest].Point.State[0];
        Assert.Equal((true, false), (first.Silent, second.Silent));
        Assert.Equal(root - 0.9, first.Distance, 1e-12);
        Assert.Equal(Math.Tanh(1.8) - 0.9, first.Motion, 1e-12);
        Assert.Equal(Math.Abs(root + 2 * (1 - root * root) * (0.9 - root) - Math.Tanh(1.8)), first.Error, 1e-9);
        Assert.Equal(1, points[second.Nearest].UnstableModes);
        Assert.Equal(Math.Abs(2 * -0.1 + 0.5 - Math.Tanh(0.3)), second.Error, 1e-9);
    }

    [Fact]
    public void A_step_runs_straight_towards_its_own_end_and_steps_are_those_of_the_trials()
    {
        var (cell, _) = Bistable();
        var steps = TrialSteps.Sample(cell, Noise, 40, seed: 3);
        Assert.All(steps.CosinesTowards(steps.After), cosine => Assert.Equal(1, cosine, 1e-12));
        for (int i = 0; i < steps.Count; i++)
        {
            Assert.Equal(Math.Tanh(2 * steps.Before[i, 0] + steps.Inputs[i, 0]), steps.After[i, 0], 1e-9);
            Assert.Contains(steps.Inputs[i, 0], Noise.Cast<double>());
        }
        Assert.Equal(steps.Inputs, steps.UnderOwnInputs(cell).Inputs);
    }

    [Fact]
    public void A_trial_of_a_bistable_unit_settles_on_the_side_of_its_last_pulse()
    {
        var (cell, points) = Bistable();
        var readout = nn.Linear(1, 1, dtype: ScalarType.Float64);
        using (no_grad())
        {
            readout.weight.fill_(3);
            readout.bias!.zero_();
        }
        double[,,] inputs = new double[,,] { { { 3 }, { 0 } }, { { 3 }, { -8 } } };
        var trials = new Trials(inputs, new double[,,] { { { 1 }, { 1 } }, { { 1 }, { 0 } } },
            new double[,,] { { { 1 }, { 1 } }, { { 1 }, { 1 } } });
        var settled = Settling.Of(new Network(cell, readout), points, trials, steps: 100);
        Assert.Equal(["+", "-"], settled.Select(trial => trial.Settled));
        Assert.Equal([1, -1], settled.Select(trial => Math.Sign(points[trial.Attractor!.Value].Point.State[0])));
        Assert.All(settled, trial => Assert.True(trial.KeepsAnswer && trial.KeepsTarget));
        Assert.All(Settling.Of(new Network(cell, readout), [], trials, steps: 100), trial =>
            Assert.Null(trial.Attractor));
    }

    [Theory, InlineData(0), InlineData(3)]
    public void A_cell_in_float32_can_be_solved_under_the_inputs_of_steps(int hold)
    {
        var cell = RecurrentCell.Create(Architecture.Gru, 1, 4);
        cell.Initialise(1);
        var steps = TrialSteps.Sample(cell, Noise, 5, seed: 1);
        Assert.All(new NewtonSolver().Solve(steps.UnderOwnInputs(cell, hold)).Endings, ending =>
            Assert.Equal(Ending.FixedPoint, ending));
        using var exact = cell.InDouble();
        using var held = exact.Run(tensor(Enumerable.Repeat(steps.Inputs[0, 0], hold + 1).ToArray()).view(1, -1, 1),
            tensor(steps.Before.Row(0)).unsqueeze(0));
        Assert.Equal(held.select(1, hold).ToMatrix().Row(0), steps.UnderOwnInputs(cell, hold).Candidates.Row(0),
            (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var (cell, points) = Bistable();
        Assert.Throws<ArgumentException>(() => new LocalLinear(cell, []));
        Assert.Throws<ArgumentException>(() => new LocalLinear(new Linear(), points));
        Assert.Throws<ArgumentException>(
            () => TrialSteps.Sample(cell, Noise, 2, seed: 1).CosinesTowards(new double[3, 1]));
    }
}
