using System.Text.Json.Serialization;

namespace Neurodynamics.Analysis;

/// <summary>
/// How many of some things have a property, with the 95 % interval of their share (Wilson 1927), which holds for few
/// things and for none or all of them.
/// </summary>
/// <param name="Count">How many have it.</param>
/// <param name="Total">How many there are; with 0 the share is not known.</param>
public sealed record Proportion(int Count, int Total)
{
    /// <summary>
    /// How many intervals are looked at: each is so wide that all of them hold together in 95 of 100 cases
    /// (Bonferroni); default 1.
    /// </summary>
    [JsonIgnore]
    public int Looks
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Looks), value, "At least one interval is looked at.");
    } = 1;

    /// <summary>The share, in [0, 1]; NaN of none.</summary>
    [JsonIgnore]
    public double Share => (double)Count / Total;

    /// <summary>Lower end of the interval.</summary>
    [JsonIgnore]
    public double Low => Total == 0 ? 0 : Math.Max(0, Middle - Half);

    /// <summary>Upper end of the interval.</summary>
    [JsonIgnore]
    public double High => Total == 0 ? 1 : Math.Min(1, Middle + Half);

    /// <summary>The interval in words, such as "60 to 98 %".</summary>
    [JsonIgnore]
    public string Interval =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * Low:0} to {100 * High:0} %");

    /// <summary>The normal distribution's quantile at 1 - 0.025 / looks: 1.96 for one.</summary>
    private double Z
    {
        get
        {
            if (Looks == 1) return 1.959964;
            using var tail = TorchSharp.torch.tensor(1 - 0.025 / Looks, TorchSharp.torch.ScalarType.Float64);
            using var quantile = TorchSharp.torch.special.ndtri(tail);
            return quantile.item<double>();
        }
    }

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
