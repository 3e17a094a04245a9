using System.Text.RegularExpressions;

namespace Neurodynamics.Import;

/// <summary>nn.RNN, nn.GRU, nn.LSTM (or their cells) and nn.Linear by PyTorch's names, with any prefix.</summary>
internal sealed class PyTorchLayout : LayerLayout
{
    public override string Expected => "PyTorch's names, such as rnn.weight_ih_l0 and rnn.weight_hh_l0";

    public override IReadOnlyList<LayerSource> Find(ArrayFile file, ImportOptions options) =>
    [
        .. file.Arrays.Select(array => Parameter.Match(array.Name)).Where(match => match.Success)
            .Select(match => (Prefix: match.Groups["prefix"].Value, Suffix: match.Groups["layer"].Value)).Distinct()
            .Select(place => new Source(file, options, place.Prefix, place.Suffix)),
    ];

    // "model.gru." + "weight_ih_l0"; the cells (nn.GRUCell) have no "_l0".
    private static readonly Regex Parameter = new(
        "^(?<prefix>.*?)weight_(ih|hh)(?<layer>_l0)?$", RegexOptions.NonBacktracking | RegexOptions.Singleline);

    private static readonly Regex Deeper = new("_l[1-9]", RegexOptions.NonBacktracking);

    private sealed class Source(ArrayFile file, ImportOptions options, string prefix, string suffix)
        : GatedLayer(file, options, prefix.TrimEnd('.', '/', '_'))
    {
        private const string Whole = "export the whole state_dict again";

        /// <summary>The dictionary around the layer, in a checkpoint of several.</summary>
        private readonly string holder = prefix[..(prefix.LastIndexOf('/') + 1)];

        public override FoundLayer Layer()
        {
            var (weightIh, weightHh) = (Need("weight_ih"), Need("weight_hh"));
            // With bias=False neither is there.
            bool biased = Get("bias_ih") is not null || Get("bias_hh") is not null;
            SourceArray[] biases = biased ? [Need("bias_ih"), Need("bias_hh")] : [];
            SourceArray[] used = [weightIh, weightHh, .. biases];
            foreach (var other in File.Arrays.Except(used).Where(array => IsUnder(array, prefix)))
                RequireNoPart(other.Name, other.Name[prefix.Length..]);
            var sizes = Measure(weightIh, weightHh, gatedAxis: 0);
            foreach (var bias in biases) RequireShape(bias, Whole, [sizes.Rows]);
            RequireNumbers(used);
            double[]?[] parameters =
                [weightIh.Values, weightHh.Values, biases.FirstOrDefault()?.Values, biases.LastOrDefault()?.Values];
            return Found(sizes, sizes.Usual, parameters, used) with
            {
                Assumptions = sizes.Gates switch
                {
                    1 =>
                    [
                        "The nonlinearity is taken to be tanh and the step to have no leak: a state_dict does not say "
                        + "whether nn.RNN was built with relu, or the cell is leaky, which a trajectory shows.",
                    ],
                    3 when Options.Architecture is null =>
                    [
                        "The cell is taken to be PyTorch's GRU, with rows r, z, n and the reset gate after the "
                        + "product: other forms are saved under the same names, which a trajectory shows.",
                    ],
                    _ => [],
                },
                Unchecked = sizes.Gates switch
                {
                    1 => "tanh, no leak",
                    3 when Options.Architecture is null => "PyTorch's GRU",
                    _ => null,
                },
            };
        }

        public override FoundReadout? Readout(FoundLayer layer)
        {
            var candidates = File.Arrays.Except(layer.Used)
                .Where(array => IsUnder(array, holder) && array.Name.EndsWith("weight", StringComparison.Ordinal)
                    && array.Shape.Count == 2 && array.Shape[0] > 0 && array.Shape[1] == layer.Units)
                .ToList();
            if (candidates.Count == 0 && Options.Readout is null) return null;

            var weight = File.Only(
                candidates, array => array.Name[holder.Length..^"weight".Length].TrimEnd('.', '_'), Options.Readout,
                "linear layers that read the units", nameof(ImportOptions.Readout));
            string start = weight.Name[..^"weight".Length];
            var bias = File.Find(start + "bias");
            SourceArray[] used = bias is null ? [weight] : [weight, bias];
            var left = File.Arrays.Except(used).FirstOrDefault(array => IsUnder(array, start));
            if (start.Length > holder.Length && left is not null)
                throw Refusal(
                    $"{left.Name.Shown()} is left over in the readout, but only weight and bias were expected: "
                    + $"name another in {ImportOptions.NameOf(nameof(Options.Readout))}, or leave it out with "
                    + ImportOptions.NameOf(nameof(Options.WithoutReadout)));
            int channels = weight.Shape[0];
            if (bias is not null) RequireShape(bias, Whole, [channels]);
            RequireNumbers(used);
            return new(weight.Values, bias?.Values ?? new double[channels], Activation.Linear, used)
            {
                Assumptions =
                [
                    $"{weight.Name.Shown()} is taken to be the last layer: a state_dict does not say what follows it.",
                ],
            };
        }

        private SourceArray? Get(string name) => File.Find(prefix + name + suffix);

        private SourceArray Need(string name) => Get(name) ?? throw Refusal(
            $"{(prefix + name + suffix).Shown()} is missing, but a recurrent layer has weight_ih, weight_hh and both "
            + $"biases or none: {Whole}");

        private static bool IsUnder(SourceArray array, string prefix) =>
            array.Name.StartsWith(prefix, StringComparison.Ordinal);

        /// <summary>Refuses an array that is part of the layer beside its weights and biases.</summary>
        private void RequireNoPart(string name, string rest)
        {
            if (!rest.StartsWith("weight_", StringComparison.Ordinal)
                && !rest.StartsWith("bias_", StringComparison.Ordinal)) return;
            string shown = name.Shown();
            if (rest.EndsWith("_reverse", StringComparison.Ordinal))
                throw Refusal(
                    $"{shown} belongs to a bidirectional layer, but {OneDirection} train one with bidirectional=False");
            if (Deeper.IsMatch(rest))
                throw Refusal(
                    $"{shown} belongs to a second layer, but a single layer was expected: "
                    + "train with num_layers=1, or save the layer you want by itself");
            if (rest.StartsWith("weight_hr", StringComparison.Ordinal))
                throw Refusal(
                    $"{shown} projects the units (proj_size), but a plain LSTM was expected: train with proj_size=0");
            throw Refusal(
                $"{shown} is left over in the recurrent layer, but only weight_ih, weight_hh, bias_ih and bias_hh were "
                + "expected: remove what reparametrises the weights, and save again");
        }
    }
}
