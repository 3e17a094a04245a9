namespace Neurodynamics.Tasks;

/// <summary>Trials of a task: B trials of T steps, with I inputs and K channels to read out.</summary>
/// <param name="Inputs">What the network is shown [B, T, I].</param>
/// <param name="Targets">
/// The class that it should read out [B, T, K]: 1, 0, or 0.5 for undecided; any value between for a readout that is to
/// follow one, by squared error.
/// </param>
/// <param name="Weights">1 where the target counts, 0 where it is masked [B, T, K].</param>
public sealed record Trials(double[,,] Inputs, double[,,] Targets, double[,,] Weights)
{
    /// <summary>
    /// The parts of the trials by name, such as fixation, stimulus, delay and response; none by default.
    /// </summary>
    public IReadOnlyList<Epoch> Epochs { get; init => field = Demand.Some(value, nameof(Epochs)); } = [];

    /// <summary>B, the number of trials.</summary>
    public int Count => Inputs.GetLength(0);

    /// <summary>T, the number of steps of each trial.</summary>
    public int Steps => Inputs.GetLength(1);

    /// <summary>I, the number of inputs.</summary>
    public int InputSize => Inputs.GetLength(2);

    /// <summary>K, the number of channels to read out.</summary>
    public int Channels => Targets.GetLength(2);

    /// <summary>How many there are, how long, and of how many inputs and channels.</summary>
    public override string ToString() => $"Trials: {Count} of {Steps} steps, inputs {InputSize}, channels {Channels}"
        + (Epochs.Count == 0 ? "" : $", epochs {string.Join(", ", Epochs.Select(epoch => epoch.Name))}");

    /// <summary>
    /// Whether a target counts and is one of the two classes. An undecided one (0.5) counts for the loss alone, never
    /// for a share of right answers.
    /// </summary>
    public bool IsDecided(int trial, int step, int channel)
    {
        Demand.Index(trial, Count);
        Demand.Index(step, Steps);
        Demand.Index(channel, Channels);
        return Weights[trial, step, channel] > 0 && Targets[trial, step, channel] != 0.5;
    }

    /// <summary>Every target that counts and is decided, trial by trial.</summary>
    public IEnumerable<TargetPlace> Decided()
    {
        for (int trial = 0; trial < Count; trial++)
            for (int step = 0; step < Steps; step++)
                for (int channel = 0; channel < Channels; channel++)
                    if (IsDecided(trial, step, channel)) yield return new(trial, step, channel);
    }

    /// <summary>The class that is asked for at a place.</summary>
    public bool IsClass1(TargetPlace place) => Targets[place.Trial, place.Step, place.Channel] > 0.5;

    /// <summary>
    /// The share of right answers in each trial, over its targets that count and are decided; trials without one are
    /// left out.
    /// </summary>
    /// <param name="answersClass1">Whether the answer at a place is class 1.</param>
    public double[] SharesRight(Func<TargetPlace, bool> answersClass1)
    {
        Demand.Given(answersClass1);
        var (right, all) = (new int[Count], new int[Count]);
        foreach (var place in Decided())
        {
            all[place.Trial]++;
            if (answersClass1(place) == IsClass1(place)) right[place.Trial]++;
        }
        return [.. Enumerable.Range(0, Count).Where(trial => all[trial] > 0)
            .Select(trial => (double)right[trial] / all[trial])];
    }

    /// <summary>The same for the sign of a readout, above 0 for class 1 [B, T, K].</summary>
    public double[] SharesRight(double[,,] readout)
    {
        Demand.Shape(readout, [Count, Steps, Channels]);
        return SharesRight(place => readout[place.Trial, place.Step, place.Channel] > 0);
    }

    /// <summary>Refuses arrays that do not belong together.</summary>
    /// <exception cref="ArgumentException">Shapes differ, or an epoch leaves the trials.</exception>
    internal Trials Checked()
    {
        (int Trials, int Steps) size = (Count, Steps);
        if ((Targets.GetLength(0), Targets.GetLength(1)) != size
            || (Weights.GetLength(0), Weights.GetLength(1), Weights.GetLength(2)) != (Count, Steps, Channels))
            throw new ArgumentException(
                $"Trials with inputs {Shape(Inputs)} need targets and weights of shape [{Count}, {Steps}, K], but "
                + $"these are {Shape(Targets)} and {Shape(Weights)}.");
        foreach (var epoch in Epochs)
            if (epoch.First.Length != Count || epoch.End.Length != Count
                || Enumerable.Range(0, Count)
                    .Any(i => epoch.First[i] < 0 || epoch.End[i] > Steps || epoch.First[i] > epoch.End[i]))
                throw new ArgumentException(
                    $"The epoch \"{epoch.Name}\" needs a first step and an end from 0 to {Steps} for each of "
                    + $"{Count} trials.");
        return this;

        static string Shape(Array array) => $"[{array.GetLength(0)}, {array.GetLength(1)}, {array.GetLength(2)}]";
    }
}

/// <summary>Where a target stands.</summary>
/// <param name="Trial">Counted from 0.</param>
/// <param name="Step">Counted from 0.</param>
/// <param name="Channel">Counted from 0.</param>
public readonly record struct TargetPlace(int Trial, int Step, int Channel)
{
    /// <inheritdoc/>
    public override string ToString() => InWords.Of(this);
}

/// <summary>A part of each trial that has a name, such as "delay".</summary>
/// <param name="Name">Its name.</param>
/// <param name="First">Its first step in each trial, from 0: B values.</param>
/// <param name="End">
/// The step after its last one in each trial, B values; where it equals the first, the trial has no such part.
/// </param>
public sealed record Epoch(string Name, int[] First, int[] End) : Described
{
    /// <summary>An epoch that lies alike in all trials.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="first">Its first step, from 0.</param>
    /// <param name="end">The step after its last one.</param>
    /// <param name="count">B, the number of trials.</param>
    public static Epoch Alike(string name, int first, int end, int count)
    {
        Demand.Room(2, count);
        return new(name, [.. Enumerable.Repeat(first, count)], [.. Enumerable.Repeat(end, count)]);
    }
}
