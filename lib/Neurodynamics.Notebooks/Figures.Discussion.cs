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
    /// <summary>The fixed points and trajectories of <see cref="FixedPoints"/>, with a cloud of other states among them, such as the ends of Algorithm 1.</summary>
    /// <param name="points">The points.</param>
    /// <param name="network">The network that they are the points of.</param>
    /// <param name="pca">The components to draw in.</param>
    /// <param name="trajectories">States of trials [B, T, S].</param>
    /// <param name="name">What the cloud is.</param>
    /// <param name="cloud">Its states.</param>
    /// <param name="value">The value of a state of the cloud to colour it by; default none.</param>
    /// <param name="scale">What the value is, for the colour bar.</param>
    /// <param name="title">Default that of the points.</param>
    /// <param name="mostTrajectories">Trials to draw at most; default 12.</param>
    public static GenericChart Among(IReadOnlyList<Linearisation> points, Network network, Pca pca, double[,,] trajectories, string name, IReadOnlyList<StatePoint> cloud, Func<StatePoint, double>? value = null, string? scale = null, string? title = null, int mostTrajectories = 12)
    {
        var chart = FixedPoints(points, network, pca, trajectories, title: title, mostTrajectories: mostTrajectories);
        var places = pca.Project(cloud.Select(point => point.State).ToMatrix(pca.Mean.Length));
        var marker = new Marker().With("symbol", "circle").With("size", 4).With("opacity", 0.85);
        if (value is null) marker.With("color", Style.Green);
        else
            marker.With("color", cloud.Select(point => Style.Drawn(value(point))).ToArray()).With("colorscale", "Viridis").With("showscale", true)
                .With("colorbar", new ColorBar().With("title", Style.Title(scale ?? "", 13)).With("len", 0.5).With("y", 0.35).With("thickness", 14)
                    .With("dtick", cloud.All(point => double.IsInteger(value(point))) ? 1 : null));
        var trace = new Trace3D("scatter3d").With("name", $"{name} ({cloud.Count})").With("mode", "markers")
            .With("x", Along(0)).With("y", Along(1)).With("z", Along(2)).With("marker", marker)
            .With("hovertemplate", value is null ? $"{name}<extra></extra>" : $"{name}<br>{scale}: %{{marker.color:.3g}}<extra></extra>");
        return Style.Chart([trace, .. GenericChart.getTraces(chart)], GenericChart.getLayout(chart));

        double[] Along(int component) => [.. Enumerable.Range(0, cloud.Count).Select(i => component < places.GetLength(1) ? Style.Drawn(places[i, component]) : 0)];
    }

    /// <summary>
    /// Above: how wrong the linear picture is at a distance from the points, as a share of the displacement, the median over directions and points of each kind, with
    /// the median over the points of how far the Taylor inequalities let it reach (vertical lines). Below: at which distances trials really are.
    /// </summary>
    /// <param name="errors">Errors at the same distances around each point.</param>
    /// <param name="cell">The cell that was linearised.</param>
    /// <param name="forecasts">Steps of trials, for the distances below.</param>
    /// <param name="title">The figure's title.</param>
    public static GenericChart LinearErrors(IReadOnlyList<LinearError> errors, Cell cell, IReadOnlyList<StepForecast> forecasts, string title)
    {
        var layout = Style.Layout(title, 600)
            .With("margin", new Margin().With("l", 90).With("r", 20).With("t", 95).With("b", 60))
            .With("legend", new Legend().With("orientation", "h").With("x", 0).With("y", 1.02).With("yanchor", "bottom"))
            .With("bargap", 0.05)
            .With("xaxis", Style.Axis("distance from the point").With("anchor", "y2").With("range", new[] { -4.7, 1.6 }).With("tickvals", Whole()).With("ticktext", Whole().Select(Power).ToArray()))
            .With("yaxis", Style.Axis("error / displacement").With("domain", new[] { 0.42, 1 }).With("type", "log").With("exponentformat", "power").With("dtick", 1))
            .With("yaxis2", Style.Axis("share of steps").With("domain", new[] { 0, 0.33 }).With("tickformat", ".0%"));
        var traces = new List<Trace>();
        var shapes = new List<Shape>();
        foreach (var kind in errors.GroupBy(error => error.Line.UnstableModes).OrderBy(group => group.Key))
        {
            var (symbol, colour, _) = ByUnstableModes[Math.Min(kind.Key, ByUnstableModes.Length - 1)];
            var curve = kind.GroupBy(error => error.Distance).OrderBy(group => group.Key).Select(group => (group.Key, Value: group.SelectMany(error => error.Errors).Median())).ToArray();
            traces.Add(new Trace2D("scatter").With("name", Name(kind.Key, kind.First().Line.Kind, "", kind.Select(error => error.Line).Distinct().Count())).With("mode", "lines+markers")
                .With("x", curve.Select(point => Style.Drawn(Math.Log10(point.Key))).ToArray()).With("y", curve.Select(point => Style.Drawn(point.Value)).ToArray()).With("xaxis", "x").With("yaxis", "y")
                .With("line", new Line().With("color", colour).With("width", 2)).With("marker", new Marker().With("symbol", symbol).With("color", colour).With("size", 7))
                .With("text", curve.Select(point => point.Key.ToString("G2", CultureInfo.InvariantCulture)).ToArray())
                .With("hovertemplate", "distance %{text}<br>error %{y:.2g} of the displacement<extra></extra>"));
            double reach = Math.Log10(kind.Select(error => error.Line).Distinct().Select(line => TaylorRadii.Of(cell, line).Min(radius => radius.Upper)).Median());
            if (double.IsFinite(reach))
                shapes.Add(new Shape().With("type", "line").With("xref", "x").With("yref", "paper").With("x0", reach).With("x1", reach).With("y0", 0).With("y1", 1)
                    .With("line", new Line().With("color", colour).With("width", 1.5).With("dash", "dot")));
        }
        var bins = forecasts.Where(step => step.Distance > 0).CountBy(step => (int)Math.Floor(Math.Log10(step.Distance) * 8)).OrderBy(pair => pair.Key).ToArray();
        traces.Add(new Trace2D("bar").With("name", "steps of trials").With("xaxis", "x").With("yaxis", "y2").With("showlegend", false)
            .With("x", bins.Select(pair => (pair.Key + 0.5) / 8).ToArray()).With("y", bins.Select(pair => Style.Drawn(pair.Value / (double)forecasts.Count)).ToArray())
            .With("marker", new Marker().With("color", Style.SkyBlue))
            .With("text", bins.Select(pair => $"{Math.Pow(10, pair.Key / 8.0).ToString("G2", CultureInfo.InvariantCulture)} to {Math.Pow(10, (pair.Key + 1) / 8.0).ToString("G2", CultureInfo.InvariantCulture)}").ToArray()).With("textposition", "none")
            .With("hovertemplate", "distance from the nearest point %{text}: %{y:.1%} of the steps<extra></extra>"));
        return Style.Chart(traces, layout.With("shapes", shapes.ToArray()));

        double[] Whole() => [.. Enumerable.Range(-4, 7).Select(decade => (double)decade)];
    }
}
