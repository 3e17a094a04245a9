using CliWrap;
using CliWrap.Buffered;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>The repository's one style, as .editorconfig states it.</summary>
public sealed class StyleTests
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    [Fact]
    public void NoLineIsLongerThan120Columns()
    {
        string[] sources = new[] { "environment", "lib", "tests" }
            .SelectMany(folder =>
                Directory.GetFiles(Path.Combine(Workbook.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Workbook.Root, file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .ToArray();
        var tooLong = from file in sources
                      from line in File.ReadLines(Path.Combine(Workbook.Root, file)).Index()
                      where line.Item.Length > 120
                      select $"{file}({line.Index + 1}): {line.Item.Length} columns";

        Assert.True(sources.Length > 100, $"Only {sources.Length} sources were found.");
        Assert.Empty(tooLong);
    }

    [Fact]
    public async Task DotnetFormatChangesNothing()
    {
        var format = await Cli.Wrap("dotnet").WithArguments(["format", "--verify-no-changes", "--no-restore"])
            .WithWorkingDirectory(Workbook.Root).WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);

        Assert.True(format.ExitCode == 0, format.StandardOutput + format.StandardError);
    }
}
