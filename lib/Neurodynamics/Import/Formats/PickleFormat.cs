namespace Neurodynamics.Import;

/// <summary>Python's pickle of dictionaries, lists and objects with NumPy's arrays in them.</summary>
internal sealed class PickleFormat : FileFormat
{
    private const string Save = "np.savez(\"network.npz\", **arrays)";

    public override string Name => "Python pickle";

    public override bool Matches(OpenFile file) => Pickle.Is(file) && !PyTorchOldFormat.IsOne(file);

    public override FileContent Read(OpenFile file)
    {
        byte[] bytes = new byte[Math.Min(file.Stream.Length, Limits.ArrayBytes)];
        file.Stream.ReadExactly(bytes);
        // It puts arrays between the opcodes, as they are.
        if (bytes.AsSpan().IndexOf("joblib.numpy_pickle"u8) >= 0)
            throw new ImportException(
                $"{file.Path} is a file of joblib, but a plain file of arrays was expected: save it with "
                + $"`arrays = joblib.load(\"network.joblib\"); {Save}`.");
        var pickle = new Unpickler(bytes);
        object? root = pickle.Load();
        if (pickle.Names.FirstOrDefault(name => IsTheano(name.ToString())) is { } theano)
            throw new ImportException(
                $"{file.Path} is a pickle of Theano ({theano.ToString().Shown(40)}), but plain arrays were expected: "
                + $"save them where Theano is with `arrays = {{v.name: v.get_value() for v in params}}; {Save}`.");
        var content = new PickledContent(file, NumpyArrayFormat.Remedy);
        content.Add("", root);
        return content.Content;
    }

    // And what it is called today.
    private static bool IsTheano(string name) => name.Split('.', 2)[0] is "theano" or "aesara" or "pytensor";
}

/// <summary>How pickles begin.</summary>
internal static class Pickle
{
    /// <summary>
    /// Whether a file begins with the opcode PROTO and a protocol. The length at the start of a safetensors file can
    /// look like these.
    /// </summary>
    public static bool Is(OpenFile file) => !SafetensorsFormat.Fits(file)
        && Enumerable.Range(1, 5).Any(protocol => file.StartsWith([0x80, (byte)protocol]));
}
