using System.Globalization;
using Plotly.NET.LayoutObjects;

namespace Neurodynamics.Notebooks.Charts;

/// <summary>
/// An axis of a panel or of a scene. All values are in the units of the data, on a logarithmic axis too.
/// </summary>
internal sealed class Axis
{
    private readonly LinearAxis axis;
    private readonly double titleSize;
    private double[]? range;

    private Axis(LinearAxis axis, double titleSize) => (this.axis, this.titleSize) = (axis, titleSize);

    /// <summary>Whether it is logarithmic.</summary>
    public bool IsLogarithmic { get; private set; }

    /// <summary>What it is called: x, y2, z.</summary>
    internal string Id { get; init; } = "";

    internal static Axis Flat(string id) =>
        new(new LinearAxis().With("linecolor", "#888888").With("gridcolor", "#e4e4e4")
        .With("zerolinecolor", "#bbbbbb").With("showline", true).With("ticks", "outside").With("tickcolor", "#888888")
        // Room for whatever labels there are: their width depends on the fonts of the machine.
        .With("automargin", id[0] == 'y' ? "left" : null), 14)
        { Id = id };

    internal static Axis InSpace() => new(new LinearAxis().With("tickfont", Style.Font(11, Paint.DarkGrey))
        .With("gridcolor", "#dddddd").With("zerolinecolor", "#bbbbbb").With("showbackground", true)
        .With("backgroundcolor", "#fafafa").With("showspikes", false), 13);

    public Axis Titled(string? text, double? size = null) =>
        // A title beside an axis stands clear of labels of any width.
        Set("title", text is null ? null
            : Style.Title(text, size ?? titleSize).With("standoff", Id.StartsWith('y') ? 8 : null));

    /// <summary>Logarithmic, with a label at every so many decades, as a power of ten: at 1 and 10 as well.</summary>
    public Axis Logarithmic(int decades = 1)
    {
        IsLogarithmic = true;
        int[] labelled = [.. Enumerable.Range(-40, 53).Where(decade => decade % decades == 0)];
        return Set("type", "log").Ticks(labelled.Select(decade => Math.Pow(10, decade)), labelled.Select(Power));
    }

    /// <summary>Labels within a decade as well, at 1, 2 and 5: where there may be no power of ten.</summary>
    public Axis WithinDecades() => Set("tickmode", "linear").Set("dtick", "D2");

    /// <summary>From one value to another. On a logarithmic axis both are positive.</summary>
    public Axis From(double low, double high)
    {
        range = [low, high];
        return this;
    }

    public Axis FromZero() => Set("rangemode", "tozero");

    public Axis Reversed() => Set("autorange", "reversed");

    public Axis Percent() => Set("tickformat", ".2~%");

    public Axis Format(string format) => Set("tickformat", format);

    public Axis Every(double step) => Set("dtick", step);

    /// <summary>Labels at some values.</summary>
    public Axis Ticks(IEnumerable<double> places, IEnumerable<string> texts) =>
        Set("tickvals", places.ToArray()).Set("ticktext", texts.ToArray());

    /// <summary>Labels the values 0, 1, 2, ... with texts, and leaves as much room at both ends as asked for.</summary>
    public Axis Categories(IReadOnlyList<string> texts, double room = 0.5) =>
        Ticks(Enumerable.Range(0, texts.Count).Select(i => (double)i), texts).From(-room, texts.Count - 1 + room);

    /// <summary>Labels an axis of logarithms to the base 10 as powers of ten.</summary>
    public Axis Powers(int lowest, int highest, int step = 1)
    {
        int[] decades = [.. Enumerable.Range(lowest, highest - lowest + 1).Where(decade => decade % step == 0)];
        return Ticks(decades.Select(decade => (double)decade), decades.Select(Power));
    }

    /// <summary>A power of ten as text.</summary>
    public static string Power(int decade) =>
        $"10<sup>{decade.ToString(CultureInfo.InvariantCulture).Replace('-', '\u2212')}</sup>";

    public Axis NoGrid() => Set("showgrid", false);

    public Axis NoZeroLine() => Set("zeroline", false);

    public Axis ZeroLine(Paint? paint = null) => Set("zeroline", true).Set("zerolinecolor", paint?.Css);

    public Axis NoTicks() => Set("showticklabels", false).Set("ticks", "");

    public Axis NoTickLabels(bool really = true) => really ? Set("showticklabels", false) : this;

    /// <summary>Makes room for long labels.</summary>
    public Axis Roomy() => Set("automargin", true);

    /// <summary>One unit is as long as on another axis.</summary>
    public Axis AsLongAs(Axis other) => Set("scaleanchor", other.Id);

    /// <summary>Keeps its range where its units are <see cref="AsLongAs"/> others: the panel shrinks instead.</summary>
    public Axis Keeping() => Set("constrain", "domain");

    /// <summary>Not drawn, and in a plane not to be dragged.</summary>
    public Axis Hidden() => Set("visible", false).Set("fixedrange", Id.Length > 0 ? true : null);

    /// <summary>
    /// A value as plotly.js wants it in ranges and in places of text: its logarithm on a logarithmic axis.
    /// </summary>
    internal double Place(double value) => IsLogarithmic ? Math.Log10(value) : value;

    internal LinearAxis Built() => axis.With("range", range?.Select(value => Style.Drawn(Place(value))).ToArray());

    internal Axis Set(string name, object? value)
    {
        axis.With(name, value);
        return this;
    }
}
