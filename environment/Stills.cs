using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PuppeteerSharp;

namespace Neurodynamics.Environment;

/// <summary>
/// Pictures of a notebook's figures, for viewers that run no script: taken from its page in a browser, and put where the script that draws a figure finds its place. A
/// figure that has not changed keeps the picture it had.
/// </summary>
public static partial class Stills
{
    const string Waiting = "<p>A script draws this figure: trust the notebook to see it.</p>";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Puts a picture beside each figure of an executed notebook and of its page.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="notebook">The executed notebook, with its page beside it.</param>
    /// <param name="before">The notebook as it was, from which unchanged pictures come; it may not exist.</param>
    /// <returns>How many figures have a picture, and how many have none because they did not draw.</returns>
    public static async Task<(int Shown, int Missing)> AddAsync(IBrowser browser, string notebook, string before)
    {
        var page = Path.ChangeExtension(notebook, ".html");
        var keys = Figure().Matches(await File.ReadAllTextAsync(page)).Select(match => match.Groups["key"].Value).Distinct().ToArray();
        if (keys.Length == 0)
        {
            return (0, 0);
        }

        var pictures = File.Exists(before) ? Of(await File.ReadAllTextAsync(before)) : [];
        var open = keys.Where(key => !pictures.ContainsKey(key)).ToArray();
        if (open.Length > 0)
        {
            await TakeAsync(browser, page, open, pictures);
        }

        await File.WriteAllTextAsync(page, Place(await File.ReadAllTextAsync(page), pictures));
        var content = JsonNode.Parse(await File.ReadAllTextAsync(notebook))!;
        Change(content, text => Place(text, pictures));
        await File.WriteAllTextAsync(notebook, NotebookCleaner.Clean(content.ToJsonString()));
        var missing = keys.Count(key => !pictures.ContainsKey(key));
        return (keys.Length - missing, missing);
    }

    /// <summary>The pictures in a notebook, by figure.</summary>
    public static Dictionary<string, string> Of(string notebook)
    {
        var pictures = new Dictionary<string, string>();
        Change(JsonNode.Parse(notebook)!, text =>
        {
            foreach (Match match in Still().Matches(text))
            {
                pictures[match.Groups["key"].Value] = match.Groups["picture"].Value;
            }

            return text;
        });
        return pictures;
    }

    /// <summary>How many of a notebook's figures have no picture.</summary>
    public static int Missing(string notebook)
    {
        var missing = 0;
        Change(JsonNode.Parse(notebook)!, text =>
        {
            missing += Figure().Count(text);
            return text;
        });
        return missing;
    }

    static string Place(string html, IReadOnlyDictionary<string, string> pictures) => Figure().Replace(html, match =>
        pictures.TryGetValue(match.Groups["key"].Value, out var picture)
            ? $"{match.Groups["start"].Value}<img alt=\"The figure as a still\" style=\"max-width:100%\" src=\"{picture}\"><p>A still: trust the notebook to turn it.</p>"
            : match.Value);

    static async Task TakeAsync(IBrowser browser, string page, IEnumerable<string> keys, Dictionary<string, string> pictures)
    {
        await using var tab = await browser.NewPageAsync();
        await tab.SetRequestInterceptionAsync(true);
        tab.Request += async (_, asked) => await (asked.Request.Url.StartsWith("http", StringComparison.Ordinal) ? asked.Request.AbortAsync() : asked.Request.ContinueAsync());
        await tab.GoToAsync(new Uri(page).AbsoluteUri, new NavigationOptions { WaitUntil = [WaitUntilNavigation.DOMContentLoaded] });
        foreach (var key in keys)
        {
            try
            {
                // In view it is drawn, even where other scenes have to give way.
                await tab.EvaluateFunctionAsync("key => document.querySelector(`[data-figure='${key}']`).scrollIntoView({ block: 'center' })", key);
                await tab.WaitForFunctionAsync("key => document.querySelector(`[data-figure='${key}'] .main-svg`)", new WaitForFunctionOptions { Timeout = (int)Patience.TotalMilliseconds }, key);
                pictures[key] = await tab.EvaluateFunctionAsync<string>("""
                    async key => {
                      const box = document.querySelector(`[data-figure='${key}']`), plot = box.querySelector('.js-plotly-plot');
                      return await window.neurodynamicsPlotly.toImage(plot, { format: 'png', width: box.offsetWidth, height: box.offsetHeight });
                    }
                    """, key);
            }
            catch (Exception late) when (late is PuppeteerException or TimeoutException)
            {
                // The figure keeps its sentence; the caller counts it.
            }
        }
    }

    static void Change(JsonNode notebook, Func<string, string> change)
    {
        foreach (var data in notebook["cells"]!.AsArray().SelectMany(cell => cell!["outputs"] as JsonArray ?? []).Select(output => output!["data"]?["text/html"]))
        {
            if (data is JsonArray lines)
            {
                for (var i = 0; i < lines.Count; i++)
                {
                    var line = lines[i]!.GetValue<string>();
                    if (line.Contains("data-figure", StringComparison.Ordinal))
                    {
                        lines[i] = change(line);
                    }
                }
            }
            else if (data is JsonValue value)
            {
                value.ReplaceWith(change(value.GetValue<string>()));
            }
        }
    }

    [GeneratedRegex("(?<start><div class=\"neurodynamics-figure\" data-figure=\"(?<key>[0-9a-f]+)\"[^>]*>)" + Waiting)]
    private static partial Regex Figure();

    [GeneratedRegex("<div class=\"neurodynamics-figure\" data-figure=\"(?<key>[0-9a-f]+)\"[^>]*><img [^>]*src=\"(?<picture>data:image/png;base64,[^\"]+)\"")]
    private static partial Regex Still();
}
