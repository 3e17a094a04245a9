using static TorchSharp.torch;

namespace Neurodynamics.Models.Bounds;

/// <summary>Upper bounds on spectral norms of a batch of matrices.</summary>
internal static class Norms
{
    /// <summary>
    /// ||A||_2 at least [B]: the smaller of the root of the Frobenius norm of A'A, by ||A||^2 = ||A'A||, and of
    /// <see cref="Mixed"/>.
    /// </summary>
    public static Tensor Spectral(Tensor matrices)
    {
        bool isWide = matrices.shape[1] < matrices.shape[2];
        var gram = isWide ? matrices.matmul(matrices.mT) : matrices.mT.matmul(matrices);
        return minimum(Frobenius(gram).sqrt(), Mixed(matrices)).Times(1 + 1e-9);
    }

    /// <summary>The root of the largest sum of a row's moduli times the largest of a column's [B].</summary>
    public static Tensor Mixed(Tensor matrices)
    {
        var moduli = matrices.abs();
        return (moduli.sum(1).amax(1) * moduli.sum(2).amax(1)).sqrt();
    }

    public static Tensor Frobenius(Tensor matrices) => matrices.flatten(1).norm(1);
}
