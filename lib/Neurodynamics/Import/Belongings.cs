using System.Text.RegularExpressions;

namespace Neurodynamics.Import;

/// <summary>
/// What lies beside a layer's weights and looks as if it belonged to its cell: a leak, a mask, a normalisation, weights
/// before they are changed, a learned start, further cells. A network without it would be another one, so none of it is
/// put aside in silence.
/// </summary>
internal static class Belongings
{
    /// <summary>A kind of belonging: names that have it, and what it is and what to do.</summary>
    private sealed record Kind(Regex Names, string Sentence);

    private static readonly Kind[] Kinds =
    [
        new(Raw(), "is what the weights beside it are computed from (weight drop, pruning, a norm of weights): save "
            + "the weights of evaluation by themselves"),
        new(Normal(), "belongs to a normalisation inside the cell, and none of the library's cells has one: script its "
            + "step for TorchScriptCell.Load, or train without it"),
        new(Leaky(), "looks like the leak or time constant of a rate network, and this convention has none: give "
            + "trials to NetworkFile.LoadByExample, or name the arrays"),
        new(Masked(), "looks like a mask or signs on the weights: give trials to NetworkFile.LoadByExample, or "
            + "multiply them in and save again"),
        new(Started(), "looks like a state before the first step, but has not one value for each state variable: give "
            + "it as start wherever trials are run"),
        new(Further(), "belongs to a further cell of the same layer: save each cell by itself, and join them with "
            + "LayeredCell"),
    ];

    /// <summary>Refuses a file in which something of the cell would be left over.</summary>
    /// <param name="file">The file.</param>
    /// <param name="used">The arrays that made the network.</param>
    /// <param name="options">What the reader says does not belong to the network.</param>
    /// <param name="layer">What the layer's names begin with, where the file holds several layers.</param>
    /// <exception cref="ImportException">
    /// Something is left over, or an array that is to be left out is not there.
    /// </exception>
    public static void Require(
        ArrayFile file, IReadOnlyList<SourceArray> used, ImportOptions options, string layer)
    {
        string option = ImportOptions.NameOf(nameof(ImportOptions.LeaveOut));
        if (options.LeaveOut.FirstOrDefault(name => file.Find(name) is null) is { } missing)
            throw file.Refusal($"{option} names {missing.Shown()}, but there is no array of that name");
        foreach (var array in file.Arrays.Except(used))
        {
            if (!array.Name.StartsWith(layer, StringComparison.Ordinal)) continue;
            if (options.LeaveOut.Contains(array.Name) || IsElsewhere(array)) continue;
            if (Array.Find(Kinds, kind => kind.Names.IsMatch(array.Name)) is not { } kind) continue;
            throw file.Refusal(
                $"{array.Name.Shown()} {kind.Sentence}; to load the rest without it, name it in {option}");
        }
    }

    /// <summary>The one array, of S values, that is named as a learned start is; null where there is none.</summary>
    public static SourceArray? StartIn(
        ArrayFile file, IReadOnlyList<SourceArray> used, ImportOptions options, FoundLayer layer)
    {
        var named = file.Arrays.Except(used).Where(array => Start.IsMatch(array.Name) && !IsElsewhere(array)
            && !options.LeaveOut.Contains(array.Name)).ToList();
        // Most files have none, and then no cell is made to ask for its size.
        if (named.Count == 0) return null;
        using var cell = layer.Build(TorchSharp.torch.ScalarType.Float32);
        named.RemoveAll(array => SourceArray.Count(array.Shape) != cell.StateSize);
        return named is [var one] ? one : null;
    }

    /// <summary>Whether an array is named as a leak or a time constant is.</summary>
    public static bool IsLeak(SourceArray array) => Leak.IsMatch(array.Name);

    /// <summary>Whether an array is an optimiser's or a training framework's.</summary>
    public static bool IsElsewhere(SourceArray array) => Elsewhere.IsMatch(array.Name);

    private const RegexOptions Quick = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase
        | RegexOptions.CultureInvariant;

    private static Regex Segment(string pattern) => new($"(^|[./])({pattern})($|[./:])", Quick);

    private static Regex Raw() => new("_(raw|orig)($|[./:])|(^|[./])parametrizations[./]|[./_]weight_[gv]$", Quick);

    private static Regex Normal() => Segment("ln(_[^./]*)?|layer_?norm[^./]*|[^./]*_layer_?norm");

    private static Regex Leaky() => Segment("alpha|leak|taus?|dt|decay|time_?constants?|one_?minus_?alpha");

    private static Regex Masked() => Segment("(rec_?)?mask|[^./]*_mask|signs?|dale[^./]*|(rec_?)?connectivity");

    private static Regex Started() => Segment("[hxc]_?0|init(ial)?_(state|hidden)s?|latent_ics");

    private static readonly Regex Start = Started();

    private static readonly Regex Leak = Leaky();

    private static Regex Further() => new("/cells/", Quick);

    /// <summary>What an optimiser or a training framework keeps beside the network.</summary>
    private static readonly Regex Elsewhere =
        new("(^|[./])(optim[^./]*|hyper_?parameters|lr_schedulers?|loops|callbacks|ema[^./]*)[./]"
            + "|/(Adam|RMSProp|Momentum)(_[0-9]+)?$", Quick);
}
