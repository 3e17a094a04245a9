using System.Globalization;
using System.Text;

namespace Neurodynamics.Import;

/// <summary>A file cannot be imported. The message is one sentence: what was expected, what came, what to do.</summary>
/// <param name="message">The sentence. Control characters in it, which come from a file, are escaped.</param>
/// <param name="cause">What another library said, if anything.</param>
public sealed class ImportException(string message, Exception? cause = null)
    : Exception(FileText.Escaped(message), cause)
{
    /// <summary>Whether an array has another shape, and nothing else is wrong with it.</summary>
    internal bool IsOfShape { get; init; }

    /// <summary>The first sentence of another library's message, to stand inside one of ours.</summary>
    internal static string FirstSentence(Exception error) => error switch
    {
        OutOfMemoryException => "it asks for more memory than there is",
        InsufficientExecutionStackException => "it is nested without end",
        _ => error.Message.Split('\n', 2)[0].Split(". ", 2)[0].Trim().TrimEnd('.').Shown(100),
    };
}

/// <summary>Text from a file, to stand in a message.</summary>
internal static class FileText
{
    /// <summary>A name as messages show it: cut in the middle where it is long, control characters escaped.</summary>
    public static string Shown(this string name, int most = Limits.ShownCharacters)
    {
        // Escaped characters are longer: a few at both ends are enough to look at.
        string text = Escaped(name.Length <= most ? name : $"{name[..most]}{name[^most..]}");
        return name.Length <= most && text.Length <= most ? text : $"{text[..(most / 2)]}…{text[^(most / 3)..]}";
    }

    /// <summary>Text on one line, without what is invisible or turns the direction of writing.</summary>
    public static string Escaped(string text)
    {
        if (!text.Any(IsInvisible)) return text;
        var escaped = new StringBuilder();
        foreach (char one in text)
        {
            if (IsInvisible(one)) escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}");
            else escaped.Append(one);
        }
        return escaped.ToString();
    }

    private static bool IsInvisible(char one) => char.GetUnicodeCategory(one) is UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
