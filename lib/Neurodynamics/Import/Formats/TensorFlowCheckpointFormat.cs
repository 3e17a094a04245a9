namespace Neurodynamics.Import;

/// <summary>A part of a checkpoint of TensorFlow, which only TensorFlow puts together.</summary>
internal sealed class TensorFlowCheckpointFormat() : RefusedFormat($"is part of a TensorFlow checkpoint, but {Remedy}")
{
    /// <summary>What was expected and what to do.</summary>
    public const string Remedy = "one file of arrays was expected: save it with `r = tf.train.load_checkpoint(FOLDER); "
        + "np.savez(\"network.npz\", **{n: r.get_tensor(n) for n in r.get_variable_to_shape_map()})`";

    // The index is a table that ends in this.
    private static readonly byte[] IndexEnd = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB];

    public override string Name => "TensorFlow checkpoint";

    public override bool Matches(OpenFile file)
    {
        string name = Path.GetFileName(file.Path), end = Path.GetExtension(name);
        if (file.StartsWith("model_checkpoint"u8)) return true;
        if (EndsLikeIndex(file.Stream)) return true;
        // The numbers have no beginning of their own, and the graph is of Google's protocol buffers.
        return name.Contains(".data-0", StringComparison.Ordinal) && name.Contains("-of-0", StringComparison.Ordinal)
            || end == ".meta" && file.StartsWith([0x0A]) || end == ".pb" && file.StartsWith([0x08]);
    }

    private static bool EndsLikeIndex(Stream stream)
    {
        if (stream.Length < IndexEnd.Length) return false;
        byte[] end = new byte[IndexEnd.Length];
        stream.Position = stream.Length - end.Length;
        stream.ReadExactly(end);
        stream.Position = 0;
        return end.AsSpan().SequenceEqual(IndexEnd);
    }
}
