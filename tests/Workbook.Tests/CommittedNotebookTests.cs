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

    static string Text(string notebook) => File.ReadAllText(Path.Combine(Environment.Workbook.Here().Notebooks, notebook));
}
