using Neurodynamics.Dynamics;
using Neurodynamics.FixedPoints;

namespace Neurodynamics.Analysis;

/// <summary>What one sees who accepts every end of a search below some speed.</summary>
/// <param name="Tolerance">Ends with a speed q of at most this are accepted.</param>
/// <param name="Candidates">The accepted candidates, counted from 0.</param>
/// <param name="At">
/// The fixed point that each of them is at, counted from 0 in the list that was given; -1 where it is at none.
/// </param>
/// <param name="Points">The fixed points that were given.</param>
public sealed record AcceptedEnds(
    double Tolerance, IReadOnlyList<int> Candidates, IReadOnlyList<int> At, IReadOnlyList<Linearisation> Points)
    : Described
{
    /// <summary>How many of the fixed points with this many unstable modes an accepted candidate is at.</summary>
    /// <param name="unstableModes">The saddle index; 0 for attractors.</param>
    public int Reached(int unstableModes) =>
        At.Where(point => point >= 0 && Points[point].UnstableModes == unstableModes).Distinct().Count();

    /// <summary>How many accepted candidates are at no fixed point of the list.</summary>
    public int Elsewhere => At.Count(point => point < 0);

    /// <summary>Accepts the ends of a search by their speed.</summary>
    /// <param name="solution">What a solver returned.</param>
    /// <param name="points">The true fixed points, as far as they are known.</param>
    /// <param name="tolerance">Largest speed q.</param>
    /// <param name="distance">An end nearer than this to a point is at it; default 0.01.</param>
    public static AcceptedEnds Of(FixedPointSolution solution, IReadOnlyList<Linearisation> points, double tolerance,
        double distance = 0.01)
    {
        Demand.Given((solution, points));
        double[][] places = [.. points.Select(point => point.Point.State)];
        int[] accepted = [.. Enumerable.Range(0, solution.Speeds.Length).Where(i => solution.Speeds[i] <= tolerance)];
        double[,] states = accepted.Select(solution.States.Row).ToMatrix(solution.Problem.Cell.StateSize);
        double[] far = Distances.ToNearest(states, places);
        int[] nearest = Distances.Nearest(states, places);
        return new(tolerance, accepted, [.. nearest.Zip(far, (point, away) => away < distance ? point : -1)], points);
    }
}
