using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Tests.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>What the outputs of a file's readout are taken to mean.</summary>
public sealed class OutputsTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    /// <summary>Row 37 of the field cases.</summary>
    [Fact]
    public void Eight_memories_whose_outputs_are_plus_and_minus_one_have_eight_labels()
    {
        // Three units that each keep their sign, x = tanh(2 x), and a readout that makes 1 and -1 of their two states.
        double scale = 1 / Nets.Root;
        string path = scratch.Write("cube.npz", Npz.Archive(
            ("weight_ih_l0", Npz.Float32([3, 3], 1, 0, 0, 0, 1, 0, 0, 0, 1)),
            ("weight_hh_l0", Npz.Float32([3, 3], 2, 0, 0, 0, 2, 0, 0, 0, 2)),
            ("readout.weight", Npz.Float32([3, 3], scale, 0, 0, 0, scale, 0, 0, 0, scale))));
        var network = NetworkFile.Load(path).Network;
        double[,] corners = new double[8, 3];
        for (int i = 0; i < 8; i++)
            for (int k = 0; k < 3; k++) corners[i, k] = (i >> k & 1) == 1 ? 0.8 : -0.8;
        var found = new FixedPointSearch().Run(
            network.Cell, corners, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(27, found.Points.Count);
        var points = Linearisation.Of(network.Cell, found.Points);
        double[,] attractors = points.Where(point => point.IsAttractor).Select(point => point.Point.State).ToMatrix(3);
        double[,] outputs = network.Answers(attractors);
        Assert.All(outputs.Cast<double>(), output => Assert.Equal(1, Math.Abs(output), 1e-6));
        Assert.Equal(
            ["+++", "++-", "+-+", "+--", "-++", "-+-", "--+", "---"],
            network.Decisions(attractors).Order(StringComparer.Ordinal));
        Assert.Equal("000", network.Decision([0, 0, 0]));
        Assert.Equal(
            Enumerable.Range(0, 8).Select(i => string.Concat(outputs.Row(i).Select(y => y > 0 ? '+' : '-'))),
            network.Decisions(attractors));
        // Taken for logits, the same outputs are all undecided: p is 0.73 or 0.27.
        var logits = NetworkFile.Load(path, new() { Outputs = OutputMeaning.Logits }).Network;
        Assert.All(logits.Decisions(attractors), decision => Assert.Equal("000", decision));
    }

    [Fact]
    public void Trained_with_cross_entropy_the_reference_networks_are_read_as_logits()
    {
        foreach (string name in new[] { "gru_flipflop3", "rnn_flipflop3", "lstm_flipflop3" })
        {
            var (network, points) = ReferencePoints.Of(name);
            var attractors = points.Where(point => point.IsAttractor).ToList();
            Assert.Equal(8, attractors.Select(point => network.Decision(point.Point.State)).Distinct().Count());
            Assert.All(attractors, point => Assert.DoesNotContain('0', network.Decision(point.Point.State)));
        }
    }
}
