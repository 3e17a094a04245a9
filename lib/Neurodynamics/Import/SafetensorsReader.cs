using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>Hugging Face's safetensors, through PyBridge.</summary>
internal static class SafetensorsReader
{
    public static ArrayContent Read(Stream stream)
    {
        using var scope = NewDisposeScope();
        return new([.. Safetensors.LoadStateDict(stream, leaveOpen: true).Select(pair => Convert(pair.Key, pair.Value))], []);
    }

    private static SourceArray Convert(string name, Tensor tensor)
    {
        string type = tensor.dtype switch { ScalarType.Byte => "uint8", var other => other.ToString().ToLowerInvariant() };
        return new(name, type, [.. tensor.shape.Select(length => checked((int)length))], tensor.ToVector());
    }
}
