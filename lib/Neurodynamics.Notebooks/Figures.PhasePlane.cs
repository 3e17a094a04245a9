using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>Below this the speed is drawn as if it were this: a fixed point has none.</summary>
    private const double SpeedFloor = 1e-8;

    /// <summary>
    /// Phase planes side by side, two in a row: arrows for the step F(x) - x (long ones shortened), its nullclines, fixed points by their number of
    /// unstable modes, and trajectories from a grid of states, with a dot where each is at the end.
    /// </summary>
    /// <param name="planes">Per panel a title, the plane, its fixed points and its trajectories [B, T, 2].</param>
    /// <param name="title">Of the whole figure.</param>
    public static GenericChart PhasePlanes(IReadOnlyList<(string Title, PhasePlane Plane, IReadOnlyList<Linearisation> Points, double[,,] Trajectories)> planes, string title = "Phase plane")
    {
        int columns = Math.Min(2, planes.Count), rows = (planes.Count + columns - 1) / columns;
        const double gapX = 0.09;
        double gapY = rows == 1 ? 0 : 0.125, width = (1 - gapX * (columns - 1)) / columns, height = (1 - gapY * (rows - 1)) / rows;
        var layout = Style.Layout(title, columns == 1 ? 780 : 140 + 410 * rows)
            .With("margin", new Margin().With("l", 60).With("r", 20).With("t", 80).With("b", 90))
            .With("legend", new Legend().With("orientation", "h").With("x", 0.5).With("xanchor", "center").With("y", columns == 1 ? -0.1 : rows == 1 ? -0.17 : -0.075).With("yanchor", "top"));
        var (traces, annotations, legend) = (new List<Trace>(), new List<Annotation>(), new HashSet<string>());
        for (int panel = 0; panel < planes.Count; panel++)
        {
            var (name, plane, points, trajectories) = planes[panel];
            string suffix = panel == 0 ? "" : $"{panel + 1}";
            double left = panel % columns * (width + gapX), top = 1 - panel / columns * (height + gapY), extent = plane.Axis[^1];
            layout.With("xaxis" + suffix, Style.Axis("x₁").With("domain", new[] { left, Math.Min(1, left + width) }).With("anchor", "y" + suffix).With("range", new[] { -extent, extent }).With("showgrid", false).With("zeroline", false))
                .With("yaxis" + suffix, Style.Axis("x₂").With("domain", new[] { Math.Max(0, top - height), top }).With("anchor", "x" + suffix).With("range", new[] { -extent, extent }).With("showgrid", false).With("zeroline", false));
            if (name.Length > 0)
                annotations.Add(new Annotation().With("text", name).With("xref", "paper").With("yref", "paper").With("x", left + width / 2).With("xanchor", "center").With("y", top).With("yanchor", "bottom").With("showarrow", false).With("font", Style.Font(14)));
            List<Trace> own =
            [
                Nullcline(plane, plane.First, "x₁ stands still", Style.Green), Nullcline(plane, plane.Second, "x₂ stands still", Style.Purple),
                Arrows(plane), Runs(trajectories), .. Ends(trajectories), .. Symbols(points),
            ];
            foreach (var trace in own)
            {
                string legendName = (string)trace.TryGetPropertyValue("name").Value;
                trace.With("legendgroup", legendName).With("showlegend", legend.Add(legendName)).With("xaxis", "x" + suffix).With("yaxis", "y" + suffix);
            }
            traces.AddRange(own);
        }
        return Style.Chart(traces, layout.With("annotations", annotations.ToArray()));
    }

    /// <summary>The speed q over a plane as a surface, as log10 q, with its fixed points and slow points: a scene in three dimensions.</summary>
    /// <param name="plane">The plane.</param>
    /// <param name="points">Its fixed points, linearised.</param>
    /// <param name="slow">Slow points: minima of q that are not zero; default none.</param>
    /// <param name="title">Of the figure.</param>
    public static GenericChart SpeedSurface(PhasePlane plane, IReadOnlyList<Linearisation> points, IReadOnlyList<SlowPoint>? slow = null, string title = "Speed q over the plane")
    {
        var speed = plane.Speed();
        var traces = new List<Trace>
        {
            new Trace3D("surface").With("name", "q").With("x", plane.Axis.Select(Style.Drawn).ToArray()).With("y", plane.Axis.Select(Style.Drawn).ToArray()).With("z", Logarithms(plane))
                .With("colorscale", "Cividis").With("opacity", 0.9)
                .With("colorbar", new ColorBar().With("title", Style.Title("log₁₀ q", 13)).With("len", 0.5).With("y", 0.4).With("thickness", 14))
                .With("hovertemplate", "x = (%{x:.2f}, %{y:.2f})<br>log₁₀ q = %{z:.2f}<extra></extra>"),
        };
        traces.Add(Stems([.. points.Select(line => line.Point)]));
        foreach (var group in points.GroupBy(PlaneKind))
        {
            var (symbol, colour, size) = PlaneSymbol(group.First());
            traces.Add(Balls(group.Key, [.. group.Select(line => line.Point)], [.. group.Select(PlaneHover)], symbol, colour, size));
        }
        if (slow is { Count: > 0 })
            traces.Add(Balls("slow point, q > 0", slow, [.. slow.Select(SlowHover)], "circle-open", Style.Black, 9));
        LinearAxis Of(string text) => new LinearAxis().With("title", Style.Title(text, 13)).With("tickfont", Style.Font(11, "#555555")).With("gridcolor", "#dddddd").With("showspikes", false);
        return Style.Chart(traces, Style.Layout(title, 600)
            .With("margin", new Margin().With("l", 0).With("r", 0).With("t", 50).With("b", 0))
            .With("legend", new Legend().With("x", 0.99).With("xanchor", "right").With("y", 0.98).With("itemsizing", "constant").With("bgcolor", "rgba(255,255,255,0.8)"))
            .With("scene", new Scene().With("xaxis", Of("x₁")).With("yaxis", Of("x₂")).With("zaxis", Of("log₁₀ q")).With("aspectmode", "manual")
                .With("aspectratio", new AspectRatio().With("x", 1.25).With("y", 1.25).With("z", 0.75)).With("dragmode", "orbit")
                .With("camera", new Camera().With("eye", new CameraEye().With("x", 1.45).With("y", 0.85).With("z", 1.2)).With("center", new CameraCenter().With("x", 0).With("y", 0).With("z", -0.15)))));

        // The grid misses the bottom of a hole: a line leads from the surface down to it.
        Trace Stems(StatePoint[] all)
        {
            double Surface(StatePoint point) => Math.Log10(Math.Max(SpeedFloor, speed[Nearest(point.State[1]), Nearest(point.State[0])]));
            return new Trace3D("scatter3d").With("name", "down to q = 0").With("mode", "lines").With("showlegend", false).With("hoverinfo", "skip").With("line", new Line().With("color", Style.Ink).With("width", 2))
                .With("x", all.SelectMany(point => new[] { Style.Drawn(point.State[0]), Style.Drawn(point.State[0]), double.NaN }).ToArray())
                .With("y", all.SelectMany(point => new[] { Style.Drawn(point.State[1]), Style.Drawn(point.State[1]), double.NaN }).ToArray())
                .With("z", all.SelectMany(point => new[] { Style.Drawn(Surface(point)), Math.Log10(SpeedFloor), double.NaN }).ToArray());
        }

        int Nearest(double value) => Enumerable.Range(0, plane.Axis.Length).MinBy(i => Math.Abs(plane.Axis[i] - value));

        static Trace Balls(string name, IReadOnlyList<StatePoint> points, string[] hover, string symbol, string colour, double size) => new Trace3D("scatter3d")
            .With("name", name).With("mode", "markers").With("x", points.Select(point => Style.Drawn(point.State[0])).ToArray()).With("y", points.Select(point => Style.Drawn(point.State[1])).ToArray())
            .With("z", points.Select(point => Style.Drawn(Math.Log10(Math.Max(SpeedFloor, point.Speed)) + 0.1)).ToArray())
            .With("marker", new Marker().With("symbol", symbol).With("color", colour).With("size", size * 0.8)).With("hovertext", hover).With("hoverinfo", "text");
    }

    /// <summary>
    /// The report's Algorithm 1 over the plane: contours of the speed, the way of every candidate down them, where each is at the end, and where Newton's method ends
    /// from the same candidates.
    /// </summary>
    /// <param name="plane">The plane.</param>
    /// <param name="snapshots">What <see cref="GradientDescent.Watch"/> was shown.</param>
    /// <param name="newton">Newton's solution from the same candidates.</param>
    public static GenericChart Descent(PhasePlane plane, IReadOnlyList<DescentSnapshot> snapshots, FixedPointSolution newton)
    {
        int count = snapshots[0].States.GetLength(0);
        var (last, endings) = (snapshots[^1], newton.Endings);
        double[] Places(double[,] states, int component, Func<int, bool> which) => [.. Enumerable.Range(0, count).Where(which).Select(i => Style.Drawn(states[i, component]))];
        Trace Marks(string name, double[,] states, Func<int, bool> which, Marker marker) => new Trace2D("scatter").With("name", name).With("mode", "markers")
            .With("x", Places(states, 0, which)).With("y", Places(states, 1, which)).With("marker", marker).With("hovertemplate", "(%{x:.3f}, %{y:.3f})<extra>" + name + "</extra>");
        var traces = new List<Trace>
        {
            new Trace2D("contour").With("name", "q").With("x", plane.Axis.Select(Style.Drawn).ToArray()).With("y", plane.Axis.Select(Style.Drawn).ToArray()).With("z", Logarithms(plane)).With("colorscale", "Greys").With("ncontours", 14)
                .With("opacity", 0.7).With("colorbar", new ColorBar().With("title", Style.Title("log₁₀ q", 13)).With("thickness", 14).With("len", 0.6)).With("hoverinfo", "skip").With("line", new Line().With("width", 0.5).With("color", "#aaaaaa")),
            new Trace2D("scatter").With("name", "way of a candidate").With("mode", "lines").With("line", new Line().With("color", Style.Vermillion).With("width", 1.5)).With("hoverinfo", "skip")
                .With("x", Enumerable.Range(0, count).SelectMany(i => snapshots.Select(shot => Style.Drawn(shot.States[i, 0])).Append(double.NaN)).ToArray())
                .With("y", Enumerable.Range(0, count).SelectMany(i => snapshots.Select(shot => Style.Drawn(shot.States[i, 1])).Append(double.NaN)).ToArray()),
            Marks("start", snapshots[0].States, _ => true, new Marker().With("color", "#ffffff").With("size", 6).With("line", new Line().With("color", Style.Vermillion).With("width", 1.5))),
            Marks(string.Create(CultureInfo.InvariantCulture, $"Algorithm 1 after {last.Step} steps"), last.States, _ => true, new Marker().With("color", Style.Vermillion).With("size", 7)),
            Marks("Newton: fixed point", newton.States, i => endings[i] == Ending.FixedPoint, new Marker().With("symbol", "circle-open").With("color", Style.Blue).With("size", 16).With("line", new Line().With("width", 2.5))),
            Marks("Newton: slow point", newton.States, i => endings[i] == Ending.SlowMinimum, new Marker().With("symbol", "square-open").With("color", Style.Purple).With("size", 16).With("line", new Line().With("width", 2.5))),
        };
        double extent = plane.Axis[^1];
        return Style.Chart(traces, Style.Layout("Algorithm 1, step by step, and where Newton ends", 760)
            .With("margin", new Margin().With("l", 60).With("r", 20).With("t", 60).With("b", 100))
            .With("legend", new Legend().With("orientation", "h").With("x", 0.5).With("xanchor", "center").With("y", -0.09).With("yanchor", "top"))
            .With("xaxis", Style.Axis("x₁").With("range", new[] { -extent, extent })).With("yaxis", Style.Axis("x₂").With("range", new[] { -extent, extent })));
    }

    /// <summary>
    /// Where the linear picture holds around points of a plane, a panel per point: shaded where both of the report's inequalities hold (3.1), lines where the linear picture
    /// misses a tenth and half of the linear term, and the radii along the modes.
    /// </summary>
    /// <param name="regions">Per panel a title, the region, and the radii along the modes.</param>
    public static GenericChart TaylorRegions(IReadOnlyList<(string Title, TaylorRegion Region, IReadOnlyList<TaylorRadii> Radii)> regions)
    {
        const double gap = 0.09;
        double width = (1 - gap * (regions.Count - 1)) / regions.Count;
        var layout = Style.Layout("Where the linear picture holds", 530)
            .With("margin", new Margin().With("l", 60).With("r", 20).With("t", 80).With("b", 100))
            .With("legend", new Legend().With("orientation", "h").With("x", 0.5).With("xanchor", "center").With("y", -0.16).With("yanchor", "top"));
        var (traces, annotations, legend) = (new List<Trace>(), new List<Annotation>(), new HashSet<string>());
        for (int panel = 0; panel < regions.Count; panel++)
        {
            var (name, region, radii) = regions[panel];
            string suffix = panel == 0 ? "" : $"{panel + 1}";
            double left = panel * (width + gap), extent = region.Axis[^1];
            layout.With("xaxis" + suffix, Style.Axis("d₁").With("domain", new[] { left, Math.Min(1, left + width) }).With("anchor", "y" + suffix).With("range", new[] { -extent, extent }).With("zeroline", true))
                .With("yaxis" + suffix, Style.Axis(panel == 0 ? "d₂" : null).With("anchor", "x" + suffix).With("range", new[] { -extent, extent }).With("zeroline", true));
            annotations.Add(new Annotation().With("text", name).With("xref", "paper").With("yref", "paper").With("x", left + width / 2).With("xanchor", "center").With("y", 1.01).With("yanchor", "bottom").With("showarrow", false).With("font", Style.Font(14)));
            var axis = region.Axis.Select(Style.Drawn).ToArray();
            // One array decides: the larger of the two shares.
            double Share(int j, int i) => Math.Log10(Math.Max(region.Constant[j, i], region.Quadratic[j, i]));
            traces.Add(new Trace2D("heatmap").With("name", "both hold").With("x", axis).With("y", axis).With("z", Cells(region, (j, i) => Share(j, i) < 0 ? 1 : double.NaN)).With("showscale", false).With("hoverinfo", "skip")
                .With("colorscale", new object[] { new object[] { 0, "#bfe3f7" }, new object[] { 1, "#bfe3f7" } }));
            traces.Add(new Trace2D("contour").With("name", "edge of where both inequalities hold (shaded)").With("x", axis).With("y", axis).With("z", Cells(region, Share)).With("showscale", false).With("hoverinfo", "skip")
                .With("contours", new Contours().With("type", "constraint").With("operation", "=").With("value", 0)).With("line", new Line().With("color", Style.Blue).With("width", 2)));
            var error = Cells(region, (j, i) => region.Error[j, i]);
            foreach (var (level, dash) in new[] { (0.1, "dot"), (0.5, "dash") })
                traces.Add(new Trace2D("contour").With("name", string.Create(CultureInfo.InvariantCulture, $"misses {100 * level:0} %")).With("x", axis).With("y", axis).With("z", error).With("showscale", false).With("hoverinfo", "skip")
                    .With("contours", new Contours().With("type", "constraint").With("operation", "=").With("value", level)).With("line", new Line().With("color", Style.Vermillion).With("width", 2).With("dash", dash)));
            foreach (var radius in radii.Where(radius => radius.Holds && radius.Mode.Eigenvalue.Imaginary == 0))
            {
                var (lower, upper) = (radius.Lower, Math.Min(radius.Upper, 2 * extent));
                double[] along = [-upper, -lower, double.NaN, lower, upper];
                double[] Component(int i) => [.. along.Select(r => Style.Drawn(r * radius.Mode.Right[i].Real))];
                traces.Add(new Trace2D("scatter").With("name", "radii along the modes").With("mode", "lines+markers").With("x", Component(0)).With("y", Component(1))
                    .With("line", new Line().With("color", Style.Black).With("width", 2)).With("marker", new Marker().With("color", Style.Black).With("size", 6))
                    .With("hovertemplate", string.Create(CultureInfo.InvariantCulture, $"λ = {radius.Mode.Eigenvalue.Real:0.00}, from {radius.Lower:0.000} to {radius.Upper:0.000}") + "<extra></extra>"));
            }
            foreach (var trace in traces.Skip(traces.FindLastIndex(trace => trace.TryGetPropertyValue("xaxis") is { } known && Microsoft.FSharp.Core.FSharpOption<object>.get_IsSome(known)) + 1))
            {
                string legendName = (string)trace.TryGetPropertyValue("name").Value;
                trace.With("legendgroup", legendName).With("showlegend", legendName != "both hold" && legend.Add(legendName)).With("xaxis", "x" + suffix).With("yaxis", "y" + suffix);
            }
        }
        return Style.Chart(traces, layout.With("annotations", annotations.ToArray()));

        static double[][] Cells(TaylorRegion region, Func<int, int, double> value) =>
            [.. Enumerable.Range(0, region.Axis.Length).Select(j => Enumerable.Range(0, region.Axis.Length).Select(i => Math.Round(value(j, i), 3)).ToArray())];
    }

    /// <summary>How states move along a direction in time, a panel per plane: where they gather, and how long that takes.</summary>
    /// <param name="panels">Per panel a title, the trajectories [B, T, 2], and the direction, 2 values; its length does not matter.</param>
    public static GenericChart InTime(IReadOnlyList<(string Title, double[,,] Trajectories, double[] Direction)> panels)
    {
        const double gap = 0.1;
        double width = (1 - gap * (panels.Count - 1)) / panels.Count;
        var layout = Style.Layout("Where states are, in time", 400).With("margin", new Margin().With("l", 70).With("r", 20).With("t", 80).With("b", 60));
        var (traces, annotations) = (new List<Trace>(), new List<Annotation>());
        for (int panel = 0; panel < panels.Count; panel++)
        {
            string suffix = panel == 0 ? "" : $"{panel + 1}";
            double left = panel * (width + gap);
            layout.With("xaxis" + suffix, Style.Axis("step").With("domain", new[] { left, Math.Min(1, left + width) }).With("anchor", "y" + suffix))
                .With("yaxis" + suffix, Style.Axis(string.Create(CultureInfo.InvariantCulture, $"place along ({panels[panel].Direction[0]:0.##}, {panels[panel].Direction[1]:0.##})").Replace('-', '−')).With("anchor", "x" + suffix));
            annotations.Add(new Annotation().With("text", panels[panel].Title).With("xref", "paper").With("yref", "paper").With("x", left + width / 2).With("xanchor", "center").With("y", 1.01).With("yanchor", "bottom").With("showarrow", false).With("font", Style.Font(14)));
            var runs = panels[panel].Trajectories;
            int steps = runs.GetLength(1);
            var along = PhasePlane.Along(runs, panels[panel].Direction);
            for (int run = 0; run < runs.GetLength(0); run++)
                traces.Add(new Trace2D("scatter").With("mode", "lines").With("showlegend", false).With("x", Enumerable.Range(0, steps).ToArray())
                    .With("y", Enumerable.Range(0, steps).Select(step => Style.Drawn(along[run, step])).ToArray())
                    .With("line", new Line().With("color", Style.Blue).With("width", 1.3)).With("xaxis", "x" + suffix).With("yaxis", "y" + suffix).With("hovertemplate", "step %{x}: %{y:.3f}<extra></extra>"));
        }
        return Style.Chart(traces, layout.With("annotations", annotations.ToArray()));
    }

    private static double[][] Logarithms(PhasePlane plane)
    {
        var speed = plane.Speed();
        return [.. Enumerable.Range(0, plane.Axis.Length).Select(j => Enumerable.Range(0, plane.Axis.Length).Select(i => Math.Round(Math.Log10(Math.Max(SpeedFloor, speed[j, i])), 2)).ToArray())];
    }

    private static Trace Nullcline(PhasePlane plane, double[,] component, string name, string colour) => new Trace2D("contour").With("name", name)
        .With("x", plane.Axis.Select(Style.Drawn).ToArray()).With("y", plane.Axis.Select(Style.Drawn).ToArray())
        .With("z", Enumerable.Range(0, plane.Axis.Length).Select(j => Enumerable.Range(0, plane.Axis.Length).Select(i => Math.Round(component[j, i], 4)).ToArray()).ToArray())
        .With("contours", new Contours().With("type", "constraint").With("operation", "=").With("value", 0)).With("showscale", false).With("hoverinfo", "skip")
        .With("line", new Line().With("color", colour).With("width", 2));

    private static Trace Arrows(PhasePlane plane)
    {
        const int across = 15;
        var (x, y) = (new List<double>(), new List<double>());
        double cell = 2 * plane.Axis[^1] / (across - 1);
        for (int b = 0; b < across; b++)
            for (int a = 0; a < across; a++)
            {
                // The nearest points of the grid: steps are not interpolated.
                int i = (int)Math.Round(a * (plane.Axis.Length - 1.0) / (across - 1)), j = (int)Math.Round(b * (plane.Axis.Length - 1.0) / (across - 1));
                var (u, v) = (plane.First[j, i], plane.Second[j, i]);
                double length = Math.Sqrt(u * u + v * v);
                if (length < 1e-12) continue;
                double scale = 0.85 * cell * Math.Tanh(length / cell) / length;
                x.AddRange([Style.Drawn(plane.Axis[i]), Style.Drawn(plane.Axis[i] + scale * u), double.NaN]);
                y.AddRange([Style.Drawn(plane.Axis[j]), Style.Drawn(plane.Axis[j] + scale * v), double.NaN]);
            }
        return new Trace2D("scatter").With("name", "a step").With("mode", "lines+markers").With("x", x.ToArray()).With("y", y.ToArray()).With("hoverinfo", "skip")
            .With("line", new Line().With("color", "#777777").With("width", 1.2))
            .With("marker", new Marker().With("color", "#777777").With("symbol", "arrow").With("angleref", "previous").With("size", Enumerable.Range(0, x.Count).Select(n => n % 3 == 1 ? 9 : 0).ToArray()));
    }

    private static Trace Runs(double[,,] runs) => new Trace2D("scatter").With("name", "trajectory").With("mode", "lines").With("hoverinfo", "skip").With("opacity", 0.55)
        .With("x", Broken(runs, 0)).With("y", Broken(runs, 1)).With("line", new Line().With("color", Style.SkyBlue).With("width", 1.3));

    private static IEnumerable<Trace> Ends(double[,,] runs)
    {
        int last = runs.GetLength(1) - 1;
        double[] At(int component) => [.. Enumerable.Range(0, runs.GetLength(0)).Select(run => Style.Drawn(runs[run, last, component]))];
        yield return new Trace2D("scatter").With("name", "its end").With("mode", "markers").With("x", At(0)).With("y", At(1))
            .With("marker", new Marker().With("color", Style.SkyBlue).With("size", 6).With("line", new Line().With("color", "#ffffff").With("width", 0.5))).With("hovertemplate", "(%{x:.3f}, %{y:.3f}) after " + last.ToString(CultureInfo.InvariantCulture) + " steps<extra></extra>");
    }

    private static double[] Broken(double[,,] runs, int component) =>
        [.. Enumerable.Range(0, runs.GetLength(0)).SelectMany(run => Enumerable.Range(0, runs.GetLength(1) + 1).Select(step => step == runs.GetLength(1) ? double.NaN : Style.Drawn(runs[run, step, component])))];

    private static IEnumerable<Trace> Symbols(IReadOnlyList<Linearisation> points)
    {
        foreach (var group in points.GroupBy(PlaneKind))
        {
            var (symbol, colour, size) = PlaneSymbol(group.First());
            yield return new Trace2D("scatter").With("name", group.Key).With("mode", "markers")
                .With("x", group.Select(line => Style.Drawn(line.Point.State[0])).ToArray()).With("y", group.Select(line => Style.Drawn(line.Point.State[1])).ToArray())
                .With("marker", new Marker().With("symbol", symbol).With("color", colour).With("size", size + 4).With("line", new Line().With("color", symbol.EndsWith("open", StringComparison.Ordinal) ? colour : "#ffffff").With("width", symbol.EndsWith("open", StringComparison.Ordinal) ? 3 : 1)))
                .With("hovertext", group.Select(PlaneHover).ToArray()).With("hoverinfo", "text");
        }
    }

    private static string PlaneKind(Linearisation line) => line.MarginalModes > 0 ? "marginal point" : line.Kind;

    private static (string Symbol, string Colour, double Size) PlaneSymbol(Linearisation line) =>
        line.MarginalModes > 0 ? ("circle-open", Style.Black, 9) : ByUnstableModes[line.UnstableModes];

    private static string PlaneHover(Linearisation line) => string.Create(CultureInfo.InvariantCulture,
        $"<b>{PlaneKind(line)}</b> at ({line.Point.State[0]:0.000}, {line.Point.State[1]:0.000})<br>λ = {string.Join(", ", line.Eigenvalues.Select(value => value.Imaginary == 0 ? value.Real.ToString("0.000", CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{value.Real:0.000}{(value.Imaginary < 0 ? "−" : "+")}{Math.Abs(value.Imaginary):0.000}i")))}<br>q = {line.Point.Speed:0.0e+0}<br>candidates that ended here: {line.Point.Candidates}");

    private static string SlowHover(SlowPoint point) => string.Create(CultureInfo.InvariantCulture, $"<b>slow point</b> at ({point.State[0]:0.000}, {point.State[1]:0.000})<br>q = {point.Speed:0.0e+0}, a minimum that is not zero");
}
