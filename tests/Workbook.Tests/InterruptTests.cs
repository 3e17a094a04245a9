using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using Neurodynamics.Environment;
using Neurodynamics.Pictures;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>Jupyter's interrupt, sent by Jupyter's own client: it stops the cell and nothing else.</summary>
public sealed class InterruptTests
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    [Fact]
    public async Task AnInterruptStopsTheCellAndKeepsTheKernelAndItsVariables()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Jupyter's interrupt does not reach .NET on Windows.");
        new Kernel(Workbook).Ensure();
        string script = Path.Combine(Workbook.Root, "tests", "Workbook.Tests", "Fixtures", "interrupt.py");
        // The hard case: a Jupyter that a script has started in the background ignores interrupts itself.
        string ignoring = OperatingSystem.IsLinux() ? "trap '' INT; " : "";
        var ran = await Cli.Wrap("/bin/sh")
            .WithArguments(["-c", $"{ignoring}exec \"$@\"", "sh", Python(), script, Workbook.Notebooks])
            .WithEnvironmentVariables(variables => NotebookRunner.Isolate(Workbook, variables))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

        var cells = ran.StandardOutput.Split('\n').Where(line => line.StartsWith("{\"what\"", StringComparison.Ordinal))
            .Select(line => JsonNode.Parse(line)!).ToList();
        Assert.True(cells.Count == 6, ran.StandardOutput + ran.StandardError);
        Assert.All(cells, cell => Assert.True((bool)cell["alive"]!));
        Assert.Equal(
            ["before the first cell: ok", "start: ok", "nothing running: ok", "training: error", "endless loop: error",
                "after: ok"],
            cells.Select(cell => $"{cell["what"]}: {cell["status"]}"));
        Assert.All(cells[3..5], cell => Assert.Contains("Command cancelled", $"{cell["shown"]}"));
        Assert.Contains("42", $"{cells[5]["shown"]}");
    }

    /// <summary>The Python that runs Jupyter, which the first line of its programs names.</summary>
    static string Python() => File.ReadLines(OnPath.Find("jupyter-nbconvert")!).First()[2..].Trim();
}
