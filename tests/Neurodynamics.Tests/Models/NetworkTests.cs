using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

public sealed class NetworkTests
{
    [Fact]
    public void A_readout_in_another_precision_is_refused()
    {
        var cell = RecurrentCell.Create(Architecture.Gru, 1, 4, ScalarType.Float64);
        Assert.StartsWith("The readout is in Float32, but the cell in Float64: ", Refusal(nn.Linear(4, 2)));
        Assert.StartsWith("The readout reads 3 units, ", Refusal(nn.Linear(3, 2, dtype: ScalarType.Float64)));

        string Refusal(TorchSharp.Modules.Linear readout) =>
            Assert.Throws<ArgumentException>(() => new Network(cell, readout)).Message;
    }

    [Fact]
    public void A_readout_without_a_bias_reads_the_same_in_float64()
    {
        var cell = RecurrentCell.Create(Architecture.Gru, 1, 4);
        cell.Initialise(1);
        var network = new Network(cell, nn.Linear(4, 2, hasBias: false));
        double[,] state = new double[,] { { 0.5, -0.25, 1, 0.125 } };
        var (single, exact) = (network.Logits(state), network.InDouble().Logits(state));
        Assert.Equal(single[0, 0], exact[0, 0], 1e-6);
        Assert.Equal(single[0, 1], exact[0, 1], 1e-6);
        Assert.NotEqual(0, exact[0, 0]);
    }

    [Theory, InlineData(ScalarType.Float32), InlineData(ScalarType.Float64)]
    public void A_network_without_a_readout_runs_and_decides_nothing(ScalarType precision)
    {
        var cell = RecurrentCell.Create(Architecture.Gru, 1, 4, precision);
        cell.Initialise(1);
        var network = new Network(cell);
        Assert.Equal((null, 0), (network.Readout, network.Channels));
        double[,,] inputs = new double[,,] { { { 1 }, { -1 } }, { { 0.5 }, { 0 } } };
        double[,,] states = network.Run(inputs);
        using (no_grad())
        using (var given = tensor(inputs).to(precision))
            Assert.Equal(cell.Run(given).ToCube(), states);
        Assert.Equal("", network.Decision(states.Trial(0).Row(0)));
        Assert.Equal(["", ""], network.Decisions(states.Trial(0)));
        var exact = network.InDouble();
        Assert.Same(exact, network.InDouble());
        Assert.Same(cell.InDouble(), exact.Cell);
        Assert.Null(exact.Readout);
        Assert.Null(network.As(Architecture.GruResetBefore).Readout);

        double[,] last = states.AtStep(^1);
        foreach (var refused in new Action[]
        {
            () => network.Logits(last), () => network.Answers(last), () => network.Probabilities(last),
            () => network.Readouts(inputs), () => network.Logits(tensor(last)),
        })
            Assert.Equal(
                "This network has no readout: give it one with new Network(cell, readout), or use what needs none, "
                + "such as its states and fixed points.", Assert.Throws<InvalidOperationException>(refused).Message);
    }

    [Theory]
    [InlineData(OutputMeaning.Logits, new[] { 2.2, 2.19, 0, -2.19, -2.2 }, "+000-")]
    [InlineData(OutputMeaning.Values, new[] { 1.3, 0.5, 0.49, -0.49, -0.5 }, "++00-")]
    [InlineData(OutputMeaning.TanhValues, new[] { 0.55, 0.54, 0, -0.54, -0.55 }, "+000-")]
    public void Outputs_decide_by_what_they_mean(OutputMeaning outputs, double[] given, string decisions)
    {
        // Each unit has a channel of its own, whose output is the unit's state.
        var readout = nn.Linear(5, 5, hasBias: false, dtype: ScalarType.Float64);
        using (no_grad()) readout.weight.copy_(eye(5));
        var network = new Network(new VanillaRnn(1, 5, ScalarType.Float64), readout, outputs);
        foreach (var one in new[] { network, network.InDouble(), network.As(Architecture.Vanilla) })
        {
            Assert.Equal((outputs, decisions), (one.Outputs, one.Decision(given)));
            Assert.Equal(given, one.Logits(given.AsRow()).Row(0));
        }
        Assert.Equal(decisions, Network.Decide(network.Answers(given.AsRow()).Row(0), outputs));
        Assert.Equal(given.Select(value => outputs switch
        {
            OutputMeaning.Logits => 1 / (1 + Math.Exp(-value)),
            OutputMeaning.Values => Math.Clamp((1 + value) / 2, 0, 1),
            _ => (1 + Math.Tanh(value)) / 2,
        }), network.Probabilities(given.AsRow()).Row(0), (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void What_outputs_mean_survives_the_copy_in_float64()
    {
        var network = new Network(new VanillaRnn(1, 2), nn.Linear(2, 1), OutputMeaning.Values);
        Assert.Equal((OutputMeaning.Values, ScalarType.Float64),
            (network.InDouble().Outputs, network.InDouble().Readout!.weight.dtype));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Network(network.Cell, outputs: (OutputMeaning)7));
    }
}
