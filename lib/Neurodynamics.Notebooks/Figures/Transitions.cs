using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// Fixed points and the connections between attractors, in the space of the first three principal components: a
    /// line from each attractor over the saddle to the other. One looks along the channels' own directions, so that a
    /// cube looks like one.
    /// </summary>
    /// <param name="graph">The points, and where the network goes from the saddles.</param>
    /// <param name="network">The network.</param>
    /// <param name="pca">The components to draw in, 3 or more.</param>
    /// <param name="colourBy">What decides the points' colour; default the number of unstable modes.</param>
    /// <param name="title">Default: how many points and connections.</param>
    /// <param name="trajectories">States of trials [B, T, S] to draw as lines, at most 12; default none.</param>
    public static GenericChart Transitions(
        TransitionGraph graph, Network network, Pca pca, ColourBy colourBy = ColourBy.UnstableModes,
            string? title = null, double[,,]? trajectories = null)
    {
        string connections = Number.Of(graph.Edges().Count, "connection");
        var space = Space(title ?? $"{Number.Of(graph.Points.Count, "fixed point")}, {connections}", pca, out var scene,
            AlongChannels(graph.Points, network, pca), bare: true);
        double[][] places = Places(graph.Points, pca);
        scene.Line(connections, Connections(graph, places), Paint.Ink, 2);
        if (trajectories is null) Fit(scene, places);
        return PointsIn(space, scene, graph.Points, network, pca, trajectories, colourBy).Chart(network.Cell.Unchecked);
    }

    /// <summary>
    /// The same fixed points and connections in the first two components of several fits, a panel each, two in a row:
    /// what a picture shows depends on what its axes were fitted to.
    /// </summary>
    /// <param name="graph">The points, and where the network goes from the saddles.</param>
    /// <param name="network">The network.</param>
    /// <param name="views">Name and components of each panel.</param>
    /// <param name="title">Default none.</param>
    public static GenericChart Planes(
        TransitionGraph graph, Network network, IReadOnlyList<(string Name, Pca Pca)> views, string title = "")
    {
        int columns = Math.Min(2, views.Count), rows = (views.Count + columns - 1) / columns;
        var panels = new Panels(title, 140 + 330 * rows, Enumerable.Repeat(1.0, rows), columns)
        {
            Legend = Legend.Below,
            ColumnGap = 0.12,
            RowGap = 0.16,
        };
        var facts = PointFacts.Of(graph.Points, network);
        for (int i = 0; i < views.Count; i++)
        {
            var (name, pca) = views[i];
            RequirePlane(pca);
            var panel = panels[i / columns, i % columns];
            double[][] places = Places(graph.Points, pca);
            panel.Caption(name);
            panel.X.Titled(Component(pca, 0, of: ""));
            panel.Y.Titled(Component(pca, 1, of: "")).AsLongAs(panel.X);
            panel.Line("connection", Connections(graph, places), Paint.Grey, width: 1);
            foreach (var kind in facts.GroupBy(point => Math.Min(Unstable, point.Linearisation.UnstableModes))
                .OrderBy(group => group.Key))
            {
                var (symbol, paint, _) = Look(kind.Key);
                var markers = panel.Markers(
                    Kind(kind.Key), [.. kind.Select(point => places[point.Number - 1])], paint, null, symbol, 8);
                markers.Hovers(kind.Select(point => point.Hover));
                if (kind.Key == 0 && network.Readout is not null)
                    panel.Words(Kind(kind.Key), [.. kind.Select(point => places[point.Number - 1])],
                        kind.Select(point => point.ReadoutLabel), 11,
                        (places.Min(place => place[1]) + places.Max(place => place[1])) / 2);
            }
        }
        return panels.Chart(network.Cell.Unchecked);
    }

    /// <summary>From each attractor over the saddle to the other.</summary>
    private static double[]?[] Connections(TransitionGraph graph, double[][] places) =>
        [.. graph.Edges().SelectMany(edge =>
        edge.Saddles.SelectMany(saddle => new[] { places[edge.First], places[saddle], places[edge.Second], null }))];
}
