namespace Neurodynamics.Tasks;

/// <summary>
/// Delayed match to sample: one of two stimuli, A or B, is shown, and after a delay one of them again; the answer is
/// whether the two are the same (as in Dubreuil, Valente, Beiran, Mastrogiuseppe and Ostojic 2022).
/// </summary>
/// <remarks>
/// Inputs: stimulus A, stimulus B. Epochs: fixation, sample, delay, test, response, rest. Only the response counts;
/// what is left of the trial after it is rest.
/// </remarks>
public sealed record DelayedMatch : TrialTask
{
    /// <summary>
    /// The input of a stimulus, above 0; default 5, which a network's first weights (its initialisation,
    /// about 0.2) make about 1 in a unit. With 1 a network of rank 2 did not learn to compare.
    /// </summary>
    public double Strength { get; init => field = Option.Positive(value, nameof(Strength)); } = 5;

    /// <summary>Standard deviation of the noise on both inputs while a stimulus is shown; default 0.5.</summary>
    public double Noise { get; init => field = Option.AtLeast(0.0, value, nameof(Noise)); } = 0.5;

    /// <summary>Steps before the sample, at least 0; default 5.</summary>
    public int Fixation { get; init => field = Option.AtLeast(0, value, nameof(Fixation)); } = 5;

    /// <summary>Steps of each stimulus, at least 1; default 10.</summary>
    public int Stimulus { get; init => field = Option.AtLeast(1, value, nameof(Stimulus)); } = 10;

    /// <summary>
    /// Steps of the shortest delay, at least 0; default 10. The longest is the one with which a response ends with the
    /// trial, and all between are as likely.
    /// </summary>
    public int ShortestDelay { get; init => field = Option.AtLeast(0, value, nameof(ShortestDelay)); } = 10;

    /// <summary>Steps of the response, at least 1; default 10.</summary>
    public int Response { get; init => field = Option.AtLeast(1, value, nameof(Response)); } = 10;

    /// <inheritdoc/>
    public override int InputSize => 2;

    /// <inheritdoc/>
    public override int OutputSize => 1;

    /// <inheritdoc/>
    public override string Title => "delayed match to sample";

    /// <summary>The longest delay in trials of so many steps.</summary>
    /// <param name="steps">T.</param>
    /// <exception cref="ArgumentException">Not even the shortest has room.</exception>
    public int LongestDelay(int steps)
    {
        long longest = (long)steps - Fixation - 2L * Stimulus - Response;
        return longest >= ShortestDelay ? (int)longest : throw new ArgumentException(
            $"A trial of {steps} steps has no room for a delay of {ShortestDelay}: ask for at least "
            + $"{steps - longest + ShortestDelay}.", nameof(steps));
    }

    /// <summary>Trials with stimuli and delays of one's own.</summary>
    /// <param name="conditions">Sample, test and delay of each trial, at least one.</param>
    /// <param name="steps">T, steps of each trial.</param>
    /// <param name="seed">Seed of the noise.</param>
    public Trials Of(IReadOnlyList<Condition> conditions, int steps, long seed)
    {
        Demand.Given(conditions);
        ArgumentOutOfRangeException.ThrowIfZero(conditions.Count, nameof(conditions));
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        int count = conditions.Count, longest = LongestDelay(steps);
        foreach (var condition in conditions)
            if (condition.Delay < 0 || condition.Delay > longest)
                throw new ArgumentException($"A delay of {condition.Delay} steps is not between 0 and {longest}, the "
                    + $"longest in a trial of {steps} steps.", nameof(conditions));
        int[] sample = [.. conditions.Select(_ => Fixation)];
        int[] delay = [.. sample.Select(first => first + Stimulus)];
        int[] test = [.. delay.Zip(conditions, (first, condition) => first + condition.Delay)];
        int[] response = [.. test.Select(first => first + Stimulus)];
        int[] rest = [.. response.Select(first => first + Response)];
        int[] none = new int[count], end = [.. conditions.Select(_ => steps)];
        var trials = Blank(count, steps) with
        {
            Epochs =
            [
                new("fixation", none, sample), new("sample", sample, delay), new("delay", delay, test),
                new("test", test, response), new("response", response, rest), new("rest", rest, end),
            ],
        };
        var random = Seeds.Random(seed, "stimuli");
        for (int trial = 0; trial < count; trial++)
        {
            Show(trial, sample[trial], conditions[trial].SampleIsA);
            Show(trial, test[trial], conditions[trial].TestIsA);
            for (int step = response[trial]; step < rest[trial]; step++)
            {
                trials.Targets[trial, step, 0] = conditions[trial].IsMatch ? 1 : 0;
                trials.Weights[trial, step, 0] = 1;
            }
        }
        return trials;

        void Show(int trial, int first, bool isA)
        {
            for (int step = first; step < first + Stimulus; step++)
                for (int i = 0; i < 2; i++)
                    trials.Inputs[trial, step, i] = ((i == 0) == isA ? Strength : 0) + Noise * random.Normal();
        }
    }

    /// <summary>
    /// The share of right answers of an observer who adds up the difference of the inputs while a stimulus is shown,
    /// the best there is: p^2 + (1 - p)^2 with p = Phi(s sqrt(L / 2) / sigma), L the steps of a stimulus of strength s.
    /// </summary>
    public double IdealObserver()
    {
        double p = Normal.Below(Strength * Math.Sqrt(Stimulus / 2.0) / Noise);
        return p * p + (1 - p) * (1 - p);
    }

    /// <inheritdoc/>
    protected override Trials Make(int count, int steps, long seed)
    {
        int longest = LongestDelay(steps);
        var random = Seeds.Random(seed, "conditions");
        return Of([.. Enumerable.Range(0, count).Select(_ => new Condition(
            random.Next(2) == 0, random.Next(2) == 0, random.Next(ShortestDelay, longest + 1)))], steps, seed);
    }

    /// <summary>What a trial is about.</summary>
    /// <param name="SampleIsA">Whether the first stimulus is A.</param>
    /// <param name="TestIsA">Whether the second is.</param>
    /// <param name="Delay">Steps between the two.</param>
    public readonly record struct Condition(bool SampleIsA, bool TestIsA, int Delay)
    {
        /// <summary>Whether the two stimuli are the same.</summary>
        public bool IsMatch => SampleIsA == TestIsA;

        /// <inheritdoc/>
        public override string ToString() => InWords.Of(this);
    }
}
