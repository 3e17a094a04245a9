namespace Neurodynamics.Tasks;

/// <summary>What can be counted in trials, whatever network is to solve them.</summary>
public static class TrialFacts
{
    /// <summary>
    /// The share of targets of class 1 among those that count and are decided; NaN where there are none.
    /// </summary>
    /// <param name="trials">The trials.</param>
    public static double ShareOfClass1(this Trials trials)
    {
        Demand.Given(trials);
        bool[] classes = [.. trials.Decided().Select(trials.IsClass1)];
        return (double)classes.Count(isClass1 => isClass1) / classes.Length;
    }

    /// <summary>The share of steps at which two sets of trials have different targets, by step: T values.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="others">As many trials of as many steps and channels.</param>
    public static double[] Disagreement(this Trials trials, Trials others)
    {
        Demand.Given((trials, others));
        if ((trials.Count, trials.Steps, trials.Channels) != (others.Count, others.Steps, others.Channels))
            throw new ArgumentException(
                $"The trials are [{trials.Count}, {trials.Steps}, {trials.Channels}], but the others are "
                + $"[{others.Count}, {others.Steps}, {others.Channels}].", nameof(others));
        double[] share = new double[trials.Steps];
        foreach (var (trial, step, channel) in trials.Decided())
            if (trials.Targets[trial, step, channel] != others.Targets[trial, step, channel])
                share[step] += 1.0 / (trials.Count * trials.Channels);
        return share;
    }

    /// <summary>
    /// Correlation of the target, as -1 and +1, after a step with that a number of steps later, over trials and
    /// channels at which both count. The mean is taken to be 0, as it is for both tasks.
    /// </summary>
    /// <param name="trials">The trials.</param>
    /// <param name="step">Counted from 0.</param>
    /// <param name="lag">How many steps later; with the step fewer than T.</param>
    public static double Autocorrelation(this Trials trials, int step, int lag)
    {
        Demand.Given(trials);
        if (step < 0 || lag < 0 || (long)step + lag >= trials.Steps)
            throw new ArgumentOutOfRangeException(nameof(lag), lag,
                $"The trials have {trials.Steps} steps, and step {step} and that {lag} later are not both among them.");
        double sum = 0;
        int count = 0;
        for (int trial = 0; trial < trials.Count; trial++)
            for (int channel = 0; channel < trials.Channels; channel++)
            {
                if (trials.Weights[trial, step, channel] == 0 || trials.Weights[trial, step + lag, channel] == 0)
                    continue;
                double now = trials.Targets[trial, step, channel], later = trials.Targets[trial, step + lag, channel];
                sum += (2 * now - 1) * (2 * later - 1);
                count++;
            }
        return sum / count;
    }

    /// <summary>
    /// How often the target of a channel changes from one step to the next, on average over trials and channels, where
    /// both count.
    /// </summary>
    /// <param name="trials">The trials.</param>
    /// <param name="steps">
    /// The steps, counted from 0, at which a change is looked for; default all. There is none at the first.
    /// </param>
    public static double TargetChanges(this Trials trials, Range? steps = null)
    {
        Demand.Given(trials);
        var (first, length) = (steps ?? Range.All).GetOffsetAndLength(trials.Steps);
        int changes = trials.Decided().Count(place => place.Step >= Math.Max(1, first) && place.Step < first + length
            && trials.Weights[place.Trial, place.Step - 1, place.Channel] > 0
            && Target(place) != Target(place with { Step = place.Step - 1 }));
        return changes / (double)(trials.Count * trials.Channels);

        double Target(TargetPlace place) => trials.Targets[place.Trial, place.Step, place.Channel];
    }

    /// <summary>
    /// In what share of trials so many channels have had a pulse, at each step [T, K + 1]: entry (t, k) is for k
    /// channels.
    /// </summary>
    /// <param name="trials">Trials of a flip-flop; a pulse is an input that is not 0.</param>
    public static double[,] ChannelsSet(this Trials trials)
    {
        Demand.Given(trials);
        double[,] share = new double[trials.Steps, trials.Channels + 1];
        for (int trial = 0; trial < trials.Count; trial++)
        {
            bool[] set = new bool[trials.Channels];
            for (int step = 0; step < trials.Steps; step++)
            {
                for (int channel = 0; channel < set.Length; channel++)
                    set[channel] |= trials.Inputs[trial, step, channel] != 0;
                share[step, set.Count(isSet => isSet)] += 1.0 / trials.Count;
            }
        }
        return share;
    }

    /// <summary>
    /// The same trials with another input wherever a channel is silent; targets and weights as they were.
    /// </summary>
    /// <param name="trials">Trials of a flip-flop.</param>
    /// <param name="value">The input in place of 0.</param>
    public static Trials WithSilence(this Trials trials, double value)
    {
        Demand.Given(trials);
        double[,,] inputs = (double[,,])trials.Inputs.Clone();
        for (int trial = 0; trial < trials.Count; trial++)
            for (int step = 0; step < trials.Steps; step++)
                for (int channel = 0; channel < trials.Channels; channel++)
                    if (inputs[trial, step, channel] == 0) inputs[trial, step, channel] = value;
        return trials with { Inputs = inputs };
    }

    /// <summary>
    /// The same inputs with the sign of the last one that was not 0 as the target: the report's sentence, taken
    /// literally.
    /// </summary>
    /// <param name="trials">
    /// Trials of a flip-flop, perhaps <see cref="WithSilence"/> of another value. Before the first such input nothing
    /// counts.
    /// </param>
    public static Trials WithLastNonZeroAsTarget(this Trials trials)
    {
        Demand.Given(trials);
        double[,,] targets = new double[trials.Count, trials.Steps, trials.Channels];
        double[,,] weights = new double[trials.Count, trials.Steps, trials.Channels];
        for (int trial = 0; trial < trials.Count; trial++)
            for (int channel = 0; channel < trials.Channels; channel++)
            {
                double last = 0;
                for (int step = 0; step < trials.Steps; step++)
                {
                    if (trials.Inputs[trial, step, channel] is var input && input != 0) last = input;
                    targets[trial, step, channel] = last > 0 ? 1 : 0;
                    weights[trial, step, channel] = last != 0 ? 1 : 0;
                }
            }
        return trials with { Targets = targets, Weights = weights };
    }
}
