using Neurodynamics.Models;
using Plotly.NET;
using Plotly.NET.LayoutObjects;

namespace Neurodynamics.Notebooks.Charts;

/// <summary>A figure of panels in rows and columns, the first row on top.</summary>
internal sealed class Panels : Figure
{
    private readonly Panel[,] panels;
    private readonly double[] heights;

    /// <param name="title">Title of the figure.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="heights">A share of the height for each row; default one row.</param>
    /// <param name="columns">Columns, all as wide as each other.</param>
    /// <param name="sharesX">Whether the panels of a column share the axis below them.</param>
    public Panels(string title, int height, IEnumerable<double>? heights = null, int columns = 1, bool sharesX = false)
        : base(title, height)
    {
        this.heights = [.. heights ?? [1]];
        panels = new Panel[this.heights.Length, columns];
        for (int row = 0; row < this.heights.Length; row++)
            for (int column = 0; column < columns; column++)
            {
                string number = row * columns + column == 0 ? "" : $"{row * columns + column + 1}";
                panels[row, column] = new(
                    this, sharesX && row > 0 ? panels[0, column].X : Axis.Flat("x" + number), Axis.Flat("y" + number));
            }
    }

    /// <summary>Gap between rows, as a share of the height.</summary>
    public double RowGap { get; init; } = 0.06;

    /// <summary>Gap between columns, as a share of the width.</summary>
    public double ColumnGap { get; init; } = 0.07;

    /// <summary>Gap between bars, as a share of their distance.</summary>
    public double? BarGap { get; init; }

    /// <summary>Whether there is nothing round the panels to leave room for.</summary>
    public bool Bare { get; init; }

    public int Columns => panels.GetLength(1);

    public Panel this[int row, int column = 0] => panels[row, column];

    /// <summary>All panels, row by row.</summary>
    public IEnumerable<Panel> All => panels.Cast<Panel>();

    private protected override Margin Margin => Bare
        ? new Margin().With("l", 10).With("r", 10).With("t", 50).With("b", 10)
        : new Margin().With("l", Left).With("r", 20)
        .With("t", 60 + (HasLegendAbove ? 35 : 0) + CaptionLine * (LinesOnPanels - (HasLegendAbove ? 1 : 0)))
        .With("b", BelowPanels);

    private protected override int LinesOnPanels => Math.Max(base.LinesOnPanels, Lines(0));

    /// <summary>Lines of the longest caption in a row.</summary>
    private int Lines(int row) => Enumerable.Range(0, Columns).Max(column => panels[row, column].LinesOfCaption);

    /// <summary>
    /// Bars of the same place stand on each other; with more than one series they otherwise stand side by side.
    /// </summary>
    public void StackBars() => Layout.With("barmode", "stack");

    /// <summary>Bars of the same place are drawn over each other.</summary>
    public void OverlayBars() => Layout.With("barmode", "overlay");

    private protected override void Arrange()
    {
        double width = (1 - ColumnGap * (Columns - 1)) / Columns, top = 1;
        foreach (var panel in All) panel.Wrap(width * (Narrowest - Left - 20));
        // Captions of several lines need room above their row; that above the first is the margin.
        double line = (double)CaptionLine / (Height - (int)Margin.GetPropertyValue("t") - BelowPanels);
        double[] gaps =
            [.. Enumerable.Range(1, heights.Length - 1).Select(row => RowGap + line * Math.Max(0, Lines(row) - 1))];
        double unit = (1 - gaps.Sum()) / heights.Sum();
        for (int row = 0; row < heights.Length; row++)
        {
            double bottom = Math.Max(0, top - heights[row] * unit);
            for (int column = 0; column < Columns; column++)
            {
                double left = column * (width + ColumnGap);
                if (panels[row, column].IsDrawn) panels[row, column]
                    .Arrange(Layout, left, Math.Min(1, left + width), bottom, top);
            }
            top = bottom - (row < gaps.Length ? gaps[row] : 0);
        }
        Layout.With("bargap", BarGap);
    }
}

/// <summary>One panel: two axes and what is drawn between them.</summary>
internal sealed class Panel(Figure figure, Axis x, Axis y)
{
    private string? caption;

    public Axis X => x;

    public Axis Y => y;

    /// <summary>Lines of its caption on a narrow page.</summary>
    internal int LinesOfCaption { get; private set; }

    /// <summary>Whether anything is drawn in it: a grid may have more panels than there is to show.</summary>
    internal bool IsDrawn { get; private set; }

    public Series Line(
        string name, IEnumerable<double> x, IEnumerable<double> y, Paint paint, string? hover, double width = 2,
            Dash dash = Dash.Solid, bool steps = false) =>
        Draw("scatter", name, x, y, hover).Set("mode", "lines")
            .Set("line", Style.Line(paint, width, dash).With("shape", steps ? "hvh" : null));

    /// <summary>A line through points of two coordinates; null breaks it.</summary>
    public Series Line(string name, IReadOnlyList<double[]?> points, Paint paint, string? hover = null,
        double width = 2, Dash dash = Dash.Solid) =>
        Line(name, Style.Along(points, 0), Style.Along(points, 1), paint, hover, width, dash);

    /// <summary>Filled boxes with thin white borders.</summary>
    public Series Boxes(
        string name, IReadOnlyList<((double From, double To) X, (double From, double To) Y)> boxes, Paint paint) =>
        Line(name, [.. boxes.SelectMany(box => new double[]?[]
        {
            [box.X.From, box.Y.From], [box.X.To, box.Y.From], [box.X.To, box.Y.To], [box.X.From, box.Y.To],
            [box.X.From, box.Y.From], null,
        })], Paint.White, width: 0.6).Set("fill", "toself").Set("fillcolor", paint.Css);

    public Series Markers(
        string name, IEnumerable<double> x, IEnumerable<double> y, Paint paint, string? hover,
            MarkShape symbol = MarkShape.Circle, double size = 7) =>
        Draw("scatter", name, x, y, hover).Set("mode", "markers").WithMarker(paint, symbol, size);

    public Series Markers(
        string name, IReadOnlyList<double[]?> points, Paint paint, string? hover = null,
            MarkShape symbol = MarkShape.Circle, double size = 7) =>
        Markers(name, Style.Along(points, 0), Style.Along(points, 1), paint, hover, symbol, size);

    /// <summary>
    /// Words above points, or below those in the lower half of the panel. They go with what has the same name in the
    /// legend.
    /// </summary>
    public void Words(
        string name, IReadOnlyList<double[]> points, IEnumerable<string> texts, double size, double middle)
    {
        foreach (var half in points.Zip(texts).GroupBy(at => at.First[1] < middle))
            Draw("scatter", name, half.Select(at => at.First[0]), half.Select(at => at.First[1]), null)
                .Words(half.Select(at => at.Second), size, below: half.Key);
    }

    public Series Bars(string name, IEnumerable<double> x, IEnumerable<double> y, Paint paint, string? hover) =>
        Draw("bar", name, x, y, hover).WithBars(paint);

    /// <summary>Bars to the right: as long as <paramref name="x"/>, at the heights <paramref name="y"/>.</summary>
    public Series BarsAcross(string name, IEnumerable<double> x, IEnumerable<double> y, Paint paint, string? hover) =>
        Bars(name, x, y, paint, hover).Set("orientation", "h");

    /// <summary>Arrows from one point to another.</summary>
    public Series Arrows(string name, IReadOnlyList<(double[] From, double[] To)> arrows, Paint paint)
    {
        double[]?[] points = [.. arrows.SelectMany(arrow => new[] { arrow.From, arrow.To, null })];
        var series = Line(name, points, paint, width: 1.2).Marked(paint);
        return series.Set("marker", new Plotly.NET.TraceObjects.Marker().With("color", paint.Css)
            .With("symbol", "arrow").With("angleref", "previous")
            .With("size", points.Select((_, i) => i % 3 == 1 ? 9 : 0).ToArray()));
    }

    /// <summary>Colours of a grid of values, a row for each y.</summary>
    public Series HeatMap(string name, IEnumerable<double> x, double[][] values, Scale scale, string? hover)
    {
        var trace = new Trace2D("heatmap");
        figure.Apply(scale, trace, bar: null);
        return Placed(trace.With("x", Style.Drawn(x)).With("z", values).With("zmin", scale.Low)
            .With("zmax", scale.High), name).Hover(hover).NotInLegend();
    }

    /// <summary>One colour where a grid of values is not NaN.</summary>
    public Series Shaded(string name, IEnumerable<double> x, IEnumerable<double> y, double[][] values, Paint paint) =>
        Placed(Grid("heatmap", x, y, values)
            .With("colorscale", new object[] { new object[] { 0, paint.Css }, new object[] { 1, paint.Css } }), name)
            .NotInLegend();

    /// <summary>Contours of a grid of values, filled.</summary>
    public Series Contours(
        string name, IEnumerable<double> x, IEnumerable<double> y, double[][] values, Scale scale, int count)
    {
        var trace = Grid("contour", x, y, values);
        figure.Apply(scale, trace, bar: null);
        return Placed(trace.With("ncontours", count).With("line", Style.Line(new("#aaaaaa"), 0.5)), name).NotInLegend();
    }

    /// <summary>The line on which a grid of values has one value.</summary>
    public Series Contour(
        string name, IEnumerable<double> x, IEnumerable<double> y, double[][] values, double level, Paint paint,
            Dash dash = Dash.Solid) =>
        Placed(Grid("contour", x, y, values).With("contours", new Plotly.NET.TraceObjects.Contours()
            .With("type", "constraint").With("operation", "=").With("value", level))
                .With("line", Style.Line(paint, 2, dash)), name);

    /// <summary>Text above the panel, at its left.</summary>
    public void Caption(string text) => caption = text;

    /// <summary>Text inside the panel, at its upper edge.</summary>
    /// <param name="text">The text.</param>
    /// <param name="across">Where it begins, as a share of the panel's width.</param>
    public void Label(string text, double across) => figure.Note(() => Style.Note($"<b>{text}</b>", 13)
        .With("xref", x.Id + " domain").With("x", across).With("xanchor", "left")
        .With("yref", y.Id + " domain").With("y", 0.98).With("yanchor", "top")
            .With("bgcolor", "rgba(255,255,255,0.8)"));

    /// <summary>
    /// A dashed line across the panel at a height, with words over its right end, or under its left end.
    /// </summary>
    public void Level(double height, string text = "", bool below = false)
    {
        Rule(y, height, x, Paint.Ink, 1, Dash.Dash);
        if (text.Length > 0)
            figure.Note(() => Style.Note(text, 11).With("xref", x.Id + " domain")
                .With("x", below ? 0.01 : 1).With("xanchor", below ? "left" : "right")
                .With("yref", y.Id).With("y", y.Place(height)).With("yanchor", below ? "top" : "bottom")
                    .With("yshift", below ? -8 : null)
                .With("bgcolor", "rgba(255,255,255,0.8)").With("borderpad", 0));
    }

    /// <summary>
    /// A dashed line down the panel at a place, with words at its lower end, or to the left of its upper end.
    /// </summary>
    public void Upright(double place, string text = "", Paint? paint = null, Dash dash = Dash.Dash, bool atTop = false)
    {
        Rule(x, place, y, paint ?? Paint.Ink, 1, dash);
        if (text.Length > 0)
            figure.Note(() => Style.Note(text, 11).With("yref", y.Id + " domain").With("y", atTop ? 1 : 0.02)
                .With("yanchor", atTop ? "top" : "bottom").With("xref", x.Id).With("x", x.Place(place))
                .With("xanchor", atTop ? "right" : "left").With("xshift", atTop ? -4 : 4));
    }

    /// <summary>A shaded stretch of the horizontal axis, with its name at the top.</summary>
    public void Span(double from, double to, string text, Paint paint)
    {
        figure.Draw(() => new Shape().With("type", "rect").With("layer", "below").With("xref", x.Id).With("x0", from)
            .With("x1", to)
            .With("yref", y.Id + " domain").With("y0", 0).With("y1", 1).With("fillcolor", paint.Css)
                .With("opacity", 0.12)
            .With("line", Style.Line(null, 0)));
        if (text.Length > 0)
            figure.Note(
                () => Style.Note(text, 11, Paint.DarkGrey).With("xref", x.Id).With("x", x.Place((from + to) / 2))
                .With("xanchor", "center").With("yref", y.Id + " domain").With("y", 1).With("yanchor", "bottom"));
    }

    /// <summary>Breaks the caption into lines.</summary>
    /// <param name="pixels">How wide the panel is on a narrow page.</param>
    internal void Wrap(double pixels)
    {
        if (caption is null) return;
        caption = Style.Wrapped(caption, 13, pixels, out int more);
        LinesOfCaption = more + 1;
    }

    internal void Arrange(Layout layout, double left, double right, double bottom, double top)
    {
        if (caption is not null)
            figure.Note(() => Style.Note($"<b>{caption}</b>", 13).With("xref", x.Id + " domain").With("x", 0)
                .With("xanchor", "left").With("align", "left").With("yref", y.Id + " domain").With("y", 1)
                .With("yanchor", "bottom"));
        layout.With("xaxis" + x.Id[1..], x.Set("domain", new[] { left, right }).Set("anchor", y.Id).Built())
            .With("yaxis" + y.Id[1..], y.Set("domain", new[] { bottom, top }).Set("anchor", x.Id).Built());
    }

    // plotly.js takes a line's place in the units of the data, and a text's as its logarithm.
    private void Rule(Axis along, double place, Axis across, Paint paint, double width, Dash dash) => figure.Draw(() =>
    {
        char a = along.Id[0], b = across.Id[0];
        return new Shape().With("type", "line").With("line", Style.Line(paint, width, dash))
            .With(a + "ref", along.Id).With(a + "0", Style.Drawn(place)).With(a + "1", Style.Drawn(place))
            .With(b + "ref", across.Id + " domain").With(b + "0", 0).With(b + "1", 1);
    });

    private Series Draw(string type, string name, IEnumerable<double> x, IEnumerable<double> y, string? hover) =>
        Placed(new Trace2D(type).With("x", Style.Drawn(x)).With("y", Style.Drawn(y)), name).Hover(hover);

    private Series Placed(Trace trace, string name)
    {
        IsDrawn = true;
        return figure.Add(trace.With("xaxis", x.Id).With("yaxis", y.Id), name);
    }

    private static Trace Grid(string type, IEnumerable<double> x, IEnumerable<double> y, double[][] values) =>
        new Trace2D(type)
        .With("x", Style.Drawn(x)).With("y", Style.Drawn(y)).With("z", values).With("showscale", false)
            .With("hoverinfo", "skip");
}
