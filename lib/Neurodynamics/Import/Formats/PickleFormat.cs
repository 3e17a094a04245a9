namespace Neurodynamics.Import;

/// <summary>A pickle outside a zip archive: PyTorch before 1.6, or a Python object.</summary>
internal sealed class PickleFormat() : RefusedFormat(
    "is a pickle in PyTorch's old format or of a whole Python object, but a zip state_dict was expected: "
    + $"load it in PyTorch 1.6 or newer and save it with {PyTorchZipFormat.SaveAdvice}")
{
    public override string Name => "Python pickle";

    // The opcode PROTO and a protocol. The length at the start of a safetensors file can look like these.
    public override bool Matches(OpenFile file) => !SafetensorsFormat.Fits(file)
        && Enumerable.Range(1, 5).Any(protocol => file.StartsWith([0x80, (byte)protocol]));
}
