using Neurodynamics.Models;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

/// <summary>Draws a <see cref="Diagram"/>.</summary>
internal sealed class CellDrawing
{
    private readonly Diagram diagram;
    private readonly List<Shape> shapes = [];
    private readonly List<Annotation> annotations = [];
    private readonly List<(Spot At, string Hover)> hovers = [];

    public CellDrawing(Diagram diagram)
    {
        this.diagram = diagram;
        foreach (var part in diagram.Parts) Draw(part);
    }

    public static string Colour(Hue hue) => hue switch
    {
        Hue.Grey => "#555555",
        Hue.Blue => Style.Blue,
        Hue.Green => Style.Green,
        Hue.Vermillion => Style.Vermillion,
        Hue.Purple => Style.Purple,
        _ => Style.Ink,
    };

    public GenericChart Chart()
    {
        var hover = new Trace2D("scatter").With("mode", "markers").With("showlegend", false)
            .With("x", hovers.Select(place => place.At.X).ToArray()).With("y", hovers.Select(place => place.At.Y).ToArray())
            .With("marker", new Marker().With("size", 32).With("opacity", 0))
            .With("hovertext", hovers.Select(place => place.Hover).ToArray()).With("hoverinfo", "text");
        LinearAxis Plain(double from, double to) => new LinearAxis().With("range", new[] { from, to }).With("visible", false).With("fixedrange", true);
        return Style.Chart([hover], Style.Layout(diagram.Title, (int)(8 * diagram.Height) + 60)
            .With("margin", new Margin().With("l", 10).With("r", 10).With("t", 50).With("b", 10))
            .With("xaxis", Plain(0, 100)).With("yaxis", Plain(0, diagram.Height)).With("shapes", shapes.ToArray()).With("annotations", annotations.ToArray()));
    }

    private void Draw(DiagramPart part)
    {
        switch (part)
        {
            case DiagramPart.Frame(var low, var high):
                shapes.Add(Shape("rect", low, high, "#bbbbbb", 1.5).With("layer", "below").With("fillcolor", "#f7f7f7"));
                break;
            case DiagramPart.Box(var centre, var width, var text, var hue, var equation):
                shapes.Add(Shape("rect", (centre.X - width / 2, centre.Y - 4), (centre.X + width / 2, centre.Y + 4), Colour(hue), 2).With("fillcolor", "#ffffff"));
                hovers.Add((centre, equation));
                Write(centre, text);
                break;
            case DiagramPart.Operation(var centre, var text, var equation):
                // As wide as high on the screen, where a unit across is Style.Width / 100 pixels and one upwards 8.
                shapes.Add(Shape("circle", (centre.X - 2.3, centre.Y - 2.3), (centre.X + 2.3, centre.Y + 2.3), Style.Ink, 1.5).With("fillcolor", "#ffffff"));
                hovers.Add((centre, equation));
                Write(centre, text);
                break;
            case DiagramPart.Label(var at, var text, var hue, var size, var anchor):
                Write(at, text, Colour(hue), size, anchor == DiagramAnchor.Centre ? "center" : anchor.ToString().ToLowerInvariant());
                break;
            case DiagramPart.Fork(var at):
                shapes.Add(Shape("circle", (at.X - 0.5, at.Y - 0.5), (at.X + 0.5, at.Y + 0.5), Style.Ink, 1).With("fillcolor", Style.Ink));
                break;
            case DiagramPart.Line(var through, var hue, var isArrow):
                for (int i = 1; i < through.Count - (isArrow ? 1 : 0); i++)
                    shapes.Add(Shape("line", through[i - 1], through[i], Colour(hue), 1.8).With("layer", "below"));
                if (!isArrow) break;
                var (from, to) = (through[^2], through[^1]);
                annotations.Add(new Annotation().With("x", to.X).With("y", to.Y).With("ax", from.X).With("ay", from.Y)
                    .With("xref", "x").With("yref", "y").With("axref", "x").With("ayref", "y").With("text", "").With("showarrow", true)
                    .With("arrowhead", 2).With("arrowsize", 1).With("arrowwidth", 1.8).With("arrowcolor", Colour(hue)));
                break;
        }
    }

    private static Shape Shape(string type, Spot low, Spot high, string colour, double width) => new Shape().With("type", type)
        .With("x0", low.X).With("x1", high.X).With("y0", low.Y).With("y1", high.Y).With("line", new Line().With("color", colour).With("width", width));

    private void Write(Spot at, string text, string colour = Style.Ink, double size = 14, string anchor = "center") =>
        annotations.Add(new Annotation().With("x", at.X).With("y", at.Y).With("text", text).With("showarrow", false)
            .With("xanchor", anchor).With("font", Style.Font(size, colour)));
}
