using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

/// <summary>What decides the colour of a fixed point.</summary>
public enum ColourBy
{
    /// <summary>The number of unstable modes, which the symbol tells as well.</summary>
    UnstableModes,

    /// <summary>The readout: a colour per sign pattern, or a scale of probability where there is one channel.</summary>
    Readout,
}

/// <summary>The workbook's figures. Each is a Plotly.NET chart: as the last value of a cell it is shown, and it can be restyled first.</summary>
public static partial class Figures
{
    // plotly.js draws "x" and "cross" in three dimensions with letters that many machines have no font for.
    private static readonly (string Symbol, string Colour, double Size)[] ByUnstableModes =
    [
        ("circle", Style.Blue, 10), ("diamond", Style.Orange, 7), ("square", Style.Purple, 7), ("diamond-open", Style.Vermillion, 9), ("square-open", Style.Black, 9),
    ];

    /// <summary>Rank in the legend of what has no unstable modes; plotly.js's own for all else. The rest follow by their number.</summary>
    private const int FirstRank = 1000;

    // By pattern, all channels low first, in the order of binary numbers.
    private static readonly string[] ByPattern =
        [Style.Yellow, Style.SkyBlue, Style.Green, Style.Blue, Style.Purple, Style.Orange, Style.Vermillion, Style.Black];

    /// <summary>One trial of a task: inputs as bars and targets as lines, a panel per channel; -1 stands for class 0, +1 for class 1.</summary>
    /// <param name="trials">The trials.</param>
    /// <param name="trial">Which of them, from 0; default the first.</param>
    /// <param name="network">Draws what this network reads out, 2 p - 1 with p the probability of class 1; default none.</param>
    public static GenericChart Trial(Trials trials, int trial = 0, Network? network = null)
    {
        if (trial < 0 || trial >= trials.Count) throw new ArgumentOutOfRangeException(nameof(trial), trial, $"There are {trials.Count} trials, counted from 0.");
        int channels = trials.Channels, steps = trials.Steps;
        var time = Enumerable.Range(1, steps).ToArray();
        var readout = network is null ? null : Probabilities(network, trials, trial);
        var traces = new List<Trace>();
        var layout = Style.Layout("One trial" + (network is null ? "" : ", and what the network makes of it"), 150 + 130 * channels)
            .With("margin", new Margin().With("l", 90).With("r", 20).With("t", 90).With("b", 60))
            .With("legend", new Legend().With("orientation", "h").With("x", 0).With("y", 1.02).With("yanchor", "bottom"))
            .With("bargap", 0.25)
            .With("xaxis", Style.Axis("step").With("range", new double[] { 0, steps + 1 }).With("anchor", channels == 1 ? "y" : $"y{channels}"));
        for (int channel = 0; channel < channels; channel++)
        {
            string suffix = channel == 0 ? "" : $"{channel + 1}";
            const double gap = 0.05;
            double height = (1 - gap * (channels - 1)) / channels, top = 1 - channel * (height + gap);
            layout.With("yaxis" + suffix, Style.Axis($"channel {channel + 1}")
                .With("domain", new[] { Math.Max(0, top - height), top })
                .With("tickvals", new[] { -1, 0, 1 }).With("ticktext", new[] { "\u22121", "0", "+1" })
                .With("zeroline", true));
            Trace Panel(string type, string name, double[] values, string unit) => new Trace2D(type)
                .With("name", name).With("legendgroup", name).With("showlegend", channel == 0)
                .With("x", time).With("y", values).With("xaxis", "x").With("yaxis", "y" + suffix)
                .With("hovertemplate", $"channel {channel + 1}, step %{{x}}<br>{name}: %{{y:.3~f}}{unit}<extra></extra>");
            traces.Add(Panel("bar", "input", Column(step => trials.Inputs[trial, step, channel]), "").With("marker", new Marker().With("color", Style.SkyBlue)));
            if (readout is not null)
                traces.Add(Panel("scatter", "readout", Column(step => 2 * readout[step, channel] - 1), "").With("mode", "lines").With("line", new Line().With("color", Style.Black).With("width", 1.5).With("dash", "dot").With("shape", "hvh")));
            traces.Insert(traces.Count - (readout is null ? 0 : 1), Panel("scatter", "target", Column(step => trials.Weights[trial, step, channel] > 0 ? 2 * trials.Targets[trial, step, channel] - 1 : double.NaN), "")
                .With("mode", "lines").With("line", new Line().With("color", Style.Vermillion).With("width", 2.5).With("shape", "hvh")));
        }
        return Style.Chart(traces, layout);

        double[] Column(Func<int, double> value) => [.. Enumerable.Range(0, steps).Select(step => Style.Drawn(value(step)))];
    }

    /// <summary>
    /// Fixed points in the space of the first three principal components. Symbols tell the number of unstable modes, attractors
    /// carry their readout as a label (+ for class 1, - for class 0, 0 where 0.1 &lt; p &lt; 0.9), and the hover tells all that is known of a point.
    /// </summary>
    /// <param name="points">The points; none gives a figure that says so.</param>
    /// <param name="network">The network that they are the points of.</param>
    /// <param name="pca">The components to draw in, 3 or more; with fewer the missing coordinates are 0.</param>
    /// <param name="trajectories">States of trials [B, T, S] to draw as lines; default none.</param>
    /// <param name="colourBy">What decides the colour; default the number of unstable modes.</param>
    /// <param name="title">Default: how many points, at which input.</param>
    /// <param name="mostTrajectories">Trials to draw at most, the first ones; default 12.</param>
    public static GenericChart FixedPoints(IReadOnlyList<Linearisation> points, Network network, Pca pca, double[,,]? trajectories = null, ColourBy colourBy = ColourBy.UnstableModes, string? title = null, int mostTrajectories = 12)
    {
        var facts = PointFacts.Of(points, network);
        var places = pca.Project(points.Select(point => point.Point.State).ToMatrix(pca.Mean.Length));
        var traces = new List<Trace>();
        if (trajectories is not null) traces.Add(Trajectories(trajectories, pca, mostTrajectories));
        bool scale = colourBy == ColourBy.Readout && network.Channels == 1;
        foreach (var group in facts.GroupBy(point => (point.Linearisation.UnstableModes, point.Linearisation.Kind, Readout: colourBy == ColourBy.Readout && !scale && !point.Readout.Contains('0') ? point.Readout : "")).OrderBy(group => group.Key.UnstableModes).ThenBy(group => group.Key.Readout, StringComparer.Ordinal))
        {
            var (symbol, colour, size) = ByUnstableModes[Math.Min(group.Key.UnstableModes, ByUnstableModes.Length - 1)];
            var members = group.ToArray();
            bool labelled = members[0].Linearisation.IsAttractor && members.Length <= 16;
            var marker = new Marker().With("symbol", symbol).With("size", size).With("line", new Line().With("color", Style.Ink).With("width", 1));
            if (scale)
                marker.With("color", members.Select(point => Style.Drawn(point.Probabilities[0])).ToArray()).With("colorscale", "Cividis").With("cmin", 0).With("cmax", 1)
                    .With("showscale", members[0] == facts.MinBy(point => point.Linearisation.UnstableModes)).With("colorbar", new ColorBar().With("title", Style.Title("p(class 1)", 13)).With("len", 0.5).With("y", 0.35).With("thickness", 14));
            else marker.With("color", colourBy == ColourBy.UnstableModes ? colour : group.Key.Readout.Length > 0 ? PatternColour(group.Key.Readout) : Style.Grey);
            traces.Add(new Trace3D("scatter3d")
                .With("name", Name(group.Key.UnstableModes, group.Key.Kind, group.Key.Readout.Length > 0 ? members[0].ReadoutLabel : "", members.Length))
                .With("mode", labelled ? "markers+text" : "markers")
                .With("x", Along(members, 0)).With("y", Along(members, 1)).With("z", Along(members, 2))
                .With("marker", marker)
                .With("text", labelled ? members.Select(point => $"<b>{point.ReadoutLabel}</b>").ToArray() : null)
                .With("textposition", "top center")
                .With("textfont", Style.Font(15))
                .With("hovertext", members.Select(point => point.Hover).ToArray())
                .With("hoverinfo", "text")
                .With("legendrank", FirstRank + group.Key.UnstableModes));
        }
        return Style.Chart(traces, Space(title ?? Title(points), pca, empty: points.Count == 0));

        double[] Along(PointFacts[] members, int component) =>
            [.. members.Select(point => component < places.GetLength(1) ? Style.Drawn(places[point.Number - 1, component]) : 0)];
    }

    /// <summary>How loss (logarithmic) and accuracy went while a network was trained, with its accuracy on trials set aside.</summary>
    /// <param name="record">The record of the training.</param>
    public static GenericChart Training(TrainingRecord record)
    {
        var updates = record.Curve.Select(point => point.Update).ToArray();
        Trace Curve(string name, Func<CurvePoint, double> value, string axis, string colour, string symbol, string format) => new Trace2D("scatter")
            .With("name", name).With("mode", "lines+markers").With("x", updates).With("y", record.Curve.Select(point => Style.Drawn(value(point))).ToArray()).With("yaxis", axis)
            .With("line", new Line().With("color", colour).With("width", 2)).With("marker", new Marker().With("color", colour).With("symbol", symbol).With("size", 7))
            .With("hovertemplate", $"update %{{x}}<br>{name}: %{{y:{format}}}<extra></extra>").With("showlegend", false);
        var test = record.Test;
        var traces = new List<Trace>
        {
            Curve("loss", point => point.Loss, "y", Style.Blue, "circle", ".3~g"),
            Curve("accuracy", point => point.Accuracy, "y2", Style.Vermillion, "diamond", ".2%"),
        };
        // Within a decade there may be no power of ten to label.
        bool brief = record.Curve.Max(point => point.Loss) <= 10 * record.Curve.Min(point => point.Loss);
        var layout = Style.Layout($"{record.Recipe.Architecture.Title} with {record.Recipe.Units} units in training", 480)
            .With("margin", new Margin().With("l", 90).With("r", 30).With("t", 60).With("b", 60))
            .With("xaxis", Style.Axis("update").With("anchor", "y2").With("rangemode", "tozero"))
            .With("yaxis", Style.Axis("loss").With("domain", new[] { 0.54, 1.0 }).With("type", "log").With("exponentformat", "power").With("dtick", brief ? "D2" : 1).With("tickformat", brief ? ".1~g" : null))
            .With("yaxis2", Style.Axis("accuracy").With("domain", new[] { 0.0, 0.46 }).With("tickformat", ".0%"));
        if (test.Trials > 0)
            layout.With("shapes", new[]
                {
                    new Shape().With("type", "line").With("xref", "paper").With("x0", 0).With("x1", 1).With("yref", "y2").With("y0", Style.Drawn(test.Mean)).With("y1", Style.Drawn(test.Mean))
                        .With("line", new Line().With("color", Style.Ink).With("width", 1).With("dash", "dash")),
                })
                .With("annotations", new[]
                {
                    new Annotation().With("xref", "paper").With("x", 1).With("xanchor", "right").With("yref", "y2").With("y", Style.Drawn(test.Mean)).With("yanchor", "top").With("yshift", -8).With("showarrow", false)
                        .With("text", string.Create(CultureInfo.InvariantCulture, $"on {test.Trials} trials set aside: {100 * test.Mean:0.00} %")),
                });
        return Style.Chart(traces, layout);
    }

    private static Trace Trajectories(double[,,] states, Pca pca, int most)
    {
        int count = Math.Min(most, states.GetLength(0)), steps = states.GetLength(1), size = states.GetLength(2);
        if (size != pca.Mean.Length)
            throw new ArgumentException($"The components are of states with {pca.Mean.Length} values, but the trajectories are [{states.GetLength(0)}, {steps}, {size}].", nameof(states));
        var flat = new double[count * steps, size];
        for (int trial = 0; trial < count; trial++)
            for (int step = 0; step < steps; step++)
                for (int i = 0; i < size; i++) flat[trial * steps + step, i] = states[trial, step, i];
        var places = pca.Project(flat);
        return new Trace3D("scatter3d")
            .With("name", count == 1 ? "1 trial" : $"{count} trials").With("mode", "lines")
            .With("x", Along(0)).With("y", Along(1)).With("z", Along(2))
            .With("line", new Line().With("color", Style.Grey).With("width", 1.5))
            .With("opacity", 0.35)
            .With("hoverinfo", "skip");

        // One line for all trials, broken between them: one entry in the legend, and quick to turn.
        double[] Along(int component) =>
            [.. Enumerable.Range(0, count).SelectMany(trial => Enumerable.Range(0, steps + 1).Select(step =>
                step == steps ? double.NaN : component < places.GetLength(1) ? Style.Drawn(places[trial * steps + step, component]) : 0))];
    }

    private static Layout Space(string title, Pca pca, bool empty)
    {
        var layout = Style.Layout(title, 640)
            .With("margin", new Margin().With("l", 0).With("r", 0).With("t", 50).With("b", 0))
            .With("legend", new Legend().With("x", 0.99).With("xanchor", "right").With("y", 0.98).With("itemsizing", "constant").With("bgcolor", "rgba(255,255,255,0.8)"))
            .With("scene", new Scene()
                .With("xaxis", Component(0)).With("yaxis", Component(1)).With("zaxis", Component(2))
                // The data's own proportions, so that a cube looks like one; only where an axis is more than four times another, a cube of axes.
                .With("aspectmode", "auto")
                .With("dragmode", "orbit")
                .With("camera", new Camera().With("eye", new CameraEye().With("x", 1.55).With("y", 1.35).With("z", 0.7)).With("center", new CameraCenter().With("x", 0).With("y", 0).With("z", -0.12))));
        if (empty)
            layout.With("annotations", new[]
            {
                new Annotation().With("text", "No fixed points to show.").With("xref", "paper").With("yref", "paper").With("x", 0.5).With("y", 0.5).With("showarrow", false).With("font", Style.Font(18)),
            });
        return layout;

        LinearAxis Component(int i) => new LinearAxis()
            .With("title", Style.Title(i < pca.ExplainedVariance.Length
                ? string.Create(CultureInfo.InvariantCulture, $"PC{i + 1} ({100 * pca.ExplainedVariance[i]:0.#} % of variance)")
                : $"PC{i + 1}", 13))
            .With("tickfont", Style.Font(11, "#555555"))
            .With("gridcolor", "#dddddd").With("zerolinecolor", "#bbbbbb").With("showbackground", true).With("backgroundcolor", "#fafafa").With("showspikes", false);
    }

    private static string Title(IReadOnlyList<Linearisation> points)
    {
        string count = points.Count switch { 0 => "No fixed points", 1 => "1 fixed point", var n => $"{n} fixed points" };
        return points.Count > 0 && PointFacts.OneInput(points) ? $"{count} at input ({PointFacts.InputOf(points[0])})" : count;
    }

    private static string Name(int unstable, string kind, string readout, int count) =>
        (readout.Length > 0 ? readout + ": " : "") + (unstable == 0 ? $"{kind}" : $"{kind}, {unstable} unstable") + (count > 1 ? $" ({count})" : "");

    private static void RequirePlane(Pca pca)
    {
        if (pca.ExplainedVariance.Length < 2) throw new ArgumentException($"This figure is a plane, but there is {pca.ExplainedVariance.Length} principal component: fit at least two.", nameof(pca));
    }

    private static string PatternColour(string readout)
    {
        int pattern = readout.Aggregate(0, (bits, sign) => bits * 2 + (sign == '+' ? 1 : 0));
        // With one or two channels the colours that differ most; with more than three, colours repeat and labels alone tell patterns apart.
        return ByPattern[readout.Length >= 3 ? pattern % ByPattern.Length : readout.Length == 2 ? new[] { 1, 5, 2, 3 }[pattern] : new[] { 5, 3 }[pattern]];
    }

    private static double[,] Probabilities(Network network, Trials trials, int trial)
    {
        var inputs = new double[1, trials.Steps, trials.Channels];
        for (int step = 0; step < trials.Steps; step++)
            for (int channel = 0; channel < trials.Channels; channel++) inputs[0, step, channel] = trials.Inputs[trial, step, channel];
        var states = network.Run(inputs);
        var flat = new double[trials.Steps, states.GetLength(2)];
        for (int step = 0; step < trials.Steps; step++)
            for (int i = 0; i < flat.GetLength(1); i++) flat[step, i] = states[0, step, i];
        return network.Probabilities(flat);
    }
}
