namespace Neurodynamics.Tasks;

/// <summary>
/// The sine-wave generator (Sussillo and Barak 2013): a constant input says how fast the readout is to go up and down.
/// </summary>
/// <remarks>
/// Input j / M + 1/4 for j = 0 to M - 1 asks for the j-th of M frequencies, from the lowest to the highest in equal
/// steps; target sin(2 pi f t) from the first step on, as (1 + sin) / 2 in <see cref="Trials.Targets"/>: only a squared
/// error can be trained on it.
/// </remarks>
public sealed record SineWave : TrialTask
{
    private const double LeastInput = 0.25;

    /// <summary>M, how many frequencies there are, at least 2; default 51, as in that paper.</summary>
    public int Frequencies { get; init => field = Option.AtLeast(2, value, nameof(Frequencies)); } = 51;

    /// <summary>Steps of a turn at the lowest frequency, above 2; default 50.</summary>
    public double LongestPeriod
    {
        get;
        init => field = Period(value, nameof(LongestPeriod));
    } = 50;

    /// <summary>Steps of a turn at the highest frequency, above 2; default 12.5.</summary>
    public double ShortestPeriod
    {
        get;
        init => field = Period(value, nameof(ShortestPeriod));
    } = 12.5;

    /// <inheritdoc/>
    public override int InputSize => 1;

    /// <inheritdoc/>
    public override int OutputSize => 1;

    /// <inheritdoc/>
    public override string Title => "sine-wave generator";

    /// <summary>The input that asks for a frequency.</summary>
    /// <param name="index">j, from 0.</param>
    public double InputFor(int index)
    {
        Demand.Index(index, Frequencies);
        return (double)index / Frequencies + LeastInput;
    }

    /// <summary>
    /// The steps of a turn that an input asks for; between and beyond the M inputs as the line through them.
    /// </summary>
    /// <param name="input">The input.</param>
    public double PeriodOf(double input)
    {
        double share = (input - LeastInput) * Frequencies / (Frequencies - 1), low = 1 / LongestPeriod;
        return 1 / (low + share * (1 / ShortestPeriod - low));
    }

    /// <summary>A trial of each of some inputs.</summary>
    /// <param name="inputs">The constant input of each trial, at least one.</param>
    /// <param name="steps">T, steps of each trial.</param>
    public Trials Of(IReadOnlyList<double> inputs, int steps)
    {
        Demand.Given(inputs);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Count, nameof(inputs));
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        int count = inputs.Count;
        var trials = Blank(count, steps) with
        {
            Epochs = [Epoch.Alike("drive", 0, steps, count)],
        };
        for (int trial = 0; trial < count; trial++)
            for (int step = 0; step < steps; step++)
            {
                trials.Inputs[trial, step, 0] = inputs[trial];
                trials.Targets[trial, step, 0] =
                    (1 + Math.Sin(2 * Math.PI * (step + 1) / PeriodOf(inputs[trial]))) / 2;
                trials.Weights[trial, step, 0] = 1;
            }
        return trials;
    }

    /// <inheritdoc/>
    protected override Trials Make(int count, int steps, long seed)
    {
        var random = Seeds.Random(seed, "frequencies");
        return Of([.. Enumerable.Range(0, count).Select(_ => InputFor(random.Next(Frequencies)))], steps);
    }

    private static double Period(double value, string name) => value > 2 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, $"{name} is above 2 steps: a wave needs a step up and one down.");
}
