using System.ComponentModel;
using Neurodynamics.Training;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Runs;

[Description("Train one of the networks that come with the workbook.")]
sealed class TrainCommand : Command<TrainCommand.Settings>
{
    public sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<name>"), Description("Name of the network, as `list` gives it.")]
        public required string Name { get; init; }

        [CommandArgument(1, "<folder>")]
        [Description("Folder for NAME.safetensors and NAME.json, which are replaced once the training is complete.")]
        public required string Folder { get; init; }

        public override ValidationResult Validate() => Shipped.All.ContainsKey(Name)
            ? ValidationResult.Success()
            : ValidationResult.Error(
                $"There is no network {Name}; there are {string.Join(", ", Shipped.All.Keys)}.");
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var store = new NetworkStore(settings.Folder);
        var trained = store.Train(
            settings.Name, Shipped.All[settings.Name], Console.Error.WriteLine, new Progress(), cancellation);
        if (trained.Record.Stop == Stop.Cancelled) return 130;
        if (trained.NotSaved is { } why) throw new IOException(why);
        new Finished(settings.Name, $"{trained.Record.Updates} updates, {trained.Record.Test}").Say();
        return 0;
    }
}

/// <summary>Says at every hundredth part of the way how far a training is.</summary>
sealed class Progress : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress at)
    {
        if (at.Update % Math.Max(1, at.Updates / 100) == 0)
            new TrainingAt(at.Update, at.Updates, at.Loss, at.Accuracy, at.Remaining.TotalSeconds).Say();
    }
}

[Description("Name the networks that come with the workbook.")]
sealed class ListCommand : Command
{
    public override int Execute(CommandContext context, CancellationToken cancellation)
    {
        foreach (string name in Shipped.All.Keys) new Network(name).Say();
        return 0;
    }
}
