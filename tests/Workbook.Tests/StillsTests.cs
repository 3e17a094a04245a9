using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Neurodynamics.Environment;
using Neurodynamics.Pictures;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>Pictures for a notebook that somebody executed elsewhere.</summary>
public sealed partial class StillsTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workbook-own-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task ANotebookOfOnesOwnGetsAPictureBesideEachFigure()
    {
        Assert.SkipWhen(HeadlessBrowser.Find() is null,
            "No Chromium, Chrome or Edge is installed: install one, or name one in the variable WORKBOOK_BROWSER.");
        string known = await File.ReadAllTextAsync(Environment.Workbook.Here().FindNotebooks().First(),
            TestContext.Current.CancellationToken);
        // As a kernel leaves it: a figure's HTML, and no picture.
        string bare = Picture().Replace(Still().Replace(known,
            "<p>A script draws this figure: trust the notebook to see it.</p>"), "");
        string own = Path.Combine(folder.FullName, "ünser notebook.ipynb");
        await File.WriteAllTextAsync(own, bare, TestContext.Current.CancellationToken);
        int figures = Stills.Missing(bare);
        Assert.True(figures > 0 && Figures(bare) == 0);

        var made = await Verb.RunAsync(["stills", own, "--no-install"]);
        Assert.True(made.ExitCode == 0, made.StandardOutput + made.StandardError);
        Assert.Contains($"{figures} of {figures} figures have a picture.", made.StandardOutput);
        string shown = await File.ReadAllTextAsync(own, TestContext.Current.CancellationToken);
        Assert.Equal((0, figures), (Stills.Missing(shown), Figures(shown)));
        Assert.Equal(Code(known), Code(shown));
    }

    [Fact]
    public async Task WhatIsNoNotebookIsRefusedInASentence()
    {
        var refused = await Verb.RunAsync(["stills", Path.Combine(folder.FullName, "none.ipynb"), "--no-install"]);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("is no notebook: name a saved .ipynb", refused.StandardOutput + refused.StandardError);
    }

    /// <summary>How many outputs with a figure have a PNG too.</summary>
    static int Figures(string notebook) => JsonNode.Parse(notebook)!["cells"]!.AsArray()
        .SelectMany(cell => cell!["outputs"]?.AsArray() ?? [])
        .Count(output => output!["data"]?["image/png"] is not null
            && output["data"]!["text/html"]!.ToJsonString().Contains("data-figure"));

    static string Code(string notebook) => string.Join("\n", JsonNode.Parse(notebook)!["cells"]!.AsArray()
        .Select(cell => cell!["source"]!.ToJsonString()));

    [GeneratedRegex("""<img alt=\\"The figure as a still\\"[^>]*><p>A still: trust the notebook to turn it.</p>""")]
    private static partial Regex Still();

    [GeneratedRegex("\"image/png\": \"[^\"]+\",\\s*")]
    private static partial Regex Picture();
}
