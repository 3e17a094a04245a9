using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// How much of a small change of the state is left later: the size of dx(T)/dx(T - k), the product of k state Jacobians
/// along a trial. Gradients of backpropagation through time are multiplied by the same matrices: they vanish where this
/// vanishes, and explode where it does (report 2.1).
/// </summary>
/// <param name="Lags">k, in steps, ascending.</param>
/// <param name="Norms">
/// Spectral norm of the product, the largest factor by which a change can have grown [lags, B].
/// </param>
public sealed record GradientFlow(IReadOnlyList<int> Lags, double[,] Norms) : Described
{
    /// <summary>The geometric mean over trials, a value per lag.</summary>
    public double[] Means { get; } = MeansOf(Lags, Norms);

    /// <summary>Along trials, back from their last step.</summary>
    /// <param name="cell">The cell; of an LSTM the state is [h, c].</param>
    /// <param name="inputs">The trials' inputs [B, T, I].</param>
    /// <param name="lags">k, each from 1 to T - 1; default about 14, ever farther apart.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public static GradientFlow Along(Cell cell, double[,,] inputs, IReadOnlyList<int>? lags = null,
        double[]? start = null, CancellationToken cancellation = default)
    {
        Demand.Given((cell, inputs));
        int steps = inputs.GetLength(1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        int[] chosen =
            [.. (lags ?? [.. Enumerable.Range(0, 64).Select(i => (int)Math.Round(Math.Pow(1.4, i))).Append(steps - 1)])
                .Where(lag => lag < steps || lags is not null).Distinct().Order()];
        if (chosen.Length == 0 || chosen[0] < 1 || chosen[^1] >= steps)
            throw new ArgumentException(
                $"Lags lie between 1 and {steps - 1}, since the trials have {steps} steps.", nameof(lags));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = cell.InDouble();
        var shown = inputs.ToTensor().to(ScalarType.Float64);
        var states = exact.RunFrom(start, shown);
        double[,] norms = new double[chosen.Length, inputs.GetLength(0)];
        var product = eye(cell.StateSize, dtype: ScalarType.Float64).unsqueeze(0);
        for (int k = 1, next = 0; next < chosen.Length; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            // Step T - k + 1 starts from the state after step T - k.
            var jacobian = exact.StateJacobian(shown.select(1, steps - k), states.select(1, steps - k - 1));
            product = product.matmul(jacobian).MoveToOuterDisposeScope();
            if (k != chosen[next]) continue;
            double[] largest = linalg.svdvals(product).amax([1]).ToVector();
            for (int trial = 0; trial < largest.Length; trial++) norms[next, trial] = largest[trial];
            next++;
        }
        return new(chosen, norms);
    }

    private static double[] MeansOf(IReadOnlyList<int> lags, double[,] norms)
    {
        Demand.Given(lags);
        Demand.Shape(norms, [lags.Count, -1]);
        return [.. Enumerable.Range(0, lags.Count).Select(
            lag => Math.Exp(Enumerable.Range(0, norms.GetLength(1)).Average(trial => Math.Log(norms[lag, trial]))))];
    }
}
