using System.IO.Compression;
using System.Text.Json;
using PureHDF;

namespace Neurodynamics.Tests.Import;

/// <summary>One array by its path.</summary>
internal sealed record KerasArray(string Path, int[] Shape, params double[] Values);

/// <summary>Writes Keras' files: arrays by path, and the model's description.</summary>
internal static class KerasFile
{
    /// <summary>Keras 2: model_weights/LAYER/LAYER/CELL/kernel:0 ..., the description in an attribute.</summary>
    public static byte[] Two(IEnumerable<KerasArray> arrays, object? config)
    {
        var file = Tree(arrays.Select(array => array with { Path = "model_weights/" + array.Path }));
        file.Attributes["keras_version"] = "2.11.0";
        if (config is not null) file.Attributes["model_config"] = JsonSerializer.Serialize(config);
        return Bytes(file);
    }

    /// <summary>The weights of Keras 3: layers/CLASS/cell/vars/0 ...</summary>
    public static byte[] Weights(IEnumerable<KerasArray> arrays) => Bytes(Tree(arrays));

    /// <summary>Keras 3: a zip of the description and the weights.</summary>
    public static byte[] Three(IEnumerable<KerasArray> arrays, object config)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            void Entry(string name, byte[] bytes)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(bytes);
            }
            Entry("metadata.json", """{"keras_version": "3.5.0"}"""u8.ToArray());
            Entry("config.json", JsonSerializer.SerializeToUtf8Bytes(config));
            Entry("model.weights.h5", Weights(arrays));
        }
        return stream.ToArray();
    }

    /// <summary>A Sequential model's description.</summary>
    public static object Model(params (string Class, object Config)[] layers) => new
    {
        class_name = "Sequential",
        config = new
        {
            name = "sequential",
            layers = layers.Select(layer => new { class_name = layer.Class, config = layer.Config }).ToArray(),
        },
    };

    private static H5File Tree(IEnumerable<KerasArray> arrays)
    {
        var file = new H5File();
        foreach (var (path, shape, values) in arrays)
        {
            H5Group group = file;
            string[] steps = path.Split('/');
            foreach (string step in steps[..^1])
            {
                if (!group.TryGetValue(step, out object? inner)) group[step] = inner = new H5Group();
                group = (H5Group)inner;
            }
            float[] elements = [.. values.Select(value => (float)value)];
            group[steps[^1]] = new H5Dataset(elements, fileDims: [.. shape.Select(length => (ulong)length)]);
        }
        return file;
    }

    private static byte[] Bytes(H5File file)
    {
        using var stream = new MemoryStream();
        file.Write(stream);
        return stream.ToArray();
    }
}
