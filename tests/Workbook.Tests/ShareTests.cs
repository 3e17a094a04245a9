using Neurodynamics.Hosts;
using Neurodynamics.Pictures;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>The pages to send, as somebody opens them who has the folder and nothing else.</summary>
public sealed class ShareTests : IDisposable
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workbook-share-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task TheIndexShowsWhatEachNotebookAsksAndLeadsToItsPageWhichWithoutScriptsHasStills()
    {
        Assert.SkipWhen(HeadlessBrowser.Find() is null,
            "No Chromium, Chrome or Edge is installed: install one, or name one in the variable WORKBOOK_BROWSER.");
        var shared = await Verb.RunAsync(["share", folder.FullName, "--no-install"]);
        Assert.True(shared.ExitCode == 0, shared.StandardOutput + shared.StandardError);

        await using var host = await HostPage.OpenAsync();
        var page = host.Page;
        await page.GoToAsync(new Uri(Path.Combine(folder.FullName, "index.html")).AbsoluteUri);
        var entries = await page.EvaluateExpressionAsync<Entry[]>("""
            [...document.querySelectorAll("a")].map(link => ({
              page: link.getAttribute("href"), title: link.querySelector("b").innerText,
              words: link.innerText, picture: link.querySelector("img").naturalWidth
            }))
            """);
        Assert.Equal(
            Workbook.FindNotebooks().Select(notebook => Path.GetFileNameWithoutExtension(notebook) + ".html"),
            entries.Select(entry => entry.Page));
        Assert.All(entries, entry =>
        {
            Assert.True(File.Exists(Path.Combine(folder.FullName, entry.Page)));
            Assert.NotEqual(Path.ChangeExtension(entry.Page, null), entry.Title);
            Assert.Contains("?", entry.Words);
            Assert.Contains("Run time: ", entry.Words);
            Assert.True(entry.Picture > 0, $"{entry.Page} has no picture in the index");
        });

        await page.SetJavaScriptEnabledAsync(false);
        await Task.WhenAll(page.WaitForNavigationAsync(), page.ClickAsync("a"));
        Assert.EndsWith(entries[0].Page, page.Url);
        int[] stills = await page.EvaluateExpressionAsync<int[]>("""
            [...document.querySelectorAll('.neurodynamics-figure')].map(box =>
              box.innerText.includes('trust the notebook to turn it') ? box.querySelector('img').naturalWidth : 0)
            """);
        Assert.NotEmpty(stills);
        Assert.All(stills, width => Assert.True(width > 300));
        Assert.Empty(host.Blocked);
    }

    sealed record Entry(string Page, string Title, string Words, int Picture);
}
