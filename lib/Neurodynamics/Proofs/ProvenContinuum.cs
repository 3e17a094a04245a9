using System.Globalization;
using Neurodynamics.Enclosures;

namespace Neurodynamics.Proofs;

/// <summary>A state of a proven continuum, or a direction in which it goes on without end.</summary>
public sealed record ProvenState : Described
{
    internal ProvenState(Enclosure[] unknowns, Enclosure[] state) => (Unknowns, State) = (unknowns, state);

    /// <summary>Encloses k, R values.</summary>
    public IReadOnlyList<Enclosure> Unknowns { get; }

    /// <summary>Encloses the state, N values: currents or rates.</summary>
    public IReadOnlyList<Enclosure> State { get; }

    /// <summary>The middle of the enclosure of the state, N values.</summary>
    public double[] Near() => [.. State.Select(value => value.Middle)];
}

/// <summary>
/// Fixed points without gaps, proven exactly: all states between the corners, and from there along the directions
/// without end. A continuum that crosses a border, where some unit's current is 0, comes in a piece on either side.
/// </summary>
public sealed record ProvenContinuum
{
    private readonly Func<double[], double, bool> holds;

    internal ProvenContinuum(int dimension, IReadOnlyList<ProvenState> corners,
        IReadOnlyList<ProvenState> directions, Func<double[], double, bool> holds) =>
        (Dimension, Corners, Directions, this.holds) = (dimension, corners, directions, holds);

    /// <summary>1 of a segment or a half-line, 2 of a part of a plane.</summary>
    public int Dimension { get; }

    /// <summary>Its corners, at least one; the ends of a segment. In no order.</summary>
    public IReadOnlyList<ProvenState> Corners { get; }

    /// <summary>Directions in which it has no end, over the largest modulus in k; none of a bounded one.</summary>
    public IReadOnlyList<ProvenState> Directions { get; }

    /// <summary>What it is, in words.</summary>
    public override string ToString() => (Dimension, Corners.Count, Directions.Count) switch
    {
        (1, 2, 0) => $"a segment of fixed points from k = {Text(Corners[0])} to {Text(Corners[1])}",
        (1, 1, 1) => $"a half-line of fixed points from k = {Text(Corners[0])} along {Text(Directions[0])}",
        _ => $"a continuum of dimension {Dimension} with corners at k = {string.Join(", ", Corners.Select(Text))}"
            + (Directions.Count > 0 ? $" that goes on along {string.Join(", ", Directions.Select(Text))}" : ""),
    };

    /// <summary>Whether a state is one of it to within a distance; rounded.</summary>
    internal bool Holds(double[] state, double distance) => holds(state, distance);

    /// <summary>The same of the dynamics of k.</summary>
    /// <param name="holdsK">Whether a k is one of it to within a distance.</param>
    internal ProvenContinuum InUnknowns(Func<double[], double, bool> holdsK)
    {
        return new(Dimension, [.. Corners.Select(InK)], [.. Directions.Select(InK)], holdsK);

        static ProvenState InK(ProvenState state) => new([.. state.Unknowns], [.. state.Unknowns]);
    }

    private static string Text(ProvenState state) => "(" + string.Join(", ", state.Unknowns.Select(k =>
        (Math.Round(k.Middle, 3) + 0.0).ToString("0.###", CultureInfo.InvariantCulture))) + ")";
}
