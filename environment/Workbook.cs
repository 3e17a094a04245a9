using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Neurodynamics.Environment;

/// <summary>
/// Where the workbook's parts lie. Everything that the set-up makes goes under <c>.workbook</c>, which git ignores.
/// </summary>
public sealed record Workbook(string Root)
{
    public string Solution => Path.Combine(Root, "Neurodynamics.slnx");

    /// <summary>The same without the tests: what notebooks and commands need.</summary>
    public string LibrarySolution => Path.Combine(Root, "lib", "library.slnf");

    public string Notebooks => Path.Combine(Root, "notebooks");
    public string Library => Path.Combine(Root, "lib", "bin");
    public string KernelGuard =>
        Path.Combine(Root, "lib", "Neurodynamics.KernelGuard", "bin", "Release", "Neurodynamics.KernelGuard.dll");
    public string Networks => Path.Combine(Root, "data", "networks");

    /// <summary>Declared sweeps, NAME.json, and the rows that have come of each, NAME.jsonl.</summary>
    public string Sweeps => Path.Combine(Root, "data", "sweeps");

    /// <summary>What the notebooks found of the report's claims, a file each.</summary>
    public string Claims => Path.Combine(Root, "data", "claims");

    public string Notices => Path.Combine(Root, "THIRD-PARTY-NOTICES.md");

    public string Tests => Path.Combine(Root, "tests");

    /// <summary>Nbconvert's configuration and page template.</summary>
    public string Nbconvert => Path.Combine(Root, "environment", "nbconvert");

    /// <summary>What the workbook's notebooks start with.</summary>
    public string Start => Path.Combine(Notebooks, "setup.dib");

    /// <summary>The same for a notebook anywhere on the disk.</summary>
    public string StartAnywhere => Path.Combine(Made, "anywhere.dib");

    /// <summary>The library as packages, for <c>#r "nuget:"</c> in a notebook anywhere.</summary>
    public string Feed => Path.Combine(Made, "feed");

    /// <summary>What a kernel runs as it loads the package.</summary>
    public string Extension => Path.Combine(Made, "extension.dib");

    public string Made => Path.Combine(Root, ".workbook");
    public string Kernel => Path.Combine(Made, "kernel");
    public string Jupyter => Path.Combine(Made, "jupyter");

    /// <summary>The shim for an older libstdc++ and what it is built from.</summary>
    public string Shim => Path.Combine(Root, "environment", "native");

    public string Native => Path.Combine(Made, "native");
    public string Trained => Path.Combine(Made, "networks");

    /// <summary>What the runs of each sweep leave.</summary>
    public string SweepRuns => Path.Combine(Made, "sweeps");

    public string Logs => Path.Combine(Made, "logs");

    /// <summary>Executed notebooks and their HTML pages.</summary>
    public string Run => Path.Combine(Made, "run");

    /// <summary>Pages to send or to put on a server.</summary>
    public string Share => Path.Combine(Made, "share");

    /// <summary>What the notebooks looked like in other hosts.</summary>
    public string Hosts => Path.Combine(Made, "hosts");

    /// <summary>A build for Windows, and the Windows that Wine makes to run it.</summary>
    public string Windows => Path.Combine(Made, "windows");

    /// <summary>The workbook that this program was built from, whatever the current directory.</summary>
    public static Workbook Here([CallerFilePath] string source = "")
    {
        // The program's own folder is asked first: it stays right when a built workbook is moved or mounted elsewhere.
        foreach (string? start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(source)! })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Neurodynamics.slnx")))
                    return new Workbook(folder.FullName);
            }
        }

        throw new WorkbookException("The workbook's folder was not found: "
            + "start the program with `dotnet run --project environment` from a clone of the repository.");
    }

    /// <summary>A path as it is written from the current directory.</summary>
    public static string FromHere(string path) => Path.GetRelativePath(System.Environment.CurrentDirectory, path);

    /// <summary>The notebooks in reading order.</summary>
    public IReadOnlyList<string> FindNotebooks() =>
        Directory.Exists(Notebooks)
            ? [.. Directory.GetFiles(Notebooks, "*.ipynb").Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Those whose file name contains one of the parts; all where no part is named.</summary>
    public IReadOnlyList<string> FindNotebooks(IReadOnlyCollection<string> parts)
    {
        string[] found = [.. FindNotebooks().Where(path => parts.Count == 0
            || parts.Any(part => Path.GetFileName(path).Contains(part, StringComparison.OrdinalIgnoreCase)))];
        return found.Length > 0 ? found : throw new WorkbookException("No notebook in notebooks/ matches. There are: "
            + $"{string.Join(", ", FindNotebooks().Select(Path.GetFileName))}.");
    }

    /// <summary>The kernel's version, from the one place where it is written down.</summary>
    public string KernelVersion() => Pinned().Descendants("KernelToolVersion").Single().Value;

    /// <summary>A package's version from Directory.Packages.props.</summary>
    public string PackageVersion(string id) =>
        Pinned().Descendants("PackageVersion").Single(package => package.Attribute("Include")?.Value == id)
            .Attribute("Version")!.Value;

    /// <summary>NuGet's folders of packages: the restore says which; the user may have moved them.</summary>
    public IEnumerable<string> PackageFolders() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "environment", "obj", "project.assets.json")))!
            ["packageFolders"]!.AsObject().Select(folder => folder.Key);

    XDocument Pinned() => XDocument.Load(Path.Combine(Root, "Directory.Packages.props"));
}

/// <summary>A failure that the reader can do something about: the message is the whole of what is shown.</summary>
public sealed class WorkbookException(string message) : Exception(message);
