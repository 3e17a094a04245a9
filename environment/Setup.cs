using CliWrap;
using Spectre.Console;

namespace Neurodynamics.Environment;

/// <summary>Turns a bare machine into a working one, in steps that do nothing where nothing is missing.</summary>
sealed class Setup(Workbook workbook, IAnsiConsole console)
{
    static readonly string[] Supported = ["linux-x64", "osx-arm64", "win-x64", "win-arm64"];

    /// <param name="purpose">What for.</param>
    /// <param name="install">Whether Debian packages may be installed.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="tests">Whether the tests are built too, whatever the purpose.</param>
    public async Task RunAsync(Purpose purpose, bool install, CancellationToken cancellation, bool tests = false)
    {
        string solution = tests || purpose == Purpose.Test ? workbook.Solution : workbook.LibrarySolution;
        if (!Supported.Contains(Platform.Name))
            throw new WorkbookException(
                $"TorchSharp has no package for {Platform.Name}, only for {string.Join(", ", Supported)}.");

        var programs = new SystemPrograms(workbook, console);
        await StepAsync("Programs", () => programs.EnsureAsync(purpose, install, cancellation));
        await StepAsync("Packages", async () =>
        {
            await DotnetAsync(
                "The packages could not be restored: without a network all of them must already be in the package "
                    + "cache, so go online and run this again.",
                ["restore", solution], cancellation);
            return "restored";
        });
        await StepAsync("TorchSharp", () => new NativeShim(workbook).EnsureAsync(cancellation));
        await StepAsync("Build", async () =>
        {
            await DotnetAsync("The build failed: mend what the compiler reports.",
                ["build", solution, "--no-restore", "-c", "Release"], cancellation);
            return "done";
        });
        await StepAsync("Kernel", () => Task.FromResult(new Kernel(workbook).Ensure()));
        StartAnywhere();
        await StepAsync("Package", () => new Feed(workbook).EnsureAsync(DotnetAsync, cancellation));
    }

    /// <summary>Paths in a setup file count from the notebook; in this one they are whole.</summary>
    void StartAnywhere()
    {
        string root = workbook.Root.Replace('\\', '/');
        string text = File.ReadAllText(workbook.Start).Replace("#r \"../", $"#r \"{root}/", StringComparison.Ordinal);
        WorkbookFile.Write(workbook.StartAnywhere, text);
    }

    async Task StepAsync(string name, Func<Task<string>> work)
    {
        long started = TimeProvider.System.GetTimestamp();
        string said = console.Profile.Capabilities.Interactive
            ? await console.Status().StartAsync(name, _ => work())
            : await work();
        console.WriteLine($"{name,-12} {said} ({TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s)");
    }

    Task DotnetAsync(string remedy, string[] arguments, CancellationToken cancellation) =>
        Programs.RunAsync(
            workbook,
            Cli.Wrap("dotnet").WithArguments([.. arguments, "-nologo", "-v:quiet", "-clp:NoSummary"])
                .WithEnvironmentVariables(variables => variables
                    .Set("DOTNET_CLI_UI_LANGUAGE", "en")
                    .Set("MSBUILDTERMINALLOGGER", "off")),
            remedy,
            cancellation);
}
