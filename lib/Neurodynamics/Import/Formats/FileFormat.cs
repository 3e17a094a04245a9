using System.Text.Json;

namespace Neurodynamics.Import;

/// <summary>A kind of file that holds arrays. Each is one file of this folder; nothing else lists them.</summary>
/// <remarks>
/// For a format of your own, in a notebook cell too, derive from this and keep a constructor without arguments. The
/// library's own formats are asked first. Nothing in a file is ever executed.
/// </remarks>
public abstract class FileFormat
{
    /// <summary>The name for people, such as "NumPy .npz file".</summary>
    public abstract string Name { get; }

    /// <summary>Whether a file is one: by its first bytes, the entries of its zip archive or its name.</summary>
    public abstract bool Matches(OpenFile file);

    /// <summary>
    /// Lists the arrays, and reads those that are not left for <see cref="OpenFile.Later"/>. Any exception but an
    /// <see cref="ImportException"/> means that the file is damaged.
    /// </summary>
    public abstract FileContent Read(OpenFile file);

    /// <summary><see cref="Name"/>.</summary>
    public sealed override string ToString() => Name;

    internal static IReadOnlyList<FileFormat> All => Kinds.All<FileFormat>(format => format.Name);
}

/// <summary>A kind of file that is recognised only to say what to save instead.</summary>
/// <param name="reason">
/// What it is, what was expected and what to do: the end of a sentence that begins with the path.
/// </param>
internal abstract class RefusedFormat(string reason) : FileFormat
{
    public sealed override FileContent Read(OpenFile file) => throw new ImportException($"{file.Path} {reason}.");
}

/// <summary>What a format found in a file.</summary>
/// <param name="Arrays">The arrays of numbers.</param>
/// <param name="Unread">Names of everything else: text, objects, single values.</param>
public sealed record FileContent(IReadOnlyList<SourceArray> Arrays, IReadOnlyList<string> Unread) : Described
{
    /// <summary>The description of the model, where the file has one.</summary>
    public JsonElement? Configuration { get; init; }

    /// <summary>
    /// Single values by path, as text: what an object of the file says of itself, such as "rnn.nonlinearity" with the
    /// value "relu", and "rnn.__class__" with the name of its class. Numbers are in the invariant culture, truth values
    /// "true" and "false". Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// What stands in the way where no layer is found, if the format knows: what the file holds, what was expected and
    /// what to do.
    /// </summary>
    public string? Obstacle { get; init; }
}
