using System.Buffers.Binary;
using System.Numerics;

namespace Neurodynamics.Import;

/// <summary>
/// PyTorch's format before 1.6: five pickles (a magic number, the protocol, the system, the object, the keys of its
/// storages), then each storage's count and numbers. A whole module comes with the source text of its classes, which
/// stays text.
/// </summary>
internal sealed class PyTorchOldFormat : FileFormat
{
    private static readonly BigInteger Magic =
        BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    private const long Protocol = 1001;

    public override string Name => "PyTorch .pt file of the old format";

    public override bool Matches(OpenFile file) => IsOne(file);

    /// <summary>Whether a file begins with a protocol, in newer ones a frame, then the magic number.</summary>
    public static bool IsOne(OpenFile file) => Pickle.Is(file)
        && (file.StartsWith(Begin, at: 2) || file.StartsWith(Begin, at: 11));

    private static ReadOnlySpan<byte> Begin => [0x8A, 0x0A, 0x6C, 0xFC, 0x9C];

    public override FileContent Read(OpenFile file)
    {
        var content = new PickledContent(file, PyTorchZipFormat.Remedy);
        Read(content, "", file.Stream, again => again.Stream);
        return content.Content;
    }

    /// <summary>Adds what a file of the old format holds.</summary>
    /// <param name="content">Where to.</param>
    /// <param name="name">What its names begin with.</param>
    /// <param name="stream">The file now.</param>
    /// <param name="open">The file when an array is read.</param>
    public static void Read(PickledContent content, string name, Stream stream, Func<OpenFile, Stream> open) =>
        content.Add(name, Root(stream, open));

    /// <summary>The storage that a plain pickle holds as the bytes of a file; null where it is none.</summary>
    public static TensorStorage? StorageIn(ReadOnlyMemory<byte> bytes)
    {
        byte[] file = bytes.ToArray();
        using var stream = new MemoryStream(file);
        return Root(stream, _ => new MemoryStream(file)) as TensorStorage;
    }

    /// <summary>What the pickle of the object holds.</summary>
    private static object? Root(Stream stream, Func<OpenFile, Stream> open)
    {
        byte[] first = new byte[Math.Min(stream.Length, Limits.DescriptionBytes)];
        stream.Position = 0;
        stream.ReadExactly(first);
        var (storages, begins) = (new Dictionary<string, TensorStorage>(), new Dictionary<string, long>());
        var pickles = new Unpickler(first, Stored);
        if (pickles.Load() is not BigInteger magic || magic != Magic || pickles.Load() is not Protocol)
            throw new InvalidDataException("it should begin with PyTorch's magic number and the protocol 1001");
        pickles.Load();
        object? root = pickles.Load();
        if (pickles.Load() is not List<object?> keys)
            throw new InvalidDataException("the keys of its storages are gone");

        stream.Position = pickles.Position;
        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (object? one in keys)
        {
            if (one is not string key || !storages.TryGetValue(key, out var storage) || begins.ContainsKey(key))
                throw new InvalidDataException("its storages are not those of its tensors");
            stream.ReadExactly(count);
            long there = BinaryPrimitives.ReadInt64LittleEndian(count);
            if (storage.Size == 0)
                throw new InvalidDataException($"it has a storage of the unknown type {storage.Kind.Shown(30)}");
            if (there != storage.Count || there > (stream.Length - stream.Position) / storage.Size)
                throw new InvalidDataException(
                    $"a storage of {storage.Count} numbers says {there}, with {stream.Length - stream.Position} bytes "
                    + "left");
            begins.Add(key, stream.Position);
            stream.Position += there * storage.Size;
        }
        if (begins.Count < storages.Count) throw new InvalidDataException("a storage is missing");
        return root;

        // ("module", class, file, source text) or ("storage", class, key, device, count, view), where a view is null or
        // (key, offset, count) in the storage of that key.
        object? Stored(object? id)
        {
            object?[] parts = (object?[])id!;
            if (parts[0] is "module") return parts[1];
            string key = (string)parts[2]!;
            if (!storages.TryGetValue(key, out var whole))
            {
                var (kind, all) = (((PickledName)parts[1]!).Name, (long)parts[4]!);
                whole = new(kind, 0, all, BigEndian: false, again =>
                {
                    var stream = open(again);
                    byte[] bytes = new byte[checked(all * TensorStorage.SizeOf(kind))];
                    stream.Position = begins[key];
                    stream.ReadExactly(bytes);
                    return bytes;
                });
                storages[key] = whole;
            }
            if (parts is not [.., object?[] and [_, long offset, long length]]) return whole;
            return offset >= 0 && length >= 0 && offset <= whole.Count - length
                ? whole with { First = offset, Count = length }
                : throw new InvalidDataException("a view reaches beyond its storage");
        }
    }
}
