using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Neurodynamics.Environment;

/// <summary>
/// TorchSharp's native library asks for a libstdc++ newer than some distributions have, for one function only. Where
/// the loader lacks it, this makes a copy of the library that asks for a small shim instead, which lies beside it
/// (environment/native). Directory.Build.targets puts the two into the build output.
/// </summary>
public sealed class NativeShim(Workbook workbook)
{
    /// <summary>The shim's file and the name in the library that it replaces: as long as each other.</summary>
    public const string Shim = "libstdcxx.so.6", Replaced = "libstdc++.so.6";

    const string Torch = "libLibTorchSharp.so";
    const string MissingFunction = "_ZSt21ios_base_library_initv";

    public static bool IsNeeded { get; } = OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad(Replaced, out nint library)
        && !NativeLibrary.TryGetExport(library, MissingFunction, out _);

    string Folder => Path.Combine(workbook.Native, $"torchsharp-{workbook.PackageVersion("TorchSharp")}");

    public bool IsPresent => File.Exists(Path.Combine(Folder, Torch)) && File.Exists(Path.Combine(Folder, Shim));

    public async Task<string> EnsureAsync(CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux()) return "as in its package";
        if (!IsNeeded) return "as in its package: this system's libstdc++ is new enough";

        if (IsPresent) return "there";

        string making = Folder + ".making";
        Fresh(making);
        File.Copy(Path.Combine(workbook.Shim, Shim), Path.Combine(making, Shim));
        byte[] library = await FromPackageAsync(cancellation);
        Rename(library);
        await File.WriteAllBytesAsync(Path.Combine(making, Torch), library, cancellation);
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);

        Directory.Move(making, Folder);
        return "made";
    }

    /// <summary>Replaces the one place where a library names the C++ library that it needs.</summary>
    public static void Rename(Span<byte> library)
    {
        byte[] old = Encoding.ASCII.GetBytes(Replaced);
        int at = library.IndexOf(old);
        if (at < 0 || library[(at + 1)..].IndexOf(old) >= 0)
            throw new WorkbookException($"TorchSharp's library does not name {Replaced} once, as it did when this was "
                + "written: use a system with GCC 13's libstdc++ or a newer one (Debian 13, Ubuntu 24.04).");
        Encoding.ASCII.GetBytes(Shim).CopyTo(library[at..]);
    }

    /// <summary>
    /// TorchSharp's library from the package itself, not from beside it in the cache. Build outputs are hard links to
    /// that file, and writing into one of them changes it for every project of the user.
    /// </summary>
    public async Task<byte[]> FromPackageAsync(CancellationToken cancellation)
    {
        string version = workbook.PackageVersion("TorchSharp");
        string package = workbook.PackageFolders()
            .Select(folder => Path.Combine(folder, "torchsharp", version, $"torchsharp.{version}.nupkg"))
            .FirstOrDefault(File.Exists)
            ?? throw new WorkbookException($"The package TorchSharp {version} is in none of NuGet's folders: "
                + "run `dotnet restore --force`, then this again.");
        await using var zip = await ZipFile.OpenReadAsync(package, cancellation);
        var entry = zip.GetEntry($"runtimes/{Platform.Name}/native/{Torch}")
            ?? throw new WorkbookException($"The TorchSharp package has no {Torch} for {Platform.Name}: "
                + "TorchSharp does not support this platform.");
        await using var packed = await entry.OpenAsync(cancellation);
        using var library = new MemoryStream();
        await packed.CopyToAsync(library, cancellation);
        return library.ToArray();
    }

    static void Fresh(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);

        Directory.CreateDirectory(folder);
    }
}
