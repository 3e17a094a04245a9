namespace Neurodynamics.Analysis;

/// <summary>
/// How many of some things have a property, with the 95 % interval of their share (Wilson 1927), which holds for few
/// things and for none or all of them.
/// </summary>
/// <param name="Count">How many have it.</param>
/// <param name="Total">How many there are; with 0 the share is not known.</param>
public sealed record Proportion(int Count, int Total)
{
    private const double Z = 1.959964;

    /// <summary>The share, in [0, 1]; NaN of none.</summary>
    public double Share => (double)Count / Total;

    /// <summary>Lower end of the interval.</summary>
    public double Low => Total == 0 ? 0 : Math.Max(0, Middle - Half);

    /// <summary>Upper end of the interval.</summary>
    public double High => Total == 0 ? 1 : Math.Min(1, Middle + Half);

    /// <summary>The interval in words, such as "60 to 98 %".</summary>
    public string Interval =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * Low:0} to {100 * High:0} %");

    private double Middle => (Share + Z * Z / (2 * Total)) / (1 + Z * Z / Total);

    private double Half =>
        Z / (1 + Z * Z / Total) * Math.Sqrt(Share * (1 - Share) / Total + Z * Z / (4.0 * Total * Total));

    /// <summary>Counts.</summary>
    public static Proportion Of<T>(IReadOnlyCollection<T> things, Func<T, bool> has) =>
        new(things.Count(has), things.Count);

    /// <summary>Such as "9 of 10 (60 to 98 %)".</summary>
    public override string ToString() => Total == 0
        ? "none"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Count} of {Total} ({Interval})");
}
