using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

/// <summary>States to draw as one cloud.</summary>
/// <param name="Name">What the legend calls them.</param>
/// <param name="States">[M, S].</param>
/// <param name="Symbol">plotly.js's name of the symbol, one that is drawn in three dimensions: circle, diamond, square or their open forms; default circle.</param>
/// <param name="Size">Size of the symbol; default 4.</param>
public sealed record Cloud(string Name, double[,] States, string Symbol = "circle", double Size = 4);

public static partial class Figures
{
    private static readonly string[] Dashes = ["solid", "dash", "dot", "dashdot"];

    /// <summary>
    /// Clouds of states in the space of the first three principal components, coloured by one channel's readout. The colour is the logit, cut off at
    /// ± <paramref name="range"/>: the probability itself is 0 or 1 nearly everywhere.
    /// </summary>
    /// <param name="clouds">The clouds.</param>
    /// <param name="network">The network that reads them out.</param>
    /// <param name="pca">The components to draw in.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="range">The largest logit that the colours tell apart; default 8, p = 0.9997.</param>
    /// <param name="channel">Whose readout, from 0; with null all are drawn in one grey per cloud.</param>
    public static GenericChart Clouds(IReadOnlyList<Cloud> clouds, Network network, Pca pca, string title, double range = 8, int? channel = 0) =>
        Style.Chart(clouds.Select((cloud, i) => CloudTrace(cloud, network, pca.Project(cloud.States), range, channel, i)), Wider(Space(title, pca, empty: false))
            .With("legend", new Legend().With("x", 0.01).With("y", 0.98).With("itemsizing", "constant").With("bgcolor", "rgba(255,255,255,0.8)")));

    /// <summary>The same clouds with the three readouts as axes: where states are decided, and where not. Only for networks of three channels.</summary>
    /// <param name="clouds">The clouds.</param>
    /// <param name="network">The network that reads them out.</param>
    /// <param name="title">The figure's title.</param>
    public static GenericChart InReadouts(IReadOnlyList<Cloud> clouds, Network network, string title)
    {
        if (network.Channels != 3) throw new ArgumentException($"Readouts make three axes where there are three channels, but the network has {network.Channels}.", nameof(network));
        LinearAxis Axis(int channel) => new LinearAxis().With("title", Style.Title($"logit of channel {channel + 1}", 13)).With("tickfont", Style.Font(11, "#555555"))
            .With("gridcolor", "#dddddd").With("zerolinecolor", "#777777").With("showbackground", true).With("backgroundcolor", "#fafafa").With("showspikes", false);
        var layout = Style.Layout(title, 620).With("margin", new Margin().With("l", 0).With("r", 0).With("t", 50).With("b", 0))
            .With("legend", new Legend().With("x", 0.99).With("xanchor", "right").With("y", 0.98).With("itemsizing", "constant").With("bgcolor", "rgba(255,255,255,0.8)"))
            .With("scene", new Scene().With("xaxis", Axis(0)).With("yaxis", Axis(1)).With("zaxis", Axis(2)).With("aspectmode", "cube").With("dragmode", "orbit")
                .With("camera", new Camera().With("eye", new CameraEye().With("x", 1.5).With("y", 1.2).With("z", 0.75)).With("center", new CameraCenter().With("x", 0).With("y", 0).With("z", -0.12))));
        return Style.Chart(clouds.Select((cloud, i) => CloudTrace(cloud, network, network.Logits(cloud.States), 0, null, i)), layout);
    }

    private static Trace CloudTrace(Cloud cloud, Network network, double[,] places, double range, int? channel, int index)
    {
        var logits = network.Logits(cloud.States);
        int count = cloud.States.GetLength(0);
        var marker = new Marker().With("symbol", cloud.Symbol).With("size", cloud.Size);
        if (channel is { } chosen)
            marker.With("color", Enumerable.Range(0, count).Select(i => Style.Drawn(logits[i, chosen])).ToArray()).With("colorscale", "Cividis").With("cmin", -range).With("cmax", range)
                .With("showscale", index == 0).With("colorbar", new ColorBar().With("title", Style.Title(network.Channels == 1 ? "p(sum > 0)" : $"p of channel {chosen + 1}", 13)).With("len", 0.55).With("y", 0.4).With("thickness", 14)
                    .With("tickvals", new[] { -range, -range / 2, 0, range / 2, range }).With("ticktext", new[] { -range, -range / 2, 0, range / 2, range }.Select(Probability).ToArray()));
        else marker.With("color", new[] { Style.Grey, Style.Blue, Style.Orange, Style.Purple, Style.Vermillion }[index % 5]);
        marker.With("line", new Line().With("color", Style.Ink).With("width", cloud.Size > 6 ? 1.5 : 0));
        return new Trace3D("scatter3d").With("name", count == 1 ? cloud.Name : $"{cloud.Name} ({count})").With("mode", "markers").With("marker", marker)
            .With("opacity", channel is null && index == 0 && count > 100 ? 0.5 : 1)
            .With("x", Along(0)).With("y", Along(1)).With("z", Along(2))
            .With("hovertext", Enumerable.Range(0, count).Select(i => $"{cloud.Name}<br>logit {string.Join(", ", Enumerable.Range(0, network.Channels).Select(k => logits[i, k].ToString("0.0", CultureInfo.InvariantCulture)))}").ToArray())
            .With("hoverinfo", "text");

        double[] Along(int component) => [.. Enumerable.Range(0, count).Select(i => component < places.GetLength(1) ? Style.Drawn(places[i, component]) : 0)];
    }

    /// <summary>A camera from farther off, so that axis titles stay in the picture beside a colour bar.</summary>
    private static Layout Wider(Layout layout)
    {
        ((Scene)layout.GetPropertyValue("scene")).With("camera", new Camera()
            .With("eye", new CameraEye().With("x", 1.55).With("y", 1.8).With("z", 0.85)).With("center", new CameraCenter().With("x", 0).With("y", 0).With("z", -0.1)));
        return layout;
    }

    private static string Probability(double logit) => (1 / (1 + Math.Exp(-logit))) switch
    {
        < 0.01 => "< 0.01",
        > 0.99 => "> 0.99",
        var p => p.ToString("0.##", CultureInfo.InvariantCulture),
    };

    /// <summary>
    /// What an integrator's slow curve is like along its length: the readout's logit, the three largest |lambda| of the Jacobian, and how far the readout drifts in a
    /// hundred steps of the linearised motion's start (100 times the change in one step).
    /// </summary>
    /// <param name="points">States along the curve, linearised (<see cref="SlowCurve.Slowest"/>).</param>
    /// <param name="network">The network of one channel.</param>
    /// <param name="pca">Whose first component is the horizontal axis.</param>
    public static GenericChart AlongCurve(IReadOnlyList<Linearisation> points, Network network, Pca pca)
    {
        var states = points.Select(point => point.Point.State).ToMatrix(network.Cell.StateSize);
        var places = pca.Project(states);
        int[] order = [.. Enumerable.Range(0, points.Count).OrderBy(i => places[i, 0])];
        double[] x = [.. order.Select(i => Style.Drawn(places[i, 0]))];
        var (now, next) = (network.InDouble().Logits(states), network.InDouble().Logits(SlowCurve.Relax(network.Cell, states, 1)));
        var traces = new List<Trace> { Curve("readout", order.Select(i => now[i, 0]), "y", Style.Black, "circle", "solid", false) };
        var colours = new[] { Style.Blue, Style.Orange, Style.Grey };
        for (int k = 0; k < Math.Min(3, network.Cell.StateSize); k++)
        {
            int mode = k;
            traces.Add(Curve($"|\u03bb| of mode {k + 1}", order.Select(i => points[i].Eigenvalues[mode].Magnitude), "y2", colours[k], "circle", Dashes[k], true));
        }
        traces.Add(Curve("drift", order.Select(i => 100 * (next[i, 0] - now[i, 0])), "y3", Style.Vermillion, "diamond", "solid", false));
        var layout = Style.Layout("Along the slow curve, at zero input", 640)
            .With("margin", new Margin().With("l", 90).With("r", 20).With("t", 60).With("b", 60))
            .With("legend", new Legend().With("x", 0.5).With("xanchor", "center").With("y", 0.67).With("yanchor", "bottom").With("orientation", "h").With("bgcolor", "rgba(255,255,255,0.8)"))
            .With("xaxis", Style.Axis("position along PC1").With("anchor", "y3"))
            .With("yaxis", Style.Axis("logit of readout").With("domain", new[] { 0.76, 1.0 }))
            .With("yaxis2", Style.Axis("|\u03bb|").With("domain", new[] { 0.37, 0.67 }))
            .With("yaxis3", Style.Axis("drift of logit<br>per 100 steps").With("domain", new[] { 0.0, 0.33 }).With("zerolinecolor", "#777777"));
        return Style.Chart(traces, layout);

        Trace Curve(string name, IEnumerable<double> values, string axis, string colour, string symbol, string dash, bool legend) => new Trace2D("scatter")
            .With("name", name).With("mode", "lines+markers").With("x", x).With("y", values.Select(Style.Drawn).ToArray()).With("yaxis", axis).With("showlegend", legend)
            .With("line", new Line().With("color", colour).With("width", 1.5).With("dash", dash)).With("marker", new Marker().With("color", colour).With("size", 6).With("symbol", symbol))
            .With("hovertemplate", $"PC1 %{{x:.2f}}<br>{name}: %{{y:.5~g}}<extra></extra>");
    }

    /// <summary>How long a network holds what it reads out: the logit of each state over steps of constant input, on a logarithmic axis of steps.</summary>
    /// <param name="holding">What became of the states.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="trialSteps">Steps of a trial in training, drawn as a line; default none.</param>
    public static GenericChart Held(Holding holding, string title = "What the network reads out while the input is silent", int? trialSteps = null)
    {
        int count = holding.Logits.GetLength(0);
        double largest = Enumerable.Range(0, count).Select(i => Math.Abs(holding.Logits[i, 0])).DefaultIfEmpty(1).Max();
        var shown = Enumerable.Range(0, holding.Steps.Count).Where(k => holding.Steps[k] > 0).ToArray();
        var traces = Enumerable.Range(0, count).Select(i => (Trace)new Trace2D("scatter")
            .With("mode", "lines").With("x", shown.Select(k => holding.Steps[k]).ToArray()).With("y", shown.Select(k => Style.Drawn(holding.Logits[i, k])).ToArray()).With("showlegend", false)
            .With("line", new Line().With("width", 2).With("color", Shade(holding.Logits[i, 0] / largest)))
            .With("hovertemplate", $"step %{{x}}: logit %{{y:.1f}}<br>{(holding.Lost[i] is { } lost ? $"sign lost at step {lost}" : "sign kept to the end")}<extra></extra>")).ToList();
        var layout = Style.Layout(title, 440).With("margin", new Margin().With("l", 80).With("r", 20).With("t", 60).With("b", 60))
            .With("xaxis", Style.Axis("steps without input").With("type", "log").With("dtick", 1)).With("yaxis", Style.Axis("logit of readout").With("zerolinecolor", "#555555"));
        if (trialSteps is { } steps)
            layout.With("shapes", new[]
            {
                new Shape().With("type", "line").With("x0", steps).With("x1", steps).With("yref", "paper").With("y0", 0).With("y1", 1).With("line", new Line().With("color", Style.Ink).With("width", 1).With("dash", "dash")),
            }).With("annotations", new[]
            {
                new Annotation().With("text", "length of a trial").With("x", Math.Log10(steps)).With("xanchor", "right").With("xshift", -4).With("yref", "paper").With("y", 1).With("showarrow", false).With("font", Style.Font(12, "#555555")),
            });
        return Style.Chart(traces, layout);
    }

    /// <summary>A value of the state, such as its place along PC1, against the sum of the inputs; the colour is the step of the trial.</summary>
    /// <param name="evidence">The moments.</param>
    /// <param name="value">The value, M values.</param>
    /// <param name="name">What the value is called on the axis.</param>
    /// <param name="most">Moments to draw at most; default 1500.</param>
    public static GenericChart AgainstSum(Evidence evidence, double[] value, string name, int most = 1500)
    {
        // A stride that shares no factor with the steps of a trial, or one step would be all that is seen.
        int stride = Math.Max(1, value.Length / most) | 1;
        while (stride > 1 && Common(stride, evidence.Steps) > 1) stride += 2;
        int[] shown = [.. Enumerable.Range(0, value.Length).Where(i => i % stride == 0)];
        var points = new Trace2D("scatter").With("mode", "markers").With("showlegend", false)
            .With("x", shown.Select(i => Style.Drawn(evidence.Sum[i])).ToArray()).With("y", shown.Select(i => Style.Drawn(value[i])).ToArray())
            .With("customdata", shown.Select(i => evidence.Step[i]).ToArray())
            .With("marker", new Marker().With("size", 5).With("color", shown.Select(i => evidence.Step[i]).ToArray()).With("colorscale", "Cividis").With("showscale", true)
                .With("colorbar", new ColorBar().With("title", Style.Title("step", 13)).With("thickness", 14)))
            .With("hovertemplate", $"sum %{{x:.2f}}, step %{{customdata}}<br>{name} %{{y:.2f}}<extra></extra>");
        return Style.Chart([points], Style.Layout("What the state says of the sum", 460).With("margin", new Margin().With("l", 80).With("r", 20).With("t", 60).With("b", 60))
            .With("xaxis", Style.Axis("sum of the inputs so far")).With("yaxis", Style.Axis(name)));
    }

    /// <summary>How many inputs of -1 turn an answer that n inputs of +1 have made.</summary>
    /// <param name="curves">A name and its reversals for each line; those whose name starts with "exact" are drawn as thin lines without marks.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="largest">The end of the vertical axis; default what the values need.</param>
    public static GenericChart Reversals(IReadOnlyList<(string Name, IReadOnlyList<Reversal> Values)> curves, string title = "How many inputs turn the answer", double? largest = null)
    {
        var colours = new[] { Style.Blue, Style.Vermillion, Style.Purple, Style.Green };
        var names = curves.Where(curve => !IsExact(curve.Name)).Select(curve => curve.Name).ToList();
        var traces = curves.Select((curve, i) =>
        {
            var turned = curve.Values.Where(value => value.Needed is not null).ToArray();
            string colour = IsExact(curve.Name) ? Style.Black : colours[names.IndexOf(curve.Name) % colours.Length];
            return (Trace)new Trace2D("scatter").With("name", curve.Name).With("mode", IsExact(curve.Name) ? "lines" : "lines+markers")
                .With("x", turned.Select(value => value.Inputs).ToArray()).With("y", turned.Select(value => value.Needed!.Value).ToArray())
                .With("line", new Line().With("color", colour).With("width", IsExact(curve.Name) ? 1.2 : 2).With("dash", IsExact(curve.Name) ? Dashes[1 + curves.Take(i).Count(other => IsExact(other.Name)) % 3] : "solid"))
                .With("marker", new Marker().With("size", 7).With("symbol", new[] { "circle", "diamond", "square", "triangle-up" }[Math.Max(0, names.IndexOf(curve.Name)) % 4]))
                .With("hovertemplate", $"{curve.Name}<br>after %{{x}} inputs of one sign, %{{y}} of the other<extra></extra>");
        }).ToList();
        var axis = Style.Axis("inputs of \u22121 that turn the answer").With("rangemode", "tozero");
        if (largest is { } top) axis.With("range", new[] { 0, top });
        return Style.Chart(traces, Style.Layout(title, 460).With("margin", new Margin().With("l", 80).With("r", 20).With("t", 95).With("b", 60))
            .With("legend", new Legend().With("orientation", "h").With("x", 0).With("y", 1.02).With("yanchor", "bottom"))
            .With("xaxis", Style.Axis("inputs of +1 before").With("rangemode", "tozero")).With("yaxis", axis));

        static bool IsExact(string name) => name.StartsWith("exact", StringComparison.Ordinal);
    }

    /// <summary>The largest |lambda| of each point, in order: a line per point, coloured by its number of unstable modes. How many modes are slow, and how far are the others?</summary>
    /// <param name="points">The points.</param>
    /// <param name="modes">How many of the largest; default 10.</param>
    public static GenericChart LeadingEigenvalues(IReadOnlyList<Linearisation> points, int modes = 10)
    {
        var seen = new HashSet<int>();
        var traces = points.OrderBy(point => point.UnstableModes).Select(point =>
        {
            var (symbol, colour, _) = ByUnstableModes[Math.Min(point.UnstableModes, ByUnstableModes.Length - 1)];
            int count = points.Count(other => other.UnstableModes == point.UnstableModes);
            return (Trace)new Trace2D("scatter").With("mode", "lines+markers").With("legendgroup", $"{point.UnstableModes}").With("showlegend", seen.Add(point.UnstableModes))
                .With("name", $"{point.Kind}{(point.UnstableModes > 0 ? $", {point.UnstableModes} unstable" : "")} ({count})")
                .With("x", Enumerable.Range(1, Math.Min(modes, point.Eigenvalues.Length)).ToArray()).With("y", point.Eigenvalues.Take(modes).Select(value => Style.Drawn(value.Magnitude)).ToArray())
                .With("line", new Line().With("color", colour).With("width", 0.7)).With("marker", new Marker().With("symbol", symbol).With("size", 6).With("color", colour)).With("opacity", 0.75)
                .With("hovertemplate", "mode %{x}: |\u03bb| = %{y:.4f}<extra></extra>");
        }).ToList();
        return Style.Chart(traces, Style.Layout("The slowest modes of each fixed point", 460).With("margin", new Margin().With("l", 80).With("r", 20).With("t", 60).With("b", 60))
            .With("legend", new Legend().With("x", 0.02).With("y", 0.05).With("yanchor", "bottom").With("bgcolor", "rgba(255,255,255,0.8)"))
            .With("xaxis", Style.Axis("mode, slowest first").With("dtick", 1)).With("yaxis", Style.Axis("|\u03bb|"))
            .With("shapes", new[]
            {
                new Shape().With("type", "line").With("xref", "paper").With("x0", 0).With("x1", 1).With("y0", 1).With("y1", 1).With("line", new Line().With("color", Style.Ink).With("width", 1).With("dash", "dash")),
            }));
    }

    /// <summary>From orange at -1 over grey to blue at +1.</summary>
    private static string Shade(double share)
    {
        var (red, green, blue) = share < 0 ? (0xE6, 0x9F, 0x00) : (0x00, 0x72, 0xB2);
        double weight = 0.25 + 0.75 * Math.Min(1, Math.Abs(share));
        return string.Create(CultureInfo.InvariantCulture, $"rgb({Mixed(red)},{Mixed(green)},{Mixed(blue)})");

        int Mixed(int colour) => (int)(weight * colour + (1 - weight) * 0xB0);
    }

    private static int Common(int a, int b) => b == 0 ? a : Common(b, a % b);
}
