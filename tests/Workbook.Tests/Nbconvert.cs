using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using Neurodynamics.Environment;
using Neurodynamics.Pictures;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>Notebooks as nbconvert writes them after environment/nbconvert/clean.py, without executing them.</summary>
public static class Nbconvert
{
    /// <summary>Cleans notebooks into a folder, under the names that they have.</summary>
    public static async Task CleanAsync(string folder, params IEnumerable<string> notebooks)
    {
        var workbook = Environment.Workbook.Here();
        var cleaned = await Cli.Wrap(OnPath.Find("jupyter-nbconvert")!)
            .WithArguments(["--to", "notebook", "--config", Path.Combine(workbook.Nbconvert, "clean.py"),
                "--output-dir", folder, .. notebooks])
            .WithEnvironmentVariables(variables => NotebookRunner.Isolate(workbook, variables))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(cleaned.ExitCode == 0, cleaned.StandardError);
    }

    /// <summary>Cleans the text of one notebook.</summary>
    public static async Task<JsonNode> CleanAsync(string notebook)
    {
        var folder = Directory.CreateTempSubdirectory("workbook-");
        try
        {
            string file = Path.Combine(folder.FullName, "notebook.ipynb");
            await File.WriteAllTextAsync(file, notebook, TestContext.Current.CancellationToken);
            string clean = Path.Combine(folder.FullName, "clean");
            await CleanAsync(clean, [file]);
            return JsonNode.Parse(File.ReadAllText(Path.Combine(clean, "notebook.ipynb")))!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
