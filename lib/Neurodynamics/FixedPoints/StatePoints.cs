using Neurodynamics.Models;

namespace Neurodynamics.FixedPoints;

/// <summary>What points are as matrices, and in the units of a whole network.</summary>
public static class StatePoints
{
    /// <summary>The states of points as a matrix [M, S]; there has to be one at least.</summary>
    /// <param name="points">The points.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static double[,] States(this IReadOnlyList<StatePoint> points)
    {
        Demand.Given(points);
        if (points.Count == 0)
            throw new ArgumentException("A matrix of states needs one point at least, but there is none: leave it out, "
                + "or search from more candidates.", nameof(points));
        return points.Select(point => point.State).ToMatrix(points[0].State.Length);
    }

    /// <summary>
    /// A point as one of the whole network, in all its N units. Its speed stays that in k; what is proven of it, and
    /// how near candidates came, is so in k and not carried over: ask the whole network.
    /// </summary>
    /// <param name="reduced">The network in its own dimensions.</param>
    /// <param name="point">A point of it, R values under an input of I.</param>
    /// <exception cref="ArgumentException">The point does not fit it.</exception>
    public static StatePoint ToUnits(this ReducedCell reduced, StatePoint point)
    {
        Demand.Given((reduced, point));
        return point with
        {
            State = reduced.ToUnits(point.State, point.Input),
            Certificate = null,
            Reachability = null,
        };
    }
}
