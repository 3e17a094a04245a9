using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Tests.Tasks;

public sealed class TrialFactsTests
{
    private static readonly Integration Printed = new() { Channels = 1, Gamma = 0.9 };
    private static readonly Integration Leaky = new() { Channels = 1, Gamma = 0.9, Discount = Discount.Leaky };

    [Theory]
    [InlineData(Discount.AsPrinted)]
    [InlineData(Discount.Leaky)]
    public void The_sum_is_that_of_the_samples_times_their_weights(Discount discount)
    {
        var task = new Integration { Channels = 2, Gamma = 0.8, Discount = discount };
        var trials = task.Sample(3, 30, 5);
        for (int step = 0; step < 30; step++)
        {
            double[] weights = task.Weights(step);
            Assert.Equal(Enumerable.Range(0, step + 1).Sum(t => weights[t] * trials.Inputs[2, t, 1]),
                task.Sums(trials, 2, 1)[step], 1e-12);
        }
    }

    [Fact]
    public void Readings_differ_as_often_as_the_correlation_of_their_sums_says()
    {
        double[] counted = Printed.Sample(4000, 40, 1).Disagreement(Leaky.Sample(4000, 40, 1));
        // Five standard errors of a share of 4000 are at most 0.04.
        for (int step = 0; step < 40; step += 5)
            Assert.InRange(counted[step] - Printed.Disagreement(Leaky, step), -0.04, 0.04);
        // By hand: after the second step the sums are a + 0.9 b and 0.9 a + b.
        Assert.Equal(Math.Acos(1.8 / 1.81) / Math.PI, Printed.Disagreement(Leaky, 1), 1e-12);
    }

    [Fact]
    public void Nine_tenths_of_the_variance_are_in_as_many_samples_as_a_geometric_series_says()
    {
        Assert.Equal((int)Math.Ceiling(Math.Log(0.1) / (2 * Math.Log(0.9))), Printed.Horizon(0.9, 999));
        Assert.Equal(90, new Integration().Horizon(0.9, 99));
        Assert.Equal(1, new Integration { Gamma = 0 }.Horizon(1, 99));
    }

    [Fact]
    public void Targets_stay_what_they_are_as_long_as_expected()
    {
        var (integration, flipFlop) =
            (Leaky.Sample(4000, 31, 2), new FlipFlop { Channels = 1, PulseProbability = 0.1 }.Sample(4000, 31, 2));
        for (int lag = 0; lag <= 10; lag += 5)
        {
            Assert.InRange(integration.Autocorrelation(20, lag) - Leaky.Autocorrelation(20, lag), -0.08, 0.08);
            Assert.InRange(flipFlop.Autocorrelation(20, lag) - Math.Pow(0.9, lag), -0.09, 0.09);
        }
        // For a random walk the correlation of the sums is known: sqrt(10 / 20).
        Assert.Equal(0.5, new Integration().Autocorrelation(9, 10), 1e-12);
    }

    [Fact]
    public void Changes_of_a_target_are_counted()
    {
        double[,,] targets = { { { 0 }, { 1 }, { 1 }, { 0 } }, { { 1 }, { 1 }, { 1 }, { 0 } } },
            all = { { { 1 }, { 1 }, { 1 }, { 1 } }, { { 1 }, { 1 }, { 1 }, { 0 } } };
        var trials = new Trials(targets, targets, all);
        Assert.Equal(1, trials.TargetChanges());
        Assert.Equal(0.5, trials.TargetChanges(..3));
        Assert.Equal(0.5, trials.TargetChanges(^1..));
    }

    [Fact]
    public void All_bits_are_set_as_soon_as_expected()
    {
        double[,] share = new FlipFlop { Channels = 3, PulseProbability = 0.1 }.Sample(4000, 40, 3).ChannelsSet();
        for (int step = 0; step < 40; step++)
        {
            Assert.Equal(1, Enumerable.Range(0, 4).Sum(set => share[step, set]), 1e-9);
            Assert.InRange(share[step, 3] - Math.Pow(1 - Math.Pow(0.9, step + 1), 3), -0.04, 0.04);
        }
    }

    [Fact]
    public void With_a_default_of_one_the_last_non_zero_input_is_the_present_one()
    {
        var trials = new FlipFlop().Sample(5, 50, 4);
        var ones = trials.WithSilence(1);
        Assert.DoesNotContain(0, ones.Inputs.Cast<double>());
        Assert.Equal(trials.Targets.Cast<double>(), ones.Targets.Cast<double>());
        Assert.Equal(1, Baselines.Leaky(ones.WithLastNonZeroAsTarget(), 0).Mean);
        Assert.Equal(trials.Targets.Cast<double>(), trials.WithLastNonZeroAsTarget().Targets.Cast<double>());
        Assert.Equal(trials.Weights.Cast<double>(), trials.WithLastNonZeroAsTarget().Weights.Cast<double>());
    }

    [Fact]
    public void A_leak_of_one_over_gamma_solves_the_task_as_printed_and_half_the_flip_flop()
    {
        Assert.Equal(1, Baselines.Leaky(Printed.Sample(50, 100, 6), 1 / 0.9).Mean);
        Assert.Equal(1, Baselines.Leaky(Leaky.Sample(50, 100, 6), 0.9).Mean);
        Assert.Equal(1, Baselines.Leaky(new FlipFlop().Sample(50, 100, 6), 0.5).Mean);
        Assert.True(Baselines.Leaky(new FlipFlop().Sample(50, 100, 6), 0.5, noise: 0.1).Mean < 0.9);
        Assert.Equal(
            0.9, Baselines.BestLeaky(Leaky.Sample(50, 100, 6), Leaky.Sample(50, 100, 7), [0, 0.5, 0.9, 1]).Leak);
    }

    [Fact]
    public void Who_sees_pulses_of_minus_one_only_is_right_as_often_as_Bayes_rule_says()
    {
        // Long trials, and only places long after the start: one that was negative k steps ago is still so with
        // probability (0.9 / 0.95)^k, and the k are geometric.
        var trials = new FlipFlop { Channels = 1, PulseAtStart = true }.Sample(300, 1000, 8).WithSilence(1);
        double expected = Enumerable.Range(0, 1000)
            .Sum(k => 0.05 * Math.Pow(0.95, k) * Math.Max(Math.Pow(0.9 / 0.95, k), 1 - Math.Pow(0.9 / 0.95, k)));
        Assert.InRange(Baselines.BestSinceLastNegative(trials).Mean - expected, -0.02, 0.02);
    }
}
