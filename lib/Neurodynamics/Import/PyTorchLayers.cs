using System.Text.RegularExpressions;
using Neurodynamics.Models;

namespace Neurodynamics.Import;

/// <summary>Finds nn.RNN, nn.GRU, nn.LSTM (or their cells) and nn.Linear by PyTorch's names, whatever prefix they have.</summary>
internal sealed partial class PyTorchLayers(ArrayFile file, ImportOptions options) : LayerFinder(file, options)
{
    /// <summary>Whether a file's arrays have PyTorch's names.</summary>
    public static bool Has(ArrayFile file) => file.Arrays.Any(array => Parameter().IsMatch(array.Name));

    // "model.gru." + "weight_ih_l0"; the cells (nn.GRUCell) have no "_l0".
    [GeneratedRegex("^(?<prefix>.*?)weight_(ih|hh)(?<layer>_l0)?$")]
    private static partial Regex Parameter();

    [GeneratedRegex("_l[1-9]")]
    private static partial Regex Deeper();

    private string holder = "";

    public override FoundLayer Layer()
    {
        var places = File.Arrays.Select(array => Parameter().Match(array.Name)).Where(match => match.Success)
            .Select(match => (Prefix: match.Groups["prefix"].Value, Suffix: match.Groups["layer"].Value)).Distinct().ToList();
        if (places.Count == 0)
            throw Refusal(File.HoldsModel is { } model
                ? $"it holds a whole model (class {model}), but a state_dict was expected: save it with {ArrayFile.SaveAdvice}"
                : $"no recurrent layer was found in {ArrayFile.Listed(File.Arrays.Select(array => array.Name))}: expected are PyTorch's names, such as rnn.weight_ih_l0 and rnn.weight_hh_l0, or a Keras file");
        var (prefix, suffix) = Only(places, place => place.Prefix.TrimEnd('.', '/', '_'), Options.Layer, "recurrent layers", nameof(ImportOptions.Layer));
        holder = prefix[..(prefix.LastIndexOf('/') + 1)];

        SourceArray? Get(string name) => File.Arrays.FirstOrDefault(array => array.Name == prefix + name + suffix);
        SourceArray Need(string name) => Get(name)
            ?? throw Refusal($"{prefix}{name}{suffix} is missing, but a recurrent layer has weight_ih, weight_hh and both biases or none: export the whole state_dict");

        var (weightIh, weightHh) = (Need("weight_ih"), Need("weight_hh"));
        // bias=False in PyTorch: neither is there.
        bool biased = Get("bias_ih") is not null || Get("bias_hh") is not null;
        SourceArray[] used = biased ? [weightIh, weightHh, Need("bias_ih"), Need("bias_hh")] : [weightIh, weightHh];

        foreach (var other in File.Arrays.Where(array => array.Name.StartsWith(prefix, StringComparison.Ordinal)).Except(used))
        {
            string rest = other.Name[prefix.Length..];
            if (!rest.StartsWith("weight_", StringComparison.Ordinal) && !rest.StartsWith("bias_", StringComparison.Ordinal)) continue;
            throw Refusal(
                rest.EndsWith("_reverse", StringComparison.Ordinal) ? $"{other.Name} belongs to a bidirectional layer, but a layer of one direction was expected, since only that is a map from state to state: train one with bidirectional=False"
                : Deeper().IsMatch(rest) ? $"{other.Name} belongs to a second layer, but a single layer was expected: train with num_layers=1, or save the layer you want by itself"
                : rest.StartsWith("weight_hr", StringComparison.Ordinal) ? $"{other.Name} projects the units (proj_size), but a plain LSTM was expected: train with proj_size=0"
                : $"{other.Name} is left over in the recurrent layer, but only weight_ih, weight_hh, bias_ih and bias_hh were expected: remove what reparametrises the weights, and save again");
        }

        if (weightIh.Shape.Count != 2 || weightHh.Shape.Count != 2)
            throw Refusal($"{weightIh.Name} {weightIh.ShapeText} and {weightHh.Name} {weightHh.ShapeText} should be matrices [G N, I] and [G N, N]: export them as PyTorch has them");
        var (inputs, units) = (weightIh.Shape[1], weightHh.Shape[1]);
        string layer = prefix.Length == 0 ? "the layer" : prefix.TrimEnd('.', '/', '_');
        int gates = Gates(layer, $"{weightIh.ShapeText} and {weightHh.ShapeText}", weightIh.Shape[0], weightHh.Shape[0], units);
        if (inputs < 1)
            throw Refusal($"{weightIh.Name} has the shape {weightIh.ShapeText}, but at least one input was expected: export a layer that has inputs");
        foreach (var bias in used[2..])
            if (!bias.HasShape(gates * units))
                throw Refusal($"{bias.Name} has the shape {bias.ShapeText}, but [{gates * units}] was expected: export the whole state_dict again");
        RequireNumbers(used);

        var architecture = Choose(layer, gates, gates switch { 1 => Architecture.Vanilla, 3 => Architecture.Gru, _ => Architecture.Lstm });
        var zero = new double[gates * units];
        return new(prefix, architecture, inputs, units, weightIh.Values, weightHh.Values, biased ? used[2].Values : zero, biased ? used[3].Values : zero)
        {
            Used = used,
            Assumptions = gates == 1 ? ["The nonlinearity is taken to be tanh: a state_dict does not say whether nn.RNN was built with relu, which a trajectory shows."] : [],
        };
    }

    public override FoundReadout? Readout(FoundLayer layer)
    {
        var candidates = File.Arrays.Except(layer.Used)
            .Where(array => array.Name.StartsWith(holder, StringComparison.Ordinal) && array.Name.EndsWith("weight", StringComparison.Ordinal)
                && array.Shape.Count == 2 && array.Shape[0] > 0 && array.Shape[1] == layer.Units)
            .ToList();
        if (candidates.Count == 0 && Options.Readout is null) return null;

        var weight = Only(candidates, array => array.Name[holder.Length..^"weight".Length].TrimEnd('.', '_'), Options.Readout, "linear layers that read the units", nameof(ImportOptions.Readout));
        string prefix = weight.Name[..^"weight".Length];
        var bias = File.Arrays.FirstOrDefault(array => array.Name == prefix + "bias");
        SourceArray[] used = bias is null ? [weight] : [weight, bias];
        if (prefix.Length > holder.Length && File.Arrays.Except(used).FirstOrDefault(array => array.Name.StartsWith(prefix, StringComparison.Ordinal)) is { } other)
            throw Refusal($"{other.Name} is left over in the readout, but only weight and bias were expected: name another in {nameof(ImportOptions)}.{nameof(ImportOptions.Readout)}, or leave it out with {nameof(ImportOptions.WithoutReadout)}");
        int channels = weight.Shape[0];
        if (bias is not null && !bias.HasShape(channels))
            throw Refusal($"{bias.Name} has the shape {bias.ShapeText}, but [{channels}] was expected: export the whole state_dict again");
        RequireNumbers(used);
        return new(channels, weight.Values, bias?.Values ?? new double[channels], Activation.Linear, used)
        {
            Assumptions = [$"{weight.Name} is taken to be the last layer, and its outputs to be logits, of which a sigmoid makes probabilities: a state_dict does not say what follows it."],
        };
    }
}
