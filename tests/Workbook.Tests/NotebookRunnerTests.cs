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

    [Fact]
    public async Task ACellThatDoesNotCompileIsAFailureInTheCompilersWords() =>
        Assert.Contains("does-not-compile, code cell 1: (1,16): error CS0029",
            await FailureOf("does-not-compile.ipynb"));

    [Fact]
    public async Task AKernelThatDiesIsAFailureOfTheCellAtHand() =>
        Assert.StartsWith("kernel-dies, code cell 1: ", await FailureOf("kernel-dies.ipynb"));

    static async Task<string> FailureOf(string fixture)
    {
        var folder = Directory.CreateTempSubdirectory("workbook-");
        try
        {
            await using var runner = new NotebookRunner(Workbook);
            var result = await runner.ExecuteAsync(
                Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture), folder.FullName,
                cancellation: TestContext.Current.CancellationToken);
            Assert.NotNull(result.Failure);
            return result.Failure;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
