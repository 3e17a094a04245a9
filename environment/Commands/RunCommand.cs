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

        [CommandOption("--update"), Description("Replace the committed notebooks and claims with those of this run.")]
        public bool Update { get; init; }

        [CommandOption("--set <NAME=VALUE>")]
        [Description("Change a value of one notebook for this run: `run 01 --set silence=3`; may be given again.")]
        public string[] Changes { get; init; } = [];
    }

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var notebooks = workbook.FindNotebooks(settings.Notebooks);
        if (settings.Changes.Length > 0 && (notebooks.Count > 1 || settings.Update))
            throw new WorkbookException("--set changes a value of one notebook for one run: name that notebook, as in "
                + "`run 01 --set silence=3`, and leave --update out.");
        await new Setup(workbook, console).RunAsync(Purpose.Run, !settings.NoInstall, cancellation);
        console.WriteLine();
        var results = await ExecuteAsync(notebooks, settings, cancellation);
        Show(results, settings.Changes.Length > 0);
        return results.All(result => result.Failure is null
            && (result.ClaimsFailed.Count == 0 || settings.Changes.Length > 0)) ? 0 : 1;
    }

    async Task<IReadOnlyList<NotebookResult>> ExecuteAsync(
        IReadOnlyList<string> notebooks, Settings settings, CancellationToken cancellation)
    {
        string folder = Folder(settings.Changes.Length > 0);
        await using var runner = new NotebookRunner(workbook);
        var results = new List<NotebookResult>();
        if (!console.Profile.Capabilities.Interactive)
        {
            var lines = new Report(at => console.WriteLine($"{at.Notebook}: code cell {at.Cell} of {at.Cells}"));
            foreach (string notebook in notebooks) await RunAsync(notebook, lines);
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
                var result = await RunAsync(notebook, new Report(at =>
                {
                    bar.MaxValue = at.Cells;
                    bar.Value = at.Cell - 1;
                    bar.Description = Markup.Escape($"{at.Notebook} {at.Cell}/{at.Cells}");
                }));
                bar.Value = result.Failure is null ? bar.MaxValue : bar.Value;
                bar.StopTask();
            }
        });
        return results;

        async Task<NotebookResult> RunAsync(string notebook, Report report)
        {
            results.Add(await runner.ExecuteAsync(notebook, folder, report, settings.Changes, cancellation));
            if (settings.Update) Update(notebook, results[^1]);
            return results[^1];
        }
    }

    /// <summary>A run with changed values has a folder of its own.</summary>
    string Folder(bool changed) => changed ? Path.Combine(workbook.Run, "changed") : workbook.Run;

    void Show(IReadOnlyList<NotebookResult> results, bool changed)
    {
        var table = new Table()
            .Border(console.Profile.Capabilities.Interactive ? TableBorder.Rounded : TableBorder.Ascii)
            .AddColumn("notebook").AddColumn(new TableColumn("code cells").RightAligned())
            .AddColumn(new TableColumn("time").RightAligned()).AddColumn("claims that hold").AddColumn("verdict");
        foreach (var result in results)
            table.AddRow(Markup.Escape(result.Notebook), $"{result.Cells}",
                FormattableString.Invariant($"{result.Time.TotalSeconds:0.0} s"),
                $"{result.ClaimsHeld} of {result.ClaimsHeld + result.ClaimsFailed.Count}",
                result.Failure is null ? "[green]ok[/]" : "[red]failed[/]");

        console.WriteLine();
        console.Write(table);
        foreach (string failure in results.Select(result => result.Failure).OfType<string>())
            console.WriteLine(failure);
        foreach (var result in results)
        {
            string where = changed ? "with these values" : "on this machine";
            foreach (string claim in result.ClaimsFailed)
                console.WriteLine($"{result.Notebook}: not so {where}: {claim}");
        }

        if (results.Select(result => result.NoStills).FirstOrDefault(why => why is not null) is { } broken)
            console.WriteLine("The notebooks are complete, but the figures have no stills "
                + $"for viewers that run no scripts. {broken}");
        else if (!NotebookRunner.CanTakeStills)
            console.WriteLine("The notebooks are complete, but the figures have no stills "
                + "for viewers that run no scripts: no Chromium, Chrome or Edge was found.");
        else if (results.Sum(result => result.Stills.Missing) is > 0 and var missing)
            console.WriteLine($"{missing} figures did not draw in the browser and have no still.");
        console.WriteLine($"Executed notebooks and pages: {Workbook.FromHere(Folder(changed))}");
    }

    /// <summary>At once, since a later notebook may read the claims of this one.</summary>
    void Update(string notebook, NotebookResult result)
    {
        if (result.Failure is not null) return;
        WorkbookFile.Copy(Path.Combine(workbook.Run, Path.GetFileName(notebook)), notebook);
        string claims = Path.Combine(workbook.Run, "claims", $"{result.Notebook}.csv");
        if (File.Exists(claims)) WorkbookFile.Copy(claims, Path.Combine(workbook.Claims, $"{result.Notebook}.csv"));
        console.WriteLine($"Updated notebooks/{result.Notebook}.ipynb");
    }

    // Not Progress<T>, which reports from another thread: lines could come late and out of order.
    sealed class Report(Action<NotebookProgress> show) : IProgress<NotebookProgress>
    {
        void IProgress<NotebookProgress>.Report(NotebookProgress value) => show(value);
    }
}
