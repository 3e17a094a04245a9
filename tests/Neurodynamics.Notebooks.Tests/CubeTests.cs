using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>Tables and fits of the cube's notebooks, on what is known of a cube.</summary>
public sealed class CubeTests
{
    [Fact]
    public void Each_saddle_with_one_unstable_mode_is_an_edge_between_memories_and_a_pulse_sets_one_bit()
    {
        var graph = TransitionGraph.Of(
            Sample.Network.Cell, Sample.Points, cancellation: TestContext.Current.CancellationToken);
        var edges = Tables.Connections(graph, Sample.Network);
        // The sample has no two saddles on one edge.
        int saddles = Sample.Points.Count(point => point.UnstableModes == 1);
        Assert.Equal((saddles, true), ((int)edges.Rows.Count, saddles > 0));
        foreach (var row in edges.Rows)
        {
            var (one, other) = ((string)row[0], (string)row[1]);
            int bit = Assert.Single(Enumerable.Range(0, 3), channel => one[channel] != other[channel]);
            Assert.Equal($"{bit + 1}", row[2]);
        }
        var pulses = Tables.Pulses(
            PulseResponses.Of(Sample.Network.Cell, Sample.Points, PulseResponses.OneChannelEach(3),
                cancellation: TestContext.Current.CancellationToken), Sample.Network);
        Assert.Equal(7, pulses.Columns.Count);
        foreach (var row in pulses.Rows)
        {
            string before = (string)row[0];
            for (int channel = 0; channel < 3; channel++)
            {
                Assert.Equal(before[..channel] + '+' + before[(channel + 1)..], row[1 + 2 * channel]);
                Assert.Equal(before[..channel] + '-' + before[(channel + 1)..], row[2 + 2 * channel]);
            }
        }
    }

    [Fact]
    public void Ends_that_did_not_move_keep_readouts_and_distances_and_are_near_themselves()
    {
        var ends = DescentEnds.Of(
            Sample.Solution with { Problem = new(Sample.Network.Cell, new double[3], Sample.Solution.States) },
                Sample.Network);
        Assert.Equal(1, ends.DistancesKept(Sample.Solution.States), 1e-12);
        double[,] logits = Sample.Network.InDouble().Logits(Sample.Solution.States);
        Assert.Equal(
            Enumerable.Range(0, logits.GetLength(0))
                .Select(i => string.Concat(Enumerable.Range(0, 3).Select(
                    k => logits[i, k] > Math.Log(9) ? '+' : logits[i, k] < -Math.Log(9) ? '-' : '0'))), ends.Readouts);
        // A GRU from zero is never beyond 1.
        double[,] far = (double[,])Sample.Solution.States.Clone();
        far[0, 5] = 1.5;
        var lost = DescentEnds.Of(Sample.Solution with { States = far }, Sample.Network);
        Assert.Equal([true], lost.Outside.Take(1));
        Assert.Equal(ends.Outside.Skip(1), lost.Outside.Skip(1));
        Assert.InRange(lost.DistancesKept(Sample.Solution.States), -1, 1 - 1e-9);
        Assert.Equal(Sample.Solution.Endings.Count(ending => ending == Ending.FixedPoint),
            ends.Near([.. Sample.Points.Select(point => point.Point)], 1e-6));
    }
}
