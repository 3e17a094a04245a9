using System.Text.Json;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

public sealed class ArchitectureTests
{
    public static TheoryData<string> Names =>
        ["vanilla", "lstm", "gru", "gru-reset-before", "gru-as-printed", "lstm-as-printed", "leaky-of-the-tests"];

    [Theory, MemberData(nameof(Names))]
    public void An_architecture_is_written_and_read_by_its_name(string name)
    {
        var architecture = Architecture.Named(name);
        Assert.Equal(name, architecture.Name);
        string text = JsonSerializer.Serialize(architecture, Json.Options);
        if (name != "leaky-of-the-tests") Assert.Equal($"\"{name}\"", text);
        Assert.Equal(architecture, JsonSerializer.Deserialize<Architecture>(text, Json.Options));
        var cell = architecture.Create(2, 3, ScalarType.Float64);
        Assert.Equal(architecture, cell.Architecture);
        Assert.Equal(architecture.Title, cell.Title);
    }

    [Fact]
    public void Options_are_part_of_an_architecture()
    {
        var slow = new LeakyTanh.Kind { Leak = 0.1 };
        Assert.NotEqual(new LeakyTanh.Kind(), slow);
        var recipe = new Recipe { Architecture = slow, Units = 4 };
        string text = JsonSerializer.Serialize(recipe, Json.Options);
        Assert.Contains("\"name\": \"leaky-of-the-tests\"", text, StringComparison.Ordinal);
        var back = JsonSerializer.Deserialize<Recipe>(text, Json.Options)!;
        Assert.Equal(recipe, back);
        Assert.NotEqual(recipe.Hash, (recipe with { Architecture = new LeakyTanh.Kind() }).Hash);
        // One step from r = 1 under weights of zero leaves 1 - a of it: in the float64 copy as well, so nothing was
        // lost on the way.
        var cell = back.Architecture.Create(1, 2).InDouble();
        Assert.Equal([0.9, 0.9], cell.Next([0], [1, 1]).Select(value => Math.Round(value, 12)));
        var old = JsonSerializer.Deserialize<Architecture>("""{ "name": "leaky-of-the-tests" }""", Json.Options);
        Assert.Equal(new LeakyTanh.Kind(), old);
    }

    [Theory]
    [InlineData("\"elman\"", "no architecture \"elman\"")]
    [InlineData("{ \"leak\": 0.1 }", "\"name\"")]
    [InlineData("{ \"name\": \"leaky-of-the-tests\", \"lek\": 0.1 }", "lek")]
    [InlineData("3", "An architecture is its name")]
    public void What_names_no_architecture_is_refused(string text, string phrase) =>
        Assert.Contains(phrase, Assert.Throws<JsonException>(() =>
            JsonSerializer.Deserialize<Architecture>(text, Json.Options)).Message);

    [Fact]
    public void A_cell_of_ones_own_is_copied_to_float64_with_its_buffers()
    {
        var own = Architecture.Of("squashed", (inputs, units, precision) => new Squashed(inputs, units, precision));
        Assert.Equal(own, Architecture.Named("squashed"));
        Assert.Equal(own, JsonSerializer.Deserialize<Architecture>("\"squashed\"", Json.Options));
        var network = Network.Create(own, 2, 3, 1, seed: 5);
        using (no_grad()) ((Squashed)network.Cell).Gain.fill_(0.5);
        var exact = network.InDouble();
        Assert.NotSame(network, exact);
        double[] state = [0.1, -0.2, 0.3];
        Assert.Equal(network.Cell.Next([1, -1], state), exact.Cell.Next([1, -1], state));
        double[,] h = new[] { state }.ToMatrix(3);
        double[,] weights = ((Squashed)exact.Cell).Recurrent.weight.ToMatrix();
        double[,] drive = ((Squashed)exact.Cell).Input.weight.ToMatrix();
        for (int i = 0; i < 3; i++)
        {
            double sum = drive[i, 0] - drive[i, 1] + Enumerable.Range(0, 3).Sum(j => weights[i, j] * h[0, j]);
            Assert.Equal(0.5 * Math.Tanh(sum), exact.Cell.Next([1, -1], state)[i], 1e-12);
        }
        // Without a bound and a box nothing is claimed that needs them.
        double[,] candidates = Candidates.Random(network.Cell, 20, 0.5, seed: 1);
        var set = new FixedPointSearch { MaxRounds = 0 }.Run(network.Cell, candidates);
        Assert.NotEmpty(set.Points);
        Assert.All(set.Points, point => Assert.Equal(Certainty.VerifiedNumerically, point.Certificate!.Certainty));
        Assert.Equal(CompletenessVerdict.NotApplicable, set.Completeness.Verdict);
    }

    [Fact]
    public void A_name_of_the_librarys_stays_the_librarys() =>
        Assert.Contains("choose another name", Assert.Throws<ArgumentException>(() =>
            Architecture.Of("gru", (inputs, units, precision) => new Squashed(inputs, units, precision))).Message);

    [Fact]
    public void A_cell_of_other_sizes_than_asked_for_is_refused() =>
        Assert.Contains("made one with 2 and 4", Assert.Throws<InvalidOperationException>(() =>
            Architecture.Of("wrong-sizes", (inputs, units, precision) => new Squashed(inputs, units + 1, precision))
                .Create(2, 3)).Message);

    [Fact]
    public void The_same_weights_with_other_equations_lose_nothing_or_are_refused()
    {
        var gru = RecurrentCell.Create(Architecture.Gru, 2, 3);
        gru.Initialise(1);
        var other = gru.As(Architecture.GruResetBefore);
        foreach (var (name, parameter) in other.named_parameters())
            Assert.True(parameter.eq(gru.get_parameter(name)!).all().item<bool>(), name);
        string refusal = Assert.Throws<ArgumentException>(() => gru.As(Architecture.Lstm)).Message;
        Assert.Contains("weight_ih_l0 is [9, 2] here and [12, 2] there", refusal, StringComparison.Ordinal);
    }

    /// <summary>A reader's own cell, h' = gain tanh(W h + B u), with a buffer that training leaves alone.</summary>
    private sealed class Squashed : Cell
    {
        public Squashed(int inputSize, int units, ScalarType precision) : base("Squashed", inputSize, units)
        {
            Input = nn.Linear(inputSize, units, hasBias: false, dtype: precision);
            Recurrent = nn.Linear(units, units, hasBias: false, dtype: precision);
            Gain = ones(units, dtype: precision);
            register_module("input", Input);
            register_module("recurrent", Recurrent);
            register_buffer("gain", Gain);
        }

        public Linear Input { get; }

        public Linear Recurrent { get; }

        public Tensor Gain { get; }

        public override Tensor Step(Tensor input, Tensor state) =>
            Gain * (Recurrent.call(state) + Input.call(input)).tanh();
    }
}
