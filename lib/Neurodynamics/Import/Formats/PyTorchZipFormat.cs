using System.IO.Compression;

namespace Neurodynamics.Import;

/// <summary>
/// PyTorch's zip format: a pickle, and each tensor's storage in an entry of its own. Views into shared storages,
/// nested dictionaries and whole modules are read; objects are data.
/// </summary>
internal sealed class PyTorchZipFormat : FileFormat
{
    public const string SaveAdvice = "`torch.save(model.state_dict(), \"network.pt\")`";

    /// <summary>What to do with a file of PyTorch without a layer.</summary>
    public const string Remedy = $"a state_dict was expected: save it with {SaveAdvice}";

    /// <summary>The entry that every file of the format has.</summary>
    public const string Pickle = "data.pkl";

    public override string Name => "PyTorch .pt file";

    public override bool Matches(OpenFile file) => file.Zip is { } zip && IsOne(zip);

    /// <summary>Whether a zip archive is one, and no compiled program.</summary>
    public static bool IsOne(ZipArchive zip) => zip.Entries.Any(entry => entry.Name == Pickle)
        && zip.Entries.All(entry => entry.Name != TorchScriptFormat.Mark);

    public override FileContent Read(OpenFile file)
    {
        var content = new PickledContent(file, Remedy);
        Read(content, "", file.Zip!, again => again.Zip!);
        return content.Content;
    }

    /// <summary>Adds what a zip archive of PyTorch's holds.</summary>
    /// <param name="content">Where to.</param>
    /// <param name="name">What its names begin with.</param>
    /// <param name="zip">The archive now.</param>
    /// <param name="open">The archive when an array is read.</param>
    public static void Read(PickledContent content, string name, ZipArchive zip, Func<OpenFile, ZipArchive> open) =>
        content.Add(name, Root(zip, Pickle, "data", open));

    /// <summary>
    /// The tensors among the constants of a TorchScript program, by the names that its code has for them: c0, c1 ...
    /// </summary>
    public static IReadOnlyList<SourceArray> ConstantsOf(OpenFile program) =>
        Root(program.Zip!, TorchScriptFormat.Mark, "constants", again => again.Zip!) is not object?[] all ? [] :
        [
            .. all.Select((one, i) => one is PickledObject thing ? StoredTensor.Of(thing)?.In(program, $"c{i}") : null)
                .OfType<SourceArray>(),
        ];

    /// <summary>What the pickle of an archive holds, its storages in entries of a folder.</summary>
    private static object? Root(ZipArchive zip, string name, string storagesIn, Func<OpenFile, ZipArchive> open)
    {
        var pickle = zip.Entries.First(entry => entry.Name == name);
        string folder = pickle.FullName[..^name.Length];
        bool bigEndian =
            zip.GetEntry(folder + "byteorder") is { } order && order.ReadAll().AsSpan().StartsWith("big"u8);
        var storages = new Dictionary<string, TensorStorage>();
        return new Unpickler(pickle.ReadAll(), Stored).Load();

        // ("storage", class of the storage, name of its entry, device, number of elements)
        object? Stored(object? id)
        {
            object?[] parts = (object?[])id!;
            string key = (string)parts[2]!;
            if (storages.TryGetValue(key, out var known)) return known;
            string kind = ((PickledName)parts[1]!).Name;
            int size = TensorStorage.SizeOf(kind);
            var entry = zip.GetEntry($"{folder}{storagesIn}/{key}")
                ?? throw new InvalidDataException($"the entry {storagesIn}/{key.Shown()} is missing");
            if (checked((long)parts[4]! * size) > entry.Length)
                throw new InvalidDataException(
                    $"the entry {storagesIn}/{key.Shown()} is shorter than its {parts[4]} numbers");
            string path = entry.FullName;
            return storages[key] = new(kind, 0, size > 0 ? entry.Length / size : 0, bigEndian,
                again => open(again).GetEntry(path)!.ReadAll(Limits.ArrayBytes));
        }
    }
}
