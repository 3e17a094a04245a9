using Neurodynamics.Models;
using Neurodynamics.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>How many inputs of one sign it takes to turn an answer that inputs of the other sign have made: an integrator that knows the sum needs as many.</summary>
/// <param name="Inputs">n, inputs of the first sign from the zero state.</param>
/// <param name="Needed">Inputs of the other sign until the readout says so; null where it never did.</param>
public sealed record Reversal(int Inputs, int? Needed)
{
    /// <summary>Shows a network n inputs of one size, and then their negatives until its answer turns.</summary>
    /// <param name="network">The network; it is run in float64.</param>
    /// <param name="inputs">The numbers n, each at least 1.</param>
    /// <param name="size">The size of the inputs on the channel; default 1. The other channels are silent.</param>
    /// <param name="most">Inputs of the other sign at most; default 1000.</param>
    /// <param name="channel">Which channel, from 0.</param>
    public static IReadOnlyList<Reversal> Of(Network network, IReadOnlyList<int> inputs, double size = 1, int most = 1000, int channel = 0)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = network.InDouble();
        var (forth, back) = (Input(size), Input(-size));
        var states = new Dictionary<int, Tensor>();
        var x = zeros(1, exact.Cell.StateSize, dtype: ScalarType.Float64);
        for (int n = 1; n <= inputs.Max(); n++)
        {
            x = exact.Cell.Step(forth, x);
            if (inputs.Contains(n)) states[n] = x;
        }
        var needed = new int?[inputs.Count];
        x = cat([.. inputs.Select(n => states[n])]);
        for (int step = 1; step <= most && needed.Contains(null); step++)
        {
            using var inner = NewDisposeScope();
            x = exact.Cell.Step(back, x).MoveToOuterDisposeScope();
            var logits = exact.Logits(x).select(1, channel).ToVector();
            for (int i = 0; i < logits.Length; i++)
                if (logits[i] * size <= 0) needed[i] ??= step;
        }
        return [.. inputs.Select((n, i) => new Reversal(n, needed[i]))];

        Tensor Input(double value)
        {
            var input = new double[1, exact.Cell.InputSize];
            input[0, channel] = value;
            return tensor(input);
        }
    }

    /// <summary>What one that computes the task's sum exactly needs.</summary>
    /// <param name="task">The task, with its discount.</param>
    /// <param name="inputs">The numbers n, each at least 1.</param>
    /// <param name="most">Inputs of the other sign at most; default 1000.</param>
    public static IReadOnlyList<Reversal> Exact(Integration task, IReadOnlyList<int> inputs, int most = 1000) =>
    [
        .. inputs.Select(n =>
        {
            double sum = 0, weight = 1;
            for (int step = 1; step <= n + most; step++)
            {
                double sample = step <= n ? 1 : -1;
                if (task.Discount == Discount.AsPrinted) (sum, weight) = (sum + weight * sample, weight * task.Gamma);
                else sum = task.Gamma * sum + sample;
                if (step > n && sum <= 0) return new Reversal(n, step - n);
            }
            return new Reversal(n, null);
        }),
    ];
}
