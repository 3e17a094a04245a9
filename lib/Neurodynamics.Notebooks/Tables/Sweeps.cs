using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Sweeps;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// How many networks of each group have a cloud of each shape, with the 95 % interval of the share of one shape.
    /// </summary>
    /// <param name="groups">The groups.</param>
    /// <param name="cloud">The cloud.</param>
    /// <param name="of">Whose share; default the cube's.</param>
    public static DataFrame SweepShapes(
        IReadOnlyList<SweepGroup> groups, SweepCloud cloud, ShapeKind of = ShapeKind.Cube) =>
        Table.Of(groups)
            .Column("networks", group => group.Name)
            .Column("seeds", group => group.Looked(cloud))
            .Each(Enum.GetValues<ShapeKind>().Where(shape => groups.Any(group => group.Shape(cloud, shape).Count > 0)),
                (table, shape) =>
                table.Column(Wording.Of(shape), group => group.Shape(cloud, shape).Count))
            .Column($"{Wording.Of(of)}, 95 % interval", group => group.Shape(cloud, of).Interval);

    /// <summary>
    /// What was found in the networks of each group: accuracy, fixed points (median, least to most), how many networks
    /// have exactly a cube of memories (8, 12, 6 and 1 points of index 0 to 3 in three channels), how many of all
    /// points are certified, in how many networks the signs sum to 1, and slow points.
    /// </summary>
    public static DataFrame SweepFound(IReadOnlyList<SweepGroup> groups) => Networks(groups)
        .Column("right %", group => Range(group, row => 100 * row.Accuracy.Mean, "0.0"))
        .Column("fixed points", group => Range(group, row => row.Found.Points))
        .Column("attractors", group => Range(group, row => row.Found.ByIndex[0]))
        .Column("a cube's, all", group => $"{group.CubeOfMemories()}")
        .Column("certified", Certified)
        .Column("signs sum to 1", Consistent)
        .Column("slow points", group => Range(group, row => row.Found.Slow));

    /// <summary>
    /// The same by the number of channels K of the task, beside the 3^K places of a grid with three a side: how many
    /// points of each index there are (median, least to most) and how many a grid has, in how many networks the points
    /// are exactly a grid's, and in how many 95 % of the decisions are kept.
    /// </summary>
    /// <param name="groups">Networks that differ within each group by their seed alone.</param>
    public static DataFrame SweepSizes(IReadOnlyList<SweepGroup> groups)
    {
        Demand.Given(groups);
        return Table.Of(groups.OrderBy(group => group.Rows[0].Recipe.Task.GetType().Name)
                .ThenBy(group => $"{group.Rows[0].Recipe.Architecture}").ThenBy(Channels))
            .Column("task", group => group.Rows[0].Recipe.Task.Title)
            .Column("architecture", group => $"{group.Rows[0].Recipe.Architecture}".ToLowerInvariant())
            .Column("seeds", group => group.Rows.Count)
            .Column("right %", group => Range(group, row => 100 * row.Accuracy.Mean, "0.0"))
            .Column("a grid's points", group => (int)Math.Pow(3, Channels(group)))
            .Column("fixed points", group => Range(group, row => row.Found.Points))
            .Column("a grid's, by index", group =>
                string.Join(" ", SweepRow.OfCube(Channels(group)).Take(Channels(group) + 1)))
            .Column("by index, median", group => string.Join(" ", Enumerable.Range(0, Indices(group)).Select(index =>
                Wording.Of(group.Range(row => row.Found.ByIndex[index]).Median, "0.#"))))
            .Column("exactly a grid's", group => $"{group.CubeOfMemories()}")
            .Column("certified", Certified)
            .Column("signs sum to 1", Consistent)
            .Column("keep 95 %", group =>
                $"{group.Rows.Count(row => row.Memory.LostAt is null)} of {group.Rows.Count}");

        static int Channels(SweepGroup group) => group.Rows[0].Recipe.Task.OutputSize;

        // As many as a grid has, and more where a network has points there.
        static int Indices(SweepGroup group) => Math.Max(Channels(group) + 1,
            group.Rows.Max(row => Array.FindLastIndex(row.Found.ByIndex, count => count > 0)) + 1);
    }

    /// <summary>
    /// Of the networks that were looked at under a constant input of ones: how many fixed points there are, and in how
    /// many the candidates that Algorithm 1 leaves there have the shape of a cube.
    /// </summary>
    /// <param name="groups">Networks that differ within each group by their seed alone.</param>
    public static DataFrame SweepUnderOnes(IReadOnlyList<SweepGroup> groups)
    {
        Demand.Given(groups);
        return Networks([.. groups
                .Select(group => group with { Rows = [.. group.Rows.Where(row => Points(row) is not null)] })
                .Where(group => group.Rows.Count > 0)])
            .Column("fixed points under ones", group => Range(group, row => Points(row)!.Value))
            .Column("candidates there a cube", group => $"{group.Shape(SweepCloud.DescentUnderOnes, ShapeKind.Cube)}");

        static int? Points(SweepRow row) => row.Cloud(SweepCloud.UnderOnes)?.Points;
    }

    /// <summary>
    /// In how many networks three components hold more than 90 % of a cloud's variance, a column per cloud: the
    /// report's own test.
    /// </summary>
    public static DataFrame SweepInThree(IReadOnlyList<SweepGroup> groups, IReadOnlyList<SweepCloud> clouds) =>
        Table.Of(groups)
            .Column("networks", group => group.Name)
            .Each(clouds, (table, cloud) => table.Column(cloud.Name, group => $"{group.InThree(cloud)}"));

    /// <summary>
    /// Two groups by pairs of the same seed: in how many pairs something holds in one alone, the probability of so
    /// uneven a split by chance, and that times the number of comparisons (Bonferroni).
    /// </summary>
    /// <param name="comparisons">What is compared, and how it came out.</param>
    public static DataFrame Pairs(IReadOnlyList<(string Question, PairedCount Count)> comparisons) =>
        Table.Of(comparisons)
            .Column("what is compared", row => row.Question)
            .Column("pairs", row => row.Count.Pairs)
            .Column("the first alone", row => row.Count.Here)
            .Column("the second alone", row => row.Count.There)
            .Column("p", row => row.Count.P)
            .Column($"p, times {comparisons.Count}", row => Math.Min(1, row.Count.P * comparisons.Count));

    /// <summary>
    /// How fast the candidates are at one moment of Algorithm 1 in three readings, and how far from the nearest fixed
    /// point, in parts of the widest distance between two fixed points: median, least to most.
    /// </summary>
    /// <param name="groups">The groups.</param>
    /// <param name="stop">
    /// Where Algorithm 1 first was at most this fast, as a mean square; null before its first step.
    /// </param>
    public static DataFrame SweepSpeeds(IReadOnlyList<SweepGroup> groups, double? stop = null)
    {
        return Table.Of(groups)
            .Column("networks", group => group.Name)
            .Column("reached by", group => $"{group.Rows.Count(row => At(row) is not null)} of {group.Rows.Count}")
            .Column("step", group => Of(group, look => look.Step))
            .Column("mean square", group => Of(group, look => look.MeanSquare, "0.0000"))
            .Column("q", group => Of(group, look => look.Speed, "0.00"))
            .Column("norm", group => Of(group, look => look.Norm, "0.00"))
            .Column("from a fixed point", group => Of(group, look => look.Distance, "0.00"));

        DescentFacts? At(SweepRow row) =>
            row.Descent.FirstOrDefault(look => stop is { } limit ? look.Stop == limit : look.Step == 0);

        string Of(SweepGroup group, Func<DescentFacts, double> value, string format = "0") =>
            Range(group, row => At(row) is { } look ? value(look) : double.NaN, format);
    }

    /// <summary>
    /// Memory without input, and what makes it: the share of decisions that are still the same after all steps, how
    /// many networks keep 95 % of them, and the attractors' largest time constant.
    /// </summary>
    public static DataFrame SweepMemory(IReadOnlyList<SweepGroup> groups) => Networks(groups)
        .Column("updates", group => Range(group, row => row.Updates))
        .Column("right %", group => Range(group, row => 100 * row.Accuracy.Mean, "0.0"))
        .Column("kept %", group => Range(group, row => 100 * row.Memory.Kept, "0.0"))
        .Column("keep 95 %", group => $"{Proportion.Of(group.Rows, row => row.Memory.LostAt is null)}")
        .Column("attractors", group => Range(group, row => row.Found.ByIndex[0]))
        .Column("slowest time constant", group => Range(group, row => row.Found.SlowestTimeConstant));

    /// <summary>
    /// Fixed points by where the candidates came from: as trials visited them, with noise, and with all rounds of the
    /// search (median, least to most).
    /// </summary>
    public static DataFrame SweepCandidates(IReadOnlyList<SweepGroup> groups) => Networks(groups)
        .Column("from plain candidates", group => Range(group, row => row.Found.FromPlain))
        .Column("from noisy ones", group => Range(group, row => row.Found.FromNoisy))
        .Column("with all rounds", group => Range(group, row => row.Found.Points))
        .Column("all from plain ones", group =>
            $"{Proportion.Of(group.Rows, row => row.Found.FromPlain == row.Found.Points)}");

    private static Table<SweepGroup> Networks(IReadOnlyList<SweepGroup> groups) => Table.Of(groups)
        .Column("networks", group => group.Name)
        .Column("seeds", group => group.Rows.Count);

    private static string Certified(SweepGroup group) =>
        $"{group.Rows.Sum(row => row.Found.Certified)} of {group.Rows.Sum(row => row.Found.Points)}";

    private static string Consistent(SweepGroup group) =>
        $"{group.Rows.Count(row => row.Found.Completeness == CompletenessVerdict.Consistent)} of {group.Rows.Count}";

    private static string Range(SweepGroup group, Func<SweepRow, double> value, string format = "0")
    {
        var (median, least, most) = group.Range(value);
        string lowest = Wording.Of(least, format), highest = Wording.Of(most, format);
        return double.IsNaN(median) ? ""
            : lowest == highest ? Wording.Of(median, format)
            : $"{Wording.Of(median, format)} ({lowest} to {highest})";
    }
}
