using System.ComponentModel;
using System.Runtime.InteropServices;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

class SetupSettings : CommandSettings
{
    [CommandOption("--no-install")]
    [Description("Install no Debian package; say which are missing instead.")]
    public bool NoInstall { get; init; }
}

sealed class SetupCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<SetupSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, SetupSettings settings, CancellationToken cancellation)
    {
        await new Setup(workbook, console).RunAsync(tests: true, !settings.NoInstall, cancellation);
        return 0;
    }
}

sealed class RunSettings : SetupSettings
{
    [CommandArgument(0, "[notebook]")]
    [Description("Only notebooks whose file name contains one of these.")]
    public string[] Notebooks { get; init; } = [];

    [CommandOption("--update")]
    [Description("Put the executed notebooks in the place of the committed ones.")]
    public bool Update { get; init; }
}

sealed class RunCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<RunSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, RunSettings settings, CancellationToken cancellation)
    {
        var notebooks = workbook.FindNotebooks(settings.Notebooks);
        await new Setup(workbook, console).RunAsync(tests: false, !settings.NoInstall, cancellation);
        console.WriteLine();
        var results = await ExecuteAsync(notebooks, cancellation);
        Show(results);
        if (settings.Update)
        {
            Update(notebooks, results);
        }

        return results.All(result => result.Failure is null) ? 0 : 1;
    }

    async Task<IReadOnlyList<NotebookResult>> ExecuteAsync(IReadOnlyList<string> notebooks, CancellationToken cancellation)
    {
        await using var runner = new NotebookRunner(workbook);
        var results = new List<NotebookResult>();
        if (!console.Profile.Capabilities.Interactive)
        {
            foreach (var notebook in notebooks)
            {
                results.Add(await runner.ExecuteAsync(notebook, workbook.Run, new Report(at => console.WriteLine($"{at.Notebook}: code cell {at.Cell} of {at.Cells}")), cancellation));
            }

            return results;
        }

        await console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new ElapsedTimeColumn()).StartAsync(async progress =>
        {
            var bars = notebooks.Select(notebook => progress.AddTask(Markup.Escape(Path.GetFileNameWithoutExtension(notebook)), autoStart: false)).ToArray();
            foreach (var (notebook, bar) in notebooks.Zip(bars))
            {
                bar.StartTask();
                var result = await runner.ExecuteAsync(notebook, workbook.Run, new Report(at =>
                {
                    bar.MaxValue = at.Cells;
                    bar.Value = at.Cell - 1;
                    bar.Description = Markup.Escape($"{at.Notebook} {at.Cell}/{at.Cells}");
                }), cancellation);
                bar.Value = result.Failure is null ? bar.MaxValue : bar.Value;
                bar.StopTask();
                results.Add(result);
            }
        });
        return results;
    }

    void Show(IReadOnlyList<NotebookResult> results)
    {
        var table = new Table().Border(console.Profile.Capabilities.Interactive ? TableBorder.Rounded : TableBorder.Ascii)
            .AddColumn("notebook").AddColumn(new TableColumn("code cells").RightAligned()).AddColumn(new TableColumn("time").RightAligned()).AddColumn("verdict");
        foreach (var result in results)
        {
            table.AddRow(
                Markup.Escape(result.Notebook),
                $"{result.Cells}",
                FormattableString.Invariant($"{result.Time.TotalSeconds:0.0} s"),
                result.Failure is null ? "[green]ok[/]" : "[red]failed[/]");
        }

        console.WriteLine();
        console.Write(table);
        foreach (var result in results.Where(result => result.Failure is not null))
        {
            console.WriteLine(result.Failure!);
        }

        if (results.Select(result => result.NoStills).FirstOrDefault(why => why is not null) is { } broken)
        {
            console.WriteLine($"The figures have no stills for viewers that run no script, the notebooks are complete otherwise. {broken}");
        }
        else if (!NotebookRunner.CanTakeStills)
        {
            console.WriteLine("No Chromium, Chrome or Edge was found, so the figures have no stills for viewers that run no script. The notebooks are complete.");
        }
        else if (results.Sum(result => result.Stills.Missing) is > 0 and var missing)
        {
            console.WriteLine($"{missing} figures did not draw in the browser and have no still.");
        }

        console.WriteLine($"Executed notebooks and pages: {Path.GetRelativePath(System.Environment.CurrentDirectory, workbook.Run)}");
    }

    void Update(IReadOnlyList<string> notebooks, IReadOnlyList<NotebookResult> results)
    {
        foreach (var (notebook, result) in notebooks.Zip(results).Where(pair => pair.Second.Failure is null))
        {
            File.Copy(Path.Combine(workbook.Run, Path.GetFileName(notebook)), notebook, overwrite: true);
            console.WriteLine($"Updated notebooks/{result.Notebook}.ipynb");
        }
    }

    // Not Progress<T>: that one hands the report to another thread, and lines could come late and in another order.
    sealed class Report(Action<NotebookProgress> show) : IProgress<NotebookProgress>
    {
        void IProgress<NotebookProgress>.Report(NotebookProgress value) => show(value);
    }
}

sealed class TestSettings : SetupSettings
{
    [CommandOption("--fast")]
    [Description("Leave out the tests that execute notebooks and open a browser.")]
    public bool Fast { get; init; }
}

sealed class TestCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<TestSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, TestSettings settings, CancellationToken cancellation)
    {
        await new Setup(workbook, console).RunAsync(tests: !settings.Fast, !settings.NoInstall, cancellation);
        var count = await new TestRunner(workbook, console).RunAsync(settings.Fast, cancellation);
        foreach (var failure in count.Failures)
        {
            // Once more and last of all: among hundreds of lines a failure is not found.
            console.WriteLine();
            console.WriteLine($"FAILED {failure}");
        }

        console.WriteLine();
        console.WriteLine(count.ToString());
        return count is { Failures.Count: 0, Passed: > 0 } ? 0 : 1;
    }
}

sealed class KernelSettings : CommandSettings
{
    [CommandOption("--remove")]
    [Description("Take the registration away again.")]
    public bool Remove { get; init; }
}

sealed class KernelCommand(Workbook workbook, IAnsiConsole console) : Command<KernelSettings>
{
    public override int Execute(CommandContext context, KernelSettings settings, CancellationToken cancellation)
    {
        var folder = Kernel.UserFolder();
        if (settings.Remove)
        {
            var there = Directory.Exists(folder);
            if (there)
            {
                Directory.Delete(folder, recursive: true);
            }

            console.WriteLine(there ? $"Removed the registration in {folder}" : $"There is no registration in {folder}");
            return 0;
        }

        var kernel = new Kernel(workbook);
        if (!kernel.IsPresent)
        {
            throw new WorkbookException("The kernel is not installed yet: run `dotnet run --project environment -- setup` first.");
        }

        kernel.WriteSpec(folder);
        console.WriteLine($"Registered \"{Kernel.DisplayName}\" in {folder}");
        console.WriteLine("In VS Code: open a notebook, \"Select Kernel\", \"Jupyter Kernel...\". It runs from this clone, so register again when you move it.");
        return 0;
    }
}

sealed class DoctorCommand(Workbook workbook, IAnsiConsole console) : Command
{
    const string SetUp = "dotnet run --project environment -- setup";

    public override int Execute(CommandContext context, CancellationToken cancellation)
    {
        var well = true;
        console.WriteLine($"Workbook in {workbook.Root}, .NET {System.Environment.Version} on {RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})");
        foreach (var (name, use, present) in SystemPrograms.Survey())
        {
            Say(present, name, use, SystemPrograms.Remedy([name]));
        }

        var library = Path.Combine(workbook.Library, "Neurodynamics.Notebooks.dll");
        Say(File.Exists(library), "library", "is what the notebooks compute with", SetUp);
        if (NativeShim.IsNeeded)
        {
            Say(new NativeShim(workbook).IsPresent, "libstdc++ shim", "makes TorchSharp load on this system's older libstdc++", SetUp);
        }

        if (File.Exists(library))
        {
            var loads = TorchLoads(out var error);
            Say(loads, "TorchSharp's native library", loads ? "loads" : $"does not load ({error})", SetUp);
        }

        Say(new Kernel(workbook).IsPresent, "kernel", "executes the notebooks' cells", SetUp);
        var registered = File.Exists(Path.Combine(Kernel.UserFolder(), "kernel.json"));
        console.WriteLine(registered
            ? $"  there    registration for VS Code and Jupyter in {Kernel.UserFolder()}"
            : "  not set  registration for VS Code and Jupyter, needed only to open notebooks there: dotnet run --project environment -- kernel");
        return well ? 0 : 1;

        void Say(bool present, string name, string use, string remedy)
        {
            well &= present;
            console.WriteLine(present ? $"  there    {name}: {use}" : $"  MISSING  {name}: {use}. Do: {remedy}");
        }
    }

    bool TorchLoads(out string error)
    {
        var name = OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";
        try
        {
            NativeLibrary.Load(Path.Combine(workbook.Library, name));
            error = "";
            return true;
        }
        catch (Exception unloadable) when (unloadable is DllNotFoundException or BadImageFormatException)
        {
            error = unloadable.Message.Split('\n').Last(line => line.Trim().Length > 0).Trim();
            return false;
        }
    }
}
