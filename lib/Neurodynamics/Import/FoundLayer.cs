using Neurodynamics.Models;

namespace Neurodynamics.Import;

/// <summary>A recurrent layer in PyTorch's layout: weights [G N, I] and [G N, N], biases [G N], rows in PyTorch's gate order.</summary>
internal sealed record FoundLayer(string Name, Architecture Architecture, int Inputs, int Units, double[] WeightIh, double[] WeightHh, double[] BiasIh, double[] BiasHh)
{
    /// <summary>The arrays of the file that it took.</summary>
    public required IReadOnlyList<SourceArray> Used { get; init; }

    /// <summary>What had to be assumed, in sentences.</summary>
    public IReadOnlyList<string> Assumptions { get; init; } = [];
}

/// <summary>A linear readout: weight [K, N], bias [K], and what the source applies to the logits.</summary>
internal sealed record FoundReadout(int Channels, double[] Weight, double[] Bias, Activation Activation, IReadOnlyList<SourceArray> Used)
{
    /// <summary>What had to be assumed, in sentences.</summary>
    public IReadOnlyList<string> Assumptions { get; init; } = [];
}

/// <summary>Finds layer and readout in files whose arrays have one framework's names.</summary>
internal abstract class LayerFinder(ArrayFile file, ImportOptions options)
{
    protected ArrayFile File { get; } = file;

    protected ImportOptions Options { get; } = options;

    public abstract FoundLayer Layer();

    /// <summary>The readout, or null where no linear layer reads the units.</summary>
    public abstract FoundReadout? Readout(FoundLayer layer);

    /// <summary>G, told by the weights' shapes.</summary>
    protected int Gates(string name, string shapes, int gatedRows, int recurrentRows, int units)
    {
        int gates = units > 0 && recurrentRows % units == 0 ? recurrentRows / units : 0;
        if (gates is not (1 or 3 or 4) || gatedRows != recurrentRows)
            throw Refusal($"the weights of {name} have the shapes {shapes}, but 1, 3 or 4 gates of N units were expected, the same for inputs and units: export a plain RNN, GRU or LSTM layer");
        return gates;
    }

    /// <summary>The cell asked for, if it has that many gates; otherwise the usual one.</summary>
    protected Architecture Choose(string name, int gates, Architecture usual)
    {
        if (Options.Architecture is not { } asked) return usual;
        using var example = RecurrentCell.Create(asked, 1, 1);
        if (example.WeightHh.shape[0] != gates)
            throw Refusal($"{name} has {gates} gates, but {asked}, which was asked for, has {example.WeightHh.shape[0]}: name another architecture, or none");
        return asked;
    }

    /// <summary>The one that is meant.</summary>
    protected T Only<T>(IReadOnlyList<T> candidates, Func<T, string> name, string? asked, string what, string option)
    {
        string Names() => ArrayFile.Listed(candidates.Select(name));
        if (asked is null)
            return candidates.Count == 1 ? candidates[0]
                : throw Refusal($"it holds {candidates.Count} {what} ({Names()}), but one was expected: name it in {nameof(ImportOptions)}.{option}");
        var named = candidates.Where(candidate => IsNamed(name(candidate), asked)).ToList();
        return named.Count == 1 ? named[0]
            : throw Refusal($"{named.Count} {what} are called {asked}, but one was expected among {Names()}: name one of these in {nameof(ImportOptions)}.{option}");
    }

    /// <summary>Whether a name is the one asked for, with or without what a framework puts around it.</summary>
    private static bool IsNamed(string name, string asked)
    {
        asked = asked.TrimEnd('.', '/', '_');
        return name == asked || name.EndsWith("/" + asked, StringComparison.Ordinal) || name.StartsWith(asked + "/", StringComparison.Ordinal) || name.StartsWith(asked + ".", StringComparison.Ordinal);
    }

    protected ImportException Refusal(string sentence) => new($"{File.Path}: {sentence}.");

    protected void RequireNumbers(IEnumerable<SourceArray> arrays)
    {
        foreach (var array in arrays)
        {
            if (!array.IsFloating)
                throw Refusal($"{array.Name} holds {array.Type}, but weights in floating point were expected: export them as float32 or float64");
            int place = Array.FindIndex(array.Values, value => !double.IsFinite(value));
            if (place >= 0)
                throw Refusal($"{array.Name} holds {array.Values[place].ToString(System.Globalization.CultureInfo.InvariantCulture)} at position {place}, but finite weights were expected: train or export the network again");
        }
    }
}
