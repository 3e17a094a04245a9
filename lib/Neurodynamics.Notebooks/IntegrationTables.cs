using System.Globalization;
using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

/// <summary>Tables of the integrators' notebooks.</summary>
public static class IntegrationTables
{
    /// <summary>
    /// A row per set of points: its name, the input, fixed points, attractors among them, and of the first attractor its probability of class 1 (first channel), largest
    /// |lambda|, time constant of that mode in steps, and modes with |lambda| within the band of 1; whether the sum of signs allows that these are all.
    /// </summary>
    /// <param name="sets">A name, the network and what a search found, per row.</param>
    public static DataFrame BySet(IReadOnlyList<(string Name, Network Network, FixedPointSet Set)> sets)
    {
        var rows = sets.Select(row => (row.Name, row.Network, row.Set, Points: Linearisation.Of(row.Network.Cell, row.Set.Points))).ToArray();
        var attractors = rows.Select(row => row.Points.FirstOrDefault(point => point.IsAttractor)).ToArray();
        return new(
            new StringDataFrameColumn("network", rows.Select(row => row.Name)),
            new StringDataFrameColumn("input", rows.Select(row => string.Join(", ", row.Set.Input.Select(value => value.ToString("+0.###;\u22120.###;0", CultureInfo.InvariantCulture))))),
            new PrimitiveDataFrameColumn<int>("fixed points", rows.Select(row => row.Points.Count)),
            new PrimitiveDataFrameColumn<int>("attractors", rows.Select(row => row.Points.Count(point => point.IsAttractor))),
            new PrimitiveDataFrameColumn<double>("p at attractor", rows.Select((row, i) => attractors[i] is { } point ? PointFacts.Of([point], row.Network)[0].Probabilities[0] : double.NaN)),
            new PrimitiveDataFrameColumn<double>("largest |\u03bb|", attractors.Select(point => point?.Eigenvalues[0].Magnitude ?? double.NaN)),
            new PrimitiveDataFrameColumn<double>("time constant", attractors.Select(point => point?.Modes[0].TimeConstant ?? double.NaN)),
            new PrimitiveDataFrameColumn<int>("modes near 1", attractors.Select(point => point?.MarginalModes ?? 0)),
            new StringDataFrameColumn("complete?", rows.Select(row => row.Set.Completeness.Verdict.ToString().ToLowerInvariant())));
    }

    /// <summary>R^2 of each quantity for each value that it may explain: a column per value.</summary>
    /// <param name="values">A name and its comparison, per column; all of the same quantities in the same order, though a scale in a name may differ.</param>
    public static DataFrame Correlates(IReadOnlyList<(string Name, IReadOnlyList<Correlate> Values)> values) =>
        new([
            new StringDataFrameColumn("explained by", values[0].Values.Select(value => value.Quantity.StartsWith("tanh", StringComparison.Ordinal) ? "tanh(sum / s), best s" : value.Quantity)),
            .. values.Select(column => new PrimitiveDataFrameColumn<double>(column.Name, column.Values.Select(value => value.Explained))),
        ]);

    /// <summary>
    /// What states read out, by how many channels are undecided (0.1 &lt; p &lt; 0.9), a row per number of unstable modes. In a cube of memories the two numbers are the same: an edge's
    /// saddle is undecided in one channel.
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="network">Their network.</param>
    public static DataFrame Undecided(IReadOnlyList<Linearisation> points, Network network)
    {
        var facts = PointFacts.Of(points, network);
        int[] kinds = [.. facts.Select(fact => fact.Linearisation.UnstableModes).Distinct().Order()];
        return new([
            new PrimitiveDataFrameColumn<int>("unstable modes", kinds),
            new PrimitiveDataFrameColumn<int>("points", kinds.Select(kind => facts.Count(fact => fact.Linearisation.UnstableModes == kind))),
            .. Enumerable.Range(0, network.Channels + 1).Select(undecided => new PrimitiveDataFrameColumn<int>($"undecided in {undecided}",
                kinds.Select(kind => facts.Count(fact => fact.Linearisation.UnstableModes == kind && fact.Readout.Count(sign => sign == '0') == undecided)))),
            new PrimitiveDataFrameColumn<int>("readouts that differ", kinds.Select(kind => facts.Where(fact => fact.Linearisation.UnstableModes == kind).Select(fact => fact.Readout).Distinct().Count())),
        ]);
    }

    /// <summary>|cos| of the angles between components and readout rows, a row per component, and in the last row how much of each readout row lies in their space.</summary>
    /// <param name="pca">The components.</param>
    /// <param name="network">The network.</param>
    public static DataFrame ReadoutAxes(Pca pca, Network network)
    {
        var cosines = ReadoutShare.Of(pca, network);
        int components = cosines.GetLength(0) - 1;
        return new([
            new StringDataFrameColumn("direction", Enumerable.Range(1, components).Select(k => $"PC{k}").Append("all of them")),
            .. Enumerable.Range(0, network.Channels).Select(channel => new PrimitiveDataFrameColumn<double>($"readout {channel + 1}", Enumerable.Range(0, components + 1).Select(k => cosines[k, channel]))),
        ]);
    }

    /// <summary>|cos| of the angles between the rows of the readout: 0 where two channels are read from directions at right angles.</summary>
    /// <param name="network">The network.</param>
    public static DataFrame ReadoutAngles(Network network)
    {
        var weights = network.Readout.weight.ToMatrix();
        double[][] rows = [.. Enumerable.Range(0, network.Channels).Select(weights.Row)];
        return new([
            new StringDataFrameColumn("readout", Enumerable.Range(1, network.Channels).Select(channel => $"{channel}")),
            .. rows.Select((row, channel) => new PrimitiveDataFrameColumn<double>($"with {channel + 1}", rows.Select(other => Math.Abs(Product(row, other)) / Math.Sqrt(Product(row, row) * Product(other, other))))),
        ]);

        static double Product(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
    }

    /// <summary>A row per pair of attractors with a saddle of index 1 between them: readouts, channels in which they differ, saddles, and the most steps that a run from such a saddle took.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="network">The network.</param>
    public static DataFrame Connections(TransitionGraph graph, Network network)
    {
        var edges = graph.Edges();
        string[] readouts = [.. graph.Points.Select(point => network.Decision(point.Point.State))];
        return new(
            new StringDataFrameColumn("from", edges.Select(edge => $"{edge.First + 1}: {readouts[edge.First]}")),
            new StringDataFrameColumn("to", edges.Select(edge => $"{edge.Second + 1}: {readouts[edge.Second]}")),
            new PrimitiveDataFrameColumn<int>("channels that differ", edges.Select(edge => readouts[edge.First].Zip(readouts[edge.Second]).Count(pair => pair.First != pair.Second))),
            new PrimitiveDataFrameColumn<int>("saddles", edges.Select(edge => edge.Saddles.Count)),
            new PrimitiveDataFrameColumn<int>("most steps", edges.Select(edge => graph.Transitions.Where(run => edge.Saddles.Contains(run.Saddle)).Max(run => run.Steps))));
    }
}
