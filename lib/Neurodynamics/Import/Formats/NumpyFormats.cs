using System.Numerics;
using NumSharp;

namespace Neurodynamics.Import;

/// <summary>
/// NumPy's .npz: a zip archive of .npy files. NumSharp takes care of Fortran order, byte order and half precision.
/// </summary>
internal sealed class NumpyArchiveFormat : FileFormat
{
    public override string Name => "NumPy .npz file";

    public override bool Matches(OpenFile file) => file.HasEntry(".npy");

    public override FileContent Read(OpenFile file)
    {
        using var archive = np.load_npz(file.Path);
        List<SourceArray> arrays = [];
        List<string> unread = [];
        foreach (string name in archive.Keys)
        {
            NDArray? array = null;
            try
            {
                array = archive.IsArray(name + ".npy") || archive.IsArray(name) ? archive[name] : null;
            }
            catch (Exception error) when (
                error is NotSupportedException || error.Message.Contains("allow_pickle", StringComparison.Ordinal))
            {
                // Text, dates or Python objects beside the weights are no reason to refuse the file.
            }
            if (array is null) unread.Add(name);
            else using (array) arrays.Add(NumpyArrayFormat.Convert(name, array));
        }
        return new(arrays, unread);
    }
}

/// <summary>NumPy's .npy: one array, which has the name of the file.</summary>
internal sealed class NumpyArrayFormat : FileFormat
{
    public override string Name => "NumPy .npy file";

    public override bool Matches(OpenFile file) => file.StartsWith([0x93, .. "NUMPY"u8]);

    public override FileContent Read(OpenFile file)
    {
        using var array = np.load_npy(file.Stream, false);
        return new([Convert(Path.GetFileNameWithoutExtension(file.Path), array)], []);
    }

    internal static SourceArray Convert(string name, NDArray array)
    {
        int[] shape = [.. array.shape.Select(length => checked((int)length))];
        if (array.dtype == typeof(Complex))
        {
            var parts = array.ToArray<Complex>().SelectMany(value => new[] { value.Real, value.Imaginary });
            return new(name, "complex128", [.. shape, 2], [.. parts]);
        }
        string type = array.dtype.Name switch
        {
            "Half" => "float16",
            "Single" => "float32",
            "Double" => "float64",
            "Boolean" => "bool",
            "Byte" => "uint8",
            "SByte" => "int8",
            var other => other.ToLowerInvariant(),
        };
        using var values = array.astype(typeof(double));
        return new(name, type, shape, values.ToArray<double>());
    }
}
