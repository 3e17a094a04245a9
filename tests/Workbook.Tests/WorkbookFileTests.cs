using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

public sealed class WorkbookFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();

    private string Target => Path.Combine(folder.FullName, "new", "file");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void ACopyIsWholeAndNothingIsLeftBesideItNotEvenByOneThatWasKilled()
    {
        string source = Path.Combine(folder.FullName, "source"), stale = $"{Target}.killed.partial";
        File.WriteAllText(source, "copied");
        WorkbookFile.Write(Target, "\u00fc");
        Assert.Equal([0xc3, 0xbc], File.ReadAllBytes(Target));

        File.WriteAllText(stale, "half");
        File.SetLastWriteTimeUtc(stale, DateTime.UtcNow.AddHours(-2));
        WorkbookFile.Copy(source, Target);
        Assert.Equal("copied", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void WhereWritingFailsTheFileStaysAndASentenceSaysSo()
    {
        WorkbookFile.Write(Target, "old");
        var failed = Assert.Throws<WorkbookException>(
            () => WorkbookFile.Copy(Path.Combine(folder.FullName, "none"), Target));
        Assert.Contains("is as it was", failed.Message);
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }
}
