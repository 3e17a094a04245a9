using System.ComponentModel;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>Sets up, then starts tests/Neurodynamics.HardUse, which damages files and kills trainings.</summary>
[Verb("hard-use", "", "--share 0.05")]
[Description("Load 40,000 damaged files and end 500 trainings at random, and count what came of it.")]
sealed class HardUseCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<HardUseCommand.Settings>
{
    public sealed class Settings : SetupSettings
    {
        [CommandOption("--share"), Description("What part of these to try; default 1.")]
        public double Share { get; init; } = 1;

        public override ValidationResult Validate() => Share is > 0 and <= 1
            ? ValidationResult.Success()
            : ValidationResult.Error($"The share is above 0 and at most 1, and {Share} was given.");
    }

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        await new Setup(workbook, console).RunAsync(Purpose.Open, !settings.NoInstall, cancellation, tests: true);
        int worst = 0;
        foreach (var (command, count) in new[] { ("files", 40_000), ("trainings", 500) })
            worst = Math.Max(worst, await RunAsync(
                workbook, command, (int)Math.Ceiling(settings.Share * count), cancellation));
        return worst;
    }

    /// <summary>Runs one of its commands on this console.</summary>
    /// <returns>0 where nothing gave way.</returns>
    internal static Task<int> RunAsync(
        Workbook workbook, string command, int count, CancellationToken cancellation) =>
        Programs.OnThisConsoleAsync(
            Path.Combine(workbook.Tests, "Neurodynamics.HardUse", "bin", "Release", "Neurodynamics.HardUse.dll"),
            [command, "--count", count.ToString(CultureInfo.InvariantCulture)], cancellation);
}
