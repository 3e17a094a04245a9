using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Neurodynamics.Pictures;
using Neurodynamics.Tests;
using PuppeteerSharp;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>Figures as files.</summary>
public sealed class PictureTests(Browser browser) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Save(string name, int? width = null, int? height = null, bool flat = true)
    {
        string path = Path.Combine(folder.Path, name);
        Figures.Save(flat ? Figures.Training(Sample.Record) : HtmlTests.Charts["fixed points"](), path, width, height);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        return path;
    }

    private static void RequireBrowser() => Assert.SkipWhen(HeadlessBrowser.Find() is null,
        "No Chromium, Chrome or Edge is installed: install one, or name one in the variable WORKBOOK_BROWSER.");

    [Theory, InlineData(true), InlineData(false)]
    public void As_svg_it_is_lines_and_letters(bool flat)
    {
        RequireBrowser();
        var svg = XDocument.Load(Save("figure.svg", 700, 400, flat)).Root!;
        Assert.Equal(("700", "400"), ((string)svg.Attribute("width")!, (string)svg.Attribute("height")!));
        XNamespace space = "http://www.w3.org/2000/svg";
        Assert.Contains(svg.Descendants(space + "text"), text => text.Value.Length > 3);
        Assert.Equal(flat, !svg.Descendants(space + "image").Any());
        if (flat) Assert.NotEmpty(svg.Descendants(space + "path"));
    }

    [Fact]
    public void As_png_it_has_the_size_that_was_asked_for()
    {
        RequireBrowser();
        byte[] png = File.ReadAllBytes(Save("figure.PNG", 640, 480));
        Assert.Equal([137, 80, 78, 71, 13, 10, 26, 10], png[..8]);
        Assert.Equal((640, 480), (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)),
            BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
    }

    [Fact]
    public void As_pdf_it_is_one_page_of_its_size()
    {
        RequireBrowser();
        string pdf = Encoding.Latin1.GetString(File.ReadAllBytes(Save("figure.pdf", 960, 480)));
        Assert.StartsWith("%PDF-", pdf, StringComparison.Ordinal);
        // 72 points to an inch.
        double[] box = [.. Regex.Match(pdf, @"/MediaBox \[([-0-9. ]+)\]").Groups[1].Value.Trim().Split(' ')
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        Assert.Equal([0, 0, 720, 360], box, (a, b) => Math.Abs(a - b) <= 1);
        Assert.Single(Regex.Matches(pdf, @"/Type /Page\b"));
        Assert.Contains("/Font", pdf, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_html_it_is_a_page_that_draws_itself_without_a_network()
    {
        string page = File.ReadAllText(Save("figure.html", width: 800));
        await using var shown = await browser.OpenAsync();
        await shown.ShowAsync(page);
        await shown.DrawnAsync(1);
        Assert.Equal(800, await shown.Value<int>(
            "document.querySelector('.main-svg').getBoundingClientRect().width"));
        Assert.Empty(shown.Requests);
        Assert.Empty(shown.Errors);
    }

    [Fact]
    public async Task What_cannot_be_saved_is_said_in_a_sentence_and_what_was_there_stays()
    {
        string path = Path.Combine(folder.Path, "figure.gif");
        File.WriteAllText(path, "before");
        var chart = Figures.Training(Sample.Record);
        Assert.StartsWith(
            "A figure is saved as .html, .svg, .png or .pdf, but the file is figure.gif: give it one of these endings.",
            Assert.Throws<ArgumentException>(() => Figures.Save(chart, path)).Message, StringComparison.Ordinal);
        Assert.Equal("before", File.ReadAllText(path));
        Assert.Throws<ArgumentException>(() => Figures.Save(chart, Path.ChangeExtension(path, "svg"), width: 0));

        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Figures.DrawnAsync(ChartHtml.Page(chart), "svg", _ => Task.FromResult<IBrowser?>(null)));
        Assert.Equal("A picture as .svg is drawn by a browser, and none was found: install Chromium, Chrome or Edge, "
            + "or save the figure as .html.", missing.Message);
    }
}
