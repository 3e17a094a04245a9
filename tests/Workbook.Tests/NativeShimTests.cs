using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>The committed shim belongs to its sources and to the TorchSharp that is pinned.</summary>
public sealed partial class NativeShimTests
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    [Fact]
    public void TheShimWasBuiltFromTheSourcesBesideIt()
    {
        byte[] sources = [.. Bytes("shim.c"), .. Bytes("shim.map")];

        Assert.Contains($"made from {Convert.ToHexStringLower(SHA256.HashData(sources))}",
            Encoding.Latin1.GetString(Bytes(NativeShim.Shim)));
    }

    /// <summary>The loader refuses a library one of whose versions is not declared.</summary>
    [Fact]
    public async Task TheShimDeclaresEveryVersionThatTorchSharpAsksFor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has this library.");
        byte[] library = await new NativeShim(Workbook).FromPackageAsync(TestContext.Current.CancellationToken);

        string[] wanted = [.. Versions(library)], declared = [.. Versions(Bytes(NativeShim.Shim))];
        Assert.NotEmpty(wanted);
        Assert.Empty(wanted.Except(declared));
    }

    [Fact]
    public void ALibraryThatDoesNotNameItsLibraryOnceIsRefused()
    {
        byte[] once = Encoding.ASCII.GetBytes("a libstdc++.so.6 b");
        NativeShim.Rename(once);

        Assert.Equal("a libstdcxx.so.6 b", Encoding.ASCII.GetString(once));
        Assert.Throws<WorkbookException>(() => NativeShim.Rename("none"u8.ToArray()));
        Assert.Throws<WorkbookException>(() => NativeShim.Rename("libstdc++.so.6 libstdc++.so.6"u8.ToArray()));
    }

    static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Workbook.Shim, name));

    static IEnumerable<string> Versions(byte[] library) =>
        Version().Matches(Encoding.Latin1.GetString(library)).Select(match => match.Groups["name"].Value).Distinct();

    [GeneratedRegex(@"\0(?<name>(GLIBCXX|CXXABI)_[\d.]+)(?=\0)")]
    private static partial Regex Version();
}
