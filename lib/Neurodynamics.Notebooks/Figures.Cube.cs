using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    private const int Unstable = 4;

    /// <summary>
    /// Fixed points and the connections between attractors, in the space of the first three principal components: a line from each attractor over the saddle to the other. The
    /// camera looks along the channels' own directions, so that a cube looks like one.
    /// </summary>
    /// <param name="graph">The points, and where the network goes from the saddles.</param>
    /// <param name="network">The network.</param>
    /// <param name="pca">The components to draw in, 3 or more.</param>
    /// <param name="colourBy">What decides the points' colour; default the number of unstable modes.</param>
    /// <param name="title">Default: how many points and connections.</param>
    public static GenericChart Transitions(TransitionGraph graph, Network network, Pca pca, ColourBy colourBy = ColourBy.UnstableModes, string? title = null)
    {
        var edges = graph.Edges();
        string counts = $"{Count(graph.Points.Count, "fixed point")}, {Count(edges.Count, "connection")}";
        var chart = FixedPoints(graph.Points, network, pca, colourBy: colourBy, title: title ?? counts);
        var places = Places(graph.Points, pca);
        Fit(SceneOf(chart), places);
        return Looking(Style.Chart([Lines(graph, places), .. GenericChart.getTraces(chart)], GenericChart.getLayout(chart)), graph.Points, network, places, distance: 2.3);
    }

    /// <summary>Turns a figure of fixed points so that one looks along the channels' own directions, a little from the side and from above: a cube then looks like one.</summary>
    /// <param name="chart">A figure of these points, with one 3-D scene.</param>
    /// <param name="points">The points; those of undecided readout count less than the others.</param>
    /// <param name="network">The network that they are the points of. With fewer than three channels the figure stays as it is.</param>
    /// <param name="pca">The components that the figure is drawn in.</param>
    public static GenericChart AlongChannels(GenericChart chart, IReadOnlyList<Linearisation> points, Network network, Pca pca) =>
        Looking(chart, points, network, Places(points, pca));

    /// <summary>
    /// Several networks' fixed points next to each other, a 3-D scene each, in the first three principal components of each network's own. Symbols and colours tell the number of unstable
    /// modes; each scene is turned so that one looks along its channels' directions.
    /// </summary>
    /// <param name="networks">A scene each.</param>
    /// <param name="of">What each network's components are fitted to; default its fixed points.</param>
    /// <param name="title">Default none.</param>
    /// <param name="connections">Draws which attractors the saddles connect; default not, since it takes long where a network is slow.</param>
    /// <param name="height">Pixels; default 480.</param>
    public static GenericChart SideBySide(IReadOnlyList<Portrait> networks, PcaOf of = PcaOf.Points, string title = "", bool connections = false, int height = 480)
    {
        const int width = 1040;
        var traces = new List<Trace>();
        var layout = Style.Layout(title, height).With("width", width)
            .With("margin", new Margin().With("l", 0).With("r", 0).With("t", 80).With("b", 46))
            .With("legend", new Legend().With("orientation", "h").With("x", 0.5).With("xanchor", "center").With("y", -0.01).With("yanchor", "top").With("itemsizing", "constant"));
        var captions = new List<Annotation>();
        var named = new HashSet<int>();
        for (int i = 0; i < networks.Count; i++)
        {
            var (name, points, network, pca) = (networks[i].Name, networks[i].Points, networks[i].Network, networks[i].Pca(of));
            string scene = i == 0 ? "scene" : $"scene{i + 1}";
            var places = Places(points, pca);
            var chart = Looking(FixedPoints(points, network, pca), points, network, places, distance: 2.6);
            if (connections)
                traces.Add(Lines(TransitionGraph.Of(network.Cell, points, cancellation: Workbook.Stop), places).With("scene", scene).With("legendgroup", "connection").With("name", "connection").With("showlegend", i == 0));
            foreach (var trace in GenericChart.getTraces(chart))
            {
                // One entry in the legend for all scenes, without the counts, which differ.
                int unstable = Math.Min(Unstable, trace.TryGetTypedPropertyValue<int>("legendrank")!.Value - FirstRank);
                trace.With("scene", scene).With("legendgroup", unstable).With("name", Kind(unstable))
                    .With("showlegend", named.Add(unstable)).With("legendrank", 1000 + unstable).With("textfont", Style.Font(11));
                traces.Add(trace);
            }
            double left = (double)i / networks.Count, right = (i + 1.0) / networks.Count;
            var space = SceneOf(chart);
            foreach (var (axis, k) in new[] { ("xaxis", 0), ("yaxis", 1), ("zaxis", 2) })
                space.With(axis, new LinearAxis().With("title", Style.Title(Component(pca, k), 11)).With("showticklabels", false).With("gridcolor", "#dddddd").With("zerolinecolor", "#bbbbbb").With("showbackground", true).With("backgroundcolor", "#fafafa").With("showspikes", false).With("range", Padded(places, k)));
            layout.With(scene, space.With("domain", new Domain().With("x", new[] { left, right }).With("y", new[] { 0.0, 1.0 })));
            captions.Add(new Annotation().With("text", $"<b>{name}</b><br>{Count(points.Count, "point")}; 3 components: {(100 * pca.ExplainedVariance.Sum()).ToString("0.0", CultureInfo.InvariantCulture)} %").With("xref", "paper").With("yref", "paper")
                .With("x", (left + right) / 2).With("xanchor", "center").With("y", 1).With("yanchor", "bottom").With("showarrow", false));
        }
        return Style.Chart(traces, layout.With("annotations", captions.ToArray()));

        static string Component(Pca pca, int k) => k < pca.ExplainedVariance.Length
            ? string.Create(CultureInfo.InvariantCulture, $"PC{k + 1} ({100 * pca.ExplainedVariance[k]:0.#} %)") : $"PC{k + 1}";
    }

    /// <summary>
    /// Fixed points followed along a path of inputs: the logit of each channel's readout, a panel each, against the position on the path. Colours tell the number of unstable modes;
    /// crosses are folds, where two points meet and are gone beyond.
    /// </summary>
    /// <param name="branches">The branches, all along the same path.</param>
    /// <param name="network">The network.</param>
    /// <param name="upTo">Largest position to draw; default a third beyond the last fold, and 1 where there is none.</param>
    /// <param name="title">Default: how many branches and folds.</param>
    public static GenericChart Branches(IReadOnlyList<Branch> branches, Network network, double? upTo = null, string? title = null)
    {
        double end = upTo ?? Math.Min(1, branches.SelectMany(branch => branch.Folds).Select(fold => fold.Position * 4 / 3).DefaultIfEmpty(1).Max());
        int folds = branches.Sum(branch => branch.Folds.Count);
        var layout = Style.Layout(title ?? $"{Count(branches.Count, "branch", "branches")}, {Count(folds, "fold")}", 140 + 190 * network.Channels)
            .With("margin", new Margin().With("l", 90).With("r", 20).With("t", 90).With("b", 60))
            .With("legend", new Legend().With("orientation", "h").With("x", 0).With("y", 1.02).With("yanchor", "bottom"))
            .With("xaxis", Style.Axis("strength of the input, as a share of the path").With("range", new[] { 0, end }).With("anchor", network.Channels == 1 ? "y" : $"y{network.Channels}"));
        var traces = new List<Trace>();
        for (int channel = 0; channel < network.Channels; channel++)
        {
            string suffix = channel == 0 ? "" : $"{channel + 1}";
            const double gap = 0.05;
            double height = (1 - gap * (network.Channels - 1)) / network.Channels, top = 1 - channel * (height + gap);
            layout.With("yaxis" + suffix, Style.Axis($"logit, channel {channel + 1}").With("domain", new[] { Math.Max(0, top - height), top }).With("zeroline", true));
            var byUnstable = new SortedDictionary<int, (List<double> X, List<double> Y)>();
            foreach (var branch in branches)
            {
                var corners = Corners(branch);
                var logits = network.Logits(corners.Select(corner => corner.State).ToMatrix(network.Cell.StateSize));
                for (int i = 0; i < corners.Length; i++)
                {
                    if (i > 0 && corners[i].Unstable != corners[i - 1].Unstable) Draw(corners[i - 1].Unstable, double.NaN, double.NaN);
                    Draw(corners[i].Unstable, Style.Drawn(corners[i].Position), Style.Drawn(logits[i, channel]));
                }
                Draw(corners[^1].Unstable, double.NaN, double.NaN);
            }
            foreach (var (unstable, (x, y)) in byUnstable)
                traces.Add(new Trace2D("scatter").With("name", unstable == 0 ? "attractor" : $"saddle, {unstable} unstable").With("legendgroup", unstable).With("showlegend", channel == 0)
                    .With("mode", "lines").With("x", x).With("y", y).With("xaxis", "x").With("yaxis", "y" + suffix)
                    .With("line", new Line().With("color", ByUnstableModes[Math.Min(unstable, Unstable)].Colour).With("width", unstable == 0 ? 2.5 : 1.5).With("dash", unstable == 0 ? "solid" : unstable == 1 ? "dash" : "dot"))
                    .With("hovertemplate", "strength %{x:.4f}<br>logit %{y:.2f}<extra></extra>"));
            var turns = branches.SelectMany(branch => branch.Folds).ToArray();
            if (turns.Length == 0) continue;
            var places = network.Logits(turns.Select(fold => fold.Point.State).ToMatrix(network.Cell.StateSize));
            traces.Add(new Trace2D("scatter").With("name", "fold").With("legendgroup", "fold").With("showlegend", channel == 0).With("mode", "markers")
                .With("x", turns.Select(fold => Style.Drawn(fold.Position)).ToArray()).With("y", Enumerable.Range(0, turns.Length).Select(i => Style.Drawn(places[i, channel])).ToArray())
                .With("xaxis", "x").With("yaxis", "y" + suffix)
                .With("marker", new Marker().With("symbol", "x").With("size", 8).With("color", Style.Black))
                .With("hovertemplate", "fold at %{x:.4f}<br>logit %{y:.2f}<extra></extra>"));

            void Draw(int unstable, double position, double logit)
            {
                if (!byUnstable.TryGetValue(unstable, out var pen)) byUnstable[unstable] = pen = ([], []);
                pen.X.Add(position);
                pen.Y.Add(logit);
            }
        }
        return Style.Chart(traces, layout);
    }

    /// <summary>A branch as a polygon through its folds; a fold has the mode count of what comes before it, once more with that of what comes after.</summary>
    private static (double Position, double[] State, int Unstable)[] Corners(Branch branch) =>
    [
        .. branch.Points.SelectMany((point, i) => branch.Folds.Where(fold => fold.After == i)
            .SelectMany(fold => new[]
            {
                (fold.Position, fold.Point.State, Modes(point)),
                (fold.Position, fold.Point.State, Modes(branch.Points[Math.Min(i + 1, branch.Points.Count - 1)])),
            })
            .Prepend((point.Position, point.Point.State, Modes(point)))),
    ];

    private static int Modes(BranchPoint point) => point.UnstableModes
        ?? throw new ArgumentException($"The branch's unstable modes were not counted, by which this figure colours it: follow it with {nameof(Continuation)}.{nameof(Continuation.CountUnstable)} = true.");

    /// <summary>A kind in a legend that serves several figures.</summary>
    private static string Kind(int unstable) => unstable == 0 ? "attractor" : unstable >= Unstable ? $"saddle, {Unstable} or more unstable" : $"saddle, {unstable} unstable";

    /// <summary>A range with room for symbols, which plotly.js cuts off at the walls of a scene.</summary>
    private static double[]? Padded(double[,] places, int axis)
    {
        if (places.GetLength(0) == 0 || axis >= places.GetLength(1)) return null;
        double[] along = [.. Enumerable.Range(0, places.GetLength(0)).Select(i => places[i, axis])];
        double room = Math.Max(0.1 * (along.Max() - along.Min()), 1e-3);
        return [Style.Drawn(along.Min() - room), Style.Drawn(along.Max() + room)];
    }

    private static Scene SceneOf(GenericChart chart) => GenericChart.getLayout(chart).TryGetTypedPropertyValue<Scene>("scene")!.Value;

    private static Trace Lines(TransitionGraph graph, double[,] places)
    {
        var edges = graph.Edges();
        var (x, y, z) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var edge in edges)
            foreach (int saddle in edge.Saddles)
                foreach (int? i in new int?[] { edge.First, saddle, edge.Second, null })
                    foreach (var (along, axis) in new[] { (x, 0), (y, 1), (z, 2) })
                        along.Add(i is null ? double.NaN : axis < places.GetLength(1) ? Style.Drawn(places[i.Value, axis]) : 0);
        return new Trace3D("scatter3d")
            .With("name", Count(edges.Count, "connection")).With("mode", "lines").With("hoverinfo", "skip")
            .With("x", x).With("y", y).With("z", z)
            .With("line", new Line().With("color", Style.Ink).With("width", 2));
    }

    private static GenericChart Looking(GenericChart chart, IReadOnlyList<Linearisation> points, Network network, double[,] places, double distance = 2.1)
    {
        if (ChannelDirections(points, network, places) is not [var first, var second, var third]) return chart;
        double[] eye = [.. first.Zip(second, (a, b) => a + 0.5 * b).Zip(third, (ab, c) => ab + 0.42 * c)];
        double far = distance / Length(eye);
        var layout = GenericChart.getLayout(chart);
        SceneOf(chart).With("camera", new Camera()
            .With("eye", new CameraEye().With("x", Style.Drawn(far * eye[0])).With("y", Style.Drawn(far * eye[1])).With("z", Style.Drawn(far * eye[2])))
            .With("up", new CameraUp().With("x", Style.Drawn(third[0])).With("y", Style.Drawn(third[1])).With("z", Style.Drawn(third[2])))
            .With("center", new CameraCenter().With("x", 0).With("y", 0).With("z", 0)));
        return GenericChart.setLayout(layout, chart);
    }

    /// <summary>Unit directions in which the places of points move with the decisions of the channels; none where the points do not determine three that lie in no plane.</summary>
    private static double[][] ChannelDirections(IReadOnlyList<Linearisation> points, Network network, double[,] places)
    {
        return DecisionGrid.Fit(points, network, places)?.Frame() ?? [];
    }

    private static double Length(double[] vector) => Math.Sqrt(vector.Sum(value => value * value));

    /// <summary>
    /// Moduli of the largest eigenvalues at every fixed point of several networks: a column per network, a dot per mode. Above the line at 1 a push grows, far below it is forgotten at once, and just at it
    /// it stays.
    /// </summary>
    /// <param name="networks">A column each.</param>
    /// <param name="modes">Modes per point, the largest; default 6.</param>
    public static GenericChart Moduli(IReadOnlyList<Portrait> networks, int modes = 6)
    {
        var traces = new List<Trace>();
        for (int unstable = 0; unstable <= Unstable; unstable++)
        {
            var (x, y, text) = (new List<double>(), new List<double>(), new List<string>());
            for (int i = 0; i < networks.Count; i++)
                for (int j = 0; j < networks[i].Points.Count; j++)
                {
                    var point = networks[i].Points[j];
                    if (Math.Min(point.UnstableModes, Unstable) != unstable) continue;
                    foreach (var lambda in point.Eigenvalues.Take(modes))
                    {
                        // Points side by side, in their own order, which is by the number of unstable modes.
                        x.Add(Style.Drawn(i + 0.8 * ((j + 0.5) / networks[i].Points.Count - 0.5)));
                        y.Add(Style.Drawn(lambda.Magnitude));
                        text.Add(string.Create(CultureInfo.InvariantCulture, $"{networks[i].Name}, point {j + 1}<br>|\u03bb| = {lambda.Magnitude:0.0000}"));
                    }
                }
            if (x.Count == 0) continue;
            var (symbol, colour, _) = ByUnstableModes[unstable];
            traces.Add(new Trace2D("scatter").With("name", Kind(unstable)).With("mode", "markers").With("x", x).With("y", y)
                .With("marker", new Marker().With("symbol", symbol).With("color", colour).With("size", 6)).With("hovertext", text).With("hoverinfo", "text"));
        }
        var layout = Style.Layout($"The {modes} largest eigenvalues at each fixed point", 460)
            .With("margin", new Margin().With("l", 80).With("r", 20).With("t", 60).With("b", 100))
            .With("legend", new Legend().With("orientation", "h").With("x", 0.5).With("xanchor", "center").With("y", -0.14).With("yanchor", "top"))
            .With("xaxis", Style.Axis().With("tickvals", Enumerable.Range(0, networks.Count).ToArray()).With("ticktext", networks.Select(network => network.Name).ToArray()).With("range", new[] { -0.5, networks.Count - 0.5 }).With("zeroline", false).With("showgrid", false))
            .With("yaxis", Style.Axis("modulus |\u03bb|").With("rangemode", "tozero"))
            .With("shapes", new[] { new Shape().With("type", "line").With("xref", "paper").With("x0", 0).With("x1", 1).With("y0", 1).With("y1", 1).With("line", new Line().With("color", Style.Ink).With("width", 1).With("dash", "dash")) });
        return Style.Chart(traces, layout);
    }

    /// <summary>
    /// Where gradient descent ended, a small dot per candidate and a colour per input, and the fixed points under the same inputs as large symbols (by unstable modes). Rings are ends outside the box that states
    /// from zero never leave: no state of the network is ever there.
    /// </summary>
    /// <param name="descents">What gradient descent returned, a solution per input.</param>
    /// <param name="points">The fixed points under the input of each, in the same order.</param>
    /// <param name="network">The network.</param>
    /// <param name="pca">The components to draw in.</param>
    /// <param name="title">The title.</param>
    /// <param name="bySpeed">Colours the ends by log10 of their speed q instead of by their input; default no.</param>
    public static GenericChart Ends(IReadOnlyList<FixedPointSolution> descents, IReadOnlyList<IReadOnlyList<Linearisation>> points, Network network, Pca pca, string title, bool bySpeed = false)
    {
        // The same input has the same colour in every figure, as long as signs tell the inputs apart.
        int[] signs = [.. descents.Select(descent => Math.Sign(descent.Problem.InputOf(0).Sum()))];
        string[] palette = [Style.SkyBlue, Style.Green, Style.Orange, Style.Purple, Style.Grey, Style.Yellow];
        string[] colours = [.. signs.Select((sign, i) => palette[(signs.Distinct().Count() == signs.Length ? sign + 1 : i) % palette.Length])];
        var drawn = new List<double[]>();
        var traces = new List<Trace>();
        double[] logs = [.. descents.SelectMany(descent => descent.Speeds).Where(speed => speed > 0 && double.IsFinite(speed)).Select(Math.Log10)];
        for (int i = 0; i < descents.Count; i++)
        {
            var ends = DescentEnds.Of(descents[i], network);
            var places = pca.Project(descents[i].States);
            foreach (var projected in new[] { places, Places(points[i], pca) })
                for (int row = 0; row < projected.GetLength(0); row++) drawn.Add([.. Enumerable.Range(0, projected.GetLength(1)).Select(k => projected[row, k])]);
            string input = $"({Wording.Of(descents[i].Problem.InputOf(0))})";
            foreach (bool outside in new[] { false, true })
            {
                int[] rows = [.. Enumerable.Range(0, ends.Outside.Length).Where(row => ends.Outside[row] == outside)];
                if (rows.Length == 0) continue;
                var marker = new Marker().With("symbol", outside ? "circle-open" : "circle").With("size", 5);
                if (bySpeed)
                    marker.With("color", rows.Select(row => Style.Drawn(Math.Log10(Math.Max(descents[i].Speeds[row], 1e-300)))).ToArray()).With("colorscale", "Cividis").With("cmin", Math.Max(-12, logs.Min())).With("cmax", logs.Max())
                        .With("showscale", traces.Count == 0).With("colorbar", new ColorBar().With("title", Style.Title("log\u2081\u2080 q", 13)).With("len", 0.5).With("y", 0.35).With("thickness", 14));
                else marker.With("color", colours[i]);
                traces.Add(new Trace3D("scatter3d").With("name", $"{input}: ends {(outside ? "outside" : "inside")} the box ({rows.Length})").With("mode", "markers").With("legendrank", FirstRank + 10 * i)
                    .With("x", Along(rows, 0)).With("y", Along(rows, 1)).With("z", Along(rows, 2)).With("marker", marker)
                    .With("hovertext", rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"candidate {row + 1} under {input}<br>readout {ends.Readouts[row]}<br>speed q = {descents[i].Speeds[row]:0.0e+0}<br>largest |h| = {ends.Largest[row]:0.00}")).ToArray())
                    .With("hoverinfo", "text"));
            }
            if (points[i].Count == 0) continue;
            foreach (var trace in GenericChart.getTraces(FixedPoints(points[i], network, pca)))
            {
                string kind = trace.TryGetTypedPropertyValue<string>("name")!.Value;
                var marker = trace.TryGetTypedPropertyValue<Marker>("marker")!.Value;
                traces.Add(trace.With("name", $"{input}: {kind}").With("legendrank", FirstRank + 10 * i + 1 + trace.TryGetTypedPropertyValue<int>("legendrank")!.Value - FirstRank).With("marker", marker.With("color", colours[i]).With("line", new Line().With("color", Style.Ink).With("width", 2))));
            }

            double[] Along(int[] rows, int component) => [.. rows.Select(row => component < places.GetLength(1) ? Style.Drawn(places[row, component]) : 0)];
        }
        var chart = Style.Chart(traces, Space(title, pca, empty: traces.Count == 0));
        Fit(SceneOf(chart), drawn.ToMatrix(pca.ExplainedVariance.Length))
            .With("camera", new Camera().With("eye", new CameraEye().With("x", 2.05).With("y", 1.8).With("z", 0.95)).With("center", new CameraCenter().With("x", 0).With("y", 0).With("z", -0.1)));
        return chart;
    }

    /// <summary>Leaves room for a long legend at the right of a scene, and for symbols at its walls.</summary>
    private static Scene Fit(Scene scene, double[,] places)
    {
        foreach (var (axis, k) in new[] { ("xaxis", 0), ("yaxis", 1), ("zaxis", 2) }) scene.TryGetTypedPropertyValue<LinearAxis>(axis)!.Value.With("range", Padded(places, k));
        return scene.With("domain", new Domain().With("x", new[] { 0, 0.7 }).With("y", new[] { 0.0, 1.0 }));
    }

    /// <summary>The same fixed points and connections in the first two components of several fits, a panel each: what a picture shows depends on what its axes were fitted to.</summary>
    /// <param name="graph">The points, and where the network goes from the saddles.</param>
    /// <param name="network">The network.</param>
    /// <param name="views">Name and components of each panel.</param>
    /// <param name="title">Default none.</param>
    public static GenericChart Planes(TransitionGraph graph, Network network, IReadOnlyList<(string Name, Pca Pca)> views, string title = "")
    {
        var facts = PointFacts.Of(graph.Points, network);
        var traces = new List<Trace>();
        var captions = new List<Annotation>();
        var layout = Style.Layout(title, 430).With("width", 1040)
            .With("margin", new Margin().With("l", 60).With("r", 20).With("t", 90).With("b", 90))
            .With("legend", new Legend().With("orientation", "h").With("x", 0.5).With("xanchor", "center").With("y", -0.2).With("yanchor", "top"));
        for (int i = 0; i < views.Count; i++)
        {
            var (name, pca) = views[i];
            RequirePlane(pca);
            string suffix = i == 0 ? "" : $"{i + 1}";
            double width = 1.0 / views.Count, left = i * width, right = left + 0.86 * width;
            var places = Places(graph.Points, pca);
            layout.With("xaxis" + suffix, Style.Axis(Component(0)).With("domain", new[] { left, right }).With("anchor", "y" + suffix))
                .With("yaxis" + suffix, Style.Axis(Component(1)).With("anchor", "x" + suffix).With("scaleanchor", "x" + suffix));
            captions.Add(new Annotation().With("text", $"<b>{name}</b>").With("xref", "paper").With("yref", "paper").With("x", (left + right) / 2).With("xanchor", "center").With("y", 1.02).With("yanchor", "bottom").With("showarrow", false));
            var (x, y) = (new List<double>(), new List<double>());
            foreach (var edge in graph.Edges())
                foreach (int saddle in edge.Saddles)
                    foreach (int? at in new int?[] { edge.First, saddle, edge.Second, null })
                    {
                        x.Add(at is null ? double.NaN : Style.Drawn(places[at.Value, 0]));
                        y.Add(at is null ? double.NaN : Style.Drawn(places[at.Value, 1]));
                    }
            traces.Add(new Trace2D("scatter").With("name", "connection").With("legendgroup", "connection").With("showlegend", i == 0).With("mode", "lines").With("x", x).With("y", y).With("xaxis", "x" + suffix).With("yaxis", "y" + suffix)
                .With("line", new Line().With("color", Style.Grey).With("width", 1)).With("hoverinfo", "skip"));
            foreach (var group in facts.GroupBy(point => Math.Min(Unstable, point.Linearisation.UnstableModes)).OrderBy(group => group.Key))
            {
                var (symbol, colour, _) = ByUnstableModes[group.Key];
                traces.Add(new Trace2D("scatter").With("name", Kind(group.Key)).With("legendgroup", group.Key).With("showlegend", i == 0)
                    .With("mode", group.Key == 0 ? "markers+text" : "markers").With("text", group.Key == 0 ? group.Select(point => point.ReadoutLabel).ToArray() : null).With("textposition", "top center").With("textfont", Style.Font(10))
                    .With("x", group.Select(point => Style.Drawn(places[point.Number - 1, 0])).ToArray()).With("y", group.Select(point => Style.Drawn(places[point.Number - 1, 1])).ToArray()).With("xaxis", "x" + suffix).With("yaxis", "y" + suffix)
                    .With("marker", new Marker().With("symbol", symbol).With("color", colour).With("size", 8)).With("hovertext", group.Select(point => point.Hover).ToArray()).With("hoverinfo", "text"));
            }

            string Component(int k) => string.Create(CultureInfo.InvariantCulture, $"PC{k + 1} ({100 * pca.ExplainedVariance[k]:0.#} %)");
        }
        return Style.Chart(traces, layout.With("annotations", captions.ToArray()));
    }

    private static double[,] Places(IReadOnlyList<Linearisation> points, Pca pca) =>
        pca.Project(points.Select(point => point.Point.State).ToMatrix(pca.Mean.Length));

    private static string Count(int number, string thing, string? things = null) => $"{number} {(number == 1 ? thing : things ?? thing + "s")}";
}
