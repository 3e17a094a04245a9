using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Neurodynamics.Import;

namespace Neurodynamics.Export;

/// <summary>NumPy's .npz: a zip archive of .npy files of version 1.</summary>
internal sealed class NumpyPoints : PointFormat
{
    private const int Alignment = 64, Start = 10;

    public override string Ending => ".npz";

    public override void Write(IReadOnlyList<SourceArray> arrays, Stream stream)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var array in arrays)
        {
            var entry = zip.CreateEntry($"{array.Name}.npy", CompressionLevel.Fastest);
            // The same points give the same bytes.
            entry.LastWriteTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var content = entry.Open();
            Write(array, content);
        }
    }

    private static void Write(SourceArray array, Stream stream)
    {
        var shape = array.Type == "complex128" ? array.Shape.SkipLast(1) : array.Shape;
        string code = array.Type == "bool" ? "|b1" : $"<{NpyHeader.CodeOf(array.Type)}";
        string lengths = string.Concat(shape.Select(length => FormattableString.Invariant($"{length}, ")));
        string text = $"{{'descr': '{code}', 'fortran_order': False, 'shape': ({lengths.TrimEnd()}), }}";
        int whole = (Start + text.Length + Alignment) / Alignment * Alignment;
        stream.Write([.. NpyHeader.Magic, 1, 0, .. BitConverter.GetBytes((ushort)(whole - Start)),
            .. Encoding.ASCII.GetBytes(text.PadRight(whole - Start - 1) + "\n")]);
        stream.Write(array.Type switch
        {
            "bool" => [.. array.Values.Select(value => (byte)value)],
            "int64" => MemoryMarshal.AsBytes<long>([.. array.Values.Select(value => (long)value)]),
            _ => MemoryMarshal.AsBytes<double>(array.Values),
        });
    }
}
