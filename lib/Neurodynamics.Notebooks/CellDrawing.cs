using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

/// <summary>A drawing of boxes, circles and arrows, on a plane of 100 by a height.</summary>
internal sealed class CellDrawing(string title, double height)
{
    private readonly List<Shape> shapes = [];
    private readonly List<Annotation> annotations = [];
    private readonly List<(double X, double Y, string Hover)> hovers = [];

    /// <summary>The cell itself: what is inside happens in one step.</summary>
    public CellDrawing Frame(double left, double bottom, double right, double top)
    {
        shapes.Add(new Shape().With("type", "rect").With("x0", left).With("x1", right).With("y0", bottom).With("y1", top).With("layer", "below")
            .With("line", new Line().With("color", "#bbbbbb").With("width", 1.5)).With("fillcolor", "#f7f7f7"));
        return this;
    }

    /// <summary>A layer of the network: weights and a scalar function.</summary>
    public CellDrawing Box(double x, double y, string text, string colour, string hover, double width = 13)
    {
        shapes.Add(new Shape().With("type", "rect").With("x0", x - width / 2).With("x1", x + width / 2).With("y0", y - 4).With("y1", y + 4)
            .With("line", new Line().With("color", colour).With("width", 2)).With("fillcolor", "#ffffff"));
        hovers.Add((x, y, hover));
        return Label(x, y, text);
    }

    /// <summary>An operation unit by unit.</summary>
    public CellDrawing Operation(double x, double y, string text, string hover)
    {
        // As wide as high on the screen, where a unit across is Style.Width / 100 pixels and one upwards 8.
        shapes.Add(new Shape().With("type", "circle").With("x0", x - 2.3).With("x1", x + 2.3).With("y0", y - 2.3).With("y1", y + 2.3)
            .With("line", new Line().With("color", Style.Ink).With("width", 1.5)).With("fillcolor", "#ffffff"));
        hovers.Add((x, y, hover));
        return Label(x, y, text);
    }

    /// <summary>Text.</summary>
    public CellDrawing Label(double x, double y, string text, string colour = Style.Ink, double size = 14, string anchor = "center")
    {
        annotations.Add(new Annotation().With("x", x).With("y", y).With("text", text).With("showarrow", false).With("xanchor", anchor).With("font", Style.Font(size, colour)));
        return this;
    }

    /// <summary>A line through some points, with an arrow head at the last.</summary>
    public CellDrawing Arrow(params (double X, double Y)[] points) => Arrow(Style.Ink, points);

    /// <summary>The same in a colour.</summary>
    public CellDrawing Arrow(string colour, params (double X, double Y)[] points)
    {
        Wire(colour, points[..^1]);
        var (from, to) = (points[^2], points[^1]);
        annotations.Add(new Annotation().With("x", to.X).With("y", to.Y).With("ax", from.X).With("ay", from.Y)
            .With("xref", "x").With("yref", "y").With("axref", "x").With("ayref", "y").With("text", "").With("showarrow", true)
            .With("arrowhead", 2).With("arrowsize", 1).With("arrowwidth", 1.8).With("arrowcolor", colour));
        return this;
    }

    /// <summary>A line through some points.</summary>
    public CellDrawing Wire(string colour, params (double X, double Y)[] points)
    {
        for (int i = 1; i < points.Length; i++)
            shapes.Add(new Shape().With("type", "line").With("x0", points[i - 1].X).With("y0", points[i - 1].Y).With("x1", points[i].X).With("y1", points[i].Y).With("layer", "below")
                .With("line", new Line().With("color", colour).With("width", 1.8)));
        return this;
    }

    /// <summary>Where a line parts.</summary>
    public CellDrawing Dot(double x, double y)
    {
        shapes.Add(new Shape().With("type", "circle").With("x0", x - 0.5).With("x1", x + 0.5).With("y0", y - 0.5).With("y1", y + 0.5)
            .With("line", new Line().With("color", Style.Ink).With("width", 1)).With("fillcolor", Style.Ink));
        return this;
    }

    public GenericChart Chart()
    {
        var hover = new Trace2D("scatter").With("mode", "markers").With("showlegend", false)
            .With("x", hovers.Select(place => place.X).ToArray()).With("y", hovers.Select(place => place.Y).ToArray())
            .With("marker", new Marker().With("size", 32).With("opacity", 0)).With("hovertext", hovers.Select(place => place.Hover).ToArray()).With("hoverinfo", "text");
        LinearAxis Plain(double from, double to) => new LinearAxis().With("range", new[] { from, to }).With("visible", false).With("fixedrange", true);
        return Style.Chart([hover], Style.Layout(title, (int)(8 * height) + 60)
            .With("margin", new Margin().With("l", 10).With("r", 10).With("t", 50).With("b", 10))
            .With("xaxis", Plain(0, 100)).With("yaxis", Plain(0, height)).With("shapes", shapes.ToArray()).With("annotations", annotations.ToArray()));
    }
}
