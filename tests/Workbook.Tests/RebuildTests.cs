using CliWrap;
using CliWrap.Buffered;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>A reader who changes the library while a notebook is open. In a copy of the sources, so that no other test's library changes under it.</summary>
public sealed class RebuildTests : IDisposable
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    readonly Environment.Workbook copy = new(Path.Combine(Workbook.Made, "tests", "rebuild"));

    public void Dispose() => Directory.Delete(copy.Root, recursive: true);

    [Fact]
    public async Task TheLibraryIsRebuiltUnderARunningKernelAndTheNextKernelHasTheNewCode()
    {
        CopySources();
        await BuildAsync();
        await using var running = await StartAsync();
        Assert.Equal(["[Plotly figure with 1 trace]"], await running.RunAsync(Words));
        Assert.Equal(["3"], await running.RunAsync("TorchSharp.torch.ones(3).sum().item<float>().ToString()"));

        var source = Path.Combine(copy.Root, "lib", "Neurodynamics.Notebooks", "ChartHtml.cs");
        await File.WriteAllTextAsync(source, (await File.ReadAllTextAsync(source, TestContext.Current.CancellationToken)).Replace("[Plotly figure with", "[Rebuilt figure with"), TestContext.Current.CancellationToken);
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
        var arguments = StdioKernel.Arguments(Workbook.Notebooks);
        arguments[^1] = copy.Notebooks;
        var kernel = await StdioKernel.StartAsync(copy.Notebooks, arguments);
        await kernel.RunAsync("#!import setup.dib");
        return kernel;
    }

    async Task BuildAsync()
    {
        var built = await Cli.Wrap("dotnet")
            .WithArguments(["build", Path.Combine("lib", "Neurodynamics.Notebooks"), "-c", "Release", "-nologo", "-v:quiet"])
            .WithWorkingDirectory(copy.Root).WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(built.ExitCode == 0, built.StandardOutput);
    }

    void CopySources()
    {
        var files = new[] { "lib/Neurodynamics", "lib/Neurodynamics.Notebooks", ".workbook/native" }.Select(folder => Path.Combine(Workbook.Root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*", SearchOption.AllDirectories)).Where(file => !Path.GetRelativePath(Workbook.Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Concat(Directory.GetFiles(Workbook.Root)).Append(Path.Combine(Workbook.Notebooks, "setup.dib"));
        foreach (var file in files)
        {
            var target = Path.Combine(copy.Root, Path.GetRelativePath(Workbook.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
