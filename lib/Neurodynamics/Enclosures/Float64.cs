namespace Neurodynamics.Enclosures;

/// <summary>Constants of float64 arithmetic that bounds need.</summary>
internal static class Float64
{
    /// <summary>Half the gap between 1 and the next float64.</summary>
    public const double UnitRoundoff = 1.0 / (1L << 53);
}
