using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

sealed class TrainSettings : SetupSettings
{
    [CommandArgument(0, "[network]")]
    [Description("Only networks whose name contains one of these.")]
    public string[] Networks { get; init; } = [];

    [CommandOption("--update")]
    [Description("Put the trained networks in the place of the committed ones.")]
    public bool Update { get; init; }
}

/// <summary>
/// Trains the networks that come with the workbook again, one process each and as many at once as there are cores. A training that is
/// stopped goes on where it was.
/// </summary>
sealed class TrainCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<TrainSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, TrainSettings settings, CancellationToken cancellation)
    {
        await new Setup(workbook, console).RunAsync(tests: false, !settings.NoInstall, cancellation);
        var program = new RunsProgram(workbook);
        var known = await program.AskAsync(["list"], cancellation);
        var networks = known.Where(name => settings.Networks.Length == 0 || settings.Networks.Any(name.Contains)).ToArray();
        if (networks.Length == 0)
        {
            throw new WorkbookException($"No network matches. There are: {string.Join(", ", known)}.");
        }

        Directory.CreateDirectory(workbook.Trained);
        var started = TimeProvider.System.GetTimestamp();
        await console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn()).StartAsync(progress =>
        {
            var bars = networks.ToDictionary(name => name, name => progress.AddTask(name, autoStart: false));
            return Parallel.ForEachAsync(networks, new ParallelOptions { MaxDegreeOfParallelism = System.Environment.ProcessorCount, CancellationToken = cancellation },
                async (name, stop) => await TrainAsync(program, name, bars[name], stop));
        });
        console.WriteLine(FormattableString.Invariant($"Trained {networks.Length} networks in {TimeProvider.System.GetElapsedTime(started).TotalMinutes:0.0} minutes: {Path.GetRelativePath(System.Environment.CurrentDirectory, workbook.Trained)}"));
        if (settings.Update)
        {
            foreach (var file in networks.SelectMany(name => new[] { $"{name}.safetensors", $"{name}.json" }))
            {
                File.Copy(Path.Combine(workbook.Trained, file), Path.Combine(workbook.Networks, file), overwrite: true);
            }

            console.WriteLine("Updated data/networks");
        }

        return 0;
    }

    async Task TrainAsync(RunsProgram program, string name, ProgressTask bar, CancellationToken cancellation)
    {
        bar.StartTask();
        var (exitCode, complaint) = await program.RunAsync(["train", name, workbook.Trained], (update, updates) => (bar.MaxValue, bar.Value) = (updates, update), Say, cancellation);
        bar.StopTask();
        if (exitCode != 0)
        {
            throw new WorkbookException($"The training of {name} failed: {complaint}");
        }

        void Say(string line)
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                console.WriteLine(line);
            }
        }
    }
}
