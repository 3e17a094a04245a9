using System.Text.Json.Nodes;
using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>What every notebook in the repository must be: executed in order, clean, and free of the machine it ran on.</summary>
public sealed class CommittedNotebookTests
{
    public static TheoryData<string> Notebooks => NotebookRunnerTests.Notebooks;

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void IsExecutedInOrder(string notebook)
    {
        var counts = JsonNode.Parse(Text(notebook))!["cells"]!.AsArray()
            .Where(cell => cell!["cell_type"]!.GetValue<string>() == "code" && cell["source"]!.AsArray().Count > 0)
            .Select(cell => cell!["execution_count"]?.GetValue<int>() ?? 0)
            .ToArray();

        Assert.True(
            counts.SequenceEqual(Enumerable.Range(1, counts.Length)),
            $"{notebook} was committed with the execution counts {string.Join(' ', counts)}: refresh it with `dotnet run --project environment -- run --update`.");
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void IsClean(string notebook)
    {
        var text = Text(notebook);

        MachinePath.IsNotIn(notebook, text);
        Assert.True(text == NotebookCleaner.Clean(text), $"{notebook} was not saved by `run --update`: refresh it with `dotnet run --project environment -- run --update`.");
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void HasAStillBesideEveryFigureAndPlotlyOnce(string notebook)
    {
        var text = Text(notebook);

        Assert.True(Stills.Missing(text) == 0, $"{notebook} has {Stills.Missing(text)} figures without a still: refresh it with `run --update` where a browser is installed.");
        Assert.Single(text.Split("plotly.js v").Skip(1));
        Assert.InRange(text.Length, 1, 10_000_000);
    }

    /// <summary>Row 18 of the field cases: a chart that nobody formats is shown as the list of its properties.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public void ShowsNoObjectAsATableOfItsProperties(string notebook)
    {
        var outputs = string.Concat(JsonNode.Parse(Text(notebook))!["cells"]!.AsArray().Select(cell => cell!["outputs"]?.ToJsonString()));

        Assert.Contains("data-figure", outputs);
        Assert.DoesNotContain("dni-", outputs);
    }

    static string Text(string notebook) => File.ReadAllText(Path.Combine(Environment.Workbook.Here().Notebooks, notebook));
}
