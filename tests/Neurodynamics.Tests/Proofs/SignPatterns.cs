using Neurodynamics.Enclosures;

namespace Neurodynamics.Tests.Proofs;

/// <summary>
/// The fixed points of k = n' f(m k + d) / N by trying every sign pattern of the N arguments, in fractions: few units
/// alone, but with no geometry of how planes cut space.
/// </summary>
internal sealed class SignPatterns
{
    private readonly int units, rank;
    private readonly Fraction[][] planes;
    private readonly List<Fraction[]> corners = [];
    private readonly List<Piece> pieces = [];

    public SignPatterns(double[,] m, double[,] n, double[] d, double slope)
    {
        (units, rank) = (m.GetLength(0), m.GetLength(1));
        planes = [.. Enumerable.Range(0, units).Select(
            i => (Fraction[])[.. m.Row(i).Select(value => (Fraction)value), d[i]])];
        FindCorners();
        for (int pattern = 0; pattern < 1 << units; pattern++)
        {
            int[] signs = [.. Enumerable.Range(0, units).Select(i => (pattern >> i & 1) * 2 - 1)];
            // An argument that is always 0 has no sign; such a unit is taken once.
            if (planes.Zip(signs).Any(pair => pair.Second > 0 && pair.First.All(value => value.Sign == 0))) continue;
            if (!HasInside(signs)) continue;
            Regions++;
            var rows = new Fraction[rank][];
            for (int r = 0; r < rank; r++)
            {
                rows[r] = new Fraction[rank + 1];
                rows[r][r] = units;
                for (int i = 0; i < units; i++)
                    for (int c = 0; c <= rank; c++)
                        rows[r][c] -= (signs[i] > 0 ? 1 : (Fraction)slope) * n[i, r] * planes[i][c];
            }
            Add(rows, signs);
        }
        Points = [.. pieces.Where(piece => piece.Corners.Count == 1 && piece.Along.Count == 0)
            .Select(piece => piece.Corners[0])];
        Lines = [.. pieces.Where(piece => piece.Dimension == 1 && piece.Corners.Count + piece.Along.Count == 2)
            .Select(piece => (piece.Corners, piece.Along))];
        Wider = pieces.Count(piece => piece.Dimension > 1);
    }

    /// <summary>How many sign patterns some k has in the strict sense.</summary>
    public int Regions { get; }

    /// <summary>Fixed points by themselves.</summary>
    public Fraction[][] Points { get; }

    /// <summary>Ends, and directions without end, of segments and half-lines.</summary>
    public (List<Fraction[]> Ends, List<Fraction[]> Along)[] Lines { get; }

    /// <summary>How many regions have continua of more dimensions.</summary>
    public int Wider { get; }

    public static bool IsIn(IReadOnlyList<Enclosure> enclosures, Fraction[] values) => enclosures.Zip(values).All(
        pair => pair.Second.CompareTo(pair.First.Low) >= 0 && pair.Second.CompareTo(pair.First.High) <= 0);

    /// <summary>Whether some unit's argument is 0, and not so everywhere.</summary>
    public bool IsOnBorder(Fraction[] k) => Enumerable.Range(0, units).Any(
        unit => At(unit, k).Sign == 0 && planes[unit].Any(value => value.Sign != 0));

    private Fraction At(int unit, Fraction[] k, int w = 1) =>
        k.Zip(planes[unit], (a, b) => a * b).Aggregate(planes[unit][^1] * w, (sum, product) => sum + product);

    /// <summary>
    /// Where planes meet, those of a box included around all places where they meet each other or the axes' planes.
    /// </summary>
    private void FindCorners()
    {
        Meet([.. planes, .. Enumerable.Range(0, rank).Select(r => Axis(r, 0))]);
        Fraction most = 1;
        foreach (var value in corners.SelectMany(corner => corner))
        {
            var modulus = value.Sign < 0 ? value * -1 : value;
            if (modulus.CompareTo(most) > 0) most = modulus;
        }
        List<Fraction[]> all = [.. planes];
        for (int r = 0; r < rank; r++)
            foreach (int side in new[] { -1, 1 }) all.Add(Axis(r, most * 3 * side));
        corners.Clear();
        Meet(all);
        corners.RemoveAll(corner => corner.Any(value => value.CompareTo(most * 3) > 0
            || value.CompareTo(most * -3) < 0));

        Fraction[] Axis(int r, Fraction offset)
        {
            var row = new Fraction[rank + 1];
            (row[r], row[^1]) = (1, offset);
            return row;
        }

        void Meet(IReadOnlyList<Fraction[]> from)
        {
            int[] chosen = [.. Enumerable.Range(0, rank)];
            while (chosen.Length <= from.Count)
            {
                if (Solve([.. chosen.Select(i => (Fraction[])[.. from[i]])]) is ({ } point, { Count: 0 }))
                    corners.Add(point);
                int last = rank - 1;
                while (last >= 0 && chosen[last] == from.Count - rank + last) last--;
                if (last < 0) break;
                chosen[last]++;
                for (int i = last + 1; i < rank; i++) chosen[i] = chosen[i - 1] + 1;
            }
        }
    }

    /// <summary>The mean of all corners of a closed region within the box is inside, if anything is.</summary>
    private bool HasInside(int[] signs)
    {
        var own = corners.Where(corner => IsOf(signs, corner, 1)).ToArray();
        if (own.Length == 0) return false;
        Fraction[] mean = [.. Enumerable.Range(0, rank).Select(r =>
            own.Aggregate((Fraction)0, (sum, corner) => sum + corner[r]) / own.Length)];
        return Enumerable.Range(0, units).All(i => planes[i].All(value => value.Sign == 0)
            || At(i, mean).Sign == signs[i]);
    }

    private bool IsOf(int[] signs, Fraction[] k, int w) =>
        Enumerable.Range(0, units).All(i => At(i, k, w).Sign * signs[i] >= 0);

    private void Add(Fraction[][] rows, int[] signs)
    {
        var (point, free) = Solve([.. rows.Select(row => (Fraction[])[.. row])]);
        if (point is null) return;
        var piece = new Piece([], [], free.Count, rows, signs);
        if (free.Count == 0) piece.Corners.Add(point);
        else if (free.Count == 1)
        {
            // The line point + t along, clipped by each sign.
            var along = free[0];
            Fraction? low = null, high = null;
            for (int i = 0; i < units; i++)
            {
                var (value, slope) = (At(i, point) * signs[i], At(i, along, 0) * signs[i]);
                if (slope.Sign == 0)
                {
                    if (value.Sign < 0) return;
                    continue;
                }
                var t = value / slope * -1;
                if (slope.Sign > 0 && (low is null || t.CompareTo(low.Value) > 0)) low = t;
                if (slope.Sign < 0 && (high is null || t.CompareTo(high.Value) < 0)) high = t;
            }
            if (low is { } least && high is { } most && least.CompareTo(most) > 0) return;
            foreach (var (end, side) in new[] { (low, -1), (high, 1) })
                if (end is { } t) piece.Corners.Add([.. point.Zip(along, (a, b) => a + t * b)]);
                else piece.Along.Add([.. along.Select(value => value * side)]);
            if (low is { } one && high is { } other && one.CompareTo(other) == 0)
            {
                piece.Corners.RemoveAt(1);
                piece = piece with { Dimension = 0 };
            }
        }
        // Nothing but a whole region is expected of more dimensions.
        else if (free.Count < rank) throw new InvalidOperationException("More is not compared.");
        if (free.Count <= 1 && piece.Corners.Any(corner => !IsOf(signs, corner, 1))) return;
        if (piece.Dimension <= 1 && pieces.Exists(other => Holds(other, piece))) return;
        pieces.RemoveAll(other => other.Dimension <= 1 && Holds(piece, other));
        pieces.Add(piece);
    }

    private bool Holds(Piece outer, Piece inner) =>
        inner.Corners.All(corner => IsOf(outer.Signs, corner, 1) && outer.Rows.All(row => Value(row, corner, 1) == 0))
        && inner.Along.All(along => IsOf(outer.Signs, along, 0) && outer.Rows.All(row => Value(row, along, 0) == 0));

    private static int Value(Fraction[] row, Fraction[] k, int w) =>
        k.Zip(row, (a, b) => a * b).Aggregate(row[^1] * w, (sum, product) => sum + product).Sign;

    /// <summary>Where rows (a, b) have a k + b = 0: a point, and what can be added; null where there is none.</summary>
    private (Fraction[]? Point, List<Fraction[]> Free) Solve(Fraction[][] rows)
    {
        int[] pivots = [.. Enumerable.Repeat(-1, rank)];
        int next = 0;
        for (int column = 0; column < rank; column++)
        {
            int found = Array.FindIndex(rows, next, row => row[column].Sign != 0);
            if (found < 0) continue;
            (rows[next], rows[found]) = (rows[found], rows[next]);
            var scale = rows[next][column];
            rows[next] = [.. rows[next].Select(value => value / scale)];
            for (int i = 0; i < rows.Length; i++)
                if (i != next && rows[i][column] is var factor && factor.Sign != 0)
                    rows[i] = [.. rows[i].Zip(rows[next], (a, b) => a - factor * b)];
            pivots[column] = next++;
        }
        if (rows.Skip(next).Any(row => row[^1].Sign != 0)) return (null, []);
        Fraction[] point = [.. pivots.Select(pivot => pivot < 0 ? 0 : rows[pivot][^1] * -1)];
        return (point, [.. from column in Enumerable.Range(0, rank)
                           where pivots[column] < 0
                           select (Fraction[])[.. pivots.Select((pivot, c) =>
                               c == column ? 1 : pivot < 0 ? 0 : rows[pivot][column] * -1)]]);
    }

    private sealed record Piece(
        List<Fraction[]> Corners, List<Fraction[]> Along, int Dimension, Fraction[][] Rows, int[] Signs);
}
