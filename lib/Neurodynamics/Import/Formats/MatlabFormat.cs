using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Neurodynamics.Import;

/// <summary>
/// MATLAB's .mat of versions 5 to 7: numeric arrays, also in structs, each compressed or not. Octave and SciPy write
/// it too. Vectors are matrices of one row or column, as MATLAB has them.
/// </summary>
internal sealed class MatlabFormat : FileFormat
{
    private const int HeaderBytes = 128;

    /// <summary>What a file begins with.</summary>
    internal const string Start = "MATLAB 5.0 MAT-f";

    public override string Name => "MATLAB .mat file";

    public override bool Matches(OpenFile file) => file.StartsWith(Encoding.ASCII.GetBytes(Start));

    public override FileContent Read(OpenFile file)
    {
        List<SourceArray> arrays = [];
        List<string> unread = [];
        var (steps, names) = (new Steps(), new HashSet<string>());
        byte[] header = new byte[HeaderBytes];
        file.Stream.ReadExactly(header);
        bool bigEndian = header.AsSpan().EndsWith("MI"u8);
        if (!bigEndian && !header.AsSpan().EndsWith("IM"u8))
            throw new InvalidDataException("its header does not end in the order of its bytes");
        long inflated = 0;
        for (long at = HeaderBytes; at < file.Stream.Length;)
        {
            long begin = at;
            using var variable = Open(file.Stream, begin, bigEndian, out at);
            foreach (var (name, array) in variable.Arrays("", steps, 0))
            {
                if (!names.Add(name)) throw new InvalidDataException($"{name.Shown()} is there twice");
                if (array is null) unread.Add(name);
                else arrays.Add(file.Later(name, array.Type, array.FullShape, again =>
                {
                    using var variable = Open(again.Stream, begin, bigEndian, out _);
                    // Only the one that is asked for is read; the others are passed over.
                    return variable.Arrays("", new(), 0, name).First(other => other.Name == name).Array!.Values!;
                }));
            }
            if ((inflated += variable.Inflated) > Limits.ArrayBytes)
                throw new InvalidDataException($"it inflates to more than {Limits.ArrayBytes >> 30} GB");
        }
        return new(arrays, unread);
    }

    /// <summary>A variable, which is an element of its own or one that is compressed.</summary>
    private static MatlabElements Open(Stream stream, long begin, bool bigEndian, out long end)
    {
        stream.Position = begin;
        var plain = new MatlabElements(stream, bigEndian, stream.Length - begin);
        var (type, bytes) = plain.Tag();
        end = stream.Position + bytes;
        if (end > stream.Length) throw new InvalidDataException("a variable is cut off");
        if (type != MatlabElements.Compressed) return plain.Within(bytes);
        var part = new PartOfStream(stream, stream.Position, bytes);
        var inner = new MatlabElements(
            new ZLibStream(part, CompressionMode.Decompress), bigEndian, Limits.Inflation * bytes);
        return inner.Within(inner.Tag().Bytes);
    }
}

/// <summary>An array of a MATLAB file.</summary>
/// <param name="Type">NumPy's name of its type.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="IsComplex">Whether its values have an imaginary part.</param>
/// <param name="Values">Its values row by row, where they were asked for.</param>
internal sealed record MatlabArray(string Type, int[] Shape, bool IsComplex, double[]? Values)
{
    /// <summary>The shape, with a last dimension of 2 where it is complex.</summary>
    public IReadOnlyList<int> FullShape => IsComplex ? [.. Shape, 2] : Shape;
}

/// <summary>Goes through the elements of a MATLAB file, each a type, a length and so many bytes.</summary>
/// <param name="stream">The bytes, read from the front only.</param>
/// <param name="bigEndian">Whether the highest byte of a number is the first.</param>
/// <param name="left">How many bytes there can be.</param>
internal sealed class MatlabElements(Stream stream, bool bigEndian, long left) : IDisposable
{
    /// <summary>The type of an element that is compressed.</summary>
    public const int Compressed = 15;

    /// <summary>The type of an array, and the flags of its class that say of what it is.</summary>
    public const int Matrix = 14, Logical = 0x200, Complex = 0x800;

    private const int Struct = 2;

    /// <summary>NumPy's names of the types of elements.</summary>
    private static readonly Dictionary<int, (string Name, int Size)> Types = new()
    {
        [1] = ("int8", 1),
        [2] = ("uint8", 1),
        [3] = ("int16", 2),
        [4] = ("uint16", 2),
        [5] = ("int32", 4),
        [6] = ("uint32", 4),
        [7] = ("float32", 4),
        [9] = ("float64", 8),
        [12] = ("int64", 8),
        [13] = ("uint64", 8),
    };

    /// <summary>And of the classes of arrays of numbers, which may be stored in a smaller type.</summary>
    private static readonly Dictionary<int, string> Classes = new()
    {
        [6] = "float64",
        [7] = "float32",
        [8] = "int8",
        [9] = "uint8",
        [10] = "int16",
        [11] = "uint16",
        [12] = "int32",
        [13] = "uint32",
        [14] = "int64",
        [15] = "uint64",
    };

    /// <summary>The type of elements by NumPy's name.</summary>
    public static int TypeOf(string name) => Types.First(type => type.Value.Name == name).Key;

    /// <summary>The class of arrays by NumPy's name.</summary>
    public static int ClassOf(string name) => Classes.First(kind => kind.Value == name).Key;

    /// <summary>How many bytes of a compressed variable were read.</summary>
    public long Inflated { get; private set; }

    /// <summary>The type and length of the next element, whose bytes follow.</summary>
    public (int Type, long Bytes) Tag()
    {
        var (type, bytes, _) = NextTag();
        return (type, bytes);
    }

    /// <summary>It, with so many bytes left at most.</summary>
    /// <exception cref="InvalidDataException">There are fewer.</exception>
    public MatlabElements Within(long bytes)
    {
        left = bytes <= left ? bytes : throw Short();
        return this;
    }

    /// <summary>The arrays of a variable by name; null for what holds no numbers.</summary>
    /// <param name="folder">What the names begin with.</param>
    /// <param name="steps">Counts the names.</param>
    /// <param name="depth">How deep it is.</param>
    /// <param name="wanted">The array whose values are read; none if omitted.</param>
    /// <param name="given">The name, where the variable has none of its own.</param>
    public IEnumerable<(string Name, MatlabArray? Array)> Arrays(
        string folder, Steps steps, int depth, string? wanted = null, string? given = null)
    {
        byte[] flags = Element();
        byte[] dimensions = Element();
        string own = Encoding.UTF8.GetString(Element());
        string name = folder + (given ?? own);
        steps.Take(name, depth);
        uint word = Word(flags.AsSpan(0, 4));
        int[] shape = new int[dimensions.Length / 4];
        for (int i = 0; i < shape.Length; i++) shape[i] = (int)Word(dimensions.AsSpan(4 * i, 4));
        long count = SourceArray.Count(shape);
        if ((word & 0xFF) == Struct && count == 1)
        {
            byte[] width = Element(), names = Element();
            int length = (int)Word(width);
            if (length <= 0) throw new InvalidDataException($"{name.Shown()} has fields without names");
            for (int i = 0; i < names.Length / length; i++)
            {
                var (type, bytes) = Tag();
                if (type != Matrix) throw new InvalidDataException($"{name.Shown()} has a field of the type {type}");
                string field = Encoding.UTF8.GetString(names, i * length, length).Split('\0', 2)[0];
                long after = left - bytes;
                if (bytes == 0) yield return ($"{name}/{field}", null);
                else
                    foreach (var inner in Arrays(name + "/", steps, depth + 1, wanted, field)) yield return inner;
                if (left < after) throw Short();
                Skip(left - after);
            }
        }
        else if (!Classes.TryGetValue((int)(word & 0xFF), out string? kind)) yield return (name, null);
        else
        {
            bool isComplex = (word & Complex) != 0;
            double[]? values = null;
            if (name == wanted)
            {
                values = Elements.ByRows(Numbers(count), shape);
                if (isComplex)
                    values = [.. values.Zip(Elements.ByRows(Numbers(count), shape))
                        .SelectMany(pair => new[] { pair.First, pair.Second })];
            }
            yield return (name, new((word & Logical) != 0 ? "bool" : kind, shape, isComplex, values));
        }
    }

    private double[] Numbers(long count)
    {
        var (code, bytes, padding) = NextTag();
        if (!Types.TryGetValue(code, out var type) || bytes != checked(count * type.Size))
            throw new InvalidDataException($"an array of {count} values has {bytes} bytes of the type {code}");
        byte[] all = Take(bytes);
        Skip(padding);
        return Elements.Values(type.Name, type.Size, all, bigEndian);
    }

    /// <summary>The bytes of a short element: flags, lengths or names.</summary>
    private byte[] Element()
    {
        var (_, bytes, padding) = NextTag();
        if (bytes > Limits.DescriptionBytes) throw new InvalidDataException($"a name should have {bytes} bytes");
        byte[] all = Take(bytes);
        Skip(Math.Min(padding, left));
        return all;
    }

    /// <summary>Type and length of the next element, and the bytes after it up to the next multiple of 8.</summary>
    private (int Type, long Bytes, long Padding) NextTag()
    {
        uint first = Word(Take(4));
        // Up to four bytes stand in the tag itself.
        if (first >> 16 is > 0 and var small)
            return small <= 4 ? ((int)(first & 0xFFFF), small, 4 - small)
                : throw new InvalidDataException($"an element of {small} bytes stands in four");
        uint bytes = Word(Take(4));
        return ((int)first, bytes, first is Matrix or Compressed ? 0 : (8 - bytes % 8) % 8);
    }

    private byte[] Take(long count)
    {
        if (count > left) throw Short();
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        left -= count;
        Inflated += stream.CanSeek ? 0 : count;
        return bytes;
    }

    private void Skip(long count)
    {
        if (count > left) throw Short();
        left -= count;
        if (stream.CanSeek)
        {
            stream.Position += count;
            return;
        }
        Inflated += count;
        Span<byte> passed = stackalloc byte[1024];
        for (; count > 0; count -= Math.Min(count, passed.Length))
            stream.ReadExactly(passed[..(int)Math.Min(count, passed.Length)]);
    }

    private uint Word(ReadOnlySpan<byte> bytes) => bigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static InvalidDataException Short() => new("an element of it is longer than what holds it");

    public void Dispose()
    {
        // The file itself stays open.
        if (!stream.CanSeek) stream.Dispose();
    }
}
