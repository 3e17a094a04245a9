using System.Numerics;
using NumSharp;
using NumSharp.IO;

namespace Neurodynamics.Import;

/// <summary>NumPy's .npz and .npy, through NumSharp: Fortran order, byte order and half precision are its work.</summary>
internal static class NumpyReader
{
    public static ArrayContent ReadArchive(string path)
    {
        using NpzFile archive = np.load_npz(path);
        List<SourceArray> arrays = [];
        List<string> unread = [];
        foreach (string name in archive.Keys)
        {
            NDArray? array = null;
            try
            {
                array = archive.IsArray(name + ".npy") || archive.IsArray(name) ? archive[name] : null;
            }
            catch (Exception error) when (error is NotSupportedException || error.Message.Contains("allow_pickle", StringComparison.Ordinal))
            {
                // Text, dates or Python objects beside the weights are no reason to refuse the file.
            }
            if (array is null) unread.Add(name);
            else using (array) arrays.Add(Convert(name, array));
        }
        return new(arrays, unread);
    }

    public static ArrayContent ReadArray(Stream stream, string name)
    {
        using NDArray array = np.load_npy(stream, false);
        return new([Convert(name, array)], []);
    }

    private static SourceArray Convert(string name, NDArray array)
    {
        int[] shape = [.. array.shape.Select(length => checked((int)length))];
        if (array.dtype == typeof(Complex))
            return new(name, "complex128", [.. shape, 2], [.. array.ToArray<Complex>().SelectMany(value => new[] { value.Real, value.Imaginary })]);
        string type = array.dtype.Name switch { "Half" => "float16", "Single" => "float32", "Double" => "float64", "Boolean" => "bool", "Byte" => "uint8", "SByte" => "int8", var other => other.ToLowerInvariant() };
        using NDArray values = array.astype(typeof(double));
        return new(name, type, shape, values.ToArray<double>());
    }
}
