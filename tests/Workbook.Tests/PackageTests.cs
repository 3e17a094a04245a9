using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CliWrap;
using CliWrap.Buffered;
using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>The library as a package, in a notebook that is not in the workbook.</summary>
public sealed partial class PackageTests
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    [Fact]
    public async Task TheReadmesTwoLinesAreEnoughInAnEmptyFolderWithoutANetwork()
    {
        string readme = await File.ReadAllTextAsync(
            Path.Combine(Workbook.Root, "README.md"), TestContext.Current.CancellationToken);
        string lines = TwoLines().Match(readme).Groups[1].Value
            .Replace("/path/to/clone", Workbook.Root.Replace('\\', '/'));
        var folder = Directory.CreateTempSubdirectory("work book-");
        try
        {
            string[] arguments = StdioKernel.Arguments(Workbook.Notebooks);
            arguments[^1] = folder.FullName;
            await using var kernel = await StdioKernel.StartAsync(
                folder.FullName, [.. await WithoutNetworkAsync(), .. arguments]);

            Assert.Contains(await kernel.RunAsync(lines), output => output.Contains("plotly.js v"));
            Assert.Matches("neurodynamics.notebooks", Assert.Single(await kernel.RunAsync(
                "typeof(Figures).Assembly.Location.ToLowerInvariant()")));
            // PyBridge, which reads the file, asks for another version of TorchSharp than the one that is there.
            await kernel.RunAsync("""
                var network = Workbook.Networks.Load("flipflop3-currents-rank3").Network;
                var trials = new FlipFlop { Channels = 3 }.Sample(count: 32, steps: 100, seed: 7);
                var candidates = Candidates.FromTrials(network.Cell, trials.Inputs, count: 64, seed: 3, noise: 0.1);
                var found = new FixedPointSearch().Run(network.Cell, candidates);
                """);
            Assert.Contains("certified", Assert.Single(await kernel.RunAsync("found.ToString()")));
            // Microsoft.Data.Analysis' own extension, which shows tables too, came after ours.
            Assert.Contains("neurodynamics-table", Assert.Single(await kernel.RunAsync("""
                using Microsoft.Data.Analysis;
                new DataFrame(new StringDataFrameColumn("a", ["b"]))
                """)));
            Assert.Contains("neurodynamics.show(", Assert.Single(await kernel.RunAsync(
                "Figures.Training(Workbook.Networks.Load(\"flipflop3-gru\").Record)")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("Neurodynamics")]
    [InlineData("Neurodynamics.Notebooks")]
    public void APackageSaysWhatItIsAndBringsItsLibrary(string name)
    {
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(Workbook.Feed, $"{name}.1.*.nupkg")));
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.Contains("README.md", files);
        Assert.Contains($"lib/net10.0/{name}.xml", files);
        Assert.Equal(File.ReadAllText(Path.Combine(Workbook.Root, "LICENSE")), Text("LICENSE"));

        var schema = XDocument.Parse(Text($"{name}.nuspec")).Root!.Name.Namespace;
        var metadata = XDocument.Parse(Text($"{name}.nuspec")).Root!.Element(schema + "metadata")!;
        Assert.Equal("LICENSE", metadata.Element(schema + "license")!.Value);
        Assert.Equal("README.md", metadata.Element(schema + "readme")!.Value);
        Assert.StartsWith("Fixed points of trained ", metadata.Element(schema + "description")!.Value);
        string citation = File.ReadAllText(Path.Combine(Workbook.Root, "CITATION.cff"));
        Assert.Contains($"name: {metadata.Element(schema + "authors")!.Value}\n", citation.ReplaceLineEndings("\n"));
        if (name == "Neurodynamics") return;

        // Both are of one packing, and the package starts what the workbook's own notebooks start with.
        string version = metadata.Element(schema + "version")!.Value;
        Assert.Contains(metadata.Descendants(schema + "dependency"), on =>
            on.Attribute("id")!.Value == "Neurodynamics" && on.Attribute("version")!.Value == version);
        string extension = Text("interactive-extensions/dotnet/extension.dib");
        Assert.All(File.ReadLines(Workbook.Start).Where(line => line.StartsWith("using ", StringComparison.Ordinal)),
            line => Assert.Contains(line, extension));
        Assert.Contains($"Workbook.Start(\"{Workbook.Root.Replace('\\', '/')}\");", extension);

        string Text(string file)
        {
            using var reader = new StreamReader(package.GetEntry(file)!.Open());
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public async Task AnotherLibraryGetsAHigherVersionAndTheSameLibraryNoPackingAtAll()
    {
        using var copy = new WorkbookCopy("feed", "lib");
        Directory.CreateDirectory(copy.Workbook.Library);
        foreach (string name in new[] { "Neurodynamics.dll", "Neurodynamics.Notebooks.dll" })
            File.Copy(Path.Combine(Workbook.Library, name), Path.Combine(copy.Workbook.Library, name));
        var clock = new Clock();
        var feed = new Feed(copy.Workbook, clock);
        var packed = new List<Version>();

        await EnsureAsync();
        await EnsureAsync();
        Assert.Equal(["1.0.20260930.235959"], packed.Select(version => $"{version}"));

        await File.AppendAllTextAsync(
            Path.Combine(copy.Workbook.Library, "Neurodynamics.dll"), "new", TestContext.Current.CancellationToken);
        // A packing that fails leaves the feed as it was, and the next one packs.
        await Assert.ThrowsAsync<WorkbookException>(() => feed.EnsureAsync(
            (remedy, _, _) => throw new WorkbookException(remedy), TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(copy.Workbook.Feed, "*.nupkg"));
        clock.Now += TimeSpan.FromSeconds(1);
        await EnsureAsync();
        Assert.Equal(new Version(1, 0, 20261001, 0), packed[1]);
        Assert.True(packed[1] > packed[0]);
        Assert.Single(Directory.GetFiles(copy.Workbook.Feed, "*.nupkg"));

        Task<string> EnsureAsync() => feed.EnsureAsync(PackAsync, TestContext.Current.CancellationToken);

        Task PackAsync(string remedy, string[] arguments, CancellationToken cancellation)
        {
            packed.Add(Version.Parse(
                Assert.Single(arguments, argument => argument.Contains("PackageVersion=")).Split('=')[1]));
            Directory.CreateDirectory(arguments[^1]);
            return File.WriteAllTextAsync(
                Path.Combine(arguments[^1], $"{packed.Count}.nupkg"), "", cancellation);
        }
    }

    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } =
            DateTimeOffset.Parse("2026-09-30T23:59:59Z", CultureInfo.InvariantCulture);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>What to put before a command to take the network from it, where this system can.</summary>
    static async Task<string[]> WithoutNetworkAsync()
    {
        string[] without = ["unshare", "--map-root-user", "--net"];
        return OperatingSystem.IsLinux() && (await Cli.Wrap(without[0]).WithArguments([.. without[1..], "true"])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken)).ExitCode == 0 ? without : [];
    }

    [GeneratedRegex("```csharp\n(#i [^`]+)```")]
    private static partial Regex TwoLines();
}
