namespace Neurodynamics.Analysis;

/// <summary>
/// What pairs say about a difference: only those count whose two sides differ (McNemar 1947).
/// </summary>
/// <param name="Pairs">How many pairs there are.</param>
/// <param name="Here">In how many of them something holds here alone.</param>
/// <param name="There">In how many it holds there alone.</param>
public sealed record PairedCount(int Pairs, int Here, int There)
{
    /// <summary>
    /// The probability of a split at least as uneven if both sides were as likely: the exact two-sided sign test. 1
    /// where no pair differs.
    /// </summary>
    public double P
    {
        get
        {
            int differing = Here + There;
            double tail = 0, choose = 1;
            for (int k = 0; k <= Math.Min(Here, There); choose = choose * (differing - k) / ++k)
                tail += choose * Math.Pow(0.5, differing);
            return Math.Min(1, 2 * tail);
        }
    }

    /// <summary>Such as "8 of 10 here alone, 0 there alone (p = 0.008)".</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{Here} of {Pairs} here alone, {There} there alone (p = {P:0.###})");
}
