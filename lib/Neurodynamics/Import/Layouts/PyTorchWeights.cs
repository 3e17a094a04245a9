namespace Neurodynamics.Import;

/// <summary>A weight or bias of a layer, as it is or computed from what the file has in its place.</summary>
/// <param name="Value">The weight, under the name that it has in a plain layer.</param>
/// <param name="Used">The arrays that it was made of.</param>
/// <param name="Copies">Arrays that hold what it was at some step of training, and are not used.</param>
/// <param name="Assumption">What was assumed, if anything.</param>
internal sealed record PyTorchWeight(
    SourceArray Value, IReadOnlyList<SourceArray> Used, IReadOnlyList<SourceArray> Copies, string? Assumption = null);

/// <summary>
/// The weights of PyTorch's layers, also where weight drop, weight_norm, pruning or a parametrisation stands between
/// them and what is saved.
/// </summary>
internal static class PyTorchWeights
{
    /// <summary>What names in a layer begin with, where a module is put around it.</summary>
    public const string Inner = "module.";

    /// <summary>A weight; null where there is none under that name.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What the names of the layer begin with.</param>
    /// <param name="name">The name of the weight in it, such as "weight_hh_l0".</param>
    /// <exception cref="ImportException">It is made from others in a way that only its own code can follow.</exception>
    public static PyTorchWeight? Find(ArrayFile file, string prefix, string name)
    {
        string whole = prefix + name;
        SourceArray[] copies = file.Find(whole) is { } plain ? [plain] : [];
        // Weight drop keeps them in the module around the layer, or in the layer.
        string outer = prefix.EndsWith(Inner, StringComparison.Ordinal) ? prefix[..^Inner.Length] : prefix;
        if ((file.Find(outer + name + "_raw") ?? file.Find(whole + "_raw")) is { } raw)
            return new(Named(whole, raw), [raw], copies,
                $"{raw.Name.Shown()} is taken for the weights, as weight drop leaves them for evaluation"
                + (copies.Length > 0 ? ", and not its copy with entries dropped." : "."));

        string parts = $"{prefix}parametrizations.{name}.original";
        if ((file.Find(whole + "_g") ?? file.Find(parts + "0")) is { } lengths
            && (file.Find(whole + "_v") ?? file.Find(parts + "1")) is { } directions)
            return Normed(file, whole, lengths, directions, copies);
        if (file.Find(whole + "_orig") is { } original)
            return file.Find(whole + "_mask") is { } mask ? Pruned(file, whole, original, mask, copies)
                : throw file.Refusal(
                    $"{original.Name.Shown()} is what a norm makes {name.Shown()} from, but weights were expected: "
                    + $"call `torch.nn.utils.remove_spectral_norm(layer, \"{name}\")`, and save again");
        if ((file.Find(parts) ?? file.Find(parts + "0")) is { } parametrised)
            throw file.Refusal(
                $"{parametrised.Name.Shown()} is what a parametrisation makes {name.Shown()} from, but weights were "
                + $"expected: call `torch.nn.utils.parametrize.remove_parametrizations(layer, \"{name}\")`, and save "
                + "again");
        return copies.Length > 0 ? new(copies[0], copies, []) : null;
    }

    private static SourceArray Named(string name, SourceArray array) =>
        new(name, array.Type, array.Shape, () => array.Values);

    /// <summary>weight_norm: each row v is scaled to the length g.</summary>
    private static PyTorchWeight Normed(
        ArrayFile file, string name, SourceArray lengths, SourceArray directions, SourceArray[] copies)
    {
        int rows = directions.Shape.FirstOrDefault();
        if (directions.Shape.Count == 0
            || !lengths.HasShape([rows, .. Enumerable.Repeat(1, directions.Shape.Count - 1)]))
            throw file.Refusal(
                $"{lengths.Name.Shown()} has the shape {lengths.ShapeText} beside {directions.ShapeText}, but a length "
                + "for each row was expected, as of weight_norm with dim=0: remove it from the layer, and save again");
        var normed = new SourceArray(name, directions.Type, directions.Shape, () =>
        {
            var (g, v) = (lengths.Values, directions.Values);
            int width = rows == 0 ? 0 : v.Length / rows;
            return [.. v.Chunk(Math.Max(1, width)).SelectMany((row, i) =>
            {
                double norm = Math.Sqrt(row.Sum(value => value * value));
                return row.Select(value => g[i] * value / norm);
            })];
        });
        return new(normed, [lengths, directions], copies,
            $"{name.Shown()} is computed from {lengths.Name.Shown()} and {directions.Name.Shown()} as weight_norm "
            + "does: each row of the second, scaled to the length in the first.");
    }

    /// <summary>Pruning: the weights, times a mask of zeros and ones.</summary>
    private static PyTorchWeight Pruned(
        ArrayFile file, string name, SourceArray original, SourceArray mask, SourceArray[] copies) =>
        mask.HasShape(original.Shape)
            ? new(
                new(name, original.Type, original.Shape,
                    () => [.. original.Values.Zip(mask.Values, (value, kept) => value * kept)]),
                [original, mask], copies)
            : throw file.Refusal(
                $"{mask.Name.Shown()} has the shape {mask.ShapeText}, but {original.ShapeText} of "
                + $"{original.Name.Shown()} was expected: prune it again, and save both");
}
