using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

/// <summary>A figure of panels in rows and columns, the first row on top: where each panel lies, and what is drawn in it.</summary>
internal sealed class Panels
{
    private readonly Layout layout;
    private readonly int columns;
    private readonly List<Trace> traces = [];
    private readonly List<Annotation> annotations = [];
    private readonly List<Shape> shapes = [];

    /// <param name="title">Title of the figure.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="heights">A share of the height per row; the shares are scaled to what there is.</param>
    /// <param name="columns">Number of columns, all as wide as each other.</param>
    /// <param name="rowGap">Gap between rows, as a share of the height.</param>
    /// <param name="columnGap">Gap between columns, as a share of the width.</param>
    public Panels(string title, int height, double[] heights, int columns = 1, double rowGap = 0.06, double columnGap = 0.07)
    {
        this.columns = columns;
        layout = Style.Layout(title, height)
            .With("margin", new Margin().With("l", 75).With("r", 20).With("t", 95).With("b", 55))
            .With("legend", new Legend().With("orientation", "h").With("x", 0).With("y", 1.0 + 24.0 / height).With("yanchor", "bottom"));
        double unit = (1 - rowGap * (heights.Length - 1)) / heights.Sum(), width = (1 - columnGap * (columns - 1)) / columns, top = 1;
        for (int row = 0; row < heights.Length; row++)
        {
            double bottom = Math.Max(0, top - heights[row] * unit);
            for (int column = 0; column < columns; column++)
            {
                double left = column * (width + columnGap);
                layout.With("xaxis" + Suffix(row, column), Style.Axis().With("domain", new[] { left, Math.Min(1, left + width) }).With("anchor", "y" + Suffix(row, column)));
                layout.With("yaxis" + Suffix(row, column), Style.Axis().With("domain", new[] { bottom, top }).With("anchor", "x" + Suffix(row, column)));
            }
            top = bottom - rowGap;
        }
    }

    /// <summary>The horizontal axis of a panel.</summary>
    public LinearAxis X(int row, int column = 0) => (LinearAxis)layout.GetPropertyValue("xaxis" + Suffix(row, column));

    /// <summary>The vertical axis of a panel.</summary>
    public LinearAxis Y(int row, int column = 0) => (LinearAxis)layout.GetPropertyValue("yaxis" + Suffix(row, column));

    /// <summary>Draws a line, markers or bars; in the legend once for all panels that have something of that name.</summary>
    public Trace Draw(int row, int column, string type, string name, IEnumerable<double> x, IEnumerable<double> y, string hover)
    {
        var trace = new Trace2D(type).With("name", name).With("legendgroup", name)
            .With("showlegend", traces.TrueForAll(other => other.GetPropertyValue("name") as string != name))
            .With("x", x.Select(Style.Drawn).ToArray()).With("y", y.Select(Style.Drawn).ToArray())
            .With("xaxis", "x" + Suffix(row, column)).With("yaxis", "y" + Suffix(row, column))
            .With("hovertemplate", hover + "<extra></extra>");
        traces.Add(trace);
        return trace;
    }

    /// <summary>Draws a line.</summary>
    public Trace Line(int row, int column, string name, IEnumerable<double> x, IEnumerable<double> y, string colour, string hover, double width = 2, string dash = "solid", string shape = "linear") =>
        Draw(row, column, "scatter", name, x, y, hover).With("mode", "lines")
            .With("line", new Line().With("color", colour).With("width", width).With("dash", dash).With("shape", shape));

    /// <summary>Draws markers.</summary>
    public Trace Markers(int row, int column, string name, IEnumerable<double> x, IEnumerable<double> y, string colour, string hover, string symbol = "circle", double size = 7) =>
        Draw(row, column, "scatter", name, x, y, hover).With("mode", "markers").With("marker", new Marker().With("color", colour).With("symbol", symbol).With("size", size));

    /// <summary>Writes a line of text above a panel.</summary>
    public void Head(int row, int column, string text)
    {
        var (across, up) = ((double[])X(row, column).GetPropertyValue("domain"), (double[])Y(row, column).GetPropertyValue("domain"));
        annotations.Add(new Annotation().With("text", $"<b>{text}</b>").With("xref", "paper").With("yref", "paper").With("showarrow", false)
            .With("x", across[0]).With("xanchor", "left").With("y", up[1]).With("yanchor", "bottom").With("font", Style.Font(13)));
    }

    /// <summary>Draws a dashed line across a panel at a height, with words at its right end.</summary>
    public void Level(int row, int column, double y, string text, string colour = Style.Ink)
    {
        string suffix = Suffix(row, column);
        shapes.Add(new Shape().With("type", "line").With("xref", $"x{suffix} domain").With("x0", 0).With("x1", 1).With("yref", "y" + suffix).With("y0", y).With("y1", y)
            .With("line", new Line().With("color", colour).With("width", 1).With("dash", "dash")));
        if (text.Length == 0) return;
        annotations.Add(new Annotation().With("text", text).With("xref", $"x{suffix} domain").With("x", 1).With("xanchor", "right").With("yref", "y" + suffix).With("y", y)
            .With("yanchor", "bottom").With("showarrow", false).With("bgcolor", "rgba(255,255,255,0.8)").With("borderpad", 0).With("font", Style.Font(11)));
    }

    /// <summary>Draws a dashed line down a panel at a place, with words at its lower end.</summary>
    public void Upright(int row, int column, double x, string text, string colour = Style.Ink)
    {
        string suffix = Suffix(row, column);
        shapes.Add(new Shape().With("type", "line").With("yref", $"y{suffix} domain").With("y0", 0).With("y1", 1).With("xref", "x" + suffix).With("x0", x).With("x1", x)
            .With("line", new Line().With("color", colour).With("width", 1).With("dash", "dash")));
        annotations.Add(new Annotation().With("text", text).With("yref", $"y{suffix} domain").With("y", 0.02).With("yanchor", "bottom").With("xref", "x" + suffix).With("x", x)
            .With("xanchor", "left").With("showarrow", false).With("font", Style.Font(11)));
    }

    /// <summary>The figure.</summary>
    public GenericChart Chart()
    {
        if (annotations.Count > 0) layout.With("annotations", annotations.ToArray());
        if (shapes.Count > 0) layout.With("shapes", shapes.ToArray());
        return Style.Chart(traces, layout);
    }

    private string Suffix(int row, int column) => row * columns + column == 0 ? "" : $"{row * columns + column + 1}";
}
