using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using NumSharp;

namespace Neurodynamics.Import;

/// <summary>
/// NumPy's .npz: a zip archive of .npy files. NumSharp takes care of Fortran order, byte order and half precision.
/// </summary>
internal sealed class NumpyArchiveFormat : FileFormat
{
    private const string End = ".npy";

    public override string Name => "NumPy .npz file";

    public override bool Matches(OpenFile file) => file.HasEntry(End);

    public override FileContent Read(OpenFile file)
    {
        List<SourceArray> arrays = [];
        List<string> unread = [];
        var pickled = new PickledContent(file, NumpyArrayFormat.Remedy);
        foreach (var entry in file.Zip!.Entries)
        {
            string path = entry.FullName;
            string name = path.EndsWith(End, StringComparison.Ordinal) ? path[..^End.Length] : path;
            NpyHeader? header = null;
            if (name != path)
            {
                using var stream = entry.OpenChecked();
                header = NpyHeader.Read(stream);
                header?.RequireBytes(name, entry.Length);
            }
            // Objects without end are nothing that belongs to weights.
            if (header is null || header.IsOfObjects && entry.Length > Limits.DescriptionBytes) unread.Add(name);
            else if (header.IsOfObjects) pickled.Add(name, header.Objects(entry.ReadAll()));
            else arrays.Add(file.Later(name, header.Type, header.Shape, again =>
            {
                using var stream = again.Zip!.GetEntry(path)!.OpenChecked();
                double[] values = NumpyArrayFormat.Values(stream);
                stream.Finish();
                return values;
            }));
        }
        var content = pickled.Content;
        return content with { Arrays = [.. arrays, .. content.Arrays], Unread = [.. unread, .. content.Unread] };
    }
}

/// <summary>NumPy's .npy: one array, which has the name of the file.</summary>
internal sealed class NumpyArrayFormat : FileFormat
{
    /// <summary>What to do where objects hold no layer.</summary>
    public const string Remedy =
        "a dictionary of arrays was expected: save it with `np.savez(\"network.npz\", **arrays)`";

    public override string Name => "NumPy .npy file";

    public override bool Matches(OpenFile file) => file.StartsWith(NpyHeader.Magic);

    public override FileContent Read(OpenFile file)
    {
        string name = Path.GetFileNameWithoutExtension(file.Path);
        if (NpyHeader.Read(file.Stream) is not { } header) return new([], [name]);
        header.RequireBytes(name, file.Stream.Length);
        if (header.IsOfObjects)
        {
            byte[] bytes = new byte[Math.Min(file.Stream.Length, Limits.ArrayBytes)];
            file.Stream.Position = 0;
            file.Stream.ReadExactly(bytes);
            var pickled = new PickledContent(file, Remedy);
            pickled.Add("", header.Objects(bytes));
            return pickled.Content;
        }
        return new([file.Later(name, header.Type, header.Shape, again => Values(again.Stream))], []);
    }

    internal static double[] Values(Stream stream)
    {
        using var array = np.load_npy(stream, false);
        if (array.dtype == typeof(Complex))
            return [.. array.ToArray<Complex>().SelectMany(value => new[] { value.Real, value.Imaginary })];
        using var values = array.astype(typeof(double));
        return values.ToArray<double>();
    }
}

/// <summary>What an .npy says of its array.</summary>
/// <param name="Type">NumPy's name of its precision.</param>
/// <param name="Shape">Its shape, that of a complex array with a last dimension of 2.</param>
/// <param name="Bytes">How many bytes the whole .npy has; those before the pickle where it holds objects.</param>
internal sealed record NpyHeader(string Type, int[] Shape, long Bytes)
{
    public static ReadOnlySpan<byte> Magic => [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59];

    private const string OfObjects = "object";

    /// <summary>Whether it holds Python objects, as a pickle.</summary>
    public bool IsOfObjects => Type == OfObjects;

    /// <summary>NumPy's name of a type by its code, such as "f8"; null where it is none of numbers.</summary>
    public static string? TypeOf(string code) => Types.GetValueOrDefault(code);

    /// <summary>And the code of a type by NumPy's name.</summary>
    public static string CodeOf(string type) => Types.Last(one => one.Value == type).Key;

    private static readonly Dictionary<string, string> Types = new()
    {
        ["f2"] = "float16",
        ["f4"] = "float32",
        ["f8"] = "float64",
        ["i1"] = "int8",
        ["i2"] = "int16",
        ["i4"] = "int32",
        ["i8"] = "int64",
        ["u1"] = "uint8",
        ["u2"] = "uint16",
        ["u4"] = "uint32",
        ["u8"] = "uint64",
        ["b1"] = "bool",
        ["c8"] = "complex128",
        ["c16"] = "complex128",
    };

    private static readonly Regex Fields = new(
        @"^\{(\s*('descr'\s*:\s*'[<>=|]?(?<type>\w+)'|'fortran_order'\s*:\s*(True|False)"
        + @"|'shape'\s*:\s*\((?<shape>(\s*\d+L?\s*,?)*\s*)\))\s*,?){3}\s*\}\s*$",
        RegexOptions.NonBacktracking);

    /// <summary>
    /// Reads the header; null where the array is neither of numbers nor of objects: text or dates beside the
    /// weights are no reason to refuse a file.
    /// </summary>
    public static NpyHeader? Read(Stream stream)
    {
        byte[] start = new byte[12];
        stream.ReadExactly(start, 0, 10);
        if (!start.AsSpan().StartsWith(Magic) || start[6] is not (1 or 2 or 3))
            throw new InvalidDataException("it does not begin as an .npy of version 1, 2 or 3");
        int begin = start[6] == 1 ? 10 : 12;
        stream.ReadExactly(start, 10, begin - 10);
        uint length = start[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8))
            : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (length > Limits.NpyHeaderBytes)
            throw new InvalidDataException(
                $"the header of an .npy should have at most {Limits.NpyHeaderBytes} bytes and has {length}");
        byte[] header = new byte[length];
        stream.ReadExactly(header);
        string text = Encoding.UTF8.GetString(header);
        var fields = Fields.Match(text);
        if (!fields.Success && (text.Contains("'descr': [", StringComparison.Ordinal)
            || text.Contains("'descr': (", StringComparison.Ordinal))) return null;
        if (!fields.Success)
            throw new InvalidDataException($"the header of an .npy cannot be understood: {text.Trim().Shown()}");
        string code = fields.Groups["type"].Value;
        if (code[0] == 'O') return new(OfObjects, [], begin + length);
        if (code[0] is 'U' or 'S' or 'a' or 'M' or 'm' or 'V' || code is "f12" or "f16" or "c24" or "c32")
            return null;
        if (!Types.TryGetValue(code, out string? type))
            throw new InvalidDataException($"an .npy has the unknown type {code.Shown()}");
        int[] shape = SourceArray.ShapeOf("an .npy", fields.Groups["shape"].Value.Split(',')
            .Select(one => one.Trim().TrimEnd('L')).Where(one => one.Length > 0)
            .Select(one => long.Parse(one, CultureInfo.InvariantCulture)));
        int size = int.Parse(code[1..], CultureInfo.InvariantCulture);
        long bytes = checked(begin + length + SourceArray.Count(shape) * size);
        return new(type, code[0] == 'c' ? [.. shape, 2] : shape, bytes);
    }

    /// <summary>The objects of a whole .npy, as data.</summary>
    public object? Objects(byte[] array) => new Unpickler(array.AsMemory((int)Bytes)).Load();

    /// <summary>Refuses an array of other bytes than its shape and precision make.</summary>
    public void RequireBytes(string name, long bytes)
    {
        if (bytes != Bytes && !IsOfObjects)
            throw new InvalidDataException($"{name.Shown()} should have {Bytes} bytes and has {bytes}");
    }
}
