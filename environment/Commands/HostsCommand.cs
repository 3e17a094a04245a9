using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>Sets up, then starts tests/Workbook.Hosts, which opens the notebooks in other hosts.</summary>
[Verb("hosts", "", "jupyter", "vscode 09")]
[Description("Open the notebooks in a real Jupyter Notebook and a real VS Code and check that every figure is drawn.")]
sealed class HostsCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<HostsCommand.Settings>
{
    public sealed class Settings : SetupSettings
    {
        [CommandArgument(0, "[host]"), Description("jupyter or vscode; both if omitted.")]
        public string? Host { get; init; }

        [CommandArgument(1, "[notebook]")]
        [Description("In VS Code only notebooks whose file name contains one of these.")]
        public string[] Notebooks { get; init; } = [];

        public override ValidationResult Validate() => Host is null or "jupyter" or "vscode"
            ? ValidationResult.Success()
            : ValidationResult.Error($"There is no host {Host}: name jupyter or vscode, or neither for both.");
    }

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        await new Setup(workbook, console).RunAsync(Purpose.Test, !settings.NoInstall, cancellation);
        string program = Path.Combine(workbook.Tests, "Workbook.Hosts", "bin", "Release", "Workbook.Hosts.dll");
        return await Programs.OnThisConsoleAsync(
            program, [settings.Host ?? "both", .. settings.Notebooks], cancellation);
    }
}
