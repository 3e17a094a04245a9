namespace Neurodynamics.Notebooks;

/// <summary>What a notebook claims, checked each time it runs.</summary>
public static class Claim
{
    /// <summary>Says the claim where it holds; where it does not, the cell fails.</summary>
    /// <param name="claim">One sentence.</param>
    /// <param name="holds">Whether it is true of what was computed.</param>
    /// <returns>The claim with a mark.</returns>
    /// <exception cref="InvalidOperationException">The claim does not hold.</exception>
    public static string Check(string claim, bool holds) =>
        holds ? $"\u2713 {claim}" : throw new InvalidOperationException(
            $"This is not true of these results: {claim} If you changed a value, that is a finding; if you did not, "
            + "something is broken.");
}
