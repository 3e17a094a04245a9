using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>What the repository says of other people's work is what their packages say.</summary>
public sealed class NoticesTests
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    [Fact]
    public void TheNoticesAreThoseOfThePinnedPackages()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The lock files of Linux are the ones that are committed.");
        string committed = File.ReadAllText(Workbook.Notices).ReplaceLineEndings("\n");

        Assert.True(Notices.Text(Workbook).ReplaceLineEndings("\n") == committed,
            "THIRD-PARTY-NOTICES.md is not what the packages say: `dotnet run --project environment -- notices`.");
        Assert.Contains("| TorchSharp | 0.", committed);
        Assert.DoesNotContain("not stated", committed);
    }

    [Fact]
    public void TheLicenceIsNamedInEachPlaceThatNamesOne()
    {
        Assert.StartsWith("MIT License", File.ReadAllText(Path.Combine(Workbook.Root, "LICENSE")));
        Assert.Contains("license: MIT", File.ReadAllText(Path.Combine(Workbook.Root, "CITATION.cff")));
    }
}
