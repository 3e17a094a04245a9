using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neurodynamics.Pictures;
using static System.Environment;

namespace Neurodynamics.Environment;

/// <summary>
/// The pinned .NET Interactive kernel in a folder of the workbook's own, and its registration with Jupyter.
/// </summary>
sealed class Kernel(Workbook workbook)
{
    /// <summary>The kernel's name in notebooks and in Jupyter.</summary>
    public const string Name = "neurodynamics";
    public const string DisplayName = "Neurodynamics (C#)";

    /// <summary>The kernel's program.</summary>
    public string Host => Path.Combine(workbook.Kernel, "Microsoft.DotNet.Interactive.App.dll");
    string Guard => Path.Combine(workbook.Kernel, Path.GetFileName(workbook.KernelGuard));
    string Stamp => Path.Combine(workbook.Kernel, "made-from.txt");
    string MadeFrom =>
        $"Microsoft.dotnet-interactive {workbook.KernelVersion()}, "
        + $"FSharp.Core {workbook.PackageVersion("FSharp.Core")}";

    public bool IsPresent => File.Exists(Host) && File.Exists(Stamp) && File.ReadAllText(Stamp) == MadeFrom;

    /// <summary>Installs the pinned version where it is missing, and registers it for this workbook's runs.</summary>
    public string Ensure()
    {
        bool present = IsPresent;
        if (!present) Install();
        InstallGuard();
        WriteSpec(Path.Combine(workbook.Jupyter, "kernels", Name));
        return $"{(present ? "there" : "installed")}: {workbook.KernelVersion()}";
    }

    void Install()
    {
        string making = workbook.Kernel + ".making";
        if (Directory.Exists(making)) Directory.Delete(making, recursive: true);

        CopyFolder(FindTool(), making);

        // Plotly.NET 6 needs a newer FSharp.Core than the tool's, and the runtime looks in the tool's folder first.
        const string core = "FSharp.Core.dll";
        File.Copy(Path.Combine(workbook.Library, core), Path.Combine(making, core), overwrite: true);
        File.WriteAllText(Path.Combine(making, Path.GetFileName(Stamp)), MadeFrom);
        try
        {
            if (Directory.Exists(workbook.Kernel))
                Directory.Delete(workbook.Kernel, recursive: true);

            Directory.Move(making, workbook.Kernel);
        }
        catch (Exception busy) when (busy is IOException or UnauthorizedAccessException)
        {
            throw new WorkbookException($"The kernel in {workbook.Kernel} is in use: "
                + "close the notebooks that run in it, then run this again.");
        }
    }

    // Beside its place and then moved there: a kernel that runs has the old file in use.
    void InstallGuard()
    {
        byte[] built = File.ReadAllBytes(workbook.KernelGuard);
        if (File.Exists(Guard) && File.ReadAllBytes(Guard).AsSpan().SequenceEqual(built)) return;
        WorkbookFile.Copy(workbook.KernelGuard, Guard);
    }

    /// <summary>Registers the kernel for every Jupyter and VS Code of this user, and says where.</summary>
    public static string UserFolder()
    {
        string home = GetFolderPath(SpecialFolder.UserProfile);
        string? named = GetEnvironmentVariable("JUPYTER_DATA_DIR"), xdg = GetEnvironmentVariable("XDG_DATA_HOME");
        string data = named is { Length: > 0 } ? named
            : OperatingSystem.IsWindows() ? Path.Combine(GetFolderPath(SpecialFolder.ApplicationData), "jupyter")
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Jupyter")
            : Path.Combine(xdg is { Length: > 0 } ? xdg : Path.Combine(home, ".local", "share"), "jupyter");
        return Path.Combine(data, "kernels", Name);
    }

    /// <summary>The kernel host that a registration starts, or null where there is no readable one.</summary>
    public static string? RegisteredHost(string folder)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "kernel.json")))?["argv"]?.AsArray()
                .Select(part => $"{part}").FirstOrDefault(part => part.EndsWith(".dll", StringComparison.Ordinal));
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or InvalidOperationException
            or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Starts the kernel, and passes an interrupt on as SIGUSR1. Jupyter sends SIGINT to both, and .NET Interactive
    /// ends itself at that whatever anyone in its process does; what a shell starts in the background ignores it.
    /// </summary>
    const string PassInterruptsOn = """
        "$@" & kernel=$!
        trap 'kill -USR1 $kernel' INT
        trap 'kill -TERM $kernel' TERM
        while kill -0 $kernel 2>/dev/null; do wait $kernel; ended=$?; done
        exit $ended
        """;

    /// <summary>
    /// Gives interrupts back to a program whose starter ignores them, as a Jupyter does that a script has started in
    /// the background: a shell cannot hear them then. Empty where this system's env cannot do it.
    /// </summary>
    static string[] HearingInterrupts()
    {
        string[] words = ["/usr/bin/env", "--default-signal=INT"];
        try
        {
            using var tried = Process.Start(new ProcessStartInfo(words[0], [words[1], "true"])
            {
                RedirectStandardError = true,
            })!;
            tried.WaitForExit();
            return tried.ExitCode == 0 ? words : [];
        }
        catch (Win32Exception)
        {
            return [];
        }
    }

    public void WriteSpec(string folder)
    {
        string[] start =
        [
            DotnetHost(), Host, "jupyter", "--default-kernel", "csharp", "--http-local-only", "{connection_file}",
        ];
        // Windows has no such signals: there an interrupt of Jupyter's does nothing.
        if (!OperatingSystem.IsWindows())
            start = [.. HearingInterrupts(), "/bin/sh", "-c", PassInterruptsOn, Name, .. start];
        var spec = new JsonObject
        {
            ["argv"] = new JsonArray([.. start.Select(word => JsonValue.Create(word))]),
            ["display_name"] = DisplayName,
            ["language"] = "C#",
            ["env"] = new JsonObject
            {
                ["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DOTNET_INTERACTIVE_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DOTNET_NOLOGO"] = "1",

                // `#r "nuget: NAME"` asks every server for the last version, and would fail without a network.
                ["RestoreIgnoreFailedSources"] = "true",

                // No HTTP for pages and for other users, and no kernel whose reader is gone.
                ["DOTNET_STARTUP_HOOKS"] = Guard,

                // libtorch's second thread gains nothing at this size and is wrong in batched solves.
                ["OMP_NUM_THREADS"] = "1",
            },
        };
        string text = spec.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
        WorkbookFile.Write(Path.Combine(folder, "kernel.json"), text);
    }

    // The host that runs this program: Jupyter and VS Code may be started where no dotnet is on the PATH.
    static string DotnetHost() =>
        GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host && File.Exists(host)
            ? host
            : OnPath.Find("dotnet") ?? "dotnet";

    string FindTool()
    {
        // Restored as a package download of the environment project.
        string tool = Path.Combine("microsoft.dotnet-interactive", workbook.KernelVersion(), "tools", "net10.0", "any");
        return workbook.PackageFolders()
            .Select(folder => Path.Combine(folder, tool))
            .FirstOrDefault(Directory.Exists)
            ?? throw new WorkbookException("The kernel's package is not in the package cache: "
                + "run `dotnet restore` in the workbook's folder while you are online.");
    }

    static void CopyFolder(string from, string to)
    {
        foreach (string source in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target, overwrite: true);
        }
    }
}
