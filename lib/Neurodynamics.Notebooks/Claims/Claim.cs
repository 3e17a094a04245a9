using System.Net;

namespace Neurodynamics.Notebooks;

/// <summary>What a notebook claims, checked each time it runs.</summary>
public static class Claim
{
    /// <summary>
    /// Checks a claim: the last value of a cell, or what it displays. A claim that does not hold gets a red cross, and
    /// the notebook goes on; the command <c>run</c> names it, and <c>test</c> fails.
    /// </summary>
    /// <param name="claim">One sentence, whose numbers come from the values that are checked.</param>
    /// <param name="holds">Whether it is true of what was computed.</param>
    public static CheckedClaim Check(string claim, bool holds)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(claim);
        return new(claim, holds);
    }
}

/// <summary>A claim and whether it holds of what was computed.</summary>
/// <param name="Sentence">The claim.</param>
/// <param name="Holds">Whether it is true.</param>
public sealed record CheckedClaim(string Sentence, bool Holds)
{
    private const string Finding = "If you changed a value, that is a finding; if you did not, something is broken.";

    /// <summary>Whether it holds, and the sentence, without a mark: the fonts of LaTeX have none.</summary>
    public override string ToString() => Holds ? $"Holds: {Sentence}" : $"Not so here: {Sentence} {Finding}";

    /// <summary>The same as HTML. The command <c>run</c> looks for the attribute data-check.</summary>
    internal string Html
    {
        get
        {
            string sentence = WebUtility.HtmlEncode(Sentence);
            return Holds
                ? "<div data-check=\"holds\"><span style=\"color:#00796b;font-weight:bold\">\u2713</span> "
                + $"{sentence}</div>"
                : "<div data-check=\"fails\" style=\"border-left:4px solid #c62828;padding-left:8px\">"
                + "<span style=\"color:#c62828;font-weight:bold\">\u2717 Not so here:</span> "
                + $"{sentence} <em>{Finding}</em></div>";
        }
    }
}
