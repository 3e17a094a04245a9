using System.ComponentModel;
using System.Globalization;
using Neurodynamics.Sweeps;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Runs;

internal class SweepSettings : CommandSettings
{
    [CommandArgument(0, "<sweep>"), Description("The sweep file.")]
    public required string Sweep { get; init; }

    [CommandArgument(1, "<folder>"), Description("Folder of the sweep's rows and networks.")]
    public required string Folder { get; init; }
}

/// <summary>Makes one row of a sweep: trains the network, or takes it up where it was left, and measures it.</summary>
internal sealed class SweepCommand : Command<SweepCommand.Settings>
{
    internal sealed class Settings : SweepSettings
    {
        [CommandArgument(2, "<run>"), Description("Which run, from 1 in the order of the sweep.")]
        public required int Run { get; init; }
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var plan = SweepPlan.Load(settings.Sweep);
        if (settings.Run < 1 || settings.Run > plan.Runs.Count)
        {
            Console.Error.WriteLine($"There is no run {settings.Run}: {settings.Sweep} has runs 1 to {plan.Runs.Count}.");
            return 2;
        }
        try
        {
            var row = new SweepRows(plan, settings.Folder).Make(plan.Runs[settings.Run - 1], new Lines(), cancellation);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Run}: {row.Accuracy}, {row.Found.Points} fixed points, {row.TrainingSeconds + row.AnalysisSeconds:0} s"));
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}

/// <summary>Lists the runs of a sweep, a line of "number hash expected-seconds done name" each, or writes the rows that are there into one file.</summary>
internal sealed class SweepRunsCommand : Command<SweepRunsCommand.Settings>
{
    internal sealed class Settings : SweepSettings
    {
        [CommandOption("--merge <file>"), Description("Write the rows that are there into this file, in the order of the sweep.")]
        public string? Merge { get; init; }
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var plan = SweepPlan.Load(settings.Sweep);
        var rows = new SweepRows(plan, settings.Folder);
        if (settings.Merge is { } file)
        {
            Console.WriteLine($"{rows.Merge(file)} of {plan.Runs.Count} rows in {file}");
            return 0;
        }
        var expected = rows.ExpectedTimes();
        for (int i = 0; i < plan.Runs.Count; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1} {plan.Runs[i].Hash} {expected[i].TotalSeconds:0} {(rows.Has(plan.Runs[i]) ? "done" : "open")} {plan.Title(plan.Runs[i])}"));
        return 0;
    }
}
