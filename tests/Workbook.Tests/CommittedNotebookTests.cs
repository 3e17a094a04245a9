using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>
/// Every notebook in the repository is executed in order, clean, and free of paths of a machine, and shows the claims
/// that are saved beside it.
/// </summary>
public sealed partial class CommittedNotebookTests(CommittedNotebookTests.Cleaned cleaned)
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

    /// <summary>What prints a notebook, such as an export to LaTeX, takes the PNG and not the HTML.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public void HasAPngBesideTheHtmlOfEveryFigure(string notebook)
    {
        JsonNode[] figures = [.. JsonNode.Parse(Text(notebook))!["cells"]!.AsArray()
            .SelectMany(cell => cell!["outputs"]?.AsArray() ?? []).Select(output => output!["data"]).OfType<JsonNode>()
            .Where(data => data["text/html"]?.ToJsonString().Contains("data-figure=") == true)];

        Assert.NotEmpty(figures);
        Assert.All(figures, data => Assert.StartsWith("iVBORw0KGgo", $"{data["image/png"]}"));
        Assert.DoesNotContain("src=\\\"data:image/png", Text(notebook));
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

    /// <summary>A verdict follows from the results: a literal one stays when a value is changed.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public void HoldsNoVerdictInItsCode(string notebook)
    {
        string[] literal = [.. Sources(notebook).SelectMany(source => LiteralVerdict().Matches(source))
            .Select(match => match.Value)];

        Assert.True(literal.Length == 0, $"{notebook} holds {string.Join(", ", literal)} as a literal. Give "
            + "Claims.Add its conditions seen and notSeen, or use AddOpen.");
    }

    /// <summary>Both come from one run.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public void ShowsTheClaimsThatAreSaved(string notebook)
    {
        string file = Path.Combine(Environment.Workbook.Here().Claims, Path.ChangeExtension(notebook, ".csv"));
        if (!File.Exists(file))
        {
            Assert.DoesNotContain(
                Sources(notebook), source => source.Contains("claims.Save()", StringComparison.Ordinal));
            return;
        }

        Assert.True(Shows(notebook, File.ReadAllLines(file)),
            $"{notebook} shows other claims than data/claims/{Path.GetFileName(file)}. {Refresh}");
    }

    [Fact]
    public void TheDiscussionShowsTheClaimsOfAllNotebooks()
    {
        string[] files =
            [.. Directory.GetFiles(Environment.Workbook.Here().Claims, "*.csv").Order(StringComparer.Ordinal)];
        string[] all = [.. File.ReadLines(files[0]).Take(1), .. files.SelectMany(file => File.ReadLines(file).Skip(1))];

        Assert.True(Shows("10-discussion.ipynb", all), "10-discussion.ipynb shows other claims than data/claims. "
            + "Run it once more, after the others: `dotnet run --project environment -- run 10 --update`.");
    }

    /// <summary>
    /// Whether an output is a table of these lines of CSV, the first of them its header; minus signs of a page are
    /// hyphens in a file.
    /// </summary>
    static bool Shows(string notebook, string[] lines) =>
        JsonNode.Parse(Text(notebook))!["cells"]!.AsArray().SelectMany(cell => cell!["outputs"]?.AsArray() ?? [])
            .Select(output => output!["data"]?["text/html"]).OfType<JsonNode>()
            .Select(html => html is JsonArray parts ? string.Concat(parts.Select(part => $"{part}")) : $"{html}")
            .Any(html => Row().Matches(html).Select(row => string.Join(',', Cell().Matches(row.Value)
                .Select(cell => $"\"{WebUtility.HtmlDecode(cell.Groups[1].Value).Replace("\"", "\"\"")}\"")))
                .Select(Plain).SequenceEqual(lines.Select(Plain)));

    static string Plain(string line) => line.Replace('\u2212', '-');

    static string[] Sources(string notebook) => [.. JsonNode.Parse(Text(notebook))!["cells"]!.AsArray()
        .Where(cell => $"{cell!["cell_type"]}" == "code").Select(cell => ChangedNotebook.Source(cell!))];

    [GeneratedRegex(@"(?<!\w)Verdict\.\w+")]
    private static partial Regex LiteralVerdict();

    [GeneratedRegex("<tr>.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [GeneratedRegex("<t[hd][^>]*>(.*?)</t[hd]>", RegexOptions.Singleline)]
    private static partial Regex Cell();

    const string Refresh = "Refresh it with `dotnet run --project environment -- run --update`.";

    static string Text(string notebook) =>
        File.ReadAllText(Path.Combine(Environment.Workbook.Here().Notebooks, notebook));
}
