using System.ComponentModel;
using Neurodynamics.Training;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Runs;

/// <summary>Trains one network into a folder, a line of "update/updates loss accuracy seconds-left" at every hundredth part of the way.</summary>
internal sealed class TrainCommand : Command<TrainCommand.Settings>
{
    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<name>"), Description("Name of the network, as `list` gives it.")]
        public required string Name { get; init; }

        [CommandArgument(1, "<folder>"), Description("Folder for NAME.safetensors and NAME.json; files of that name are replaced once the training is complete.")]
        public required string Folder { get; init; }

        public override ValidationResult Validate() => Shipped.Recipes.ContainsKey(Name)
            ? ValidationResult.Success()
            : ValidationResult.Error($"There is no network {Name}; there are {string.Join(", ", Shipped.Recipes.Keys)}.");
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var trained = new NetworkStore(settings.Folder).Train(settings.Name, Shipped.Recipes[settings.Name], new Lines(), cancellation);
        if (trained.Record.Stop == Neurodynamics.Training.Stop.Cancelled) return 130;
        Console.WriteLine($"{settings.Name}: {trained.Record.Updates} updates, {trained.Record.Test}");
        return 0;
    }
}

/// <summary>A line of "update/updates loss accuracy seconds-left" at every hundredth part of the way.</summary>
internal sealed class Lines : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress progress)
    {
        if (progress.Update % Math.Max(1, progress.Updates / 100) == 0)
            Console.WriteLine($"{progress.Update}/{progress.Updates} {progress.Loss:0.0000} {progress.Accuracy ?? double.NaN:0.0000} {progress.Remaining.TotalSeconds:0}");
    }
}

/// <summary>Names the networks, a line each.</summary>
internal sealed class ListCommand : Command
{
    public override int Execute(CommandContext context, CancellationToken cancellation)
    {
        foreach (string name in Shipped.Recipes.Keys) Console.WriteLine(name);
        return 0;
    }
}
