using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;

namespace Neurodynamics.Analysis;

/// <summary>
/// How many states of a flip-flop lie nearest to an axis of its channels after some steps of a trial, against how many
/// must have been told at most one bit by then.
/// </summary>
/// <param name="Steps">Steps of the trial so far, from 1.</param>
/// <param name="Expected">
/// The probability that at most one channel was told: see <see cref="ChannelAxes.AtMostOneTold"/>.
/// </param>
/// <param name="Told">In how many trials that was so.</param>
/// <param name="Raw">How many states have at most one coordinate beyond 1/2, as trials visit them.</param>
/// <param name="Descended">The same where Algorithm 1 leads them.</param>
/// <param name="Distinct">How many of the states are different.</param>
public sealed record AxesByStep(
    int Steps, double Expected, Proportion Told, Proportion Raw, Proportion Descended, int Distinct)
{
    /// <summary>Counts at some steps, over trials of their own: no two states of a step share a trial.</summary>
    /// <param name="network">A network that was trained on the flip-flop.</param>
    /// <param name="task">The flip-flop.</param>
    /// <param name="descent">Algorithm 1, which all states go through together.</param>
    /// <param name="steps">After how many steps to look, each at least 1.</param>
    /// <param name="trials">How many trials; default 64.</param>
    /// <param name="seed">Seed of the trials.</param>
    /// <param name="cancellation">Stops the descent where it is.</param>
    /// <returns>A count per step; none where the bits do not determine a direction for each channel.</returns>
    public static IReadOnlyList<AxesByStep> Of(Network network, FlipFlop task, GradientDescent descent,
        IReadOnlyList<int> steps, int trials = 64, long seed = 0, CancellationToken cancellation = default)
    {
        Demand.Given((network, task, descent, steps));
        foreach (int step in steps) ArgumentOutOfRangeException.ThrowIfLessThan(step, 1, nameof(steps));
        if (steps.Count == 0) return [];
        var shown = task.Sample(trials, steps.Max(), seed);
        double[,,] bits = ChannelAxes.Bits(task, shown), states = network.Run(shown.Inputs);
        if (ChannelAxes.Fit(states.Rows(), bits.Rows()) is not { } axes) return [];
        double[][,] raw = [.. steps.Select(step => states.AtStep(step - 1))];
        double[,] all = raw.SelectMany(part => Enumerable.Range(0, trials).Select(part.Row))
            .ToMatrix(network.Cell.StateSize);
        double[,] ends = descent.Solve(new(network.Cell, new double[network.Cell.InputSize], all),
            cancellation: cancellation).States;
        return [.. steps.Select((step, k) => new AxesByStep(
            step, ChannelAxes.AtMostOneTold(task, step),
            Proportion.Of([.. Enumerable.Range(0, trials)], trial => Enumerable.Range(0, shown.Channels)
                .Count(channel => bits[trial, step - 1, channel] != 0) <= 1),
            Few(raw[k]),
            Few(Enumerable.Range(k * trials, trials).Select(ends.Row).ToMatrix(network.Cell.StateSize)),
            Merged.Copies(Enumerable.Range(0, trials).Select(raw[k].Row)).Count))];

        Proportion Few(double[,] part) => new((int)Math.Round(axes.Of(part).Few * trials), trials);
    }
}
