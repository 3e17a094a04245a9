using Neurodynamics.Models;

namespace Neurodynamics.Import;

/// <summary>Keras' SimpleRNN, LSTM or GRU and Dense.</summary>
/// <remarks>
/// Keras 2 (.h5): [model_weights/]LAYER/.../kernel[:0], recurrent_kernel[:0], bias[:0]. Keras 3 (.keras,
/// .weights.h5): PATH/cell/vars/0, 1, 2 and, for a Dense layer, PATH/vars/0, 1. Kernels are [I, G N] and [N, G N],
/// columns by gate: GRU z r h, LSTM i f c o. The bias is [G N] and acts with the inputs. A GRU with reset_after has
/// [2, G N], inputs' and units'.
/// </remarks>
internal sealed class KerasLayout : LayerLayout
{
    public override string Expected =>
        "a Keras model (model.save(\"network.keras\"))";

    public override IReadOnlyList<LayerSource> Find(ArrayFile file, ImportOptions options)
    {
        var places = file.Arrays.Where(array => !array.Name.StartsWith("optimizer", StringComparison.Ordinal))
            .GroupBy(array => array.Name[..Math.Max(0, array.Name.LastIndexOf('/'))])
            .Select(Place.In).OfType<Place>().ToList();
        var configs = file.Configuration is { } model ? KerasConfig.Read(model) : null;
        var sources = places.Where(place => place.IsRecurrent)
            .Select(place => new Source(file, options, place, places, configs)).ToList();
        if (options.Layer is null || sources.Count == 2) sources.ForEach(source => source.RequireOneDirection());
        return sources;
    }

    /// <summary>The arrays of one layer, and the folder they are in.</summary>
    private sealed record Place(string Folder, SourceArray Kernel, SourceArray? Recurrent, SourceArray? Bias)
    {
        private const string OfCell = "cell/vars";

        /// <summary>The arrays of a folder, if they are those of a layer.</summary>
        public static Place? In(IGrouping<string, SourceArray> folder)
        {
            SourceArray? Named(string name) => folder.FirstOrDefault(array => ShortName(array) == name);
            if (Named("kernel") is { } kernel) return new(folder.Key, kernel, Named("recurrent_kernel"), Named("bias"));
            if (Named("0") is not { } first || !folder.Key.EndsWith("vars", StringComparison.Ordinal)) return null;
            return folder.Key.EndsWith(OfCell, StringComparison.Ordinal)
                ? new(folder.Key, first, Named("1"), Named("2")) : new(folder.Key, first, null, Named("1"));
        }

        /// <summary>The folder without what Keras puts around a layer's path.</summary>
        public string Name
        {
            get
            {
                const string top = "model_weights/";
                string name = Folder.StartsWith(top, StringComparison.Ordinal) ? Folder[top.Length..] : Folder;
                foreach (string end in new[] { "/vars", "/cell" })
                    if (name.EndsWith(end, StringComparison.Ordinal)) name = name[..^end.Length];
                return name;
            }
        }

        public string Title => Name.Shown();

        public bool IsOfCell => Folder.EndsWith("/" + OfCell, StringComparison.Ordinal);

        public bool IsRecurrent => Recurrent is not null || Folder.EndsWith(OfCell, StringComparison.Ordinal);

        public IEnumerable<SourceArray> Arrays => new[] { Kernel, Recurrent, Bias }.OfType<SourceArray>();

        private static string ShortName(SourceArray array)
        {
            string name = array.Name[(array.Name.LastIndexOf('/') + 1)..];
            return name.EndsWith(":0", StringComparison.Ordinal) ? name[..^2] : name;
        }
    }

    /// <summary>A class of Keras.</summary>
    /// <param name="Class">Its name.</param>
    /// <param name="Architecture">The cell it is.</param>
    /// <param name="Order">PyTorch's gates (r z n; i f g o) among Keras' columns.</param>
    private sealed record Kind(string Class, Architecture Architecture, int[] Order);

    private static readonly Kind[] Known =
    [
        new("SimpleRNN", Architecture.Vanilla, [0]),
        new("GRU", Architecture.Gru, [1, 0, 2]),
        new("LSTM", Architecture.Lstm, [0, 1, 2, 3]),
    ];

    /// <summary>Layers that change nothing once a network is trained.</summary>
    private static readonly string[] Passing =
    [
        "Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization",
        "Identity", "InputLayer",
    ];

    private sealed class Source(
        ArrayFile file, ImportOptions options, Place place, IReadOnlyList<Place> places,
        IReadOnlyList<KerasConfig>? configs)
        : GatedLayer(file, options, place.Name)
    {
        private const string SaveAgain = "save the whole model again";

        private const string LeaveOut =
            $"leave the readout out with {nameof(ImportOptions)}.{nameof(ImportOptions.WithoutReadout)}";

        private readonly KerasConfig? config = ConfigOf(place, configs);

        public override FoundLayer Layer()
        {
            if (place.Recurrent is not { } recurrent)
                throw Refusal(
                    $"{Title} has no recurrent kernel, but kernel, recurrent kernel and bias were expected: "
                    + SaveAgain);
            RequireNothingLeft(place, "recurrent layer", "kernel, recurrent_kernel and bias");
            var sizes = Measure(place.Kernel, recurrent, gatedAxis: 1);
            var kind = Known.First(known => known.Architecture == sizes.Usual);
            RequireKnown(kind);
            bool isGru = kind.Architecture == Architecture.Gru;
            var architecture = isGru ? FormOfGru(sizes.Rows) : kind.Architecture;
            if (place.Bias is { } bias)
                RequireShape(
                    bias, "save the model from a plain layer, not a CuDNN one",
                    isGru ? [[sizes.Rows], [2, sizes.Rows]] : [[sizes.Rows]]);
            RequireNumbers(place.Arrays);
            double[] Rows(double[] columns, int start, int rows) =>
                ByGate(columns, start, rows, sizes.Units, kind.Order);
            double[]?[] parameters =
            [
                Rows(place.Kernel.Values, 0, sizes.Inputs),
                Rows(recurrent.Values, 0, sizes.Units),
                place.Bias is { } own ? Rows(own.Values, 0, 1) : null,
                place.Bias is { Shape.Count: 2 } two ? Rows(two.Values, sizes.Rows, 1) : null,
            ];
            return Found(sizes, architecture, parameters, [.. place.Arrays]) with
            {
                Assumptions = config is not null ? [] :
                [
                    $"The activations of {Title} are taken to be tanh{(sizes.Gates == 1 ? "" : " and sigmoid")}: "
                    + "the file does not describe the layer, which a trajectory shows.",
                ],
            };
        }

        public override FoundReadout? Readout(FoundLayer layer)
        {
            var candidates = places.Where(other => !other.IsRecurrent && other.Kernel.Shape.Count == 2
                && other.Kernel.Shape[0] == layer.Units && other.Kernel.Shape[1] > 0).ToList();
            if (candidates.Count == 0 && Options.Readout is null) return null;

            var dense = File.Only(
                candidates, candidate => candidate.Name, Options.Readout, "dense layers that read the units",
                nameof(ImportOptions.Readout));
            RequireNothingLeft(dense, "readout", "kernel and bias");
            int channels = dense.Kernel.Shape[1];
            if (dense.Bias is { } bias) RequireShape(bias, SaveAgain, [channels]);
            RequireNumbers(dense.Arrays);

            List<string> assumptions = [];
            string text = AfterUnits(dense, assumptions);
            if (!Enum.TryParse<Activation>(text, ignoreCase: true, out var activation) || !Enum.IsDefined(activation))
                throw Refusal(
                    $"the readout {dense.Title} has the activation {text.Shown()}, but linear, sigmoid, tanh or "
                    + $"softmax was expected: {LeaveOut}, or train with one of these");
            double[] weight = ByGate(dense.Kernel.Values, 0, layer.Units, channels, [0]);
            return new(weight, dense.Bias?.Values ?? new double[channels], activation, [.. dense.Arrays])
            {
                Assumptions = assumptions,
            };
        }

        public void RequireOneDirection()
        {
            if (config?.Wrapper == "Bidirectional" || Name.Contains("backward_", StringComparison.Ordinal)
                || Name.Contains("/forward_", StringComparison.Ordinal))
                throw Refusal(
                    $"{Title} belongs to a bidirectional layer, but {OneDirection} train one without Bidirectional");
        }

        /// <summary>Columns [rows, G N] as [G N, rows], in PyTorch's order of gates.</summary>
        private static double[] ByGate(double[] columns, int start, int rows, int units, int[] order)
        {
            int width = order.Length * units;
            double[] result = new double[width * rows];
            for (int gate = 0; gate < order.Length; gate++)
                for (int unit = 0; unit < units; unit++)
                    for (int row = 0; row < rows; row++)
                        result[(gate * units + unit) * rows + row] =
                            columns[start + row * width + order[gate] * units + unit];
            return result;
        }

        /// <summary>
        /// What the source applies to the readout's outputs. Refuses a model in which more comes after the units.
        /// </summary>
        private string AfterUnits(Place dense, List<string> assumptions)
        {
            if (ConfigOf(dense, configs) is not { } readout || config is null)
            {
                assumptions.Add(
                    $"{dense.Title} is taken to be the last layer: the file does not describe it.");
                return "linear";
            }
            var found = Following(config, next => next.Path == readout.Path || readout.IsIn(next), out var between);
            if (between is not null)
                throw Refusal(
                    $"{between.Title} comes between {Title} and {dense.Title}, "
                    + $"but a dense layer that reads the units themselves was expected: {LeaveOut}");
            if (found is null)
                assumptions.Add(
                    $"{dense.Title} is taken to read the units of {Title} as they are: "
                    + "they are in different models of the file.");

            string activation = readout.Activation("activation");
            var end = Following(readout, next => next.Class is "Activation" or "Softmax", out var more);
            if (end is not null && activation == "linear")
            {
                activation = end.Class == "Softmax" ? "softmax" : end.Activation("activation");
                end = Following(end, _ => false, out more);
            }
            return (end ?? more) is { } after
                ? throw Refusal(
                    $"{after.Title} comes after the readout {dense.Title}, "
                    + $"but one dense layer and one activation were expected: {LeaveOut}")
                : activation;
        }

        /// <summary>
        /// The layer that is looked for, if it follows another with nothing between that changes anything. Otherwise
        /// null, and the layer that follows instead, if any.
        /// </summary>
        private KerasConfig? Following(KerasConfig from, Func<KerasConfig, bool> isMeant, out KerasConfig? other)
        {
            other = null;
            Queue<KerasConfig> open = new(from.Followers(configs!));
            HashSet<string> seen = [];
            while (open.TryDequeue(out var next))
            {
                // A damaged description may lead round in a circle.
                if (!seen.Add(next.Path)) continue;
                if (isMeant(next))
                {
                    other = null;
                    return next;
                }
                if (Passing.Contains(next.Class))
                    foreach (var further in next.Followers(configs!)) open.Enqueue(further);
                else other ??= next;
            }
            return null;
        }

        /// <summary>Refuses what the file's description says and the library's cells cannot do.</summary>
        private void RequireKnown(Kind kind)
        {
            if (config is null) return;
            string type = config.Class.EndsWith("Cell", StringComparison.Ordinal) ? config.Class[..^4] : config.Class;
            if (type != kind.Class)
                throw Refusal(
                    $"{Title} is a {config.Class.Shown()}, but a SimpleRNN, LSTM or GRU layer was expected: "
                    + "train with one of these");
            if (config.Activation("activation") is var activation and not "tanh")
                throw Refusal(
                    $"{Title} has the activation {activation.Shown()}, but tanh was expected: "
                    + "train with activation=\"tanh\"");
            if (kind.Order.Length > 1 && config.Activation("recurrent_activation") is var recurrent and not "sigmoid")
                throw Refusal(
                    $"{Title} has the recurrent activation {recurrent.Shown()}, but sigmoid was expected: "
                    + "train with recurrent_activation=\"sigmoid\"");
            if (config.Flag("go_backwards") == true)
                throw Refusal(
                    $"{Title} reads its inputs backwards, but a layer that reads forwards was expected: "
                    + "train with go_backwards=False");
        }

        /// <summary>Whether the reset gate acts before or after the recurrent product.</summary>
        private Architecture FormOfGru(int rows)
        {
            // There are two biases only after the product. Without any, only the description can say.
            bool? after = place.Bias is { } bias ? bias.HasShape(2, rows) : config?.Flag("reset_after");
            if (after is null && Options.Architecture is null)
                throw Refusal(
                    $"{Title} is a GRU without bias and its description does not say reset_after, but whether the "
                    + "reset gate acts before or after the recurrent product was expected: name "
                    + $"{nameof(Architecture.Gru)} (after) or {nameof(Architecture.GruResetBefore)} in "
                    + ImportOptions.NameOf(nameof(Options.Architecture)));
            if (config?.Flag("reset_after") is { } said && after is { } seen && said != seen)
                throw Refusal(
                    $"{Title} says reset_after={said}, but its bias has the shape {place.Bias?.ShapeText}: "
                    + SaveAgain);
            return after == false ? Architecture.GruResetBefore : Architecture.Gru;
        }

        private static KerasConfig? ConfigOf(Place place, IReadOnlyList<KerasConfig>? configs)
        {
            string name = place.Name.Replace("_layer_checkpoint_dependencies/", "layers/", StringComparison.Ordinal);
            // The innermost description wins: the cell of a layer, the layer in a wrapper.
            return configs?.Where(config => !config.IsModel)
                .Where(config => config.Path == name || (place.IsOfCell && config.Path == name + "/cell")
                    || (config.Name.Length > 0
                        && (name == config.Name || name.StartsWith(config.Name + "/", StringComparison.Ordinal))))
                .OrderBy(config => config.Name.Length).ThenBy(config => config.Path.Length).LastOrDefault();
        }

        private void RequireNothingLeft(Place from, string what, string expected)
        {
            string start = from.Folder + "/";
            var left = File.Arrays.Except(from.Arrays).FirstOrDefault(array =>
                array.Name.StartsWith(start, StringComparison.Ordinal) && !array.Name[start.Length..].Contains('/'));
            if (left is { } other)
                throw Refusal(
                    $"{other.Name.Shown()} is left over in the {what}, but only {expected} were expected: "
                    + "save a plain layer");
        }
    }
}
