using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
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

    private static readonly Lazy<string> Script = Own("figure.js"), Theme = Own("theme.js"),
        Camera = Own("camera.js"), Asked = Own("asked.js");

    /// <summary>
    /// The output that brings plotly.js into a notebook, and how figures look and are seen in it. It serves what
    /// Plotly.NET's own extension writes, too. And it lets sentences break between words: Jupyter breaks them anywhere.
    /// </summary>
    public static string Plotly()
    {
        // As a module of our own, so that a page with RequireJS does not take it away; and no word in it may end the
        // script element.
        string source =
            Resource(typeof(GenericChart).Assembly, PlotlyResource(), text => EndOfScript().Replace(text, @"<\$1"));
        return $$"""
            <style>.jp-OutputArea-output pre { word-break: normal; overflow-wrap: anywhere }</style>
            <script>
            (function () {
              if (window.neurodynamicsPlotly) return;
              var module = { exports: {} }, exports = module.exports, define;
            {{source}}
              {{Theme.Value}}{{Camera.Value}}window.neurodynamicsPlotly = module.exports;
              {{Asked.Value}}
              window.dispatchEvent(new Event("neurodynamics-plotly"));
            })();
            </script>
            """;
    }

    /// <summary>A chart as HTML. The same chart gives the same text.</summary>
    public static string Of(GenericChart chart)
    {
        var (width, height) = GenericChart.tryGetLayoutSize(chart);
        return Of(GenericChart.toJson(chart), Pixels(width), Pixels(height));
    }

    /// <summary>A page of its own for a chart, with all that it needs.</summary>
    /// <param name="chart">The chart, which stays as it is.</param>
    /// <param name="width">Pixels; default the chart's own, or as wide as the window.</param>
    /// <param name="height">Pixels; default the chart's own.</param>
    public static string Page(GenericChart chart, int? width = null, int? height = null)
    {
        var (ownWidth, ownHeight) = GenericChart.tryGetLayoutSize(chart);
        var json = JsonNode.Parse(GenericChart.toJson(chart))!;
        var layout = json["layout"]!;
        if (width is not null) layout["width"] = width;
        if (height is not null) layout["height"] = height;
        return $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Figure</title></head>
            <body style="margin:0">
            {{Plotly()}}
            {{Of(json.ToJsonString(), width ?? Pixels(ownWidth), height ?? Pixels(ownHeight))}}
            </body>
            </html>

            """;
    }

    private static string Of(string json, int? width, int? height)
    {
        string figure = Escaped(json);
        // Of the scripts too: another script may draw the same figure otherwise, and its still is then taken again.
        byte[] drawing = Encoding.UTF8.GetBytes(figure + Script.Value + Theme.Value + Camera.Value);
        string key = Convert.ToHexStringLower(SHA256.HashData(drawing))[..12];
        string size = $"min-height:{height ?? DefaultHeight}px"
            + (width is not null ? $";width:{width}px" : $";max-width:{Widest}px;overflow-x:auto");
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

    private static Lazy<string> Own(string script) =>
        new(() => Resource(typeof(ChartHtml).Assembly, script, WithoutComments));

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
