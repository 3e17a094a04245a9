using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per connection between two attractors: their readouts, the channels in which these differ, the readout of
    /// each saddle between them, and the unstable eigenvalue of the first. Of a network without a readout, the points'
    /// numbers stand for their readouts.
    /// </summary>
    /// <param name="graph">The points, and where the network goes from the saddles.</param>
    /// <param name="network">Their network.</param>
    public static DataFrame Connections(TransitionGraph graph, Network network)
    {
        string[] readouts = Readouts(graph.Points, network);
        return Table.Of(graph.Edges()).Assuming(network.Cell.Unchecked)
            .Column("from", edge => readouts[edge.First])
            .Column("to", edge => readouts[edge.Second])
            .When(network.Readout is not null, table => table.Column("channels that differ", edge =>
                string.Join(", ", Differing(readouts[edge.First], readouts[edge.Second]))))
            .Column("saddle between", edge => string.Join(", ", edge.Saddles.Select(saddle => readouts[saddle])))
            .Column("unstable eigenvalue", edge => graph.Points[edge.Saddles[0]].Eigenvalues[0].Real);
    }

    /// <summary>
    /// A row per pair of attractors with a saddle of index 1 between them: number and readout of each, in how many
    /// channels they differ, how many saddles there are, and the most steps that a run from such a saddle took. Of a
    /// network without a readout the number alone.
    /// </summary>
    /// <param name="graph">The points, and where the network goes from the saddles.</param>
    /// <param name="network">Their network.</param>
    public static DataFrame Neighbours(TransitionGraph graph, Network network)
    {
        string[] readouts = Readouts(graph.Points, network);
        return Table.Of(graph.Edges()).Assuming(network.Cell.Unchecked)
            .Column("from", edge => Numbered(edge.First))
            .Column("to", edge => Numbered(edge.Second))
            .When(network.Readout is not null, table => table.Column(
                "channels that differ", edge => Differing(readouts[edge.First], readouts[edge.Second]).Count()))
            .Column("saddles", edge => edge.Saddles.Count)
            .Column("most steps", edge => graph.Transitions.Where(run => edge.Saddles.Contains(run.Saddle))
                .Max(run => run.Steps));

        string Numbered(int point) => network.Readout is null ? readouts[point] : $"{point + 1}: {readouts[point]}";
    }

    /// <summary>
    /// A row per attractor and a column per pulse: the readout of the attractor where the network comes to rest after
    /// it, or that attractor's number where the network has no readout.
    /// </summary>
    /// <param name="responses">What the pulses did.</param>
    /// <param name="network">The network that was pulsed.</param>
    public static DataFrame Pulses(PulseResponses responses, Network network)
    {
        string[] readouts = Readouts(responses.Points, network);
        var rows = responses.Responses.GroupBy(response => response.From).ToArray();
        return Table.Of(rows).Assuming(network.Cell.Unchecked)
            .Column("resting in", row => readouts[row.Key])
            .Each(rows.Take(1).SelectMany(row => row).Index(), (table, pulse) =>
                table.Column($"after ({Wording.Of(pulse.Item.Input)})",
                row => row.ElementAt(pulse.Index).To is { } to ? readouts[to] : "none"));
    }

    /// <summary>
    /// A row per duration: in how many of the responses every channel with a pulse has its sign afterwards, and in how
    /// many every other channel has kept its own.
    /// </summary>
    /// <param name="byDuration">Responses to pulses of each duration.</param>
    /// <param name="network">The network that was pulsed.</param>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public static DataFrame HeldPulses(IReadOnlyList<PulseResponses> byDuration, Network network) =>
        Table.Of(byDuration.Select(responses => (responses.Responses, Effects: PulseEffect.Of(responses, network))))
            .Assuming(network.Cell.Unchecked)
            .Column("steps held", row => row.Responses.FirstOrDefault()?.Held ?? 0)
            .Column("pulses", row => row.Responses.Count)
            .Column("bit set", row => row.Effects.Count(effect => effect.Sets))
            .Column("other bits kept", row => row.Effects.Count(effect => effect.KeepsOthers));

    /// <summary>
    /// A row per branch that folds, by where it first does: that position on the path, the readouts under the first
    /// input of the two fixed points at its ends, which meet there if it is the only fold, their unstable modes (empty
    /// where the continuation did not count them), and how many folds there are. Without a readout, nothing is read
    /// out.
    /// </summary>
    /// <param name="branches">The branches, all along the same path.</param>
    /// <param name="network">The network.</param>
    public static DataFrame Folds(IReadOnlyList<Branch> branches, Network network) =>
        Table.Of(branches.Where(branch => branch.Folds.Count > 0).OrderBy(branch => branch.Folds[0].Position))
            .Assuming(network.Cell.Unchecked)
            .Column("position", branch => branch.Folds[0].Position)
            .When(network.Readout is not null, table => table
                .Column("one point", branch => network.Decision(branch.Points[0].Point.State))
                .Column("the other", branch => branch.Ending == BranchEnding.CameBack
                    ? network.Decision(branch.Points[^1].Point.State)
                    : ""))
            .Column("unstable modes", branch => branch.Points[0].UnstableModes is { } modes
                ? $"{modes} and {branch.Points[^1].UnstableModes}"
                : "")
            .Column("folds", branch => branch.Folds.Count);

    /// <summary>What points read out, or their numbers where the network has no readout.</summary>
    private static string[] Readouts(IReadOnlyList<Linearisation> points, Network network) =>
        points.Count == 0 ? []
            : network.Readout is null ? [.. points.Select((_, i) => $"{i + 1}")]
            : network.Decisions(points.Select(point => point.Point.State).ToMatrix(network.Cell.StateSize));

    /// <summary>Channels, from 1, in which two readouts differ.</summary>
    private static IEnumerable<int> Differing(string a, string b) =>
        Enumerable.Range(0, a.Length).Where(k => a[k] != b[k]).Select(k => k + 1);

    /// <summary>
    /// A row per network: bits in question, the share of them that is read out right after one silent step and after
    /// the last, after how many silent steps fewer than 99 in 100 are (empty if never), and the length of the last
    /// step.
    /// </summary>
    /// <param name="networks">Names, and what each retained.</param>
    public static DataFrame Silence(IReadOnlyList<(string Name, Retention Retention)> networks) => Table.Of(networks)
        .Column("network", row => row.Name)
        .Column("bits", row => row.Retention.Bits)
        .Column("right after 1 step", row => row.Retention.Right[0])
        .Column("right at the end", row => row.Retention.Right[^1])
        .Column("below 99 % after", row =>
            Array.FindIndex(row.Retention.Right, share => share < 0.99) is >= 0 and var step ? step + 1 : (int?)null)
        .Column("length of the last step", row => row.Retention.Moved[^1]);
}
