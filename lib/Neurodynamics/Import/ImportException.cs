namespace Neurodynamics.Import;

/// <summary>A file cannot be imported. The message is one sentence: what was expected, what came, what to do.</summary>
/// <param name="message">The sentence.</param>
/// <param name="cause">What another library said, if anything.</param>
public sealed class ImportException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The first sentence of another library's message, to stand inside one of ours.</summary>
    internal static string FirstSentence(Exception error) =>
        error.Message.Split('\n', 2)[0].Split(". ", 2)[0].Trim().TrimEnd('.');
}
