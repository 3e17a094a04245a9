using Neurodynamics.Models;
using static TorchSharp.torch;
using ExternalException = System.Runtime.InteropServices.ExternalException;

namespace Neurodynamics.Import;

/// <summary>
/// Rate networks and gated cells under the names that public code gives them. The names say which array is which;
/// what the code leaves to its settings (f, leak, a scale) is assumed and said.
/// </summary>
internal sealed class KnownCodeLayout : LayerLayout
{
    private const string Leaks = "fixed points of currents do not depend on the leak, their eigenvalues do";

    /// <summary>One program, or a family of programs that save the same names.</summary>
    /// <param name="Title">What it is called.</param>
    /// <param name="Needs">Names that its files have, whatever stands before them.</param>
    /// <param name="Layer">The layer.</param>
    /// <param name="Assumed">What the file does not say, in a sentence.</param>
    /// <param name="Unchecked">The same in a few words.</param>
    private sealed record Code(
        string Title, string[] Needs, Func<Named, FoundLayer> Layer, string Assumed, string Unchecked)
    {
        /// <summary>The readout, where its name alone does not tell it.</summary>
        public Func<Named, FoundReadout?>? Readout { get; init; }
    }

    private static readonly Code[] Codes =
    [
        new("PsychRNN", ["W_rec", "W_in", "b_rec"], PsychRnn,
            "The equation is taken to be PsychRNN's, currents with relu and a leak of 0.1: the file does not say f or "
            + $"dt/tau ({Leaks}).", "currents, relu, leak 0.1") { Readout = PsychRnnReadout },
        new("code of low rank", ["wi", "si", "m", "n"], file => file.Rates(
            RateConvention.Currents, Nonlinearity.Tanh, file.LowRank("m", "n"), file.Scaled("wi", "si"), null,
            file["b"], 0.2),
            "The equation is taken to be that of published code of low rank, currents with tanh and a leak of 0.2: the "
            + $"file does not say f or dt/tau ({Leaks}).", "currents, tanh, leak 0.2"),
        new("code of populations", ["gaussian_basis", "supports", "wi_weights", "m_weights", "n_weights"], Populations,
            "The equation is taken to be that of published code of populations, currents with tanh, W = m n' without "
            + $"1 / N and a leak of 0.2: the file does not say f or dt/tau ({Leaks}).",
            "currents, tanh, leak 0.2, without 1 / N") { Readout = PopulationsReadout },
        new("code of full rank", ["wi", "si", "wrec"], file => file.Rates(
            RateConvention.Currents, Nonlinearity.Tanh, file.Full("wrec"), file.Scaled("wi", "si"), null, file["b"],
            0.2),
            "The equation is taken to be currents with tanh and a leak of 0.2: the file does not say f or dt/tau "
            + $"({Leaks}).", "currents, tanh, leak 0.2"),
        new("code of low rank", ["w_inp", "w_inp_scale", "m", "n"], file => file.Rates(
            RateConvention.Currents, Nonlinearity.Tanh, file.LowRank("m", "n"), file.Scaled("w_inp", "w_inp_scale"),
            null, file["b_rec"], 0.1),
            "The equation is taken to be that of published code of low rank, currents with tanh, a leak of 0.1 and a "
            + $"readout of rates: its settings are in another file ({Leaks}).", "currents, tanh, leak 0.1"),
        new("code of full rank", ["w_inp", "w_inp_scale", "w_rec"], file => file.Rates(
            RateConvention.Currents, Nonlinearity.Tanh, file.Full("w_rec"), file.Scaled("w_inp", "w_inp_scale"), null,
            null, 0.1),
            "The equation is taken to be currents with tanh, a leak of 0.1 and a readout of rates: its settings are in "
            + $"another file ({Leaks}).", "currents, tanh, leak 0.1"),
        new("CTRNN", ["input2h.weight", "h2h.weight"], file => file.Rates(
            RateConvention.Rates, Nonlinearity.Relu, file.Full("h2h.weight"), file["input2h.weight"],
            file.Sum("input2h.bias", "h2h.bias"), null, 1),
            "The equation is taken to be rates with relu and no leak: programs that save input2h and h2h differ in f, "
            + "in the leak and in what it multiplies.", "rates, relu, no leak"),
        new("LeakyRNNCell", ["leaky_rnn_cell/kernel", "leaky_rnn_cell/bias"], file => file.Rates(
            RateConvention.Rates, Nonlinearity.Softplus, file.Kernel("leaky_rnn_cell/kernel"), null,
            file["leaky_rnn_cell/bias"], null, 0.2),
            "The equation is taken to be rates with softplus and a leak of 0.2: the file does not say f or dt/tau.",
            "rates, softplus, leak 0.2"),
        new("JAX code", ["wI", "wR", "bR"], file => file.Rates(
            RateConvention.Rates, Nonlinearity.Tanh, file.Full("wR"), file["wI"], file["bR"], null, 1),
            "The equation is taken to be a plain RNN with tanh: the file does not say f or whether there is a leak.",
            "tanh, no leak"),
        new("TensorFlow 1's BasicLSTMCell", ["basic_lstm_cell/kernel", "basic_lstm_cell/bias"], file => file.Gated(
            Architecture.Lstm, "igfo", ["basic_lstm_cell/kernel"], [], ["basic_lstm_cell/bias"], forgetBias: 1),
            "The cell is taken to be TensorFlow 1's BasicLSTMCell, gates i j f o with 1 added to f's argument: its "
            + "setting forget_bias is not in the file.", "forget bias 1"),
        new("TensorFlow 1's GRUCell", ["gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias"],
            file => file.Gated(Architecture.GruResetBefore, "rzn", ["gates/kernel", "candidate/kernel"], [],
                ["gates/bias", "candidate/bias"]),
            "The cell is taken to be TensorFlow 1's GRUCell, gates r u and the reset gate before the product.",
            "TensorFlow's GRUCell"),
        new("LFADS code", ["wRUX", "wRUH", "bRU", "wCX", "wCH", "bC"], file => file.Gated(
            Architecture.GruResetBefore, "rzn", ["wRUX", "wCX"], ["wRUH", "wCH"], ["bRU", "bC"]),
            "The cell is taken to be a GRU with gates r u, the reset gate before the product and h' = u h + (1 - u) c: "
            + "the file does not say which gate keeps.", "gates r u, reset before the product"),
    ];

    public override string Expected => "known code's (W_rec)";

    public override IReadOnlyList<LayerSource> Find(ArrayFile file, ImportOptions options) =>
        [.. Codes.Where(code => new Named(file, code).IsWhole).Take(1).Select(code => new Source(file, options, code))];

    private static FoundLayer Populations(Named file)
    {
        var layer = file.Rates(RateConvention.Currents, Nonlinearity.Tanh,
            Connection.OfLowRank(Parts.Turned(file.Mixed("m")), Parts.Turned(file.Mixed("n")), divides: false) with
            {
                IsScaleOpen = false,
            },
            Parts.Turned(file.Mixed("wi")), null, null, 0.2);
        // Weights [P, G] of one vector.
        if (file.Find("h0_weights") is null) return layer;
        var start = file.Mixed("h0");
        return layer with
        {
            Start = start.Values.flatten().ToVector(),
            Used = [.. layer.Used, .. start.From.Except(layer.Used)],
        };
    }

    private static FoundReadout? PopulationsReadout(Named file)
    {
        if (file.Find("wo_weights") is null) return null;
        var weights = file.Mixed("wo");
        return new(weights.Values.flatten().ToVector(), new double[weights.Values.shape[0]], Activation.Linear,
            weights.From);
    }

    private static FoundLayer PsychRnn(Named file)
    {
        var w = PsychRnnWeights(file, "W_rec", "rec_connectivity", "Dale_rec");
        return file.Rates(RateConvention.Currents, Nonlinearity.Relu, new(w.Text, w.From, w.Values),
            PsychRnnWeights(file, "W_in", "input_connectivity", null), file["b_rec"], null, 0.1);
    }

    private static FoundReadout? PsychRnnReadout(Named file)
    {
        if (file.Find("W_out") is null) return null;
        var weights = PsychRnnWeights(file, "W_out", "output_connectivity", "Dale_out");
        double[] bias = file["b_out"]?.Values.ToVector() ?? new double[weights.Values.shape[0]];
        return new(weights.Values.flatten().ToVector(), bias, Activation.Linear,
            [.. weights.From, .. file["b_out"]?.From ?? []]);
    }

    /// <summary>Under a mask and, where Dale's law holds, moduli with each unit's sign.</summary>
    private static Part PsychRnnWeights(Named file, string name, string maskName, string? signName)
    {
        var part = Parts.Matrix(file.Find(name)!);
        // Without Dale's law no sign is negative.
        bool dale = file["Dale_rec"]?.Values.Below(0).any().item<bool>() == true;
        if (dale) part = part with { Text = $"|{part.Text}|", Values = part.Values.abs() };
        if (file[maskName] is { } mask) part = part.Masked(mask);
        if (signName is null || file[signName] is not { } sign) return part;
        return new($"{part.Text} {sign.Text}", dale ? part.Values.mm(sign.Values) : part.Values,
            [.. part.From, .. sign.From]);
    }

    private sealed class Source(ArrayFile file, ImportOptions options, Code code)
        : LayerSource(file, options, code.Title)
    {
        public override FoundLayer Layer()
        {
            using var scope = NewDisposeScope();
            FoundLayer layer;
            try
            {
                layer = code.Layer(new(File, code, Options));
            }
            catch (Exception error)
                when (error is ArgumentException or ExternalException or ImportException { IsOfShape: true })
            {
                throw File.Refusal(
                    $"its names are those of {code.Title}, but the shapes do not fit together ({Shapes()}): give "
                    + $"trials to {nameof(NetworkFile.LoadByExample)}", error);
            }
            RequireNumbers(layer.Used);
            if (Options.Architecture is not { } asked)
                return layer with
                {
                    Assumptions = [code.Assumed, .. layer.Assumptions],
                    Unchecked = string.Join(", ", new[] { code.Unchecked, layer.Unchecked }.OfType<string>()),
                };
            return asked == layer.Architecture || asked is LeakyArchitecture ? layer.ReadAs(asked) : throw Refusal(
                $"its names are those of {code.Title}, but {asked} was asked for: name the arrays too, in "
                + ImportOptions.NameOf(nameof(Options.Arrays)));
        }

        private string Shapes() => ArrayFile.Listed(
            code.Needs.Select(name => $"{name} {new Named(File, code).Find(name)!.ShapeText}"));

        public override FoundReadout? Readout(FoundLayer layer)
        {
            using var scope = NewDisposeScope();
            if (code.Readout is { } readout) return readout(new(File, code));
            using var cell = layer.Build(ScalarType.Float64);
            return ExampleReadout.ByName(new([.. File.Arrays.Except(layer.Used)], Options.Arrays), cell,
                layer.DividesByUnits)?.Readout;
        }
    }

    /// <summary>A file's arrays by the names of known code, whatever stands before them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="code">The code.</param>
    /// <param name="options">Where the reader says convention, f and leak, and of low rank the scale.</param>
    private sealed class Named(ArrayFile file, Code code, ImportOptions? options = null)
    {
        private readonly LeakyArchitecture? asked = options?.Architecture as LeakyArchitecture;

        /// <summary>Whether all are there that the code saves.</summary>
        public bool IsWhole => code.Needs.All(name => Find(name) is not null);

        /// <summary>An array as a vector or a matrix; null where there is none.</summary>
        public Part? this[string name] => Find(name) is not { } array ? null
            : array.Shape.Count == 2 && array.Shape[0] != 1 ? Parts.Matrix(array)
            : new(array.Name.Shown(), array.Values.ToTensor(), [array]);

        public SourceArray? Find(string name)
        {
            var all = file.Arrays.Where(array => array.Name == name
                || array.Name.EndsWith("/" + name, StringComparison.Ordinal)
                || array.Name.EndsWith("." + name, StringComparison.Ordinal)).ToList();
            return all is [var one] ? one : null;
        }

        public Connection Full(string name)
        {
            var part = Parts.Matrix(Find(name)!);
            return new(part.Text, part.From, part.Values);
        }

        /// <summary>W from m and n, whichever way they lie.</summary>
        public Connection LowRank(string first, string second) =>
            Connection.OfLowRank(Factor(first), Factor(second), options?.DividesByUnits);

        /// <summary>[N, R] from an array that holds it or its transpose, or N values.</summary>
        private Part Factor(string name)
        {
            var array = Find(name)!;
            if (array.Shape.Count != 2) return this[name]! with { Values = array.Values.ToTensor().unsqueeze(1) };
            return array.Shape[0] >= array.Shape[1] ? Parts.Matrix(array) : Parts.Turned(Parts.Matrix(array));
        }

        /// <summary>
        /// K vectors [K, N] of P populations: the sum over populations of weights [K, P, G] times a basis [G, N], and
        /// of biases [K, P] where there are any, each on its population's units alone, supports [P, N].
        /// </summary>
        public Part Mixed(string name)
        {
            var (weights, biases) = (Find($"{name}_weights")!, Find($"{name}_biases"));
            var (basis, supports) = (this["gaussian_basis"]!, Parts.Matrix(Find("supports")!));
            long populations = supports.Values.shape[0];
            var drawn = weights.Values.ToTensor().reshape(-1, populations, basis.Values.shape[0]).matmul(basis.Values);
            if (biases is not null) drawn = drawn.Plus(biases.Values.ToTensor().reshape(-1, populations, 1));
            return new(name, (drawn * supports.Values).sum(dim: 1),
                [weights, .. basis.From, .. supports.From, .. biases is null ? Array.Empty<SourceArray>() : [biases]]);
        }

        /// <summary>Input weights [I, N] with a scale for every input.</summary>
        public Part Scaled(string name, string scaleName) =>
            Parts.Turned(Parts.Matrix(Find(name)!)).Scaled(this[scaleName]!);

        /// <summary>One kernel [I + N, N].</summary>
        public Connection Kernel(string name)
        {
            var part = Parts.Turned(this[name]!);
            long units = part.Values.shape[0], inputs = part.Values.shape[1] - units;
            return new($"[u, r] {part.Text}", part.From, part.Values.narrow(1, inputs, units).contiguous())
            {
                Inputs = part with { Values = part.Values.narrow(1, 0, inputs).contiguous() },
            };
        }

        public Part? Sum(string first, string second) => (this[first], this[second]) switch
        {
            ({ } one, { } two) => one.Plus(two),
            var (one, two) => one ?? two,
        };

        public FoundLayer Rates(RateConvention convention, Nonlinearity f, Connection w, Part? b, Part? bias,
            Part? inner, double leak)
        {
            b ??= w.Inputs!;
            if (asked is not null)
            {
                convention = asked is Models.Rates ? RateConvention.Rates : RateConvention.Currents;
                f = asked.Nonlinearity;
                // Rates have one bias, and it is inside f.
                if (asked is Models.Rates) (bias, inner) = (bias ?? inner, null);
            }
            int units = (int)w.Weights[0].shape[0];
            var a = new Leak("", asked?.Leaks(units).ToTensor() ?? new[] { leak }.ToTensor(), [])
            {
                IsShared = asked?.LastLeak is null,
            };
            return new RateEquation(convention, f, w, b, bias, inner, a).Layer((int)b.Values.shape[1], units);
        }

        /// <summary>
        /// A GRU or an LSTM from the rows of its gates; from kernels [I + N, G N] where there are none for the units.
        /// </summary>
        public FoundLayer Gated(Architecture kind, string gates, string[] inputs, string[] recurrent, string[] biases,
            double forgetBias = 0)
        {
            var bias = cat([.. biases.Select(name => this[name]!.Values)], 0);
            int units = (int)bias.shape[0] / gates.Length;
            Tensor byInputs, byUnits;
            if (recurrent.Length > 0)
            {
                byInputs = cat([.. inputs.Select(name => this[name]!.Values)], 0);
                byUnits = cat([.. recurrent.Select(name => this[name]!.Values)], 0);
            }
            else
            {
                var kernel = cat([.. inputs.Select(name => this[name]!.Values.t())], 0);
                long rest = kernel.shape[1] - units;
                (byInputs, byUnits) = (kernel.narrow(1, 0, rest), kernel.narrow(1, rest, units));
            }
            if (forgetBias != 0)
                bias.narrow(0, gates.IndexOf('f') * units, units).add_(Scalars.Held(forgetBias));
            using var cell = RecurrentCell.Create(
                kind, byInputs.ToMatrix(), byUnits.ToMatrix(), bias.ToVector(), gates: gates);
            return new(kind, cell.InputSize, units, cell.named_parameters().ToDictionary(
                entry => entry.name, entry => entry.parameter.flatten().ToVector()),
                [.. inputs.Concat(recurrent).Concat(biases).Select(name => Find(name)!)]);
        }
    }
}
