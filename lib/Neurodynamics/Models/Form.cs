namespace Neurodynamics.Models;

/// <summary>
/// What was assumed of a cell's equations and no trajectory has checked. A cell shares one with its copies and with
/// what was found with them, so that a check holds for all of them at once.
/// </summary>
/// <param name="parts">Of a cell that is made of cells: its own and each part's.</param>
internal sealed class Form(params IReadOnlyList<Form> parts)
{
    private string? own;

    /// <summary>In a few words, such as "tanh, no leak"; null where the form is known.</summary>
    public string? Unchecked
    {
        get => parts.Count == 0 ? own : Joined(parts.Select(part => part.Unchecked));
        set
        {
            own = value;
            foreach (var part in parts) part.Unchecked = value;
        }
    }

    /// <summary>What a reader is told where something was assumed; null where nothing was.</summary>
    public static string? NotChecked(params IEnumerable<string?> assumed) =>
        Joined(assumed) is { } words ? $"form not checked ({words})" : null;

    /// <summary>By what it says, like the records that hold one.</summary>
    public override bool Equals(object? other) => other is Form form && form.Unchecked == Unchecked;

    /// <summary>The same for all: a check may come while a record is the key of a dictionary.</summary>
    public override int GetHashCode() => 0;

    private static string? Joined(IEnumerable<string?> assumed) =>
        assumed.OfType<string>().Distinct().ToArray() is { Length: > 0 } known ? string.Join("; ", known) : null;
}
