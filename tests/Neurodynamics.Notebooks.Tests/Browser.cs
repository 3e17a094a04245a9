using Neurodynamics.Pictures;
using PuppeteerSharp;
using Xunit;

[assembly: AssemblyFixture(typeof(Neurodynamics.Notebooks.Tests.Browser))]

namespace Neurodynamics.Notebooks.Tests;

/// <summary>
/// An installed Chromium, Chrome or Edge without a window, started once. The variable WORKBOOK_BROWSER names another.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        browser = await HeadlessBrowser.LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
    }

    /// <summary>An empty page that cannot reach the network.</summary>
    public async Task<OfflinePage> OpenAsync(params string[] outputs)
    {
        Assert.SkipWhen(browser is null,
            "No Chromium, Chrome or Edge is installed: install one, or name one in the variable WORKBOOK_BROWSER.");
        return await OfflinePage.OpenAsync(await browser.NewPageAsync(), outputs);
    }
}

/// <summary>A page of outputs as a host shows them; every request to a network is refused and counted.</summary>
public sealed class OfflinePage : IAsyncDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".html");

    private OfflinePage(IPage page) => Page = page;

    public IPage Page { get; }

    public List<string> Requests { get; } = [];

    public List<string> Errors { get; } = [];

    /// <summary>A static page, as an exported notebook is.</summary>
    internal static async Task<OfflinePage> OpenAsync(IPage page, string[] outputs)
    {
        var offline = new OfflinePage(page);
        await page.SetRequestInterceptionAsync(true);
        page.Request += async (_, asked) =>
        {
            if (asked.Request.Url.StartsWith("file:", StringComparison.Ordinal)
                || asked.Request.Url.StartsWith("data:", StringComparison.Ordinal)
                || asked.Request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                await asked.Request.ContinueAsync();
                return;
            }
            lock (offline.Requests) offline.Requests.Add(asked.Request.Url);
            await asked.Request.AbortAsync();
        };
        page.PageError += (_, error) => offline.Errors.Add(error.Message);
        page.Console += (_, told) =>
        {
            if (told.Message.Type is ConsoleType.Error) offline.Errors.Add(told.Message.Text);
        };
        // Remembers every WebGL context, so that none is freed unless somebody lets go of it.
        await page.EvaluateFunctionOnNewDocumentAsync("""
            () => {
              const contexts = window.contexts = new Set(), get = HTMLCanvasElement.prototype.getContext;
              HTMLCanvasElement.prototype.getContext = function (kind) {
                const context = get.apply(this, arguments);
                if (context && /webgl/.test(kind)) contexts.add(context);
                return context;
              };
              window.living = () => [...contexts].filter(context => !context.isContextLost()).length;
            }
            """);
        await offline.ShowAsync(outputs);
        return offline;
    }

    public async Task ShowAsync(params string[] outputs)
    {
        await File.WriteAllTextAsync(file, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body>"
            + string.Concat(outputs.Select((output, i) => $"<div id=\"cell{i}\">{output}</div>")) + "</body></html>");
        // A page of every figure there is takes its time on a machine that others use too.
        await Page.GoToAsync(new Uri(file).AbsoluteUri, timeout: 120_000);
    }

    /// <summary>Puts an output where another was and runs its scripts from the page's head, as VS Code does.</summary>
    public Task RunAsync(string cell, string html) => Page.EvaluateFunctionAsync("""
        (cell, html) => {
          let place = document.getElementById(cell);
          if (!place) { place = document.body.appendChild(document.createElement("div")); place.id = cell; }
          place.innerHTML = "";
          const output = place.appendChild(document.createElement("div"));
          output.innerHTML = html;
          for (const script of output.querySelectorAll("script")) {
            const copy = document.createElement("script");
            copy.text = script.innerText;
            document.head.appendChild(copy).parentNode.removeChild(copy);
          }
        }
        """, cell, html);

    /// <summary>Waits until so many figures are drawn.</summary>
    public Task DrawnAsync(int count) =>
        UntilAsync("document.querySelectorAll('.neurodynamics-figure .main-svg').length > 0 && "
            + $"window.neurodynamics.drawn === {count}");

    public Task UntilAsync(string condition, int milliseconds = 30_000) =>
        Page.WaitForExpressionAsync(condition, new() { Timeout = milliseconds });

    public Task<T> Value<T>(string expression) => Page.EvaluateExpressionAsync<T>(expression);

    /// <summary>Number of different colours in a picture of an element, to the nearest sixteenth.</summary>
    public async Task<int> ColoursAsync(string selector)
    {
        var element = await Page.QuerySelectorAsync(selector);
        string picture = await element.ScreenshotBase64Async();
        return await Page.EvaluateFunctionAsync<int>("""
            async picture => {
              const image = new Image();
              image.src = "data:image/png;base64," + picture;
              await image.decode();
              const size = { width: image.width, height: image.height };
              const canvas = Object.assign(document.createElement("canvas"), size), pen = canvas.getContext("2d");
              pen.drawImage(image, 0, 0);
              const pixels = pen.getImageData(0, 0, image.width, image.height).data, colours = new Set();
              for (let i = 0; i < pixels.length; i += 4)
                colours.add((pixels[i] >> 4) << 8 | (pixels[i + 1] >> 4) << 4 | pixels[i + 2] >> 4);
              return colours.size;
            }
            """, picture);
    }

    public async ValueTask DisposeAsync()
    {
        await Page.CloseAsync();
        File.Delete(file);
    }
}
