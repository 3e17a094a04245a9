using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.FSharp.Core;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>
/// A chart as HTML for a notebook that has no network: the chart's own data and a script that draws it as soon as
/// plotly.js is on the page, which one output of the notebook brings for all.
/// </summary>
internal static partial class ChartHtml
{
    private const int DefaultHeight = 450, Widest = 1400;

    private const string Untrusted = "<p>A script draws this figure: trust the notebook to see it.</p>";

    private static readonly Lazy<string> Script =
        new(() => Resource(typeof(ChartHtml).Assembly, "figure.js", WithoutComments));

    /// <summary>The output that brings plotly.js into a notebook.</summary>
    public static string Plotly()
    {
        // As a module of our own, so that a page with RequireJS does not take it away; and no word in it may end the
        // script element.
        string source =
            Resource(typeof(GenericChart).Assembly, PlotlyResource(), text => EndOfScript().Replace(text, @"<\$1"));
        return $$"""
            <script>
            (function () {
              if (window.neurodynamicsPlotly) return;
              var module = { exports: {} }, exports = module.exports, define;
            {{source}}
              window.neurodynamicsPlotly = module.exports;
              window.dispatchEvent(new Event("neurodynamics-plotly"));
            })();
            </script>
            """;
    }

    /// <summary>A chart as HTML. The same chart gives the same text.</summary>
    public static string Of(GenericChart chart)
    {
        string figure = Escaped(GenericChart.toJson(chart));
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(figure)))[..12];
        var (width, height) = GenericChart.tryGetLayoutSize(chart);
        string size = $"min-height:{Pixels(height) ?? DefaultHeight}px"
            + (Pixels(width) is { } pixels ? $";width:{pixels}px" : $";max-width:{Widest}px;overflow-x:auto");
        return string.Create(CultureInfo.InvariantCulture, $$"""
            <div class="neurodynamics-figure" data-figure="{{key}}" style="{{size}}">{{Untrusted}}</div>
            <script>
            {{Script.Value}}neurodynamics.show("{{key}}", {{figure}});
            </script>
            """);
    }

    /// <summary>What a chart is, in one line for viewers that show text only.</summary>
    public static string Words(GenericChart chart)
    {
        int traces = GenericChart.getTraces(chart).Count();
        return string.Create(
            CultureInfo.InvariantCulture, $"[Plotly figure with {traces} {(traces == 1 ? "trace" : "traces")}]");
    }

    private static int? Pixels(FSharpOption<int>? option) =>
        FSharpOption<int>.get_IsSome(option) ? option!.Value : null;

    // Inside a script element, and on one line whatever the text: both strings mean the same to JavaScript.
    private static string Escaped(string json) => json
        .Replace("<", @"\u003c", StringComparison.Ordinal)
        .Replace("\u2028", @"\u2028", StringComparison.Ordinal)
        .Replace("\u2029", @"\u2029", StringComparison.Ordinal);

    private static string WithoutComments(string source) =>
        string.Concat(source.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(
            line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)).Select(line => line + "\n"));

    private static string PlotlyResource() =>
        typeof(GenericChart).Assembly.GetManifestResourceNames().Single(PlotlyResourceName().IsMatch);

    private static string Resource(Assembly assembly, string name, Func<string, string> change)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return change(reader.ReadToEnd());
    }

    [GeneratedRegex(@"plotly-([0-9.]+)\.min\.js$")]
    private static partial Regex PlotlyResourceName();

    [GeneratedRegex("<(/script|!--|script)", RegexOptions.IgnoreCase)]
    private static partial Regex EndOfScript();
}
