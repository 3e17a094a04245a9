using System.Globalization;
using System.Text.Json.Serialization;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// Fixed points without gaps, to float64's rounding: a line, a ring, a plane. Between its samples, and along their
/// directions, states stand still as well, and I - J is singular there.
/// </summary>
/// <param name="Dimension">In how many directions I - J leads nowhere, at least 1.</param>
/// <param name="States">Some of its states, S values each; along the curve where the dimension is 1.</param>
/// <param name="Directions">
/// At each of these states, orthonormal directions in which it goes on: [dimension][S].
/// </param>
/// <param name="Ends">
/// Whether it was seen to end: a small move beyond some of the states led to no fixed point of it.
/// </param>
/// <param name="GoesOn">Whether it goes on beyond the states that were sampled.</param>
public sealed record Continuum(int Dimension, IReadOnlyList<double[]> States, IReadOnlyList<double[][]> Directions,
    bool Ends, bool GoesOn)
{
    /// <summary>How much longer the way over a state on a line may be than that between the outermost two.</summary>
    private const double Straight = 1e-6;

    private const int MostShown = 4;

    /// <summary>The largest distance between two of the states that were sampled.</summary>
    [JsonIgnore]
    public double Extent => States.SelectMany((a, i) => States.Skip(i + 1).Select(b => a.Distance(b)))
        .DefaultIfEmpty(0).Max();

    /// <summary>What was found, in words.</summary>
    public override string ToString()
    {
        string sampled = string.Create(CultureInfo.InvariantCulture,
            $"sampled at {Number.Of(States.Count, "state")}, up to {Extent:0.###} apart");
        return $"a continuum of dimension {Dimension}: {Shape()}, {sampled}";
    }

    private string Shape()
    {
        if (States.Count == 0) return "nowhere";
        if (Dimension > 1)
            return $"a {(Dimension == 2 ? "surface" : "set")} around {Text(States[States.Count / 2])} that "
                + (GoesOn ? Ends ? "goes on in some directions and ends in others" : "goes on" : "ends or closes");
        double[] first = States[0], last = States[^1];
        if (!Ends && !GoesOn) return $"a closed curve through {Text(first)}";
        bool isLine = IsLine();
        return (Ends, GoesOn) switch
        {
            (true, false) => $"a {(isLine ? "segment" : "curve")} from {Text(first)} to {Text(last)}",
            (true, true) => $"a {(isLine ? "half-line" : "curve with one end,")} from {Text(first)} along "
                + Text(Chord(first, isLine ? last : States[1])),
            _ => $"a {(isLine ? "line" : "curve")} through {Text(States[States.Count / 2])} along "
                + Text(Chord(States[States.Count / 2 - 1], States[States.Count / 2])),
        };
    }

    /// <summary>Whether all states lie between the first and the last one.</summary>
    private bool IsLine() => States[0].Distance(States[^1]) is var whole && States.All(state =>
        state.Distance(States[0]) + state.Distance(States[^1]) <= whole * (1 + Straight));

    private static double[] Chord(double[] from, double[] to) =>
        [.. to.Zip(from, (a, b) => (a - b) / to.Distance(from))];

    private static string Text(double[] values) => "(" + string.Join(", ", values.Take(MostShown)
        .Select(value => (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture)))
        + (values.Length > MostShown ? ", ...)" : ")");
}
