using Neurodynamics.Models;
using Plotly.NET;
using Plotly.NET.LayoutObjects;

namespace Neurodynamics.Notebooks.Charts;

/// <summary>Where a figure's legend lies.</summary>
internal enum Legend
{
    /// <summary>In rows above the panels.</summary>
    Above,

    /// <summary>The same, at the right.</summary>
    AboveRight,

    /// <summary>In rows below the panels.</summary>
    Below,

    /// <summary>In a corner where nothing is drawn.</summary>
    BottomRight,

    None,
}

/// <summary>A chart: title, size, legend, and what is drawn in its panels or scenes.</summary>
/// <param name="title">The title.</param>
/// <param name="height">Pixels.</param>
internal abstract class Figure(string title, int height)
{
    /// <summary>Figures are as wide as the page; from this width on, in pixels, nothing of them is cut.</summary>
    private protected const int Narrowest = 680;

    /// <summary>Pixels of a line of the legend, of the title, and of what is said below the title.</summary>
    private const int LegendLine = 20, TitleLine = 23, Line = 20;

    /// <summary>Pixels of a line of a caption.</summary>
    private protected const int CaptionLine = 17;

    private readonly List<Series> series = [];
    private readonly List<Scale> barred = [];
    private readonly List<Func<Annotation>> notes = [];
    private readonly List<Func<Shape>> shapes = [];
    private (string Prefix, IReadOnlyList<string> Labels)? slider;

    public Legend Legend { get; init; }

    /// <summary>Pixels at the left of the panels.</summary>
    public int Left { get; init; } = 80;

    /// <summary>Pixels below the panels; default enough for a title of the axis and for the legend.</summary>
    public int? Bottom { get; init; }

    /// <summary>What else the layout needs.</summary>
    private protected Layout Layout { get; } = new();

    private protected abstract Margin Margin { get; }

    private protected int Height => height;

    private protected int BelowPanels => Bottom ?? (slider is not null ? 130 : Legend == Legend.Below ? 108 : 60);

    /// <summary>Pixels between the panels and a legend below them: those of ticks and title of the axis.</summary>
    private protected virtual int BesideLegend => 66;

    /// <summary>Lines of text that stand on the panels.</summary>
    private protected virtual int LinesOnPanels => notes.Count > 0 ? 1 : 0;

    private protected bool HasLegendAbove => Legend is Legend.Above or Legend.AboveRight && ShowsLegend;

    /// <summary>A name that is the only one is worth a legend where something nameless is drawn beside it.</summary>
    private protected bool ShowsLegend => Legend != Legend.None
        && (LegendNames.Count > 1 || (LegendNames.Count == 1 && series.Count > 1));

    /// <summary>
    /// Rows of the legend on the narrowest page: one where all names fit, otherwise columns as wide as the longest.
    /// </summary>
    private int LegendRows
    {
        get
        {
            if (!ShowsLegend) return 1;
            double room = Narrowest - (int)Margin.GetPropertyValue("l") - (int)Margin.GetPropertyValue("r") - BarRoom;
            double[] widths = [.. LegendNames.Select(name => 45 + Style.Width(name, 13))];
            return widths.Sum() <= room ? 1
                : (int)Math.Ceiling(widths.Length / Math.Max(1, Math.Floor(room / widths.Max())));
        }
    }

    /// <summary>Pixels that the bar of a scale takes.</summary>
    private int BarRoom => barred.Count > 0 ? 75 : 0;

    private List<string> LegendNames => [.. series.Where(one => one.MayBeInLegend).Select(one => one.Name).Distinct()];

    /// <summary>A slider below the figure that shows what is drawn <see cref="Series.At"/> one frame.</summary>
    /// <param name="prefix">What is written before a label.</param>
    /// <param name="labels">A label for each frame.</param>
    public void Slider(string prefix, IReadOnlyList<string> labels) => slider = (prefix, labels);

    /// <summary>The chart, to show or to restyle.</summary>
    /// <param name="assumed">
    /// What is not checked of the networks that it shows (<see cref="Cell.Unchecked"/>): a line below the title says
    /// it, and the figure is higher by that line. Null where the form is known.
    /// </param>
    public GenericChart Chart(params IEnumerable<string?> assumed)
    {
        Arrange();
        // What a narrow page makes of long words and legends is room that the figure has besides.
        string words = Style.Wrapped(title, 17, Narrowest, out int more);
        var (above, below, margin) = (TitleLine * more, 0, Margin);
        if (Form.NotChecked(assumed) is { } line)
        {
            words = Style.Below(words, Style.Wrapped(line, 13, Narrowest, out int lines));
            above += Line * (lines + 1);
        }
        if (HasLegendAbove) above += LegendLine * (LegendRows - 1);
        if (Legend == Legend.Below) below += LegendLine * (LegendRows - 1);
        int whole = height + above + below;
        margin.With("t", (int)margin.GetPropertyValue("t") + above)
            .With("b", (int)margin.GetPropertyValue("b") + below);
        // With a slider each position has a legend of its own.
        var seen = new HashSet<(int?, string)>();
        (Series Series, Trace Trace)[] drawn = [.. series.SelectMany(one => one.Built(
            ShowsLegend && one.MayBeInLegend && seen.Add((one.Frame, one.Name)),
            series.Count(other => other.Name == one.Name) > 1), (one, trace) => (one, trace))];
        // So far below the upper edge, whatever the margin, that a legend above the panels stays clear of it.
        Layout.With("title", Style.Title(words, 17).With("x", 0.02).With("xanchor", "left")
                .With("y", 1 - 24.0 / whole).With("yanchor", "middle"))
            .With("font", Style.Font(13).With("family", "Helvetica, Arial, sans-serif"))
            .With("autosize", true).With("height", whole).With("paper_bgcolor", "#ffffff")
                .With("plot_bgcolor", "#ffffff")
            .With("hovermode", "closest")
            .With("hoverlabel", new Hoverlabel().With("align", "left").With("bgcolor", "#ffffff")
                .With("font", Style.Font(13)))
            .With("margin", margin);
        if (!ShowsLegend) Layout.With("showlegend", false);
        else Layout.With("legend", LegendBox());
        if (notes.Count > 0) Layout.With("annotations", notes.Select(note => note()).ToArray());
        if (shapes.Count > 0) Layout.With("shapes", shapes.Select(shape => shape()).ToArray());
        if (slider is { } frames)
            Layout.With("sliders", new object[]
                { SliderBox(frames.Prefix, frames.Labels, [.. drawn.Select(one => one.Series.Frame)]) });
        return Of(drawn.Select(one => one.Trace), Layout);
    }

    /// <summary>Lays out panels or scenes, when all is drawn.</summary>
    private protected abstract void Arrange();

    internal Series Add(Trace trace, string name)
    {
        var added = new Series(trace, name, this);
        series.Add(added);
        return added;
    }

    internal void Note(Func<Annotation> note) => notes.Add(note);

    internal void Draw(Func<Shape> shape) => shapes.Add(shape);

    /// <summary>Gives a marker, a surface or a heat map a scale of colours, whose bar is drawn once.</summary>
    internal void Apply(Scale scale, DynamicObj.DynamicObj target, bool? bar)
    {
        bool shown = bar ?? !barred.Contains(scale);
        barred.Add(scale);
        target.With("colorscale", scale.Colours.ToString()).With("showscale", shown);
        if (shown)
            target.With(
                "colorbar", ColorBarOf(new ColorBar().With("title", Style.Title(scale.Title, 13)).With("thickness", 14)
                .With("tickvals", scale.Ticks?.Keys.ToArray()).With("ticktext", scale.Ticks?.Values.ToArray())
                    .With("dtick", scale.Every)));
    }

    private protected virtual ColorBar ColorBarOf(ColorBar bar) => bar;

    private static GenericChart Of(IEnumerable<Trace> traces, Layout layout) => GenericChart.setConfig(
        new Config().With("displaylogo", false),
        GenericChart.setLayout(
            layout, GenericChart.ofTraceObjects(false, Microsoft.FSharp.Collections.ListModule.OfSeq(traces))));

    private Plotly.NET.LayoutObjects.Legend LegendBox()
    {
        var box = new Plotly.NET.LayoutObjects.Legend();
        double plot = height - (int)Margin.GetPropertyValue("t") - (int)Margin.GetPropertyValue("b");
        return Legend switch
        {
            // Pixels, whatever the height: above captions, and below the title of an axis.
            Legend.Above => Row(0, "left", 1 + (8 + CaptionLine * LinesOnPanels) / plot, "bottom"),
            Legend.AboveRight => Row(1, "right", 1 + (8 + CaptionLine * LinesOnPanels) / plot, "bottom"),
            Legend.Below => Row(0.5, "center", -BesideLegend / plot, "top"),
            _ => At(0.99, "right", 0.03, "bottom").With("bgcolor", "rgba(255,255,255,0.8)"),
        };

        Plotly.NET.LayoutObjects.Legend Row(double x, string xanchor, double y, string yanchor) =>
            At(x, xanchor, Style.Drawn(y), yanchor).With("orientation", "h");

        Plotly.NET.LayoutObjects.Legend At(double x, string xanchor, double y, string yanchor) => box
            .With("x", x).With("xanchor", xanchor).With("y", y).With("yanchor", yanchor).With("itemsizing", ItemSizing);
    }

    private protected virtual string? ItemSizing => null;

    private static Dictionary<string, object> SliderBox(
        string prefix, IReadOnlyList<string> labels, IReadOnlyList<int?> frames)
    {
        var steps = labels.Select((label, frame) => new Dictionary<string, object>
        {
            ["method"] = "restyle",
            ["label"] = label,
            ["args"] = new object[] { new Dictionary<string, object>
            {
                ["visible"] = frames.Select(one => one is null || one == frame).ToArray(),
            } },
        });
        return new()
        {
            ["active"] = 0,
            ["x"] = 0,
            ["len"] = 1.0,
            ["y"] = -0.16,
            ["pad"] = new Dictionary<string, object> { ["t"] = 30 },
            ["currentvalue"] = new Dictionary<string, object>
            {
                ["prefix"] = prefix,
                ["font"] = new Dictionary<string, object> { ["size"] = 14 },
            },
            ["steps"] = steps.ToArray(),
        };
    }
}
