using System.ComponentModel;
using Neurodynamics.Pictures;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>
/// Puts a picture beside each figure of a saved notebook, wherever it lies: what prints it, such as an export to LaTeX,
/// and viewers that run no scripts then have its figures. Nothing is executed.
/// </summary>
[Verb("stills", "~/my-notebook.ipynb")]
[Description("Put a picture beside each figure of a saved notebook, for LaTeX, PDF and viewers that run no scripts.")]
sealed class StillsCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<StillsCommand.Settings>
{
    public sealed class Settings : SetupSettings
    {
        [CommandArgument(0, "<file>"), Description("The notebook, executed and saved.")]
        public required string File { get; init; }
    }

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        string notebook = Path.GetFullPath(settings.File);
        if (!File.Exists(notebook) || Path.GetExtension(notebook) != ".ipynb")
            throw new WorkbookException(
                $"{notebook} is no notebook: name a saved .ipynb whose figures are to have pictures.");
        await new SystemPrograms(workbook, console).EnsureAsync(Purpose.Run, !settings.NoInstall, cancellation);
        var folder = Directory.CreateTempSubdirectory("workbook-stills-");
        try
        {
            // Beside its page, which the pictures are taken from.
            string copy = Path.Combine(folder.FullName, "notebook.ipynb");
            File.Copy(notebook, copy);
            await using var runner = new NotebookRunner(workbook);
            if (await runner.ExportAsync(copy, folder.FullName, cancellation) is { } failure)
                throw new WorkbookException(failure);
            await using var browser = await HeadlessBrowser.LaunchAsync() ?? throw new WorkbookException(
                "No Chromium, Chrome or Edge is installed: install one, or name one in WORKBOOK_BROWSER.");
            var (shown, missing) = await Stills.AddAsync(browser, copy, notebook);
            if (shown + missing == 0)
                throw new WorkbookException(
                    $"{notebook} has no figure of the workbook's in its outputs: execute it, save it, and try again.");
            WorkbookFile.Write(notebook, await File.ReadAllTextAsync(copy, cancellation));
            console.WriteLine($"{notebook}: {shown} of {shown + missing} figures have a picture.");
            return missing == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
