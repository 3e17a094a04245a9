using System.Globalization;
using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Sweeps;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// What shape sets of states have, a row per set: how many, variance in three components, the shape and in what share of draws, its lead over the next likely, in nats per point, and the angles between the
    /// directions of a cube or of axes.
    /// </summary>
    /// <param name="clouds">A name and the states [M, S], per row.</param>
    public static DataFrame Shapes(IReadOnlyList<(string Name, double[,] States)> clouds)
    {
        var shapes = clouds.Select(cloud => CloudShape.Of(cloud.States)).ToArray();
        return new(
            new StringDataFrameColumn("states", clouds.Select(cloud => cloud.Name)),
            new PrimitiveDataFrameColumn<int>("how many", shapes.Select(shape => shape.Points)),
            new PrimitiveDataFrameColumn<double>("variance in 3 PCs %", shapes.Select(shape => 100 * shape.Explained)),
            new StringDataFrameColumn("shape", shapes.Select(shape => Word(shape.Shape))),
            new PrimitiveDataFrameColumn<double>("of draws %", shapes.Select(shape => 100 * shape.Sureness)),
            new PrimitiveDataFrameColumn<double>("lead, nats per point", shapes.Select(Lead)),
            new StringDataFrameColumn("where (middle, faces, edges, corners) %", shapes.Select(shape => shape.Shape == ShapeKind.Cube ? string.Join(" ", shape.Shares.Select(share => Rounded(100 * share))) : "")),
            new StringDataFrameColumn("angles", shapes.Select(shape => string.Join(" ", shape.Angles.Select(Rounded)))));
    }

    /// <summary>How many networks of each group have a cloud of each shape, with the 95 % interval of the share of one of them.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="cloud">The cloud.</param>
    /// <param name="of">Whose share; default the cube's.</param>
    public static DataFrame SweepShapes(IReadOnlyList<SweepGroup> groups, SweepCloud cloud, ShapeKind of = ShapeKind.Cube) => new(
    [
        new StringDataFrameColumn("networks", groups.Select(group => group.Name)),
        new PrimitiveDataFrameColumn<int>("seeds", groups.Select(group => group.Shape(cloud, of).Total)),
        .. Enum.GetValues<ShapeKind>().Where(shape => groups.Any(group => group.Shape(cloud, shape).Count > 0))
            .Select(shape => new PrimitiveDataFrameColumn<int>(Word(shape), groups.Select(group => group.Shape(cloud, shape).Count))),
        new StringDataFrameColumn($"{Word(of)}, 95 % interval", groups.Select(group => group.Shape(cloud, of).Interval)),
    ]);

    /// <summary>What was found in the networks of each group: accuracy, fixed points (median, least to most), how many networks have exactly a cube of memories, how many of all points are certified, how many networks the completeness check leaves open, and slow points.</summary>
    /// <param name="groups">The groups.</param>
    public static DataFrame SweepFound(IReadOnlyList<SweepGroup> groups) => new(
        new StringDataFrameColumn("networks", groups.Select(group => group.Name)),
        new PrimitiveDataFrameColumn<int>("seeds", groups.Select(group => group.Rows.Count)),
        new StringDataFrameColumn("right %", groups.Select(group => Range(group, row => 100 * row.Accuracy.Mean, "0.0"))),
        new StringDataFrameColumn("fixed points", groups.Select(group => Range(group, row => row.Found.Points))),
        new StringDataFrameColumn("attractors", groups.Select(group => Range(group, row => row.Found.ByIndex[0]))),
        new StringDataFrameColumn("8, 12, 6, 1", groups.Select(group => $"{group.CubeOfMemories()}")),
        new StringDataFrameColumn("certified", groups.Select(group => $"{group.Rows.Sum(row => row.Found.Certified)} of {group.Rows.Sum(row => row.Found.Points)}")),
        new StringDataFrameColumn("signs sum to 1", groups.Select(group => $"{group.Rows.Count(row => row.Found.Completeness == CompletenessVerdict.Consistent)} of {group.Rows.Count}")),
        new StringDataFrameColumn("slow points", groups.Select(group => Range(group, row => row.Found.Slow))));

    /// <summary>How fast the candidates are at one moment of Algorithm 1 in three readings, and how far from the nearest fixed point, in parts of the widest distance between two of these: median, least to most.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="stop">Where Algorithm 1 first was at most this fast, as a mean square; null before its first step.</param>
    public static DataFrame SweepSpeeds(IReadOnlyList<SweepGroup> groups, double? stop = null)
    {
        DescentFacts? At(SweepRow row) => row.Descent.FirstOrDefault(look => stop is { } limit ? look.Stop == limit : look.Step == 0);
        StringDataFrameColumn Column(string name, Func<DescentFacts, double> value, string format = "0.0000") =>
            new(name, groups.Select(group => Range(group, row => At(row) is { } look ? value(look) : double.NaN, format)));
        return new(
            new StringDataFrameColumn("networks", groups.Select(group => group.Name)),
            new StringDataFrameColumn("reached by", groups.Select(group => $"{group.Rows.Count(row => At(row) is not null)} of {group.Rows.Count}")),
            Column("step", look => look.Step, "0"),
            Column("mean square", look => look.MeanSquare),
            Column("q", look => look.Speed, "0.00"),
            Column("norm", look => look.Norm, "0.00"),
            Column("from a fixed point", look => look.Distance, "0.00"));
    }

    /// <summary>Memory without input, and what makes it: share of decisions that are still the same after all steps, how many networks keep 95 % of them, and the attractors' largest time constant.</summary>
    /// <param name="groups">The groups.</param>
    public static DataFrame SweepMemory(IReadOnlyList<SweepGroup> groups) => new(
        new StringDataFrameColumn("networks", groups.Select(group => group.Name)),
        new PrimitiveDataFrameColumn<int>("seeds", groups.Select(group => group.Rows.Count)),
        new StringDataFrameColumn("updates", groups.Select(group => Range(group, row => row.Updates))),
        new StringDataFrameColumn("right %", groups.Select(group => Range(group, row => 100 * row.Accuracy.Mean, "0.0"))),
        new StringDataFrameColumn("kept %", groups.Select(group => Range(group, row => 100 * row.Memory.Kept, "0.0"))),
        new StringDataFrameColumn("keep 95 %", groups.Select(group => $"{Proportion.Of(group.Rows, row => row.Memory.LostAt is null)}")),
        new StringDataFrameColumn("attractors", groups.Select(group => Range(group, row => row.Found.ByIndex[0]))),
        new StringDataFrameColumn("slowest time constant", groups.Select(group => Range(group, row => row.Found.SlowestTimeConstant))));

    /// <summary>Fixed points by where the candidates came from: as trials visited them, with noise, and with all rounds of the search (median, least to most).</summary>
    /// <param name="groups">The groups.</param>
    public static DataFrame SweepCandidates(IReadOnlyList<SweepGroup> groups) => new(
        new StringDataFrameColumn("networks", groups.Select(group => group.Name)),
        new PrimitiveDataFrameColumn<int>("seeds", groups.Select(group => group.Rows.Count)),
        new StringDataFrameColumn("from plain candidates", groups.Select(group => Range(group, row => row.Found.FromPlain))),
        new StringDataFrameColumn("from noisy ones", groups.Select(group => Range(group, row => row.Found.FromNoisy))),
        new StringDataFrameColumn("with all rounds", groups.Select(group => Range(group, row => row.Found.Points))),
        new StringDataFrameColumn("all from plain ones", groups.Select(group => $"{Proportion.Of(group.Rows, row => row.Found.FromPlain == row.Found.Points)}")));

    internal static string Word(ShapeKind shape) => shape.ToString().ToLowerInvariant();

    private static double Lead(CloudShape shape)
    {
        if (shape.Scores.Count == 0) return double.NaN;
        double mine = shape.Shape == ShapeKind.None ? 0 : shape.Scores[shape.Shape];
        return mine - shape.Scores.Where(score => score.Key != shape.Shape).Select(score => score.Value).Append(shape.Shape == ShapeKind.None ? double.NegativeInfinity : 0).Max();
    }

    private static string Range(SweepGroup group, Func<SweepRow, double> value, string format = "0")
    {
        var (median, least, most) = group.Range(value);
        string Written(double number) => number.ToString(format, CultureInfo.InvariantCulture);
        return double.IsNaN(median) ? "" : Written(least) == Written(most) ? Written(median) : $"{Written(median)} ({Written(least)} to {Written(most)})";
    }

    private static string Rounded(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
