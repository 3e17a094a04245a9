using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// Several networks' fixed points next to each other, a 3-D scene each, in the first three principal components of
    /// each network's own. Symbols and colours show the number of unstable modes; one looks along the channels'
    /// directions.
    /// </summary>
    /// <param name="networks">A scene each.</param>
    /// <param name="of">What each network's components are fitted to; default its fixed points.</param>
    /// <param name="title">Default none.</param>
    /// <param name="graphs">
    /// For each network where it goes from its saddles, to draw which attractors they connect; default none.
    /// </param>
    /// <param name="height">Pixels; default 480.</param>
    public static GenericChart SideBySide(
        IReadOnlyList<Portrait> networks, PcaOf of = PcaOf.Points, string title = "",
            IReadOnlyList<TransitionGraph>? graphs = null,
        int height = 480)
    {
        var space = new Space(title, height) { Width = 1040, Legend = Legend.Below };
        for (int i = 0; i < networks.Count; i++)
        {
            var (points, network, pca) = (networks[i].Points, networks[i].Network, networks[i].Pca(of));
            double[][] places = Places(points, pca);
            string share = (100 * pca.ExplainedVariance.Sum()).ToString("0.0", CultureInfo.InvariantCulture);
            var scene = space.Add(
                $"<b>{networks[i].Name}</b><br>{Count(points.Count, "point")}; 3 components: {share} %");
            scene.Eye = AlongChannels(points, network, pca, distance: 2.6) ?? Eye.Usual;
            for (int k = 0; k < 3; k++) scene.Axes[k].Titled(Component(pca, k, of: ""), 11).NoTickLabels();
            Fit(scene, places);
            if (graphs is not null) scene.Line("connection", Connections(graphs[i], places), Paint.Ink, 2);
            foreach (var kind in ByKind(points, network))
            {
                var (symbol, paint, size) = Look(kind.Key.Unstable);
                Markers(scene, Kind(kind.Key.Unstable), kind, places, paint, symbol, size, label: 11)
                    .Outlined(Paint.Ink, 1).Rank(FirstRank + Math.Min(Unstable, kind.Key.Unstable));
            }
        }
        return space.Chart(networks.Select(entry => entry.Network.Cell.Unchecked));
    }

    /// <summary>
    /// Moduli of the largest eigenvalues at every fixed point of several networks: a column per network, a dot per
    /// mode. Above the line at 1 a push grows, far below it is forgotten at once, and just at it it stays.
    /// </summary>
    /// <param name="networks">A column each.</param>
    /// <param name="modes">Modes per point, the largest; default 6.</param>
    public static GenericChart Moduli(IReadOnlyList<Portrait> networks, int modes = 6)
    {
        var panels = new Panels($"The {modes} largest eigenvalues at each fixed point", 460) { Legend = Legend.Below };
        var panel = panels[0, 0];
        // Points side by side, in their own order, which is by the number of unstable modes.
        var dots =
            from network in Enumerable.Range(0, networks.Count)
            let points = networks[network].Points
            from point in Enumerable.Range(0, points.Count)
            from lambda in points[point].Eigenvalues.Take(modes)
            select (Unstable: Math.Min(points[point].UnstableModes, Unstable),
                X: network + 0.8 * ((point + 0.5) / points.Count - 0.5),
                Y: lambda.Magnitude, Text: string.Create(CultureInfo.InvariantCulture,
                    $"{networks[network].Name}, point {point + 1}<br>|\u03bb| = {lambda.Magnitude:0.0000}"));
        foreach (var kind in dots.GroupBy(dot => dot.Unstable).OrderBy(group => group.Key))
        {
            var (symbol, paint, _) = Look(kind.Key);
            panel.Markers(Kind(kind.Key), kind.Select(dot => dot.X), kind.Select(dot => dot.Y), paint, null, symbol, 6)
                .Hovers(kind.Select(dot => dot.Text));
        }
        panel.X.Categories([.. networks.Select(network => network.Name)]).NoZeroLine().NoGrid();
        panel.Y.Titled("modulus |\u03bb|").FromZero();
        panel.Level(1);
        return panels.Chart(networks.Select(entry => entry.Network.Cell.Unchecked));
    }

    /// <summary>
    /// The largest |lambda| of each point, in order: a line per point, coloured by its number of unstable modes. How
    /// many modes are slow, and how far are the others?
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="modes">How many of the largest; default 10.</param>
    public static GenericChart LeadingEigenvalues(IReadOnlyList<Linearisation> points, int modes = 10)
    {
        var panels = new Panels("The slowest modes of each fixed point", 460);
        var panel = panels[0, 0];
        foreach (var point in points.OrderBy(point => point.UnstableModes))
        {
            var (symbol, paint, _) = Look(point.UnstableModes);
            int count = points.Count(other => other.UnstableModes == point.UnstableModes);
            string name =
                $"{point.Kind}{(point.UnstableModes > 0 ? $", {point.UnstableModes} unstable" : "")} ({count})";
            double[] moduli = [.. point.Eigenvalues.Take(modes).Select(value => value.Magnitude)];
            panel.Line(name, Numbers(1, moduli.Length), moduli, paint, $"mode {Hover.X}: |\u03bb| = {Hover.YAs(".4f")}",
                0.7)
                .Marked(paint, symbol, 6).Opacity(0.75);
        }
        panel.X.Titled("mode, slowest first").Every(1);
        panel.Y.Titled("|\u03bb|");
        panel.Level(1);
        return panels.Chart(points.Select(point => point.Unchecked));
    }
}
