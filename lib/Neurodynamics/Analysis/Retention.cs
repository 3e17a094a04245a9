using Neurodynamics.Models;
using Neurodynamics.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>What a network still knows of a trial when nothing more is shown to it.</summary>
/// <param name="Right">After each silent step, the share of channels that are read out as at the end of the trial they should be [silent steps].</param>
/// <param name="Moved">Length of each silent step, the mean over trials [silent steps].</param>
/// <param name="Bits">How many channels that is, over all trials: those whose last target counts and is decided.</param>
public sealed record Retention(double[] Right, double[] Moved, int Bits)
{
    /// <summary>Shows trials to a network, and then silence.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="silence">Steps of zero input after each of them, at least 1.</param>
    public static Retention Of(Network network, Trials trials, int silence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(silence, 1);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = network.InDouble();
        var state = exact.Run(tensor(trials.Inputs)).select(1, trials.Steps - 1);
        var last = tensor(trials.Targets).select(1, trials.Steps - 1);
        var (targets, counts) = (last.gt(0.5), tensor(trials.Weights).select(1, trials.Steps - 1).gt(0).logical_and(last.ne(0.5)));
        int bits = counts.sum().ToInt32();
        if (bits == 0) throw new ArgumentException("No trial ends with a target that counts: make them longer.", nameof(trials));
        var silent = zeros(1, exact.Cell.InputSize, dtype: ScalarType.Float64);
        var (right, moved) = (new double[silence], new double[silence]);
        for (int step = 0; step < silence; step++)
        {
            using var inner = NewDisposeScope();
            var next = exact.Cell.Step(silent, state);
            right[step] = exact.Logits(next).gt(0).eq(targets).logical_and(counts).sum().ToDouble() / bits;
            moved[step] = (next - state).norm(1).mean().ToDouble();
            state = next.MoveToOuterDisposeScope();
        }
        return new(right, moved, bits);
    }
}
