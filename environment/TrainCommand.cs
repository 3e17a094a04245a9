using System.ComponentModel;
using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
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
        var program = Path.Combine(workbook.Root, "lib", "Neurodynamics.Runs", "bin", "Release", "Neurodynamics.Runs.dll");
        var known = (await Cli.Wrap("dotnet").WithArguments([program, "list"]).ExecuteBufferedAsync(cancellation)).StandardOutput
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
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

    async Task TrainAsync(string program, string name, ProgressTask bar, CancellationToken cancellation)
    {
        bar.StartTask();
        var complaint = "";
        // The first token ends the process the hard way, the second asks it to stop, so that it can put its training aside.
        using var kill = new CancellationTokenSource();
        await using var patience = cancellation.Register(() => kill.CancelAfter(TimeSpan.FromSeconds(20)));
        var ended = await Cli.Wrap("dotnet").WithArguments([program, "train", name, workbook.Trained])
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(Say))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(line => complaint = complaint.Length == 0 ? line : complaint))
            .ExecuteAsync(kill.Token, cancellation);
        bar.StopTask();
        cancellation.ThrowIfCancellationRequested();
        if (ended.ExitCode != 0)
        {
            throw new WorkbookException($"The training of {name} ended with exit code {ended.ExitCode}: {complaint}");
        }

        void Say(string line)
        {
            // "update/updates loss accuracy seconds-left" on the way, a sentence at the end.
            var words = line.Split(' ', '/');
            if (int.TryParse(words[0], CultureInfo.InvariantCulture, out var update) && int.TryParse(words[1], CultureInfo.InvariantCulture, out var updates))
            {
                (bar.MaxValue, bar.Value) = (updates, update);
            }
            else if (line.StartsWith(name, StringComparison.Ordinal))
            {
                console.WriteLine(line);
            }
        }
    }
}
