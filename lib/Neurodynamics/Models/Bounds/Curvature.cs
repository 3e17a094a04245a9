using static TorchSharp.torch;

namespace Neurodynamics.Models.Bounds;

/// <summary>
/// A linear functional of the state for every unit, such as a gate's argument: the rows of a matrix L.
/// </summary>
/// <param name="rows">Norm of each row, [N] or [B, N].</param>
/// <param name="norm">Upper bound on ||L||_2, [] or [B].</param>
internal sealed class Functional(Tensor rows, Tensor norm)
{
    public Tensor Rows { get; } = rows;

    public Tensor Norm { get; } = norm;

    /// <summary>Upper bound on ||diag(scale) L||_2 [B], for scales [B, N].</summary>
    public Tensor Scaled(Tensor scale) => minimum(scale.amax(1) * Norm, (scale * Rows).norm(1));
}

/// <summary>
/// A bound on the modulus of a unit's second derivative with respect to two functionals of the state [B, N].
/// </summary>

internal readonly record struct Second(Functional J, Functional K, Tensor Bound);

/// <summary>
/// How fast the Jacobian changes if every unit of the map is a smooth function of a few linear functionals of the
/// state.
/// </summary>
internal static class Curvature
{
    /// <summary>
    /// ||D^2 F||_2 at most over a ball of states [B]. For unit vectors u and v, unit i of D^2 F[u, v] is the sum over j
    /// and k of f_jk,i (l_j,i u) (l_k,i v), where |l_k,i v| is at most the norm of the row. Hence the sum over j of
    /// ||diag(c_j) L_j||_2 with c_j,i = sum over k of |f_jk,i| ||l_k,i||.
    /// </summary>
    /// <param name="second">The second derivatives, each pair of functionals once.</param>
    public static Tensor Bound(params IEnumerable<Second> second)
    {
        var scales = new Dictionary<Functional, Tensor>();
        foreach (var (j, k, bound) in second)
        {
            Add(j, bound * k.Rows);
            if (j != k) Add(k, bound * j.Rows);
        }
        return scales.Select(part => part.Key.Scaled(part.Value)).Aggregate((sum, part) => sum.Plus(part));

        void Add(Functional functional, Tensor scale) =>
            scales[functional] = scales.TryGetValue(functional, out var known) ? known.Plus(scale) : scale;
    }
}
