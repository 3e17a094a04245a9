using System.Buffers.Binary;
using System.Text.Json;

namespace Neurodynamics.Import;

/// <summary>
/// Hugging Face's safetensors: the length of a header, the header in JSON, then the arrays end to end, which is checked
/// as the reference reader does.
/// </summary>
internal sealed class SafetensorsFormat : FileFormat
{
    private const string Metadata = "__metadata__";

    /// <summary>NumPy's names and bits of the format's types. Those without a name are listed and not read.</summary>
    private static readonly Dictionary<string, (string? Name, int Bits)> Types = new()
    {
        ["F64"] = ("float64", 64),
        ["F32"] = ("float32", 32),
        ["F16"] = ("float16", 16),
        ["BF16"] = ("bfloat16", 16),
        ["I64"] = ("int64", 64),
        ["I32"] = ("int32", 32),
        ["I16"] = ("int16", 16),
        ["I8"] = ("int8", 8),
        ["U64"] = ("uint64", 64),
        ["U32"] = ("uint32", 32),
        ["U16"] = ("uint16", 16),
        ["U8"] = ("uint8", 8),
        ["BOOL"] = ("bool", 8),
        ["C64"] = (null, 64),
        ["F8_E5M2"] = (null, 8),
        ["F8_E4M3"] = (null, 8),
        ["F8_E8M0"] = (null, 8),
        ["F6_E2M3"] = (null, 6),
        ["F6_E3M2"] = (null, 6),
        ["F4"] = (null, 4),
    };

    public override string Name => "safetensors file";

    public override bool Matches(OpenFile file) => Fits(file);

    /// <summary>Eight bytes of header length, then JSON.</summary>
    public static bool Fits(OpenFile file) => file.StartsWith("{"u8, at: 8);

    public override FileContent Read(OpenFile file)
    {
        Span<byte> first = stackalloc byte[sizeof(ulong)];
        file.Stream.ReadExactly(first);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(first);
        if (size > Limits.DescriptionBytes || (long)size > file.Stream.Length - first.Length)
            throw new InvalidDataException(
                $"the header should have {size} bytes, in a file of {file.Stream.Length} and at most "
                + Limits.DescriptionBytes);
        byte[] header = new byte[size];
        file.Stream.ReadExactly(header);
        long data = file.Stream.Position;

        List<SourceArray> arrays = [];
        List<string> unread = [];
        List<(string Name, long Begin, long End)> places = [];
        var steps = new Steps();
        foreach (var entry in Description.Parse(header).EnumerateObject())
        {
            steps.Take(entry.Name, 0);
            if (entry.Name == Metadata)
            {
                if (entry.Value.EnumerateObject().Any(text => text.Value.ValueKind != JsonValueKind.String))
                    throw new InvalidDataException($"{Metadata} should hold text");
                continue;
            }
            string dtype = entry.Value.GetProperty("dtype").GetString() ?? "null";
            if (!Types.TryGetValue(dtype, out var type))
                throw new InvalidDataException($"{entry.Name.Shown()} has the unknown type {dtype.Shown()}");
            int[] shape = SourceArray.ShapeOf(
                entry.Name, entry.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64()));
            long[] offsets =
                [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
            if (offsets.Length != 2) throw new InvalidDataException($"{entry.Name.Shown()} should have two offsets");
            var (begin, end) = (offsets[0], offsets[1]);
            long bits = checked(SourceArray.Count(shape) * type.Bits);
            if (begin < 0 || end < begin || bits % 8 != 0 || end - begin != bits / 8)
                throw new InvalidDataException(
                    $"{entry.Name.Shown()} should have {bits} bits and has the bytes from {begin} to {end}");
            places.Add((entry.Name, begin, end));
            if (type.Name is { } name)
                arrays.Add(file.Later(entry.Name, name, shape, again =>
                {
                    again.Stream.Position = data + begin;
                    byte[] bytes = new byte[end - begin];
                    again.Stream.ReadExactly(bytes);
                    int width = type.Bits / 8;
                    double[] values = new double[bytes.Length / width];
                    for (int i = 0; i < values.Length; i++)
                        values[i] = Elements.Value(name, bytes.AsSpan(i * width, width));
                    return values;
                }));
            else unread.Add(entry.Name);
        }
        RequireEndToEnd(places, file.Stream.Length - data);
        return new(arrays, unread);
    }

    /// <summary>Refuses arrays that overlap, leave gaps or do not end where the file does.</summary>
    private static void RequireEndToEnd(IEnumerable<(string Name, long Begin, long End)> places, long bytes)
    {
        long reached = 0;
        foreach (var (name, begin, end) in places.OrderBy(place => place.Begin).ThenBy(place => place.End))
        {
            if (begin != reached)
                throw new InvalidDataException(
                    $"{name.Shown()} should begin at byte {reached}, where the one before ends, and begins at {begin}");
            reached = end;
        }
        if (reached != bytes)
            throw new InvalidDataException($"its arrays should take {reached} bytes, and {bytes} are there");
    }
}
