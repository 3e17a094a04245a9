using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Tests.FixedPoints;
using Neurodynamics.Training;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Analysis;

/// <summary>What tables show of gates, pulses, steps and readouts, where the answer is known beforehand.</summary>
public sealed class MeasureTests
{
    [Fact]
    public void A_gate_that_only_a_pulse_shuts_is_open_in_silence()
    {
        // The update gate of one unit without recurrent weights is sigmoid(4 - 9 u): 0.982 in silence, 0.0067 at a
        // pulse of +1.
        var gru = RecurrentCell.Create(Architecture.Gru, new[,] { { 0.0 }, { -9 }, { 0 } },
            new[,] { { 0.0 }, { 0 }, { 0 } }, [0, 4, 0], [0, 0, 0]);
        double[,,] inputs = new double[2, 4, 1];
        inputs[0, 1, 0] = 1;
        var trials = new Trials(inputs, new double[2, 4, 1], new double[2, 4, 1]);
        var update = GateUse.Of(gru, trials).Single(gate => gate.Gate == "update z");
        Assert.Equal(1 / (1 + Math.Exp(5)), update.AtPulses, 1e-12);
        Assert.Equal(1 / (1 + Math.Exp(-4)), update.InSilence, 1e-12);
        Assert.Equal((1 / 8.0, 7 / 8.0), (update.NearlyShut, update.NearlyOpen));
        Assert.All(GateUse.Of(gru, new(new double[1, 4, 1], new double[1, 4, 1], new double[1, 4, 1])),
            gate => Assert.Equal(double.NaN, gate.AtPulses));
    }

    [Fact]
    public void A_pulse_sets_its_bit_and_keeps_the_other_only_where_both_read_so_afterwards()
    {
        // Two units that each hold their sign; the readout is the state, steep enough to be decided.
        var network = new Network(Nets.Tanh(new[,] { { 2.0, 0 }, { 0, 2.0 } }), Steep(2));
        var points = Linearisation.Of(network.Cell,
            [.. from a in new[] { -1, 1 } from b in new[] { -1, 1 } select Nets.Point(a * Nets.Root, b * Nets.Root)]);
        int At(string readout) =>
            Enumerable.Range(0, 4).Single(i => network.Decision(points[i].Point.State) == readout);
        PulseEffect Effect(double[] pulse, string from, string? to) => Assert.Single(PulseEffect.Of(
            new(points, [new(At(from), pulse, 1, to is null ? null : At(to), 10)]), network));
        Assert.Equal(new(true, true), Effect([1, 0], "--", "+-"));
        Assert.Equal(new(true, false), Effect([1, 0], "--", "++"));
        Assert.Equal(new(false, true), Effect([1, 0], "--", "--"));
        Assert.Equal(new(true, true), Effect([0, -1], "++", "+-"));
        Assert.Equal(new(false, false), Effect([1, 0], "--", null));
    }

    [Fact]
    public void An_approach_counts_only_the_steps_asked_for_and_those_cosines_that_exist()
    {
        // Steps of 1 along x, from 0; goals ahead, behind, aside, and the start itself.
        var steps = new TrialSteps(
            new double[4, 2], new double[4, 1], new double[,] { { 1, 0 }, { 1, 0 }, { 1, 0 }, { 1, 0 } });
        double[,] goals = new double[,] { { 3, 0 }, { -1, 0 }, { 0, 5 }, { 0, 0 } };
        Assert.Equal(new(1, 2, 1), Approach.Of(steps, goals, [0]));
        Assert.Equal(new(2, 1.5, -1), Approach.Of(steps, goals, [1, 3]));
        Assert.Equal(new double[,] { { -1, 0 }, { -1, 0 }, { -1, 0 }, { -1, 0 } },
            steps.Nearest([Nets.Point(2, 0), Nets.Point(-1, 0)]));
    }

    [Fact]
    public void Simple_rules_are_tested_where_the_training_is_tested()
    {
        var recipe = new Recipe { Task = new Integration { Channels = 1 }, Seed = 3 };
        var rules = SimpleRules.Of(recipe, [0, 0.5, 1]);
        // The plain sum is the task itself.
        Assert.Equal((1.0, 1.0), (rules.BestLeak, rules.Leaky.Mean));
        var test = recipe.Task.Sample(512, 100, Seeds.Derive(3, "test"));
        Assert.Equal(Baselines.Leaky(test, 0), rules.LastSample);
        Assert.InRange(rules.LastSample.Mean, 0.5, 0.7);
    }

    [Fact]
    public void Each_reading_stops_where_its_own_speed_is_at_the_tolerance()
    {
        var problem = new FixedPointProblem(Nets.Tanh(new[,] { { 0.5 } }), [0], new[,] { { 0.5 }, { -0.8 } });
        var runs = ReadingRun.All(new GradientDescent { LearningRate = 0.01, StopBelow = 0.01 }, problem,
            TestContext.Current.CancellationToken);
        Assert.Equal(Enum.GetValues<SpeedReading>(), runs.Select(run => run.Reading));
        Assert.All(runs, run => Assert.True(run.Before > 0.01 && run.AtEnd <= 0.01
            && run.AtEnd > 0.005, $"{run.Reading}: {run.Before} to {run.AtEnd}"));
        // With one unit q is half the mean square, and so is reached first; the length of a step is reached last.
        Assert.Equal([SpeedReading.Speed, SpeedReading.MeanSquare, SpeedReading.Norm],
            runs.OrderBy(run => run.Solution.Steps[0]).Select(run => run.Reading));
    }

    [Fact]
    public void Polished_ends_of_an_unfinished_descent_are_fixed_points()
    {
        var problem = new FixedPointProblem(Nets.Tanh(new[,] { { 2.0 } }), [0], new[,] { { 0.9 }, { -0.9 } });
        var stopped = new GradientDescent { MaxSteps = 1 }.Solve(problem, null, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(Ending.FixedPoint, stopped.Endings);
        Assert.Equal([Nets.Root, -Nets.Root], stopped.Polished(TestContext.Current.CancellationToken).Distinct()
            .Select(point => point.State[0]), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void Readouts_at_sixty_degrees_have_a_cosine_of_one_half_and_columns_spread_on_their_own()
    {
        var readout = nn.Linear(2, 2, hasBias: false, dtype: ScalarType.Float64);
        using (no_grad()) readout.weight.copy_(tensor(new[,] { { 3.0, 0 }, { -1, Math.Sqrt(3) } }));
        double[,] cosines = ReadoutShare.BetweenReadouts(new(Nets.Tanh(new[,] { { 1.0, 0 }, { 0, 1 } }), readout));
        Assert.Equal([1, 0.5, 0.5, 1], cosines.Cast<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        double[,] places = new double[,] { { 0, 1 }, { 4, 1 } };
        Assert.Equal((2, 0, 2), (places.Spread(0), places.Spread(1), places.Spread()));
    }

    /// <summary>Of eight pairs that differ, all one way: 2 / 2^8. McNemar's exact test of 7 to 1: 18 / 2^8.</summary>
    [Fact]
    public void Pairs_that_differ_are_compared_by_the_exact_sign_test()
    {
        Assert.Equal(2.0 / 256, new PairedCount(10, 8, 0).P, 1e-12);
        Assert.Equal(18.0 / 256, new PairedCount(10, 1, 7).P, 1e-12);
        Assert.Equal(1, new PairedCount(10, 3, 3).P);
        Assert.Equal(1, new PairedCount(10, 0, 0).P);
        Assert.Equal("8 of 10 here alone, 0 there alone (p = 0.008)", $"{new PairedCount(10, 8, 0)}");
    }

    private static TorchSharp.Modules.Linear Steep(int channels)
    {
        var readout = nn.Linear(channels, channels, hasBias: false, dtype: ScalarType.Float64);
        using (no_grad()) readout.weight.copy_(9 * eye(channels));
        return readout;
    }
}
