using System.Text.Json.Nodes;
using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>Every notebook in the repository is executed in order, clean, and free of paths of a machine.</summary>
public sealed class CommittedNotebookTests(CommittedNotebookTests.Cleaned cleaned)
    : IClassFixture<CommittedNotebookTests.Cleaned>
{
    /// <summary>All notebooks as a run would leave them.</summary>
    public sealed class Cleaned : IAsyncLifetime
    {
        readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workbook-");

        public async ValueTask InitializeAsync() =>
            await Nbconvert.CleanAsync(folder.FullName, Environment.Workbook.Here().FindNotebooks());

        public JsonNode Of(string notebook) =>
            JsonNode.Parse(File.ReadAllText(Path.Combine(folder.FullName, notebook)))!;

        public ValueTask DisposeAsync()
        {
            folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    public static TheoryData<string> Notebooks => NotebookRunnerTests.Notebooks;

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void IsExecutedInOrder(string notebook)
    {
        int[] counts = [.. JsonNode.Parse(Text(notebook))!["cells"]!.AsArray()
            .Where(cell => cell!["cell_type"]!.GetValue<string>() == "code" && cell["source"]!.AsArray().Count > 0)
            .Select(cell => cell!["execution_count"]?.GetValue<int>() ?? 0)];

        Assert.True(counts.SequenceEqual(Enumerable.Range(1, counts.Length)),
            $"{notebook} was committed with the execution counts {string.Join(' ', counts)}. {Refresh}");
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void IsClean(string notebook)
    {
        string text = Text(notebook);

        MachinePath.IsNotIn(notebook, text);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(text), cleaned.Of(notebook)),
            $"{notebook} was not saved by `run --update`. {Refresh}");
    }

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void HasAStillBesideEveryFigureAndPlotlyOnce(string notebook)
    {
        string text = Text(notebook);

        Assert.True(Stills.Missing(text) == 0,
            $"{notebook} has {Stills.Missing(text)} figures without a still. Install a browser. {Refresh}");
        Assert.Single(text.Split("plotly.js v").Skip(1));
        Assert.InRange(text.Length, 1, 10_000_000);
    }

    /// <summary>Row 18 of the field cases: a chart without a formatter shows as a list of its properties.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public void ShowsNoObjectAsATableOfItsProperties(string notebook)
    {
        string outputs = string.Concat(
            JsonNode.Parse(Text(notebook))!["cells"]!.AsArray().Select(cell => cell!["outputs"]?.ToJsonString()));

        Assert.Contains("data-figure", outputs);
        Assert.DoesNotContain("dni-", outputs);
    }

    const string Refresh = "Refresh it with `dotnet run --project environment -- run --update`.";

    static string Text(string notebook) =>
        File.ReadAllText(Path.Combine(Environment.Workbook.Here().Notebooks, notebook));
}
