using Neurodynamics.Dynamics;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>What a network still knows of a trial when nothing more is shown to it.</summary>
/// <param name="Right">
/// After each silent step, the share of channels whose readout is what the trial's end asks for [silent steps].
/// </param>
/// <param name="Moved">Length of each silent step, the mean over trials [silent steps].</param>
/// <param name="Bits">
/// How many channels that is, over all trials: those whose last target counts and is decided.
/// </param>
public sealed record Retention(double[] Right, double[] Moved, int Bits) : Described
{
    /// <summary>Shows trials to a network, and then silence.</summary>
    /// <param name="network">The network; it is run in float64.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="silence">Steps of zero input after each of them, at least 1.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public static Retention Of(Network network, Trials trials, int silence, double[]? start = null,
        CancellationToken cancellation = default)
    {
        Demand.Given((network, trials));
        network.RequireReadout();
        ArgumentOutOfRangeException.ThrowIfLessThan(silence, 1);
        Demand.Shape(trials.Targets, [-1, -1, network.Channels], nameof(trials));
        Demand.Room(trials.Count, silence, network.Cell.StateSize);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = network.InDouble();
        int last = trials.Steps - 1;
        var asked = (from trial in Enumerable.Range(0, trials.Count)
                     from channel in Enumerable.Range(0, trials.Channels)
                     where trials.IsDecided(trial, last, channel)
                     select (Trial: trial, Channel: channel)).ToArray();
        if (asked.Length == 0)
            throw new ArgumentException("No trial ends with a target that counts: make them longer.", nameof(trials));
        var (right, moved) = (new double[silence], new double[silence]);
        var end = exact.Run(trials.Inputs, start).AtStep(^1).ToTensor();
        new ConstantInput(exact.Cell).Follow(end, silence, (step, before, after) =>
        {
            double[,] logits = exact.Logits(after).ToMatrix();
            right[step - 1] =
                asked.Count(at => logits[at.Trial, at.Channel] > 0 == trials.Targets[at.Trial, last, at.Channel] > 0.5)
                / (double)asked.Length;
            moved[step - 1] = (after - before).norm(1).mean().ToDouble();
            return null;
        }, cancellation);
        return new(right, moved, asked.Length);
    }
}
