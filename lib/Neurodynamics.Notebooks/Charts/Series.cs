using Neurodynamics.Models;
using Plotly.NET;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks.Charts;

/// <summary>Something drawn in a panel or a scene: a line, markers, bars, a surface.</summary>
/// <param name="trace">What plotly draws.</param>
/// <param name="name">What the legend calls it, once for all of that name; with "" it is not there.</param>
/// <param name="figure">The figure it is on.</param>
internal sealed class Series(Trace trace, string name, Figure figure)
{
    private static readonly string[] Hatchings = ["", "/", ".", "\\", "x", "-", "+"];

    private Marker? marker;
    private bool? inLegend = name.Length == 0 ? false : null;
    private bool isColoured;

    internal string Name => name;

    internal bool MayBeInLegend => inLegend != false;

    /// <summary>The frame of the slider that it belongs to; null where it is always shown.</summary>
    internal int? Frame { get; private set; }

    /// <summary>
    /// What is said where the pointer is: a template with places of <see cref="Charts.Hover"/>; null says nothing.
    /// </summary>
    public Series Hover(string? template) =>
        template is null ? Set("hoverinfo", "skip") : Set("hovertemplate", template + "<extra></extra>");

    /// <summary>What is said at each point.</summary>
    public Series Hovers(IEnumerable<string> texts) => Set("hovertext", texts.ToArray()).Set("hoverinfo", "text");

    /// <summary>What each point has to say in the hover's template.</summary>
    public Series Custom<T>(IEnumerable<T> values) => Set("customdata", values.ToArray());

    /// <summary>Words above each point, or below it.</summary>
    internal Series Words(IEnumerable<string> texts, double size, bool below) => Set("mode", "text")
        .Set("text", texts.ToArray()).Set("textposition", below ? "bottom center" : "top center")
        .Set("textfont", Style.Font(size)).Hover(null).NotInLegend();

    /// <summary>Markers on a line.</summary>
    public Series Marked(Paint paint, MarkShape symbol = MarkShape.Circle, double size = 7)
    {
        Set("mode", "lines+markers");
        return WithMarker(paint, symbol, size);
    }

    /// <summary>A line round the markers or bars.</summary>
    public Series Outlined(Paint? paint, double width)
    {
        marker!.With("line", Style.Line(paint, width));
        return this;
    }

    /// <summary>Hatches bars, each of several kinds in its own way; the first kind has no hatching.</summary>
    public Series Hatched(int kind)
    {
        marker!.With("pattern", kind == 0 ? null : new Pattern().With("shape", Hatchings[kind % Hatchings.Length])
            .With("fillmode", "overlay").With("size", 6));
        return this;
    }

    /// <summary>A colour for each point by a value of it.</summary>
    /// <param name="values">A value for each point.</param>
    /// <param name="scale">Its colours. Their bar is drawn once for all that share the scale.</param>
    /// <param name="bar">Whether to draw the bar; default with the first that has the scale.</param>
    public Series Coloured(IEnumerable<double> values, Scale scale, bool? bar = null)
    {
        marker!.With("color", Style.Drawn(values)).With("cmin", scale.Low).With("cmax", scale.High);
        figure.Apply(scale, marker!, bar);
        isColoured = true;
        return this;
    }

    /// <summary>A diameter for each marker.</summary>
    public Series Sized(IEnumerable<double> diameters)
    {
        marker!.With("size", Style.Drawn(diameters));
        return this;
    }

    /// <summary>A shape for each marker.</summary>
    public Series Shaped(IEnumerable<MarkShape> shapes)
    {
        marker!.With("symbol", shapes.Select(Dashed).ToArray());
        return this;
    }

    public Series Opacity(double share) => Set("opacity", share);

    /// <summary>Its place in the legend: the higher the later; 1000 is that of all that ask for none.</summary>
    public Series Rank(int rank) => Set("legendrank", rank);

    public Series NotInLegend()
    {
        inLegend = false;
        return this;
    }

    /// <summary>Shown only while the slider is at a frame, counted from 0.</summary>
    public Series At(int frame)
    {
        Frame = frame;
        return Set("visible", frame == 0);
    }

    /// <summary>Bars that show how far a value may be off to the left and to the right.</summary>
    public Series Errors(IEnumerable<double> left, IEnumerable<double> right, Paint paint) => Set("error_x", new Error()
        .With("type", "data").With("symmetric", false).With("color", paint.Css)
        .With("array", Style.Drawn(right)).With("arrayminus", Style.Drawn(left)));

    /// <summary>Filled, on top of those that were stacked before.</summary>
    public Series Stacked(Paint paint) => Set("stackgroup", "one").Set("fillcolor", paint.Css);

    internal Series WithMarker(Paint? paint, MarkShape symbol, double size)
    {
        marker = new Marker().With("color", paint?.Css).With("symbol", Dashed(symbol)).With("size", size);
        return Set("marker", marker);
    }

    internal Series WithBars(Paint paint)
    {
        marker = new Marker().With("color", paint.Css);
        return Set("marker", marker);
    }

    internal Series Set(string property, object? value)
    {
        trace.With(property, value);
        return this;
    }

    /// <summary>
    /// The trace with its place in the legend, where all of its name are one entry. Where each marker has a colour of
    /// its own, the entry is that of a grey twin without points: plotly.js would show one of the colours, as if all
    /// had it.
    /// </summary>
    internal IEnumerable<Trace> Built(bool first, bool many)
    {
        bool listed = inLegend ?? first, twin = listed && isColoured;
        trace.With("name", name).With("legendgroup", (many || twin) && name.Length > 0 ? name : null)
            .With("showlegend", listed && !twin);
        return twin ? [trace, Twin()] : [trace];
    }

    private Trace Twin()
    {
        double?[] nowhere = [null];
        Trace twin = trace is Trace3D ? new Trace3D("scatter3d").With("z", nowhere) : new Trace2D("scatter");
        foreach (string property in new[] { "name", "legendgroup", "legendrank", "visible", "scene", "xaxis", "yaxis" })
            twin.With(property, Style.Of(trace, property));
        return twin.With("x", nowhere).With("y", nowhere).With("mode", "markers").With("hoverinfo", "skip")
            .With("showlegend", true).With("marker", new Marker().With("color", Paint.Grey.Css).With("size", 8)
                .With("symbol", Style.Of(marker!, "symbol")).With("line", Style.Of(marker!, "line")));
    }

    // "CircleOpen" is "circle-open" to plotly.
    private static string Dashed(MarkShape symbol) =>
        string.Concat(symbol.ToString()
            .Select((letter, i) => (i > 0 && char.IsUpper(letter) ? "-" : "") + char.ToLowerInvariant(letter)));
}
