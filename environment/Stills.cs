using System.Text.RegularExpressions;
using Neurodynamics.Pictures;
using PuppeteerSharp;

namespace Neurodynamics.Environment;

/// <summary>A figure as it was drawn.</summary>
/// <param name="Png">As a PNG in base64, for what prints a notebook, such as an export to LaTeX.</param>
/// <param name="WebP">The same as WebP, a quarter of the bytes, for the figure's place on a page.</param>
public sealed record StillPicture(string Png, string WebP);

/// <summary>
/// Pictures of a notebook's figures, for viewers that run no scripts: taken from its page in a browser, and put where
/// the script that draws a figure finds its place, and beside the figure's HTML. A figure that has not changed keeps
/// its picture.
/// </summary>
public static partial class Stills
{
    const string Waiting = "<p>A script draws this figure: trust the notebook to see it.</p>";
    const string Html = "\"text/html\": [";

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
        if (keys.Length > 0)
        {
            WorkbookFile.Write(page, Placed(await File.ReadAllTextAsync(page), pictures));
            WorkbookFile.Write(notebook, Placed(Beside(await File.ReadAllTextAsync(notebook), pictures), pictures));
        }

        int missing = keys.Count(key => !pictures.ContainsKey(key));
        return (keys.Length - missing, missing);
    }

    /// <summary>The pictures in a notebook, by figure.</summary>
    public static Dictionary<string, StillPicture> Of(string notebook)
    {
        var pictures = new Dictionary<string, StillPicture>();
        foreach (Match still in Still().Matches(notebook))
            if (Png().Match(notebook[..HtmlOf(notebook, still)]) is { Success: true } png)
                pictures[Key(still)] = new(png.Groups["picture"].Value, still.Groups["picture"].Value);
        return pictures;
    }

    /// <summary>How many of a notebook's figures have no picture.</summary>
    public static int Missing(string notebook) => Figure().Count(notebook);

    static string Key(Match figure) => figure.Groups["key"].Value;

    /// <summary>Where the HTML begins, in a notebook, that a figure stands in.</summary>
    static int HtmlOf(string notebook, Match figure) =>
        notebook.LastIndexOf(Html, figure.Index, StringComparison.Ordinal);

    /// <summary>A notebook with a PNG beside the HTML of each figure, as nbformat writes it.</summary>
    static string Beside(string notebook, IReadOnlyDictionary<string, StillPicture> pictures)
    {
        // From the last on, so that places before it stay.
        foreach (var figure in Figure().Matches(notebook).Reverse())
            if (pictures.TryGetValue(Key(figure), out var picture)
                && HtmlOf(notebook, figure) is >= 0 and var html && !Png().IsMatch(notebook[..html]))
                notebook = notebook.Insert(html, $"\"image/png\": \"{picture.Png}\",\n     ");
        return notebook;
    }

    /// <summary>Each figure's picture in its place.</summary>
    static string Placed(string text, IReadOnlyDictionary<string, StillPicture> pictures) => Figure().Replace(text,
        match => pictures.TryGetValue(Key(match), out var picture)
            ? match.Groups["start"].Value + """<img alt="The figure as a still" style="max-width:100%" src="PICTURE">"""
                .Replace("PICTURE", picture.WebP).Replace("\"", match.Groups["quote"].Value)
                + "<p>A still: trust the notebook to turn it.</p>"
            : match.Value);

    static async Task TakeAsync(
        IBrowser browser, string page, IEnumerable<string> keys, Dictionary<string, StillPicture> pictures)
    {
        await using var tab = await Picture.OpenAsync(browser, page);
        foreach (string key in keys)
        {
            try
            {
                string png = await Picture.TakeAsync(tab, key, "png"), webP = await Picture.WebPAsync(tab, png);
                pictures[key] = new(png[(png.IndexOf(',') + 1)..], webP);
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

    [GeneratedRegex(Start + """<img [^>]*src=\\?"(?<picture>data:image/webp;base64,[^"\\]+)""")]
    private static partial Regex Still();

    // The last thing before the HTML.
    [GeneratedRegex(@"""image/png"": ""(?<picture>[^""]+)"",\s*$", RegexOptions.RightToLeft)]
    private static partial Regex Png();
}
