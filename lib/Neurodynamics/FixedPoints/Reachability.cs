using Neurodynamics.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>Whether a state can be there at all, from the zero state.</summary>
public enum Reach
{
    /// <summary>
    /// Inside the box that states from zero never leave. This is not "reached": see how near trials came.
    /// </summary>
    NotExcluded,

    /// <summary>
    /// Outside that box: no state is ever there, and no fixed point either. A ghost, such as a saturated gate that
    /// holds every state nearly still.
    /// </summary>
    Unreachable,

    /// <summary>No such box is known of the cell: override <see cref="Cell.InvariantBox"/>.</summary>
    Unknown,
}

/// <summary>Whether a state can be there, and how near trials came to it.</summary>
/// <param name="Reach">Whether it can be there at all.</param>
/// <param name="NearestVisited">
/// Euclidean distance to the nearest visited state; null where none were given. States that are not finite are left
/// out.
/// </param>
public sealed record Reachability(Reach Reach, double? NearestVisited) : Described
{
    /// <summary>A point this much beyond its bound, relative to it, is still taken to be inside: rounding.</summary>
    private const double Margin = 1e-9;

    /// <summary>Tests every point, each under its own input.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="points">The points.</param>
    /// <param name="visited">States that trials visited [V, S]; none by default.</param>
    /// <param name="steps">
    /// Only what can be there after at most so many steps from zero (for the LSTM |c| is at most their number); any
    /// number by default.
    /// </param>
    /// <returns>In the order of the points.</returns>
    public static IReadOnlyList<Reachability> Of(Cell cell, IReadOnlyList<StatePoint> points, double[,]? visited = null,
        int? steps = null)
    {
        Demand.Given((cell, points));
        if (visited is not null && visited.GetLength(1) != cell.StateSize)
            throw new ArgumentException($"The cell's states have {cell.StateSize} values, but the visited ones are "
                + $"[{visited.GetLength(0)}, {visited.GetLength(1)}].", nameof(visited));
        double[]? nearest = visited is null ? null : Nearest(points, visited);
        var boxes = new Boxes(cell, steps);
        return [.. points.Select((point, i) => new Reachability(boxes.Test(point), nearest?[i]))];
    }

    /// <summary>The boxes of a cell, computed once for every input.</summary>
    internal sealed class Boxes(Cell cell, int? steps = null)
    {
        private readonly double[]? after = steps is { } number ? cell.BoxAfter(number) : null;
        private (double[] Input, double[]? Box)? last;

        public Reach Test(StatePoint point)
        {
            if (point.State.Length != cell.StateSize)
                throw new ArgumentException($"The cell's states have {cell.StateSize} values, but the point's "
                    + $"has {point.State.Length}.", nameof(point));
            if (last is not { } known || !known.Input.SequenceEqual(point.Input))
                last = known = (point.Input, Box(point.Input));
            if (known.Box is null) return Reach.Unknown;
            // The negated form, so that a NaN lies outside.
            return point.State.Zip(known.Box).All(pair => Math.Abs(pair.First) <= pair.Second * (1 + Margin))
                ? Reach.NotExcluded : Reach.Unreachable;
        }

        private double[]? Box(double[] input) => (cell.InvariantBox(input), after) switch
        {
            ({ } always, { } soon) => [.. always.Zip(soon, Math.Min)],
            var (always, soon) => always ?? soon,
        };
    }

    /// <summary>The distance of each point to the nearest of the visited states, a block of these at a time.</summary>
    private static double[]? Nearest(IReadOnlyList<StatePoint> points, double[,] visited)
    {
        using var scope = NewDisposeScope();
        var all = visited.ToTensor();
        all = all[all.isfinite().all(1)];
        var (count, size) = ((int)all.shape[0], visited.GetLength(1));
        if (count == 0) return null;
        var states = points.Select(point => point.State).ToMatrix(size).ToTensor();
        var nearest = tensor(double.PositiveInfinity).expand(points.Count);
        int block = Math.Max(1, (1 << 21) / Math.Max(size, points.Count));
        for (int first = 0; first < count; first += block)
        {
            using var inner = NewDisposeScope();
            var part = all.narrow(0, first, Math.Min(block, count - first));
            // Not by products: they lose half the digits of a short distance.
            nearest = minimum(nearest, cdist(states, part, 2, compute_mode.donot_use_mm_for_euclid_dist).amin(1))
                .MoveToOuterDisposeScope();
        }
        return nearest.ToVector();
    }
}
