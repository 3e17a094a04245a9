using System.Globalization;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// A state under a constant input, and what is known of it. Its type says what it is: a <see cref="FixedPoint"/>, a
/// <see cref="SlowPoint"/>, a <see cref="Ghost"/>, or where a solver gave up (<see cref="UnsolvedPoint"/>).
/// </summary>
/// <param name="State">The state, S values.</param>
/// <param name="Input">The constant input, I values.</param>
/// <param name="Speed">q = 1/2 ||F(x) - x||^2 at the state (report 3.2).</param>
/// <param name="Candidates">How many candidates ended there.</param>
public abstract record StatePoint(double[] State, double[] Input, double Speed, int Candidates)
{
    /// <summary>
    /// Whether a true fixed point is proven to be here; null where nobody asked (<see cref="FixedPointSearch"/> does).
    /// </summary>
    public Certificate? Certificate { get; init; }

    /// <summary>Whether a state can be there, and how near the candidates came; null where nobody asked.</summary>
    public Reachability? Reachability { get; init; }

    /// <summary>
    /// Farther from the mean of a search's candidates than ten times their own mean distance from it: look at it before
    /// you believe it.
    /// </summary>
    public bool IsOutlier { get; init; }

    /// <summary>What it is, its speed, and what is proven of it, in a line.</summary>
    public sealed override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{InWords.Title(GetType())} of {State.Length} state variables, speed q = {Speed:0.0e+0}")
        + (Certificate is null ? "" : $", {Certificate}");
}

/// <summary>A state that the network's step leaves where it is, to rounding.</summary>
/// <inheritdoc cref="StatePoint(double[], double[], double, int)"/>
public sealed record FixedPoint(double[] State, double[] Input, double Speed, int Candidates)
    : StatePoint(State, Input, Speed, Candidates);

/// <summary>
/// A state that the network leaves slowly, and that is not a fixed point: a minimum of the speed that is not zero, or a
/// state slow enough for whoever asked (Sussillo and Barak's two senses).
/// </summary>
/// <inheritdoc cref="StatePoint(double[], double[], double, int)"/>
public sealed record SlowPoint(double[] State, double[] Input, double Speed, int Candidates)
    : StatePoint(State, Input, Speed, Candidates);

/// <summary>
/// A place outside the box that states from zero never leave where the step is nearly zero, such as where gates
/// saturate. No trial gets there, and no fixed point is there.
/// </summary>
/// <inheritdoc cref="StatePoint(double[], double[], double, int)"/>
public sealed record Ghost(double[] State, double[] Input, double Speed, int Candidates)
    : StatePoint(State, Input, Speed, Candidates)
{
    internal static Ghost Of(StatePoint point) => new(point.State, point.Input, point.Speed, point.Candidates)
    {
        Certificate = point.Certificate,
        Reachability = point.Reachability,
        IsOutlier = point.IsOutlier,
    };
}

/// <summary>
/// Where a candidate was when its solver gave up: neither a fixed point nor a slow point as far as anybody knows.
/// </summary>
/// <inheritdoc cref="StatePoint(double[], double[], double, int)"/>
public sealed record UnsolvedPoint(double[] State, double[] Input, double Speed, int Candidates)
    : StatePoint(State, Input, Speed, Candidates);
