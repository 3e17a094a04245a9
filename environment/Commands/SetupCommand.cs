using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>What all verbs that set up first have in common.</summary>
class SetupSettings : CommandSettings
{
    [CommandOption("--no-install"), Description("Install no Debian packages; list the missing ones instead.")]
    public bool NoInstall { get; init; }
}

[Verb("setup"), Description("Only set up: programs, packages, build and kernel.")]
sealed class SetupCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<SetupSettings>
{
    public override async Task<int> ExecuteAsync(
        CommandContext context, SetupSettings settings, CancellationToken cancellation)
    {
        await new Setup(workbook, console).RunAsync(Purpose.Open, !settings.NoInstall, cancellation);
        console.WriteLine("\nThe first cell of a notebook of your own, anywhere on the disk:");
        console.WriteLine($"#!import \"{workbook.StartAnywhere.Replace('\\', '/')}\"");
        console.WriteLine("\nOr the library as a package, always the one of the last set-up:");
        console.WriteLine($"#i \"nuget:{workbook.Feed.Replace('\\', '/')}\"");
        console.WriteLine("#r \"nuget: Neurodynamics.Notebooks\"");
        return 0;
    }
}
