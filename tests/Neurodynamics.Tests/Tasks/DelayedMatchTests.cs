using Neurodynamics.Tasks;
using Xunit;

namespace Neurodynamics.Tests.Tasks;

public sealed class DelayedMatchTests
{
    [Fact]
    public void The_answer_is_whether_both_stimuli_are_the_same_and_counts_in_the_response_alone()
    {
        var trials = new DelayedMatch { Noise = 0, Strength = 1 }.Sample(300, 80, seed: 4);
        Assert.Equal(["fixation", "sample", "delay", "test", "response", "rest"],
            trials.Epochs.Select(epoch => epoch.Name));
        var (sample, delay, test, response) = (trials.Epochs[1], trials.Epochs[2], trials.Epochs[3], trials.Epochs[4]);
        var delays = new HashSet<int>();
        for (int trial = 0; trial < trials.Count; trial++)
        {
            double Shown(int step) => trials.Inputs[trial, step, 0] - trials.Inputs[trial, step, 1];
            delays.Add(delay.End[trial] - delay.First[trial]);
            for (int step = 0; step < 80; step++)
            {
                bool isStimulus = Within(sample, trial, step) || Within(test, trial, step);
                Assert.Equal(isStimulus ? 1 : 0, Math.Abs(Shown(step)));
                bool counts = Within(response, trial, step);
                Assert.Equal(counts ? 1 : 0, trials.Weights[trial, step, 0]);
                if (counts)
                    Assert.Equal(Shown(sample.First[trial]) == Shown(test.First[trial]) ? 1 : 0,
                        trials.Targets[trial, step, 0]);
            }
            Assert.Equal((10, 10, 10), (sample.End[trial] - sample.First[trial], test.End[trial] - test.First[trial],
                response.End[trial] - response.First[trial]));
        }
        // 36 delays, each as likely: none is missed by 300 trials but with a chance of 36 (35/36)^300.
        Assert.Equal((10, 45), (delays.Min(), delays.Max()));
        Assert.InRange(delays.Count, 34, 36);
    }

    [Fact]
    public void The_ideal_observer_is_as_good_as_one_who_adds_up()
    {
        var task = new DelayedMatch { Strength = 1, Noise = 2, ShortestDelay = 3 };
        var trials = task.Sample(8000, 40, seed: 2);
        bool IsA(int trial, Epoch epoch) => Enumerable.Range(epoch.First[trial], 10)
            .Sum(step => trials.Inputs[trial, step, 0] - trials.Inputs[trial, step, 1]) > 0;
        double right = trials.SharesRight(place => IsA(place.Trial, trials.Epochs[1])
            == IsA(place.Trial, trials.Epochs[3])).Average();
        Assert.Equal(task.IdealObserver(), right, 5 * Math.Sqrt(0.25 / 8000));
    }

    [Fact]
    public void Trials_and_delays_without_room_are_refused()
    {
        Assert.Contains("at least 45",
            Assert.Throws<ArgumentException>(() => new DelayedMatch().Sample(1, 44, 1)).Message);
        Assert.Contains("not between 0 and 45",
            Assert.Throws<ArgumentException>(() => new DelayedMatch().Of([new(true, true, 46)], 80, 1)).Message);
    }

    private static bool Within(Epoch epoch, int trial, int step) =>
        step >= epoch.First[trial] && step < epoch.End[trial];
}
