using Neurodynamics.Models;
using Xunit;

namespace Neurodynamics.Tests.Models;

public sealed class LesionTests
{
    public static TheoryData<Architecture> Kinds =>
    [
        new Currents { Leak = 0.3 }, new Currents { Leak = 0.3, Rank = 2 }, new Rates { Leak = 0.3, Inhibitory = 0.3 },
        Architecture.Gru,
    ];

    [Theory, MemberData(nameof(Kinds))]
    public void What_a_silenced_unit_does_reaches_nobody(Architecture kind)
    {
        var network = Network.Create(kind, 2, 6, 1, seed: 1).InDouble();
        var lesioned = network.Without([1, 4]);
        double[,] state = { { 0.3, -0.2, 0.5, 0.1, -0.7, 0.4 } }, other = (double[,])state.Clone();
        (other[0, 1], other[0, 4]) = (2, -3);
        double[] Others(Network of, double[,] x) => of.Cell.Next([0.2, -0.1], [.. x.Cast<double>()]) is var next
            ? [next[0], next[2], next[3], next[5]] : [];
        Assert.Equal(Others(lesioned, state), Others(lesioned, other));
        Assert.Equal(lesioned.Logits(state), lesioned.Logits(other));
        Assert.NotEqual(Others(network, state), Others(network, other));
        // Where the two are silent anyway, nothing changes.
        (state[0, 1], state[0, 4]) = (0, 0);
        double[] Rounded(double[] values) => [.. values.Select(value => Math.Round(value, 12))];
        Assert.Equal(Rounded(Others(network, state)), Rounded(Others(lesioned, state)));
        Assert.Equal(network.Logits(state)[0, 0], lesioned.Logits(state)[0, 0], 1e-12);
        // Nor is the network itself changed.
        Assert.NotEqual(0, network.Readout!.weight[0, 1].item<double>());
    }

    [Fact]
    public void The_state_before_the_first_step_stays()
    {
        var cell = new VanillaRnn(1, 3, TorchSharp.torch.ScalarType.Float64) { GivenStart = [0.1, 0.2, 0.3] };
        Assert.Equal([0.1, 0.2, 0.3], cell.Without([1]).GivenStart!);
    }

    [Fact]
    public void Units_that_are_not_there_and_cells_with_gates_are_refused()
    {
        var network = Network.Create(new Currents(), 1, 3, 1, seed: 1);
        Assert.Contains("there are 3", Assert.Throws<ArgumentOutOfRangeException>(() => network.Without([3])).Message);
        Assert.Contains("cannot be silenced", Assert.Throws<InvalidOperationException>(() =>
            Cell.From((_, x) => 0.5 * x, 1, 3).Without([0])).Message);
    }
}
