using Neurodynamics.Hosts;
using Neurodynamics.Pictures;
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
        Assert.SkipWhen(HeadlessBrowser.Find() is null,
            "No Chromium, Chrome or Edge is installed: install one, or name one in the variable WORKBOOK_BROWSER.");
        var result = await notebooks.ExecuteAsync(notebook);
        Assert.True(result.Failure is null, result.Failure);
        Assert.Equal(0, result.Stills.Missing);

        await using var host = await HostPage.OpenAsync();
        var page = host.Page;
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error.Message);
        page.Console += (_, told) =>
        {
            if (told.Message.Type is ConsoleType.Error) errors.Add(told.Message.Text);
        };
        string address = new Uri(notebooks.Page(notebook)).AbsoluteUri;
        await page.GoToAsync(address, WaitUntilNavigation.DOMContentLoaded);
        foreach (string key in await page.EvaluateExpressionAsync<string[]>(
            "[...document.querySelectorAll('.neurodynamics-figure')].map(box => box.dataset.figure)"))
        {
            await page.EvaluateFunctionAsync(
                "key => document.querySelector(`[data-figure='${key}']`).scrollIntoView({ block: 'center' })", key);
            var seen = await host.LookAsync(page.MainFrame, key);
            Assert.True(seen.IsWell, $"{key}: {seen}");
            Assert.InRange(await page.EvaluateExpressionAsync<int>("neurodynamics.live"), seen.Scenes, 6);
        }

        Assert.False(host.LostAScene);
        Assert.Empty(host.Blocked);
        Assert.Empty(errors);
        Assert.Equal(0, await page.EvaluateExpressionAsync<int>("""
            [...document.querySelectorAll('.jp-RenderedMarkdown')].filter(box =>
              [...box.childNodes].some(node => node.nodeType === 3 && /\$[^$]+\$/.test(node.data))).length
            """));
        // Sentences break between words.
        Assert.All(await page.EvaluateExpressionAsync<string[]>(
            "[...document.querySelectorAll('.jp-OutputArea-output pre')].map(box => getComputedStyle(box).wordBreak)"),
            rule => Assert.Equal("normal", rule));
    }
}
