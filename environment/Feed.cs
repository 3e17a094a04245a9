using System.Security.Cryptography;

namespace Neurodynamics.Environment;

/// <summary>
/// The library as packages in a folder. Each packing has a version of its own, a date and a time: NuGet keeps a package
/// that it has seen once, and would go on giving the old library under an old version.
/// </summary>
/// <param name="clock">Default the system's.</param>
public sealed class Feed(Workbook workbook, TimeProvider? clock = null)
{
    string Stamp => Path.Combine(workbook.Feed, "made-from.txt");

    /// <summary>Packs where something has changed since the last time.</summary>
    /// <param name="dotnet">Runs dotnet: what to say where it fails, and the arguments.</param>
    /// <returns>What was done.</returns>
    public async Task<string> EnsureAsync(
        Func<string, string[], CancellationToken, Task> dotnet, CancellationToken cancellation)
    {
        WriteExtension();
        string madeFrom = MadeFrom();
        if (File.Exists(Stamp) && await File.ReadAllTextAsync(Stamp, cancellation) == madeFrom) return "there";

        string making = workbook.Feed + ".making", version = Version();
        if (Directory.Exists(making)) Directory.Delete(making, recursive: true);
        await dotnet("The library could not be packed: mend what is reported.",
            ["pack", workbook.LibrarySolution, "--no-build", "-c", "Release",
                $"-p:PackageVersion={version}", "-o", making], cancellation);
        await File.WriteAllTextAsync(Path.Combine(making, Path.GetFileName(Stamp)), madeFrom, cancellation);
        // Only now: where packing fails or is stopped, the feed is as it was.
        if (Directory.Exists(workbook.Feed)) Directory.Delete(workbook.Feed, recursive: true);
        Directory.Move(making, workbook.Feed);
        return $"made: {version}";
    }

    /// <summary>Later ones are higher, so that a notebook that names none gets the last.</summary>
    string Version()
    {
        var now = (clock ?? TimeProvider.System).GetUtcNow();
        int day = now.Year * 10_000 + now.Month * 100 + now.Day;
        return $"1.0.{day}.{now.Hour * 10_000 + now.Minute * 100 + now.Second}";
    }

    /// <summary>The usings and the start of the workbook's own notebooks; the package brings the libraries.</summary>
    void WriteExtension()
    {
        string root = workbook.Root.Replace('\\', '/');
        var lines = File.ReadLines(workbook.Start).Where(line => !line.StartsWith("#r ", StringComparison.Ordinal));
        WorkbookFile.Write(workbook.Extension, string.Join('\n', lines)
            .Replace("Workbook.Start()", $"Workbook.Start(\"{root}\")", StringComparison.Ordinal) + "\n");
    }

    /// <summary>The hash of all that goes into the packages.</summary>
    string MadeFrom()
    {
        string[] files =
        [
            workbook.Extension,
            Path.Combine(workbook.Root, "LICENSE"),
            .. Directory.GetFiles(Path.Combine(workbook.Root, "lib", "package")),
            .. Directory.GetFiles(workbook.Root, "Directory.*.props"),
            .. new[] { "Neurodynamics", "Neurodynamics.Notebooks" }.SelectMany(name => new[]
            {
                Path.Combine(workbook.Root, "lib", name, $"{name}.csproj"),
                Path.Combine(workbook.Library, $"{name}.dll"),
            }),
        ];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files.Order(StringComparer.Ordinal))
            hash.AppendData(File.ReadAllBytes(file));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
