using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>Hugging Face's safetensors, through PyBridge.</summary>
internal sealed class SafetensorsFormat : FileFormat
{
    public override string Name => "safetensors file";

    public override bool Matches(OpenFile file) => Fits(file);

    /// <summary>Eight bytes of header length, then JSON.</summary>
    public static bool Fits(OpenFile file) => file.StartsWith("{"u8, at: 8);

    public override FileContent Read(OpenFile file)
    {
        using var scope = NewDisposeScope();
        var tensors = Safetensors.LoadStateDict(file.Stream, leaveOpen: true);
        return new([.. tensors.Select(pair => Convert(pair.Key, pair.Value))], []);
    }

    private static SourceArray Convert(string name, Tensor tensor)
    {
        string type = tensor.dtype == ScalarType.Byte ? "uint8" : tensor.dtype.ToString().ToLowerInvariant();
        return new(name, type, [.. tensor.shape.Select(length => checked((int)length))], tensor.ToVector());
    }
}
