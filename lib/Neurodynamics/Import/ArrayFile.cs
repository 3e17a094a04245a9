using System.Text.Json;

namespace Neurodynamics.Import;

/// <summary>
/// All arrays of one file: PyTorch's state_dicts and whole modules (.pt, .pth, in the zip format or the one before 1.6,
/// also zipped again), safetensors, NumPy (.npz, .npy), pickled dictionaries (.pkl), MATLAB (.mat from version 5 on),
/// HDF5 (.h5), Keras 3 (.keras) or a <see cref="FileFormat"/> of your own; or of a folder of .npy files, each an array
/// by the file's name. The content decides which it is, not the name. Nothing in a file is executed.
/// </summary>
public sealed class ArrayFile
{
    private readonly FileContent content;

    private ArrayFile(string path, FileFormat format, FileContent content, IReadOnlyList<string> assumptions)
    {
        (Path, Format, Assumptions) = (path, format, assumptions);
        this.content = content;
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>What kind of file it is.</summary>
    public FileFormat Format { get; }

    /// <summary>The arrays of numbers, in the order of the file.</summary>
    public IReadOnlyList<SourceArray> Arrays => content.Arrays;

    /// <summary>Names of everything else in the file: text, objects, single values.</summary>
    public IReadOnlyList<string> Unread => content.Unread;

    /// <summary>The description of the model, where the file has one, as Keras' files do.</summary>
    public JsonElement? Configuration => content.Configuration;

    /// <summary>What the file leaves open and was assumed, in sentences.</summary>
    public IReadOnlyList<string> Assumptions { get; }

    /// <inheritdoc cref="FileContent.Settings"/>
    public IReadOnlyDictionary<string, string> Settings => content.Settings;

    /// <inheritdoc cref="FileContent.Obstacle"/>
    internal string? Obstacle => content.Obstacle;

    /// <summary>What kind of file it is, and its arrays with their shapes.</summary>
    public override string ToString() => $"{Format} {System.IO.Path.GetFileName(Path)} of {Arrays.Count} arrays: "
        + Listed(Arrays.Select(array => $"{array.Name} {array.ShapeText}"));

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
        if (Directory.Exists(path) && Directory.GetFiles(path, "*.npy") is { Length: > 0 } several)
            return Together(path, several);
        RequireFile(path);
        return OpenFile.Read(path, file =>
        {
            var format = FileFormat.All.FirstOrDefault(format => format.Matches(file)) ?? throw UnknownKind(file);
            file.Kind = format.Name;
            return new ArrayFile(file.Path, format, format.Read(file), file.Zip?.HasNoChecksums() != true ? [] :
            [
                "The file has no checksums, so that damage to its numbers would not show; they were taken as they "
                + "are.",
            ]);
        });
    }

    /// <summary>A folder that holds each array in an .npy of its own, named by the files.</summary>
    private static ArrayFile Together(string path, string[] files)
    {
        Array.Sort(files, StringComparer.Ordinal);
        ArrayFile[] each = [.. files.Select(Read)];
        return new(path, each[0].Format, new(
            [.. each.SelectMany(file => file.Arrays)], [.. each.SelectMany(file => file.Unread)]), []);
    }

    /// <summary>Refuses a path at which there is no file.</summary>
    internal static void RequireFile(string path)
    {
        if (Directory.Exists(path)) throw Folder(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"{path} is not there: check the path.", path);
    }

    /// <summary>An error for a sentence that says what was expected, what came and what to do.</summary>
    internal ImportException Refusal(string sentence, Exception? cause = null) => new($"{Path}: {sentence}.", cause);

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

    /// <summary>Some frameworks save a folder, which they alone put together.</summary>
    private static ImportException Folder(string path)
    {
        const string Expected = "but one file of arrays was expected: save it with";
        bool Holds(params string[] names) =>
            names.Any(name => System.IO.Path.Exists(System.IO.Path.Combine(path, name)));
        string reason = "a directory, but a single file was expected: name the file of weights in it";
        if (Holds("saved_model.pb"))
            reason = $"a TensorFlow SavedModel folder, {Expected} `m = tf.saved_model.load(FOLDER); "
                + "np.savez(\"network.npz\", **{v.name: v.numpy() for v in m.variables})`";
        else if (Holds("_METADATA", "_CHECKPOINT_METADATA", "manifest.ocdbt"))
            reason = $"a folder of Orbax, {Expected} `p = orbax.checkpoint.PyTreeCheckpointer().restore(FOLDER); "
                + "np.savez(\"network.npz\", **flax.traverse_util.flatten_dict(p, sep=\"/\"))`";
        else if (Holds("checkpoint"))
            reason = $"the folder of a TensorFlow checkpoint, but {TensorFlowCheckpointFormat.Remedy}";
        return new($"{path} is {reason}.");
    }

    private static ImportException UnknownKind(OpenFile file)
    {
        string kind = file.Zip is { } zip
            ? $"zip archive of {Listed(zip.Entries.Select(entry => entry.FullName))}" : "file of another kind";
        var all = FileFormat.All.Where(format => format is not RefusedFormat).Select(format => format.Name).ToList();
        // Of a kind in several forms the plain one stands for all.
        var known = all.Where(name => !all.Exists(plain => name.StartsWith(plain + " of ", StringComparison.Ordinal)));
        return new(
            $"{file.Path} is a {kind}, but one of these was expected: {string.Join(", ", known)}; "
            + "export the weights as one of them.");
    }
}
