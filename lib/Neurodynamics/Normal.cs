namespace Neurodynamics;

/// <summary>The standard normal distribution.</summary>
internal static class Normal
{
    /// <summary>Phi(x), the probability of a value below x, to about 1e-7: 1/2 for what is not a number.</summary>
    /// <remarks>Abramowitz and Stegun 26.2.17.</remarks>
    public static double Below(double x)
    {
        if (double.IsNaN(x)) return 0.5;
        double size = Math.Abs(x), t = 1 / (1 + 0.2316419 * size);
        double tail = Math.Exp(-size * size / 2) / Math.Sqrt(2 * Math.PI)
            * t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return x >= 0 ? 1 - tail : tail;
    }
}
