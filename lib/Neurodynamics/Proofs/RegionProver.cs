using System.Diagnostics;
using System.Numerics;
using Neurodynamics.Enclosures;
using Neurodynamics.Models;

namespace Neurodynamics.Proofs;

/// <summary>
/// All fixed points of a network of rank R whose f is made of two straight lines. The planes m_i' k + d_i = 0 cut the
/// space of k into regions in which k = F(k) is linear, at most the sum over j up to R of N choose j: for a given R
/// few, where all 2^N sign patterns are many (Pals, Sağtekin, Pei, Gloeckler and Macke, Inferring stochastic low-rank
/// recurrent neural networks from neural data, 2024). Regions are made by cutting polyhedra, each kept by its corners
/// and unbounded directions, so that the whole space is covered, without a box.
/// </summary>
/// <remarks>
/// Enclosures decide what they can, and whole numbers the rest, so that parallel and coincident planes, many through
/// one point, fixed points on a border and singular equations are decided as well. In a region the closed polyhedron is
/// cut with the R planes of the equation: what is left is nothing, a point, or a continuum. What lies on borders is
/// found from both sides, and then counted once. From rank 3 on, and with many units from rank 2 on, a polyhedron is
/// not cut further if a linear function proves that it has no fixed point (<see cref="PiecewiseLinearUnits.HasNone"/>).
/// </remarks>
internal sealed class RegionProver
{
    // So many units in a plane have less than 100,000 regions: each is solved.
    private const int Batch = 1024, Far = -1, MostSolvedInPlane = 446;

    private readonly PiecewiseLinearUnits units;
    private readonly int rank;
    private readonly bool rulesOut;

    // The units' planes, and after them some that are no unit's, where those of units do not span the space.
    private readonly List<Plane?> planes;
    private readonly List<int> axes = [];

    private RegionProver(PiecewiseLinearUnits units)
    {
        (this.units, rank, planes) = (units, units.Rank, [.. units.Arguments]);
        rulesOut = rank > 2 || rank == 2 && units.Units > MostSolvedInPlane;
    }

    /// <summary>Proves what <see cref="Prover.Run"/> says of such a network.</summary>
    public static CompletenessProof Run(Prover options, Cell cell, double[] input, IProgress<int>? progress,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var prover = new RegionProver(PiecewiseLinearUnits.Of(cell, input));
        return prover.Run(options, input, progress, clock, cancellation);
    }

    private CompletenessProof Run(Prover options, double[] input, IProgress<int>? progress, Stopwatch clock,
        CancellationToken cancellation)
    {
        var parts = rank < 31 && 1 << rank <= options.MaxBoxes ? First() : [];
        bool isWhole = parts.Count > 0;
        List<Piece> pieces = [];
        int tested = 0, regions = 0;
        while (parts.Count > 0)
        {
            // The last parts first, so that few wait; which ones does not depend on the threads.
            int count = Math.Min(Math.Min(Batch, parts.Count), options.MaxBoxes - tested);
            if (count == 0 || cancellation.IsCancellationRequested) break;
            var batch = parts.GetRange(parts.Count - count, count);
            parts.RemoveRange(parts.Count - count, count);
            var outcomes = new (Part[] Halves, Piece? Piece)[count];
            Parallel.For(0, count, new() { MaxDegreeOfParallelism = options.Threads },
                i => outcomes[i] = Decide(batch[i]));
            foreach (var (halves, piece) in outcomes)
            {
                if (halves.Length == 0) regions++;
                parts.AddRange(halves);
                if (piece is not null) Place(pieces, piece);
            }
            tested += count;
            progress?.Report(tested);
        }
        isWhole &= parts.Count == 0;
        // Whether a point on a border is part of a continuum is not known before all regions around it are.
        if (!isWhole) pieces.RemoveAll(piece => piece.OnBorder);
        return new(
            isWhole ? ProofVerdict.ProvenComplete : ProofVerdict.Partial, input, Connectivity.LowRankEquation, null,
            [.. pieces.Where(piece => piece.Dimension == 0).Select(Point)], [], isWhole ? 0 : 1, clock.Elapsed)
        {
            Continua = [.. pieces.Where(piece => piece.Dimension > 0).Select(Continuum)],
            // A plane that is no unit's cuts every region.
            Regions = regions >> planes.Count - units.Units,
        };
    }

    /// <summary>
    /// The space, cut by R planes that meet in one point: units' where they span it, else axes beside them.
    /// </summary>
    private List<Part> First()
    {
        List<BigInteger[]> normals = [];
        for (int i = 0; i < units.Units && axes.Count < rank; i++)
            if (planes[i] is { } plane) Take(plane, i);
        for (int r = 0; axes.Count < rank; r++)
            if (new Plane(Unit(r)) is var plane && Take(plane, planes.Count)) planes.Add(plane);

        int[] names = [.. axes.Order()];
        var apex = Oriented(axes.Select(axis => planes[axis]!.Exact), Unit(rank));
        BigInteger[][] directions = [.. axes.Select(axis => Oriented(
            [.. axes.Where(other => other != axis).Select(other => planes[other]!.Exact), Unit(rank)],
            planes[axis]!.Exact))];
        // A unit whose argument is the same everywhere.
        ulong[] constant = new ulong[planes.Count + 63 >> 6];
        List<int> open = [];
        for (int i = 0; i < units.Units; i++)
            if (planes[i] is { Exact: var exact })
                if (exact.SkipLast(1).Any(m => !m.IsZero)) open.Add(i);
                else if (exact[^1].Sign > 0) Set(constant, i);
        List<Part> parts = [];
        for (int side = 0; side < 1 << rank; side++)
        {
            ulong[] active = [.. constant];
            List<Ray> rays = [new(new(apex), names)];
            for (int r = 0; r < rank; r++)
            {
                bool isAbove = (side >> r & 1) != 0;
                if (isAbove) Set(active, axes[r]);
                rays.Add(new(new(isAbove ? directions[r] : Array.ConvertAll(directions[r], value => -value)),
                    [Far, .. names.Where(name => name != axes[r])]));
            }
            parts.Add(Sorted([.. rays], active, [.. open.Except(axes)]));
        }
        return parts;

        bool Take(Plane plane, int name)
        {
            normals.Add([.. plane.Exact.SkipLast(1)]);
            bool isNew = WholeNumbers.Echelon(normals).Count == normals.Count;
            if (isNew) axes.Add(name);
            else normals.RemoveAt(normals.Count - 1);
            return isNew;
        }

        BigInteger[] Unit(int at) => [.. Enumerable.Range(0, rank + 1).Select(i => i == at ? BigInteger.One : 0)];

        static BigInteger[] Oriented(IEnumerable<BigInteger[]> rows, BigInteger[] positive)
        {
            var kernel = WholeNumbers.Kernel([.. rows]);
            return WholeNumbers.Dot(kernel, positive).Sign < 0 ? Array.ConvertAll(kernel, value => -value) : kernel;
        }
    }

    /// <summary>A polyhedron with what is known of the units in it.</summary>
    /// <param name="rays">The polyhedron.</param>
    /// <param name="active">Which units are known to be active; it is changed.</param>
    /// <param name="open">Units of which it is not known.</param>
    private Part Sorted(Ray[] rays, ulong[] active, int[] open)
    {
        List<int> left = [];
        foreach (int unit in open)
        {
            var plane = planes[unit]!;
            int side = 0;
            foreach (var ray in rays)
            {
                int sign = plane.SignAt(ray.At);
                if (sign * side < 0)
                {
                    left.Add(unit);
                    side = 0;
                    break;
                }
                if (sign != 0) side = sign;
            }
            if (side > 0) Set(active, unit);
        }
        return new(rays, active, [.. left]);
    }

    /// <summary>Both halves of a part that a unit's plane cuts; of a region what fixed points it has.</summary>
    private (Part[] Halves, Piece? Piece) Decide(Part part)
    {
        var (rays, active, open) = part;
        if (rulesOut && units.HasNone(rays, active, open)) return ([], null);
        if (open.Length == 0) return ([], Solve(part));
        int unit = open[open.Length / 2];
        var plane = planes[unit]!;
        var (above, below, _) = Cone.Cut(
            rays, Array.ConvertAll(rays, ray => plane.SignAt(ray.At)), plane, unit, rank - 1);
        int[] rest = [.. open.Where(other => other != unit)];
        ulong[] activeAbove = [.. active];
        Set(activeAbove, unit);
        return ([Sorted(above, activeAbove, rest), Sorted(below, [.. active], rest)], null);
    }

    /// <summary>The fixed points in a closed region; null where there is none.</summary>
    private Piece? Solve(Part region)
    {
        var (rays, active, _) = region;
        if (units.Solution(active) is { } solution)
        {
            Enclosure[] at = [.. solution, 1];
            foreach (int name in rays.SelectMany(ray => ray.On).Distinct())
                if (name >= 0 && name < units.Units && planes[name]!.At(at) is var argument
                    && (PiecewiseLinearUnits.Has(active, name) ? argument.High < 0 : argument.Low > 0))
                    return null;
        }
        var equation = units.Equation(active);
        for (int r = 0; r < rank; r++)
        {
            int[] signs = Array.ConvertAll(rays, ray => equation[r].SignAt(ray.At));
            rays = Cone.Cut(rays, signs, equation[r], planes.Count + r, Math.Max(0, rank - 1 - r)).Border;
        }
        if (rays.All(ray => ray.At.IsFar)) return null;
        var corners = Array.ConvertAll(rays, ray => ray.At);
        int dimension = WholeNumbers.Echelon(corners.Select(corner => corner.Exact)).Count - 1;
        bool onBorder = planes.Any(plane => plane is not null && corners.All(corner => plane.SignAt(corner) == 0));
        return new(corners, active, equation, dimension, onBorder);
    }

    /// <summary>Adds what is not part of another piece, and removes what is part of it.</summary>
    private void Place(List<Piece> pieces, Piece found)
    {
        if (found.OnBorder && pieces.Exists(piece => Holds(piece, found))) return;
        pieces.RemoveAll(piece => piece.OnBorder && Holds(found, piece));
        pieces.Add(found);
    }

    private bool Holds(Piece outer, Piece inner) => inner.Corners.All(corner =>
        outer.Equation.All(row => row.SignAt(corner) == 0)
        && Enumerable.Range(0, planes.Count).All(name => planes[name] is not { } plane
            || plane.SignAt(corner) * (PiecewiseLinearUnits.Has(outer.Active, name) ? 1 : -1) >= 0));

    /// <summary>
    /// A point by itself. Nearer to it than the next plane are only regions that it lies in, or on the border of; and
    /// each of them has no other fixed point, or the point would be part of a continuum.
    /// </summary>
    private ProvenPoint Point(Piece piece)
    {
        var exact = piece.Corners[0].Exact;
        var k = Unknowns(exact);
        double radius = double.PositiveInfinity;
        foreach (var plane in units.Arguments)
        {
            if (plane is null) continue;
            var value = BigInteger.Abs(WholeNumbers.Dot(plane.Exact, exact));
            var slopes = plane.Exact.SkipLast(1).Aggregate(BigInteger.Zero, (sum, m) => sum + BigInteger.Abs(m));
            if (!value.IsZero && !slopes.IsZero)
                radius = Math.Min(radius, WholeNumbers.Ratio(value, slopes * exact[^1]).Low);
        }
        // A little less, so that its own rounding and that of the point stay within.
        return new(k, Array.ConvertAll(k, value => 0.999 * radius - value.Radius is > 0 and var reach
            ? Enclosure.Around(value.Middle, reach) : value), units.State(k));
    }

    private ProvenContinuum Continuum(Piece piece)
    {
        var (far, near) = (piece.Corners.Where(corner => corner.IsFar), piece.Corners.Where(corner => !corner.IsFar));
        return new(piece.Dimension,
            [.. near.Select(corner => Unknowns(corner.Exact)).Select(k => new ProvenState(k, units.State(k)))],
            [.. far.Select(corner => Unknowns(corner.Exact))
                .Select(k => new ProvenState(k, units.Direction(k, piece.Active)))],
            (state, distance) => units.StandsStill(state, piece.Active, distance));
    }

    /// <summary>k of a point; of a direction over its largest modulus.</summary>
    private static Enclosure[] Unknowns(BigInteger[] exact)
    {
        var scale = exact[^1].IsZero ? exact.Max(BigInteger.Abs) : exact[^1];
        return [.. exact.SkipLast(1).Select(value => WholeNumbers.Ratio(value, scale))];
    }

    private static void Set(ulong[] active, int unit) => active[unit >> 6] |= 1UL << unit;

    /// <summary>A polyhedron of k.</summary>
    /// <param name="Rays">Its corners and unbounded directions.</param>
    /// <param name="Active">The units whose argument is positive in it, and the axes that it is above.</param>
    /// <param name="Open">Those whose argument changes its sign in it.</param>
    private sealed record Part(Ray[] Rays, ulong[] Active, int[] Open);

    /// <summary>The fixed points in one closed region.</summary>
    /// <param name="Corners">Their corners and unbounded directions.</param>
    /// <param name="Active">The units whose argument is positive in the region, and the axes that it is above.</param>
    /// <param name="Equation">What is 0 there.</param>
    /// <param name="Dimension">0 of a point.</param>
    /// <param name="OnBorder">Whether all of it lies in one plane.</param>
    private sealed record Piece(Corner[] Corners, ulong[] Active, Plane[] Equation, int Dimension, bool OnBorder);
}
