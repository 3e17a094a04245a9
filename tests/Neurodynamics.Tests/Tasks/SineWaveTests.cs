using Neurodynamics.Tasks;
using Xunit;

namespace Neurodynamics.Tests.Tasks;

public sealed class SineWaveTests
{
    [Fact]
    public void The_target_turns_as_fast_as_the_input_says()
    {
        var task = new SineWave();
        var trials = task.Of([.. Enumerable.Range(0, 51).Select(task.InputFor)], 60);
        for (int j = 0; j < 51; j++)
        {
            double frequency = 0.02 + j / 50.0 * (0.08 - 0.02);
            Assert.Equal(0.25 + j / 51.0, trials.Inputs[j, 59, 0], 1e-15);
            Assert.Equal(1 / frequency, task.PeriodOf(trials.Inputs[j, 0, 0]), 1e-9);
            for (int step = 0; step < 60; step++)
                Assert.Equal(
                    0.5 + Math.Sin(2 * Math.PI * frequency * (step + 1)) / 2, trials.Targets[j, step, 0], 1e-12);
        }
        Assert.All(trials.Weights.Cast<double>(), weight => Assert.Equal(1, weight));
    }

    [Fact]
    public void Frequencies_are_drawn_from_those_that_there_are()
    {
        var task = new SineWave { Frequencies = 4 };
        var trials = task.Sample(400, 3, seed: 1);
        var seen = Enumerable.Range(0, 400).Select(i => trials.Inputs[i, 0, 0]).CountBy(x => x).ToList();
        Assert.Equal([0.25, 0.5, 0.75, 1], seen.Select(pair => pair.Key).Order());
        Assert.All(seen, pair => Assert.InRange(pair.Value, 100 - 44, 100 + 44));
    }

    [Fact]
    public void A_wave_needs_more_than_two_steps()
    {
        Assert.Contains("above 2 steps",
            Assert.Throws<ArgumentOutOfRangeException>(() => new SineWave { ShortestPeriod = 2 }).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SineWave { Frequencies = 1 });
    }
}
