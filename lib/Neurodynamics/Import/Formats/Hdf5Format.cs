using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using PureHDF;
using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace Neurodynamics.Import;

/// <summary>
/// HDF5, through PureHDF: every dataset of numbers by its path, and the description that Keras 2 adds.
/// </summary>
internal sealed class Hdf5Format : FileFormat
{
    static Hdf5Format() => H5Filter.Register(new BoundedDeflate());

    public override string Name => "HDF5 .h5 file";

    public override bool Matches(OpenFile file) => file.StartsWith([0x89, .. "HDF\r\n"u8]);

    public override FileContent Read(OpenFile file) => Read(file, again => again.Stream);

    /// <summary>Lists the arrays.</summary>
    /// <param name="file">The file.</param>
    /// <param name="open">What is HDF5 of a file, now and when an array is read.</param>
    /// <param name="begin">Where in it HDF5 begins, after what another program wrote for itself.</param>
    internal static FileContent Read(OpenFile file, Func<OpenFile, Stream> open, int begin = 0)
    {
        using var tree = Open(open(file), begin);
        if (Hdf5Links.Of(tree).Any(link => link.Found?.AttributeExists("OCTAVE_NEW_FORMAT") == true))
            throw new ImportException(
                $"{file.Path} is HDF5 in Octave's own form, but a plain tree of arrays was expected: save it in Octave "
                + "with `save('-v7', 'network.mat')`.");
        List<SourceArray> arrays = [];
        List<string> unread = [];
        foreach (var (path, found) in Objects(tree))
        {
            if (found is not NativeDataset dataset || Type(dataset) is not { } type)
            {
                unread.Add(path);
                continue;
            }
            int[] shape = SourceArray.ShapeOf(path, dataset.Space.Dimensions.Select(length => (long)length));
            arrays.Add(file.Later(path, type, shape, again =>
            {
                if (shape.Contains(0)) return [];
                using var tree = Open(open(again), begin);
                return Values((NativeDataset)Objects(tree).First(other => other.Path == path).Found!, path, type);
            }));
        }
        return new(arrays, unread)
        {
            Configuration = tree.AttributeExists("model_config")
                ? Description.Parse(Encoding.UTF8.GetBytes(tree.Attribute("model_config").Read<string>())) : null,
        };
    }

    private static NativeFile Open(Stream stream, int begin)
    {
        RequireWhole(stream, begin);
        return H5File.Open(new PartOfStream(stream, 0, stream.Length), leaveOpen: true);
    }

    /// <summary>
    /// Every object by its path, in the order of the file. Links to other places are not followed: null stands for
    /// them.
    /// </summary>
    private static IEnumerable<(string Path, IH5Object? Found)> Objects(NativeFile file)
    {
        var steps = new Steps();
        return Under(file, "", 0);

        IEnumerable<(string, IH5Object?)> Under(NativeGroup group, string folder, int depth)
        {
            var names = new HashSet<string>();
            foreach (var (name, found) in Hdf5Links.Of(group))
            {
                string path = folder + name;
                steps.Take(path, depth);
                if (!names.Add(name)) throw new InvalidDataException($"{path.Shown()} is there twice");
                if (found is NativeGroup inner)
                    foreach (var further in Under(inner, path + "/", depth + 1)) yield return further;
                else yield return (path, found);
            }
        }
    }

    /// <summary>
    /// Refuses a file that is shorter than its superblock says. PureHDF does not check, and reads zeros where the end
    /// is missing.
    /// </summary>
    private static void RequireWhole(Stream stream, int begin)
    {
        Span<byte> superblock = stackalloc byte[52];
        stream.Position = begin;
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

    /// <summary>
    /// NumPy's name of the precision; null where the dataset holds no numbers, or not in this file, or in MATLAB's way
    /// only the shape of an empty array.
    /// </summary>
    private static string? Type(NativeDataset dataset) =>
        dataset.Space.Type == H5DataspaceType.Null || Hdf5Links.IsElsewhere(dataset)
        || dataset.AttributeExists("MATLAB_empty") ? null
        : (dataset.Type.Class, dataset.Type.Size) switch
        {
            (H5DataTypeClass.FloatingPoint, 2) => "float16",
            (H5DataTypeClass.FloatingPoint, 4) => "float32",
            (H5DataTypeClass.FloatingPoint, 8) => "float64",
            (H5DataTypeClass.FixedPoint, 4) => "int32",
            (H5DataTypeClass.FixedPoint, 8) => "int64",
            _ => null,
        };

    private static double[] Values(NativeDataset dataset, string path, string type)
    {
        var access = Access(dataset, path);
        return type switch
        {
            "float16" => Values<Half>(),
            "float32" => Values<float>(),
            "float64" => Values<double>(),
            "int32" => Values<int>(),
            _ => Values<long>(),
        };

        double[] Values<T>() where T : unmanaged, INumberBase<T> =>
            [.. (dataset.Space.Dimensions.Length == 0 ? [dataset.Read<T>(access)] : Elements<T>())
                .Select(double.CreateChecked)];

        T[] Elements<T>() where T : unmanaged
        {
            try
            {
                return dataset.Read<T[]>(access);
            }
            catch (Exception error) when (error.Message.StartsWith("Byte order conversion", StringComparison.Ordinal))
            {
                // The library leaves the other byte order to its caller; only this sentence says so.
                byte[] bytes = dataset.Read<byte[]>(access);
                for (int i = 0; i < bytes.Length; i += dataset.Type.Size) bytes.AsSpan(i, dataset.Type.Size).Reverse();
                return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
            }
        }
    }

    /// <summary>
    /// Keeps all chunks of an array while PureHDF goes through its rows: what it drops it inflates again for the next.
    /// </summary>
    private static H5DatasetAccess Access(NativeDataset dataset, string path)
    {
        if (dataset.Layout.Class != H5DataLayoutClass.Chunked) return default;
        ulong count = 1, parts = 1, values = 1;
        foreach (var (length, chunk) in dataset.Space.Dimensions.Zip(dataset.Layout.Chunks))
        {
            ulong along = length / chunk + (length % chunk > 0 ? 1UL : 0);
            (count, parts, values) = checked((count * along, values * along, values * along * chunk));
        }
        RequireAtMost(Limits.Chunks, count, "chunks");
        RequireAtMost(Limits.Parts, parts, "parts of rows");
        RequireAtMost(Limits.ArrayBytes / sizeof(double), values, "values in chunks");
        return new(ChunkCache: new SimpleReadingChunkCache((int)count, values * (ulong)dataset.Type.Size));

        void RequireAtMost(long most, ulong there, string what)
        {
            if (there > (ulong)most)
                throw new InvalidDataException($"{path.Shown(30)} should have at most {most} {what} and has {there}");
        }
    }
}
