namespace Neurodynamics.FixedPoints;

/// <summary>
/// Distinct points in the order in which they came: one that lies within a distance of a known one is that one, and the
/// slower state is kept.
/// </summary>
internal sealed class Merged<T>(double distance) where T : StatePoint
{
    private readonly List<T> points = [];

    // By the sum of a state's values: two states within the distance differ there by at most sqrt(S) distances.
    private readonly Dictionary<double, List<int>> bySum = [];

    public IReadOnlyList<T> Points => points;

    /// <summary>Adds a point; true where it is a new one.</summary>
    public bool Add(T point)
    {
        if (Find(point) is { } i)
        {
            int candidates = points[i].Candidates + point.Candidates;
            points[i] = (point.Speed < points[i].Speed ? point : points[i]) with { Candidates = candidates };
            return false;
        }
        double bin = Bin(point.State);
        if (!bySum.TryGetValue(bin, out var own)) bySum[bin] = own = [];
        own.Add(points.Count);
        points.Add(point);
        return true;
    }

    /// <summary>Whether a point is one that is there.</summary>
    public bool Has(T point) => Find(point) is not null;

    private int? Find(T point)
    {
        double bin = Bin(point.State);
        // Of a sum that is many distances long the next bins are the same number.
        foreach (double near in new[] { bin, bin - 1, bin + 1 })
        {
            if (!bySum.TryGetValue(near, out var indices)) continue;
            foreach (int i in indices)
                if (points[i].Input.SequenceEqual(point.Input) && points[i].State.Distance(point.State) <= distance)
                    return i;
        }
        return null;
    }

    /// <summary>Counts further candidates that ended at a point.</summary>
    public void Count(int point, int candidates) =>
        points[point] = points[point] with { Candidates = points[point].Candidates + candidates };

    private double Bin(double[] state) => Math.Floor(state.Sum() / (distance * Math.Sqrt(state.Length)));
}

/// <summary>Distinct states, whatever they are.</summary>
internal static class Merged
{
    /// <summary>Each state once, with the number of its copies as its candidates.</summary>
    /// <param name="states">S values each.</param>
    /// <param name="distance">Copies are nearer than this; default 1e-6.</param>
    public static IReadOnlyList<StatePoint> Copies(IEnumerable<double[]> states, double distance = 1e-6)
    {
        var copies = new Merged<UnsolvedPoint>(distance);
        foreach (double[] state in states) copies.Add(new(state, [], 0, 1));
        return copies.Points;
    }
}
