using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>A drawing of one step of a cell (the report's figure 1). Boxes are layers with weights, circles act unit by unit, and hovering shows the equation of each.</summary>
    /// <param name="architecture">An architecture with a drawing.</param>
    public static GenericChart CellDiagram(Architecture architecture) => architecture.Diagram is { } diagram
        ? new CellDrawing(diagram).Chart()
        : throw new ArgumentException($"There is no drawing of {architecture.Title}: give its architecture a Diagram.", nameof(architecture));

    /// <summary>What the gates of a network do during a trial: the input on top, a heat map of units by steps per gate below. Units are in the order of their mean value.</summary>
    /// <param name="network">Of one of the library's cells, with gates.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="trial">Which of them, from 0; default the first.</param>
    public static GenericChart Gates(Network network, Trials trials, int trial = 0)
    {
        var gates = GateTrace.Of(network.Cell, trials.Inputs, trial);
        if (gates.Count == 0) throw new ArgumentException($"{network.Cell.Title} has no gates.", nameof(network));
        var time = Enumerable.Range(1, trials.Steps).ToArray();
        const double gap = 0.04, input = 0.16;
        double height = (1 - input - gap * gates.Count) / gates.Count;
        var layout = Style.Layout($"Gates of the {network.Cell.Title} over one trial", 190 + 190 * gates.Count)
            .With("margin", new Margin().With("l", 90).With("r", 20).With("t", 60).With("b", 60))
            .With("legend", new Legend().With("orientation", "h").With("x", 1).With("xanchor", "right").With("y", 1.01).With("yanchor", "bottom"))
            .With("barmode", "overlay").With("bargap", 0.2)
            .With("xaxis", Style.Axis("step").With("range", new[] { 0.5, trials.Steps + 0.5 }).With("anchor", $"y{gates.Count + 1}"))
            .With("yaxis", Style.Axis("input").With("domain", new[] { 1 - input, 1 }).With("tickvals", new[] { -1, 0, 1 }).With("ticktext", new[] { "−1", "0", "+1" }).With("zeroline", true));
        string[] colours = [Style.Blue, Style.Orange, Style.Purple, Style.Green];
        var traces = Enumerable.Range(0, trials.Channels).Select(channel => (Trace)new Trace2D("bar").With("name", $"channel {channel + 1}").With("x", time)
            .With("y", time.Select(step => (double)trials.Inputs[trial, step - 1, channel]).ToArray()).With("opacity", 0.75)
            .With("marker", new Marker().With("color", colours[channel % colours.Length])).With("hovertemplate", $"channel {channel + 1}, step %{{x}}: %{{y}}<extra></extra>")).ToList();
        for (int gate = 0; gate < gates.Count; gate++)
        {
            var values = gates[gate].Values;
            int units = values.GetLength(1);
            double Mean(int unit) => time.Average(step => values[step - 1, unit]);
            var order = Enumerable.Range(0, units).OrderBy(Mean).ToArray();
            double top = 1 - input - gap - gate * (height + gap);
            layout.With($"yaxis{gate + 2}", Style.Axis($"{gates[gate].Name}<br>units").With("domain", new[] { Math.Max(0, top - height), top }).With("showticklabels", false).With("ticks", ""));
            traces.Add(new Trace2D("heatmap").With("x", time).With("yaxis", $"y{gate + 2}")
                .With("z", order.Select(unit => time.Select(step => Math.Round(values[step - 1, unit], 2)).ToArray()).ToArray())
                .With("colorscale", "Cividis").With("zmin", 0).With("zmax", 1).With("showscale", gate == 0)
                .With("colorbar", new ColorBar().With("title", Style.Title("open", 13)).With("len", 0.5).With("y", 0.4).With("thickness", 14))
                .With("customdata", order.Select(unit => time.Select(_ => unit + 1).ToArray()).ToArray())
                .With("hovertemplate", $"{gates[gate].Name} of unit %{{customdata}}, step %{{x}}: %{{z:.2f}}<extra></extra>"));
        }
        return Style.Chart(traces, layout);
    }

    /// <summary>How far two networks come apart on the same trials: the mean distance of their hidden states, per mean length of the first one's.</summary>
    /// <param name="pairs">Per line a name, and the states of the two [B, T, S].</param>
    /// <param name="units">N: only the first so many state variables, the hidden ones, are compared.</param>
    public static GenericChart Apart(IReadOnlyList<(string Name, double[,,] First, double[,,] Second)> pairs, int units)
    {
        string[] colours = [Style.Blue, Style.Vermillion, Style.Green, Style.Purple];
        var traces = pairs.Select((pair, i) =>
        {
            var apart = Distances.Relative(pair.First, pair.Second, units);
            return (Trace)new Trace2D("scatter").With("name", pair.Name).With("mode", "lines").With("x", Enumerable.Range(1, apart.Length).ToArray()).With("y", apart.Select(Style.Drawn).ToArray())
                .With("line", new Line().With("color", colours[i % colours.Length]).With("width", 2.5))
                .With("hovertemplate", "step %{x}: %{y:.3f}<extra>" + pair.Name + "</extra>");
        });
        return Style.Chart(traces, Style.Layout("Same weights, same input, other equations", 360)
            .With("margin", new Margin().With("l", 90).With("r", 20).With("t", 60).With("b", 60))
            .With("xaxis", Style.Axis("step").With("rangemode", "tozero")).With("yaxis", Style.Axis("distance / length of the state").With("rangemode", "tozero"))
            .With("legend", new Legend().With("x", 0.99).With("xanchor", "right").With("y", 0.03).With("yanchor", "bottom")));
    }

    /// <summary>What is left of a small change of the state after k steps, a panel per group of networks and a line per network; thin lines are single trials.</summary>
    /// <param name="groups">Per panel a title and its networks' flows, with their architectures.</param>
    public static GenericChart GradientFlows(IReadOnlyList<(string Title, IReadOnlyList<(Architecture Architecture, GradientFlow Flow)> Flows)> groups)
    {
        const double floor = 1e-20;
        var layout = Style.Layout("How much of a small change is left k steps later", 470)
            .With("margin", new Margin().With("l", 80).With("r", 20).With("t", 90).With("b", 110))
            .With("legend", new Legend().With("orientation", "h").With("x", 0.5).With("xanchor", "center").With("y", -0.24).With("yanchor", "top"));
        var (traces, annotations) = (new List<Trace>(), new List<Annotation>());
        const double gap = 0.035;
        double width = (1 - gap * (groups.Count - 1)) / groups.Count;
        for (int panel = 0; panel < groups.Count; panel++)
        {
            string suffix = panel == 0 ? "" : $"{panel + 1}";
            double left = panel * (width + gap);
            layout.With("xaxis" + suffix, Style.Axis("k, steps back").With("domain", new[] { left, Math.Min(1, left + width) }).With("anchor", "y" + suffix).With("range", new[] { 0, groups[panel].Flows.Max(line => line.Flow.Lags[^1]) * 1.03 }))
                .With("yaxis" + suffix, Style.Axis(panel == 0 ? "norm of dx(T)/dx(T − k)" : null).With("type", "log").With("range", new[] { Math.Log10(floor), 4 }).With("exponentformat", "power").With("dtick", 4)
                    .With("anchor", "x" + suffix).With("matches", panel == 0 ? null : "y").With("showticklabels", panel == 0));
            annotations.Add(new Annotation().With("text", groups[panel].Title).With("xref", "paper").With("yref", "paper").With("x", left + width / 2).With("xanchor", "center").With("y", 1.01).With("yanchor", "bottom").With("showarrow", false).With("font", Style.Font(14)));
            foreach (var (architecture, flow) in groups[panel].Flows)
            {
                var (colour, symbol) = Look(architecture);
                string name = architecture.Title;
                for (int trial = 0; trial < flow.Norms.GetLength(1); trial++)
                    traces.Add(Line(flow, flow.Lags.Select((_, lag) => flow.Norms[lag, trial])).With("line", new Line().With("color", colour).With("width", 1)).With("opacity", 0.3).With("mode", "lines").With("showlegend", false).With("hoverinfo", "skip"));
                traces.Add(Line(flow, flow.Means).With("name", name).With("legendgroup", name).With("showlegend", panel == 0).With("mode", "lines+markers")
                    .With("line", new Line().With("color", colour).With("width", 2.5)).With("marker", new Marker().With("color", colour).With("symbol", symbol).With("size", 7))
                    .With("hovertemplate", "k = %{x}: %{y:.2e}<extra>" + name + "</extra>"));
            }

            Trace Line(GradientFlow flow, IEnumerable<double> values) => new Trace2D("scatter").With("x", flow.Lags.Prepend(0).ToArray()).With("y", values.Prepend(1).Select(value => value < floor / 10 ? double.NaN : Style.Drawn(value)).ToArray())
                .With("xaxis", "x" + suffix).With("yaxis", "y" + suffix);
        }
        return Style.Chart(traces, layout.With("annotations", annotations.ToArray()));
    }

    /// <summary>What networks still know in a long silence: the share of bits that are read out right, and below how far the state moves in a step.</summary>
    /// <param name="lines">Per network its architecture and what it retained.</param>
    public static GenericChart Silence(IReadOnlyList<(Architecture Architecture, Retention Retention)> lines)
    {
        var layout = Style.Layout("A long silence", 470)
            .With("margin", new Margin().With("l", 90).With("r", 20).With("t", 60).With("b", 60))
            .With("legend", new Legend().With("orientation", "h").With("x", 1).With("xanchor", "right").With("y", 1.01).With("yanchor", "bottom"))
            .With("xaxis", Style.Axis("steps of silence").With("type", "log").With("anchor", "y2").With("dtick", 1))
            .With("yaxis", Style.Axis("bits right").With("domain", new[] { 0.62, 1 }).With("tickformat", ".0%").With("range", new[] { 0.4, 1.04 }))
            .With("yaxis2", Style.Axis("length of a step").With("domain", new[] { 0, 0.54 }).With("type", "log").With("exponentformat", "power").With("dtick", 4));
        string[] dashes = ["solid", "dash", "dot"];
        var traces = lines.SelectMany((line, i) => new Trace[]
        {
            Curve(line.Architecture, line.Retention.Right, "y", true, ":.2%", dashes[i % 3]), Curve(line.Architecture, line.Retention.Moved, "y2", false, ":.1e", "solid"),
        });
        return Style.Chart(traces.ToList(), layout);

        static Trace Curve(Architecture architecture, double[] values, string axis, bool legend, string format, string dash) => new Trace2D("scatter").With("name", architecture.Title).With("legendgroup", architecture.Title).With("showlegend", legend)
            .With("mode", "lines").With("x", Enumerable.Range(1, values.Length).ToArray()).With("y", values.Select(value => value == 0 && axis == "y2" ? double.NaN : Style.Drawn(value)).ToArray()).With("yaxis", axis)
            .With("line", new Line().With("color", Look(architecture).Colour).With("width", 2.5).With("dash", dash)).With("hovertemplate", $"after %{{x}} steps: %{{y{format}}}<extra>{architecture.Title}</extra>");
    }

    private static (string Colour, string Symbol) Look(Architecture architecture) =>
        (CellDrawing.Colour(architecture.Mark.Hue), architecture.Mark.Shape.ToString().ToLowerInvariant());
}
