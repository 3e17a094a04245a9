using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// Gated recurrent unit with the reset gate inside the recurrent product (Cho et al. 2014; Keras' <c>reset_after=False</c>):
/// r = s(r_u + r_h), z = s(z_u + z_h), n = tanh(n_u + W_hn (r h) + b_hn), h' = (1 - z) n + z h.
/// </summary>
public sealed class GruResetBefore : RecurrentCell
{
    /// <inheritdoc cref="VanillaRnn(int, int, ScalarType)"/>
    public GruResetBefore(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Architecture.GruResetBefore, 3, inputSize, units, units, precision) { }

    private protected override Tensor Advance(Tensor drive, Tensor state)
    {
        var (_, z, n) = Gates(drive, state);
        return lerp(n, state, z);
    }

    private protected override Tensor StateJacobianAt(Tensor drive, Tensor state)
    {
        var (r, z, n) = Gates(drive, state);
        // The product r h changes with h directly and through r.
        var product = Scaled(WeightHh, state * Slope(r));
        product.diagonal(0, 1, 2).add_(r, Scalars.One);
        var jacobian = ThroughProduct(z, n, product).add_(Scaled(WeightHh, null, (state - n) * Slope(z)), Scalars.One);
        jacobian.diagonal(0, 1, 2).add_(z, Scalars.One);
        return jacobian;
    }

    private protected override Tensor InputJacobianAt(Tensor drive, Tensor state)
    {
        var (r, z, n) = Gates(drive, state);
        return ThroughProduct(z, n, Scaled(WeightIh, state * Slope(r)))
            .add_(Scaled(WeightIh, null, (state - n) * Slope(z), Scalars.OneMinus(z) * TanhSlope(n)), Scalars.One);
    }

    /// <summary>The change of h' that a change of the product r h brings: [B, N, N] times [B, N, columns].</summary>
    private Tensor ThroughProduct(Tensor z, Tensor n, Tensor product) =>
        (Scalars.OneMinus(z) * TanhSlope(n)).unsqueeze(-1) * WeightHh.narrow(0, 2 * Units, Units).matmul(product);

    private (Tensor R, Tensor Z, Tensor N) Gates(Tensor drive, Tensor state)
    {
        var driven = drive.split([2 * Units, Units], 1);
        var gates = sigmoid(driven[0].Plus(Recur(state, 0, 2))).chunk(2, 1);
        return (gates[0], gates[1], tanh(driven[1].Plus(Recur(gates[0] * state, 2, 1))));
    }
}
