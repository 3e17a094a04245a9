using System.ComponentModel;
using System.Globalization;
using Neurodynamics.Dynamics;
using Neurodynamics.Export;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Pages;
using Neurodynamics.Proofs;
using Neurodynamics.Tasks;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Runs;

[Description("Find the fixed points of a network from a file, and write them down.")]
sealed class FindCommand : Command<FindCommand.Settings>
{
    const int Trials = 128, Steps = 100;

    public sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<network>"), Description("The file of the network.")]
        public required string Network { get; init; }

        [CommandArgument(1, "<folder>"), Description("Where the page and the points go.")]
        public required string Folder { get; init; }

        [CommandOption("--trajectory <file>"), Description("A file with trials of the source.")]
        public string? Trajectory { get; init; }

        [CommandOption("--arrays <names>"), Description("Names of the inputs, the states and the outputs in it.")]
        public string? Arrays { get; init; }

        [CommandOption("--outputs <meaning>"), Description("What the outputs are: logits, values or tanh-values.")]
        public string? Outputs { get; init; }

        [CommandOption("--inputs <values>"), Description("A constant input; may be given again.")]
        public string[] Inputs { get; init; } = [];

        [CommandOption("--candidates <number>"), Description("How many states the search starts from.")]
        public int Candidates { get; init; } = 512;

        [CommandOption("--noise <spread>"), Description("Standard deviation of the noise on them.")]
        public double Noise { get; init; } = 0.1;

        [CommandOption("--seed <number>"), Description("Seed of all that is drawn.")]
        public long Seed { get; init; }

        public override ValidationResult Validate() => Candidates >= 1 && Noise >= 0
            ? ValidationResult.Success()
            : ValidationResult.Error("A search needs at least 1 candidate, and noise of at least 0.");
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var trajectory = TrialsOf(settings);
        var imported = Read(settings.Network, trajectory, new() { Outputs = OutputsOf(settings.Outputs) });
        var (network, cell) = (imported.Network, imported.Cell);
        double[][] inputs = settings.Inputs.Length == 0
            ? [new double[cell.InputSize]]
            : [.. settings.Inputs.Select(text => InputOf(text, cell.InputSize))];
        var check = trajectory is null ? null : imported.Check(trajectory);
        bool turned = check is { TimeFirst: true };
        double[,,] shown = (turned ? trajectory!.Turned() : trajectory)?.Inputs
            ?? new Integration { Channels = cell.InputSize }.Sample(Trials, Steps, settings.Seed).Inputs;
        string from = trajectory is not null
            ? $"The search started from {settings.Candidates} states of the trials."
            : $"There were no trials, so the search started from {settings.Candidates} states that the network visits "
                + "under white noise: points that only trials of its task come near may be missing.";
        double[,] starts = Neurodynamics.FixedPoints.Candidates.FromTrials(
            cell, shown, settings.Candidates, settings.Seed, settings.Noise);

        string name = Path.GetFileNameWithoutExtension(settings.Network);
        Directory.CreateDirectory(settings.Folder);
        var (pages, lines) = (new List<FoundUnder>(), new List<PointsUnder>());
        foreach (var (index, input) in inputs.Index())
        {
            var set = new FixedPointSearch { Seed = settings.Seed }.Run(
                cell, starts, input, new Course(index + 1, inputs.Length), cancellation);
            cancellation.ThrowIfCancellationRequested();
            var points = Linearisation.Of(cell, set.Points);
            var standing = Standing.Of(cell, set, cancellation: cancellation);
            cancellation.ThrowIfCancellationRequested();
            string file = inputs.Length == 1 ? name : $"{name}-{index + 1}";
            PointFile.Save(Path.Combine(settings.Folder, file + ".npz"), points, standing.Proof);
            set.Save(Path.Combine(settings.Folder, file + ".json"));
            string[] files = [file + ".npz", file + ".json"];
            pages.Add(new(set, points, standing, files));
            int most = points.Select(point => point.UnstableModes).DefaultIfEmpty(0).Max();
            lines.Add(new(
                input, points.Count,
                [.. Enumerable.Range(0, most + 1).Select(modes => points.Count(point => point.UnstableModes == modes))],
                set.Points.Count(point => point.Certificate?.Certainty == Certainty.Certified), set.SlowPoints.Count,
                standing.IsProvenComplete, set.ToString(), standing.Message, files));
        }

        string page = Path.Combine(settings.Folder, name + ".html");
        FoundPage.Save(
            page, Path.GetFileName(settings.Network), imported, check, from, network.Run(shown), pages);
        new FoundPoints(
            settings.Network, cell.Title, cell.Units, imported.Used, imported.Assumptions, check?.Reproduced,
            check?.ToString(), cell.Unchecked, page, lines).Say();
        return 0;
    }

    /// <summary>By the names of its arrays, or by its trials where these do not say enough.</summary>
    static ImportedNetwork Read(string path, SourceTrajectory? trajectory, ImportOptions options)
    {
        try
        {
            return NetworkFile.Load(path, options);
        }
        catch (ImportException) when (trajectory is not null)
        {
            return NetworkFile.LoadByExample(path, trajectory, options);
        }
    }

    static OutputMeaning? OutputsOf(string? text) => text switch
    {
        null => null,
        "logits" => OutputMeaning.Logits,
        "values" => OutputMeaning.Values,
        "tanh-values" => OutputMeaning.TanhValues,
        _ => throw new ArgumentException($"--outputs is logits, values or tanh-values, and not \"{text}\"."),
    };

    /// <summary>Those that were named, or those beside the weights.</summary>
    static SourceTrajectory? TrialsOf(Settings settings)
    {
        string file = settings.Trajectory ?? settings.Network;
        if (settings.Arrays?.Split(',', StringSplitOptions.TrimEntries) is { } names)
            return names.Length is 2 or 3
                ? SourceTrajectory.Load(file, names[0], names[1], names.ElementAtOrDefault(2))
                : throw new ArgumentException("--arrays takes two or three names, inputs,states or "
                    + $"inputs,states,outputs, but got {names.Length}.");
        var arrays = ArrayFile.Read(file);
        if (settings.Trajectory is null && (arrays.Find("inputs") is null || arrays.Find("states") is null))
            return null;
        return SourceTrajectory.Load(file, outputs: arrays.Find("outputs") is null ? null : "outputs");
    }

    static double[] InputOf(string text, int size)
    {
        double[] values = [.. text.Split(',').Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && double.IsFinite(value)
                ? value
                : throw new ArgumentException($"\"{part}\" in --inputs \"{text}\" is no number."))];
        return values.Length == size
            ? values
            : throw new ArgumentException(
                $"--inputs \"{text}\" has {values.Length} values, but the network has {size} inputs.");
    }

    /// <summary>Says now and then how far a search is.</summary>
    sealed class Course(int input, int inputs) : IProgress<int>
    {
        const int Every = 64;
        int said;

        public void Report(int value)
        {
            if (value / Every == said) return;
            said = value / Every;
            new Searching(value, input, inputs).Say();
        }
    }
}
