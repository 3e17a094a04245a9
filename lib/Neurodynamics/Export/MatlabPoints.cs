using System.Runtime.InteropServices;
using System.Text;
using Neurodynamics.Import;

namespace Neurodynamics.Export;

/// <summary>
/// MATLAB's .mat of version 5, which Octave and SciPy read too: an array for each variable, column by column, vectors
/// as columns.
/// </summary>
internal sealed class MatlabPoints : PointFormat
{
    private const int TextBytes = 124, Version = 0x0100;

    public override string Ending => ".mat";

    public override void Write(IReadOnlyList<SourceArray> arrays, Stream stream)
    {
        stream.Write(Encoding.ASCII.GetBytes($"{MatlabFormat.Start}ile of fixed points".PadRight(TextBytes - 8)));
        stream.Write([.. new byte[8], .. BitConverter.GetBytes((short)Version), .. "IM"u8]);
        foreach (var array in arrays)
        {
            byte[] variable = Variable(array);
            stream.Write(Tag(MatlabElements.Matrix, variable.Length));
            stream.Write(variable);
        }
    }

    private static byte[] Variable(SourceArray array)
    {
        bool isComplex = array.Type == "complex128", isFlag = array.Type == "bool";
        int[] shape = isComplex ? [.. array.Shape.SkipLast(1)] : [.. array.Shape];
        // Of a boolean the class is that of its bytes.
        var (type, kind) = array.Type switch
        {
            "bool" => (MatlabElements.TypeOf("uint8"), MatlabElements.ClassOf("uint8")),
            "int64" => (MatlabElements.TypeOf("int64"), MatlabElements.ClassOf("int64")),
            _ => (MatlabElements.TypeOf("float64"), MatlabElements.ClassOf("float64")),
        };
        int flags = kind | (isFlag ? MatlabElements.Logical : 0) | (isComplex ? MatlabElements.Complex : 0);
        int[] dimensions = shape.Length == 1 ? [shape[0], 1] : shape;
        using var stream = new MemoryStream();
        Element(MatlabElements.TypeOf("uint32"), MemoryMarshal.AsBytes<int>([flags, 0]));
        Element(MatlabElements.TypeOf("int32"), MemoryMarshal.AsBytes<int>(dimensions));
        Element(MatlabElements.TypeOf("int8"), Encoding.ASCII.GetBytes(array.Name));
        foreach (double[] part in isComplex ? new[] { Every(0), Every(1) } : [array.Values])
        {
            double[] values = Elements.ByColumns(part, shape);
            Element(type, array.Type switch
            {
                "bool" => [.. values.Select(value => (byte)value)],
                "int64" => MemoryMarshal.AsBytes<long>([.. values.Select(value => (long)value)]),
                _ => MemoryMarshal.AsBytes<double>(values),
            });
        }
        return stream.ToArray();

        double[] Every(int first) => [.. array.Values.Where((_, i) => i % 2 == first)];

        void Element(int of, ReadOnlySpan<byte> bytes)
        {
            stream.Write(Tag(of, bytes.Length));
            stream.Write(bytes);
            stream.Write(new byte[(8 - bytes.Length % 8) % 8]);
        }
    }

    private static byte[] Tag(int type, int bytes) => [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(bytes)];
}
