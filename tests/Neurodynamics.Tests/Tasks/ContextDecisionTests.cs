using Neurodynamics.Tasks;
using Xunit;
using static Neurodynamics.Tasks.ContextDecision;

namespace Neurodynamics.Tests.Tasks;

public sealed class ContextDecisionTests
{
    [Fact]
    public void The_answer_is_the_sign_of_the_stream_that_the_cue_names_and_counts_after_the_evidence()
    {
        var trials = new ContextDecision { Noise = 0 }.Sample(200, 40, seed: 3);
        Assert.Equal(["cue", "evidence", "response"], trials.Epochs.Select(epoch => epoch.Name));
        Assert.Equal([0, 5, 30, 40], trials.Epochs.Select(epoch => epoch.First[0]).Append(trials.Epochs[2].End[0]));
        for (int trial = 0; trial < trials.Count; trial++)
            for (int step = 0; step < 40; step++)
            {
                double At(int i) => trials.Inputs[trial, step, i];
                Assert.Equal(1, At(2) + At(3));
                Assert.Contains(At(2), new[] { 0.0, 1 });
                bool isEvidence = step is >= 5 and < 30;
                if (!isEvidence) Assert.Equal((0.0, 0.0), (At(0), At(1)));
                Assert.Equal(isEvidence ? 0 : 1, trials.Weights[trial, step, 0]);
                double counts = trials.Inputs[trial, 20, At(2) == 1 ? 0 : 1];
                Assert.Equal(step < 30 ? 0.5 : counts > 0 ? 1 : 0, trials.Targets[trial, step, 0]);
            }
    }

    [Fact]
    public void Contexts_and_coherences_are_drawn_alike()
    {
        var trials = new ContextDecision { Noise = 0 }.Sample(6000, 16, seed: 1);
        var seen = Enumerable.Range(0, 6000).Select(i => trials.Inputs[i, 5, 0]).CountBy(x => x).ToList();
        Assert.Equal([-0.5, -0.15, -0.05, 0.05, 0.15, 0.5], seen.Select(pair => pair.Key).Order(), (a, b) =>
            Math.Abs(a - b) < 1e-12);
        // Five standard errors of 1000 of 6000.
        Assert.All(seen, pair => Assert.InRange(pair.Value, 1000 - 145, 1000 + 145));
        Assert.InRange(Enumerable.Range(0, 6000).Count(i => trials.Inputs[i, 0, 2] == 1), 3000 - 194, 3000 + 194);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.6)]
    public void The_ideal_observer_is_as_good_as_one_who_adds_up(double noise)
    {
        var task = new ContextDecision { Noise = noise };
        var trials = task.Sample(8000, 30, seed: 2);
        double[] sums = [.. Enumerable.Range(0, 8000).Select(trial =>
            Enumerable.Range(5, 15).Sum(step => trials.Inputs[trial, step, trials.Inputs[trial, 0, 2] == 1 ? 0 : 1]))];
        double right = trials.SharesRight(place => sums[place.Trial] > 0).Average();
        // Five standard errors.
        Assert.Equal(task.IdealObserver(30), right, 5 * Math.Sqrt(0.25 / 8000));
        double blind = trials.SharesRight(place =>
            Enumerable.Range(5, 15).Sum(step => trials.Inputs[place.Trial, step, 0]) > 0).Average();
        Assert.Equal(task.WithoutContext(30), blind, 5 * Math.Sqrt(0.25 / 8000));
    }

    [Fact]
    public void Ones_own_conditions_have_the_noise_that_was_asked_for()
    {
        var task = new ContextDecision { Noise = 0.2 };
        var trials = task.Of([.. Enumerable.Repeat(new Condition(Context.Colour, 0.3, -0.1), 400)], 35, seed: 5);
        double[] motion = [.. Enumerable.Range(0, 400).SelectMany(trial => Enumerable.Range(5, 20)
            .Select(step => trials.Inputs[trial, step, 0]))];
        Assert.Equal(0.3, motion.Average(), 5 * 0.2 / Math.Sqrt(8000));
        Assert.Equal(0.04, motion.Average(x => (x - 0.3) * (x - 0.3)), 5 * 0.04 * Math.Sqrt(2.0 / 8000));
        Assert.All(Enumerable.Range(0, 400), trial => Assert.Equal(0, trials.Targets[trial, 34, 0]));
    }

    [Fact]
    public void Trials_without_room_for_evidence_are_refused()
    {
        string said = Assert.Throws<ArgumentException>(() => new ContextDecision().Sample(1, 15, 1)).Message;
        Assert.Contains("15 steps has no room for evidence", said);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContextDecision { Strongest = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContextDecision { Noise = double.NaN });
    }
}
