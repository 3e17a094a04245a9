using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>Notebooks executed by the real kernel through Jupyter.</summary>
public sealed class NotebookRunnerTests(ExecutedNotebooks notebooks)
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    public static TheoryData<string> Notebooks => [.. Workbook.FindNotebooks().Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task EveryNotebookExecutes(string notebook)
    {
        var result = await notebooks.ExecuteAsync(notebook);

        Assert.True(result.Failure is null, result.Failure);
        Assert.Empty(result.ClaimsFailed);
        string executed = Path.Combine(Workbook.Run, notebook);
        MachinePath.IsNotIn(notebook, await File.ReadAllTextAsync(executed, TestContext.Current.CancellationToken));
        Assert.True(File.Exists(notebooks.Page(notebook)), $"{notebook} was not exported to a page.");
    }

    [Fact]
    public async Task AFailureNamesTheNotebookAndTheCell()
    {
        string failure = await FailureOf("throws.ipynb");

        Assert.StartsWith("throws, code cell 3: ", failure);
        Assert.EndsWith("the readout has no third channel", failure);
    }

    /// <summary>Outputs of an earlier run are not those of a run that never reached their cells.</summary>
    [Theory]
    [InlineData("throws", "Not run: the notebook stopped in code cell 3.")]
    [InlineData("kernel-dies", "Not run: the notebook stopped in code cell 1.")]
    public async Task CellsThatWereNotReachedSaySo(string fixture, string words)
    {
        var (result, executed, _) = await ExecuteAsync($"{fixture}.ipynb");

        Assert.NotNull(result.Failure);
        Assert.DoesNotContain("of an earlier run", executed);
        Assert.Contains(words, executed);
    }

    [Theory]
    [InlineData(null, 1, null, "seen")]
    [InlineData("limit=1", 0, "2 < 1 in \"a\".", "not seen")]
    [InlineData("name=b", 1, null, "seen")]
    public async Task AClaimIsCheckedAndNothingTrackedChanges(string? change, int held, string? failed, string verdict)
    {
        string before = Committed();

        var (result, executed, claims) =
            await ExecuteAsync("claims.ipynb", change is null ? [] : [change]);

        Assert.Null(result.Failure);
        Assert.Equal(held, result.ClaimsHeld);
        Assert.Equal(failed is null ? [] : [failed], result.ClaimsFailed);
        Assert.Contains($"\"{verdict}\"", claims);
        Assert.Equal(change is null, !executed.Contains("Run with"));
        Assert.Equal(before, Committed());

        static string Committed() => string.Concat(
            Directory.GetFiles(Workbook.Claims).Order(StringComparer.Ordinal).Select(File.ReadAllText));
    }

    [Fact]
    public async Task ACellThatDoesNotCompileIsAFailureInTheCompilersWords() =>
        Assert.Contains("does-not-compile, code cell 1: (1,16): error CS0029",
            await FailureOf("does-not-compile.ipynb"));

    [Fact]
    public async Task AKernelThatDiesIsAFailureOfTheCellAtHand() =>
        Assert.StartsWith("kernel-dies, code cell 1: ", await FailureOf("kernel-dies.ipynb"));

    static async Task<string> FailureOf(string fixture)
    {
        var ran = await ExecuteAsync(fixture);
        Assert.NotNull(ran.Result.Failure);
        return ran.Result.Failure;
    }

    static async Task<(NotebookResult Result, string Executed, string Claims)> ExecuteAsync(
        string fixture, params string[] changes)
    {
        var folder = Directory.CreateTempSubdirectory("workbook-");
        try
        {
            await using var runner = new NotebookRunner(Workbook);
            var result = await runner.ExecuteAsync(
                Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture), folder.FullName,
                changes: changes, cancellation: TestContext.Current.CancellationToken);
            string claims = Path.Combine(folder.FullName, "claims", Path.ChangeExtension(fixture, ".csv"));
            return (result, File.ReadAllText(Path.Combine(folder.FullName, fixture)),
                File.Exists(claims) ? File.ReadAllText(claims) : "");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
