using Neurodynamics.Dynamics;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// How many inputs of one sign it takes to turn an answer that inputs of the other sign have made. An integrator that
/// knows the sum needs as many.
/// </summary>
/// <param name="Inputs">n, inputs of the first sign from the start of a trial.</param>
/// <param name="Needed">Inputs of the other sign until the readout turned; null where it never did.</param>
public sealed record Reversal(int Inputs, int? Needed) : Described
{
    /// <summary>Shows a network n inputs of one size, and then their negatives until its answer turns.</summary>
    /// <param name="network">The network; it is run in float64.</param>
    /// <param name="inputs">The numbers n, each at least 1.</param>
    /// <param name="size">The size of the inputs on the channel; default 1. The other channels are silent.</param>
    /// <param name="most">Inputs of the other sign at most; default 1000.</param>
    /// <param name="channel">Which channel, from 0.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public static IReadOnlyList<Reversal> Of(
        Network network, IReadOnlyList<int> inputs, double size = 1, int most = 1000, int channel = 0,
        double[]? start = null, CancellationToken cancellation = default)
    {
        Demand.Given((network, inputs));
        network.RequireReadout();
        foreach (int n in inputs) ArgumentOutOfRangeException.ThrowIfLessThan(n, 1, nameof(inputs));
        Demand.Index(channel, Math.Min(network.Cell.InputSize, network.Channels));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = network.InDouble();
        double[,] way = new ConstantInput(exact.Cell, Input(size))
            .Path(exact.Cell.StartOf(start).AsRow(), inputs.Max(), cancellation)
            .Trial(0);
        var turned = inputs.Select(way.Row).ToMatrix(exact.Cell.StateSize).ToTensor();
        int?[] needed = new int?[inputs.Count];
        new ConstantInput(exact.Cell, Input(-size)).Follow(turned, most, (step, _, after) =>
        {
            double[] logits = exact.Logits(after).select(1, channel).ToVector();
            for (int i = 0; i < logits.Length; i++)
                if (logits[i] * size <= 0) needed[i] ??= step;
            return needed.Contains(null) ? null : [];
        }, cancellation);
        return [.. inputs.Select((n, i) => new Reversal(n, needed[i]))];

        double[] Input(double value) =>
            [.. Enumerable.Range(0, exact.Cell.InputSize).Select(other => other == channel ? value : 0)];
    }

    /// <summary>What an integrator that computes the task's sum exactly needs.</summary>
    /// <param name="task">The task, with its discount.</param>
    /// <param name="inputs">The numbers n, each at least 1.</param>
    /// <param name="most">Inputs of the other sign at most; default 1000.</param>
    public static IReadOnlyList<Reversal> Exact(Integration task, IReadOnlyList<int> inputs, int most = 1000)
    {
        Demand.Given((task, inputs));
        return
        [
            .. inputs.Select(n =>
            {
                double sum = 0, weight = 1;
                for (long step = 1; step <= (long)n + most; step++)
                {
                    double sample = step <= n ? 1 : -1;
                    if (task.Discount == Discount.AsPrinted)
                        (sum, weight) = (sum + weight * sample, weight * task.Gamma);
                    else sum = task.Gamma * sum + sample;
                    if (step > n && sum <= 0) return new Reversal(n, (int)(step - n));
                }
                return new Reversal(n, null);
            }),
        ];
    }
}
