using System.Text.Json;
using System.Text.Json.Nodes;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Import;

/// <summary>Keras' layers, against steps by hand and against Keras' equations written out unit by unit.</summary>
public sealed class KerasFileTests : IDisposable
{
    private static readonly double Ln3 = Math.Log(3); // s(ln 3) = 3/4, s(-ln 3) = 1/4

    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void SimpleRNN_by_hand()
    {
        // tanh(0.5 * 2 - 1 * 0.75 + 0.25) = tanh(0.5)
        var both = Both(new("SimpleRNN", [0.5], [-1], [1], [0.25]), new { });
        foreach (var imported in both)
        {
            Assert.Equal(Architecture.Vanilla, imported.Cell.Architecture);
            Assert.Equal(0.46211715726000975, Step(imported, 2, 0.75)[0], 1e-7);
        }
    }

    [Fact]
    public void Lstm_by_hand()
    {
        // Columns i f c o. i = 3/4, f = 1/2, g = tanh 1, o = 1/4; c' = 0.5 * 0.4 + 0.75 tanh 1, h' = tanh(c') / 4.
        var both = Both(new("LSTM", [Ln3, 0, 1, -Ln3], [0, 0, 0, 0], [4], [0, 0, 0, 0]), Sigmoids);
        foreach (var imported in both)
        {
            Assert.Equal(Architecture.Lstm, imported.Cell.Architecture);
            double c = 0.2 + 0.75 * 0.7615941559557649;
            double[] next = Step(imported, 1, 0.3, 0.4);
            Assert.Equal(c, next[1], 1e-7);
            Assert.Equal(Math.Tanh(c) / 4, next[0], 1e-7);
        }
    }

    [Fact]
    public void Gru_with_the_reset_gate_after_the_product_by_hand()
    {
        // Columns z r h. z = 3/4, r = 1/2, candidate tanh(1 + r (2 * 0.5 + 1)) = tanh 2; h' = 0.75 * 0.5 + 0.25 tanh 2.
        var both = Both(new("GRU", [Ln3, 0, 1], [0, 0, 2], [2, 3], [0, 0, 0, 0, 0, 1]), Reset(after: true));
        foreach (var imported in both)
        {
            Assert.Equal(Architecture.Gru, imported.Cell.Architecture);
            Assert.Equal(0.375 + 0.25 * 0.9640275800758169, Step(imported, 1, 0.5)[0], 1e-7);
        }
    }

    [Fact]
    public void Gru_with_the_reset_gate_before_the_product_by_hand()
    {
        // z = 3/4, r = 1/2, candidate tanh(1 + 2 (r * 0.5)) = tanh 1.5; h' = 0.75 * 0.5 + 0.25 tanh 1.5.
        var both = Both(new("GRU", [Ln3, 0, 1], [0, 0, 2], [3], [0, 0, 0]), Reset(after: false));
        foreach (var imported in both)
        {
            Assert.Equal(Architecture.GruResetBefore, imported.Cell.Architecture);
            Assert.Equal(0.375 + 0.25 * 0.9051482536448664, Step(imported, 1, 0.5)[0], 1e-7);
        }
    }

    [Theory]
    [InlineData("SimpleRNN", false)]
    [InlineData("LSTM", false)]
    [InlineData("GRU", true)]
    [InlineData("GRU", false)]
    public void Whole_trials_equal_Keras_equations(string type, bool resetAfter)
    {
        const int inputs = 2, units = 3, channels = 2;
        var random = new Random(8);
        double[] Draw(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => (double)(float)(2 * random.NextDouble() - 1))];
        int gates = type switch { "SimpleRNN" => 1, "LSTM" => 4, _ => 3 };
        var (kernel, recurrent) = (Draw(inputs * gates * units), Draw(units * gates * units));
        int rows = gates * units;
        double[] bias = Draw((resetAfter ? 2 : 1) * rows);
        var (weight, shift) = (Draw(units * channels), Draw(channels));
        var weights = new LayerWeights(type, kernel, recurrent, resetAfter ? [2, rows] : [rows], bias);
        object model = KerasFile.Model(
            ("InputLayer", new { name = "input_1" }), weights.Described(type == "GRU" ? Reset(resetAfter) : Sigmoids),
            ("Dense", new { name = "readout", activation = "sigmoid" }));
        KerasArray[] Readout(string first, string second) =>
            [new(first, [units, channels], weight), new(second, [channels], shift)];
        KerasArray[] two = [.. weights.Two(), .. Readout("readout/readout/kernel:0", "readout/readout/bias:0")];
        KerasArray[] three =
        [
            .. weights.Three(), .. Readout("layers/dense/vars/0", "layers/dense/vars/1"),
            new("optimizer/vars/0", [1], 5),
        ];
        ImportedNetwork[] imported =
        [
            NetworkFile.Load(scratch.Write("a.h5", KerasFile.Two(two, model))),
            NetworkFile.Load(scratch.Write("a.keras", KerasFile.Three(three, model))),
        ];

        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
        double[,,] given = new double[2, 20, inputs];
        double[,,] states = new double[2, 20, units];
        double[,,] outputs = new double[2, 20, channels];
        for (int trial = 0; trial < 2; trial++)
        {
            var (h, c) = (new double[units], new double[units]);
            for (int t = 0; t < 20; t++)
            {
                for (int i = 0; i < inputs; i++) given[trial, t, i] = (float)random.NextDouble();
                double FromInputs(int gate, int unit) => bias[gate * units + unit]
                    + Enumerable.Range(0, inputs).Sum(i => given[trial, t, i] * kernel[i * rows + gate * units + unit]);
                double FromUnits(int gate, int unit, Func<int, double> scale) =>
                    Enumerable.Range(0, units).Sum(j => scale(j) * h[j] * recurrent[j * rows + gate * units + unit]);
                double SecondBias(int gate, int unit) => resetAfter ? bias[rows + gate * units + unit] : 0;
                double Both(int gate, int unit) =>
                    FromInputs(gate, unit) + FromUnits(gate, unit, _ => 1) + SecondBias(gate, unit);
                double[] next = new double[units];
                for (int unit = 0; unit < units; unit++)
                    switch (type)
                    {
                        case "SimpleRNN":
                            next[unit] = Math.Tanh(Both(0, unit));
                            break;
                        case "LSTM":
                            c[unit] = Sigmoid(Both(1, unit)) * c[unit]
                                + Sigmoid(Both(0, unit)) * Math.Tanh(Both(2, unit));
                            next[unit] = Sigmoid(Both(3, unit)) * Math.Tanh(c[unit]);
                            break;
                        default:
                            double z = Sigmoid(Both(0, unit));
                            double candidate = Math.Tanh(FromInputs(2, unit) + (resetAfter
                                ? Sigmoid(Both(1, unit)) * (FromUnits(2, unit, _ => 1) + SecondBias(2, unit))
                                : FromUnits(2, unit, j => Sigmoid(Both(1, j)))));
                            next[unit] = z * h[unit] + (1 - z) * candidate;
                            break;
                    }
                h = next;
                for (int unit = 0; unit < units; unit++) states[trial, t, unit] = h[unit];
                for (int k = 0; k < channels; k++)
                    outputs[trial, t, k] = Sigmoid(
                        shift[k] + Enumerable.Range(0, units).Sum(unit => h[unit] * weight[unit * channels + k]));
            }
        }
        foreach (var network in imported)
        {
            Assert.Equal(Activation.Sigmoid, network.OutputActivation);
            Assert.Empty(network.Assumptions);
            var check = network.Check(new(given, states, outputs), 2e-6);
            Assert.True(check.Reproduced, check.ToString());
        }
        Assert.Equal(["optimizer/vars/0"], imported[1].Ignored);
    }

    [Fact]
    public void Weights_without_a_description_say_what_was_assumed()
    {
        var imported = NetworkFile.Load(Weights(Gru([2, 9])));
        Assert.Equal(Architecture.Gru, imported.Cell.Architecture);
        Assert.Contains("tanh and sigmoid", Assert.Single(imported.Assumptions));
        Assert.Null(imported.Network.Readout);
        // One bias can only be the form with the reset gate before the product.
        Assert.Equal(Architecture.GruResetBefore, NetworkFile.Load(Weights(Gru([9]))).Cell.Architecture);
    }

    [Fact]
    public void A_GRU_without_bias_asks_which_form_it_is()
    {
        string path = Weights(Gru(null));
        Scratch.Refused(path, "without bias", "GruResetBefore", "ImportOptions.Architecture");
        foreach (var architecture in new[] { Architecture.Gru, Architecture.GruResetBefore })
        {
            var asked = NetworkFile.Load(path, new() { Architecture = architecture });
            Assert.Equal(architecture, asked.Cell.Architecture);
        }
        string described = Keras3(Gru(null), ("GRU", Tanh("g", resetAfter: false)));
        Assert.Equal(Architecture.GruResetBefore, NetworkFile.Load(described).Cell.Architecture);
    }

    [Fact]
    public void A_layer_inside_another_model_or_wrapper_is_found_with_its_description()
    {
        object cell = new
        {
            class_name = "GRUCell",
            config = new { name = "c", activation = "relu", recurrent_activation = "sigmoid" },
        };
        object inner = new
        {
            name = "inner",
            layers = new object[] { new { class_name = "RNN", config = new { name = "r", cell } } },
        };
        Scratch.Refused(
            Keras3(Moved(Gru([2, 9]), "layers/gru", "layers/functional/layers/rnn"), ("Functional", inner)),
            "activation relu", "tanh");
    }

    [Theory]
    [InlineData("softmax", Activation.Softmax, OutputMeaning.Logits, 1)]
    [InlineData("sigmoid", Activation.Sigmoid, OutputMeaning.Logits, 0)]
    [InlineData("tanh", Activation.Tanh, OutputMeaning.TanhValues, 1)]
    [InlineData("linear", Activation.Linear, OutputMeaning.Values, 1)]
    public void An_activation_after_the_readout_is_the_readouts_and_says_what_outputs_mean(
        string activation, Activation expected, OutputMeaning outputs, int assumptions)
    {
        string path = Keras3(
            [.. Gru([2, 9]), .. Dense("dense", 3, 2)], Described, ("Dropout", new { name = "drop" }),
            ("Dense", new { name = "d", activation = "linear" }), ("Activation", new { name = "a", activation }));
        var imported = NetworkFile.Load(path);
        Assert.Equal((expected, outputs), (imported.OutputActivation, imported.Network.Outputs));
        Assert.Equal(assumptions, imported.Assumptions.Count);
        Assert.All(imported.Assumptions, sentence => Assert.Contains("ImportOptions.Outputs", sentence));
        foreach (var asked in Enum.GetValues<OutputMeaning>())
        {
            var other = NetworkFile.Load(path, new() { Outputs = asked });
            Assert.Equal((expected, asked), (other.OutputActivation, other.Network.Outputs));
            Assert.Empty(other.Assumptions);
        }
    }

    [Fact]
    public void Layers_around_the_readout_are_refused_by_name()
    {
        string norm = Keras3(
            [.. Gru([2, 9]), new("layers/layer_normalization/vars/0", [3], 1, 1, 1), .. Dense("dense", 3, 1)],
            Described, ("LayerNormalization", new { name = "norm" }),
            ("Dense", new { name = "d", activation = "linear" }));
        Scratch.Refused(norm, "LayerNormalization norm comes between layers/gru and layers/dense", "WithoutReadout");
        string two = Keras3(
            [.. Gru([2, 9]), .. Dense("dense", 3, 4), .. Dense("dense_1", 4, 1)], Described,
            ("Dense", new { name = "hidden", activation = "tanh" }),
            ("Dense", new { name = "out", activation = "sigmoid" }));
        Scratch.Refused(two, "Dense out comes after the readout layers/dense", "WithoutReadout");
        Assert.Null(NetworkFile.Load(two, new() { WithoutReadout = true }).Network.Readout);
    }

    [Fact]
    public void Of_two_readouts_of_a_graph_each_can_be_had()
    {
        object Layer(string type, object config, string? reads)
        {
            object[] nodes = reads is null ? [] : [new object[] { new object[] { reads, 0, 0, new { } } }];
            return new { class_name = type, config, inbound_nodes = nodes };
        }
        object[] layers =
        [
            Layer("InputLayer", new { name = "in" }, null),
            Layer("GRU", Described.Config, "in"),
            Layer("Dense", new { name = "left", activation = "sigmoid" }, "g"),
            Layer("Dense", new { name = "right", activation = "linear" }, "g"),
            Layer("Softmax", new { name = "share" }, "right"),
        ];
        object model = new { class_name = "Functional", config = new { name = "m", layers } };
        KerasArray[] arrays = [.. Gru([2, 9]), .. Dense("dense", 3, 1), .. Dense("dense_1", 3, 2)];
        string path = scratch.Write("heads.keras", KerasFile.Three(arrays, model));
        Assert.Equal(Activation.Sigmoid, NetworkFile.Load(path, new() { Readout = "dense" }).OutputActivation);
        Assert.Equal(Activation.Softmax, NetworkFile.Load(path, new() { Readout = "dense_1" }).OutputActivation);
    }

    [Fact]
    public void Layers_of_Keras_2_inside_another_model_are_found_under_both_names()
    {
        (string, object) Inner(string name, string type, object config) =>
            ("Functional", new { name, layers = new object[] { new { class_name = type, config } } });
        static IEnumerable<KerasArray> Named(KerasArray[] arrays, string folder, params string[] names) =>
            arrays.Zip(names, (array, name) => array with { Path = folder + name });
        var gru = Named(Gru([2, 9]), "body/g/gru_cell/", "kernel:0", "recurrent_kernel:0", "bias:0");
        var dense = Named(Dense("dense", 3, 1), "head/dense/", "kernel:0", "bias:0");
        var imported = NetworkFile.Load(scratch.Write("nested.h5", KerasFile.Two([.. gru, .. dense], KerasFile.Model(
            Inner("body", "GRU", Described.Config),
            Inner("head", "Dense", new { name = "dense", activation = "sigmoid" })))));
        Assert.Equal((3, Activation.Sigmoid), (imported.Cell.Units, imported.OutputActivation));
        Assert.Contains("different models", Assert.Single(imported.Assumptions));
    }

    [Theory]
    [InlineData("""{ "activation": "relu" }""", "activation relu")]
    [InlineData("""{ "recurrent_activation": "hard_sigmoid" }""", "recurrent activation hard_sigmoid")]
    [InlineData("""{ "activation": { "class_name": "function", "config": "my_tanh" } }""", "activation my_tanh")]
    [InlineData("""{ "activation": null }""", "activation linear")]
    [InlineData("""{ "go_backwards": true }""", "backwards")]
    [InlineData("""{ "reset_after": false }""", "reset_after")]
    public void What_a_description_says_and_no_cell_does_is_refused(string changes, string phrase)
    {
        var config = JsonSerializer.SerializeToNode(Good)!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(changes)!.AsObject()) config[key] = value?.DeepClone();
        Scratch.Refused(Keras3(Gru([2, 9]), ("GRU", config)), phrase);
    }

    [Fact]
    public void Layers_of_other_kinds_are_refused()
    {
        var gru = Gru([2, 9]);
        Scratch.Refused(
            Keras3(Moved(gru, "/gru/", "/cu_dnngru/"), ("CuDNNGRU", Good)), "CuDNNGRU", "SimpleRNN, LSTM or GRU");
        Scratch.Refused(
            Keras3([.. gru, .. Moved(gru, "/gru/", "/gru_1/")], ("GRU", Good), ("GRU", Good)),
            "2 recurrent layers", "layers/gru, layers/gru_1");
        KerasArray[] sides =
        [
            .. Moved(gru, "/gru/", "/bidirectional/forward_layer/"),
            .. Moved(gru, "/gru/", "/bidirectional/backward_layer/"),
        ];
        Scratch.Refused(
            Keras3(sides, ("Bidirectional", new { layer = new { class_name = "GRU", config = Good } })),
            "bidirectional", "one direction");
        Scratch.Refused(Weights([new("layers/dense/vars/0", [3, 2], new double[6])]), "no recurrent layer");
    }

    [Fact]
    public void Arrays_that_are_missing_left_over_or_of_another_shape_are_refused()
    {
        var gru = Gru([2, 9]);
        Scratch.Refused(
            Keras3([.. gru, new("layers/gru/cell/vars/3", [1], 1)], ("GRU", Good)), "cell/vars/3", "left over");
        Scratch.Refused(Weights([.. gru.Where(array => !array.Path.EndsWith("/1"))]), "no recurrent kernel");
        Scratch.Refused(Weights(Gru([18])), "[18]", "CuDNN");
    }

    [Fact]
    public void A_readout_of_another_kind_is_refused_and_one_of_two_can_be_named()
    {
        KerasArray[] one =
            [.. Gru([2, 9]), new("layers/dense/vars/0", [3, 1], 1, 2, 3), new("layers/dense/vars/1", [1], 4)];
        string relu = Keras3(one, ("GRU", Good), ("Dense", new { activation = "relu" }));
        Scratch.Refused(relu, "activation relu", "WithoutReadout");
        Assert.Null(NetworkFile.Load(relu, new() { WithoutReadout = true }).Network.Readout);
        string two = Weights([.. one, new("layers/dense_1/vars/0", [3, 2], 1, 2, 3, 4, 5, 6)]);
        Scratch.Refused(two, "2 dense layers", "layers/dense, layers/dense_1", "ImportOptions.Readout");
        var named = NetworkFile.Load(two, new() { Readout = "dense_1" });
        Assert.Equal([1, 3, 5, 2, 4, 6], named.Network.Readout!.weight.detach().data<float>().ToArray());
        Assert.Equal([0, 0], named.Network.Readout!.bias!.detach().data<float>().ToArray());
    }

    private static object Sigmoids => new { recurrent_activation = "sigmoid" };

    private static object Good => new { activation = "tanh", recurrent_activation = "sigmoid" };

    private static (string Class, object Config) Described => ("GRU", Tanh("g", resetAfter: true));

    private static object Reset(bool after) => new { recurrent_activation = "sigmoid", reset_after = after };

    private static object Tanh(string name, bool resetAfter) =>
        new { name, activation = "tanh", recurrent_activation = "sigmoid", reset_after = resetAfter };

    private static double[] Ramp(int count, double step) => [.. Enumerable.Range(1, count).Select(i => step * i)];

    private static KerasArray[] Dense(string place, int units, int channels) =>
    [
        new($"layers/{place}/vars/0", [units, channels], Ramp(units * channels, 0.1)),
        new($"layers/{place}/vars/1", [channels], new double[channels]),
    ];

    /// <summary>A GRU of 2 inputs and 3 units in Keras 3's places.</summary>
    private static KerasArray[] Gru(int[]? bias)
    {
        KerasArray[] kernels =
        [
            new("layers/gru/cell/vars/0", [2, 9], Ramp(18, 0.01)),
            new("layers/gru/cell/vars/1", [3, 9], Ramp(27, 0.01)),
        ];
        if (bias is null) return kernels;
        int count = bias.Aggregate(1, (product, length) => product * length);
        return [.. kernels, new("layers/gru/cell/vars/2", bias, Ramp(count, 0.01))];
    }

    private static KerasArray[] Moved(IEnumerable<KerasArray> arrays, string from, string to) =>
        [.. arrays.Select(array => array with { Path = array.Path.Replace(from, to) })];

    private string Keras3(IEnumerable<KerasArray> arrays, params (string Class, object Config)[] layers) =>
        scratch.Write("n.keras", KerasFile.Three(arrays, KerasFile.Model(layers)));

    private string Weights(IEnumerable<KerasArray> arrays) => scratch.Write("n.weights.h5", KerasFile.Weights(arrays));

    /// <summary>The same layer through a Keras 2 and a Keras 3 file.</summary>
    private ImportedNetwork[] Both(LayerWeights layer, object options) =>
    [
        NetworkFile.Load(scratch.Write("n.h5", KerasFile.Two(layer.Two(), KerasFile.Model(layer.Described(options))))),
        NetworkFile.Load(Keras3(layer.Three(), layer.Described(options))),
    ];

    private static double[] Step(ImportedNetwork imported, double input, params double[] state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var cell = imported.Cell.InDouble();
        return [.. cell.Step(tensor(new[,] { { input } }), tensor(state).unsqueeze(0))[0].data<double>()];
    }

    /// <summary>
    /// A layer as Keras 2 and Keras 3 store it. The shapes of the kernels follow from the bias and its last axis.
    /// </summary>
    private sealed record LayerWeights(string Type, double[] Kernel, double[] Recurrent, int[] BiasShape, double[] Bias)
    {
        private string Place => Type switch { "SimpleRNN" => "simple_rnn", "LSTM" => "lstm", _ => "gru" };

        public KerasArray[] Two() => Arrays(
            $"layer/layer/{Place}_cell/kernel:0", $"layer/layer/{Place}_cell/recurrent_kernel:0",
            $"layer/layer/{Place}_cell/bias:0");

        public KerasArray[] Three() => Arrays(
            $"layers/{Place}/cell/vars/0", $"layers/{Place}/cell/vars/1", $"layers/{Place}/cell/vars/2");

        public (string Class, object Config) Described(object options)
        {
            var config = JsonSerializer.SerializeToNode(options)!.AsObject();
            config["name"] = "layer";
            config["activation"] = "tanh";
            return (Type, config);
        }

        private KerasArray[] Arrays(string kernel, string recurrent, string bias)
        {
            int columns = BiasShape[^1];
            return
            [
                new(kernel, [Kernel.Length / columns, columns], Kernel),
                new(recurrent, [Recurrent.Length / columns, columns], Recurrent), new(bias, BiasShape, Bias),
            ];
        }
    }
}
