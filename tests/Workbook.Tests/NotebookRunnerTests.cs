using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>Notebooks executed by the real kernel through Jupyter.</summary>
public sealed class NotebookRunnerTests
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    public static TheoryData<string> Notebooks => [.. Workbook.FindNotebooks().Select(path => Path.GetFileName(path)!)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Notebooks))]
    public async Task EveryNotebookExecutes(string notebook)
    {
        // Into the same folder as `run`: tests that look at the figures find the pages there.
        var result = await new NotebookRunner(Workbook).ExecuteAsync(
            Path.Combine(Workbook.Notebooks, notebook), Workbook.Run, cancellation: TestContext.Current.CancellationToken);

        Assert.True(result.Failure is null, result.Failure);
        var executed = Path.Combine(Workbook.Run, notebook);
        MachinePath.IsNotIn(notebook, await File.ReadAllTextAsync(executed, TestContext.Current.CancellationToken));
        Assert.True(File.Exists(Path.ChangeExtension(executed, ".html")), $"{notebook} was not exported to a page.");
    }

    [Fact]
    public async Task AFailureNamesTheNotebookAndTheCell()
    {
        var failure = await FailureOf("throws.ipynb");

        Assert.StartsWith("throws, code cell 3: ", failure);
        Assert.EndsWith("the readout has no third channel", failure);
    }

    [Fact]
    public async Task ACellThatDoesNotCompileIsAFailureInTheCompilersWords() =>
        Assert.Contains("does-not-compile, code cell 1: (1,16): error CS0029", await FailureOf("does-not-compile.ipynb"));

    [Fact]
    public async Task AKernelThatDiesIsAFailureOfTheCellAtHand() =>
        Assert.StartsWith("kernel-dies, code cell 1: ", await FailureOf("kernel-dies.ipynb"));

    static async Task<string> FailureOf(string fixture)
    {
        var folder = Directory.CreateTempSubdirectory("workbook-");
        try
        {
            var result = await new NotebookRunner(Workbook).ExecuteAsync(
                Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture), folder.FullName, cancellation: TestContext.Current.CancellationToken);
            Assert.NotNull(result.Failure);
            return result.Failure;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
