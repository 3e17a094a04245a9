using System.ComponentModel;
using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.Dynamics;
using Neurodynamics.Export;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Pages;
using Neurodynamics.Proofs;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Runs;

[Description("Find the fixed points of a network from a file, and write them down.")]
sealed class FindCommand : Command<FindCommand.Settings>
{
    /// <summary>What a stopped program ends with.</summary>
    const int Stopped = 130;

    const int Steps = 100, Runs = 64;

    // Trials to start from where there are none, and as many numbers as they may have.
    const int MostTrials = 128, FewestTrials = 8, MostNumbers = 1 << 24;

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

        [CommandOption("--form <words>"), Description("The equation, in the words of what would be assumed.")]
        public string? Form { get; init; }

        [CommandOption("--letters <names>"), Description("Which array is which letter of the equation.")]
        public string? Letters { get; init; }

        [CommandOption("--cell <name>"), Description("Which cell it is.")]
        public string? Cell { get; init; }

        [CommandOption("--layer <name>"), Description("Which recurrent layer.")]
        public string? Layer { get; init; }

        [CommandOption("--readout <name>"), Description("Which readout.")]
        public string? Readout { get; init; }

        [CommandOption("--without-readout"), Description("Take no readout.")]
        public bool WithoutReadout { get; init; }

        [CommandOption("--leave-out <name>"), Description("An array to leave out; may be given again.")]
        public string[] LeaveOut { get; init; } = [];

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
        string name = Path.GetFileNameWithoutExtension(settings.Network);
        RequireRoom(settings);
        var trajectory = TrialsOf(settings);
        // What the reader says of a file goes before what its record says.
        var own = settings is { Outputs: null } && !SaysHowToRead(settings) ? OwnOf(settings.Network) : null;
        var (imported, check) = own is null ? Read(settings, trajectory, OptionsOf(settings), cancellation)
            : Of(own, settings, trajectory);
        imported = imported with { Assumptions = [.. imported.Assumptions.Select(ShellWords.Of)] };
        var (network, cell) = (imported.Network, imported.Cell);
        double[][] inputs = settings.Inputs.Length == 0
            ? [new double[cell.InputSize]]
            : [.. settings.Inputs.Select(text => InputOf(text, cell.InputSize))];
        bool turned = check is { TimeFirst: true };
        int steps = own?.Record.Recipe.Training.Steps ?? Steps;
        var task = own?.Record.Recipe.Task ?? new Integration { Channels = cell.InputSize };
        double[,,] visited = network.Run((turned ? trajectory!.Turned() : trajectory)?.Inputs
            ?? task.Sample(TrialsFor(cell, steps), steps, settings.Seed).Inputs);
        // Of low rank all that lasts is in a few dimensions, where it is found and proven at any N.
        var reduced = cell is LeakyCell { IsReducible: true } lowRank ? lowRank.Reduced() : null;
        if (reduced is not null) visited = reduced.FromUnits(visited);
        string from = trajectory is not null
            ? $"The search started from {settings.Candidates} states of the trials."
            : own is not null ? $"The search started from {settings.Candidates} states that the network visits in its "
                + $"own task: {task.Title}."
            : $"There were no trials, so the search started from {settings.Candidates} states that the network visits "
                + "under white noise: points that only trials of its task come near may be missing.";
        double[,] starts = Neurodynamics.FixedPoints.Candidates.FromStates(
            visited, settings.Candidates, settings.Seed, settings.Noise);
        double[,] runs = Neurodynamics.FixedPoints.Candidates.FromStates(visited, Runs, settings.Seed);

        var (pages, lines) = (new List<FoundUnder>(), new List<PointsUnder>());
        foreach (var (index, input) in inputs.Index().TakeWhile(_ => !cancellation.IsCancellationRequested))
        {
            var under = Search(reduced ?? cell, input, index + 1);
            // Never the name of the network's own file, which often lies in the same folder.
            string file = inputs.Length == 1 ? $"{name}-points" : $"{name}-points-{index + 1}";
            under = under with { Files = [file + ".npz", file + ".json"] };
            PointFile.Save(
                Path.Combine(settings.Folder, under.Files[0]), under.Points, under.Standing.Proof, reduced);
            under.Set.Save(Path.Combine(settings.Folder, under.Files[1]));
            pages.Add(under);
            lines.Add(Line(under));
        }
        if (pages.Count == 0) cancellation.ThrowIfCancellationRequested();

        string page = Path.Combine(settings.Folder, name + ".html");
        FoundPage.Save(page, Path.GetFileName(settings.Network), imported, own is not null, check, from, visited, pages,
            reduced);
        new FoundPoints(
            settings.Network, cell.Title, cell.Units, imported.Used, imported.Ignored, imported.Assumptions,
            check?.Reproduced, FoundPage.Words(check, own is not null), cell.Unchecked, FoundPage.NotChecked(cell),
            reduced?.StateSize, page, lines).Say();
        return cancellation.IsCancellationRequested ? Stopped : 0;

        FoundUnder Search(Cell searched, double[] input, int number)
        {
            var set = new FixedPointSearch { Seed = settings.Seed }.Run(
                searched, starts, input, new Course(number, inputs.Length), cancellation);
            var points = Linearisation.Of(searched, set.Points);
            var standing = Standing.Of(searched, set, cancellation: cancellation);
            RunEnds? ends = null;
            try
            {
                ends = RunEnds.Of(searched, input, runs, points, cancellation: cancellation);
            }
            catch (OperationCanceledException)
            {
                // Stopped: what was found is written down all the same.
            }
            return new(set, points, standing, ends, []);
        }
    }

    /// <summary>Before anything is computed: the folder is there and can be written to.</summary>
    static void RequireRoom(Settings settings)
    {
        try
        {
            Directory.CreateDirectory(settings.Folder);
            string trial = Path.Combine(settings.Folder, $".{Guid.NewGuid():N}.partial");
            File.Create(trial, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"--out {settings.Folder} cannot be written to ("
                + $"{refused.Message.TrimEnd('.')}): name a folder that you may write to.", refused);
        }
    }

    /// <summary>
    /// A network that was trained by a recipe, such as those that come with the workbook; null where the file is
    /// another's.
    /// </summary>
    static TrainedNetwork? OwnOf(string path) =>
        Path.GetExtension(path) == ".safetensors" && NetworkStore.IsRecord(Path.ChangeExtension(path, ".json"))
            ? new NetworkStore(Path.GetDirectoryName(path)!).Load(Path.GetFileNameWithoutExtension(path)) : null;

    /// <summary>The record says the form, so nothing is assumed.</summary>
    static (ImportedNetwork Network, TrajectoryCheck? Check) Of(
        TrainedNetwork own, Settings settings, SourceTrajectory? trajectory)
    {
        var network = new ImportedNetwork(own.Network.Cell, own.Network, Activation.Linear,
            ArrayFile.Read(settings.Network).Format, [.. own.Network.state_dict().Keys], [], []);
        return (network, trajectory is null ? null : Check(network, trajectory, settings));
    }

    static PointsUnder Line(FoundUnder under)
    {
        var (set, points, standing, ends, files) = under;
        int most = points.Select(point => point.UnstableModes).DefaultIfEmpty(0).Max();
        return new(
            set.Input, points.Count,
            [.. Enumerable.Range(0, most + 1).Select(modes => points.Count(point => point.UnstableModes == modes))],
            set.Points.Count(point => point.Certificate?.Certainty == Certainty.Certified), set.SlowPoints.Count,
            standing.IsProvenComplete, set.ToString(), standing.Message, ends is null ? null
                : new(ends.Runs, ends.AtAttractors, ends.StoodStill, ends.Moving, ends.Lost,
                    ends.Curve is { GoesRound: true, Period: var period } ? period : null,
                    ends.Curve?.IsAttracting, ends.ToString()), files);
    }

    static int TrialsFor(Cell cell, int steps) =>
        Math.Clamp(MostNumbers / (steps * cell.StateSize), FewestTrials, MostTrials);

    /// <summary>Then the record of a training beside the file is not asked.</summary>
    static bool SaysHowToRead(Settings settings) => settings.WithoutReadout || settings.LeaveOut.Length > 0
        || new[] { settings.Form, settings.Letters, settings.Cell, settings.Layer, settings.Readout }
            .Any(option => option is not null);

    static ImportOptions OptionsOf(Settings settings)
    {
        var (kind, divides) = FormWords.Of(settings.Form);
        if (kind is not null && settings.Cell is not null)
            throw new ArgumentException("--form and --cell both say what the cell is: give one of them.");
        return new()
        {
            Layer = settings.Layer,
            Readout = settings.Readout,
            WithoutReadout = settings.WithoutReadout,
            LeaveOut = settings.LeaveOut,
            Outputs = OutputsOf(settings.Outputs),
            Architecture = settings.Cell is { } cell ? Architecture.Named(cell) : kind,
            DividesByUnits = divides,
            Arrays = LettersOf(settings.Letters),
        };
    }

    /// <summary>W=name,B=name and so on.</summary>
    static Dictionary<string, string> LettersOf(string? text)
    {
        var letters = new Dictionary<string, string>();
        foreach (string part in text?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            if (part.Split('=', 2) is not [var letter, var name])
                throw new ArgumentException(
                    $"--letters \"{text}\" should name arrays as W=name,B=name, but has \"{part}\".");
            if (!letters.TryAdd(letter, name))
                throw new ArgumentException(
                    $"--letters names {letter} twice, as \"{letters[letter]}\" and \"{name}\": name it once.");
        }
        return letters;
    }

    /// <summary>
    /// By the names of its arrays, and by its trials where these do not say enough, or not what the trials do.
    /// </summary>
    static (ImportedNetwork Network, TrajectoryCheck? Check) Read(
        Settings settings, SourceTrajectory? trajectory, ImportOptions options, CancellationToken cancellation)
    {
        string path = settings.Network;
        if (trajectory is null) return (NetworkFile.Load(path, options), null);
        // What the reader has said of the cell is not searched for.
        bool isSaid = options.Architecture is not null || options.DividesByUnits is not null;
        (ImportedNetwork Network, TrajectoryCheck? Check)? named = null;
        ImportException? refused = null;
        try
        {
            var network = NetworkFile.Load(path, options);
            named = (network, Check(network, trajectory, settings));
            if (isSaid || named.Value.Check!.Reproduced) return named.Value;
        }
        catch (ImportException error) when (!isSaid)
        {
            refused = error;
        }
        try
        {
            var network = NetworkFile.LoadByExample(path, trajectory, options, cancellation);
            return (network, Check(network, trajectory, settings));
        }
        catch (ImportException) when (named is not null)
        {
            return named.Value;
        }
        catch (ImportException error) when (refused is not null && refused.Message != error.Message)
        {
            throw new ImportException($"By the names of its arrays: {refused.Message} By its trials: {error.Message}",
                error);
        }
    }

    /// <summary>Trials of other shapes than the network's are refused by their file.</summary>
    static TrajectoryCheck Check(ImportedNetwork network, SourceTrajectory trajectory, Settings settings)
    {
        try
        {
            return network.Check(trajectory);
        }
        catch (ArgumentException error) when (error.ParamName == nameof(trajectory))
        {
            throw new ArgumentException($"{settings.Trajectory ?? settings.Network} does not fit the network of "
                + $"{settings.Network}. {error.Message} Name the file with its trials in --trajectory, or the arrays "
                + "in --arrays.", error);
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
        if (arrays.Find("inputs") is null || arrays.Find("states") is null)
            return settings.Trajectory is null ? null
                : throw new ArgumentException($"{file}: trials are arrays inputs [B, T, I] and states [B, T, S], but "
                    + $"it holds {string.Join(", ", arrays.Arrays.Select(array => array.Name).Take(8))}: "
                    + "say in --arrays which of them are the inputs and the states.");
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
