using System.Diagnostics;

namespace Neurodynamics.HardUse;

/// <summary>This program again, in a process of its own that may die of what it is given.</summary>
static class Attempt
{
    public static Process Start(bool speaks, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!,
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
                ? [Environment.GetCommandLineArgs()[0], .. arguments]
                : arguments)
        {
            RedirectStandardInput = speaks,
            RedirectStandardOutput = speaks,
            RedirectStandardError = true,
        })!;
}
