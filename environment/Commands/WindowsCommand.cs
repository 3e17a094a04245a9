using System.ComponentModel;
using System.Text.RegularExpressions;
using CliWrap;
using Neurodynamics.Pictures;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>
/// The library's tests as a program for Windows, which Wine runs. By hand: it downloads some 150 MB, and where a
/// process dies, that may be Wine's fault. So each class of tests has a process of its own.
/// </summary>
[Verb("windows", "", "WholeFile Import")]
[Description("Build the library's tests for Windows and run them under Wine.")]
sealed partial class WindowsCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<WindowsCommand.Settings>
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "[class]"), Description("Only classes of tests whose full name contains one of these.")]
        public string[] Parts { get; init; } = [];
    }

    string Tests => Path.Combine(workbook.Windows, "tests", "Neurodynamics.Tests");

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var wine = Cli.Wrap(OnPath.Find("wine") ?? throw new WorkbookException(
                "Wine is missing. Install with:\n  sudo apt-get install --no-install-recommends wine wine64"))
            .WithEnvironmentVariables(Surroundings());
        console.WriteLine("Building the library's tests for Windows");
        await PublishAsync(cancellation);
        await Programs.RunAsync(workbook, wine.WithArguments(
            ["reg", "add", @"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f"]),
            "Wine does not start: remove .workbook/windows/wine, then run this again.", cancellation);

        string listed = await Programs.RunAsync(workbook, wine.WithArguments([$"{Tests}.exe", "-list", "classes"]),
            "The tests do not start under Wine.", cancellation);
        string[] classes = [.. ClassName().Matches(listed).Select(match => match.Value).Distinct().Where(name =>
            settings.Parts.Length == 0
            || settings.Parts.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)))];
        int passed = 0, well = 0;
        foreach (string name in classes)
        {
            var (count, trouble) = await RunAsync(wine, name, cancellation);
            console.WriteLine($"  {(trouble is null ? $"{count,4} passed" : trouble),-16} {name}");
            (passed, well) = (passed + count, trouble is null ? well + 1 : well);
        }

        console.WriteLine($"{passed} tests passed; {well} of {classes.Length} classes came to a good end.");
        return well == classes.Length ? 0 : 1;
    }

    /// <summary>Into a folder of its own: the workbook's build stays what it is.</summary>
    Task<string> PublishAsync(CancellationToken cancellation) => Programs.RunAsync(workbook, Cli.Wrap("dotnet")
        .WithArguments(
        [
            "publish", Path.Combine(workbook.Tests, "Neurodynamics.Tests"), "-c", "Release", "-r", "win-x64",
            "--self-contained", "-o", Path.GetDirectoryName(Tests)!,
            "--artifacts-path", Path.Combine(workbook.Windows, "build"),
            "-p:RestorePackagesWithLockFile=false", "-p:RunAnalyzers=false", "-nologo", "-v:quiet",
        ]), "The tests could not be built for Windows: mend what is reported.", cancellation);

    /// <returns>How many tests passed, and in two words what went wrong.</returns>
    async Task<(int Passed, string? Trouble)> RunAsync(
        CliWrap.Command wine, string name, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        string log = Path.Combine(workbook.Logs, $"windows-{name}.log");
        Directory.CreateDirectory(workbook.Logs);
        try
        {
            await wine.WithArguments([$"{Tests}.exe", "-class", name]).WithWorkingDirectory(workbook.Root)
                .WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(PipeTarget.ToFile(log)).ExecuteAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (0, "DID NOT END");
        }

        var counts = Summary().Match(await File.ReadAllTextAsync(log, cancellation));
        if (!counts.Success) return (0, "DIED");
        int[] numbers = [.. counts.Groups.Values.Skip(1).Select(group => int.Parse(group.Value))];
        int failed = numbers[1] + numbers[2];
        return (numbers[0] - failed - numbers[3], failed == 0 ? null : $"{failed} FAILED");
    }

    /// <summary>What Wine 8 needs to run .NET and libtorch.</summary>
    Dictionary<string, string?> Surroundings() => new()
    {
        ["WINEARCH"] = "win64",
        ["WINEPREFIX"] = Path.Combine(workbook.Windows, "wine"),
        ["WINEDEBUG"] = "-all",
        // Else the runtime dies in a finaliser.
        ["DOTNET_EnableWriteXorExecute"] = "0",
        // Wine lacks a call about memory banks that the OpenMP library makes.
        ["KMP_AFFINITY"] = "disabled",
        ["OMP_NUM_THREADS"] = "1",
    };

    [GeneratedRegex(@"Neurodynamics\.Tests\.[\w.]+")]
    private static partial Regex ClassName();

    [GeneratedRegex(@"Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)")]
    private static partial Regex Summary();
}
