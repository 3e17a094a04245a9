using CsCheck;
using Neurodynamics.Tasks;
using Xunit;

namespace Neurodynamics.Tests.Tasks;

public sealed class TrialTaskTests
{
    private static readonly Gen<(int Channels, double P, int Steps, long Seed)> Settings =
        Gen.Select(Gen.Int[1, 4], Gen.Double[0, 1], Gen.Int[1, 40], Gen.Long[0, long.MaxValue]);

    [Fact]
    public void A_flip_flops_target_is_the_sign_of_the_last_pulse() => Settings.Sample((channels, p, steps, seed) =>
    {
        var trials = new FlipFlop { Channels = channels, PulseProbability = p }.Sample(3, steps, seed);
        foreach (var (trial, t, channel) in Places(trials))
        {
            Assert.Contains(trials.Inputs[trial, t, channel], new[] { -1.0, 0, 1 });
            double last = Enumerable.Range(0, t + 1).Select(s => trials.Inputs[trial, s, channel])
                .LastOrDefault(input => input != 0);
            Assert.Equal(last == 0 ? 0 : 1, trials.Weights[trial, t, channel]);
            if (last != 0) Assert.Equal(last > 0 ? 1 : 0, trials.Targets[trial, t, channel]);
        }
    });

    [Theory]
    [InlineData(BeforeFirstPulse.Masked, 0, 0)]
    [InlineData(BeforeFirstPulse.Zero, 0, 1)]
    [InlineData(BeforeFirstPulse.One, 1, 1)]
    [InlineData(BeforeFirstPulse.Half, 0.5, 1)]
    public void Before_the_first_pulse_the_target_is_what_was_asked_for(
        BeforeFirstPulse before, double target, double weight)
    {
        var trials = new FlipFlop { PulseProbability = 0, BeforeFirstPulse = before }.Sample(2, 5, 1);
        Assert.All(Places(trials), place =>
        {
            Assert.Equal(target, trials.Targets[place.Trial, place.Step, place.Channel]);
            Assert.Equal(weight, trials.Weights[place.Trial, place.Step, place.Channel]);
        });
    }

    [Fact]
    public void A_pulse_at_the_start_leaves_nothing_masked()
    {
        var trials = new FlipFlop { PulseAtStart = true }.Sample(20, 10, 1);
        Assert.All(Places(trials), place => Assert.Equal(1, trials.Weights[place.Trial, place.Step, place.Channel]));
        Assert.Contains(
            Places(trials), place => place.Step > 0 && trials.Inputs[place.Trial, place.Step, place.Channel] == 0);
    }

    [Fact]
    public void Pulses_come_as_often_as_asked_and_with_both_signs()
    {
        var trials = new FlipFlop { PulseProbability = 0.1 }.Sample(200, 100, 3);
        double[] inputs = [.. trials.Inputs.Cast<double>()];
        // 60,000 draws: five standard errors of the share are 0.006 for a pulse, and 0.0045 for either sign.
        Assert.InRange(inputs.Count(input => input != 0) / (double)inputs.Length, 0.094, 0.106);
        Assert.InRange(inputs.Count(input => input > 0) / (double)inputs.Length, 0.0455, 0.0545);
    }

    [Theory]
    [InlineData(1.0, Discount.AsPrinted)]
    [InlineData(0.9, Discount.AsPrinted)]
    [InlineData(0.9, Discount.Leaky)]
    [InlineData(0.0, Discount.Leaky)]
    public void An_integrators_target_is_the_sign_of_the_discounted_sum(double gamma, Discount discount)
    {
        var trials = new Integration { Channels = 2, Gamma = gamma, Discount = discount }.Sample(5, 30, 4);
        foreach (var (trial, step, channel) in Places(trials))
        {
            double sum = Enumerable.Range(0, step + 1).Sum(t =>
                Math.Pow(gamma, discount == Discount.AsPrinted ? t : step - t) * trials.Inputs[trial, t, channel]);
            Assert.Equal(sum > 0 ? 1 : 0, trials.Targets[trial, step, channel]);
            Assert.Equal(1, trials.Weights[trial, step, channel]);
        }
    }

    [Fact]
    public void White_noise_has_mean_0_and_variance_1()
    {
        double[] inputs = [.. new Integration().Sample(200, 100, 5).Inputs.Cast<double>().Select(x => (double)x)];
        Assert.InRange(inputs.Average(), -0.021, 0.021);
        Assert.InRange(inputs.Select(x => x * x).Average(), 0.97, 1.03);
    }

    [Fact]
    public void One_seed_gives_the_same_trials_and_another_seed_others()
    {
        var task = new FlipFlop();
        Assert.Equal(task.Sample(3, 20, 1).Inputs, task.Sample(3, 20, 1).Inputs);
        Assert.NotEqual(task.Sample(3, 20, 1).Inputs, task.Sample(3, 20, 2).Inputs);
    }

    [Fact]
    public void Values_that_make_no_sense_are_refused()
    {
        Assert.Contains("[0, 1]",
            Assert.Throws<ArgumentOutOfRangeException>(() => new FlipFlop { PulseProbability = 1.5 }).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FlipFlop { PulseProbability = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FlipFlop { Channels = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Integration { Gamma = -0.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FlipFlop().Sample(0, 10, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FlipFlop().Sample(10, -1, 1));
    }

    private static IEnumerable<(int Trial, int Step, int Channel)> Places(Trials trials) =>
        from trial in Enumerable.Range(0, trials.Count)
        from step in Enumerable.Range(0, trials.Steps)
        from channel in Enumerable.Range(0, trials.Channels)
        select (trial, step, channel);
}
