using System.ComponentModel;
using CliWrap;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>
/// Asks the package source for advisories, which no restore does: one published tomorrow would break it.
/// </summary>
[Verb("audit")]
[Description("Ask for known vulnerabilities of all packages, those that packages bring included; needs the network.")]
sealed class AuditCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand
{
    public override async Task<int> ExecuteAsync(CommandContext context, CancellationToken cancellation)
    {
        bool isFound = false;
        var asked = await Cli.Wrap("dotnet")
            .WithArguments(["list", workbook.Solution, "package", "--vulnerable", "--include-transitive"])
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(line =>
            {
                // A row of the table of packages begins so, and there is none where all is well.
                isFound |= line.TrimStart().StartsWith("> ", StringComparison.Ordinal);
                console.WriteLine(line);
            }))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(console.WriteLine))
            .ExecuteAsync(cancellation);
        if (asked.ExitCode != 0)
            throw new WorkbookException("The audit could not be made: it needs the network, and a restored solution.");
        return isFound ? 1 : 0;
    }
}
