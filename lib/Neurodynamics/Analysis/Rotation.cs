namespace Neurodynamics.Analysis;

/// <summary>
/// How a state goes round a place in a plane, once it has settled. On an invariant closed curve the rotation number is
/// irrational as a rule and no state comes back; on a cycle it is k/p, and each state comes back after p steps.
/// </summary>
/// <param name="Number">
/// Turns per step: the mean angle from a state to the next, seen from the centre, over 2 pi; in (-1/2, 1/2],
/// anticlockwise positive. 0 where the state stands still, NaN where it comes to the centre.
/// </param>
/// <param name="Period">
/// Steps after which the state is back; 1 where it stands still, null where it did not come back.
/// </param>
public sealed record Rotation(double Number, int? Period) : Described
{
    /// <summary>How a path turns.</summary>
    /// <param name="path">A state per step [T, 2].</param>
    /// <param name="settle">Steps before any is looked at, at most T - 2.</param>
    /// <param name="centre">What it goes round, 2 values; default zeros.</param>
    /// <param name="distance">Largest distance at which a state is back; default 1e-9.</param>
    /// <remarks>
    /// The mean is weighted with exp(-1 / (t (1 - t))), t from 0 to 1 along the steps: on an invariant curve its error
    /// then falls faster than any power of their number (Das, Saiki, Sander and Yorke 2017).
    /// </remarks>
    public static Rotation Of(double[,] path, int settle, double[]? centre = null, double distance = 1e-9)
    {
        Demand.Shape(path, [-1, 2]);
        centre ??= [0, 0];
        Demand.Shape(centre, [2]);
        int last = path.GetLength(0) - 1, steps = last - settle;
        if (settle < 0 || steps < 1)
            throw new ArgumentOutOfRangeException(nameof(settle), settle,
                $"A path of {last + 1} states can settle for 0 to {last - 1} steps.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(distance);
        double turned = 0, weights = 0;
        for (int step = 0; step < steps; step++)
        {
            double t = (step + 1.0) / (steps + 1), weight = Math.Exp(-1 / (t * (1 - t)));
            var ((x, y), (nextX, nextY)) = (Place(settle + step), Place(settle + step + 1));
            bool hasAngle = Math.Min(Math.Max(Math.Abs(x), Math.Abs(y)), Math.Max(Math.Abs(nextX), Math.Abs(nextY)))
                > distance;
            double angle = hasAngle ? Math.Atan2(x * nextY - y * nextX, x * nextX + y * nextY) : double.NaN;
            // Half a turn is one way round, whatever its rounding says.
            turned += weight * (angle < -Math.PI + 1e-9 ? Math.PI : angle);
            weights += weight;
        }
        double[] end = path.Row(last);
        int back = Enumerable.Range(1, steps).FirstOrDefault(k => path.Row(last - k).Distance(end) <= distance);
        return new(turned / weights / (2 * Math.PI), back == 0 ? null : back);

        (double X, double Y) Place(int step) => (path[step, 0] - centre[0], path[step, 1] - centre[1]);
    }
}
