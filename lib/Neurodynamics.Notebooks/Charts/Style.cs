using System.Globalization;
using System.Text.RegularExpressions;
using Plotly.NET;
using Plotly.NET.LayoutObjects;

namespace Neurodynamics.Notebooks.Charts;

/// <summary>
/// What all charts share: fonts, rounding, and the way to plotly's own names, which no other folder uses.
/// </summary>
internal static partial class Style
{
    /// <summary>Sets a property of a Plotly object by plotly.js's name; null leaves it out.</summary>
    public static T With<T>(this T target, string name, object? value)
        where T : DynamicObj.DynamicObj
    {
        if (value is not null) target.SetProperty(name, value);
        return target;
    }

    /// <summary>A property as it was set by <see cref="With"/>; null where it was not.</summary>
    public static object? Of(DynamicObj.DynamicObj target, string name) => target.TryGetPropertyValue(name)?.Value;

    public static Title Title(string text, double size) =>
        new Title().With("text", WithMinus(text)).With("font", Font(size));

    /// <summary>A text whose negative numbers have a minus sign, where notebooks write them with a hyphen.</summary>
    private static string WithMinus(string text) => Negative().Replace(text, "\u2212");

    [GeneratedRegex(@"(?<![\w.\-])-(?=[\d.])")]
    private static partial Regex Negative();

    public static Font Font(double size, Paint? paint = null) =>
        new Font().With("size", size).With("color", (paint ?? Paint.Ink).Css);

    public static Line Line(Paint? paint, double width, Dash dash = Dash.Solid) => new Line()
        .With("color", paint?.Css).With("width", width)
            .With("dash", dash == Dash.Solid ? null : dash.ToString().ToLowerInvariant());

    /// <summary>Text on a figure, without an arrow.</summary>
    public static Annotation Note(string text, double size, Paint? paint = null) =>
        new Annotation().With("text", WithMinus(text)).With("showarrow", false).With("font", Font(size, paint));

    /// <summary>A smaller line below a title.</summary>
    public static string Below(string title, string line) => $"{title}<br><span style=\"font-size:13px\">{line}</span>";

    /// <summary>About how wide a text is, in pixels; what is between angle brackets has no width.</summary>
    public static double Width(string text, double size)
    {
        bool inTag = false;
        int letters = 0;
        foreach (char letter in text)
        {
            if (letter == '<') inTag = true;
            else if (letter == '>') inTag = false;
            else if (!inTag) letters++;
        }
        return 0.53 * size * letters;
    }

    /// <summary>A text with breaks where a line would be wider than so many pixels.</summary>
    /// <param name="more">How many lines it has besides the first.</param>
    public static string Wrapped(string text, double size, double pixels, out int more)
    {
        var lines = new List<string>();
        foreach (string part in text.Split("<br>"))
        {
            string line = "";
            foreach (string word in part.Split(' '))
            {
                string longer = line.Length == 0 ? word : $"{line} {word}";
                if (line.Length > 0 && Width(longer, size) > pixels)
                {
                    lines.Add(line);
                    longer = word;
                }
                line = longer;
            }
            lines.Add(line);
        }
        more = lines.Count - 1;
        return string.Join("<br>", lines);
    }

    /// <summary>
    /// A number with no more digits than a picture shows: smaller notebooks, smaller differences between two runs.
    /// </summary>
    public static double Drawn(double value) => Math.Abs(value) is < 1e5 and >= 1 or 0 && value == Math.Truncate(value)
        ? value : double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    public static double[] Drawn(IEnumerable<double> values) => [.. values.Select(Drawn)];

    /// <summary>
    /// One coordinate of points; 0 where a point has fewer, a break in the line where there is no point.
    /// </summary>
    public static double[] Along(IEnumerable<double[]?> points, int axis) =>
        [.. points.Select(point => point is null ? double.NaN : axis < point.Length ? Drawn(point[axis]) : 0)];
}
