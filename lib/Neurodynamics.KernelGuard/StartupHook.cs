using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

/// <summary>
/// Runs in the kernel's process before the kernel (.NET's startup hook, named by DOTNET_STARTUP_HOOKS). Under Jupyter
/// .NET Interactive always serves HTTP on a port that can be guessed, and runs code for whoever asks: a web page, or
/// another user of the machine. Here it serves on a socket in a folder that only this user may enter, and on no port.
/// The kernel also ends with the process that started it, and not by an interrupt.
/// </summary>
internal static class StartupHook
{
    /// <summary>A socket's path may have 108 bytes on Linux and 104 on macOS.</summary>
    private const int LongestPath = 100;

    public static void Initialize()
    {
        // Programs that a cell starts are none of its business.
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        // What Kestrel's own configuration names replaces every address that a program asks for.
        Environment.SetEnvironmentVariable("Kestrel__Endpoints__Kernel__Url", Address());
        EndWithParent();
        OutliveInterrupts();
    }

    /// <summary>
    /// The kernel's launcher makes SIGUSR1 of an interrupt. The workbook stops the running cell then; before a notebook
    /// has loaded it, or without it, nothing happens.
    /// </summary>
    private static void OutliveInterrupts()
    {
        if (OperatingSystem.IsWindows()) return;
        int user = OperatingSystem.IsLinux() ? 10 : 30;
        var interrupts = PosixSignalRegistration.Create((PosixSignal)user, signal => signal.Cancel = true);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => interrupts.Dispose();
    }

    private static string Address()
    {
        // A named pipe is its user's alone unless a program says otherwise; a socket is as open as its folder.
        if (OperatingSystem.IsWindows()) return $"http://pipe:/neurodynamics-{Guid.NewGuid():N}";
        string folder = Directory.CreateTempSubdirectory("neurodynamics-").FullName;
        if (folder.Length > LongestPath - 5)
        {
            Directory.Delete(folder);
            folder = $"/tmp/neurodynamics-{Guid.NewGuid():N}";
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
            }
        };
        return $"http://unix:{folder}/http";
    }

    /// <summary>
    /// Jupyter says who started the kernel. On Windows it gives a handle instead, and ends its kernels itself.
    /// </summary>
    private static void EndWithParent()
    {
        string? said = Environment.GetEnvironmentVariable("JPY_PARENT_PID");
        if (OperatingSystem.IsWindows()
            || !int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out int parent)) return;
        var watch = new Thread(() =>
        {
            try
            {
                using var process = Process.GetProcessById(parent);
                process.WaitForExit();
            }
            catch (ArgumentException)
            {
                // It is gone already.
            }
            Process.GetCurrentProcess().Kill();
        })
        { IsBackground = true, Name = "Ends with its parent" };
        watch.Start();
    }
}
