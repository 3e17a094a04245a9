using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// What is left of a small change of the state after k steps, a panel per group of networks and a line per network;
    /// thin lines are single trials.
    /// </summary>
    /// <param name="groups">Per panel a title and its networks' flows, with their architectures.</param>
    public static GenericChart GradientFlows(
        IReadOnlyList<(string Title, IReadOnlyList<(Architecture Architecture, GradientFlow Flow)> Flows)> groups)
    {
        const double floor = 1e-20;
        var panels = new Panels("How much of a small change is left k steps later", 470, columns: groups.Count)
        {
            ColumnGap = 0.035,
            Legend = Legend.Below,
        };
        for (int column = 0; column < groups.Count; column++)
        {
            var (title, flows) = groups[column];
            var panel = panels[0, column];
            panel.Caption(title);
            panel.X.Titled("k, steps back").From(0, flows.Max(line => line.Flow.Lags[^1]) * 1.03);
            panel.Y.Titled(column == 0 ? "norm of dx(T)/dx(T − k)" : null).Logarithmic(4).From(floor, 1e4)
                .NoTickLabels(column > 0);
            foreach (var (architecture, flow) in flows)
            {
                var (name, paint) = (architecture.Title, (Paint)architecture.Mark.Hue);
                for (int trial = 0; trial < flow.Norms.GetLength(1); trial++)
                    Line("", flow.Norms.Column(trial), null, 1).Opacity(0.3);
                Line(name, flow.Means, $"{name}, k = {Hover.X}: {Hover.YAs(".2e")}", 2.5)
                    .Marked(paint, architecture.Mark.Shape);

                Series Line(string name, double[] values, string? hover, double width) =>
                    panel.Line(name, flow.Lags.Prepend(0).Select(lag => (double)lag),
                    values.Prepend(1).Select(value => value < floor / 10 ? double.NaN : value), paint, hover, width);
            }
        }
        return panels.Chart();
    }

    /// <summary>
    /// What networks still know in a long silence: the share of bits that are read out right, and below how far the
    /// state moves in a step.
    /// </summary>
    /// <param name="lines">Per network its architecture and what it retained.</param>
    public static GenericChart Silence(IReadOnlyList<(Architecture Architecture, Retention Retention)> lines)
    {
        var panels = new Panels(
            "Bits kept in a long silence, and how far a step still moves", 470, [0.38, 0.54], sharesX: true)
        { RowGap = 0.08, Legend = Legend.AboveRight };
        panels[0].X.Titled("steps of silence").Logarithmic();
        panels[0].Y.Titled("bits right").Percent().From(0.4, 1.04);
        panels[1].Y.Titled("length of a step").Logarithmic(4);
        for (int i = 0; i < lines.Count; i++)
        {
            var (architecture, retention) = lines[i];
            var (name, hover) = (architecture.Title, $"{architecture.Title}, after {Hover.X} steps: ");
            double[] time = Numbers(1, retention.Right.Length);
            // Thinner the later a line is drawn: those that keep all bits lie on each other.
            panels[0].Line(name, time, retention.Right, architecture.Mark.Hue, hover + Hover.YAs(".2%"),
                2.5 + 3 * (double)(lines.Count - 1 - i) / lines.Count, NthDash(i));
            panels[1].Line(name, time, retention.Moved.Select(step => step == 0 ? double.NaN : step),
                architecture.Mark.Hue, hover + Hover.YAs(".1e"), 2.5, NthDash(i));
        }
        return panels.Chart();
    }

    /// <summary>
    /// What an integrator's slow curve is like along its length: the readout's logit, the three largest |lambda| of the
    /// Jacobian, and how far the readout drifts in a hundred steps, at the pace of its first step.
    /// </summary>
    /// <param name="points">States along the curve, linearised (<see cref="SlowCurve.Slowest"/>).</param>
    /// <param name="readouts">
    /// The logit of each, and by how much it changes in a step: see <see cref="SlowCurve.Readouts"/>.
    /// </param>
    /// <param name="pca">Whose first component is the horizontal axis.</param>
    /// <param name="outputs">What the readout means; default logits.</param>
    public static GenericChart AlongCurve(
        IReadOnlyList<Linearisation> points, IReadOnlyList<(double Logit, double Change)> readouts, Pca pca,
        OutputMeaning outputs = OutputMeaning.Logits)
    {
        var panels =
            new Panels("Along the slow curve, at zero input", 640, [0.24, 0.3, 0.33], sharesX: true) { RowGap = 0.065 };
        double[] places = [.. Places(points, pca).Select(place => place[0])];
        int[] order = [.. Enumerable.Range(0, points.Count).OrderBy(i => places[i])];
        Curve(0, "readout", i => readouts[i].Logit, Paint.Black, MarkShape.Circle).NotInLegend();
        Paint[] paints = [Paint.Blue, Paint.Orange, Paint.Grey];
        for (int k = 0; k < Math.Min(3, points[0].Eigenvalues.Length); k++)
        {
            int mode = k;
            Curve(1, $"|\u03bb| of mode {k + 1}", i => points[i].Eigenvalues[mode].Magnitude, paints[k],
                MarkShape.Circle, (Dash)k);
        }
        Curve(2, "drift", i => 100 * readouts[i].Change, Paint.Vermillion, MarkShape.Diamond).NotInLegend();
        panels[0].X.Titled("position along PC1");
        panels[0].Y.Titled(Readout(outputs));
        panels[1].Y.Titled("|\u03bb|");
        panels[2].Y.Titled("drift in 100 steps").ZeroLine(Paint.MiddleGrey);
        return panels.Chart(points.Select(point => point.Unchecked));

        Series Curve(int row, string name, Func<int, double> value, Paint paint, MarkShape symbol,
            Dash dash = Dash.Solid) => panels[row]
            .Line(name, order.Select(i => places[i]), order.Select(value), paint,
                $"PC1 {Hover.XAs(".2f")}<br>{name}: {Hover.YAs(".5~g")}", 1.5, dash)
            .Marked(paint, symbol, 6);
    }

    /// <summary>
    /// How long a network holds what it reads out: the logit of each state over steps of constant input, on a
    /// logarithmic axis of steps.
    /// </summary>
    /// <param name="holding">What became of the states.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="trialSteps">Steps of a trial in training, drawn as a line; default none.</param>
    public static GenericChart Held(
        Holding holding, string title = "What the network reads out while the input is silent", int? trialSteps = null)
    {
        var panels = new Panels(title, 440) { Legend = Legend.None };
        var panel = panels[0];
        double largest = holding.Logits.Column(0).Select(Math.Abs).DefaultIfEmpty(1).Max();
        int[] shown = [.. Enumerable.Range(0, holding.Steps.Count).Where(k => holding.Steps[k] > 0)];
        for (int i = 0; i < holding.Logits.GetLength(0); i++)
        {
            double[] logits = holding.Logits.Row(i);
            string kept = holding.Lost[i] is { } lost ? $"sign lost at step {lost}" : "sign kept to the end";
            panel.Line("", shown.Select(k => (double)holding.Steps[k]), shown.Select(k => logits[k]),
                Paint.Between(logits[0] / largest),
                $"step {Hover.X}: {Wording.Output(holding.Outputs)} {Hover.YAs(".1f")}<br>{kept}");
        }
        panel.X.Titled("steps without input").Logarithmic();
        panel.Y.Titled(Readout(holding.Outputs)).ZeroLine(Paint.DarkGrey);
        if (trialSteps is { } steps) panel.Upright(steps, "length of a trial", atTop: true);
        return panels.Chart();
    }

    private static string Readout(OutputMeaning outputs) =>
        outputs == OutputMeaning.Logits ? "logit of readout" : "readout";

    /// <summary>
    /// A value of the state, such as its place along PC1, against the sum of the inputs; the colour is the step of the
    /// trial.
    /// </summary>
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
        var panels = new Panels("What the state says of the sum", 460) { Legend = Legend.None };
        panels[0].Markers("", shown.Select(i => evidence.Sum[i]), shown.Select(i => value[i]), Paint.Grey,
            $"sum {Hover.XAs(".2f")}, step {Hover.Colour}<br>{name} {Hover.YAs(".2f")}", size: 5)
            .Coloured(shown.Select(i => (double)evidence.Step[i]), new("step"));
        panels[0].X.Titled("sum of the inputs so far");
        panels[0].Y.Titled(name);
        return panels.Chart();

        static int Common(int a, int b) => b == 0 ? a : Common(b, a % b);
    }

    /// <summary>How many inputs of one sign turn an answer that n inputs of the other have made.</summary>
    /// <param name="curves">
    /// A name and its reversals for each line; those whose name starts with "exact" are drawn as thin lines without
    /// marks.
    /// </param>
    /// <param name="title">The figure's title.</param>
    /// <param name="largest">The end of the vertical axis; default what the values need.</param>
    public static GenericChart Reversals(
        IReadOnlyList<(string Name, IReadOnlyList<Reversal> Values)> curves,
            string title = "How many inputs turn the answer", double? largest = null)
    {
        var panels = new Panels(title, 460);
        int exacts = 0, others = 0;
        foreach (var (name, values) in curves)
        {
            var turned = values.Where(value => value.Needed is not null).ToArray();
            bool exact = name.StartsWith("exact", StringComparison.Ordinal);
            var (paint, symbol) = exact ? (Paint.Black, MarkShape.Circle) : Nth(others++);
            var line = panels[0].Line(name, turned.Select(value => (double)value.Inputs),
                turned.Select(value => (double)value.Needed!), paint,
                $"{name}<br>after {Hover.X} inputs of one sign, {Hover.Y} of the other", exact ? 1.2 : 2, exact
                    ? (Dash)(1 + exacts++ % 3)
                    : Dash.Solid);
            if (!exact) line.Marked(paint, symbol);
        }
        panels[0].X.Titled("inputs of one sign before").FromZero();
        panels[0].Y.Titled("inputs of the other that turn the answer").FromZero();
        if (largest is { } top) panels[0].Y.From(0, top);
        return panels.Chart();
    }
}
