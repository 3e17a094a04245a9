using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>
/// Makes the rows of a declared sweep, one process each and as many at once as there are cores, or as a Slurm job
/// array. A sweep that was stopped goes on where it was.
/// </summary>
[Verb("sweep", "", Example, Example + " --slurm --slurm-options \"--time=02:00:00\"")]
[Description("Make the rows of a sweep declared in data/sweeps, one process per core, or as a Slurm job array.")]
sealed class SweepCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<SweepCommand.Settings>
{
    const string Example = "three-axes-or-a-cube";

    public sealed class Settings : SetupSettings
    {
        [CommandArgument(0, "[sweep]")]
        [Description("A name, for data/sweeps/NAME.json, or a file. Omit it to list the sweeps.")]
        public string? Sweep { get; init; }

        [CommandOption("--plan"), Description("Only say how many runs there are and how long they take.")]
        public bool Plan { get; init; }

        [CommandOption("--merge"), Description("Only collect the finished rows in data/sweeps/NAME.jsonl.")]
        public bool Merge { get; init; }

        [CommandOption("--slurm"), Description("Submit the runs as a Slurm job array instead of making them here.")]
        public bool Slurm { get; init; }

        [CommandOption("--slurm-options <options>")]
        [Description("More options for sbatch: --slurm-options \"--partition=short --time=02:00:00\".")]
        public string SlurmOptions { get; init; } = "";

        [CommandOption("--folder <folder>")]
        [Description("A folder for rows, networks and the merged file in place of .workbook/sweeps/NAME.")]
        public string? Folder { get; init; }
    }

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        if (settings.Sweep is null)
        {
            foreach (var (name, purpose) in SweepWork.All(workbook))
                console.WriteLine($"{name}: {purpose}");

            return 0;
        }

        var sweep = new SweepWork(workbook, settings.Sweep, settings.Folder);
        await new Setup(workbook, console).RunAsync(Purpose.Open, !settings.NoInstall, cancellation);
        if (settings.Merge || File.Exists(sweep.Merged))
        {
            // Always first: rows that others have committed need not be made again.
            string merged = await sweep.MergeAsync(cancellation);
            if (settings.Merge)
            {
                console.WriteLine(merged);
                return 0;
            }
        }

        var runs = await sweep.RunsAsync(cancellation);
        var open = runs.Where(run => !run.Done).ToArray();
        var hours = new TimeSpan(open.Sum(run => run.Expected.Ticks));
        console.WriteLine($"{sweep.Name}: {runs.Count} runs, {runs.Count - open.Length} done."
            + (open.Length > 0
                ? $" The other {open.Length} take about {Words(hours)} of one core, "
                    + $"{Words(hours / Math.Min(open.Length, Cores))} on the {Cores} cores here."
                : ""));
        if (settings.Plan || open.Length == 0) return 0;
        return settings.Slurm
            ? await SubmitAsync(sweep, open, settings.SlurmOptions, cancellation)
            : await MakeAsync(sweep, open, runs.Count, cancellation);
    }

    static int Cores => System.Environment.ProcessorCount;

    async Task<int> SubmitAsync(
        SweepWork sweep, IReadOnlyList<SweepRun> open, string options, CancellationToken cancellation)
    {
        console.WriteLine(await new SlurmArray(workbook, sweep).SubmitAsync(open, options, cancellation) is { } jobs
            ? $"Submitted {jobs.Count} runs as the job array {jobs.Job} (runs {jobs.Runs}); "
                + $"their logs are in {Workbook.FromHere(jobs.Log)}."
            : $"All {open.Count} runs are in Slurm's queue already.");
        console.WriteLine("Watch them with `squeue --me`. The same command with --merge in place of --slurm collects "
            + "the rows, at any time; unchanged, it submits again the runs that did not finish.");
        return 0;
    }

    async Task<int> MakeAsync(
        SweepWork sweep, IReadOnlyList<SweepRun> open, int runs, CancellationToken cancellation)
    {
        var clock = new SweepClock(open);
        IReadOnlyList<SweepNews> failed = [];
        if (console.Profile.Capabilities.Interactive)
        {
            ProgressColumn[] columns = [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()];
            await console.Progress().HideCompleted(true).Columns(columns).StartAsync(async progress =>
            {
                var all = progress.AddTask("all", maxValue: 1);
                var bars = new Dictionary<SweepRun, ProgressTask>();
                failed = await sweep.MakeAsync(open, news =>
                {
                    lock (bars)
                    {
                        Tell(news);
                        all.Value = clock.Share;
                        all.Description = So();
                        if (!bars.TryGetValue(news.Run, out var bar))
                            bars[news.Run] = bar = progress.AddTask(Markup.Escape(news.Run.Name), maxValue: 1);

                        // The end of a training is not the end of a run: the network is measured then.
                        bool measuring = news is { Share: 1, Said: null };
                        bar.Value = measuring ? 0.999 : news.Share;
                        if (measuring) bar.Description = Markup.Escape(news.Run.Name + ", measuring");
                    }
                }, cancellation);
            });
        }
        else failed = await sweep.MakeAsync(open, Tell, cancellation);

        foreach (var one in failed)
            console.WriteLine($"Failed: run {one.Run.Number} ({one.Run.Name}): {one.Said}");

        // Once more, after the rest is told: whatever is wrong with the merged file still ends the command.
        await sweep.MergeAsync(cancellation);
        console.WriteLine($"{runs - failed.Count} of {runs} rows are in {Workbook.FromHere(sweep.Merged)}.");
        return failed.Count == 0 ? 0 : 1;

        string So() => $"{runs - open.Count + clock.Ended} of {runs}, about {Words(clock.Left)} left";

        void Tell(SweepNews news)
        {
            clock.Hear(news);
            if (news.Said is not null)
                console.WriteLine($"{So()}: {news.Run.Name}: {(news.Failed ? "FAILED, " : "")}{news.Said}");
        }
    }

    static string Words(TimeSpan time) =>
        time.TotalMinutes >= 90 ? FormattableString.Invariant($"{time.TotalHours:0.0} h")
        : time.TotalSeconds >= 90 ? FormattableString.Invariant($"{time.TotalMinutes:0} min")
        : FormattableString.Invariant($"{time.TotalSeconds:0} s");
}

/// <summary>The time that a sweep has left: the expected times, at the pace of the runs so far.</summary>
sealed class SweepClock(IReadOnlyList<SweepRun> open)
{
    readonly long started = TimeProvider.System.GetTimestamp();
    readonly Dictionary<SweepRun, long> running = [];
    readonly TimeSpan all = new(open.Sum(run => run.Expected.Ticks));
    readonly Lock gate = new();
    TimeSpan ended;

    /// <summary>How many runs have ended.</summary>
    public int Ended { get; private set; }

    /// <summary>The share of the work that is done.</summary>
    public double Share => all > TimeSpan.Zero ? Math.Min(1, Made / all) : 1;

    public TimeSpan Left => Made.TotalSeconds < 1
        ? all / Math.Min(open.Count, System.Environment.ProcessorCount)
        : (all - Made) * (TimeProvider.System.GetElapsedTime(started) / Made);

    TimeSpan Made
    {
        get
        {
            lock (gate)
            {
                // A run that takes longer than expected counts for its expected time, not more.
                return ended + new TimeSpan(running.Sum(one =>
                    Math.Min(one.Key.Expected.Ticks, TimeProvider.System.GetElapsedTime(one.Value).Ticks)));
            }
        }
    }

    public void Hear(SweepNews news)
    {
        lock (gate)
        {
            if (news.Said is null)
            {
                running.TryAdd(news.Run, TimeProvider.System.GetTimestamp());
                return;
            }

            running.Remove(news.Run);
            ended += news.Run.Expected;
            Ended++;
        }
    }
}
