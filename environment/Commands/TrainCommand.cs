using System.ComponentModel;
using Neurodynamics.Runs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>
/// Trains the networks that come with the workbook again, one process each and as many at once as there are cores.
/// A training that was stopped goes on where it was.
/// </summary>
[Verb("train", "", "flipflop3 --update")]
[Description("Train the networks that come with the workbook again, as many at once as there are cores.")]
sealed class TrainCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<TrainCommand.Settings>
{
    public sealed class Settings : SetupSettings
    {
        [CommandArgument(0, "[network]"), Description("Only networks whose name contains one of these.")]
        public string[] Networks { get; init; } = [];

        [CommandOption("--update"), Description("Replace the committed networks with the trained ones.")]
        public bool Update { get; init; }
    }

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        await new Setup(workbook, console).RunAsync(Purpose.Open, !settings.NoInstall, cancellation);
        var program = new RunsProgram(workbook);
        var known = from network in await program.AskAsync<Network>(["list"], cancellation) select network.Name;
        string[] networks =
            [.. known.Where(name => settings.Networks.Length == 0 || settings.Networks.Any(name.Contains))];
        if (networks.Length == 0)
            throw new WorkbookException($"No network matches. There are: {string.Join(", ", known)}.");

        Directory.CreateDirectory(workbook.Trained);
        long started = TimeProvider.System.GetTimestamp();
        ProgressColumn[] columns = [new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn()];
        await console.Progress().Columns(columns).StartAsync(progress =>
        {
            var bars = networks.ToDictionary(name => name, name => progress.AddTask(name, autoStart: false));
            return Parallel.ForEachAsync(networks, RunsProgram.OnAllCores(cancellation),
                async (name, stop) => await TrainAsync(program, name, bars[name], stop));
        });
        double minutes = TimeProvider.System.GetElapsedTime(started).TotalMinutes;
        console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"Trained {networks.Length} networks in {minutes:0.0} minutes: {Workbook.FromHere(workbook.Trained)}"));
        if (settings.Update)
        {
            foreach (string file in networks.SelectMany(name => new[] { $"{name}.safetensors", $"{name}.json" }))
                WorkbookFile.Copy(Path.Combine(workbook.Trained, file), Path.Combine(workbook.Networks, file));
            console.WriteLine("Updated data/networks");
        }

        return 0;
    }

    async Task TrainAsync(RunsProgram program, string name, ProgressTask bar, CancellationToken cancellation)
    {
        bar.StartTask();
        string? failure = await program.RunAsync(["train", name, workbook.Trained], Hear, cancellation);
        bar.StopTask();
        if (failure is not null) throw new WorkbookException($"The training of {name} failed: {failure}");

        void Hear(RunLine line)
        {
            if (line is TrainingAt at) (bar.MaxValue, bar.Value) = (at.Updates, at.Update);
            else if (line is Finished finished) console.WriteLine($"{finished.Name}: {finished.Summary}");
        }
    }
}
