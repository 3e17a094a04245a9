using System.Text.RegularExpressions;
using Neurodynamics.Pictures;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>The kernel as VS Code's Polyglot extension starts it and speaks to it.</summary>
public sealed partial class StdioKernelTests
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    [Fact]
    public async Task TheWorkspacesSettingsStartAKernelThatDraws()
    {
        await using var kernel = await StdioKernel.StartAsync(Workbook.Notebooks);

        Assert.Contains("plotly.js v", Assert.Single(await kernel.RunAsync("#!import setup.dib")));
        IsFigure(await kernel.RunAsync(
            "Figures.Trial(new FlipFlop { Channels = 3 }.Sample(count: 2, steps: 20, seed: 7))"));
        string bare = Assert.Single(await kernel.RunAsync("Workbook.Networks.Load(\"flipflop3-gru\").Network"));
        Assert.StartsWith("<p>Network: GRU with 3 inputs and 100 units", bare);
        Assert.InRange(bare.Length, 1, 20_000);
        await Assert.ThrowsAsync<InvalidOperationException>(() => kernel.RunAsync("throw new Exception()"));
    }

    /// <summary>The library's browser works among the assemblies of the kernel.</summary>
    [Fact]
    public async Task AFigureIsSavedFromACell()
    {
        Assert.SkipWhen(HeadlessBrowser.Find() is null,
            "No Chromium, Chrome or Edge is installed: install one, or name one in the variable WORKBOOK_BROWSER.");
        var folder = Directory.CreateTempSubdirectory("workbook-");
        try
        {
            await using var kernel = await StdioKernel.StartAsync(Workbook.Notebooks);
            await kernel.RunAsync("#!import setup.dib");
            foreach (string ending in new[] { "svg", "png", "pdf", "html" })
            {
                string file = Path.Combine(folder.FullName, $"figure.{ending}").Replace('\\', '/');
                await kernel.RunAsync(
                    $"Figures.Save(Figures.Training(Workbook.Networks.Load(\"flipflop3-gru\").Record), \"{file}\");");
                Assert.InRange(new FileInfo(file).Length, 5_000, 5_000_000);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task TheReadmesLineIsEnoughElsewhereOnTheDisk()
    {
        string readme = await File.ReadAllTextAsync(
            Path.Combine(Workbook.Root, "README.md"), TestContext.Current.CancellationToken);
        string line = LineForElsewhere().Match(readme).Groups[1].Value.Trim();
        var folder = Directory.CreateTempSubdirectory("work book-");
        try
        {
            string[] arguments = StdioKernel.Arguments(Workbook.Notebooks);
            arguments[^1] = folder.FullName;
            await using var kernel = await StdioKernel.StartAsync(folder.FullName, arguments);

            line = line.Replace("/path/to/clone", Workbook.Root.Replace('\\', '/'));
            Assert.Contains("plotly.js v", Assert.Single(await kernel.RunAsync(line)));
            IsFigure(await kernel.RunAsync("Figures.Training(Workbook.Networks.Load(\"flipflop3-gru\").Record)"));
            // A chart of the reader's own.
            IsFigure(await kernel.RunAsync("Plotly.NET.CSharp.Chart.Point<double, double, string>([1, 2], [3, 4])"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static void IsFigure(IReadOnlyList<string> outputs)
    {
        string html = Assert.Single(outputs);
        Assert.StartsWith("<div class=\"neurodynamics-figure\"", html);
        Assert.Contains("neurodynamics.show(", html);
    }

    [GeneratedRegex("```csharp\n(#!import [^`]+)```")]
    private static partial Regex LineForElsewhere();
}
