using PuppeteerSharp;
using static System.Environment;

namespace Neurodynamics.Pictures;

/// <summary>
/// An installed Chromium, Chrome or Edge without a window. The variable WORKBOOK_BROWSER names another.
/// </summary>
/// <remarks>
/// This folder is compiled twice: into the library, which saves figures, and into the commands, which take stills of
/// notebooks and come without the library.
/// </remarks>
internal static class HeadlessBrowser
{
    /// <summary>The browser's program, or null where none is installed.</summary>
    public static string? Find()
    {
        if (GetEnvironmentVariable("WORKBOOK_BROWSER") is { Length: > 0 } named)
            return File.Exists(named) ? named : throw new BrowserException($"WORKBOOK_BROWSER names {named}, "
                + "which does not exist: name an installed Chromium, Chrome or Edge, or unset it.");

        SpecialFolder[] folders =
            [SpecialFolder.ProgramFiles, SpecialFolder.ProgramFilesX86, SpecialFolder.LocalApplicationData];
        var inPrograms = folders.Select(GetFolderPath).Where(folder => folder.Length > 0)
            .SelectMany(folder => new[]
            {
                Path.Combine(folder, "Google", "Chrome", "Application", "chrome.exe"),
                Path.Combine(folder, "Microsoft", "Edge", "Application", "msedge.exe"),
            });
        var applications = new[] { "Chromium", "Google Chrome", "Microsoft Edge" }
            .Select(name => $"/Applications/{name}.app/Contents/MacOS/{name}");
        return OnPath.Find("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
                "msedge", "microsoft-edge")
            ?? inPrograms.Concat(applications).FirstOrDefault(File.Exists);
    }

    /// <summary>Starts a browser; null where none is installed.</summary>
    /// <param name="offline">Whether it finds no machine but this one.</param>
    /// <exception cref="BrowserException">It is there and does not start.</exception>
    public static async Task<IBrowser?> LaunchAsync(bool offline = false)
    {
        if (Find() is not { } path) return null;

        try
        {
            return await Puppeteer.LaunchAsync(Options(path, offline));
        }
        catch (Exception broken) when (broken is PuppeteerException or ProcessException or TimeoutException)
        {
            throw new BrowserException($"{path} does not start as a browser: mend it, "
                + "or name another Chromium, Chrome or Edge in the variable WORKBOOK_BROWSER.");
        }
    }

    static LaunchOptions Options(string path, bool offline) => new()
    {
        ExecutablePath = path,
        Headless = true,
        DefaultViewport = new() { Width = 1000, Height = 800 },
        // WebGL without a graphics card; no calls home; and as root Chromium has no sandbox.
        Args =
        [
            "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-quic", "--no-first-run", "--disable-gpu-watchdog",
            .. offline
                ? ["--host-resolver-rules=\"MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost\""]
                : Array.Empty<string>(),
            .. IsPrivilegedProcess && OperatingSystem.IsLinux() ? ["--no-sandbox"] : Array.Empty<string>(),
        ],
    };
}

/// <summary>No browser could be used; the message says in a sentence what to do.</summary>
internal sealed class BrowserException(string message) : Exception(message);
