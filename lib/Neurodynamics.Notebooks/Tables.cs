using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

/// <summary>The workbook's tables. Each is a DataFrame with exact values; as the last value of a cell it is shown rounded, and a value's exact digits are in its tooltip.</summary>
public static partial class Tables
{
    /// <summary>
    /// A row per fixed point: number (as in the figure's hover), kind, readout (a character per channel: + for class 1, - for class 0,
    /// 0 where 0.1 &lt; p &lt; 0.9), probability of class 1 per channel, unstable modes, modes so near |lambda| = 1 that the kind hangs on
    /// small differences, time constant of the slowest mode that decays (those that grow are left out), speed q, candidates that ended there in all rounds of a search. Of points from a search also the radius within which a true fixed point is
    /// certified, the one within which it is the only one (both NaN where nothing is proven), and the distance to the nearest of the search's candidates. Of points under several inputs also the input.
    /// </summary>
    /// <param name="points">The points; none gives a table without rows.</param>
    /// <param name="network">The network that they are the points of.</param>
    public static DataFrame FixedPoints(IReadOnlyList<Linearisation> points, Network network)
    {
        var facts = PointFacts.Of(points, network);
        return new(
        [
            new PrimitiveDataFrameColumn<int>("point", facts.Select(point => point.Number)),
            .. facts.Any(point => point.Input is not null) ? new DataFrameColumn[] { new StringDataFrameColumn("input", facts.Select(point => point.Input)) } : [],
            new StringDataFrameColumn("kind", facts.Select(point => point.Linearisation.Kind)),
            new StringDataFrameColumn("readout", facts.Select(point => point.Readout)),
            .. Enumerable.Range(0, network.Channels).Select(channel => new PrimitiveDataFrameColumn<double>($"p{channel + 1}", facts.Select(point => point.Probabilities[channel]))),
            new PrimitiveDataFrameColumn<int>("unstable modes", facts.Select(point => point.Linearisation.UnstableModes)),
            new PrimitiveDataFrameColumn<int>("marginal modes", facts.Select(point => point.Linearisation.MarginalModes)),
            new PrimitiveDataFrameColumn<double>("slowest decay, steps", facts.Select(point => point.Linearisation.SlowestTimeConstant)),
            new PrimitiveDataFrameColumn<double>("speed q", facts.Select(point => point.Linearisation.Point.Speed)),
            new PrimitiveDataFrameColumn<int>("candidates, all rounds", facts.Select(point => point.Linearisation.Point.Candidates)),
            .. facts.Any(point => point.Linearisation.Point.Certificate is not null) ? Judged(facts) : [],
        ]);

        static IEnumerable<DataFrameColumn> Judged(IReadOnlyList<PointFacts> facts) =>
        [
            new PrimitiveDataFrameColumn<double>("certified within", facts.Select(point => point.Linearisation.Point.Certificate?.ExistenceRadius ?? double.NaN)),
            new PrimitiveDataFrameColumn<double>("alone within", facts.Select(point => point.Linearisation.Point.Certificate?.UniquenessRadius ?? double.NaN)),
            new PrimitiveDataFrameColumn<double>("nearest candidate", facts.Select(point => point.Linearisation.Point.Reachability?.NearestVisited ?? double.NaN)),
        ];
    }

    /// <summary>A row per kind and number of unstable modes: how many fixed points have it, the largest time constant of their decaying modes in steps, the largest speed q, candidates that ended there in all rounds of a search.</summary>
    /// <param name="points">The points; none gives a table without rows.</param>
    public static DataFrame Summary(IReadOnlyList<Linearisation> points)
    {
        var groups = points.GroupBy(point => (point.UnstableModes, point.Kind)).OrderBy(group => group.Key.UnstableModes).ToArray();
        return new(
            new PrimitiveDataFrameColumn<int>("unstable modes", groups.Select(group => group.Key.UnstableModes)),
            new StringDataFrameColumn("kind", groups.Select(group => group.Key.Kind)),
            new PrimitiveDataFrameColumn<int>("points", groups.Select(group => group.Count())),
            new PrimitiveDataFrameColumn<double>("slowest decay, steps", groups.Select(group => group.Max(point => point.SlowestTimeConstant))),
            new PrimitiveDataFrameColumn<double>("largest q", groups.Select(group => group.Max(point => point.Point.Speed))),
            new PrimitiveDataFrameColumn<int>("candidates, all rounds", groups.Select(group => group.Sum(point => point.Point.Candidates))));
    }

    /// <summary>
    /// A row per way in which candidates ended: how many, the smallest and largest speed q where they did, and the largest modulus of a
    /// state variable there: a vanilla RNN or GRU that starts at 0 never leaves [-1, 1].
    /// </summary>
    /// <param name="solution">What a solver returned.</param>
    public static DataFrame Endings(FixedPointSolution solution)
    {
        var groups = Enumerable.Range(0, solution.Endings.Length).GroupBy(i => solution.Endings[i]).OrderBy(group => group.Key).ToArray();
        int size = solution.States.GetLength(1);
        return new(
            new StringDataFrameColumn("ending", groups.Select(group => Words(group.Key))),
            new PrimitiveDataFrameColumn<int>("candidates", groups.Select(group => group.Count())),
            new PrimitiveDataFrameColumn<double>("smallest q", groups.Select(group => group.Min(i => solution.Speeds[i]))),
            new PrimitiveDataFrameColumn<double>("largest q", groups.Select(group => group.Max(i => solution.Speeds[i]))),
            new PrimitiveDataFrameColumn<double>("largest |h|", groups.Select(group => group.Max(i => Enumerable.Range(0, size).Max(j => Math.Abs(solution.States[i, j]))))));
    }

    /// <summary>
    /// Saves a table as CSV, whole or not at all, so that <see cref="Load"/> gives every value back to the last bit, in every culture:
    /// text in quotes, integers without a decimal point, doubles with one or an exponent, missing values empty.
    /// </summary>
    /// <param name="table">Of text, bool, int, long and double.</param>
    /// <param name="path">The file, which is replaced if it is there.</param>
    public static void Save(DataFrame table, string path) => WholeFile.Write(path, stream => TableFile.Write(table, stream));

    /// <summary>
    /// Loads a table that <see cref="Save"/> wrote, or any CSV with commas, decimal points and a line of column names. A column is of the
    /// first kind that fits all its values: bool, int, long, double, text; one without any value is text.
    /// </summary>
    /// <param name="path">The file.</param>
    public static DataFrame Load(string path) => TableFile.Read(path);

    internal static string Words(Ending ending) =>
        string.Concat(ending.ToString().Select((letter, i) => i > 0 && char.IsUpper(letter) ? " " + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
}
