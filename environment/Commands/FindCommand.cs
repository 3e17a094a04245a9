using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Neurodynamics.Runs;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>A file in, one page out; beside it the points for NumPy and as JSON.</summary>
[Verb("find", "network.npz", "flipflop3-gru", "network.pt --trajectory trials.npz --inputs 0,0,1 --out found")]
[Description("Find the fixed points of a network from a file: a page, and the points as .npz and .json.")]
sealed class FindCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<FindCommand.Settings>
{
    /// <summary>What it ends with where the trials of the source were not reproduced.</summary>
    const int NotReproduced = 2;

    // A script asks for what is not known, too.
    static readonly JsonSerializerOptions WithNulls =
        new(RunLine.Json) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    public sealed class Settings : SetupSettings
    {
        [CommandArgument(0, "<network>")]
        [Description("PyTorch, Keras, safetensors, NumPy or MATLAB file (notebook 11 says what can be read), or the "
            + "name of a network that comes with the workbook.")]
        public required string Network { get; init; }

        [CommandOption("--trajectory <FILE>")]
        [Description("Trials of the source, arrays inputs [[B, T, I]] and states [[B, T, S]]: the search starts from "
            + "them, and the network is checked against them. Default: those in the file of the network.")]
        public string? Trajectory { get; init; }

        [CommandOption("--arrays <NAMES>")]
        [Description("Other names for them: INPUTS,STATES or INPUTS,STATES,OUTPUTS.")]
        public string? Arrays { get; init; }

        [CommandOption("--outputs <MEANING>")]
        [Description("What the outputs are, for labels and colours: logits, values or tanh-values.")]
        public string? Outputs { get; init; }

        [CommandOption("--form <WORDS>")]
        [Description("The equation of a rate network, in the words in which an assumption is told, such as \"currents, "
            + "relu, leak 0.1\" or \"currents, leak 0.2, without 1 / N\". Default: what the names of the arrays tell.")]
        public string? Form { get; init; }

        [CommandOption("--letters <NAMES>")]
        [Description("Which array is which letter of the equation: W=NAME,B=NAME,b=NAME,m=NAME,n=NAME,C=NAME,d=NAME. "
            + "Goes with --form.")]
        public string? Letters { get; init; }

        [CommandOption("--cell <NAME>")]
        [Description("Which cell it is: vanilla, gru, gru-reset-before, gru-as-printed, lstm or lstm-as-printed. "
            + "Default: what the file tells.")]
        public string? Cell { get; init; }

        [CommandOption("--layer <NAME>")]
        [Description("Which recurrent layer, where there are several: what its names begin with, such as encoder.")]
        public string? Layer { get; init; }

        [CommandOption("--readout <NAME>")]
        [Description("Which readout, where several linear layers read the units: what its names begin with.")]
        public string? Readout { get; init; }

        [CommandOption("--without-readout"), Description("Take no readout even where there is one.")]
        public bool WithoutReadout { get; init; }

        [CommandOption("--leave-out <NAME>")]
        [Description("An array that looks like a part of the cell and is none; may be given again.")]
        public string[] LeaveOut { get; init; } = [];

        [CommandOption("--inputs <VALUES>")]
        [Description("A constant input such as 0,0,1; may be given again. Default zeros.")]
        public string[] Inputs { get; init; } = [];

        [CommandOption("--candidates <NUMBER>"), Description("States that the search starts from; default 512.")]
        public int? Candidates { get; init; }

        [CommandOption("--noise <SPREAD>"), Description("Standard deviation of the noise on them; default 0.1.")]
        public double? Noise { get; init; }

        [CommandOption("--seed <NUMBER>"), Description("Seed of all that is drawn; default 0.")]
        public long? Seed { get; init; }

        [CommandOption("--out <FOLDER>"), Description("Where page and points go; default the current folder.")]
        public string Out { get; init; } = ".";

        [CommandOption("--json")]
        [Description("Print one JSON object and nothing else; {\"event\":\"failed\",\"why\":...} where it failed.")]
        public bool Json { get; init; }
    }

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        // Before a set-up that may take minutes.
        string network = FileOf(settings.Network);
        // Scripts read the output; what is said on the way goes elsewhere.
        var said = settings.Json ? AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) }) : console;
        await new Setup(workbook, said).RunAsync(Purpose.Open, !settings.NoInstall, cancellation);
        FoundPoints? found = null;
        try
        {
            await said.Status().StartAsync("reading", FindAsync);
        }
        catch (OperationCanceledException) when (found is not null)
        {
            Tell();
            said.WriteLine("Stopped: this is what was found by then.");
            throw;
        }
        Tell();
        return found!.Reproduced == false ? NotReproduced : 0;

        async Task FindAsync(StatusContext status)
        {
            string? failure = await new RunsProgram(workbook).RunAsync(Arguments(settings, network), line =>
            {
                if (line is FoundPoints points) found = points;
                else if (line is Searching at)
                    status.Status($"input {at.Input} of {at.Inputs}: {at.Ended} candidates have ended");
            }, cancellation, onAllCores: true);
            if (failure is not null) throw new WorkbookException(failure);
        }

        void Tell()
        {
            if (settings.Json) Console.WriteLine(JsonSerializer.Serialize(found, WithNulls));
            else Show(found!);
        }
    }

    /// <summary>A file, or the name of a network that comes with the workbook.</summary>
    string FileOf(string network)
    {
        string file = Path.GetFullPath(network), own = Path.Combine(workbook.Networks, network + ".safetensors");
        if (File.Exists(file) || Path.GetFileName(network) != network) return file;
        if (File.Exists(own)) return own;
        var known = Directory.EnumerateFiles(workbook.Networks, "*.safetensors")
            .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);
        throw new WorkbookException($"There is no network {network}: name a file, or one of data/networks ("
            + $"{string.Join(", ", known)}).");
    }

    static string[] Arguments(Settings settings, string network) =>
    [
        "find", network, Path.GetFullPath(settings.Out),
        .. Named("--trajectory", settings.Trajectory is { } file ? Path.GetFullPath(file) : null),
        .. Named("--arrays", settings.Arrays), .. Named("--outputs", settings.Outputs),
        .. Named("--form", settings.Form), .. Named("--letters", settings.Letters),
        .. Named("--cell", settings.Cell), .. Named("--layer", settings.Layer),
        .. Named("--readout", settings.Readout),
        .. settings.WithoutReadout ? ["--without-readout"] : Array.Empty<string>(),
        .. settings.LeaveOut.SelectMany(array => Named("--leave-out", array)),
        .. Named("--candidates", settings.Candidates), .. Named("--noise", settings.Noise),
        .. Named("--seed", settings.Seed), .. settings.Inputs.SelectMany(input => Named("--inputs", input)),
    ];

    // After "=", since a value may begin with a minus.
    static string[] Named(string option, object? value) =>
        value is null ? [] : [FormattableString.Invariant($"{option}={value}")];

    void Show(FoundPoints found)
    {
        console.WriteLine();
        console.WriteLine($"{found.Cell} with {found.Units} units, read from {string.Join(", ", found.Used)}.");
        if (found.LeftAside.Count > 0) console.WriteLine($"Left aside: {string.Join(", ", found.LeftAside)}.");
        foreach (string sentence in found.Assumed) console.WriteLine(sentence);
        console.WriteLine(found.Check);
        if (found.Reproduced == false) console.WriteLine("These are the fixed points of another network than yours.");
        if (found.NotChecked is { } open) console.WriteLine(open);
        if (found.Reduced is { } rank)
            console.WriteLine($"W is of rank {rank}: the points are those of its {rank}-dimensional dynamics, with the "
                + "states of all units beside them.");
        foreach (var under in found.Found)
        {
            console.WriteLine();
            if (found.Found.Count > 1) console.WriteLine(FormattableString.Invariant(
                $"Input ({string.Join(", ", under.Input.Select(value => FormattableString.Invariant($"{value}")))}):"));
            console.WriteLine(under.Summary);
            console.WriteLine($"By unstable modes, from 0: {string.Join(", ", under.ByUnstableModes)}.");
            console.WriteLine(under.Standing);
            if (under.Ends is { } ends) console.WriteLine(ends.Summary);
        }
        console.WriteLine();
        console.WriteLine($"Page: {found.Page}");
        string folder = Path.GetDirectoryName(found.Page)!;
        var files = found.Found.SelectMany(under => under.Files).Select(file => Path.Combine(folder, file));
        console.WriteLine($"Points: {string.Join(", ", files)}");
    }
}
