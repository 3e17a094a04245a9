using static TorchSharp.torch;

namespace Neurodynamics.Models.Bounds;

/// <summary>||W||_2 of matrices that change rarely, rounded up a little; kept until the weights change.</summary>
internal sealed class SpectralNorms
{
    private Known? known;

    /// <summary>The norm of every block of some rows.</summary>
    /// <param name="weights">The blocks, one below the other.</param>
    /// <param name="rows">Rows of a block.</param>
    public double[] Of(Tensor weights, long rows)
    {
        if (known is not { } norms || !norms.Weights.eq(weights).all().item<bool>())
            known = norms = new(
                weights.detach().clone().DetachFromDisposeScope(), [.. weights.split(rows, 0).Select(Norm)]);
        return norms.Norms;

        static double Norm(Tensor block) => block.isfinite().all().item<bool>()
            ? linalg.svdvals(block).max().item<double>() * (1 + 1e-10)
            : double.NaN;
    }

    private sealed record Known(Tensor Weights, double[] Norms);
}
