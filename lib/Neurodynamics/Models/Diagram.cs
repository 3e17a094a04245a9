namespace Neurodynamics.Models;

/// <summary>A colour by name; figures draw it from a palette that the colour-blind can distinguish.</summary>
public enum Hue
{
    /// <summary>Nearly black.</summary>
    Ink,

    /// <summary>Grey, for secondary things.</summary>
    Grey,

    /// <summary>Blue.</summary>
    Blue,

    /// <summary>Green.</summary>
    Green,

    /// <summary>Vermillion.</summary>
    Vermillion,

    /// <summary>Purple.</summary>
    Purple,
}

/// <summary>The shape of a symbol.</summary>
public enum MarkShape
{
    /// <summary>A circle.</summary>
    Circle,

    /// <summary>A square.</summary>
    Square,

    /// <summary>A diamond.</summary>
    Diamond,

    /// <summary>A ring.</summary>
    CircleOpen,

    /// <summary>The outline of a square.</summary>
    SquareOpen,

    /// <summary>The outline of a diamond.</summary>
    DiamondOpen,

    /// <summary>A triangle, in flat figures only.</summary>
    TriangleUp,

    /// <summary>An upright cross, in flat figures only.</summary>
    Cross,

    /// <summary>A slanting cross, in flat figures only.</summary>
    X,

    /// <summary>A star of five points, in flat figures only.</summary>
    Star,
}

/// <summary>How figures show an architecture among others.</summary>
/// <param name="Hue">The colour of its lines and symbols.</param>
/// <param name="Shape">The shape of its symbols.</param>
public readonly record struct Mark(Hue Hue, MarkShape Shape)
{
    /// <inheritdoc/>
    public override string ToString() => InWords.Of(this);
}

/// <summary>A spot on a drawing.</summary>
/// <param name="X">0 on the left to 100 on the right.</param>
/// <param name="Y">0 at the bottom to the drawing's height.</param>
public readonly record struct Spot(double X, double Y)
{
    /// <summary>A pair as a spot.</summary>
    public static implicit operator Spot((double X, double Y) pair) => new(pair.X, pair.Y);

    /// <inheritdoc/>
    public override string ToString() => InWords.Of(this);
}

/// <summary>One thing on a drawing.</summary>
public abstract record DiagramPart : Described
{
    /// <summary>The cell itself: everything inside happens in one step.</summary>
    public sealed record Frame(Spot LowerLeft, Spot UpperRight) : DiagramPart;

    /// <summary>A layer with weights and a scalar function; hovering shows its equation.</summary>
    public sealed record Box(Spot Centre, double Width, string Text, Hue Hue, string Equation) : DiagramPart;

    /// <summary>An operation unit by unit; hovering shows its equation.</summary>
    public sealed record Operation(Spot Centre, string Text, string Equation) : DiagramPart;

    /// <summary>Text.</summary>
    public sealed record Label(Spot At, string Text, Hue Hue, double Size, DiagramAnchor Anchor) : DiagramPart;

    /// <summary>A line through some spots; an arrow has its head at the last.</summary>
    public sealed record Line(IReadOnlyList<Spot> Through, Hue Hue, bool IsArrow) : DiagramPart;

    /// <summary>A spot where a line branches.</summary>
    public sealed record Fork(Spot At) : DiagramPart;
}

/// <summary>Which end of a text lies at its spot.</summary>
public enum DiagramAnchor
{
    /// <summary>Its middle.</summary>
    Centre,

    /// <summary>Its left end.</summary>
    Left,

    /// <summary>Its right end.</summary>
    Right,
}

/// <summary>
/// A drawing of one step of a cell (the report's figure 1), as data: the state comes in on the left and leaves on the
/// right, the input comes from below. Text may hold the sub and sup elements of HTML.
/// </summary>
/// <param name="title">Title of the drawing.</param>
/// <param name="height">Its height, where its width is 100.</param>
public sealed class Diagram(string title, double height)
{
    private readonly List<DiagramPart> parts = [];

    /// <summary>Title of the drawing.</summary>
    public string Title => title;

    /// <summary>Its title, and of how many parts it is.</summary>
    public override string ToString() => $"Drawing \"{Title}\" of {parts.Count} parts";

    /// <summary>Its height, where its width is 100.</summary>
    public double Height => height;

    /// <summary>What is drawn, in order.</summary>
    public IReadOnlyList<DiagramPart> Parts => parts;

    /// <summary>Adds the frame of the cell.</summary>
    public Diagram Frame(double left, double bottom, double right, double top) =>
        With(new DiagramPart.Frame((left, bottom), (right, top)));

    /// <summary>Adds a layer.</summary>
    public Diagram Box(double x, double y, string text, Hue hue, string equation, double width = 13) =>
        With(new DiagramPart.Box((x, y), width, text, hue, equation));

    /// <summary>Adds an operation unit by unit.</summary>
    public Diagram Operation(double x, double y, string text, string equation) =>
        With(new DiagramPart.Operation((x, y), text, equation));

    /// <summary>Adds text.</summary>
    public Diagram Label(
        double x, double y, string text, DiagramAnchor anchor = DiagramAnchor.Centre, Hue hue = Hue.Ink,
        double size = 14) =>
        With(new DiagramPart.Label((x, y), text, hue, size, anchor));

    /// <summary>Adds a line with an arrow head at its end.</summary>
    public Diagram Arrow(params Spot[] through) => Arrow(Hue.Ink, through);

    /// <summary>Adds a line in a colour with an arrow head at its end.</summary>
    public Diagram Arrow(Hue hue, params Spot[] through) => With(new DiagramPart.Line(through, hue, IsArrow: true));

    /// <summary>Adds a line.</summary>
    public Diagram Wire(params Spot[] through) => With(new DiagramPart.Line(through, Hue.Ink, IsArrow: false));

    /// <summary>Adds a spot where a line parts.</summary>
    public Diagram Fork(double x, double y) => With(new DiagramPart.Fork((x, y)));

    private Diagram With(DiagramPart part)
    {
        parts.Add(part);
        return this;
    }
}
