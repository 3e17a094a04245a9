using System.Diagnostics;
using System.Runtime.InteropServices;
using CliWrap;
using CliWrap.Buffered;

namespace Neurodynamics.Environment;

/// <summary>Calls the programs that the workbook needs.</summary>
public static class Programs
{
    /// <summary>
    /// Runs a program and returns its output, or fails with <paramref name="remedy"/> and the last lines it wrote.
    /// </summary>
    public static async Task<string> RunAsync(
        Workbook workbook, Command command, string remedy, CancellationToken cancellation)
    {
        var result = await command
            .WithWorkingDirectory(workbook.Root)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellation);

        string name = Path.GetFileNameWithoutExtension(command.TargetFilePath);
        Directory.CreateDirectory(workbook.Logs);
        string? verb = command.Arguments.Split(' ').FirstOrDefault(argument => argument.Length > 0 && argument[0] != '-'
            && argument.All(letter => char.IsLetter(letter) || letter == '-'));
        string log = Path.Combine(workbook.Logs, verb is null ? $"{name}.log" : $"{name}-{verb}.log");
        string said = result.StandardOutput + result.StandardError;
        await File.WriteAllTextAsync(log, $"{command}{System.Environment.NewLine}{said}", CancellationToken.None);
        if (result.ExitCode != 0)
        {
            await LetInterruptArriveAsync(cancellation);
            // Without the places in .NET's own code where it happened.
            string[] lines = [.. said
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(line => !line.StartsWith("at ", StringComparison.Ordinal))];
            if (lines.Any(IsDenied))
                remedy = $"{name} may not write where it has to: make HOME and NuGet's folder writable, or name others "
                    + "in DOTNET_CLI_HOME and NUGET_PACKAGES.";
            string[] errors = lines
                .Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase) || IsDenied(line))
                .Select(line => line.Split(" [")[0].Replace(workbook.Root + Path.DirectorySeparatorChar, ""))
                .Distinct().Take(3).ToArray();
            throw new WorkbookException($"{remedy}\n  "
                + string.Join("\n  ", errors.Length > 0 ? errors : lines.TakeLast(3))
                + $"\n  The full log: {Path.GetRelativePath(workbook.Root, log)}");
        }

        return result.StandardOutput;
    }

    static bool IsDenied(string line) => line.Contains("Access to the path", StringComparison.Ordinal)
        || line.Contains("Permission denied", StringComparison.Ordinal)
        || line.Contains("Read-only file system", StringComparison.Ordinal);

    /// <summary>
    /// Ctrl-C reaches the child as well, which may end before this process has heard of it.
    /// Then the child's end is no failure of its own.
    /// </summary>
    public static Task LetInterruptArriveAsync(CancellationToken cancellation) =>
        Task.Delay(TimeSpan.FromMilliseconds(300), cancellation);

    /// <summary>
    /// Runs one of the repository's programs on this console, where it hears Ctrl+C itself; its exit code.
    /// </summary>
    internal static async Task<int> OnThisConsoleAsync(
        string program, string[] arguments, CancellationToken cancellation)
    {
        using var running = Process.Start("dotnet", [program, .. arguments]);
        await using var terminate = cancellation.Register(() => Terminate(running.Id));
        await running.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return running.ExitCode;
    }

    /// <summary>Asks a process to end. Windows knows no such signal, and nothing happens there.</summary>
    public static void Terminate(int process)
    {
        // Not an interrupt: a shell makes what it starts in the background ignore that, with all child processes.
        if (!OperatingSystem.IsWindows()) _ = Kill(process, SIGTERM);
    }

    const int SIGTERM = 15;

    [DllImport("libc", EntryPoint = "kill")]
    static extern int Kill(int process, int signal);
}
