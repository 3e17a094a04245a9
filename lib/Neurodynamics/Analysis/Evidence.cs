using Neurodynamics.Models;
using Neurodynamics.Tasks;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// What an integrator has been shown and what it makes of it, at every step of trials: M = B T moments, trial after
/// trial.
/// </summary>
/// <param name="Step">Which step of the trial, from 1: M values.</param>
/// <param name="Sum">Plain sum of the channel's inputs up to and with that step, M values.</param>
/// <param name="Logit">The channel's output then, M values.</param>
/// <param name="States">The state then [M, S].</param>
/// <param name="Steps">T, the steps of a trial.</param>
public sealed record Evidence(int[] Step, double[] Sum, double[] Logit, double[,] States, int Steps) : Described
{
    /// <summary>Runs a network through trials.</summary>
    /// <param name="network">The network; it is run in float64.</param>
    /// <param name="trials">
    /// The trials, of white noise with variance 1 where <see cref="Sureness"/> is asked for.
    /// </param>
    /// <param name="channel">Whose inputs are summed, from 0.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    public static Evidence Of(Network network, Trials trials, int channel = 0, double[]? start = null)
    {
        Demand.Given((network, trials));
        network.RequireReadout();
        Demand.Index(channel, Math.Min(trials.InputSize, network.Channels));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = network.InDouble();
        var states = exact.Run(trials.Inputs.ToTensor(), start).reshape(-1, exact.Cell.StateSize);
        double[] logits = exact.Logits(states).select(1, channel).ToVector();
        var (steps, sums) = (new int[logits.Length], new double[logits.Length]);
        for (int moment = 0; moment < logits.Length; moment++)
        {
            int step = moment % trials.Steps;
            steps[moment] = step + 1;
            sums[moment] = trials.Inputs[moment / trials.Steps, step, channel] + (step == 0 ? 0 : sums[moment - 1]);
        }
        return new(steps, sums, logits, states.ToMatrix(), trials.Steps);
    }

    /// <summary>The moments at which the sum is at least so large.</summary>
    /// <param name="sum">The least sum.</param>
    public Evidence Beyond(double sum)
    {
        int[] kept = [.. Enumerable.Range(0, Sum.Length).Where(i => Sum[i] >= sum)];
        return new([.. kept.Select(i => Step[i])], [.. kept.Select(i => Sum[i])], [.. kept.Select(i => Logit[i])],
            kept.Select(States.Row).ToList().ToMatrix(States.GetLength(1)), Steps);
    }

    /// <summary>
    /// The probability that the whole trial's sum will be above zero, given the sum so far s and T - t samples of noise
    /// to come: Phi(s / sqrt(T - t)), M values; at the last step 1, 0, or 1/2 where s is 0. This is the report's
    /// "sureness" (4.4.1) as an ideal observer has it.
    /// </summary>
    public double[] Sureness() =>
        [.. Step.Zip(Sum, (step, sum) =>
            Normal.Below(step == Steps ? sum * double.PositiveInfinity : sum / Math.Sqrt(Steps - step)))];
}
