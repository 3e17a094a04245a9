using System.Globalization;
using DynamicObj;
using Plotly.NET;
using Plotly.NET.LayoutObjects;

namespace Neurodynamics.Notebooks;

/// <summary>The look that all figures share. Colours are Okabe and Ito's, which stay apart for the colour-blind.</summary>
internal static class Style
{
    public const string Black = "#000000", Orange = "#E69F00", SkyBlue = "#56B4E9", Green = "#009E73", Yellow = "#F0E442", Blue = "#0072B2", Vermillion = "#D55E00", Purple = "#CC79A7", Grey = "#999999";

    public const string Ink = "#222222";

    public const int Width = 820;

    /// <summary>Sets a property of a Plotly object by plotly.js's name; null leaves it out.</summary>
    public static T With<T>(this T target, string name, object? value)
        where T : DynamicObj.DynamicObj
    {
        if (value is not null) target.SetProperty(name, value);
        return target;
    }

    public static Title Title(string text, double size = 14) => new Title().With("text", text).With("font", Font(size));

    public static Font Font(double size, string colour = Ink) => new Font().With("size", size).With("color", colour);

    public static Layout Layout(string title, int height) => new Layout()
        .With("title", Title(title, 17).With("x", 0.02).With("xanchor", "left"))
        .With("font", Font(13).With("family", "Helvetica, Arial, sans-serif"))
        .With("width", Width)
        .With("height", height)
        .With("paper_bgcolor", "#ffffff")
        .With("plot_bgcolor", "#ffffff")
        .With("hovermode", "closest")
        .With("hoverlabel", new Hoverlabel().With("align", "left").With("bgcolor", "#ffffff").With("font", Font(13)));

    public static LinearAxis Axis(string? title = null) => new LinearAxis()
        .With("title", title is null ? null : Title(title, 14))
        .With("linecolor", "#888888")
        .With("gridcolor", "#e4e4e4")
        .With("zerolinecolor", "#bbbbbb")
        .With("showline", true)
        .With("ticks", "outside")
        .With("tickcolor", "#888888");

    public static GenericChart Chart(IEnumerable<Trace> traces, Layout layout) => GenericChart.setConfig(
        new Config().With("displaylogo", false),
        GenericChart.setLayout(layout, GenericChart.ofTraceObjects(false, Microsoft.FSharp.Collections.ListModule.OfSeq(traces))));

    /// <summary>A number with no more digits than a picture shows: smaller notebooks, smaller differences between two runs.</summary>
    public static double Drawn(double value) =>
        double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
