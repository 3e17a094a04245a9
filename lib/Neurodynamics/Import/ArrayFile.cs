using System.IO.Compression;
using System.Text.Json;

namespace Neurodynamics.Import;

/// <summary>
/// All arrays of one file: PyTorch's zip format (.pt, .pth), safetensors, NumPy (.npz, .npy), HDF5 (.h5) and Keras 3 (.keras). The
/// kind is told by the file's content, not by its name. Nothing in a file is ever executed.
/// </summary>
public sealed class ArrayFile
{
    private ArrayFile(string path, string format, ArrayContent content)
    {
        (Path, Format, Arrays, Unread, Config) = (path, format, content.Arrays, content.Unread, content.Config);
        HoldsModel = content.Model;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What kind of file it is, in words.</summary>
    public string Format { get; }

    /// <summary>The arrays of numbers, in the order of the file; of a PyTorch file, whose dictionaries lose it, by name.</summary>
    public IReadOnlyList<SourceArray> Arrays { get; }

    /// <summary>Names of what else the file holds: text, objects, single values.</summary>
    public IReadOnlyList<string> Unread { get; }

    /// <summary>The description of a Keras model, where the file has one.</summary>
    internal JsonElement? Config { get; }

    /// <summary>Class of a pickled Python object that is not a dictionary of tensors, where the file has one.</summary>
    internal string? HoldsModel { get; }

    /// <summary>An array by its name.</summary>
    /// <exception cref="ImportException">There is none of that name; the message lists those there are.</exception>
    public SourceArray this[string name] => Arrays.FirstOrDefault(array => array.Name == name)
        ?? throw new ImportException($"{Path} holds no array named {name}, but {Listed(Arrays.Select(array => array.Name))}: name one of these.");

    /// <summary>Reads all arrays of a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ImportException">It is a directory, empty, truncated, or a file of another kind.</exception>
    public static ArrayFile Read(string path)
    {
        if (Directory.Exists(path))
            throw new ImportException($"{path} is a directory, but a single file was expected: name the file of weights in it (a TensorFlow SavedModel folder has to be saved again as .keras or .h5).");
        if (!File.Exists(path)) throw new FileNotFoundException($"{path} is not there: check the path.", path);

        string format = "file of arrays";
        using var stream = Open(path);
        try
        {
            Span<byte> start = stackalloc byte[16];
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            stream.Position = 0;
            if (start.IsEmpty)
                throw new ImportException($"{path} is empty, but a file of weights was expected: export it again.");
            if (start.StartsWith("PK"u8))
            {
                format = "zip archive";
                using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
                return ReadZip(path, zip, ref format);
            }
            if (start[1..].StartsWith("NUMPY"u8) && start[0] == 0x93)
                return new(path, format = "NumPy .npy file", NumpyReader.ReadArray(stream, System.IO.Path.GetFileNameWithoutExtension(path)));
            if (start[1..].StartsWith("HDF\r\n"u8) && start[0] == 0x89)
                return new(path, format = "HDF5 file", Hdf5Reader.Read(stream));
            // 8 bytes of header length, then JSON.
            if (start.Length > 8 && start[8] == '{')
                return new(path, format = "safetensors file", SafetensorsReader.Read(stream));
            if (start[0] == 0x80 && start.Length > 1 && start[1] is >= 1 and <= 5)
                throw new ImportException($"{path} is a pickle in PyTorch's old format or of a whole Python object, but a zip state_dict was expected: load it in PyTorch 1.6 or newer and save it with {SaveAdvice}.");
        }
        catch (Exception error) when (error is not (ImportException or OutOfMemoryException))
        {
            throw new ImportException($"{path} cannot be read as the {format} it seems to be ({FirstSentence(error)}): it is truncated or damaged, so copy or export it again.", error);
        }
        throw new ImportException($"{path} is a file of another kind: expected was a PyTorch zip state_dict, safetensors, .npz, or a Keras .h5 or .keras file, so export the weights as one of these.");
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"{path} cannot be opened ({FirstSentence(error)}): make it readable to you, and close what holds it.", error);
        }
    }

    internal const string SaveAdvice = "`torch.save(model.state_dict(), \"network.pt\")`";

    /// <summary>The first names of many.</summary>
    internal static string Listed(IEnumerable<string> names)
    {
        var all = names.ToList();
        return all.Count == 0 ? "nothing" : string.Join(", ", all.Take(8)) + (all.Count > 8 ? $" and {all.Count - 8} more" : "");
    }

    private static ArrayFile ReadZip(string path, ZipArchive zip, ref string format)
    {
        if (zip.Entries.Any(entry => entry.Name == "constants.pkl"))
            throw new ImportException($"{path} is a TorchScript program, but a state_dict was expected: save it with {SaveAdvice}.");
        if (zip.Entries.FirstOrDefault(entry => entry.Name == "data.pkl") is { } pickle)
            return new(path, format = "PyTorch zip file", PyTorchReader.Read(path, zip, pickle));
        if (zip.GetEntry("model.weights.h5") is { } weights)
        {
            format = "Keras 3 file";
            using var copy = new MemoryStream();
            using (var compressed = weights.Open()) compressed.CopyTo(copy);
            copy.Position = 0;
            var content = Hdf5Reader.Read(copy);
            if (zip.GetEntry("config.json") is { } config)
                using (var text = config.Open())
                    content = content with { Config = JsonSerializer.Deserialize<JsonElement>(text) };
            return new(path, format, content);
        }
        if (zip.Entries.Any(entry => entry.Name.EndsWith(".npy", StringComparison.Ordinal)))
            return new(path, format = "NumPy .npz file", NumpyReader.ReadArchive(path));
        throw new ImportException($"{path} is a zip archive of {Listed(zip.Entries.Select(entry => entry.FullName))}, but a PyTorch state_dict, an .npz or a .keras file was expected: name another file.");
    }

    /// <summary>The first sentence of another library's message, to stand inside one of ours.</summary>
    private static string FirstSentence(Exception error) => error.Message.Split('\n', 2)[0].Split(". ", 2)[0].Trim().TrimEnd('.');
}

/// <summary>What a reader of one format found.</summary>
internal sealed record ArrayContent(IReadOnlyList<SourceArray> Arrays, IReadOnlyList<string> Unread, JsonElement? Config = null, string? Model = null);
