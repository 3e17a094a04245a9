using System.Text.RegularExpressions;
using Neurodynamics.Models;

namespace Neurodynamics.Import;

/// <summary>nn.RNN, nn.GRU, nn.LSTM (or their cells) and nn.Linear by PyTorch's names, with any prefix.</summary>
internal sealed class PyTorchLayout : LayerLayout
{
    public override string Expected => "PyTorch's names (rnn.weight_ih_l0)";

    public override IReadOnlyList<LayerSource> Find(ArrayFile file, ImportOptions options)
    {
        var names = file.Arrays.Select(array => array.Name).ToHashSet();
        return
        [
            .. file.Arrays.Select(array => Parameter.Match(array.Name)).Where(match => match.Success)
                .Select(match => (Prefix: PrefixOf(match), Suffix: match.Groups["layer"].Value)).Distinct()
                .Select(place => new Source(file, options, place.Prefix, place.Suffix)),
        ];

        // Weight drop's weights are in the module around the layer, which is its "module".
        string PrefixOf(Match match)
        {
            string prefix = match.Groups["prefix"].Value, inner = prefix + PyTorchWeights.Inner;
            bool isAround = match.Groups["made"].Value == "_raw"
                && names.Contains($"{inner}weight_ih{match.Groups["layer"].Value}");
            return isAround ? inner : prefix;
        }
    }

    // "model.gru." + "weight_ih_l0"; the cells (nn.GRUCell) have no "_l0". What computes the weights changes the names.
    private static readonly Regex Parameter = new(
        @"^(?<prefix>.*?)(parametrizations\.)?weight_(ih|hh)(?<layer>_l0)?(?<made>_raw|_orig|_g|_v|\.original[01]?)?$",
        RegexOptions.NonBacktracking | RegexOptions.Singleline);

    private sealed class Source(ArrayFile file, ImportOptions options, string prefix, string suffix)
        : GatedLayer(file, options, prefix.TrimEnd('.', '/', '_'))
    {
        private const string Whole = "export the whole state_dict again";

        private const int MostLayers = 100;

        /// <summary>The dictionary around the layer, in a checkpoint of several.</summary>
        private readonly string holder = prefix[..(prefix.LastIndexOf('/') + 1)];

        public override FoundLayer Layer()
        {
            List<Weights> layers = [Read(suffix)];
            bool HasNext() => suffix.Length > 0
                && (Get("weight_ih", $"_l{layers.Count}") ?? Get("weight_hh", $"_l{layers.Count}")) is not null;
            while (HasNext())
                layers.Add(layers.Count < MostLayers ? Read($"_l{layers.Count}") : throw Refusal(
                    $"{Title} has more layers than the {MostLayers} that were expected at most: save those you want"));
            SourceArray[] used = [.. layers.SelectMany(layer => layer.Used)];
            foreach (var other in File.Arrays.Except([.. used, .. layers.SelectMany(layer => layer.Copies)])
                .Where(array => IsUnder(array, prefix)))
                RequireNoPart(other.Name, other.Name[prefix.Length..]);
            var sizes = layers[0].Sizes;
            for (int i = 1; i < layers.Count; i++)
                if (layers[i].Sizes != sizes with { Inputs = sizes.Units })
                    throw Refusal(
                        $"layer {i} of {Title} has {layers[i].Sizes.Inputs} inputs and {layers[i].Sizes.Units} units, "
                        + $"but {sizes.Units} of both were expected, as layer 0 has units: {Whole}");
            return Found(sizes, layers, used);
        }

        /// <summary>One of the layers that are stacked.</summary>
        private sealed record Weights(
            Sizes Sizes, double[]?[] Values, SourceArray[] Used, SourceArray[] Copies, string[] Assumptions);

        private Weights Read(string suffix)
        {
            var (weightIh, weightHh) = (Need("weight_ih", suffix), Need("weight_hh", suffix));
            PyTorchWeight?[] biases = [Get("bias_ih", suffix), Get("bias_hh", suffix)];
            PyTorchWeight[] all = [weightIh, weightHh, .. biases.OfType<PyTorchWeight>()];
            var sizes = Measure(weightIh.Value, weightHh.Value, gatedAxis: 0);
            foreach (var bias in biases.OfType<PyTorchWeight>()) RequireVector(bias.Value, sizes.Rows);
            SourceArray[] used = [.. all.SelectMany(weight => weight.Used)];
            RequireNumbers(used.Where(array => array.Type != "bool"));
            RequireNumbers(all.Select(weight => weight.Value));
            // With bias=False neither is there.
            string[] single = biases.OfType<PyTorchWeight>().ToList() is [var only]
                ? [$"{only.Value.Name.Shown()} is the only bias of the layer, and the other is taken to be zero."] : [];
            return new(
                sizes, [weightIh.Value.Values, weightHh.Value.Values, biases[0]?.Value.Values, biases[1]?.Value.Values],
                used, [.. all.SelectMany(weight => weight.Copies)],
                [.. all.Select(weight => weight.Assumption).OfType<string>(), .. single]);
        }

        /// <summary>The layers as the cell that was asked for, or that the file says.</summary>
        private FoundLayer Found(Sizes sizes, List<Weights> layers, SourceArray[] used)
        {
            var asked = Options.Architecture;
            if (asked is Stacked stack)
                asked = stack.Layers == layers.Count ? stack.Layer
                    : throw Refusal(
                        $"{Title} has {layers.Count} layers, but {stack.Layers} were asked for: name another "
                        + "architecture, or none");
            bool relu = sizes.Gates == 1 && Setting("nonlinearity", "mode") is "relu" or "RNN_RELU";
            if (asked is null && relu) asked = new Rates { Nonlinearity = Nonlinearity.Relu };
            var each = layers.Select(layer => sizes.Gates == 1 && asked is LeakyArchitecture rates
                ? AsRates(rates, layer) : Found(layer.Sizes, sizes.Usual, layer.Values, used, asked)).ToList();
            var (first, assumed) = (each[0], Assumed(sizes));
            return (layers.Count == 1 ? first : new(
                new Stacked { Layer = first.Architecture, Layers = layers.Count }, sizes.Inputs, sizes.Units,
                each.SelectMany((layer, i) => layer.Parameters.Select(one => ($"layer{i}.{one.Key}", one.Value)))
                    .ToDictionary(), used)) with
            {
                Used = used,
                Assumptions =
                [
                    .. layers.SelectMany(layer => layer.Assumptions),
                    .. new[] { assumed?.Sentence }.OfType<string>(),
                ],
                Unchecked = assumed?.Words,
            };
        }

        /// <summary>A layer of one gate as a rate network, whose cells have one bias.</summary>
        private FoundLayer AsRates(LeakyArchitecture rates, Weights layer)
        {
            if (rates is { Rank: not null } or { Inhibitory: not null } or { LearnedStart: true }
                or Currents { InnerBias: true })
                throw Refusal(
                    $"{Title} holds every weight by itself, but {rates}, which was asked for, does not: name another "
                    + "architecture, or none");
            double[] zeros = new double[layer.Sizes.Rows];
            var biases = (layer.Values[2] ?? zeros).Zip(layer.Values[3] ?? zeros, (first, second) => first + second);
            return new(rates, layer.Sizes.Inputs, layer.Sizes.Units, new Dictionary<string, double[]>
            {
                ["weight_ih"] = layer.Values[0]!,
                ["weight_hh"] = layer.Values[1]!,
                ["bias"] = [.. biases],
            }, layer.Used);
        }

        /// <summary>What neither the file nor the reader says, in a sentence and in a few words.</summary>
        private (string Sentence, string Words)? Assumed(Sizes sizes)
        {
            if (Options.Architecture is not null) return null;
            string? type = Setting("__class__");
            if (type is not null)
                return type.StartsWith("torch.nn.modules.rnn.", StringComparison.Ordinal) ? null
                    : ("The step is taken to be that of PyTorch's layer: the file names the class "
                        + $"{type.Shown()}, and does not hold what it computes, which a trajectory shows.",
                        "PyTorch's step");
            return sizes.Gates switch
            {
                3 => ("The cell is taken to be PyTorch's GRU, with rows r, z, n and the reset gate after the product: "
                    + "other forms are saved under the same names, which a trajectory shows.", "PyTorch's GRU"),
                1 => ("The nonlinearity is taken to be tanh and the step to have no leak: a state_dict does not say "
                    + "whether nn.RNN was built with relu, or the cell is leaky, which a trajectory shows.",
                    "tanh, no leak"),
                _ => null,
            };
        }

        /// <summary>What a whole module says of itself under the first of some names.</summary>
        private string? Setting(params string[] names) => names
            .Select(name => File.Settings.GetValueOrDefault(prefix + name)).FirstOrDefault(value => value is not null);

        public override FoundReadout? Readout(FoundLayer layer)
        {
            var candidates = File.Arrays.Except(layer.Used)
                .Where(array => IsUnder(array, holder) && array.Name.EndsWith("weight", StringComparison.Ordinal)
                    && array.Shape.Count == 2 && array.Shape[0] > 0 && array.Shape[1] == layer.Units)
                .ToList();
            string? packed = File.Unread.FirstOrDefault(name =>
                name.StartsWith(holder, StringComparison.Ordinal) && name.Contains("_packed_params"));
            if (candidates.Count == 0 && packed is not null)
                throw Refusal(
                    $"{packed.Shown()} is quantised, but a readout in floating point was expected: save the state_dict "
                    + "before quantisation, or leave it out with "
                    + ImportOptions.NameOf(nameof(Options.WithoutReadout)));
            if (candidates.Count == 0 && Options.Readout is null) return null;

            var weight = File.Only(
                candidates, array => array.Name[holder.Length..^"weight".Length].TrimEnd('.', '_'), Options.Readout,
                "linear layers that read the units", nameof(ImportOptions.Readout));
            string start = weight.Name[..^"weight".Length];
            var bias = File.Find(start + "bias");
            SourceArray[] used = bias is null ? [weight] : [weight, bias];
            // A whole module knows its sizes as well.
            var left = File.Arrays.Except(used).FirstOrDefault(array => IsUnder(array, start)
                && array.Name[start.Length..] is not ("in_features" or "out_features"));
            if (start.Length > holder.Length && left is not null)
                throw Refusal(
                    $"{left.Name.Shown()} is left over in the readout, but only weight and bias were expected: "
                    + $"name another in {ImportOptions.NameOf(nameof(Options.Readout))}, or leave it out with "
                    + ImportOptions.NameOf(nameof(Options.WithoutReadout)));
            int channels = weight.Shape[0];
            if (bias is not null) RequireVector(bias, channels);
            RequireNumbers(used);
            return new(weight.Values, bias?.Values ?? new double[channels], Activation.Linear, used)
            {
                Assumptions =
                [
                    $"{weight.Name.Shown()} is taken to be the last layer: a state_dict does not say what follows it.",
                ],
            };
        }

        private PyTorchWeight? Get(string name, string suffix) => PyTorchWeights.Find(File, prefix, name + suffix);

        private PyTorchWeight Need(string name, string suffix) => Get(name, suffix) ?? throw Refusal(
            $"{(prefix + name + suffix).Shown()} is missing, but a recurrent layer has weight_ih, weight_hh and its "
            + $"biases, one or both or none: {Whole}");

        // MATLAB has no vectors: they are one row or one column there.
        private void RequireVector(SourceArray bias, int length) =>
            RequireShape(bias, Whole, [length], [1, length], [length, 1]);

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
            if (rest.StartsWith("weight_hr", StringComparison.Ordinal))
                throw Refusal(
                    $"{shown} projects the units (proj_size), but a plain LSTM was expected: train with proj_size=0");
            throw Refusal(
                $"{shown} is left over in the recurrent layer, but only weight_ih, weight_hh, bias_ih and bias_hh were "
                + "expected: remove what reparametrises the weights, and save again");
        }
    }
}
