using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Neurodynamics.Environment;

/// <summary>THIRD-PARTY-NOTICES.md: what the workbook is built with, and under which licence each part comes.</summary>
public static class Notices
{
    /// <summary>What lies in the repository or in a package without being one itself.</summary>
    static readonly Part[] Enclosed =
    [
        new("plotly.js", "2.28.0", "Plotly, Inc.", "MIT", "in the package Plotly.NET, and in every executed notebook"),
        new("Temml", "", "Ron Kok", "MIT", "in environment/nbconvert; its licence lies beside it"),
    ];

    sealed record Part(string Name, string Version, string Authors, string Licence, string Note);

    /// <summary>The text, from the lock files and from the packages' own metadata in NuGet's cache.</summary>
    /// <exception cref="WorkbookException">A package is not in the cache.</exception>
    public static string Text(Workbook workbook)
    {
        // The kernel is a tool, which no lock file lists.
        (string Name, string Version)[] used =
        [
            ("Microsoft.dotnet-interactive", workbook.KernelVersion()),
            .. Packages(workbook.Root, "lib", "environment"),
        ];
        var tested = Packages(workbook.Root, "tests").Except(used);
        string[] folders = [.. workbook.PackageFolders()];
        var text = new StringBuilder("""
            # Third-party notices

            Made by `dotnet run --project environment -- notices` from the packages' own metadata; do not edit. The
            workbook itself is under the [MIT licence](LICENSE). What follows comes under its own licence, from its own
            source, and is not part of this repository unless the last column says so.

            ## The library, the kernel and the commands


            """);
        Table(text, [.. used.Select(Read), .. Enclosed]);
        text.Append("\n## Only the tests\n\n");
        Table(text, tested.Select(Read));
        return text.ToString();

        Part Read((string Name, string Version) package) => Of(folders, package.Name, package.Version);
    }

    static void Table(StringBuilder text, IEnumerable<Part> parts)
    {
        text.Append("| part | version | by | licence | |\n|---|---|---|---|---|\n");
        foreach (var part in parts.OrderBy(part => part.Name, StringComparer.OrdinalIgnoreCase))
            text.Append($"| {part.Name} | {part.Version} | {part.Authors} | {part.Licence} | {part.Note} |\n");
    }

    static (string Name, string Version)[] Packages(string root, params string[] folders) =>
    [
        .. folders.SelectMany(folder => Directory.EnumerateFiles(
                Path.Combine(root, folder), "packages.linux-x64.lock.json", SearchOption.AllDirectories))
            .SelectMany(file => JsonNode.Parse(File.ReadAllText(file))!["dependencies"]!.AsObject())
            .SelectMany(target => target.Value!.AsObject())
            .Where(package => package.Value!["resolved"] is not null)
            .Select(package => (package.Key, $"{package.Value!["resolved"]}")).Distinct(),
    ];

    static Part Of(string[] folders, string name, string version)
    {
        string nuspec = folders.Select(folder => Path.Combine(
                folder, name.ToLowerInvariant(), version.ToLowerInvariant(), $"{name.ToLowerInvariant()}.nuspec"))
            .FirstOrDefault(File.Exists)
            ?? throw new WorkbookException($"The package {name} {version} is not in NuGet's cache: "
                + "run `dotnet run --project environment -- setup`, then this again.");
        var metadata = XDocument.Load(nuspec).Root!.Elements().First().Elements()
            .ToLookup(element => element.Name.LocalName);
        var licence = metadata["license"].FirstOrDefault();
        string named = licence?.Attribute("type")?.Value == "expression" ? licence.Value
            : metadata["licenseUrl"].FirstOrDefault()?.Value is { } address
                && !address.Contains("aka.ms/deprecateLicenseUrl", StringComparison.Ordinal)
            ? $"[its licence]({address})"
            : licence is not null ? $"{licence.Value} in the package" : "not stated";
        string by = string.Join(' ', $"{metadata["authors"].FirstOrDefault()?.Value}".Split((char[]?)null,
            StringSplitOptions.RemoveEmptyEntries));
        return new(name, version, by.Replace("|", "/"), named, "");
    }
}
