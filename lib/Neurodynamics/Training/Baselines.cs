using Neurodynamics.Tasks;

namespace Neurodynamics.Training;

/// <summary>How well simple rules do at a task, to be held beside a network's accuracy.</summary>
public static class Baselines
{
    /// <summary>
    /// A leaky integrator, one number per channel: s becomes leak s + input, and the answer is its sign. With a leak of
    /// 0 that is the sign of the last sample, with 1 that of the plain sum. Leaks below 1/2 solve the flip-flop, as
    /// long as nothing disturbs them: a pulse then outweighs all before it.
    /// </summary>
    /// <param name="trials">The trials.</param>
    /// <param name="leak">What is left of the sum after a step, at least 0; above 1 the early samples win.</param>
    /// <param name="noise">Standard deviation of what disturbs the sum where it is read; default 0.</param>
    /// <param name="seed">Seed of that noise; default 0.</param>
    public static Accuracy Leaky(Trials trials, double leak, double noise = 0, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leak);
        ArgumentOutOfRangeException.ThrowIfNegative(noise);
        RequireOneToOne(trials);
        var random = new Random(seed);
        // Every step draws its noise, so that the numbers do not depend on which targets count.
        double[,,] answers = new double[trials.Count, trials.Steps, trials.Channels];
        for (int trial = 0; trial < trials.Count; trial++)
            for (int channel = 0; channel < trials.Channels; channel++)
            {
                double sum = 0;
                for (int step = 0; step < trials.Steps; step++)
                {
                    sum = leak * sum + trials.Inputs[trial, step, channel];
                    answers[trial, step, channel] = sum + (noise == 0 ? 0 : noise * random.Normal());
                }
            }
        return Accuracy.Over(trials.SharesRight(answers));
    }

    /// <summary>The leak that does best on trials, and how well it does on others.</summary>
    /// <param name="chosenOn">The trials that it is chosen on.</param>
    /// <param name="testedOn">The trials that it is tested on.</param>
    /// <param name="leaks">The leaks to choose from; of equals the first.</param>
    /// <param name="noise">Standard deviation of what disturbs the sum where it is read; default 0.</param>
    public static (double Leak, Accuracy Test) BestLeaky(
        Trials chosenOn, Trials testedOn, IReadOnlyList<double> leaks, double noise = 0)
    {
        Demand.Given((chosenOn, testedOn, leaks));
        double best = leaks.MaxBy(leak => Leaky(chosenOn, leak, noise).Mean);
        return (best, Leaky(testedOn, best, noise, seed: 1));
    }

    /// <summary>
    /// The most that any rule can get right which sees of a channel only when it was last negative: for each number of
    /// steps since, the commoner target. The commoner one is counted on the same trials, so that this errs a little to
    /// the high side.
    /// </summary>
    /// <param name="trials">The trials.</param>
    public static Accuracy BestSinceLastNegative(Trials trials)
    {
        RequireOneToOne(trials);
        int[,,] since = new int[trials.Count, trials.Steps, trials.Channels];
        for (int trial = 0; trial < trials.Count; trial++)
            for (int channel = 0; channel < trials.Channels; channel++)
                for (int step = 0, last = trials.Steps; step < trials.Steps; step++)
                    since[trial, step, channel] = last = trials.Inputs[trial, step, channel] < 0
                        ? 0
                        : Math.Min(trials.Steps, last + 1);
        int[] votes = new int[trials.Steps + 1];
        foreach (var place in trials.Decided()) votes[Since(place)] += trials.IsClass1(place) ? 1 : -1;
        return Accuracy.Over(trials.SharesRight(place => votes[Since(place)] > 0));

        int Since(TargetPlace place) => since[place.Trial, place.Step, place.Channel];
    }

    /// <summary>These rules answer for a channel from the input of the same number.</summary>
    private static void RequireOneToOne(Trials trials)
    {
        Demand.Given(trials);
        if (trials.InputSize != trials.Channels)
            throw new ArgumentException(
                $"This baseline answers each channel from its own input, but the trials have "
                + $"{trials.InputSize} inputs and {trials.Channels} channels.",
                nameof(trials));
    }
}
