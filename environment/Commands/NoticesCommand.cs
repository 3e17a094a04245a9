using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

[Verb("notices"), Description("Write THIRD-PARTY-NOTICES.md from the packages' own metadata.")]
sealed class NoticesCommand(Workbook workbook, IAnsiConsole console) : Command
{
    public override int Execute(CommandContext context, CancellationToken cancellation)
    {
        WorkbookFile.Write(workbook.Notices, Notices.Text(workbook));
        console.WriteLine($"Written: {Workbook.FromHere(workbook.Notices)}");
        return 0;
    }
}
