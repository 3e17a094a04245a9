namespace Neurodynamics.Import;

/// <summary>A program that TorchScript compiled.</summary>
internal sealed class TorchScriptFormat() : RefusedFormat(
    "is a TorchScript program, which is never run unasked, but a state_dict was expected: save it with "
    + $"{PyTorchZipFormat.SaveAdvice}, or load its step with {nameof(TorchScriptCell)}.{nameof(TorchScriptCell.Load)}")
{
    /// <summary>The entry that only a program has, beside those of a state_dict.</summary>
    public const string Mark = "constants.pkl";

    public override string Name => "TorchScript program";

    public override bool Matches(OpenFile file) => file.HasEntry(Mark);
}
