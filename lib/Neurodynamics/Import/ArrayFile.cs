using System.Text.Json;

namespace Neurodynamics.Import;

/// <summary>
/// All arrays of one file: PyTorch's zip format (.pt, .pth), safetensors, NumPy (.npz, .npy), HDF5 (.h5), Keras 3
/// (.keras) or a <see cref="FileFormat"/> of your own. The content decides which it is, not the name. Nothing in a
/// file is executed.
/// </summary>
public sealed class ArrayFile
{
    private readonly FileContent content;

    private ArrayFile(OpenFile file, FileFormat format, FileContent content)
    {
        (Path, Format) = (file.Path, format);
        this.content = content;
        Assumptions = file.Zip?.HasNoChecksums() != true ? []
            : ["The file has no checksums, so that damage to its numbers would not show; they were taken as they are."];
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>What kind of file it is.</summary>
    public FileFormat Format { get; }

    /// <summary>
    /// The arrays of numbers, in the order of the file. Those of a PyTorch file, whose dictionaries lose it, are by
    /// name.
    /// </summary>
    public IReadOnlyList<SourceArray> Arrays => content.Arrays;

    /// <summary>Names of everything else in the file: text, objects, single values.</summary>
    public IReadOnlyList<string> Unread => content.Unread;

    /// <summary>The description of the model, where the file has one, as Keras' files do.</summary>
    public JsonElement? Configuration => content.Configuration;

    /// <summary>What the file leaves open and was assumed, in sentences.</summary>
    public IReadOnlyList<string> Assumptions { get; }

    /// <inheritdoc cref="FileContent.Obstacle"/>
    internal string? Obstacle => content.Obstacle;

    /// <summary>An array by its name.</summary>
    /// <exception cref="ImportException">There is no array of that name; the message lists those there are.</exception>
    public SourceArray this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            return Find(name) ?? throw new ImportException(
                $"{Path} holds no array named {name.Shown()}, but {Listed(Arrays.Select(array => array.Name))}: "
                + "name one of these.");
        }
    }

    /// <summary>An array by its name, or null where there is none.</summary>
    public SourceArray? Find(string name) => Arrays.FirstOrDefault(array => array.Name == name);

    /// <summary>Lists the arrays of a file. The values of one are read when they are first asked for.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ImportException">It is a directory, empty, truncated or of another kind.</exception>
    public static ArrayFile Read(string path)
    {
        if (Directory.Exists(path))
            throw new ImportException(
                $"{path} is a directory, but a single file was expected: name the file of weights in it "
                + "(a TensorFlow SavedModel folder has to be saved again as .keras or .h5).");
        if (!File.Exists(path)) throw new FileNotFoundException($"{path} is not there: check the path.", path);

        return OpenFile.Read(path, file =>
        {
            var format = FileFormat.All.FirstOrDefault(format => format.Matches(file)) ?? throw UnknownKind(file);
            file.Kind = format.Name;
            return new ArrayFile(file, format, format.Read(file));
        });
    }

    /// <summary>An error for a sentence that says what was expected, what came and what to do.</summary>
    internal ImportException Refusal(string sentence) => new($"{Path}: {sentence}.");

    /// <summary>The one that is meant: the only one, or the only one that is called what was asked for.</summary>
    /// <param name="candidates">What there is to choose from.</param>
    /// <param name="name">The name of each.</param>
    /// <param name="asked">The name asked for, if any.</param>
    /// <param name="what">What they are, in the plural.</param>
    /// <param name="option">The option that names one.</param>
    internal T Only<T>(IReadOnlyList<T> candidates, Func<T, string> name, string? asked, string what, string option)
    {
        var named = candidates.Where(candidate => asked is null || IsNamed(name(candidate), asked)).ToList();
        if (named.Count == 1) return named[0];
        string all = Listed(candidates.Select(name));
        option = ImportOptions.NameOf(option);
        throw Refusal(asked is null
            ? $"it holds {candidates.Count} {what} ({all}), but one was expected: name it in {option}"
            : $"{named.Count} {what} are called {asked.Shown()}, but one was expected among {all}: "
            + $"name one of these in {option}");
    }

    /// <summary>Whether a name is the one asked for, with or without what a framework puts around it.</summary>
    private static bool IsNamed(string name, string asked)
    {
        asked = asked.TrimEnd('.', '/', '_');
        return name == asked || name.EndsWith("/" + asked, StringComparison.Ordinal)
            || name.StartsWith(asked + "/", StringComparison.Ordinal)
            || name.StartsWith(asked + ".", StringComparison.Ordinal);
    }

    /// <summary>The first names of many, as many as are shown of one long name.</summary>
    internal static string Listed(IEnumerable<string> names)
    {
        var all = names.Select(name => name.Shown()).ToList();
        if (all.Count == 0) return "nothing";
        int characters = 0;
        var first = all.TakeWhile((name, i) => (characters += name.Length) <= Limits.ShownCharacters || i == 0)
            .Take(8).ToList();
        int more = all.Count - first.Count;
        return string.Join(", ", first) + (more > 0 ? $" and {more} more" : "");
    }

    private static ImportException UnknownKind(OpenFile file)
    {
        string kind = file.Zip is { } zip
            ? $"zip archive of {Listed(zip.Entries.Select(entry => entry.FullName))}" : "file of another kind";
        var known = FileFormat.All.Where(format => format is not RefusedFormat).Select(format => format.Name);
        return new(
            $"{file.Path} is a {kind}, but one of these was expected: {string.Join(", ", known)}; "
            + "export the weights as one of them.");
    }
}
