namespace Neurodynamics.Import;

/// <summary>ONNX: a graph in Google's protocol buffers, with the weights somewhere in it.</summary>
internal sealed class OnnxFormat() : RefusedFormat(
    "is an ONNX graph, but a file of arrays was expected: save it with `g = onnx.load(\"network.onnx\").graph; "
    + "np.savez(\"network.npz\", **{t.name: onnx.numpy_helper.to_array(t) for t in g.initializer})`")
{
    public override string Name => "ONNX graph";

    // The first field is the version of the format; the producer's name, the opset or the graph follows.
    public override bool Matches(OpenFile file) => Enumerable.Range(1, 20).Any(version =>
        new byte[] { 0x12, 0x1A, 0x3A, 0x42 }.Any(next => file.StartsWith([0x08, (byte)version, next])));
}
