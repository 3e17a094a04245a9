namespace Neurodynamics;

/// <summary>A number of things in words, with the thing in the singular for 1.</summary>
public static class Number
{
    /// <summary>The words, such as "27 points" or "1 branch".</summary>
    /// <param name="number">How many.</param>
    /// <param name="thing">One of them, with a verb if there is one: "point" or "point is".</param>
    /// <param name="things">Several of them; default the word with an s.</param>
    /// <exception cref="ArgumentException">The word is empty.</exception>
    public static string Of(int number, string thing, string? things = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(thing);
        return FormattableString.Invariant($"{number} {(number == 1 ? thing : things ?? $"{thing}s")}");
    }
}
