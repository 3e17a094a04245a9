using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

[Verb("run", "", "start-here --update")]
[Description("Set up, execute the notebooks and export each to one HTML page in .workbook/run.")]
sealed class RunCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<RunCommand.Settings>
{
    public sealed class Settings : SetupSettings
    {
        [CommandArgument(0, "[notebook]"), Description("Only notebooks whose file name contains one of these.")]
        public string[] Notebooks { get; init; } = [];

        [CommandOption("--update"), Description("Replace the committed notebooks with the executed ones.")]
        public bool Update { get; init; }
    }

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var notebooks = workbook.FindNotebooks(settings.Notebooks);
        await new Setup(workbook, console).RunAsync(tests: false, !settings.NoInstall, cancellation);
        console.WriteLine();
        var results = await ExecuteAsync(notebooks, cancellation);
        Show(results);
        if (settings.Update) Update(notebooks, results);
        return results.All(result => result.Failure is null) ? 0 : 1;
    }

    async Task<IReadOnlyList<NotebookResult>> ExecuteAsync(
        IReadOnlyList<string> notebooks, CancellationToken cancellation)
    {
        await using var runner = new NotebookRunner(workbook);
        var results = new List<NotebookResult>();
        if (!console.Profile.Capabilities.Interactive)
        {
            var lines = new Report(at => console.WriteLine($"{at.Notebook}: code cell {at.Cell} of {at.Cells}"));
            foreach (string notebook in notebooks)
                results.Add(await runner.ExecuteAsync(notebook, workbook.Run, lines, cancellation));
            return results;
        }

        ProgressColumn[] columns = [new TaskDescriptionColumn(), new ProgressBarColumn(), new ElapsedTimeColumn()];
        await console.Progress().Columns(columns).StartAsync(async progress =>
        {
            var bars = notebooks.Select(Path.GetFileNameWithoutExtension)
                .Select(name => progress.AddTask(Markup.Escape(name!), autoStart: false)).ToArray();
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
        var table = new Table()
            .Border(console.Profile.Capabilities.Interactive ? TableBorder.Rounded : TableBorder.Ascii)
            .AddColumn("notebook").AddColumn(new TableColumn("code cells").RightAligned())
            .AddColumn(new TableColumn("time").RightAligned()).AddColumn("verdict");
        foreach (var result in results)
            table.AddRow(Markup.Escape(result.Notebook), $"{result.Cells}",
                FormattableString.Invariant($"{result.Time.TotalSeconds:0.0} s"),
                result.Failure is null ? "[green]ok[/]" : "[red]failed[/]");

        console.WriteLine();
        console.Write(table);
        foreach (string failure in results.Select(result => result.Failure).OfType<string>())
            console.WriteLine(failure);
        if (results.Select(result => result.NoStills).FirstOrDefault(why => why is not null) is { } broken)
            console.WriteLine("The notebooks are complete, but the figures have no stills "
                + $"for viewers that run no scripts. {broken}");
        else if (!NotebookRunner.CanTakeStills)
            console.WriteLine("The notebooks are complete, but the figures have no stills "
                + "for viewers that run no scripts: no Chromium, Chrome or Edge was found.");
        else if (results.Sum(result => result.Stills.Missing) is > 0 and var missing)
            console.WriteLine($"{missing} figures did not draw in the browser and have no still.");
        console.WriteLine($"Executed notebooks and pages: {Workbook.FromHere(workbook.Run)}");
    }

    void Update(IReadOnlyList<string> notebooks, IReadOnlyList<NotebookResult> results)
    {
        foreach (var (notebook, result) in notebooks.Zip(results).Where(pair => pair.Second.Failure is null))
        {
            WholeFile.Copy(Path.Combine(workbook.Run, Path.GetFileName(notebook)), notebook);
            console.WriteLine($"Updated notebooks/{result.Notebook}.ipynb");
        }
    }

    // Not Progress<T>, which reports from another thread: lines could come late and out of order.
    sealed class Report(Action<NotebookProgress> show) : IProgress<NotebookProgress>
    {
        void IProgress<NotebookProgress>.Report(NotebookProgress value) => show(value);
    }
}
