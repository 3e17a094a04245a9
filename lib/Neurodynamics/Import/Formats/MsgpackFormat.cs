namespace Neurodynamics.Import;

/// <summary>Flax's checkpoints: MessagePack with the arrays in extensions of Flax's own.</summary>
internal sealed class MsgpackFormat() : RefusedFormat(
    "is a Flax checkpoint (MessagePack), but one file of arrays was expected: save it with "
    + "`p = flax.serialization.msgpack_restore(open(FILE, \"rb\").read()); "
    + "np.savez(\"network.npz\", **flax.traverse_util.flatten_dict(p, sep=\"/\"))`")
{
    public override string Name => "Flax checkpoint";

    // A map of few or many entries, whose first key is text.
    public override bool Matches(OpenFile file) => !SafetensorsFormat.Fits(file)
        && (Enumerable.Range(0x81, 15).Any(map => IsText(file, 1) && file.StartsWith([(byte)map]))
            || file.StartsWith([0xDE]) && IsText(file, 3) || file.StartsWith([0xDF]) && IsText(file, 5));

    private static bool IsText(OpenFile file, int at) => file.StartsWith([0xD9], at)
        || Enumerable.Range(0xA1, 31).Any(text => file.StartsWith([(byte)text], at));
}
