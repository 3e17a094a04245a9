using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

[Verb("kernel")]
[Description("Register the workbook's kernel with VS Code and Jupyter for this user, or remove it with --remove.")]
sealed class KernelCommand(Workbook workbook, IAnsiConsole console) : Command<KernelCommand.Settings>
{
    public sealed class Settings : CommandSettings
    {
        [CommandOption("--remove"), Description("Remove the registration.")]
        public bool Remove { get; init; }
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        string folder = Kernel.UserFolder();
        if (settings.Remove)
        {
            bool there = Directory.Exists(folder);
            if (there) Change(folder, () => Directory.Delete(folder, recursive: true));
            console.WriteLine($"{(there ? "Removed the" : "There is no")} registration in {folder}");
            return 0;
        }

        var kernel = new Kernel(workbook);
        if (!kernel.IsPresent)
            throw new WorkbookException(
                "The kernel is not installed yet: run `dotnet run --project environment -- setup` first.");
        Change(folder, () => kernel.WriteSpec(folder));
        console.WriteLine($"Registered \"{Kernel.DisplayName}\" in {folder}");
        console.WriteLine("In VS Code: open a notebook, \"Select Kernel\", \"Jupyter Kernel...\". "
            + "It runs from this clone, so register again when you move it.");
        return 0;
    }

    static void Change(string folder, Action change)
    {
        try
        {
            change();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or WorkbookException)
        {
            throw new WorkbookException($"The registration in {folder} cannot be changed "
                + $"({refused.Message.TrimEnd('.')}): name a folder that you may write to in JUPYTER_DATA_DIR.");
        }
    }
}
