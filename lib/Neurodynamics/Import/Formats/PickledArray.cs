using System.Globalization;

namespace Neurodynamics.Import;

/// <summary>An array of NumPy in a pickle, whose bytes are there too.</summary>
/// <param name="Code">NumPy's code of the type, such as "f8".</param>
/// <param name="Shape">Its shape.</param>
/// <param name="BigEndian">Whether the highest byte of a number is the first.</param>
/// <param name="ByColumns">Whether the first index is the fastest.</param>
/// <param name="Bytes">The numbers; null where it holds objects.</param>
/// <param name="Objects">The objects; null where it holds numbers.</param>
internal sealed record PickledArray(
    string Code, int[] Shape, bool BigEndian, bool ByColumns, ReadOnlyMemory<byte>? Bytes,
    IReadOnlyList<object?>? Objects)
{
    /// <summary>The array that an object stands for, if it is one.</summary>
    public static PickledArray? Of(PickledObject thing) => (thing.Maker, thing.Arguments, thing.State) switch
    {
        // A state of (version, shape, type, Fortran order, bytes or a list).
        ("numpy.core.multiarray._reconstruct" or "numpy._core.multiarray._reconstruct", _,
            object?[] and [.., object?[] shape, PickledObject type, bool byColumns, var data]) =>
            Made(type, shape, byColumns, data),
        // Protocol 5: (buffer, type, shape, order).
        ("numpy.core.numeric._frombuffer" or "numpy._core.numeric._frombuffer",
            [var data, PickledObject type, object?[] shape, string order], _) =>
            Made(type, shape, order == "F", data),
        ("numpy.core.multiarray.scalar" or "numpy._core.multiarray.scalar", [PickledObject type, var data], _) =>
            Made(type, [], false, data),
        _ => null,
    };

    private static PickledArray? Made(PickledObject type, object?[] shape, bool byColumns, object? data)
    {
        if (type is not { Maker: "numpy.dtype", Arguments: [string code, ..] }) return null;
        int[] lengths = SourceArray.ShapeOf("an array", shape.Select(length => (long)length!));
        bool bigEndian = type.State is object?[] and [_, ">", ..];
        return code is ['O', ..]
            ? new(code, lengths, bigEndian, byColumns, null, data as IReadOnlyList<object?>)
            : new(code, lengths, bigEndian, byColumns, PickledObject.BytesOf(data), null);
    }

    /// <summary>It as an array of numbers; null where it holds something else.</summary>
    /// <exception cref="InvalidDataException">Its bytes are too few or too many.</exception>
    public SourceArray? In(OpenFile file, string name)
    {
        if (Bytes is not { } bytes || NpyHeader.TypeOf(Code) is not { } type) return null;
        int size = int.Parse(Code[1..], CultureInfo.InvariantCulture);
        bool isComplex = Code[0] == 'c';
        long expected = checked(SourceArray.Count(Shape) * size);
        if (bytes.Length != expected)
            throw new InvalidDataException($"{name.Shown()} should have {expected} bytes and has {bytes.Length}");
        return file.Later(name, type, isComplex ? [.. Shape, 2] : Shape, _ =>
        {
            double[] values = isComplex
                ? Elements.Values(size == 8 ? "float32" : "float64", size / 2, bytes.Span, BigEndian)
                : Elements.Values(type, size, bytes.Span, BigEndian);
            return ByColumns ? Elements.ByRows(values, Shape, isComplex ? 2 : 1) : values;
        });
    }
}
