using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CliWrap;

namespace Neurodynamics.Environment;

/// <summary>
/// TorchSharp's native library asks for a libstdc++ newer than some distributions have, for one function only.
/// Where the loader lacks it, this makes a copy of the library that finds the function in a small shim beside it.
/// Directory.Build.targets puts the two into the build output.
/// </summary>
sealed partial class NativeShim(Workbook workbook)
{
    const string Torch = "libLibTorchSharp.so";
    const string Shim = "libstdcxx-compat.so";
    const string MissingFunction = "_ZSt21ios_base_library_initv";
    const string MissingVersion = "GLIBCXX_3.4.32";

    public static bool IsNeeded { get; } = OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libstdc++.so.6", out nint library)
        && !NativeLibrary.TryGetExport(library, MissingFunction, out _);

    string Folder => Path.Combine(workbook.Native, $"torchsharp-{workbook.PackageVersion("TorchSharp")}");

    public bool IsPresent => File.Exists(Path.Combine(Folder, Torch)) && File.Exists(Path.Combine(Folder, Shim));

    public async Task<string> EnsureAsync(CancellationToken cancellation)
    {
        if (!IsNeeded) return "not needed: this system's libstdc++ is new enough";

        if (IsPresent) return "there";

        string making = Folder + ".making";
        Fresh(making);
        string library = Path.Combine(making, Torch);

        await TakeFromPackageAsync(library, cancellation);
        string headers = await RunAsync("objdump", "-p", library);
        string source = Path.Combine(making, "shim.c");
        string versions = Path.Combine(making, "shim.map");
        await File.WriteAllTextAsync(source, Source, cancellation);
        await File.WriteAllTextAsync(versions, VersionScript(headers), cancellation);
        await RunAsync("gcc", "-shared", "-fPIC", "-O2", "-nostdlib", "-o", Path.Combine(making, Shim), source,
            $"-Wl,--version-script={versions}", $"-Wl,-soname,{Shim}", "-Wl,--no-as-needed", "-l:libstdc++.so.6");
        await RunAsync("patchelf", "--replace-needed", "libstdc++.so.6", Shim, library);

        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);

        Directory.Move(making, Folder);
        return "built";

        Task<string> RunAsync(string program, params string[] arguments) => Programs.RunAsync(
            workbook, Cli.Wrap(program).WithArguments(arguments),
            "The shim for this system's older libstdc++ could not be built: "
                + "check that gcc, binutils and patchelf work.",
            cancellation);
    }

    /// <summary>What a newer libstdc++ does in this function: construct the standard streams, once.</summary>
    const string Source = $$"""
        extern void _ZNSt8ios_base4InitC1Ev(void *);
        static char streams[16];
        static int constructed;
        void {{MissingFunction}}(void) { if (!constructed) { constructed = 1; _ZNSt8ios_base4InitC1Ev(streams); } }
        """;

    /// <summary>The loader wants the shim to declare every version of libstdc++; all but one may be empty.</summary>
    static string VersionScript(string headers)
    {
        string section = RequiredFromLibstdcxx().Match(headers).Groups["versions"].Value;
        var script = new StringBuilder();
        foreach (Match version in VersionName().Matches(section))
        {
            script.AppendLine(version.Value == MissingVersion
                ? $"{version.Value} {{ global: {MissingFunction}; local: *; }};"
                : $"{version.Value} {{ }};");
        }

        return script.ToString();
    }

    /// <summary>
    /// Takes the library out of the package itself, not from beside it in the cache. Build outputs are hard links to
    /// that file, and writing into one of them changes it for every project of the user.
    /// </summary>
    async Task TakeFromPackageAsync(string library, CancellationToken cancellation)
    {
        // The restore says in which folders packages lie; the user may have moved them.
        string listed = Path.Combine(workbook.Root, "lib", "Neurodynamics", "obj", "project.assets.json");
        var assets = JsonNode.Parse(await File.ReadAllTextAsync(listed, cancellation))!;
        string version = workbook.PackageVersion("TorchSharp");
        string package = assets["packageFolders"]!.AsObject()
            .Select(folder => Path.Combine(folder.Key, "torchsharp", version, $"torchsharp.{version}.nupkg"))
            .FirstOrDefault(File.Exists)
            ?? throw new WorkbookException($"The package TorchSharp {version} is in none of NuGet's folders: "
                + "run `dotnet restore --force`, then this again.");
        await using var zip = await ZipFile.OpenReadAsync(package, cancellation);
        var entry = zip.GetEntry($"runtimes/{Platform.Name}/native/{Torch}")
            ?? throw new WorkbookException($"The TorchSharp package has no {Torch} for {Platform.Name}: "
                + "TorchSharp does not support this platform.");
        await entry.ExtractToFileAsync(library, cancellation);
    }

    static void Fresh(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);

        Directory.CreateDirectory(folder);
    }

    [GeneratedRegex(@"required from libstdc\+\+\.so\.6:\n(?<versions>(\s+0x.*\n)+)")]
    private static partial Regex RequiredFromLibstdcxx();

    [GeneratedRegex(@"(GLIBCXX|CXXABI)_[\w.]+")]
    private static partial Regex VersionName();
}
