using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// The GRU as the report prints it (2.3): the reset gate multiplies the whole candidate after tanh.
/// r = s(r_u + r_h), z = s(z_u + z_h), n = r tanh(n_u + n_h), h' = (1 - z) n + z h.
/// </summary>
public sealed class GruAsPrinted : RecurrentCell
{
    /// <inheritdoc cref="VanillaRnn(int, int, ScalarType)"/>
    public GruAsPrinted(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Architecture.GruAsPrinted, 3, inputSize, units, units, precision) { }

    private protected override Tensor Advance(Tensor drive, Tensor state)
    {
        var (r, z, t) = Gates(drive, state);
        return lerp(r * t, state, z);
    }

    private protected override Tensor StateJacobianAt(Tensor drive, Tensor state)
    {
        var (r, z, t) = Gates(drive, state);
        var jacobian = Scaled(WeightHh, Scales(r, z, t, state));
        jacobian.diagonal(0, 1, 2).add_(z, Scalars.One);
        return jacobian;
    }

    private protected override Tensor InputJacobianAt(Tensor drive, Tensor state)
    {
        var (r, z, t) = Gates(drive, state);
        return Scaled(WeightIh, Scales(r, z, t, state));
    }

    private static Tensor[] Scales(Tensor r, Tensor z, Tensor t, Tensor state) =>
        [Scalars.OneMinus(z) * t * Slope(r), (state - r * t) * Slope(z), Scalars.OneMinus(z) * r * TanhSlope(t)];

    private (Tensor R, Tensor Z, Tensor T) Gates(Tensor drive, Tensor state)
    {
        var gates = drive.Plus(Recur(state)).chunk(3, 1);
        return (sigmoid(gates[0]), sigmoid(gates[1]), tanh(gates[2]));
    }
}
