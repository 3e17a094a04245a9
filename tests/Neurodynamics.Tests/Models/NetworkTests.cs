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
}
