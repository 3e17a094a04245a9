using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Dynamics;

/// <summary>What becomes of states, and of what they read out, while the input does not change.</summary>
/// <param name="Steps">The steps that were looked at, rising, 0 first.</param>
/// <param name="Logits">The readout of each state at those steps [M, steps].</param>
/// <param name="Lost">
/// The first step at which the readout has another sign than at the start, M values; null where it kept its sign to the
/// end.
/// </param>
public sealed record Holding(IReadOnlyList<int> Steps, double[,] Logits, int?[] Lost) : Described
{
    /// <summary>What the readout means; default logits.</summary>
    public OutputMeaning Outputs { get; init; }

    /// <summary>Runs a network on from states.</summary>
    /// <param name="network">The network; it is run in float64.</param>
    /// <param name="states">The states [M, S].</param>
    /// <param name="steps">For how many steps; default 10,000. It looks at 0, 1, 2, 5, 10, 20, 50 and so on.</param>
    /// <param name="input">The constant input, I values; default zeros.</param>
    /// <param name="channel">Which readout, from 0.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Holding Of(
        Network network, double[,] states, int steps = 10_000, double[]? input = null, int channel = 0,
        CancellationToken cancellation = default)
    {
        Demand.Given((network, states));
        network.RequireReadout();
        Demand.Index(channel, network.Channels);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = network.InDouble();
        int[] looks = [0, .. Looks(steps)];
        double[,] logits = new double[states.GetLength(0), looks.Length];
        int?[] lost = new int?[states.GetLength(0)];
        int look = 0;
        var start = states.ToTensor();
        Note(0, start, start);
        new ConstantInput(exact.Cell, input).Follow(start, steps, Note, cancellation);
        return new(looks, logits, lost) { Outputs = network.Outputs };

        long[]? Note(int step, Tensor before, Tensor after)
        {
            double[] now = exact.Logits(after).select(1, channel).ToVector();
            for (int i = 0; i < now.Length; i++)
            {
                if (step == looks[look]) logits[i, look] = now[i];
                // What is not a number is lost.
                if (lost[i] is null && (now[i] > 0 != logits[i, 0] > 0 || double.IsNaN(now[i]))) lost[i] = step;
            }
            if (step == looks[look]) look++;
            return null;
        }
    }

    private static IEnumerable<int> Looks(int steps)
    {
        for (long decade = 1; decade <= steps; decade *= 10)
            foreach (int factor in new[] { 1, 2, 5 })
                if (decade * factor < steps) yield return (int)(decade * factor);
        if (steps > 0) yield return steps;
    }
}
