namespace Neurodynamics.Tasks;

/// <summary>
/// Context-dependent decision (Mante, Sussillo, Shenoy and Newsome 2013): two streams of noisy evidence, motion and
/// colour, come at once, and a cue says which of them counts. After the evidence the answer is the sign of that one.
/// </summary>
/// <remarks>
/// Inputs: motion, colour, cue for motion, cue for colour. Epochs: cue (the cue alone, the readout is to stay
/// undecided), evidence (no target counts) and response (the cue alone again, so that the answer has to be kept).
/// </remarks>
public sealed record ContextDecision : TrialTask
{
    /// <summary>
    /// The weaker coherences, as shares of the strongest: 5 and 15 of 50 %, as that paper's monkey A saw.
    /// </summary>
    private static readonly double[] Shares = [0.1, 0.3, 1];

    /// <summary>
    /// The strongest coherence, above 0; default 0.5. The others are 0.1 and 0.3 of it, all with both signs.
    /// </summary>
    public double Strongest { get; init => field = Option.Positive(value, nameof(Strongest)); } = 0.5;

    /// <summary>Standard deviation of the noise on either stream at each step of the evidence; default 0.1.</summary>
    public double Noise { get; init => field = Option.AtLeast(0.0, value, nameof(Noise)); } = 0.1;

    /// <summary>Steps of the cue before the evidence, at least 1; default 5.</summary>
    public int Cue { get; init => field = Option.AtLeast(1, value, nameof(Cue)); } = 5;

    /// <summary>Steps of the response at the end, at least 1; default 10.</summary>
    public int Response { get; init => field = Option.AtLeast(1, value, nameof(Response)); } = 10;

    /// <inheritdoc/>
    public override int InputSize => 4;

    /// <inheritdoc/>
    public override int OutputSize => 1;

    /// <inheritdoc/>
    public override string Title => "context-dependent decision";

    /// <summary>The coherences of either stream, the most negative first.</summary>
    public double[] Coherences() =>
        [.. Shares.Reverse().Select(share => -share * Strongest), .. Shares.Select(share => share * Strongest)];

    /// <summary>The cue alone, as the network sees it before and after the evidence: 4 values.</summary>
    /// <param name="context">Which stream counts.</param>
    public double[] CueFor(Context context) => Input(context, 0, 0);

    /// <summary>A cue with evidence that does not waver: 4 values.</summary>
    /// <param name="context">Which stream counts.</param>
    /// <param name="motion">Coherence of motion.</param>
    /// <param name="colour">Coherence of colour.</param>
    public double[] Input(Context context, double motion, double colour) =>
        Demand.Known(context, nameof(context)) == Context.Motion ? [motion, colour, 1, 0] : [motion, colour, 0, 1];

    /// <summary>
    /// Trials with coherences of one's own, as for a psychometric curve; those of <see cref="TrialTask.Sample"/> draw
    /// context and coherences, each as likely as the others.
    /// </summary>
    /// <param name="conditions">Context and coherences of each trial, at least one.</param>
    /// <param name="steps">T, steps of each trial.</param>
    /// <param name="seed">Seed of the noise.</param>
    public Trials Of(IReadOnlyList<Condition> conditions, int steps, long seed)
    {
        Demand.Given(conditions);
        ArgumentOutOfRangeException.ThrowIfZero(conditions.Count, nameof(conditions));
        int end = EvidenceEnd(steps), count = conditions.Count;
        var random = Seeds.Random(seed, "evidence");
        var trials = Blank(count, steps) with
        {
            Epochs =
            [
                Epoch.Alike("cue", 0, Cue, count), Epoch.Alike("evidence", Cue, end, count),
                Epoch.Alike("response", end, steps, count),
            ],
        };
        for (int trial = 0; trial < count; trial++)
            for (int step = 0; step < steps; step++)
            {
                var (context, motion, colour) = conditions[trial];
                bool isEvidence = step >= Cue && step < end;
                double[] input = isEvidence
                    ? Input(context, motion + Noise * random.Normal(), colour + Noise * random.Normal())
                    : CueFor(context);
                for (int i = 0; i < input.Length; i++) trials.Inputs[trial, step, i] = input[i];
                double evidence = context == Context.Motion ? motion : colour;
                trials.Targets[trial, step, 0] = step < end || evidence == 0 ? 0.5 : evidence > 0 ? 1 : 0;
                trials.Weights[trial, step, 0] = isEvidence ? 0 : 1;
            }
        return trials;
    }

    /// <summary>
    /// The share of right answers of an observer who adds up the evidence that counts and nothing else, the best there
    /// is: Phi(|c| sqrt(L) / sigma), the mean over the coherences.
    /// </summary>
    /// <param name="steps">T, steps of each trial; L of them are evidence.</param>
    public double IdealObserver(int steps)
    {
        double length = EvidenceEnd(steps) - Cue;
        return Shares.Average(share => Normal.Below(share * Strongest * Math.Sqrt(length) / Noise));
    }

    /// <summary>
    /// The share of right answers of the same observer who does not look at the cue, and always answers with one
    /// stream: half of the trials are about it, and in the others the two streams agree half of the time.
    /// </summary>
    /// <param name="steps">T, steps of each trial.</param>
    public double WithoutContext(int steps) => (IdealObserver(steps) + 0.5) / 2;

    /// <inheritdoc/>
    protected override Trials Make(int count, int steps, long seed)
    {
        var random = Seeds.Random(seed, "conditions");
        double[] coherences = Coherences();
        return Of([.. Enumerable.Range(0, count).Select(_ => new Condition(
            random.Next(2) == 0 ? Context.Motion : Context.Colour, Drawn(), Drawn()))], steps, seed);

        double Drawn() => coherences[random.Next(coherences.Length)];
    }

    private int EvidenceEnd(int steps) => steps > (long)Cue + Response ? steps - Response : throw new ArgumentException(
        $"A trial of {steps} steps has no room for evidence between {Cue} of cue and {Response} of response: ask for "
        + $"more than {(long)Cue + Response}.", nameof(steps));

    /// <summary>One of the two streams of evidence.</summary>
    public enum Context
    {
        /// <summary>The first input.</summary>
        Motion,

        /// <summary>The second input.</summary>
        Colour,
    }

    /// <summary>What a trial is about.</summary>
    /// <param name="Context">Which stream counts.</param>
    /// <param name="Motion">Coherence of motion.</param>
    /// <param name="Colour">Coherence of colour.</param>
    public readonly record struct Condition(Context Context, double Motion, double Colour)
    {
        /// <summary>The coherence that counts.</summary>
        public double Relevant => Context == Context.Motion ? Motion : Colour;

        /// <inheritdoc/>
        public override string ToString() => InWords.Of(this);
    }
}
