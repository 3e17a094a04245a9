using System.Text.Json;
using System.Text.Json.Nodes;
using Neurodynamics.Training;

namespace Neurodynamics.Sweeps;

/// <summary>
/// A sweep as its file declares it: a base recipe, cells that change some of its values, how many seeds each cell has,
/// and what is measured. The same file means the same networks and the same rows.
/// </summary>
public sealed class SweepPlan
{
    private SweepPlan(SweepMeasurement measure, IReadOnlyList<SweepCell> cells)
    {
        (Measure, Cells) = (measure, cells);
        Runs = [.. cells.SelectMany(cell => cell.Runs).Distinct()];
        // The row and the network of a run are files of that name.
        if (Runs.GroupBy(run => run.Hash).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new JsonException($"each run needs a hash of its own, but {twice.Key} is by chance that of "
                + string.Join(" and of ", twice.Select(run => $"\"{Title(run)}\""))
                + ": change a value of one of them.");
    }

    /// <summary>What is measured on every network.</summary>
    public SweepMeasurement Measure { get; }

    /// <summary>The cells, in the order of the file.</summary>
    public IReadOnlyList<SweepCell> Cells { get; }

    /// <summary>
    /// The networks to train, each once however many cells it belongs to: cell after cell, within a cell seed after
    /// seed. A run is named by its recipe's hash.
    /// </summary>
    public IReadOnlyList<Recipe> Runs { get; }

    /// <summary>Its cells and how many networks they have.</summary>
    public override string ToString() => $"Sweep plan: {Runs.Count} networks in {Cells.Count} cells";

    /// <summary>
    /// What a run is in the sweep file, such as "flip-flop, gru, seed 2"; of several cells that share it the first.
    /// </summary>
    /// <param name="run">One of the runs.</param>
    public string Title(Recipe run) => $"{Cells.First(cell => cell.Runs.Contains(run)).Title}, seed {run.Seed}";

    /// <summary>Reads a sweep file (JSON; comments are allowed).</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">
    /// The file is no sweep, or asks for what there is not; the message names the place and what was expected.
    /// </exception>
    public static SweepPlan Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception error)
            when (error is JsonException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new InvalidDataException($"{path} is not a sweep: {Json.Reason(error)}", error);
        }
    }

    /// <summary>Reads a sweep from its text.</summary>
    internal static SweepPlan Parse(string text)
    {
        var file = JsonSerializer.Deserialize<PlanFile>(text, Options) ?? throw new JsonException("it is empty.");
        if (file.Cells.Contains(null!)) throw new JsonException("one of its cells is null.");
        if (file.Cells.FirstOrDefault(cell => cell.Name.Any(char.IsControl)) is { } broken)
            throw new JsonException($"the name of a cell has a line break in it, after \"{FirstLine(broken.Name)}\".");
        if (file.Cells.Count == 0)
            throw new JsonException("it has no cells: give at least one, such as { \"name\": \"base\" }.");
        if (file.Cells.CountBy(cell => cell.Name).FirstOrDefault(count => count.Value > 1) is { Key: { } twice })
            throw new JsonException($"two cells are called \"{twice}\": cells need names of their own.");
        // The base in full, so that a cell may change what the file leaves at its default; but the seed, which numbers
        // a cell's runs.
        var complete = JsonSerializer.SerializeToNode(file.Base, Json.Options)!.AsObject();
        complete.Remove("seed");
        return new(file.Measure, [.. file.Cells.SelectMany(cell => Expand(cell, complete, cell.Seeds ?? file.Seeds))]);
    }

    private const int MostSeeds = 10_000;

    private static string FirstLine(string text) => string.Concat(text.TakeWhile(letter => !char.IsControl(letter)));

    private static readonly JsonSerializerOptions Options = new(Json.Options)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>A cell for each combination of the values that one entry of the file varies.</summary>
    private static IEnumerable<SweepCell> Expand(CellEntry entry, JsonObject complete, int seeds)
    {
        if (seeds is < 1 or > MostSeeds)
            throw new JsonException(
                $"the cell \"{entry.Name}\" has {seeds} seeds: it needs at least 1, and at most {MostSeeds}.");
        IEnumerable<IReadOnlyList<KeyValuePair<string, JsonNode?>>> combinations = [[]];
        foreach (var (key, values) in entry.Vary)
        {
            if (values is not { Count: > 0 })
                throw new JsonException($"the cell \"{entry.Name}\" varies {key} over no values.");
            combinations = combinations.SelectMany(before =>
                values.Select(value => (IReadOnlyList<KeyValuePair<string, JsonNode?>>)[.. before, new(key, value)]));
        }
        foreach (var varied in combinations)
        {
            var changed = complete.DeepClone().AsObject();
            foreach (var (key, value) in entry.Set.Concat(varied)) Change(changed, key, value, entry.Name);
            yield return new(
                entry.Name, varied.ToDictionary(pair => pair.Key, pair => pair.Value?.ToString() ?? "none"),
                [.. Enumerable.Range(1, seeds).Select(Seeded)]);

            Recipe Seeded(int seed)
            {
                try
                {
                    return changed.Deserialize<Recipe>(Options)! with { Seed = seed };
                }
                catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException)
                {
                    throw new JsonException($"the cell \"{entry.Name}\" makes no recipe: {error.Message}", error);
                }
            }
        }
    }

    /// <summary>Changes one value, named by its path such as training.loss.</summary>
    private static void Change(JsonObject recipe, string path, JsonNode? value, string cell)
    {
        string[] names = path.Split('.');
        var branch = recipe;
        foreach (string name in names[..^1])
            branch = branch[name] as JsonObject ?? throw Unknown(name, branch);
        if (!branch.ContainsKey(names[^1])) throw Unknown(names[^1], branch);
        branch[names[^1]] = value?.DeepClone();

        JsonException Unknown(string name, JsonObject at) =>
            new($"the cell \"{cell}\" changes {path}, but there is no {name} in "
                + $"{string.Join(", ", at.Select(pair => pair.Key))}.");
    }

    private sealed record PlanFile
    {
        public string? Purpose { get; init; }

        public required Recipe Base { get; init; }

        public int Seeds { get; init; } = 10;

        public SweepMeasurement Measure { get; init; } = new();

        public required IReadOnlyList<CellEntry> Cells { get; init; }
    }

    private sealed record CellEntry
    {
        public required string Name { get; init; }

        public IReadOnlyDictionary<string, JsonNode?> Set { get; init; } = new Dictionary<string, JsonNode?>();

        public IReadOnlyDictionary<string, IReadOnlyList<JsonNode?>> Vary { get; init; } =
            new Dictionary<string, IReadOnlyList<JsonNode?>>();

        public int? Seeds { get; init; }
    }
}

/// <summary>Networks of one kind, which differ by their seed alone.</summary>
/// <param name="Name">The name in the sweep file, which entries that vary something share.</param>
/// <param name="Varied">The values of what is varied, by path.</param>
/// <param name="Runs">A recipe per seed, from seed 1.</param>
public sealed record SweepCell(string Name, IReadOnlyDictionary<string, string> Varied, IReadOnlyList<Recipe> Runs)
    : Described
{
    /// <summary>
    /// Such as "flip-flop, gru" or "units 25": the name and the varied values, each but the architecture with the name
    /// of what is varied where there is more than one.
    /// </summary>
    public string Title => Varied.Count == 1 && Varied.Single() is var (key, value)
        ? key == Name ? $"{key} {value}" : $"{Name}, {value}"
        : string.Join(", ", Varied
            .Select(pair => pair.Key == "architecture" ? pair.Value : $"{pair.Key.Split('.')[^1]} {pair.Value}")
            .Prepend(Name));
}
