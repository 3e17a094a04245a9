using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Dynamics;

/// <summary>
/// The curve, or surface, of slow states to which a network's states fall when the input falls silent.
/// </summary>
public static class SlowCurve
{
    /// <summary>
    /// What a network reads out of states at zero input, and by how much the next step changes it: the readout's drift.
    /// </summary>
    /// <param name="network">The network; it is run in float64.</param>
    /// <param name="states">[M, S].</param>
    /// <param name="channel">Which channel, from 0; default the first.</param>
    public static IReadOnlyList<(double Logit, double Change)> Readouts(
        Network network, double[,] states, int channel = 0)
    {
        Demand.Given((network, states));
        network.RequireReadout();
        Demand.Index(channel, network.Channels);
        var exact = network.InDouble();
        double[,] after = new ConstantInput(network.Cell).After(states, 1);
        var (now, next) = (exact.Logits(states).Column(channel), exact.Logits(after).Column(channel));
        return [.. now.Zip(next, (logit, then) => (logit, then - logit))];
    }

    /// <summary>
    /// The slowest of the states in each of some equal intervals of a coordinate, in its order; empty intervals have
    /// none.
    /// </summary>
    /// <param name="cell">The cell.</param>
    /// <param name="states">[M, S].</param>
    /// <param name="along">The coordinate of each, M values.</param>
    /// <param name="count">How many intervals between the least and the largest coordinate; default 25.</param>
    /// <param name="input">The constant input of the speed, I values; default zeros.</param>
    /// <returns>
    /// The states with their speeds q. They are not fixed points, but can be linearised in the same way.
    /// </returns>
    public static IReadOnlyList<SlowPoint> Slowest(
        Cell cell, double[,] states, double[] along, int count = 25, double[]? input = null)
    {
        Demand.Given((cell, states, along));
        if (along.Length != states.GetLength(0)) throw new ArgumentException(
            $"There are {states.GetLength(0)} states, but {along.Length} coordinates.", nameof(along));
        if (along.Length == 0) return [];
        input ??= new double[cell.InputSize];
        double[] speeds = new FixedPointProblem(cell, input, states).Speeds();
        double least = along.Min(), width = (along.Max() - least) / count;
        return
        [
            .. Enumerable.Range(0, along.Length).GroupBy(i => width == 0
                ? 0
                : Math.Min(count - 1, (int)((along[i] - least) / width))).OrderBy(interval => interval.Key)
                .Select(interval => interval.MinBy(i => speeds[i]))
                .Select(i => new SlowPoint(states.Row(i), input, speeds[i], 1)),
        ];
    }

    /// <summary>
    /// How much a curve turns from its middle to its two ends, in degrees: the states are averaged in five equal
    /// intervals of the coordinate, and the angles are between the chords of the first and second mean, of the second
    /// and fourth, and of the fourth and fifth. 0 for a straight line, whatever its noise; NaN where an interval that
    /// it needs holds no state.
    /// </summary>
    /// <param name="states">[M, S].</param>
    /// <param name="along">The coordinate of each, M values.</param>
    public static (double Low, double High) Bend(double[,] states, double[] along)
    {
        Demand.Given(states);
        Demand.Shape(along, [states.GetLength(0)]);
        double least = along.Min(), width = (along.Max() - least) / 5;
        double[][] means = [.. Enumerable.Range(0, 5)
            .Select(k =>
                Mean([.. Enumerable.Range(0, along.Length)
                    .Where(i => Math.Min(4, (int)((along[i] - least) / width)) == k)]))];
        double[] middle = Chord(1, 3);
        return (Vectors.Angle(Chord(0, 1), middle), Vectors.Angle(Chord(3, 4), middle));

        double[] Mean(int[] rows) => [.. Enumerable.Range(0, states.GetLength(1))
            .Select(j => rows.Length == 0 ? double.NaN : rows.Average(i => states[i, j]))];

        double[] Chord(int from, int to) => [.. means[to].Zip(means[from], (a, b) => a - b)];
    }
}
