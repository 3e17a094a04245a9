using CliWrap;
using CliWrap.Buffered;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>A reader who changes the library while a notebook is open.</summary>
public sealed class RebuildTests : IDisposable
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    readonly WorkbookCopy sources =
        new("rebuild", "lib/Neurodynamics", "lib/Neurodynamics.Notebooks", ".workbook/native");

    Environment.Workbook Copy => sources.Workbook;

    public void Dispose() => sources.Dispose();

    [Fact]
    public async Task TheLibraryIsRebuiltUnderARunningKernelAndTheNextKernelHasTheNewCode()
    {
        await BuildAsync();
        await using var running = await StartAsync();
        Assert.Equal(["[Plotly figure with 1 trace]"], await running.RunAsync(Words));
        Assert.Equal(["3"], await running.RunAsync("TorchSharp.torch.ones(3).sum().item<float>().ToString()"));

        string source = Path.Combine(Copy.Root, "lib", "Neurodynamics.Notebooks", "Charts", "ChartHtml.cs");
        string text = await File.ReadAllTextAsync(source, TestContext.Current.CancellationToken);
        Assert.Contains("[Plotly figure with", text);
        text = text.Replace("[Plotly figure with", "[Rebuilt figure with");
        await File.WriteAllTextAsync(source, text, TestContext.Current.CancellationToken);
        await BuildAsync();

        // The old kernel goes on with the old code, also with what it has not called before.
        Assert.Equal(["[Plotly figure with 1 trace]"], await running.RunAsync(Words));
        Assert.StartsWith("<div class=\"neurodynamics-figure\"", Assert.Single(await running.RunAsync(Chart)));
        await using var next = await StartAsync();
        Assert.Equal(["[Rebuilt figure with 1 trace]"], await next.RunAsync(Words));
    }

    const string Chart = "Plotly.NET.CSharp.Chart.Point<double, double, string>(new[] { 1.0 }, new[] { 2.0 })";
    const string Words = $"Microsoft.DotNet.Interactive.Formatting.Formatter.ToDisplayString({Chart}, \"text/plain\")";

    async Task<StdioKernel> StartAsync()
    {
        string[] arguments = StdioKernel.Arguments(Workbook.Notebooks);
        arguments[^1] = Copy.Notebooks;
        var kernel = await StdioKernel.StartAsync(Copy.Notebooks, arguments);
        await kernel.RunAsync("#!import setup.dib");
        return kernel;
    }

    async Task BuildAsync()
    {
        var built = await Cli.Wrap("dotnet")
            .WithArguments(
                ["build", Path.Combine("lib", "Neurodynamics.Notebooks"), "-c", "Release", "-nologo", "-v:quiet"])
            .WithWorkingDirectory(Copy.Root).WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(built.ExitCode == 0, built.StandardOutput);
    }
}
