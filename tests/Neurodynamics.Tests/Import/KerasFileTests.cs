using Neurodynamics.Import;
using Neurodynamics.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Import;

/// <summary>Keras' layers, against steps worked out by hand and against Keras' equations written out unit by unit.</summary>
public sealed class KerasFileTests : IDisposable
{
    private static readonly double Ln3 = Math.Log(3); // s(ln 3) = 3/4, s(-ln 3) = 1/4

    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void SimpleRNN_by_hand()
    {
        // tanh(0.5 * 2 - 1 * 0.75 + 0.25) = tanh(0.5)
        var both = Both("SimpleRNN", "simple_rnn", [1, 1], [0.5], [1, 1], [-1], [1], [0.25], new { });
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
        var both = Both("LSTM", "lstm", [1, 4], [Ln3, 0, 1, -Ln3], [1, 4], [0, 0, 0, 0], [4], [0, 0, 0, 0], new { recurrent_activation = "sigmoid" });
        foreach (var imported in both)
        {
            Assert.Equal(Architecture.Lstm, imported.Cell.Architecture);
            double c = 0.2 + 0.75 * 0.7615941559557649;
            var next = Step(imported, 1, 0.3, 0.4);
            Assert.Equal(c, next[1], 1e-7);
            Assert.Equal(Math.Tanh(c) / 4, next[0], 1e-7);
        }
    }

    [Fact]
    public void Gru_with_the_reset_gate_after_the_product_by_hand()
    {
        // Columns z r h. z = 3/4, r = 1/2, candidate tanh(1 + r (2 * 0.5 + 1)) = tanh 2; h' = 0.75 * 0.5 + 0.25 tanh 2.
        var both = Both("GRU", "gru", [1, 3], [Ln3, 0, 1], [1, 3], [0, 0, 2], [2, 3], [0, 0, 0, 0, 0, 1], new { recurrent_activation = "sigmoid", reset_after = true });
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
        var both = Both("GRU", "gru", [1, 3], [Ln3, 0, 1], [1, 3], [0, 0, 2], [3], [0, 0, 0], new { recurrent_activation = "sigmoid", reset_after = false });
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
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (double)(float)(2 * random.NextDouble() - 1))];
        int gates = type switch { "SimpleRNN" => 1, "LSTM" => 4, _ => 3 };
        var (kernel, recurrent) = (Draw(inputs * gates * units), Draw(units * gates * units));
        int biases = resetAfter ? 2 : 1;
        var bias = Draw(biases * gates * units);
        var (weight, shift) = (Draw(units * channels), Draw(channels));
        var layer = Layer(type, type switch { "SimpleRNN" => "simple_rnn", "LSTM" => "lstm", _ => "gru" }, [inputs, gates * units], kernel, [units, gates * units], recurrent,
            biases == 2 ? [2, gates * units] : [gates * units], bias, type == "GRU" ? new { units, recurrent_activation = "sigmoid", reset_after = resetAfter } : new { units, recurrent_activation = "sigmoid" });
        var imported = new[]
        {
            NetworkFile.Load(scratch.Write("a.h5", KerasFile.Two([.. layer.Two, ("readout/readout/kernel:0", [units, channels], weight), ("readout/readout/bias:0", [channels], shift)],
                KerasFile.Model(("InputLayer", new { name = "input_1" }), layer.Config, ("Dense", new { name = "readout", activation = "sigmoid" }))))),
            NetworkFile.Load(scratch.Write("a.keras", KerasFile.Three([.. layer.Three, ("layers/dense/vars/0", [units, channels], weight), ("layers/dense/vars/1", [channels], shift), ("optimizer/vars/0", [1], [5])],
                KerasFile.Model(("InputLayer", new { name = "input_1" }), layer.Config, ("Dense", new { name = "readout", activation = "sigmoid" }))))),
        };

        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
        var (given, states, outputs) = (new double[2, 20, inputs], new double[2, 20, units], new double[2, 20, channels]);
        for (int trial = 0; trial < 2; trial++)
        {
            var (h, c) = (new double[units], new double[units]);
            for (int t = 0; t < 20; t++)
            {
                for (int i = 0; i < inputs; i++) given[trial, t, i] = (float)random.NextDouble();
                double FromInputs(int gate, int unit) => Enumerable.Range(0, inputs).Sum(i => given[trial, t, i] * kernel[i * gates * units + gate * units + unit]) + bias[gate * units + unit];
                double FromUnits(int gate, int unit, Func<int, double> scale) => Enumerable.Range(0, units).Sum(j => scale(j) * h[j] * recurrent[j * gates * units + gate * units + unit]);
                double Both(int gate, int unit) => FromInputs(gate, unit) + FromUnits(gate, unit, _ => 1) + SecondBias(gate, unit);
                double SecondBias(int gate, int unit) => resetAfter ? bias[gates * units + gate * units + unit] : 0;
                var next = new double[units];
                for (int unit = 0; unit < units; unit++)
                    switch (type)
                    {
                        case "SimpleRNN":
                            next[unit] = Math.Tanh(Both(0, unit));
                            break;
                        case "LSTM":
                            c[unit] = Sigmoid(Both(1, unit)) * c[unit] + Sigmoid(Both(0, unit)) * Math.Tanh(Both(2, unit));
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
                for (int k = 0; k < channels; k++) outputs[trial, t, k] = Sigmoid(shift[k] + Enumerable.Range(0, units).Sum(unit => h[unit] * weight[unit * channels + k]));
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
        var arrays = Gru([2, 9]);
        var imported = NetworkFile.Load(scratch.Write("n.weights.h5", KerasFile.Weights(arrays)));
        Assert.Equal(Architecture.Gru, imported.Cell.Architecture);
        Assert.Contains("tanh and sigmoid", Assert.Single(imported.Assumptions));
        Assert.Null(imported.Network);
        // One bias can only be the form with the reset gate before the product.
        Assert.Equal(Architecture.GruResetBefore, NetworkFile.Load(scratch.Write("m.weights.h5", KerasFile.Weights(Gru([9])))).Cell.Architecture);
    }

    [Fact]
    public void A_GRU_without_bias_asks_which_form_it_is()
    {
        string path = scratch.Write("n.weights.h5", KerasFile.Weights(Gru(null)));
        Scratch.Refused(path, "without bias", "GruResetBefore", "ImportOptions.Architecture");
        foreach (var architecture in new[] { Architecture.Gru, Architecture.GruResetBefore })
            Assert.Equal(architecture, NetworkFile.Load(path, new() { Architecture = architecture }).Cell.Architecture);
        string described = scratch.Write("n.keras", KerasFile.Three(Gru(null), KerasFile.Model(("GRU", new { name = "g", activation = "tanh", recurrent_activation = "sigmoid", reset_after = false }))));
        Assert.Equal(Architecture.GruResetBefore, NetworkFile.Load(described).Cell.Architecture);
    }

    [Fact]
    public void A_layer_inside_another_model_or_wrapper_is_found_with_its_description()
    {
        object inner = new { name = "inner", layers = new object[] { new { class_name = "RNN", config = new { name = "r", cell = new { class_name = "GRUCell", config = new { name = "c", activation = "relu", recurrent_activation = "sigmoid" } } } } } };
        var arrays = Gru([2, 9]).Select(array => array with { Path = array.Path.Replace("layers/gru", "layers/functional/layers/rnn") });
        Scratch.Refused(scratch.Write("n.keras", KerasFile.Three(arrays, KerasFile.Model(("Functional", inner)))), "activation relu", "tanh");
    }

    [Theory]
    [InlineData("softmax", Activation.Softmax, 1)]
    [InlineData("sigmoid", Activation.Sigmoid, 0)]
    public void An_activation_after_the_readout_is_the_readouts(string activation, Activation expected, int assumptions)
    {
        var imported = NetworkFile.Load(scratch.Write("n.keras", KerasFile.Three([.. Gru([2, 9]), .. Dense("dense", 3, 2)],
            KerasFile.Model(Described, ("Dropout", new { name = "drop" }), ("Dense", new { name = "d", activation = "linear" }), ("Activation", new { name = "a", activation })))));
        Assert.Equal(expected, imported.OutputActivation);
        Assert.Equal(assumptions, imported.Assumptions.Count);
    }

    [Fact]
    public void Layers_around_the_readout_are_refused_by_name()
    {
        string norm = scratch.Write("norm.keras", KerasFile.Three([.. Gru([2, 9]), ("layers/layer_normalization/vars/0", [3], [1, 1, 1]), .. Dense("dense", 3, 1)],
            KerasFile.Model(Described, ("LayerNormalization", new { name = "norm" }), ("Dense", new { name = "d", activation = "linear" }))));
        Scratch.Refused(norm, "LayerNormalization norm comes between layers/gru and layers/dense", "WithoutReadout");
        string two = scratch.Write("two.keras", KerasFile.Three([.. Gru([2, 9]), .. Dense("dense", 3, 4), .. Dense("dense_1", 4, 1)],
            KerasFile.Model(Described, ("Dense", new { name = "hidden", activation = "tanh" }), ("Dense", new { name = "out", activation = "sigmoid" }))));
        Scratch.Refused(two, "Dense out comes after the readout layers/dense", "WithoutReadout");
        Assert.Null(NetworkFile.Load(two, new() { WithoutReadout = true }).Network);
    }

    [Fact]
    public void Of_two_readouts_of_a_graph_each_can_be_had()
    {
        object Reads(string name) => new object[] { new object[] { new object[] { name, 0, 0, new { } } } };
        object model = new
        {
            class_name = "Functional",
            config = new
            {
                name = "m",
                layers = new object[]
                {
                    new { class_name = "InputLayer", config = new { name = "in" }, inbound_nodes = Array.Empty<object>() },
                    new { class_name = "GRU", config = Described.Config, inbound_nodes = Reads("in") },
                    new { class_name = "Dense", config = new { name = "left", activation = "sigmoid" }, inbound_nodes = Reads("g") },
                    new { class_name = "Dense", config = new { name = "right", activation = "linear" }, inbound_nodes = Reads("g") },
                    new { class_name = "Softmax", config = new { name = "share" }, inbound_nodes = Reads("right") },
                },
            },
        };
        string path = scratch.Write("heads.keras", KerasFile.Three([.. Gru([2, 9]), .. Dense("dense", 3, 1), .. Dense("dense_1", 3, 2)], model));
        Assert.Equal(Activation.Sigmoid, NetworkFile.Load(path, new() { Readout = "dense" }).OutputActivation);
        Assert.Equal(Activation.Softmax, NetworkFile.Load(path, new() { Readout = "dense_1" }).OutputActivation);
    }

    [Fact]
    public void Layers_of_Keras_2_inside_another_model_are_found_under_both_names()
    {
        object Inner(string name, string type, object config) => new { name, layers = new object[] { new { class_name = type, config } } };
        var gru = Gru([2, 9]).Zip(["kernel:0", "recurrent_kernel:0", "bias:0"], (array, name) => ($"body/g/gru_cell/{name}", array.Shape, array.Values));
        var dense = Dense("dense", 3, 1).Zip(["kernel:0", "bias:0"], (array, name) => ($"head/dense/{name}", array.Shape, array.Values));
        var imported = NetworkFile.Load(scratch.Write("nested.h5", KerasFile.Two([.. gru, .. dense],
            KerasFile.Model(("Functional", Inner("body", "GRU", Described.Config)), ("Functional", Inner("head", "Dense", new { name = "dense", activation = "sigmoid" }))))));
        Assert.Equal((3, Activation.Sigmoid), (imported.Cell.Units, imported.OutputActivation));
        Assert.Contains("different models", Assert.Single(imported.Assumptions));
    }

    private static (string Class, object Config) Described => ("GRU", new { name = "g", activation = "tanh", recurrent_activation = "sigmoid", reset_after = true });

    private static (string Path, int[] Shape, double[] Values)[] Dense(string place, int units, int channels) =>
        [($"layers/{place}/vars/0", [units, channels], [.. Enumerable.Range(1, units * channels).Select(i => 0.1 * i)]), ($"layers/{place}/vars/1", [channels], new double[channels])];

    [Theory]
    [InlineData("""{ "activation": "relu", "recurrent_activation": "sigmoid" }""", "activation relu")]
    [InlineData("""{ "activation": "tanh", "recurrent_activation": "hard_sigmoid" }""", "recurrent activation hard_sigmoid")]
    [InlineData("""{ "activation": { "class_name": "function", "config": "my_tanh" }, "recurrent_activation": "sigmoid" }""", "activation my_tanh")]
    [InlineData("""{ "activation": null, "recurrent_activation": "sigmoid" }""", "activation linear")]
    [InlineData("""{ "activation": "tanh", "recurrent_activation": "sigmoid", "go_backwards": true }""", "backwards")]
    [InlineData("""{ "activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": false }""", "reset_after")]
    public void What_a_description_says_and_no_cell_does_is_refused(string config, string phrase)
    {
        object described = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(config);
        Scratch.Refused(scratch.Write("n.keras", KerasFile.Three(Gru([2, 9]), KerasFile.Model(("GRU", described)))), phrase);
    }

    [Fact]
    public void Other_layers_are_refused()
    {
        var gru = Gru([2, 9]);
        object good = new { activation = "tanh", recurrent_activation = "sigmoid" };
        Scratch.Refused(scratch.Write("cudnn.keras", KerasFile.Three(gru.Select(array => array with { Path = array.Path.Replace("/gru/", "/cu_dnngru/") }), KerasFile.Model(("CuDNNGRU", good)))), "CuDNNGRU", "SimpleRNN, LSTM or GRU");
        Scratch.Refused(scratch.Write("two.keras", KerasFile.Three([.. gru, .. gru.Select(array => array with { Path = array.Path.Replace("/gru/", "/gru_1/") })], KerasFile.Model(("GRU", good), ("GRU", good)))), "2 recurrent layers", "layers/gru, layers/gru_1");
        Scratch.Refused(scratch.Write("bi.keras", KerasFile.Three(gru.SelectMany(array => new[] { "forward_layer", "backward_layer" }.Select(side => array with { Path = array.Path.Replace("/gru/", $"/bidirectional/{side}/") })),
            KerasFile.Model(("Bidirectional", new { layer = new { class_name = "GRU", config = good } })))), "bidirectional", "one direction");
        Scratch.Refused(scratch.Write("left.keras", KerasFile.Three([.. gru, ("layers/gru/cell/vars/3", [1], [1])], KerasFile.Model(("GRU", good)))), "cell/vars/3", "left over");
        Scratch.Refused(scratch.Write("missing.weights.h5", KerasFile.Weights(gru.Where(array => !array.Path.EndsWith("/1")))), "no recurrent kernel");
        Scratch.Refused(scratch.Write("bias.weights.h5", KerasFile.Weights(Gru([18]))), "[18]", "CuDNN");
        Scratch.Refused(scratch.Write("dense.weights.h5", KerasFile.Weights([("layers/dense/vars/0", [3, 2], new double[6])])), "no recurrent layer");
        var dense = new (string, int[], double[])[] { ("layers/dense/vars/0", [3, 1], [1, 2, 3]), ("layers/dense/vars/1", [1], [4]) };
        string relu = scratch.Write("relu.keras", KerasFile.Three([.. gru, .. dense], KerasFile.Model(("GRU", good), ("Dense", new { activation = "relu" }))));
        Scratch.Refused(relu, "activation relu", "WithoutReadout");
        Assert.Null(NetworkFile.Load(relu, new() { WithoutReadout = true }).Network);
        var twoReadouts = scratch.Write("readouts.weights.h5", KerasFile.Weights([.. gru, .. dense, ("layers/dense_1/vars/0", [3, 2], [1, 2, 3, 4, 5, 6])]));
        Scratch.Refused(twoReadouts, "2 dense layers", "layers/dense, layers/dense_1", "ImportOptions.Readout");
        var named = NetworkFile.Load(twoReadouts, new() { Readout = "dense_1" });
        Assert.Equal([1, 3, 5, 2, 4, 6], named.Network!.Readout.weight.detach().data<float>().ToArray());
        Assert.Equal([0, 0], named.Network.Readout.bias!.detach().data<float>().ToArray());
    }

    /// <summary>A GRU of 2 inputs and 3 units in Keras 3's places.</summary>
    private static (string Path, int[] Shape, double[] Values)[] Gru(int[]? bias)
    {
        double[] Ramp(int count) => [.. Enumerable.Range(1, count).Select(i => 0.01 * i)];
        (string, int[], double[])[] kernels = [("layers/gru/cell/vars/0", [2, 9], Ramp(18)), ("layers/gru/cell/vars/1", [3, 9], Ramp(27))];
        return bias is null ? kernels : [.. kernels, ("layers/gru/cell/vars/2", bias, Ramp(bias.Aggregate(1, (product, length) => product * length)))];
    }

    private static ((string, int[], double[])[] Two, (string, int[], double[])[] Three, (string, object) Config) Layer(
        string type, string place, int[] inputShape, double[] kernel, int[] recurrentShape, double[] recurrent, int[] biasShape, double[] bias, object options)
    {
        var config = System.Text.Json.JsonSerializer.SerializeToNode(options)!.AsObject();
        config["name"] = "layer";
        config["activation"] = "tanh";
        return (
            [($"layer/layer/{place}_cell/kernel:0", inputShape, kernel), ($"layer/layer/{place}_cell/recurrent_kernel:0", recurrentShape, recurrent), ($"layer/layer/{place}_cell/bias:0", biasShape, bias)],
            [($"layers/{place}/cell/vars/0", inputShape, kernel), ($"layers/{place}/cell/vars/1", recurrentShape, recurrent), ($"layers/{place}/cell/vars/2", biasShape, bias)],
            (type, config));
    }

    /// <summary>The same layer through a Keras 2 and a Keras 3 file.</summary>
    private ImportedNetwork[] Both(string type, string place, int[] inputShape, double[] kernel, int[] recurrentShape, double[] recurrent, int[] biasShape, double[] bias, object options)
    {
        var layer = Layer(type, place, inputShape, kernel, recurrentShape, recurrent, biasShape, bias, options);
        return
        [
            NetworkFile.Load(scratch.Write("n.h5", KerasFile.Two(layer.Two, KerasFile.Model(layer.Config)))),
            NetworkFile.Load(scratch.Write("n.keras", KerasFile.Three(layer.Three, KerasFile.Model(layer.Config)))),
        ];
    }

    private static double[] Step(ImportedNetwork imported, double input, params double[] state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var cell = imported.Cell.InDouble();
        return [.. cell.Step(tensor(new[,] { { input } }), tensor(state).unsqueeze(0))[0].data<double>()];
    }
}
