using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using PureHDF;

namespace Neurodynamics.Import;

/// <summary>
/// HDF5, through PureHDF: every dataset of numbers by its path, and the description that Keras 2 adds.
/// </summary>
internal sealed class Hdf5Format : FileFormat
{
    public override string Name => "HDF5 .h5 file";

    public override bool Matches(OpenFile file) => file.StartsWith([0x89, .. "HDF\r\n"u8]);

    public override FileContent Read(OpenFile file) => Read(file.Stream);

    internal static FileContent Read(Stream stream)
    {
        RequireWhole(stream);
        using var file = H5File.Open(stream, leaveOpen: true);
        List<SourceArray> arrays = [];
        List<string> unread = [];
        Walk(file, "");
        JsonElement? config = file.AttributeExists("model_config")
            ? JsonSerializer.Deserialize<JsonElement>(file.Attribute("model_config").Read<string>())
            : null;
        return new(arrays, unread) { Configuration = config };

        void Walk(IH5Group group, string path)
        {
            foreach (var child in group.Children())
                if (child is IH5Group inner) Walk(inner, $"{path}{child.Name}/");
                else if (child is IH5Dataset dataset && Convert(path + child.Name, dataset) is { } array)
                    arrays.Add(array);
                else unread.Add(path + child.Name);
        }
    }

    /// <summary>
    /// Refuses a file that is shorter than its superblock says. PureHDF does not check, and reads zeros where the end
    /// is missing.
    /// </summary>
    private static void RequireWhole(Stream stream)
    {
        Span<byte> superblock = stackalloc byte[52];
        stream.ReadExactly(superblock[..48]);
        // By the version: the bytes per address, and where the end-of-file address is. Files of today have eight bytes.
        var (size, place) = superblock[8] switch
        {
            0 => (superblock[13], 40),
            1 => (superblock[13], 44),
            _ => (superblock[9], 28),
        };
        if (size == 8)
        {
            stream.ReadExactly(superblock[48..]);
            long end = BinaryPrimitives.ReadInt64LittleEndian(superblock[place..]);
            if (stream.Length < end)
                throw new InvalidDataException($"{end} bytes were written, {stream.Length} are there");
        }
        stream.Position = 0;
    }

    private static SourceArray? Convert(string name, IH5Dataset dataset)
    {
        if (dataset.Space.Type == H5DataspaceType.Null) return null;
        int[] shape = [.. dataset.Space.Dimensions.Select(length => checked((int)length))];
        if (shape.Contains(0)) return new(name, "float64", shape, []);
        (string Type, double[] Values)? read = (dataset.Type.Class, dataset.Type.Size) switch
        {
            (H5DataTypeClass.FloatingPoint, 2) => ("float16", Values<Half>()),
            (H5DataTypeClass.FloatingPoint, 4) => ("float32", Values<float>()),
            (H5DataTypeClass.FloatingPoint, 8) => ("float64", Values<double>()),
            (H5DataTypeClass.FixedPoint, 4) => ("int32", Values<int>()),
            (H5DataTypeClass.FixedPoint, 8) => ("int64", Values<long>()),
            _ => null,
        };
        return read is { } found ? new(name, found.Type, shape, found.Values) : null;

        double[] Values<T>() where T : unmanaged, INumberBase<T> =>
            [.. (shape.Length == 0 ? [dataset.Read<T>()] : Elements<T>()).Select(double.CreateChecked)];

        T[] Elements<T>() where T : unmanaged
        {
            try
            {
                return dataset.Read<T[]>();
            }
            catch (Exception error) when (error.Message.StartsWith("Byte order conversion", StringComparison.Ordinal))
            {
                // The library leaves the other byte order to its caller; only this sentence says so.
                byte[] bytes = dataset.Read<byte[]>();
                for (int i = 0; i < bytes.Length; i += dataset.Type.Size) bytes.AsSpan(i, dataset.Type.Size).Reverse();
                return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
            }
        }
    }
}
