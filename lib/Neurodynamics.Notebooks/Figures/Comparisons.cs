using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// Several networks' fixed points, a row per network: a scene in the first three principal components of its own,
    /// seen along the channels' directions, with large attractors and small saddles; beside it a cloud of other states
    /// in the same components, where there is one; and how many points leave how many channels undecided, with what a
    /// cube would have. Turning one scene turns all.
    /// </summary>
    /// <param name="networks">A row each.</param>
    /// <param name="of">What each network's components are fitted to; default its fixed points.</param>
    /// <param name="title">Default none.</param>
    /// <param name="graphs">
    /// For each network where it goes from its saddles, to draw which attractors they connect; default none.
    /// </param>
    /// <param name="clouds">For each network a cloud to draw beside its points; default none.</param>
    public static GenericChart SideBySide(
        IReadOnlyList<Portrait> networks, PcaOf of = PcaOf.Points, string title = "",
            IReadOnlyList<TransitionGraph>? graphs = null, IReadOnlyList<Cloud>? clouds = null)
    {
        bool decides = networks.All(entry => entry.Network.Readout is not null);
        var space = new Space(title, 100 + 380 * networks.Count)
        {
            Legend = Legend.Below,
            Columns = [1.25, .. clouds is null ? Array.Empty<double>() : [1], .. decides ? new[] { 0.75 } : []],
        };
        for (int i = 0; i < networks.Count; i++)
        {
            var (points, network, pca) = (networks[i].Points, networks[i].Network, networks[i].Pca(of));
            double[][] places = Places(points, pca);
            string[] shares = [.. Enumerable.Range(0, 3).Select(k => Component(pca, k, of: ""))];
            var eye = AlongChannels(points, network, pca) ?? Eye.Usual;
            var scene = space.Add($"<b>{networks[i].Name}</b>, {Number.Of(points.Count, "point")}<br>"
                + string.Join(", ", shares), eye);
            scene.Bare();
            if (clouds is null) Fit(scene, places);
            if (graphs is not null) scene.Line("connection", Connections(graphs[i], places), Paint.Ink, 2);
            foreach (var kind in PointFacts.Of(points, network).GroupBy(point => point.Linearisation.IsAttractor))
            {
                var (name, paint, size) = kind.Key ? ("attractor", Paint.Blue, 9.0) : ("saddle", Paint.Grey, 4);
                Markers(scene, name, kind, places, paint, MarkShape.Circle, size, label: 13)
                    .Outlined(Paint.Ink, 1).Rank(kind.Key ? FirstRank : FirstRank + 1);
            }
            if (clouds is not null)
            {
                double[][] cloud = pca.Project(clouds[i].States).Split();
                var beside = space.Add($"{clouds[i].Name}, {cloud.Length} states<br>in the same components", eye);
                beside.Bare();
                double[][] all = [.. places, .. cloud];
                Fit(scene, all);
                Fit(beside, all);
                beside.Markers(clouds[i].Name, cloud, Paint.Vermillion, clouds[i].Shape, clouds[i].Size)
                    .Opacity(0.7).Hovers(network.Readout is null ? cloud.Select(_ => clouds[i].Name)
                        : Said(clouds[i], network));
            }
            if (decides) Undecided(space.AddPanel(), points, network);
        }
        return space.Chart(networks.Select(entry => entry.Network.Cell.Unchecked));
    }

    /// <summary>How many points leave how many channels undecided, and how many of a cube's would.</summary>
    private static void Undecided(Panel panel, IReadOnlyList<Linearisation> points, Network network)
    {
        double[] numbers = Numbers(0, network.Channels + 1);
        var facts = PointFacts.Of(points, network);
        foreach (bool attractor in new[] { true, false })
            panel.Bars(attractor ? "attractor" : "saddle", numbers, numbers.Select(number => (double)facts.Count(
                point => point.Linearisation.IsAttractor == attractor && point.Undecided == (int)number)),
                attractor ? Paint.Blue : Paint.Grey,
                $"{(attractor ? "attractors" : "saddles")} undecided in {Hover.X}: {Hover.Y}")
                .Hatched(attractor ? 0 : 1).NotInLegend();
        // Corners, edges, faces, ...: each channel is decided in one of two ways, or not.
        panel.Markers("a cube's points", numbers, numbers.Select(number =>
            Numbers(0, (int)number).Aggregate(Math.Pow(2, network.Channels - number),
                (product, i) => product * (network.Channels - i) / (i + 1))),
            Paint.Ink, $"points of a cube undecided in {Hover.X}: {Hover.Y}", MarkShape.DiamondOpen, 11)
            .Outlined(null, 2);
        panel.X.Titled("undecided channels", 12).Every(1);
        panel.Y.Titled("points", 12).FromZero();
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
        panel.X.Categories([.. networks.Select(network => network.Name.Replace("-", "-<br>"))]).NoZeroLine().NoGrid();
        panel.Y.Titled("modulus |\u03bb| (dashed: 1)").FromZero();
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
        panel.Level(1, "|\u03bb| = 1: the unit circle");
        return panels.Chart(points.Select(point => point.Unchecked));
    }
}
