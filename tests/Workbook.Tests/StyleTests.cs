using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>The one rule of style that the build does not hold: .editorconfig's others are its warnings.</summary>
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
}
