using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// Gated recurrent unit as PyTorch's nn.GRU: r = s(r_u + r_h), z = s(z_u + z_h), n = tanh(n_u + r n_h), h' = (1 - z) n + z h,
/// where x_u = W_ix u + b_ix and x_h = W_hx h + b_hx.
/// </summary>
public sealed class Gru : RecurrentCell
{
    /// <inheritdoc cref="VanillaRnn(int, int, ScalarType)"/>
    public Gru(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Architecture.Gru, 3, inputSize, units, units, precision) { }

    private protected override Tensor Advance(Tensor drive, Tensor state)
    {
        var (_, z, n, _) = Gates(drive, state);
        return lerp(n, state, z);
    }

    private protected override Tensor StateJacobianAt(Tensor drive, Tensor state)
    {
        var (r, z, n, recurrent) = Gates(drive, state);
        var candidate = Scalars.OneMinus(z) * TanhSlope(n);
        var jacobian = Scaled(WeightHh, candidate * recurrent * Slope(r), (state - n) * Slope(z), candidate * r);
        jacobian.diagonal(0, 1, 2).add_(z, Scalars.One);
        return jacobian;
    }

    private protected override Tensor InputJacobianAt(Tensor drive, Tensor state)
    {
        var (r, z, n, recurrent) = Gates(drive, state);
        var candidate = Scalars.OneMinus(z) * TanhSlope(n);
        return Scaled(WeightIh, candidate * recurrent * Slope(r), (state - n) * Slope(z), candidate);
    }

    private (Tensor R, Tensor Z, Tensor N, Tensor Recurrent) Gates(Tensor drive, Tensor state)
    {
        // Split and chunk, not narrow: training goes back through them with one concatenation.
        long[] parts = [2 * Units, Units];
        var (driven, recurrent) = (drive.split(parts, 1), Recur(state).split(parts, 1));
        var gates = sigmoid(driven[0].Plus(recurrent[0])).chunk(2, 1);
        return (gates[0], gates[1], tanh(addcmul(driven[1], gates[0], recurrent[1], Scalars.One)), recurrent[1]);
    }
}
