using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

sealed class SweepSettings : SetupSettings
{
    [CommandArgument(0, "[sweep]")]
    [Description("A name, of data/sweeps/NAME.json, or a file. Without one: what there is.")]
    public string? Sweep { get; init; }

    [CommandOption("--plan")]
    [Description("Only say how many runs there are and how long they take.")]
    public bool Plan { get; init; }

    [CommandOption("--merge")]
    [Description("Only bring the rows that are there into data/sweeps/NAME.jsonl.")]
    public bool Merge { get; init; }

    [CommandOption("--slurm")]
    [Description("Submit the runs as a Slurm job array instead of making them here.")]
    public bool Slurm { get; init; }

    [CommandOption("--slurm-options <options>")]
    [Description("More options for sbatch: --slurm-options \"--partition=short --time=02:00:00\".")]
    public string SlurmOptions { get; init; } = "";

    [CommandOption("--folder <folder>")]
    [Description("Another folder for rows, networks and the merged file than .workbook/sweeps/NAME.")]
    public string? Folder { get; init; }
}

/// <summary>Makes the rows of a declared sweep, one process each and as many at once as there are cores, or as a Slurm job array. A sweep that is stopped goes on where it was.</summary>
sealed class SweepCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<SweepSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, SweepSettings settings, CancellationToken cancellation)
    {
        if (settings.Sweep is null)
        {
            foreach (var (name, purpose) in SweepWork.All(workbook))
            {
                console.WriteLine($"{name}: {purpose}");
            }

            return 0;
        }

        var sweep = new SweepWork(workbook, settings.Sweep, settings.Folder);
        await new Setup(workbook, console).RunAsync(tests: false, !settings.NoInstall, cancellation);
        if (settings.Merge || File.Exists(sweep.Merged))
        {
            // First, in any case: rows that others have committed need not be made again.
            var merged = await sweep.MergeAsync(cancellation);
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
            + (open.Length > 0 ? $" The other {open.Length} take about {Words(hours)} of one core, {Words(hours / Math.Min(open.Length, System.Environment.ProcessorCount))} on the {System.Environment.ProcessorCount} cores here." : ""));
        return settings.Plan || open.Length == 0 ? 0 : settings.Slurm ? await SubmitAsync(sweep, open, settings.SlurmOptions, cancellation) : await MakeAsync(sweep, open, runs.Count, cancellation);
    }

    async Task<int> SubmitAsync(SweepWork sweep, IReadOnlyList<SweepRun> open, string options, CancellationToken cancellation)
    {
        console.WriteLine(await new SlurmArray(workbook, sweep).SubmitAsync(open, options, cancellation) is { } jobs
            ? $"Submitted {jobs.Count} runs as the job array {jobs.Job} (runs {jobs.Runs}); what they say is in {Here(jobs.Log)}."
            : $"All {open.Count} runs are in Slurm's queue already.");
        console.WriteLine("Watch them with `squeue --me`. The same command with --merge in the place of --slurm collects the rows, at any time; as it is, it submits again what came to no end.");
        return 0;
    }

    async Task<int> MakeAsync(SweepWork sweep, IReadOnlyList<SweepRun> open, int runs, CancellationToken cancellation)
    {
        var clock = new SweepClock(open);
        IReadOnlyList<SweepNews> failed = [];
        if (console.Profile.Capabilities.Interactive)
        {
            await console.Progress().HideCompleted(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()).StartAsync(async progress =>
            {
                var all = progress.AddTask("all", maxValue: 1);
                var bars = new Dictionary<SweepRun, ProgressTask>();
                failed = await sweep.MakeAsync(open, news =>
                {
                    lock (bars)
                    {
                        Tell(news);
                        (all.Value, all.Description) = (clock.Share, $"{runs - open.Count + clock.Ended} of {runs}, about {Words(clock.Left)} left");
                        if (!bars.TryGetValue(news.Run, out var bar))
                        {
                            bars[news.Run] = bar = progress.AddTask(Markup.Escape(news.Run.Name), maxValue: 1);
                        }

                        // A training at its end is not the end: the network is measured then.
                        (bar.Value, bar.Description) = news is { Share: 1, Said: null } ? (0.999, Markup.Escape(news.Run.Name + ", measuring")) : (news.Share, bar.Description);
                    }
                }, cancellation);
            });
        }
        else
        {
            failed = await sweep.MakeAsync(open, Tell, cancellation);
        }

        console.WriteLine($"{runs - failed.Count} of {runs} rows are in {Here(sweep.Merged)}.");
        foreach (var one in failed)
        {
            console.WriteLine($"Failed: run {one.Run.Number} ({one.Run.Name}): {one.Said}");
        }

        return failed.Count == 0 ? 0 : 1;

        void Tell(SweepNews news)
        {
            clock.Hear(news);
            if (news.Said is not null)
            {
                console.WriteLine($"{runs - open.Count + clock.Ended} of {runs}, about {Words(clock.Left)} left: {news.Run.Name}: {(news.Failed ? "FAILED, " : "")}{news.Said}");
            }
        }
    }

    static string Here(string path) => Path.GetRelativePath(System.Environment.CurrentDirectory, path);

    static string Words(TimeSpan time) =>
        time.TotalMinutes >= 90 ? FormattableString.Invariant($"{time.TotalHours:0.0} h") : time.TotalSeconds >= 90 ? FormattableString.Invariant($"{time.TotalMinutes:0} min") : FormattableString.Invariant($"{time.TotalSeconds:0} s");
}

/// <summary>Time left of a sweep: the expected times, at the pace at which those of the runs so far went by.</summary>
sealed class SweepClock(IReadOnlyList<SweepRun> open)
{
    readonly long started = TimeProvider.System.GetTimestamp();
    readonly Dictionary<SweepRun, long> running = [];
    readonly TimeSpan all = new(open.Sum(run => run.Expected.Ticks));
    readonly Lock gate = new();
    TimeSpan ended;

    /// <summary>How many runs came to an end.</summary>
    public int Ended { get; private set; }

    /// <summary>The share of the work that is done.</summary>
    public double Share => all > TimeSpan.Zero ? Math.Min(1, Made / all) : 1;

    public TimeSpan Left => Made.TotalSeconds < 1 ? all / Math.Min(open.Count, System.Environment.ProcessorCount) : (all - Made) * (TimeProvider.System.GetElapsedTime(started) / Made);

    TimeSpan Made
    {
        get
        {
            lock (gate)
            {
                // A run that takes longer than expected counts as the whole of it, not more.
                return ended + new TimeSpan(running.Sum(one => Math.Min(one.Key.Expected.Ticks, TimeProvider.System.GetElapsedTime(one.Value).Ticks)));
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
