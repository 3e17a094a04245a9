using Neurodynamics.Models;
using Plotly.NET;
using Plotly.NET.LayoutObjects;

namespace Neurodynamics.Notebooks.Charts;

/// <summary>Draws a <see cref="Diagram"/>: boxes, circles and arrows on a plane of 100 by its height.</summary>
internal sealed class Drawing
{
    private readonly Panels panels;
    private readonly List<(Spot At, string Equation)> hovers = [];

    public Drawing(Diagram diagram)
    {
        panels = new(diagram.Title, (int)(8 * diagram.Height) + 60) { Legend = Legend.None, Bare = true };
        panels[0].X.From(0, 100).Hidden();
        panels[0].Y.From(0, diagram.Height).Hidden().AsLongAs(panels[0].X);
        foreach (var part in diagram.Parts) Draw(part);
    }

    public GenericChart Chart()
    {
        panels[0].Markers(
            "", hovers.Select(place => place.At.X), hovers.Select(place => place.At.Y), Paint.White, null, size: 32)
            .Opacity(0).Hovers(hovers.Select(place => place.Equation));
        return panels.Chart();
    }

    private void Draw(DiagramPart part)
    {
        switch (part)
        {
            case DiagramPart.Frame(var low, var high):
                Shape("rect", low, high, new("#bbbbbb"), 1.5, Paint.PaleGrey, below: true);
                break;
            case DiagramPart.Box(var centre, var width, var text, var hue, var equation):
                Around("rect", centre, width / 2, 4, hue, 2, Paint.White);
                Explain(centre, text, equation);
                break;
            case DiagramPart.Operation(var centre, var text, var equation):
                Around("circle", centre, 2.3, 2.3, Paint.Ink, 1.5, Paint.White);
                Explain(centre, text, equation);
                break;
            case DiagramPart.Label(var at, var text, var hue, var size, var anchor):
                Write(at, text, hue, size, anchor);
                break;
            case DiagramPart.Fork(var at):
                Around("circle", at, 0.5, 0.5, Paint.Ink, 1, Paint.Ink);
                break;
            case DiagramPart.Line(var through, var hue, var isArrow):
                for (int i = 1; i < through.Count - (isArrow ? 1 : 0); i++) Shape(
                    "line", through[i - 1], through[i], hue, 1.8, null, below: true);
                if (isArrow) Arrow(through[^2], through[^1], hue);
                break;
        }
    }

    private void Explain(Spot at, string text, string equation)
    {
        hovers.Add((at, equation));
        Write(at, text, Hue.Ink, 14, DiagramAnchor.Centre);
    }

    private void Write(Spot at, string text, Hue hue, double size, DiagramAnchor anchor) =>
        panels.Note(() => Style.Note(text, size, hue).With("x", at.X).With("y", at.Y)
            .With("xanchor", anchor == DiagramAnchor.Centre ? "center" : anchor.ToString().ToLowerInvariant()));

    private void Arrow(Spot from, Spot to, Hue hue) => panels.Note(() => new Annotation()
        .With("x", to.X).With("y", to.Y).With("ax", from.X).With("ay", from.Y)
        .With("xref", "x").With("yref", "y").With("axref", "x").With("ayref", "y").With("text", "")
            .With("showarrow", true)
        .With("arrowhead", 2).With("arrowsize", 1).With("arrowwidth", 1.8).With("arrowcolor", ((Paint)hue).Css));

    private void Around(string type, Spot centre, double across, double up, Paint paint, double width, Paint fill) =>
        Shape(type, (centre.X - across, centre.Y - up), (centre.X + across, centre.Y + up), paint, width, fill);

    private void Shape(string type, Spot low, Spot high, Paint paint, double width, Paint? fill, bool below = false) =>
        panels.Draw(() => new Shape().With("type", type).With("x0", low.X).With("x1", high.X).With("y0", low.Y)
            .With("y1", high.Y)
            .With("layer", below ? "below" : null).With("line", Style.Line(paint, width)).With("fillcolor", fill?.Css));
}
