using Neurodynamics.Tasks;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// The direction in which a network moves each channel, by least squares: state = centre + the sum over the channels of
/// b d, with b = -1 or +1 as the channel was told, and 0 where it was not told yet. In the coordinates b a corner of
/// the cube is a row of +1 and -1, and a state with one bit set lies on an axis.
/// </summary>
/// <param name="Centre">The state of no bit, S values.</param>
/// <param name="Directions">d of each channel [K][S].</param>
/// <param name="Explained">Share of the states' variance that the bits explain; NaN where the states are alike.</param>
public sealed record ChannelAxes(double[] Centre, double[][] Directions, double Explained) : Described
{
    /// <summary>Fits the axes to states of which the bits are known.</summary>
    /// <param name="states">[M, S].</param>
    /// <param name="bits">-1, 0 or +1 of each channel [M, K].</param>
    /// <returns>Null where the bits do not determine a direction for each channel.</returns>
    public static ChannelAxes? Fit(double[,] states, double[,] bits)
    {
        Demand.Given(states);
        Demand.Shape(bits, [states.GetLength(0), -1]);
        RequireFinite(states);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, b) = (states.ToTensor(), bits.ToTensor());
        int channels = bits.GetLength(1);
        if (states.GetLength(0) <= channels) return null;
        var (middle, told) = (x.mean([0]), b.mean([0]));
        var (off, moved) = (x - middle, b - told);
        double[] variances = linalg.eigvalsh(moved.t().mm(moved)).ToVector();
        if (!(variances[0] > 1e-6 * states.GetLength(0))) return null;
        var directions = linalg.lstsq(moved, off).Solution;
        double total = off.Squared().sum().item<double>(),
            left = (off - moved.mm(directions)).Squared().sum().item<double>();
        double[,] rows = directions.ToMatrix();
        return new((middle - told.unsqueeze(0).mm(directions).squeeze(0)).ToVector(),
            [.. Enumerable.Range(0, channels).Select(rows.Row)], total > 0 ? 1 - left / total : double.NaN);
    }

    /// <summary>
    /// What a task has told each channel so far: the sign of a flip-flop's last pulse, 0 before the first, and the
    /// class of the target otherwise, 0 where none counts.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="trials">Its trials: B of T steps with K channels.</param>
    /// <returns>[B, T, K].</returns>
    public static double[,,] Bits(TrialTask task, Trials trials)
    {
        Demand.Given((task, trials));
        double[,,] bits = new double[trials.Count, trials.Steps, trials.Channels];
        for (int i = 0; i < trials.Count; i++)
            for (int t = 0; t < trials.Steps; t++)
                for (int k = 0; k < trials.Channels; k++)
                    bits[i, t, k] = task is FlipFlop
                        ? trials.Inputs[i, t, k] is var pulse && pulse != 0
                            ? Math.Sign(pulse)
                            : t > 0 ? bits[i, t - 1, k] : 0
                        : trials.IsDecided(i, t, k) ? Math.Sign(trials.Targets[i, t, k] - 0.5) : 0;
        return bits;
    }

    /// <summary>
    /// The probability that a flip-flop has told at most one of its channels: (1 - p)^K + K p (1 - p)^(K - 1) with the
    /// probability p = 1 - (1 - q)^t of a pulse in a channel by then.
    /// </summary>
    /// <param name="task">The flip-flop of K channels, each with a pulse at a step with probability q.</param>
    /// <param name="steps">t, the steps so far, from 0.</param>
    public static double AtMostOneTold(FlipFlop task, int steps)
    {
        Demand.Given(task);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        int channels = task.OutputSize;
        double silent = task.PulseAtStart && steps > 0 ? 0 : Math.Pow(1 - task.PulseProbability, steps);
        return Math.Pow(silent, channels) + channels * (1 - silent) * Math.Pow(silent, channels - 1);
    }

    /// <summary>The states' places in bits [M, K]: what of each lies in the directions, by least squares.</summary>
    /// <param name="states">[M, S].</param>
    public double[,] Coordinates(double[,] states)
    {
        Demand.Shape(states, [-1, Centre.Length]);
        RequireFinite(states);
        if (states.GetLength(0) == 0) return new double[0, Directions.Length];
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return linalg.lstsq(Directions.ToMatrix(Centre.Length).ToTensor().t(),
            (states.ToTensor() - Centre.ToTensor()).t()).Solution.t().ToMatrix();
    }

    private static void RequireFinite(double[,] states)
    {
        foreach (double value in states)
            if (!double.IsFinite(value))
                throw new ArgumentException($"States are finite numbers, and one of these is {value}.", nameof(states));
    }

    /// <summary>
    /// Which states are nearest to an axis: those with at most one coordinate beyond 1/2, of M.
    /// </summary>
    /// <param name="states">[M, S].</param>
    public bool[] Near(double[,] states) =>
        [.. Coordinates(states).Split().Select(row => row.Count(value => Math.Abs(value) > 0.5) <= 1)];
}
