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
    /// <summary>
    /// A drawing of one step of a cell (the report's figure 1): the state comes in on the left and leaves on the right, the input comes from below. Boxes are layers
    /// with weights, circles act unit by unit, and hovering tells the equation of each. For the cells that the report prints what differs is vermillion.
    /// </summary>
    /// <param name="architecture">Vanilla, Lstm, Gru, LstmAsPrinted or GruAsPrinted.</param>
    public static GenericChart CellDiagram(Architecture architecture) => architecture switch
    {
        Architecture.Vanilla => VanillaDiagram(),
        Architecture.Gru or Architecture.GruAsPrinted => GruDiagram(architecture == Architecture.GruAsPrinted),
        Architecture.Lstm or Architecture.LstmAsPrinted => LstmDiagram(architecture == Architecture.LstmAsPrinted),
        _ => throw new ArgumentOutOfRangeException(nameof(architecture), architecture, "There is no drawing of this cell."),
    };

    private static GenericChart VanillaDiagram() => new CellDrawing("Vanilla RNN: one layer", 34)
        .Frame(16, 6, 84, 30)
        .Arrow((6, 18), (20.5, 18)).Arrow((29, 1), (29, 13.8))
        .Box(29, 18, "W<sub>h</sub> h + W<sub>u</sub> u + b", Style.Blue, "weighted sum of state and input", 17)
        .Arrow((37.5, 18), (50.5, 18))
        .Box(57, 18, "tanh", Style.Green, "h' = tanh(W<sub>h</sub> h + W<sub>u</sub> u + b)")
        .Arrow((63.5, 18), (94, 18)).Dot(74, 18).Arrow((74, 18), (74, 33))
        .Label(5, 18, "h<sub>t−1</sub>", anchor: "right").Label(95, 18, "h<sub>t</sub>", anchor: "left").Label(27.5, 2, "u<sub>t</sub>", anchor: "right")
        .Label(75.5, 32, "to the readout", "#555555", 12, "left")
        .Chart();

    private static GenericChart GruDiagram(bool printed)
    {
        var drawing = new CellDrawing(printed ? "GRU as the report prints it: the reset gate cuts the whole candidate" : "GRU: one state, two gates", 62)
            .Frame(11, 6, 90, 58)
            // The state along the top, and what every layer reads along the bottom.
            .Arrow((5, 51), (57.7, 51)).Arrow((62.3, 51), (78.7, 51)).Arrow((83.3, 51), (95, 51))
            .Operation(60, 51, "×", "z h<sub>t−1</sub>: what is kept").Operation(81, 51, "+", "h<sub>t</sub> = z h<sub>t−1</sub> + (1 − z) n")
            .Dot(14, 51).Wire(Style.Ink, (14, 51), (14, 12), (printed ? 68 : 38, 12))
            .Wire(Style.Ink, (14, 12), (14, 12)).Arrow((14, 1), (14, 12)).Dot(14, 12)
            .Arrow((38, 12), (38, 18)).Dot(38, 12)
            .Wire(Style.Ink, (38, 12), (60, 12)).Arrow((60, 12), (60, 18)).Dot(60, 12)
            .Wire(Style.Ink, (60, 12), (81, 12)).Arrow((81, 12), (81, 18))
            .Box(38, 22, "σ  reset", Style.Vermillion, "r = σ(W<sub>r</sub> [h, u] + b<sub>r</sub>), between 0 and 1")
            .Box(60, 22, "σ  update", Style.Blue, "z = σ(W<sub>z</sub> [h, u] + b<sub>z</sub>), between 0 and 1")
            .Box(81, 22, "tanh", Style.Green, printed ? "n = tanh(W<sub>n</sub> [h, u] + b<sub>n</sub>)" : "n = tanh(W<sub>nu</sub> u + r (W<sub>nh</sub> h + b<sub>nh</sub>) + b<sub>nu</sub>)")
            .Arrow(Style.Blue, (60, 26), (60, 48.7)).Label(61, 44, "z", Style.Blue, 14, "left")
            .Operation(81, 40, "×", "(1 − z) n: what is new").Arrow((81, 42.3), (81, 48.7))
            .Dot(60, 40).Arrow(Style.Blue, (60, 40), (78.7, 40)).Label(69, 42.2, "1 − z", Style.Blue)
            .Label(4, 51, "h<sub>t−1</sub>", anchor: "right").Label(96, 51, "h<sub>t</sub>", anchor: "left").Label(12.8, 2.4, "u<sub>t</sub>", anchor: "right")
            .Label(15, 14.6, "h<sub>t−1</sub> and u<sub>t</sub>", "#555555", 12, "left").Label(82.2, 28.2, "n", Style.Green, 14, "left");
        if (printed)
            drawing.Operation(81, 32.5, "×", "r n: the candidate is cut after tanh").Arrow((81, 26), (81, 30.2)).Arrow((81, 34.8), (81, 37.7))
                .Arrow(Style.Vermillion, (38, 26), (38, 32.5), (78.7, 32.5)).Label(39, 34.7, "r", Style.Vermillion, 14, "left");
        else
            drawing.Operation(71, 22, "×", "r (W<sub>nh</sub> h + b<sub>nh</sub>): how much of the state the candidate sees").Dot(71, 12).Arrow((71, 12), (71, 19.7)).Arrow((73.3, 22), (74.5, 22)).Arrow((81, 26), (81, 37.7))
                .Arrow(Style.Vermillion, (38, 26), (38, 32.5), (71, 32.5), (71, 24.3)).Label(39, 34.7, "r", Style.Vermillion, 14, "left");
        return drawing.Chart();
    }

    private static GenericChart LstmDiagram(bool printed) => new CellDrawing(printed ? "LSTM as the report prints it: the output gate reads the memory" : "LSTM: a memory c beside the state h, three gates", 66)
        .Frame(11, 6, 92, 62)
        .Arrow((5, 55), (23.7, 55)).Arrow((28.3, 55), (51.2, 55)).Arrow((55.8, 55), (96, 55))
        .Operation(26, 55, "×", "f c<sub>t−1</sub>: what is kept of the memory").Operation(53.5, 55, "+", "c<sub>t</sub> = f c<sub>t−1</sub> + i g")
        .Arrow((5, 12), (13.2, 12)).Dot(14, 12).Arrow((14, 1), (14, 11.2)).Wire(Style.Ink, (14, 12), (printed ? 53.5 : 70, 12))
        .Arrow((26, 12), (26, 19.8)).Dot(26, 12).Arrow((40, 12), (40, 19.8)).Dot(40, 12).Arrow((53.5, 12), (53.5, 19.8)).Dot(printed ? 40 : 53.5, 12)
        .Arrow(printed ? "rgba(0,0,0,0)" : Style.Ink, (70, 12), (70, 19.8))
        .Box(26, 24, "σ  forget", Style.Vermillion, "f = σ(W<sub>f</sub> [h, u] + b<sub>f</sub>), between 0 and 1", 11)
        .Box(40, 24, "σ  input", Style.Blue, "i = σ(W<sub>i</sub> [h, u] + b<sub>i</sub>), between 0 and 1", 11)
        .Box(53.5, 24, "tanh", Style.Green, "g = tanh(W<sub>g</sub> [h, u] + b<sub>g</sub>)", 11)
        .Box(70, 24, "σ  output", Style.Purple, printed ? "o = σ(W<sub>o</sub> [c, u] + b<sub>o</sub>): the memory, not the state" : "o = σ(W<sub>o</sub> [h, u] + b<sub>o</sub>), between 0 and 1", 11)
        .Arrow(Style.Vermillion, (26, 28), (26, 52.7)).Label(27, 40, "f", Style.Vermillion, 14, "left")
        .Operation(53.5, 40, "×", "i g: what is new").Arrow(Style.Blue, (40, 28), (40, 40), (51.2, 40)).Label(41, 42.2, "i", Style.Blue, 14, "left")
        .Arrow(Style.Green, (53.5, 28), (53.5, 37.7)).Label(54.5, 32.5, "g", Style.Green, 14, "left").Arrow((53.5, 42.3), (53.5, 52.7))
        .Dot(82, 55).Arrow((82, 55), (82, 49)).Box(82, 45, "tanh", Style.Green, "tanh(c<sub>t</sub>)", 9).Arrow((82, 41), (82, 36.3))
        .Operation(82, 34, "×", "h<sub>t</sub> = o tanh(c<sub>t</sub>)").Arrow(Style.Purple, (70, 28), (70, 34), (79.7, 34)).Label(71, 36.2, "o", Style.Purple, 14, "left")
        .Arrow((82, 31.7), (82, 12), (96, 12))
        .Label(4, 55, "c<sub>t−1</sub>", anchor: "right").Label(97, 55, "c<sub>t</sub>", anchor: "left").Label(4, 12, "h<sub>t−1</sub>", anchor: "right").Label(97, 12, "h<sub>t</sub>", anchor: "left")
        .Label(12.8, 2.4, "u<sub>t</sub>", anchor: "right").Label(15, 14.6, "h<sub>t−1</sub> and u<sub>t</sub>", "#555555", 12, "left")
        .Arrow(printed ? Style.Vermillion : "rgba(0,0,0,0)", (17, 55), (17, 47), (63, 47), (63, 12), (70, 12), (70, 19.8))
        .Label(62, 9.4, printed ? "c<sub>t−1</sub> and u<sub>t</sub>" : "", Style.Vermillion, 12, "left")
        .Chart();

    /// <summary>What the gates of a network do during a trial: the input on top, a heat map of units by steps per gate below. Units are in the order of their mean value.</summary>
    /// <param name="network">Of one of the library's cells, with gates.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="trial">Which of them, from 0; default the first.</param>
    public static GenericChart Gates(Network network, Trials trials, int trial = 0)
    {
        var gates = GateTrace.Of(network.Cell, trials.Inputs, trial);
        if (gates.Count == 0) throw new ArgumentException($"{network.Cell.GetName()} has no gates.", nameof(network));
        var time = Enumerable.Range(1, trials.Steps).ToArray();
        const double gap = 0.04, input = 0.16;
        double height = (1 - input - gap * gates.Count) / gates.Count;
        var layout = Style.Layout($"Gates of the {Name(network.Cell)} over one trial", 190 + 190 * gates.Count)
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
    public static GenericChart Apart(IReadOnlyList<(string Name, float[,,] First, float[,,] Second)> pairs, int units)
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
                string name = Words(architecture);
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

        static Trace Curve(Architecture architecture, double[] values, string axis, bool legend, string format, string dash) => new Trace2D("scatter").With("name", Words(architecture)).With("legendgroup", Words(architecture)).With("showlegend", legend)
            .With("mode", "lines").With("x", Enumerable.Range(1, values.Length).ToArray()).With("y", values.Select(value => value == 0 && axis == "y2" ? double.NaN : Style.Drawn(value)).ToArray()).With("yaxis", axis)
            .With("line", new Line().With("color", Look(architecture).Colour).With("width", 2.5).With("dash", dash)).With("hovertemplate", $"after %{{x}} steps: %{{y{format}}}<extra>{Words(architecture)}</extra>");
    }

    private static (string Colour, string Symbol) Look(Architecture architecture) => architecture switch
    {
        Architecture.Vanilla => (Style.Green, "circle"),
        Architecture.Lstm or Architecture.LstmAsPrinted => (Style.Vermillion, "square"),
        _ => (Style.Blue, "diamond"),
    };

    private static string Name(Cell cell) => cell is RecurrentCell known ? Words(known.Architecture) : cell.GetName();
}
