using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>Below this a speed is drawn as this: nothing but rounding, or exactly 0.</summary>
    private const double LeastSpeed = 1e-34;

    private static readonly string[] ByRow = [Style.Grey, Style.Orange, Style.Vermillion, Style.Blue, Style.Purple];

    /// <summary>Histograms of speeds over decades of q, a panel each on one axis.</summary>
    /// <param name="sets">Name and speeds q of each panel, from the top.</param>
    /// <param name="tolerance">A value of q to mark; default none.</param>
    public static GenericChart Speeds(IReadOnlyList<(string Name, double[] Speeds)> sets, double? tolerance = null)
    {
        int lowest = (int)Math.Floor(Math.Log10(LeastSpeed));
        int highest = Math.Max(2, sets.SelectMany(set => set.Speeds).Where(double.IsFinite).Select(Decade).DefaultIfEmpty(0).Max() + 1);
        var layout = Style.Layout("Speeds of the candidates", 110 + 135 * sets.Count)
            .With("margin", new Margin().With("l", 80).With("r", 20).With("t", 60).With("b", 60))
            .With("bargap", 0.08)
            .With("showlegend", false)
            .With("xaxis", Style.Axis("speed q (decades)").With("range", new double[] { lowest - 0.5, highest + 0.5 }).With("anchor", sets.Count == 1 ? "y" : $"y{sets.Count}")
                .With("tickvals", Decades(lowest, highest)).With("ticktext", Decades(lowest, highest).Select(Power).ToArray()));
        var traces = new List<Trace>();
        var notes = new List<Annotation>();
        for (int i = 0; i < sets.Count; i++)
        {
            const double gap = 0.05;
            string suffix = i == 0 ? "" : $"{i + 1}";
            double height = (1 - gap * (sets.Count - 1)) / sets.Count, top = 1 - i * (height + gap);
            layout.With("yaxis" + suffix, Style.Axis("candidates").With("domain", new[] { Math.Max(0, top - height), top }).With("rangemode", "tozero"));
            var counts = sets[i].Speeds.Where(double.IsFinite).CountBy(Decade).OrderBy(pair => pair.Key).ToArray();
            traces.Add(new Trace2D("bar").With("name", sets[i].Name)
                .With("x", counts.Select(pair => pair.Key + 0.5).ToArray()).With("y", counts.Select(pair => pair.Value).ToArray())
                .With("xaxis", "x").With("yaxis", "y" + suffix)
                .With("marker", new Marker().With("color", ByRow[i % ByRow.Length]))
                .With("text", counts.Select(pair => $"{Power(pair.Key)} to {Power(pair.Key + 1)}").ToArray()).With("textposition", "none")
                .With("hovertemplate", "q %{text}: %{y} candidates<extra></extra>"));
            notes.Add(new Annotation().With("text", $"<b>{sets[i].Name}</b>").With("xref", "paper").With("yref", "paper").With("x", 0.2).With("y", top - 0.01).With("yanchor", "top").With("xanchor", "left").With("showarrow", false).With("bgcolor", "rgba(255,255,255,0.8)"));
        }
        if (tolerance is { } mark)
            layout.With("shapes", new[]
            {
                new Shape().With("type", "line").With("xref", "x").With("yref", "paper").With("x0", Math.Log10(mark)).With("x1", Math.Log10(mark)).With("y0", 0).With("y1", 1)
                    .With("line", new Line().With("color", Style.Ink).With("width", 1.5).With("dash", "dash")),
            });
        return Style.Chart(traces, layout.With("annotations", notes.ToArray()));

        static int Decade(double speed) => (int)Math.Floor(Math.Log10(Math.Max(speed, LeastSpeed)));
    }

    /// <summary>
    /// What one counts when every end below a tolerance of q is accepted: the accepted candidates, and the different points that they make when ends nearer than
    /// a distance are taken as one.
    /// </summary>
    /// <param name="solutions">Name of the solver and what it returned.</param>
    /// <param name="truth">The number of points that there are, drawn as a line.</param>
    /// <param name="distance">Ends nearer than this are one; default 0.01.</param>
    public static GenericChart Tolerance(IReadOnlyList<(string Name, FixedPointSolution Solution)> solutions, int truth, double distance = 0.01)
    {
        var tolerances = Enumerable.Range(-30, 32).Select(decade => (Decade: decade, Value: Math.Pow(10, decade))).Reverse().ToArray();
        var ticks = Decades(-30, 1);
        LinearAxis Decadic(string? title) => Style.Axis(title).With("autorange", "reversed").With("tickvals", ticks).With("ticktext", ticks.Select(Power).ToArray());
        var layout = Style.Layout("What the tolerance makes of the same candidates", 560)
            .With("margin", new Margin().With("l", 80).With("r", 20).With("t", 90).With("b", 60))
            .With("legend", new Legend().With("orientation", "h").With("x", 0).With("y", 1.02).With("yanchor", "bottom"))
            .With("xaxis", Decadic("accepted where q is at most").With("anchor", "y2"))
            .With("yaxis", Style.Axis("accepted").With("domain", new[] { 0.56, 1 }).With("rangemode", "tozero"))
            .With("yaxis2", Style.Axis("different points").With("domain", new[] { 0, 0.46 }).With("type", "log").With("dtick", 1));
        var traces = new List<Trace>();
        for (int k = 0; k < solutions.Count; k++)
        {
            var (name, solution) = solutions[k];
            var accepted = tolerances.Select(tolerance => solution.Speeds.Count(speed => speed <= tolerance.Value)).ToArray();
            var different = tolerances.Select(tolerance => (solution with
            {
                Endings = [.. solution.Speeds.Select(speed => speed <= tolerance.Value ? Ending.FixedPoint : Ending.StepLimit)],
            }).Distinct(distance).Count).ToArray();
            traces.Add(Curve(accepted, "y", "accepted candidates", true));
            traces.Add(Curve(different, "y2", "different points", false));

            Trace Curve(int[] values, string axis, string what, bool legend) => new Trace2D("scatter")
                .With("name", name).With("legendgroup", name).With("showlegend", legend).With("mode", "lines+markers")
                .With("x", tolerances.Select(tolerance => tolerance.Decade).ToArray())
                .With("y", values.Select(value => value == 0 && axis == "y2" ? double.NaN : value).ToArray()).With("xaxis", "x").With("yaxis", axis)
                .With("line", new Line().With("color", ByRow[(k + 1) % ByRow.Length]).With("width", 2).With("dash", k == 0 ? "solid" : k == 1 ? "dash" : "dot"))
                .With("marker", new Marker().With("color", ByRow[(k + 1) % ByRow.Length]).With("size", 6).With("symbol", k == 0 ? "circle" : k == 1 ? "diamond" : "square"))
                .With("hovertemplate", $"{name}<br>q at most 1e%{{x}}: %{{y}} {what}<extra></extra>");
        }
        layout.With("shapes", new[]
        {
            new Shape().With("type", "line").With("xref", "paper").With("yref", "y2").With("x0", 0).With("x1", 1).With("y0", truth).With("y1", truth)
                .With("line", new Line().With("color", Style.Ink).With("width", 1).With("dash", "dash")),
        });
        layout.With("annotations", new[]
        {
            new Annotation().With("text", $"the search: {truth}").With("xref", "paper").With("x", 0.99).With("xanchor", "right").With("yref", "y2").With("y", Math.Log10(truth)).With("yanchor", "bottom").With("showarrow", false),
        });
        return Style.Chart(traces, layout);
    }

    /// <summary>
    /// Candidates on their way to where they end, a panel per solver in the first two components, coloured by speed, with a slider over the steps. Rings are the true
    /// fixed points, thin lines the last piece of each way.
    /// </summary>
    /// <param name="paths">The ways, one or two; as many looks each as the shortest has.</param>
    /// <param name="points">The true fixed points.</param>
    /// <param name="pca">The components to draw in.</param>
    public static GenericChart Sliding(IReadOnlyList<CandidatePaths> paths, IReadOnlyList<Linearisation> points, Pca pca)
    {
        int looks = paths.Min(path => path.Steps.Count), panels = paths.Count;
        var places = pca.Project(points.Select(point => point.Point.State).ToMatrix(pca.Mean.Length));
        var ways = paths.Select(path => path.States.Take(looks).Select(pca.Project).ToArray()).ToArray();
        RequirePlane(pca);
        var (x, y) = (Range(0), Range(1));
        var layout = Style.Layout("Candidates on their way", 560)
            .With("margin", new Margin().With("l", 70).With("r", 20).With("t", 80).With("b", 130))
            .With("showlegend", false);
        var traces = new List<Trace>();
        var notes = new List<Annotation>();
        for (int k = 0; k < panels; k++)
        {
            string suffix = k == 0 ? "" : $"{k + 1}";
            double width = 0.46, left = panels == 1 ? 0 : k * 0.52;
            layout.With("xaxis" + suffix, Component(0, x).With("domain", new[] { left, panels == 1 ? 0.9 : left + width * 0.94 }).With("anchor", "y" + suffix))
                .With("yaxis" + suffix, Component(1, y).With("anchor", "x" + suffix).With("showticklabels", k == 0).With("title", k == 0 ? Style.Title(Label(1), 13) : null));
            traces.Add(new Trace2D("scatter").With("mode", "markers").With("xaxis", "x" + suffix).With("yaxis", "y" + suffix)
                .With("x", Enumerable.Range(0, points.Count).Select(i => Style.Drawn(places[i, 0])).ToArray())
                .With("y", Enumerable.Range(0, points.Count).Select(i => Style.Drawn(places[i, 1])).ToArray())
                .With("marker", new Marker().With("symbol", "circle-open").With("size", 15).With("color", Style.Vermillion).With("line", new Line().With("width", 1.6)))
                .With("hovertext", points.Select((point, i) => $"point {i + 1}: {point.Kind}, {point.UnstableModes} unstable").ToArray()).With("hoverinfo", "text"));
            notes.Add(new Annotation().With("text", $"<b>{paths[k].Solver}</b>").With("xref", "paper").With("yref", "paper").With("x", left).With("xanchor", "left").With("y", 1.0).With("yanchor", "bottom").With("showarrow", false).With("font", Style.Font(15)));
        }
        for (int look = 0; look < looks; look++)
            for (int k = 0; k < panels; k++)
            {
                string suffix = k == 0 ? "" : $"{k + 1}";
                var (now, before) = (ways[k][look], ways[k][Math.Max(0, look - 1)]);
                int count = now.GetLength(0);
                // Only lines that a picture can show.
                var moved = look == 0 ? [] : Enumerable.Range(0, count).Where(i => Math.Abs(now[i, 0] - before[i, 0]) + Math.Abs(now[i, 1] - before[i, 1]) > 0.02 * (x[1] - x[0])).ToArray();
                traces.Add(new Trace2D("scatter").With("mode", "lines").With("xaxis", "x" + suffix).With("yaxis", "y" + suffix).With("visible", look == 0).With("hoverinfo", "skip")
                    .With("x", moved.SelectMany(i => new[] { Rounded(before[i, 0]), Rounded(now[i, 0]), double.NaN }).ToArray())
                    .With("y", moved.SelectMany(i => new[] { Rounded(before[i, 1]), Rounded(now[i, 1]), double.NaN }).ToArray())
                    .With("line", new Line().With("color", Style.Grey).With("width", 1)));
                traces.Add(new Trace2D("scatter").With("mode", "markers").With("xaxis", "x" + suffix).With("yaxis", "y" + suffix).With("visible", look == 0)
                    .With("x", Enumerable.Range(0, count).Select(i => Rounded(now[i, 0])).ToArray())
                    .With("y", Enumerable.Range(0, count).Select(i => Rounded(now[i, 1])).ToArray())
                    .With("marker", new Marker().With("size", 6).With("color", paths[k].Speeds[look].Select(speed => Math.Round(Math.Log10(Math.Max(speed, LeastSpeed)), 1)).ToArray())
                        .With("colorscale", "Cividis").With("cmin", -32).With("cmax", 0).With("line", new Line().With("color", Style.Ink).With("width", 0.5))
                        .With("showscale", k == panels - 1)
                        .With("colorbar", new ColorBar().With("title", Style.Title("log<sub>10</sub> q", 13)).With("thickness", 12).With("len", 0.9).With("x", 1.0)))
                    .With("hovertemplate", "log<sub>10</sub> q = %{marker.color}<extra></extra>"));
            }
        layout.With("annotations", notes.ToArray());
        layout.With("sliders", new object[]
        {
            new Dictionary<string, object>
            {
                ["active"] = 0, ["x"] = 0, ["len"] = 1.0, ["y"] = -0.16, ["pad"] = new Dictionary<string, object> { ["t"] = 30 },
                ["currentvalue"] = new Dictionary<string, object> { ["prefix"] = $"steps of {string.Join(" / ", paths.Select(path => path.Solver))}: ", ["font"] = new Dictionary<string, object> { ["size"] = 14 } },
                ["steps"] = Enumerable.Range(0, looks).Select(look => new Dictionary<string, object>
                {
                    ["method"] = "restyle",
                    ["label"] = string.Join(" / ", paths.Select(path => path.Steps[look].ToString(CultureInfo.InvariantCulture))),
                    ["args"] = new object[] { new Dictionary<string, object> { ["visible"] = traces.Select((_, i) => i < panels || (i - panels) / (2 * panels) == look).ToArray() } },
                }).ToArray(),
            },
        });
        return Style.Chart(traces, layout);

        double[] Range(int axis)
        {
            // Where most of them are at some time: what is thrown far out lies outside the picture.
            double[] all = [.. ways.SelectMany(way => way).SelectMany(look => Enumerable.Range(0, look.GetLength(0)).Select(i => look[i, axis])).Where(double.IsFinite).Order()];
            double low = all[all.Length / 200], high = all[all.Length - 1 - all.Length / 200], margin = 0.06 * (high - low);
            return [Style.Drawn(low - margin), Style.Drawn(high + margin)];
        }

        LinearAxis Component(int i, double[] range) => Style.Axis(Label(i)).With("range", range).With("zeroline", false);

        string Label(int i) => string.Create(CultureInfo.InvariantCulture, $"PC{i + 1} ({100 * pca.ExplainedVariance[i]:0.#} % of variance)");

        static double Rounded(double value) => Math.Round(value, 3);
    }

    /// <summary>Where candidates ended: the largest modulus of a state variable against the speed q, both logarithmic, by ending.</summary>
    /// <param name="sets">Name of the candidates and how they ended.</param>
    /// <param name="bound">The largest modulus that a state can have, drawn as a line; default 1, that of a vanilla RNN or GRU.</param>
    public static GenericChart Ends(IReadOnlyList<(string Name, FixedPointSolution Solution)> sets, double bound = 1)
    {
        var colours = new Dictionary<Ending, string> { [Ending.FixedPoint] = Style.Blue, [Ending.SlowMinimum] = Style.Orange, [Ending.SlowEnough] = Style.Green, [Ending.Stalled] = Style.Purple, [Ending.StepLimit] = Style.Vermillion };
        var layout = Style.Layout("Speed and size where candidates ended", 560)
            .With("margin", new Margin().With("l", 90).With("r", 20).With("t", 60).With("b", 130))
            // Below, where it may take as many lines as a narrow window makes of it.
            .With("legend", new Legend().With("orientation", "h").With("x", 0).With("y", -0.17).With("yanchor", "top"))
            .With("xaxis", Style.Axis("largest |h| of the state").With("type", "log").With("exponentformat", "power").With("dtick", 1))
            .With("yaxis", Style.Axis("speed q").With("type", "log").With("exponentformat", "power").With("dtick", 5));
        var traces = new List<Trace>();
        for (int k = 0; k < sets.Count; k++)
        {
            var (name, solution) = sets[k];
            foreach (var group in Enumerable.Range(0, solution.Endings.Length).Where(i => double.IsFinite(solution.Speeds[i])).GroupBy(i => solution.Endings[i]).OrderBy(group => group.Key))
            {
                int[] members = [.. group];
                traces.Add(new Trace2D("scatter").With("mode", "markers").With("name", $"{name}: {Wording.Of(group.Key)} ({members.Length})")
                    .With("x", members.Select(i => Style.Drawn(Largest(solution.States, i))).ToArray())
                    .With("y", members.Select(i => Style.Drawn(Math.Max(solution.Speeds[i], LeastSpeed))).ToArray())
                    .With("marker", new Marker().With("symbol", k == 0 ? "circle" : "x").With("size", 8).With("opacity", 0.75).With("color", colours.GetValueOrDefault(group.Key, Style.Black)))
                    .With("hovertemplate", $"{Wording.Of(group.Key)}<br>largest |h| %{{x:.4g}}<br>q = %{{y:.2e}}<extra></extra>"));
            }
        }
        layout.With("shapes", new[]
        {
            new Shape().With("type", "line").With("xref", "x").With("yref", "paper").With("x0", bound).With("x1", bound).With("y0", 0).With("y1", 1)
                .With("line", new Line().With("color", Style.Ink).With("width", 1.5).With("dash", "dash")),
        });
        layout.With("annotations", new[]
        {
            new Annotation().With("text", "no state is ever here").With("xref", "x").With("x", Math.Log10(bound)).With("xanchor", "left").With("xshift", 6).With("yref", "paper").With("y", 0.02).With("yanchor", "bottom").With("showarrow", false),
        });
        return Style.Chart(traces, layout);

        static double Largest(double[,] states, int row) => Enumerable.Range(0, states.GetLength(1)).Max(j => Math.Abs(states[row, j]));
    }

    /// <summary>What certificates prove of each point: the radius in which a true fixed point lies, the radius in which no other does, and the distance to the nearest other point found.</summary>
    /// <param name="points">Points with certificates, as a search returns them, in their order.</param>
    public static GenericChart Certificates(IReadOnlyList<StatePoint> points)
    {
        int[] numbers = [.. Enumerable.Range(1, points.Count)];
        double[] apart = [.. points.Select(point => Distances.ToNearest(new[] { point.State }.ToMatrix(point.State.Length), [.. points.Where(other => other != point).Select(other => other.State)])[0])];
        Trace Row(string name, IEnumerable<double> values, string symbol, string colour) => new Trace2D("scatter")
            .With("name", name).With("mode", "markers").With("x", numbers).With("y", values.Select(value => double.IsFinite(value) ? Style.Drawn(value) : double.NaN).ToArray())
            .With("marker", new Marker().With("symbol", symbol).With("color", colour).With("size", 9))
            .With("hovertemplate", $"point %{{x}}<br>{name}: %{{y:.3g}}<extra></extra>");
        return Style.Chart(
            [
                Row("nearest other point found", apart, "square", Style.Grey),
                Row("no other true point within", points.Select(point => point.Certificate?.UniquenessRadius ?? double.NaN), "diamond", Style.Blue),
                Row("a true point within", points.Select(point => point.Certificate?.ExistenceRadius ?? double.NaN), "circle", Style.Vermillion),
            ],
            Style.Layout("What is proven of each point", 430)
                .With("margin", new Margin().With("l", 90).With("r", 20).With("t", 95).With("b", 60))
                .With("legend", new Legend().With("orientation", "h").With("x", 0).With("y", 1.02).With("yanchor", "bottom"))
                .With("xaxis", Style.Axis("point, as in the table").With("range", new[] { 0.3, points.Count + 0.7 }))
                .With("yaxis", Style.Axis("distance from the state").With("type", "log").With("exponentformat", "power").With("dtick", 2)));
    }

    private static double[] Decades(int lowest, int highest) => [.. Enumerable.Range(0, (highest - lowest) / 5 + 2).Select(i => (double)((int)Math.Ceiling(lowest / 5.0) + i) * 5).Where(decade => decade <= highest)];

    private static string Power(double decade) => $"10<sup>{decade.ToString("0", CultureInfo.InvariantCulture).Replace('-', '\u2212')}</sup>";

    private static string Power(int decade) => Power((double)decade);
}
