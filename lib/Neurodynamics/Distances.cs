namespace Neurodynamics;

/// <summary>Between states, and between the states of two networks.</summary>
public static class Distances
{
    /// <summary>
    /// The Euclidean distance of each state from the nearest of some places, M values; infinite without a place.
    /// </summary>
    /// <param name="states">[M, S].</param>
    /// <param name="places">S values each, such as the states of fixed points.</param>
    public static double[] ToNearest(double[,] states, IReadOnlyList<double[]> places)
    {
        Demand.Given((states, places));
        return
        [
            .. Enumerable.Range(0, states.GetLength(0)).Select(i => places.Count == 0
                ? double.PositiveInfinity
                : places.Min(place => Vectors.Distance(states.RowSpan(i), place))),
        ];
    }

    /// <summary>Which of some places is nearest to each state, M indices; -1 without a place.</summary>
    /// <param name="states">[M, S].</param>
    /// <param name="places">S values each.</param>
    public static int[] Nearest(double[,] states, IReadOnlyList<double[]> places)
    {
        Demand.Given((states, places));
        return
        [
            .. Enumerable.Range(0, states.GetLength(0)).Select(i => places.Count == 0
                ? -1
                : Enumerable.Range(0, places.Count).MinBy(k => Vectors.Distance(states.RowSpan(i), places[k]))),
        ];
    }

    /// <summary>
    /// The mean distance of two networks' states after each step, per mean length of the first one's, T values.
    /// </summary>
    /// <param name="first">States [B, T, S].</param>
    /// <param name="second">States of the same shape.</param>
    /// <param name="units">Only the first so many state variables.</param>
    public static double[] Relative(double[,,] first, double[,,] second, int units)
    {
        Demand.Given(first);
        Demand.Shape(second, [first.GetLength(0), first.GetLength(1), first.GetLength(2)]);
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(units, first.GetLength(2));
        return
        [
            .. Enumerable.Range(0, first.GetLength(1)).Select(step =>
            {
                double apart = 0, length = 0;
                for (int trial = 0; trial < first.GetLength(0); trial++)
                {
                    double d = 0, s = 0;
                    for (int i = 0; i < units; i++)
                    {
                        double a = first[trial, step, i], b = second[trial, step, i];
                        (d, s) = (d + (a - b) * (a - b), s + a * a);
                    }
                    (apart, length) = (apart + Math.Sqrt(d), length + Math.Sqrt(s));
                }
                return apart / length;
            }),
        ];
    }
}
