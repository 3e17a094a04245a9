using System.Globalization;

namespace Neurodynamics.Import;

/// <summary>An equation that arrays were read as, and how well it reproduces the source's trials.</summary>
/// <param name="Equation">One step, with the arrays that each letter is made of.</param>
/// <param name="Error">The largest |ours - theirs| / max(1, |theirs|) over whole trials.</param>
/// <param name="StepError">
/// The same where every step starts from the source's own state. A chaotic network makes rounding grow, and only this
/// stays small.
/// </param>
public sealed record ExampleEquation(string Equation, double Error, double StepError)
{
    /// <summary>A step in float32 is off by no more than this.</summary>
    private const double StepTolerance = 1e-6;

    /// <summary>Whether it reproduces the trials, as a whole or, where differences grow, step by step.</summary>
    internal bool Fits => Error <= TrajectoryCheck.DefaultTolerance || StepError <= StepTolerance;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Equation}: off by {Error:0.0e+0} at most")
        + (Fits && Error > TrajectoryCheck.DefaultTolerance ? string.Create(CultureInfo.InvariantCulture,
            $", and by {StepError:0.0e+0} in single steps, since the network makes differences grow") : "");
}

/// <summary>What trials say of a file's arrays: which equation reproduces them, and which comes next.</summary>
/// <param name="Best">The equation that was taken.</param>
/// <param name="Rivals">Other maps that reproduce the trials as well: the trials do not tell them apart.</param>
/// <param name="Trial">The trial that would tell the first rival apart; null where there is no rival.</param>
/// <param name="RunnerUp">
/// The best of the maps that do not reproduce the trials; null where no other fits in shape.
/// </param>
public sealed record Example(
    ExampleEquation Best, IReadOnlyList<ExampleEquation> Rivals, string? Trial, ExampleEquation? RunnerUp)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string text = $"{Best}.";
        foreach (var rival in Rivals) text += $" Another map that fits too: {rival}.";
        if (Trial is not null) text += $" {Trial}";
        return RunnerUp is null ? text : $"{text} Next: {RunnerUp}.";
    }
}
