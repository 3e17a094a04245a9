using System.ComponentModel;
using Neurodynamics.Sweeps;
using Spectre.Console.Cli;

namespace Neurodynamics.Runs;

class SweepSettings : CommandSettings
{
    [CommandArgument(0, "<sweep>"), Description("The sweep file.")]
    public required string Sweep { get; init; }

    [CommandArgument(1, "<folder>"), Description("Folder of the sweep's rows and networks.")]
    public required string Folder { get; init; }
}

[Description("Make one row of a sweep: train the network, or take it up where it was left, and measure it.")]
sealed class SweepCommand : Command<SweepCommand.Settings>
{
    public sealed class Settings : SweepSettings
    {
        [CommandArgument(2, "<run>"), Description("Which run, from 1 in the order of the sweep.")]
        public required int Run { get; init; }
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var plan = SweepPlan.Load(settings.Sweep);
        if (settings.Run < 1 || settings.Run > plan.Runs.Count)
            throw new ArgumentException(
                $"There is no run {settings.Run}: {settings.Sweep} has runs 1 to {plan.Runs.Count}.");
        var run = plan.Runs[settings.Run - 1];
        var said = new List<string>();
        var row = new SweepRows(plan, settings.Folder).Make(run, new Progress(), Tell, cancellation);
        double seconds = row.TrainingSeconds + row.AnalysisSeconds;
        new Finished(row.Run, string.Join(". ", said.Prepend($"{row}, {seconds:0} s"))).Say();
        return 0;

        // At once in the log of a cluster; where other programs run beside it, with the row.
        void Tell(string text)
        {
            Console.Error.WriteLine(text);
            said.Add(text);
        }
    }
}

[Description("List the runs of a sweep, or merge its rows.")]
sealed class SweepRunsCommand : Command<SweepRunsCommand.Settings>
{
    public sealed class Settings : SweepSettings
    {
        [CommandOption("--merge <file>")]
        [Description("Write the rows that are there into this file, in the order of the sweep.")]
        public string? Merge { get; init; }
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var plan = SweepPlan.Load(settings.Sweep);
        var rows = new SweepRows(plan, settings.Folder);
        if (settings.Merge is { } file)
        {
            new Merged(rows.Merge(file), plan.Runs.Count, file).Say();
            return 0;
        }
        foreach (var (index, time) in rows.ExpectedTimes().Index())
        {
            var run = plan.Runs[index];
            new Planned(index + 1, plan.Title(run), time.TotalSeconds, rows.Has(run)).Say();
        }
        return 0;
    }
}
