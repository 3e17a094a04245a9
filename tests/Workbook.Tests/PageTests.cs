using Neurodynamics.Environment;
using PuppeteerSharp;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>The page of each notebook, as somebody opens it who has nothing but the file.</summary>
public sealed class PageTests(ExecutedNotebooks notebooks)
{
    public static TheoryData<string> Notebooks => NotebookRunnerTests.Notebooks;

    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task ShowsEveryFigureAndFormulaWithoutANetwork(string notebook)
    {
        Assert.SkipWhen(HeadlessBrowser.Find() is null, "No Chromium, Chrome or Edge is installed: install one, or name one in the variable WORKBOOK_BROWSER.");
        var result = await notebooks.ExecuteAsync(notebook);
        Assert.True(result.Failure is null, result.Failure);
        Assert.Equal(0, result.Stills.Missing);

        await using var browser = (await HeadlessBrowser.LaunchAsync())!;
        await using var page = await browser.NewPageAsync();
        var (requests, errors) = (new List<string>(), new List<string>());
        await page.SetRequestInterceptionAsync(true);
        page.Request += async (_, asked) =>
        {
            if (asked.Request.Url.StartsWith("http", StringComparison.Ordinal))
            {
                lock (requests)
                {
                    requests.Add(asked.Request.Url);
                }

                await asked.Request.AbortAsync();
                return;
            }

            await asked.Request.ContinueAsync();
        };
        page.PageError += (_, error) => errors.Add(error.Message);
        await page.GoToAsync(new Uri(notebooks.Page(notebook)).AbsoluteUri, new NavigationOptions { WaitUntil = [WaitUntilNavigation.DOMContentLoaded] });
        foreach (var figure in await page.QuerySelectorAllAsync(".neurodynamics-figure"))
        {
            await figure.EvaluateFunctionAsync("box => box.scrollIntoView({ block: 'center' })");
            await page.WaitForFunctionAsync("box => box.querySelector('.main-svg')", new WaitForFunctionOptions { Timeout = 60_000 }, figure);
            Assert.InRange(await page.EvaluateExpressionAsync<int>("document.querySelectorAll('.gl-container canvas').length"), 0, 12);
        }

        Assert.Empty(requests);
        Assert.Empty(errors);
        Assert.Equal(0, await page.EvaluateExpressionAsync<int>("[...document.querySelectorAll('.jp-RenderedMarkdown')].filter(box => [...box.childNodes].some(node => node.nodeType === 3 && /\\$[^$]+\\$/.test(node.data))).length"));
    }
}
