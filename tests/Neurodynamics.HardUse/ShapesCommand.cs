using System.ComponentModel;
using Neurodynamics.Analysis;
using Neurodynamics.Tests.Analysis;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.HardUse;

[Description("Measure how often the shapes of made-up clouds are told rightly and wrongly.")]
sealed class ShapesCommand : Command<ShapesCommand.Settings>
{
    static readonly int[] Sizes = [5, 7, 8, 10, 13, 18, 27, 60, 200, 500];

    public sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<file>"), Description("Where the error rates go, such as data/shapes/error-rates.jsonl.")]
        public required string File { get; init; }

        [CommandOption("--clouds")]
        [Description("Clouds of each kind and size, half of them from 60 points on; default 20.")]
        public int Clouds { get; init; } = 20;

        [CommandOption("--seed"), Description("Seed of the clouds; default 3. The needed leads are from 1 and 2.")]
        public int Seed { get; init; } = 3;
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        TorchSharp.torch.set_num_threads(1);
        var errors = new List<ShapeErrors>();
        foreach (int size in Sizes)
        {
            foreach (var kind in MadeUpCloud.All)
            {
                if (cancellation.IsCancellationRequested) return 1;
                errors.Add(ShapeErrors.Of(kind.Name, kind.Shape, size, Enumerable
                    .Range(0, size < 60 ? settings.Clouds : (settings.Clouds + 1) / 2)
                    .Select(draw => CloudShape.Of(kind.Of(size, kind.Random(settings.Seed, size, draw))).Shape)));
            }
            ShapeErrors.Save(settings.File, errors);
            AnsiConsole.WriteLine($"{size} points: done.");
        }
        return 0;
    }
}
