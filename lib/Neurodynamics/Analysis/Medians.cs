namespace Neurodynamics.Analysis;

/// <summary>A median with the least and the largest value beside it.</summary>
/// <param name="Median">NaN where there are no values.</param>
/// <param name="Least">The smallest value.</param>
/// <param name="Most">The largest value.</param>
public sealed record MedianRange(double Median, double Least, double Most) : Described
{
    /// <summary>Of the values that are numbers.</summary>
    public static MedianRange Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(value => !double.IsNaN(value)).Order()];
        return sorted.Length == 0
            ? new(double.NaN, double.NaN, double.NaN)
            : new(Medians.Middle(sorted), sorted[0], sorted[^1]);
    }
}

/// <summary>Medians of measured values.</summary>
public static class Medians
{
    /// <summary>
    /// The median; NaN where there are no values. A value that is NaN counts as infinite, so that a candidate that got
    /// lost improves no median.
    /// </summary>
    public static double Median(this IEnumerable<double> values) =>
        Middle([.. values.Select(value => double.IsNaN(value) ? double.PositiveInfinity : value).Order()]);

    internal static double Middle(double[] sorted) =>
        sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
