using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per set of states: how many, how many of them are different, variance in three components, the shape and
    /// in what share of draws, the lead of the likeliest shape before none over them and the lead that is needed,
    /// where on a cube the states lie, and the angles between the directions of a cube or of axes.
    /// </summary>
    /// <param name="clouds">The name and the states [M, S] of each set.</param>
    public static DataFrame Shapes(IReadOnlyList<(string Name, double[,] States)> clouds) =>
        Table.Of(clouds.Select(cloud => (cloud.Name, Shape: CloudShape.Of(cloud.States, cancellation: Workbook.Stop))))
            .Column("states", row => row.Name)
            .Column("how many", row => row.Shape.States)
            .Column("different", row => row.Shape.Points)
            .Column("variance in 3 PCs %", row => 100 * row.Shape.Explained)
            .Column("shape", row => Wording.Of(row.Shape.Shape))
            .Column("of draws %", row => 100 * row.Shape.Sureness)
            .Column("lead, nats", row => Math.Round(row.Shape.Lead, 1))
            .Column("needed", row => Math.Round(ShapeVerdict.NeededLead(row.Shape.Points), 1))
            .Column("where (middle, faces, edges, corners) %", row => row.Shape.Shape == ShapeKind.Cube
                ? string.Join(" ", row.Shape.Shares.Select(share => Wording.Of(100 * share)))
                : "")
            .Column("angles", row => string.Join(" ", row.Shape.Angles.Select(angle => Wording.Of(angle))));

    /// <summary>
    /// A row per network and set of states that principal components are fitted to: the share of that set's variance
    /// along each of the first three, and their sum.
    /// </summary>
    public static DataFrame ExplainedVariance(IReadOnlyList<Portrait> networks) =>
        Table.Of(networks.SelectMany(_ => new[] { PcaOf.Points, PcaOf.Trajectories }, (network, of) =>
                (network.Name, Of: of == PcaOf.Points
                    ? "fixed points"
                    : "trajectories", network.Pca(of).ExplainedVariance)))
            .Assuming(networks.Select(entry => entry.Network.Cell.Unchecked))
            .Column("network", row => row.Name)
            .Column("fitted to", row => row.Of)
            .Each(Enumerable.Range(0, 3), (table, k) => table
                .Column($"PC{k + 1} %", row => 100 * row.ExplainedVariance.ElementAtOrDefault(k)))
            .Column("together %", row => 100 * row.ExplainedVariance.Sum());

    /// <summary>
    /// A row per network: the share of the fixed points' variance that lies on the grid of the channels' decisions, and
    /// the angles between the grid's directions in degrees.
    /// </summary>
    public static DataFrame Grid(IReadOnlyList<Portrait> networks) => Table.Of(networks)
        .Assuming(networks.Select(entry => entry.Network.Cell.Unchecked))
        .Column("network", network => network.Name)
        .Column("on the grid %", network => 100 * network.OnGrid)
        .Each(new[] { "channels 1 and 2", "channels 1 and 3", "channels 2 and 3" }.Index(), (table, pair) => table
            .Column($"angle, {pair.Item}", network => network.ChannelAngles[pair.Index]));

    /// <summary>
    /// A row per set of states: the mean of its coordinates in the components and their standard deviation.
    /// </summary>
    /// <param name="sets">The name and states [M, S] of each.</param>
    /// <param name="pca">The components.</param>
    public static DataFrame Centres(IReadOnlyList<(string Name, double[,] States)> sets, Pca pca) =>
        Table.Of(sets.Select(set => (set.Name, Places: pca.Project(set.States))))
            .Column("states", set => set.Name)
            .Each(Enumerable.Range(0, pca.ExplainedVariance.Length), (table, k) => table
                .Column($"PC{k + 1}", set => set.Places.Column(k).Average())
                .Column($"\u00b1 PC{k + 1}", set => set.Places.Spread(k)));

    /// <summary>
    /// |cos| of the angles between components and readout rows, a row per component, and in the last row how much of
    /// each readout row lies in their space.
    /// </summary>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public static DataFrame ReadoutAxes(Pca pca, Network network)
    {
        double[,] cosines = ReadoutShare.Of(pca, network);
        int components = cosines.GetLength(0) - 1;
        return Table.Of(Enumerable.Range(0, components + 1)).Assuming(network.Cell.Unchecked)
            .Column("direction", k => k < components ? $"PC{k + 1}" : "all of them")
            .Each(Enumerable.Range(0, network.Channels), (table, channel) => table
                .Column($"readout {channel + 1}", k => cosines[k, channel]));
    }

    /// <summary>
    /// |cos| of the angles between the rows of the readout: 0 where two channels are read from directions at right
    /// angles.
    /// </summary>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public static DataFrame ReadoutAngles(Network network)
    {
        double[,] cosines = ReadoutShare.BetweenReadouts(network);
        return Table.Of(Enumerable.Range(0, network.Channels)).Assuming(network.Cell.Unchecked)
            .Column("readout", channel => $"{channel + 1}")
            .Each(Enumerable.Range(0, network.Channels), (table, other) => table
                .Column($"with {other + 1}", channel => cosines[other, channel]));
    }

    /// <summary>R^2 of each quantity for each value that it may explain: a column per value.</summary>
    /// <param name="values">
    /// A name and its comparison, per column. All compare the same quantities in the same order, though a scale in a
    /// name may differ.
    /// </param>
    public static DataFrame Correlates(IReadOnlyList<(string Name, IReadOnlyList<Correlate> Values)> values) =>
        Table.Of(Enumerable.Range(0, values[0].Values.Count))
            .Column("explained by", row => values[0].Values[row].Quantity is var quantity
                && quantity.StartsWith("tanh", StringComparison.Ordinal) ? "tanh(sum / s), best s" : quantity)
            .Each(values, (table, column) => table.Column(column.Name, row => column.Values[row].Explained));
}
