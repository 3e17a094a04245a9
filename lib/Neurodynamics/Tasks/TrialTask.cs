using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neurodynamics.Tasks;

/// <summary>
/// A task: a recipe for trials. Options are the properties that can be set; together with the seed they decide every
/// trial.
/// </summary>
/// <remarks>
/// A task of your own is a record that derives from this one, in a notebook's cell too. A recipe names it by its type's
/// name (DelayedAnswer is "delayed-answer").
/// </remarks>
[JsonConverter(typeof(TaskConverter))]
public abstract record TrialTask : Described
{
    /// <summary>I, the number of inputs.</summary>
    public abstract int InputSize { get; }

    /// <summary>K, the number of channels to read out.</summary>
    public abstract int OutputSize { get; }

    /// <summary>The task in words, for figures and tables, such as "flip-flop, 3 channels"; default its name.</summary>
    public virtual string Title => Name;

    /// <summary>The name in recipes, such as "flip-flop".</summary>
    internal string Name => JsonNamingPolicy.KebabCaseLower.ConvertName(GetType().Name);

    /// <summary>Makes trials, the same ones for the same seed.</summary>
    /// <param name="count">B, the number of trials; at least 1.</param>
    /// <param name="steps">T, the number of steps of each; at least 1.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <exception cref="InvalidOperationException">A task of your own made other sizes than were asked for.</exception>
    public Trials Sample(int count, int steps, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        Demand.Room(count, steps, InputSize + 2L * OutputSize);
        var trials = Make(count, steps, seed).Checked();
        return (trials.Count, trials.Steps, trials.InputSize, trials.Channels) == (count, steps, InputSize, OutputSize)
            ? trials
            : throw new InvalidOperationException(
                $"The task {Title} was asked for {count} trials of {steps} steps with {InputSize} inputs and "
                + $"{OutputSize} channels, but made {trials.Count} of {trials.Steps} with "
                + $"{trials.InputSize} and {trials.Channels}.");
    }

    /// <inheritdoc cref="Sample"/>
    protected abstract Trials Make(int count, int steps, long seed);

    /// <summary>Trials of this task's sizes in which nothing is shown yet, and nothing counts.</summary>
    private protected Trials Blank(int count, int steps)
    {
        Demand.Room(count, steps, InputSize + 2L * OutputSize);
        return new(new double[count, steps, InputSize], new double[count, steps, OutputSize],
            new double[count, steps, OutputSize]);
    }

    private sealed class TaskConverter() : KindConverter<TrialTask>("A task", nameAlone: false)
    {
        protected override string NameOf(TrialTask kind) => kind.Name;

        protected override TrialTask Named(string name) =>
            Kinds.Find<TrialTask>(name, kind => kind.Name) ?? throw new ArgumentException(
                $"There is no task \"{name}\"; known are "
                + $"{string.Join(", ", Kinds.All<TrialTask>(kind => kind.Name).Select(kind => kind.Name))}.");
    }
}
