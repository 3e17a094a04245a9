using System.Text.RegularExpressions;
using PuppeteerSharp;

namespace Neurodynamics.Environment;

/// <summary>
/// Pictures of a notebook's figures, for viewers that run no scripts: taken from its page in a browser, and put where
/// the script that draws a figure finds its place. A figure that has not changed keeps its picture.
/// </summary>
public static partial class Stills
{
    const string Waiting = "<p>A script draws this figure: trust the notebook to see it.</p>";
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Puts a picture beside each figure of an executed notebook and of its page.</summary>
    /// <param name="notebook">The executed notebook, with its page beside it.</param>
    /// <param name="before">The notebook before, from which unchanged pictures come; it may not exist.</param>
    /// <returns>How many figures have a picture, and how many have none because they did not draw.</returns>
    public static async Task<(int Shown, int Missing)> AddAsync(IBrowser browser, string notebook, string before)
    {
        string page = Path.ChangeExtension(notebook, ".html");
        string[] keys = [.. Figure().Matches(await File.ReadAllTextAsync(page)).Select(Key).Distinct()];
        var pictures = File.Exists(before) ? Of(await File.ReadAllTextAsync(before)) : [];
        string[] open = [.. keys.Where(key => !pictures.ContainsKey(key))];
        if (open.Length > 0) await TakeAsync(browser, page, open, pictures);
        foreach (string file in keys.Length > 0 ? new[] { page, notebook } : [])
            WholeFile.Write(file, Place(await File.ReadAllTextAsync(file), pictures));
        int missing = keys.Count(key => !pictures.ContainsKey(key));
        return (keys.Length - missing, missing);
    }

    /// <summary>The pictures in a notebook, by figure.</summary>
    public static Dictionary<string, string> Of(string notebook)
    {
        var pictures = new Dictionary<string, string>();
        foreach (Match still in Still().Matches(notebook)) pictures[Key(still)] = still.Groups["picture"].Value;
        return pictures;
    }

    /// <summary>How many of a notebook's figures have no picture.</summary>
    public static int Missing(string notebook) => Figure().Count(notebook);

    static string Key(Match figure) => figure.Groups["key"].Value;

    static string Place(string text, IReadOnlyDictionary<string, string> pictures) => Figure().Replace(text, match =>
        pictures.TryGetValue(Key(match), out string? picture)
            ? match.Groups["start"].Value + """<img alt="The figure as a still" style="max-width:100%" src="PICTURE">"""
                .Replace("PICTURE", picture).Replace("\"", match.Groups["quote"].Value)
                + "<p>A still: trust the notebook to turn it.</p>"
            : match.Value);

    static async Task TakeAsync(
        IBrowser browser, string page, IEnumerable<string> keys, Dictionary<string, string> pictures)
    {
        await using var tab = await browser.NewPageAsync();
        await tab.SetRequestInterceptionAsync(true);
        tab.Request += async (_, asked) => await (asked.Request.Url.StartsWith("http", StringComparison.Ordinal)
            ? asked.Request.AbortAsync()
            : asked.Request.ContinueAsync());
        await tab.GoToAsync(new Uri(page).AbsoluteUri, WaitUntilNavigation.DOMContentLoaded);
        var patience = new WaitForFunctionOptions { Timeout = (int)Patience.TotalMilliseconds };
        foreach (string key in keys)
        {
            try
            {
                // In view it is drawn, even where other scenes have to give way.
                await tab.EvaluateFunctionAsync(
                    "key => document.querySelector(`[data-figure='${key}']`).scrollIntoView({ block: 'center' })", key);
                await tab.WaitForFunctionAsync(
                    "key => document.querySelector(`[data-figure='${key}'] .main-svg`)", patience, key);
                pictures[key] = await tab.EvaluateFunctionAsync<string>("""
                    async key => {
                      const box = document.querySelector(`[data-figure='${key}']`);
                      return await window.neurodynamicsPlotly.toImage(
                        box.querySelector('.js-plotly-plot'),
                        { format: 'png', width: box.offsetWidth, height: box.offsetHeight });
                    }
                    """, key);
            }
            catch (Exception late) when (late is PuppeteerException or TimeoutException)
            {
                // The figure keeps its sentence; the caller counts it.
            }
        }
    }

    // A page has a figure's HTML as it is; a notebook, which is JSON, has a backslash before each quotation mark.
    const string Start = """(?<start><div class=(?<quote>\\?")neurodynamics-figure\\?" """
        + """data-figure=\\?"(?<key>[0-9a-f]+)\\?"[^>]*>)""";

    [GeneratedRegex(Start + Waiting)]
    private static partial Regex Figure();

    [GeneratedRegex(Start + """<img [^>]*src=\\?"(?<picture>data:image/png;base64,[^"\\]+)""")]
    private static partial Regex Still();
}
