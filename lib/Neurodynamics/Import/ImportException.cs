namespace Neurodynamics.Import;

/// <summary>A file that cannot be taken in. The message is one sentence: what was expected, what came, and what to do.</summary>
public sealed class ImportException : Exception
{
    internal ImportException(string message, Exception? cause = null) : base(message, cause) { }
}
