using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Neurodynamics.Import;

namespace Neurodynamics.Tests.Import;

/// <summary>Writes NumPy's format byte by byte, so that the reader is not checked against itself.</summary>
internal static class Npz
{
    /// <summary>
    /// An .npy whose elements are written in the order given, which for Fortran order is column by column.
    /// </summary>
    public static byte[] Array(string descr, bool fortran, int[] shape, byte[] elements, int version = 1)
    {
        string lengths = string.Concat(shape.Select(length => $"{length}, "));
        string order = fortran ? "True" : "False";
        string head = $"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({lengths}), }}";
        int start = version == 1 ? 10 : 12;
        head = head.PadRight((start + head.Length + 64) / 64 * 64 - start - 1) + "\n";
        byte[] length = new byte[version == 1 ? 2 : 4];
        if (version == 1) BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)head.Length);
        else BinaryPrimitives.WriteInt32LittleEndian(length, head.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.ASCII.GetBytes(head), .. elements];
    }

    public static byte[] Float32(int[] shape, params IEnumerable<double> values) =>
        Array("<f4", false, shape, [.. values.SelectMany(value => BitConverter.GetBytes((float)value))]);

    /// <summary>An archive of arrays in float64.</summary>
    public static byte[] Doubles(params IEnumerable<SourceArray> arrays) =>
        Archive([.. arrays.Select(array => (array.Name, Array("<f8", false, [.. array.Shape],
            [.. array.Values.SelectMany(BitConverter.GetBytes)])))]);

    public static byte[] Archive(params (string Name, byte[] Array)[] arrays)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
            foreach (var (name, array) in arrays)
            {
                using var entry = zip.CreateEntry(name + ".npy").Open();
                entry.Write(array);
            }
        return stream.ToArray();
    }

    /// <summary>A GRU of 2 inputs and 3 units with small weights, under a prefix.</summary>
    public static (string Name, byte[] Array)[] Gru(string prefix = "", int gates = 3, string suffix = "_l0") =>
    [
        ($"{prefix}weight_ih{suffix}", Ramp(gates * 3, 2)),
        ($"{prefix}weight_hh{suffix}", Ramp(gates * 3, 3)),
        ($"{prefix}bias_ih{suffix}", Ramp(gates * 3)),
        ($"{prefix}bias_hh{suffix}", Ramp(gates * 3)),
    ];

    /// <summary>0.01, 0.02, ...</summary>
    public static byte[] Ramp(params int[] shape)
    {
        int count = shape.Aggregate(1, (product, length) => product * length);
        return Float32(shape, Enumerable.Range(1, count).Select(i => 0.01 * i));
    }
}
