using System.Globalization;
using System.Text;
using Neurodynamics.Pictures;
using Plotly.NET;
using PuppeteerSharp;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    private const int LargestSide = 10_000;

    /// <summary>
    /// Saves a figure, whole or not at all, without a network: as a page that turns (.html), or as a picture (.svg,
    /// .png, .pdf) that an installed Chromium, Chrome or Edge draws. In .svg and .pdf scenes in three dimensions are
    /// pictures of pixels, all else is lines and letters.
    /// </summary>
    /// <param name="figure">The figure, one of these or a chart of your own.</param>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="width">Pixels, of which a PDF has 96 to an inch; default the figure's own, or 1000.</param>
    /// <param name="height">Pixels; default the figure's own.</param>
    /// <exception cref="ArgumentException">
    /// The ending is another one, or a side is not from 1 to 10000 pixels.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// No browser is installed, or it does not draw the figure.
    /// </exception>
    public static void Save(GenericChart figure, string path, int? width = null, int? height = null)
    {
        Demand.Given((figure, path));
        foreach (int? side in new[] { width, height })
            if (side is < 1 or > LargestSide)
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"A side of a picture has from 1 to {LargestSide} pixels, but {side} were asked for."));
        string ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".html" or ".svg" or ".png" or ".pdf"))
            throw new ArgumentException(
                $"A figure is saved as .html, .svg, .png or .pdf, but the file is {Path.GetFileName(path)}: give it "
                + "one of these endings.", nameof(path));
        string page = ChartHtml.Page(figure, width, height);
        byte[] saved = ending == ".html" ? Encoding.UTF8.GetBytes(page)
            // On a thread of its own: a notebook's cell waits for it.
            : Task.Run(() => DrawnAsync(page, ending[1..], HeadlessBrowser.LaunchAsync)).GetAwaiter().GetResult();
        WholeFile.Write(path, stream => stream.Write(saved));
    }

    /// <summary>A page's one figure as a picture.</summary>
    internal static async Task<byte[]> DrawnAsync(string page, string format, Func<bool, Task<IBrowser?>> launch)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".html");
        try
        {
            await using var browser = await launch(true) ?? throw new InvalidOperationException(
                $"A picture as .{format} is drawn by a browser, and none was found: install Chromium, Chrome or Edge, "
                + "or save the figure as .html.");
            await File.WriteAllTextAsync(file, page);
            await using var tab = await Picture.OpenAsync(browser, file);
            string key = await tab.EvaluateExpressionAsync<string>(
                "document.querySelector('.neurodynamics-figure').dataset.figure");
            string picture = await Picture.TakeAsync(tab, key, format == "pdf" ? "svg" : format);
            if (format == "pdf") return await Picture.PrintAsync(browser, picture);
            string data = picture[(picture.IndexOf(',', StringComparison.Ordinal) + 1)..];
            return format == "svg" ? Encoding.UTF8.GetBytes(Uri.UnescapeDataString(data))
                : Convert.FromBase64String(data);
        }
        catch (Exception failed) when (failed is BrowserException or PuppeteerException or TimeoutException)
        {
            throw new InvalidOperationException(failed is BrowserException ? failed.Message
                : $"The browser did not draw the figure ({failed.Message.Split('\n')[0]}): try again, or save it as "
                    + ".html.", failed);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
