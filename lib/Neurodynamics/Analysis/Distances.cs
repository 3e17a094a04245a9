namespace Neurodynamics.Analysis;

/// <summary>Between the states of two networks.</summary>
public static class Distances
{
    /// <summary>The mean distance of two networks' states after each step, per mean length of the first one's, T values.</summary>
    /// <param name="first">States [B, T, S].</param>
    /// <param name="second">States of the same shape.</param>
    /// <param name="units">Only the first so many state variables.</param>
    public static double[] Relative(float[,,] first, float[,,] second, int units) =>
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
