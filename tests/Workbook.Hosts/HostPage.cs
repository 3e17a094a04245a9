using System.Text.Json;
using Neurodynamics.Environment;
using Neurodynamics.Pictures;
using PuppeteerSharp;
using PuppeteerSharp.Input;

namespace Neurodynamics.Hosts;

/// <summary>A figure as seen: whether it was drawn, and how many 3-D scenes it has, shows and lets turn.</summary>
public sealed record SeenFigure(bool Drawn, int Scenes, int Shown, int Turned)
{
    public bool IsWell => Drawn && Shown == Scenes && Turned == Scenes;
}

/// <summary>
/// A tab with a notebook in it, in any host. The browser reaches nothing but this machine; other requests are counted.
/// </summary>
public sealed class HostPage : IAsyncDisposable
{
    // Milliseconds: for a machine that has much else to do.
    const int Patience = 180_000;

    readonly IBrowser browser;
    readonly List<string> blocked = [];

    HostPage(IBrowser browser, IPage page)
    {
        (this.browser, Page) = (browser, page);
        page.Request += (_, asked) =>
        {
            if (Uri.TryCreate(asked.Request.Url, UriKind.Absolute, out var address)
                && address is { IsLoopback: false, Scheme: "http" or "https" or "ws" or "wss" })
            {
                lock (blocked)
                {
                    blocked.Add(address.Host);
                }
            }
        };
        page.Console += (_, told) => LostAScene |= told.Message.Text.Contains("Too many active WebGL contexts");
        // "Leave the page?" when a changed notebook is left.
        page.Dialog += async (_, asked) => await asked.Dialog.Accept();
    }

    public IPage Page { get; }

    /// <summary>Names of other machines, one for each request.</summary>
    public IReadOnlyList<string> Blocked => blocked;

    /// <summary>Whether the browser took a scene away because there were too many.</summary>
    public bool LostAScene { get; private set; }

    /// <summary>A tab in a browser of its own, which knows nothing of earlier ones.</summary>
    public static async Task<HostPage> OpenAsync()
    {
        var browser = await HeadlessBrowser.LaunchAsync(offline: true) ?? throw new WorkbookException(
            "No Chromium, Chrome or Edge was found: install one, or name one in the variable WORKBOOK_BROWSER.");
        var page = await browser.NewPageAsync();
        await page.SetViewportAsync(new ViewPortOptions { Width = 1300, Height = 1000 });
        page.DefaultNavigationTimeout = Patience;
        var host = new HostPage(browser, page);
        // The count of requests is tried on one that must neither arrive nor be missed.
        bool arrived = await page.EvaluateExpressionAsync<bool>(
            "fetch('https://cdn.plot.ly/', { mode: 'no-cors' }).then(() => true, () => false)");
        if (arrived || host.blocked.Count != 1)
            throw new WorkbookException("The browser can reach other machines, or hides that it tries: "
                + "name another Chromium, Chrome or Edge in the variable WORKBOOK_BROWSER.");

        host.blocked.Clear();
        return host;
    }

    public async ValueTask DisposeAsync() => await browser.DisposeAsync();

    public Task UntilAsync(string condition, string what, int milliseconds = Patience) => Within(
        what, Page.WaitForExpressionAsync(condition, new WaitForFunctionOptions { Timeout = milliseconds }));

    static async Task Within(string what, Task waiting)
    {
        try
        {
            await waiting;
        }
        catch (Exception late) when (late is WaitTaskTimeoutException or TimeoutException)
        {
            throw new WorkbookException($"waited in vain for {what}");
        }
    }

    /// <summary>A picture of what is to be seen now.</summary>
    public async Task PictureAsync(string file)
    {
        try
        {
            await Page.ScreenshotAsync(file);
        }
        catch (PuppeteerException)
        {
            // A browser that is gone gives no picture; the failure itself says what it was asked for.
        }
    }

    /// <summary>Keys pressed together.</summary>
    public async Task PressAsync(params string[] keys)
    {
        foreach (string key in keys) await Page.Keyboard.DownAsync(key);

        foreach (string? key in keys.Reverse()) await Page.Keyboard.UpAsync(key);
    }

    /// <summary>Waits for a figure to be drawn, looks at each of its scenes and turns it with the mouse.</summary>
    /// <param name="frame">The frame that the figure is in.</param>
    /// <param name="key">Which figure.</param>
    public async Task<SeenFigure> LookAsync(IFrame frame, string key)
    {
        try
        {
            await frame.WaitForFunctionAsync("""
                key => window.neurodynamics
                  && document.querySelector(`[data-figure='${key}'] .js-plotly-plot .main-svg`)
                """, new WaitForFunctionOptions { Timeout = Patience }, key);
        }
        catch (Exception late) when (late is WaitTaskTimeoutException or TimeoutException)
        {
            return new SeenFigure(false, 0, 0, 0);
        }

        var seen = new SeenFigure(true, 0, 0, 0);
        // A scene draws itself a moment later than the rest.
        var scenes = await ScenesAsync(frame, key);
        for (int attempt = 0; attempt < 20 && scenes.Any(scene => !scene.IsShown); attempt++)
        {
            await Task.Delay(500);
            scenes = await ScenesAsync(frame, key);
        }

        foreach (var scene in scenes)
        {
            bool turned = scene.IsShown && await TurnAsync(frame, key, scene);
            int shown = scene.IsShown ? 1 : 0;
            seen = new(true, seen.Scenes + 1, seen.Shown + shown, seen.Turned + (turned ? 1 : 0));
        }

        return seen;
    }

    /// <summary>The scenes of a figure as they are now.</summary>
    static async Task<Scene[]> ScenesAsync(IFrame frame, string key) =>
        JsonSerializer.Deserialize<Scene[]>(await frame.EvaluateFunctionAsync<string>("""
        key => {
          const plot = document.querySelector(`[data-figure='${key}'] .js-plotly-plot`);
          return JSON.stringify((plot._fullLayout._subplots.gl3d || []).map(name => {
            const scene = plot._fullLayout[name]._scene, canvas = scene.glplot.canvas;
            const copy = document.createElement("canvas"), pen = copy.getContext("2d");
            [copy.width, copy.height] = [canvas.width, canvas.height];
            // What WebGL has drawn can be read only before the browser takes it to the screen.
            scene.glplot.redraw();
            pen.drawImage(canvas, 0, 0);
            const pixels = pen.getImageData(0, 0, copy.width, copy.height).data, colours = new Set();
            for (let i = 0; i < pixels.length; i += 4)
              if (pixels[i + 3] > 0) colours.add(pixels[i] >> 4 << 8 | pixels[i + 1] >> 4 << 4 | pixels[i + 2] >> 4);
            return { Name: name, Colours: colours.size, Eye: JSON.stringify(scene.getCamera().eye) };
          }));
        }
        """, key))!;

    async Task<bool> TurnAsync(IFrame frame, string key, Scene scene)
    {
        var canvas = (IElementHandle)await frame.EvaluateFunctionHandleAsync("""
            (key, name) =>
              document.querySelector(`[data-figure='${key}'] .js-plotly-plot`)._fullLayout[name]._scene.glplot.canvas
            """, key, scene.Name);
        if (await canvas.BoundingBoxAsync() is not { } box) return false;

        var (x, y) = (box.X + box.Width / 2, box.Y + box.Height / 2);
        await Page.Mouse.MoveAsync(x, y);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync(x + 60, y + 25, new MoveOptions { Steps = 6 });
        await Page.Mouse.UpAsync();
        for (int attempt = 0; attempt < 20; attempt++)
        {
            var scenes = await ScenesAsync(frame, key);
            if (scenes.Any(now => now.Name == scene.Name && now.Eye != scene.Eye && now.IsShown))
                return true;

            await Task.Delay(200);
        }

        return false;
    }

    /// <param name="Colours">How many its canvas has: at most one if the context is lost or nothing is drawn.</param>
    sealed record Scene(string Name, int Colours, string Eye)
    {
        // The ground of a scene is transparent: what has a colour was drawn.
        public bool IsShown => Colours > 0;
    }
}
