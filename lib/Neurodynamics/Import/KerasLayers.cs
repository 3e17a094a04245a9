using Neurodynamics.Models;

namespace Neurodynamics.Import;

/// <summary>
/// Finds SimpleRNN, LSTM or GRU and Dense in a Keras file, and turns them into PyTorch's layout and gate order.
/// </summary>
/// <remarks>
/// Keras 2 (.h5): [model_weights/]LAYER/.../kernel[:0], recurrent_kernel[:0], bias[:0]. Keras 3 (.keras, .weights.h5): PATH/cell/vars/0, 1, 2 and, for a Dense
/// layer, PATH/vars/0, 1. Kernels are [I, G N] and [N, G N], columns by gate: GRU z r h, LSTM i f c o. The bias is [G N] and acts with the
/// inputs; of a GRU with reset_after it is [2, G N], inputs' and units'.
/// </remarks>
internal sealed class KerasLayers : LayerFinder
{
    /// <summary>Layers that change nothing once a network is trained.</summary>
    private static readonly string[] Passing = ["Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Identity", "InputLayer"];

    private sealed record Place(string Folder, SourceArray Kernel, SourceArray? Recurrent, SourceArray? Bias)
    {
        /// <summary>The folder without what Keras puts around a layer's path.</summary>
        public string Name
        {
            get
            {
                string name = Folder.StartsWith("model_weights/", StringComparison.Ordinal) ? Folder["model_weights/".Length..] : Folder;
                foreach (string end in new[] { "/vars", "/cell" })
                    if (name.EndsWith(end, StringComparison.Ordinal)) name = name[..^end.Length];
                return name;
            }
        }

        public IEnumerable<SourceArray> Arrays => new[] { Kernel, Recurrent, Bias }.OfType<SourceArray>();
    }

    private readonly List<Place> places = [];
    private readonly List<KerasConfig>? configs;

    public KerasLayers(ArrayFile file, ImportOptions options) : base(file, options)
    {
        configs = file.Config is { } model ? KerasConfig.Read(model) : null;
        var groups = file.Arrays.Where(array => !array.Name.StartsWith("optimizer", StringComparison.Ordinal))
            .GroupBy(array => array.Name[..Math.Max(0, array.Name.LastIndexOf('/'))]);
        foreach (var group in groups)
        {
            SourceArray? Named(string name) => group.FirstOrDefault(array => ShortName(array) == name);
            var place = (Named("kernel"), Named("0")) switch
            {
                ({ } kernel, _) => new Place(group.Key, kernel, Named("recurrent_kernel"), Named("bias")),
                (null, { } first) when group.Key.EndsWith("cell/vars", StringComparison.Ordinal) => new Place(group.Key, first, Named("1"), Named("2")),
                (null, { } first) when group.Key.EndsWith("vars", StringComparison.Ordinal) => new Place(group.Key, first, null, Named("1")),
                _ => null,
            };
            if (place is not null) places.Add(place);
        }
    }

    public override FoundLayer Layer()
    {
        var recurrent = places.Where(place => place.Recurrent is not null || place.Folder.EndsWith("cell/vars", StringComparison.Ordinal)).ToList();
        if (recurrent.Count == 0)
            throw Refusal($"no recurrent layer was found in {ArrayFile.Listed(File.Arrays.Select(array => array.Name))}: expected is a Keras model with a SimpleRNN, LSTM or GRU layer, saved with model.save(\"network.keras\")");
        if (recurrent.FirstOrDefault(place => IsBidirectional(place)) is { } both && (Options.Layer is null || recurrent.Count == 2))
            throw Refusal($"{both.Name} belongs to a bidirectional layer, but a layer of one direction was expected, since only that is a map from state to state: train one without Bidirectional");
        var place = Only(recurrent, candidate => candidate.Name, Options.Layer, "recurrent layers", nameof(ImportOptions.Layer));
        if (place.Recurrent is not { } recurrentKernel)
            throw Refusal($"{place.Name} has no recurrent kernel, but kernel, recurrent kernel and bias were expected: save the whole model again");
        RequireNothingLeft(place, "recurrent layer", "kernel, recurrent_kernel and bias");

        var kernel = place.Kernel;
        if (kernel.Shape.Count != 2 || recurrentKernel.Shape.Count != 2 || kernel.Shape[0] < 1)
            throw Refusal($"the kernels of {place.Name} have the shapes {kernel.ShapeText} and {recurrentKernel.ShapeText}, but matrices [I, G N] and [N, G N] were expected: save a plain SimpleRNN, LSTM or GRU layer");
        var (inputs, units) = (kernel.Shape[0], recurrentKernel.Shape[0]);
        int gates = Gates(place.Name, $"{kernel.ShapeText} and {recurrentKernel.ShapeText}", kernel.Shape[1], recurrentKernel.Shape[1], units);

        var config = ConfigOf(place);
        if (config is not null) RequireKnown(place, config, gates);
        var (architecture, assumptions) = Kind(place, config, gates, units);
        if (place.Bias is { } bias && !bias.HasShape(gates * units) && !(gates == 3 && bias.HasShape(2, gates * units)))
            throw Refusal($"{bias.Name} has the shape {bias.ShapeText}, but [{gates * units}]{(gates == 3 ? $" or [2, {gates * units}]" : "")} was expected: save the model from a plain layer, not a CuDNN one");
        RequireNumbers(place.Arrays);

        // PyTorch's gate from Keras' column: r z n of z r h; i f g o are in Keras' order already.
        int[] order = gates == 3 ? [1, 0, 2] : [.. Enumerable.Range(0, gates)];
        double[] Rows(double[] columns, int start, int rows)
        {
            var result = new double[order.Length * units * rows];
            for (int gate = 0; gate < order.Length; gate++)
                for (int unit = 0; unit < units; unit++)
                    for (int row = 0; row < rows; row++)
                        result[(gate * units + unit) * rows + row] = columns[start + row * order.Length * units + order[gate] * units + unit];
            return result;
        }
        var none = new double[gates * units];
        return new(place.Name, architecture, inputs, units, Rows(kernel.Values, 0, inputs), Rows(recurrentKernel.Values, 0, units),
            place.Bias is { } own ? Rows(own.Values, 0, 1) : none,
            place.Bias is { Shape.Count: 2 } two ? Rows(two.Values, gates * units, 1) : none)
        {
            Used = [.. place.Arrays],
            Assumptions = assumptions,
        };
    }

    public override FoundReadout? Readout(FoundLayer layer)
    {
        var candidates = places.Where(place => place.Recurrent is null && !place.Folder.EndsWith("cell/vars", StringComparison.Ordinal)
            && place.Kernel.Shape.Count == 2 && place.Kernel.Shape[0] == layer.Units && place.Kernel.Shape[1] > 0).ToList();
        if (candidates.Count == 0 && Options.Readout is null) return null;

        var place = Only(candidates, candidate => candidate.Name, Options.Readout, "dense layers that read the units", nameof(ImportOptions.Readout));
        RequireNothingLeft(place, "readout", "kernel and bias");
        int channels = place.Kernel.Shape[1];
        if (place.Bias is { } bias && !bias.HasShape(channels))
            throw Refusal($"{bias.Name} has the shape {bias.ShapeText}, but [{channels}] was expected: save the whole model again");
        RequireNumbers(place.Arrays);

        var (activation, assumptions) = AfterUnits(layer, place);
        if (!Enum.TryParse<Activation>(activation, ignoreCase: true, out var known) || !Enum.IsDefined(known))
            throw Refusal($"the readout {place.Name} has the activation {activation}, but linear, sigmoid, tanh or softmax was expected: leave it out with {nameof(ImportOptions)}.{nameof(ImportOptions.WithoutReadout)}, or train with one of these");
        var weight = new double[channels * layer.Units];
        for (int unit = 0; unit < layer.Units; unit++)
            for (int channel = 0; channel < channels; channel++)
                weight[channel * layer.Units + unit] = place.Kernel.Values[unit * channels + channel];
        return new(channels, weight, place.Bias?.Values ?? new double[channels], known, [.. place.Arrays])
        {
            Assumptions = known is Activation.Sigmoid or Activation.Linear ? assumptions
                : [.. assumptions, $"The readout {place.Name} ends in {known.ToString().ToLowerInvariant()}; figures and tables take its logits as those of a sigmoid."],
        };
    }

    /// <summary>What the source applies to the readout's outputs, and what had to be assumed; refuses a model in which more than the readout comes after the units.</summary>
    private (string Activation, IReadOnlyList<string> Assumptions) AfterUnits(FoundLayer layer, Place place)
    {
        if (ConfigOf(place) is not { } readout || ConfigOf(places.First(other => other.Name == layer.Name)) is not { } recurrent)
            return ("linear", [$"{place.Name} is taken to be the last layer, and its outputs to be logits, of which a sigmoid makes probabilities: the file does not describe it."]);

        var way = Following(recurrent, config => config.Path == readout.Path || readout.Path.StartsWith(config.Path + "/", StringComparison.Ordinal));
        IReadOnlyList<string> assumptions = way.Found ? [] : [$"{place.Name} is taken to read the units of {layer.Name} as they are: they are in different models of the file."];
        if (way.Other is { } between)
            throw Refusal($"{between.Class} {between.Name} comes between {layer.Name} and {place.Name}, but a dense layer that reads the units themselves was expected: leave the readout out with {nameof(ImportOptions)}.{nameof(ImportOptions.WithoutReadout)}");

        string activation = readout.Activation("activation");
        var end = Following(readout, config => config.Class is "Activation" or "Softmax");
        if (end.Found && activation == "linear")
        {
            var last = end.Last!;
            activation = last.Class == "Softmax" ? "softmax" : last.Activation("activation");
            end = Following(last, _ => false);
        }
        return (end.Found ? end.Last : end.Other) is { } more
            ? throw Refusal($"{more.Class} {more.Name} comes after the readout {place.Name}, but one dense layer and one activation were expected: leave the readout out with {nameof(ImportOptions)}.{nameof(ImportOptions.WithoutReadout)}")
            : (activation, assumptions);
    }

    /// <summary>The layer that is looked for, if it comes after another one with nothing between that changes anything; otherwise what does come, if anything.</summary>
    private (bool Found, KerasConfig? Last, KerasConfig? Other) Following(KerasConfig from, Func<KerasConfig, bool> isMeant)
    {
        KerasConfig? other = null;
        Queue<KerasConfig> open = new(from.Followers(configs!));
        while (open.TryDequeue(out var config))
        {
            if (isMeant(config)) return (true, config, null);
            if (Passing.Contains(config.Class)) foreach (var next in config.Followers(configs!)) open.Enqueue(next);
            else other ??= config;
        }
        return (false, null, other);
    }

    /// <summary>Refuses what the file's description says and the library's cells cannot do.</summary>
    private void RequireKnown(Place place, KerasConfig config, int gates)
    {
        string type = Class(config);
        if (type != (gates == 1 ? "SimpleRNN" : gates == 3 ? "GRU" : "LSTM"))
            throw Refusal($"{place.Name} is a {config.Class}, but a SimpleRNN, LSTM or GRU layer was expected: train with one of these");
        if (config.Activation("activation") is var activation and not "tanh")
            throw Refusal($"{place.Name} has the activation {activation}, but tanh was expected: train with activation=\"tanh\"");
        if (gates > 1 && config.Activation("recurrent_activation") is var recurrent and not "sigmoid")
            throw Refusal($"{place.Name} has the recurrent activation {recurrent}, but sigmoid was expected: train with recurrent_activation=\"sigmoid\"");
        if (config.Flag("go_backwards") == true)
            throw Refusal($"{place.Name} reads its inputs backwards, but a layer that reads forwards was expected: train with go_backwards=False");
    }

    private (Architecture, IReadOnlyList<string>) Kind(Place place, KerasConfig? config, int gates, int units)
    {
        List<string> assumptions = [];
        if (config is null)
            assumptions.Add($"The activations of {place.Name} are taken to be tanh{(gates == 1 ? "" : " and sigmoid")}: the file does not describe the layer, which a trajectory shows.");
        if (gates != 3)
            return (Choose(place.Name, gates, gates == 1 ? Architecture.Vanilla : Architecture.Lstm), assumptions);

        // Two biases are only there after the product. Where there are none, only the description can tell.
        bool? after = place.Bias is { } bias ? bias.HasShape(2, 3 * units) : config?.Flag("reset_after");
        if (after is null && Options.Architecture is null)
            throw Refusal($"{place.Name} is a GRU without bias and its description does not say reset_after, but whether the reset gate acts before or after the recurrent product was expected: name {nameof(Architecture.Gru)} (after) or {nameof(Architecture.GruResetBefore)} in {nameof(ImportOptions)}.{nameof(ImportOptions.Architecture)}");
        if (config?.Flag("reset_after") is { } said && after is { } seen && said != seen)
            throw Refusal($"{place.Name} says reset_after={said}, but its bias has the shape {place.Bias?.ShapeText}: save the model again");
        return (Choose(place.Name, gates, after == false ? Architecture.GruResetBefore : Architecture.Gru), assumptions);
    }

    private KerasConfig? ConfigOf(Place place)
    {
        if (configs is null) return null;
        string name = place.Name.Replace("_layer_checkpoint_dependencies/", "layers/", StringComparison.Ordinal);
        // The innermost description wins: the cell of a layer, the layer in a wrapper.
        return configs.Where(config => !config.IsModel).Where(config => config.Path == name || (place.Folder.EndsWith("/cell/vars", StringComparison.Ordinal) && config.Path == name + "/cell")
                || (config.Name.Length > 0 && (name == config.Name || name.StartsWith(config.Name + "/", StringComparison.Ordinal))))
            .OrderBy(config => config.Name.Length).ThenBy(config => config.Path.Length).LastOrDefault();
    }

    private bool IsBidirectional(Place place) =>
        place.Name.Contains("backward_", StringComparison.Ordinal) || place.Name.Contains("/forward_", StringComparison.Ordinal) || ConfigOf(place)?.Wrapper == "Bidirectional";

    private void RequireNothingLeft(Place place, string what, string expected)
    {
        if (File.Arrays.FirstOrDefault(array => array.Name.StartsWith(place.Folder + "/", StringComparison.Ordinal)
                && !array.Name[(place.Folder.Length + 1)..].Contains('/') && !place.Arrays.Contains(array)) is { } other)
            throw Refusal($"{other.Name} is left over in the {what}, but only {expected} were expected: save a plain layer");
    }

    private static string Class(KerasConfig config) => config.Class.EndsWith("Cell", StringComparison.Ordinal) ? config.Class[..^4] : config.Class;

    private static string ShortName(SourceArray array)
    {
        string name = array.Name[(array.Name.LastIndexOf('/') + 1)..];
        return name.EndsWith(":0", StringComparison.Ordinal) ? name[..^2] : name;
    }
}
