using Neurodynamics.Analysis;

namespace Neurodynamics.Sweeps;

/// <summary>A sweep and the rows that have come of it so far.</summary>
/// <param name="Plan">The sweep.</param>
/// <param name="Groups">The cells that have rows, with these.</param>
public sealed record Sweep(SweepPlan Plan, IReadOnlyList<SweepGroup> Groups) : Described
{
    /// <summary>Reads NAME.json and the rows beside it, NAME.jsonl.</summary>
    /// <param name="folder">The folder, such as data/sweeps.</param>
    /// <param name="name">The sweep's name.</param>
    /// <exception cref="FileNotFoundException">
    /// There is no such sweep; the message names those that there are.
    /// </exception>
    public static Sweep Load(string folder, string name)
    {
        string path = Path.Combine(folder, name + ".json");
        if (!File.Exists(path))
            throw new FileNotFoundException(
                $"There is no sweep \"{name}\" in {folder}; there are {string.Join(", ", Known(folder))}.", path);
        var plan = SweepPlan.Load(path);
        var rows = SweepRows.Load(Path.Combine(folder, name + ".jsonl")).Where(row => row.Measured == plan.Measure.Hash)
            .ToDictionary(row => row.Recipe);
        var groups = plan.Cells.Select(cell =>
            new SweepGroup(cell, [.. cell.Runs.Select(run => rows.GetValueOrDefault(run)).OfType<SweepRow>()]));
        return new(plan, [.. groups.Where(group => group.Rows.Count > 0)]);
    }

    /// <summary>The groups of some entries of the sweep file, in the order of the names given.</summary>
    /// <param name="names">Names of entries.</param>
    /// <exception cref="ArgumentException">There is no entry of that name with a row.</exception>
    public IReadOnlyList<SweepGroup> this[params string[] names] => [.. names.SelectMany(Named)];

    private static IEnumerable<string> Known(string folder) => !Directory.Exists(folder) ? ["none"] :
        Directory.GetFiles(folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Order(StringComparer.Ordinal).DefaultIfEmpty("none");

    private IEnumerable<SweepGroup> Named(string name)
    {
        var found = Groups.Where(group => group.Cell.Name == name);
        if (found.Any()) return found;
        string known = string.Join(", ", Groups.Select(group => group.Cell.Name).Distinct());
        throw new ArgumentException($"The sweep has no rows of \"{name}\" yet; there are {known}.");
    }
}

/// <summary>The rows of networks that differ by their seed alone.</summary>
/// <param name="Cell">What they have in common.</param>
/// <param name="Rows">Their rows, by seed; of as many seeds as there are rows.</param>
public sealed record SweepGroup(SweepCell Cell, IReadOnlyList<SweepRow> Rows) : Described
{
    /// <summary>Such as "flip-flop, gru" or "units 25".</summary>
    public string Name => Cell.Title;

    /// <summary>The networks of several groups as one.</summary>
    /// <param name="groups">The groups, at least one; their first name stands for all.</param>
    public static SweepGroup Together(IReadOnlyList<SweepGroup> groups)
    {
        Demand.Given(groups);
        return new(
            groups[0].Cell with
            {
                Varied = new Dictionary<string, string>(),
                Runs = [.. groups.SelectMany(group => group.Cell.Runs)],
            },
            [.. groups.SelectMany(group => group.Rows)]);
    }

    /// <summary>How many networks had their clouds judged: see <see cref="SweepRow.IsJudged"/>.</summary>
    public int Judged => Rows.Count(row => row.IsJudged);

    /// <summary>How many networks have this cloud.</summary>
    public int Looked(SweepCloud cloud) => Rows.Count(row => row.Shape(cloud) is not null);

    /// <summary>
    /// In how many networks three components hold more than a share of a cloud's variance: the report's own test, with
    /// 0.9.
    /// </summary>
    public Proportion InThree(SweepCloud cloud, double share = 0.9) =>
        Proportion.Of([.. Rows.Select(row => row.Cloud(cloud)).OfType<CloudFacts>()], facts => facts.Explained > share);

    /// <summary>
    /// How many networks have a cloud of this shape, of those whose cloud has enough different points to say; of too
    /// few, how many of all. See <see cref="SweepRow.Shape"/>.
    /// </summary>
    public Proportion Shape(SweepCloud cloud, ShapeKind shape)
    {
        Demand.Given(cloud);
        return Proportion.Of([.. Rows.Select(row => row.Shape(cloud)).OfType<ShapeKind>()
            .Where(told => shape == ShapeKind.TooFew || told != ShapeKind.TooFew)], told => told == shape);
    }

    /// <summary>
    /// How many networks have the fixed points of a cube of memories in K channels, as many of each saddle index: 8,
    /// 12, 6 and 1 of 3 channels, each certified, and no sign that one is missing.
    /// </summary>
    public Proportion CubeOfMemories() => Proportion.Of(Rows, row => row.IsCubeOfMemories);

    /// <summary>
    /// In how many pairs of networks with the same seed something holds here and not there, and the other way round:
    /// what tells the two groups apart. A network without a partner is left out.
    /// </summary>
    /// <param name="other">The other group.</param>
    /// <param name="has">What may hold of a network.</param>
    public PairedCount Paired(SweepGroup other, Func<SweepRow, bool> has)
    {
        Demand.Given((other, has));
        var pairs = Rows.SelectMany(row => other.Rows.Where(one =>
            one.Recipe.Seed == row.Recipe.Seed && one.Recipe.Architecture == row.Recipe.Architecture),
            (here, there) => (Here: has(here), There: has(there))).ToArray();
        return new(pairs.Length, pairs.Count(pair => pair.Here && !pair.There),
            pairs.Count(pair => pair.There && !pair.Here));
    }

    /// <summary>The median of a value over the networks, and its range.</summary>
    /// <param name="value">The value.</param>
    public MedianRange Range(Func<SweepRow, double> value) => MedianRange.Of(Rows.Select(value));
}
