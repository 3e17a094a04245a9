using PuppeteerSharp;

namespace Neurodynamics.Pictures;

/// <summary>Pictures of figures on a page, drawn by plotly.js in a browser without a window or a network.</summary>
internal static class Picture
{
    private static readonly WaitForFunctionOptions Patience = new() { Timeout = 120_000 };

    /// <summary>Opens a page of figures, light whatever the machine's theme, without a network.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="page">The file.</param>
    public static async Task<IPage> OpenAsync(IBrowser browser, string page)
    {
        var tab = await browser.NewPageAsync();
        await tab.EmulateMediaFeaturesAsync(
            [new() { MediaFeature = MediaFeature.PrefersColorScheme, Value = "light" }]);
        await tab.SetRequestInterceptionAsync(true);
        tab.Request += async (_, asked) => await (asked.Request.Url.StartsWith("http", StringComparison.Ordinal)
            ? asked.Request.AbortAsync()
            : asked.Request.ContinueAsync());
        // Pages of many figures take their time on a machine that others use too.
        await tab.GoToAsync(new Uri(Path.GetFullPath(page)).AbsoluteUri,
            timeout: Patience.Timeout, waitUntil: [WaitUntilNavigation.DOMContentLoaded]);
        return tab;
    }

    /// <summary>A figure of a page, as large as it is there, as a data URI.</summary>
    /// <param name="tab">The page.</param>
    /// <param name="key">The figure's key.</param>
    /// <param name="format">"png" or "svg".</param>
    public static async Task<string> TakeAsync(IPage tab, string key, string format)
    {
        // In view it is drawn, even where other scenes have to give way.
        await tab.EvaluateFunctionAsync(
            "key => document.querySelector(`[data-figure='${key}']`).scrollIntoView({ block: 'center' })", key);
        await tab.WaitForFunctionAsync(
            "key => document.querySelector(`[data-figure='${key}'] .main-svg`)", Patience, key);
        return await tab.EvaluateFunctionAsync<string>("""
            async (key, format) => {
              const box = document.querySelector(`[data-figure='${key}']`);
              return await window.neurodynamicsPlotly.toImage(
                box.querySelector('.js-plotly-plot'), { format, width: box.offsetWidth, height: box.offsetHeight });
            }
            """, key, format);
    }

    /// <summary>A PNG as WebP, both data URIs: what it takes to draw a scene is the drawing.</summary>
    public static async Task<string> WebPAsync(IPage tab, string png) => await tab.EvaluateFunctionAsync<string>("""
        async png => {
          const image = new Image(), canvas = document.createElement('canvas');
          image.src = png;
          await image.decode();
          [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
          canvas.getContext('2d').drawImage(image, 0, 0);
          return canvas.toDataURL('image/webp');
        }
        """, png);

    /// <summary>A picture as a PDF of its size, 96 pixels to an inch.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="svg">The picture, a data URI.</param>
    public static async Task<byte[]> PrintAsync(IBrowser browser, string svg)
    {
        await using var tab = await browser.NewPageAsync();
        await tab.SetContentAsync($"<body style=\"margin:0\"><img style=\"display:block\" src=\"{svg}\"></body>");
        int[] size = await tab.EvaluateFunctionAsync<int[]>("""
            async () => {
              const image = document.querySelector('img');
              await image.decode();
              return [image.naturalWidth, image.naturalHeight];
            }
            """);
        return await tab.PdfDataAsync(
            new() { Width = $"{size[0]}px", Height = $"{size[1]}px", PrintBackground = true, PageRanges = "1" });
    }
}
