using System.Text.RegularExpressions;
using Microsoft.DotNet.Interactive.Formatting;
using PuppeteerSharp;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>Figures on the dark pages of hosts.</summary>
public sealed class ThemeTests
{
    private const string Title = "getComputedStyle(document.querySelector('.gtitle')).fill",
        Paper = "getComputedStyle(document.querySelector('.main-svg')).backgroundColor",
        DarkInk = "rgb(214, 214, 214)", LightInk = "rgb(34, 34, 34)",
        DarkPaper = "rgb(30, 30, 30)", LightPaper = "rgb(255, 255, 255)";

    private readonly Browser browser;

    public ThemeTests(Browser browser)
    {
        this.browser = browser;
        Workbook.Start();
    }

    private Task<OfflinePage> OpenAsync(string name) =>
        browser.OpenAsync(ChartHtml.Plotly(), HtmlTests.Charts[name]().ToDisplayString(HtmlFormatter.MimeType));

    private static async Task IsAsync(OfflinePage page, bool dark)
    {
        string paper = dark ? DarkPaper : LightPaper;
        await page.UntilAsync($"document.querySelector('.main-svg') && {Paper} === '{paper}'");
        Assert.Equal(dark ? DarkInk : LightInk, await page.Value<string>(Title));
    }

    /// <summary>As VS Code and JupyterLab say it, and back when the reader chooses another theme.</summary>
    [Theory]
    [InlineData("document.body.className = 'vscode-dark'", "document.body.className = 'vscode-light'")]
    [InlineData("document.body.className = 'vscode-high-contrast'",
        "document.body.className = 'vscode-high-contrast vscode-high-contrast-light'")]
    [InlineData("document.body.dataset.jpThemeLight = 'false'", "document.body.dataset.jpThemeLight = 'true'")]
    [InlineData("document.body.style.background = '#111'", "document.body.style.background = '#fff'")]
    public async Task A_figure_follows_the_theme_of_its_host(string dark, string light)
    {
        await using var page = await OpenAsync("training");
        await IsAsync(page, dark: false);
        string before = await page.Value<string>("document.querySelector('.main-svg').outerHTML");
        await page.Value<object>(dark);
        await IsAsync(page, dark: true);
        Assert.NotEqual(before, await page.Value<string>("document.querySelector('.main-svg').outerHTML"));
        await page.Value<object>(light);
        await IsAsync(page, dark: false);
        Assert.Equal(Plain(before), Plain(await page.Value<string>("document.querySelector('.main-svg').outerHTML")));
        Assert.Empty(page.Errors);

        // plotly.js gives every drawing names of its own.
        static string Plain(string svg) => Regex.Replace(svg, "trace[0-9a-f]{6}|[0-9a-f]{6}", "");
    }

    [Fact]
    public async Task A_page_that_says_nothing_is_as_the_reader_asks_of_all_pages()
    {
        await using var page = await OpenAsync("training");
        await IsAsync(page, dark: false);
        await page.Page.EmulateMediaFeaturesAsync(
            [new() { MediaFeature = MediaFeature.PrefersColorScheme, Value = "dark" }]);
        await IsAsync(page, dark: true);
    }

    [Fact]
    public async Task A_scene_keeps_its_camera_when_the_theme_changes()
    {
        await using var page = await OpenAsync("fixed points");
        await page.DrawnAsync(1);
        await page.Value<object>("""
            window.neurodynamicsPlotly.relayout(document.querySelector(".js-plotly-plot"),
              { "scene.camera.eye": { x: 0.5, y: 2, z: 1 } }).then(() => 0)
            """);
        await page.Value<object>("document.body.className = 'vscode-dark'");
        await IsAsync(page, dark: true);
        await page.UntilAsync("document.querySelector('canvas')");
        Assert.Equal([0.5, 2, 1], await page.Value<double[]>("""
            (({ x, y, z }) => [x, y, z])(
              document.querySelector(".js-plotly-plot")._fullLayout.scene._scene.getCamera().eye)
            """), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    /// <summary>On either page, and also beside each other.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Colours_of_data_stand_out_and_differ(bool dark)
    {
        await using var page = await OpenAsync("training");
        if (dark) await page.Value<object>("document.body.className = 'vscode-dark'");
        await page.Value<object>("""
            (() => {
              const colours = ["#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7"];
              window.figure = { data: colours.map((color, i) =>
                ({ type: "scatter", x: [0, 1], y: [i, i], line: { color } })), layout: {}, config: {} };
              window.neurodynamicsTheme.dress({ figure: window.figure, before: null });
            })()
            """);
        int[][] colours = [.. (await page.Value<string[]>("figure.data.map(trace => trace.line.color)"))
            .Select(colour => Convert.FromHexString(colour[1..]).Select(part => (int)part).ToArray())];
        double paper = dark ? Luminance([30, 30, 30]) : 1;
        Assert.All(colours, colour => Assert.True(
            Contrast(Luminance(colour), paper) >= (dark ? 3 : 2), string.Join(',', colour)));
        for (int i = 0; i < colours.Length; i++)
            for (int j = 0; j < i; j++)
                Assert.True(colours[i].Zip(colours[j], (a, b) => (a - b) * (a - b)).Sum() > 60 * 60, $"{i}, {j}");

        static double Contrast(double a, double b) => (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

        // WCAG 2.
        static double Luminance(int[] colour) => new[] { 0.2126, 0.7152, 0.0722 }.Zip(colour, (weight, value) =>
            weight * (value <= 10 ? value / 255.0 / 12.92 : Math.Pow((value / 255.0 + 0.055) / 1.055, 2.4))).Sum();
    }

    /// <summary>The camera of the mode bar, on a dark page: what it saves is as on a light one.</summary>
    [Fact]
    public async Task The_mode_bar_saves_a_light_svg()
    {
        await using var page = await OpenAsync("training");
        await page.Value<object>("document.body.className = 'vscode-dark'");
        await IsAsync(page, dark: true);
        await page.Value<object>("""
            (() => {
              URL.createObjectURL = blob => { blob.text().then(text => window.saved = text); return "#"; };
              document.querySelector(".modebar-btn[data-title='Save as SVG']").dispatchEvent(new Event("click"));
            })()
            """);
        await page.UntilAsync("window.saved");
        string svg = await page.Value<string>("window.saved");
        Assert.StartsWith("<svg", svg, StringComparison.Ordinal);
        Assert.Contains("rgb(34, 34, 34)", svg, StringComparison.Ordinal);
        Assert.DoesNotContain(DarkPaper, svg, StringComparison.Ordinal);
        Assert.Equal(1, await page.Value<int>("document.querySelectorAll(\".modebar-btn[data-title*='SVG']\").length"));
        await IsAsync(page, dark: true);
    }
}
