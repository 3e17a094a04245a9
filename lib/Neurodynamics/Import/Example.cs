using System.Globalization;

namespace Neurodynamics.Import;

/// <summary>An equation that arrays were read as, and how well it reproduces the source's trials.</summary>
/// <param name="Equation">One step, with the arrays that each letter is made of.</param>
/// <param name="Error">The largest |ours - theirs| / max(1, |theirs|) over whole trials.</param>
public sealed record ExampleEquation(string Equation, double Error)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Equation}: off by {Error:0.0e+0} at most");
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
        foreach (var rival in Rivals) text += $" As good, and another map: {rival}.";
        if (Trial is not null) text += $" {Trial}";
        return RunnerUp is null ? text : $"{text} Next: {RunnerUp}.";
    }
}
