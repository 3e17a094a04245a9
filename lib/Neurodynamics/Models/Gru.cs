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

    private protected override IReadOnlyList<(string Name, Tensor Values)> GatesAt(Tensor drive, Tensor state)
    {
        var (r, z, _, _) = Gates(drive, state);
        return [("reset r", r), ("update z", z)];
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

    private protected override Tensor JacobianLipschitzAt(Tensor drive, Tensor state, Tensor radius, Tensor error)
    {
        var (driven, recurrent, own, at) = (drive.chunk(3, 1), Recur(state).chunk(3, 1), Own(), Arguments());
        var (reset, update, m) = (Around(0, driven[0].Plus(recurrent[0])), Around(1, driven[1].Plus(recurrent[1])), Around(2, recurrent[2]));
        var candidate = Interval.Around(driven[2], error) + reset.Sigmoid() * m;
        var (slope, bend, open) = (candidate.TanhSlope, candidate.TanhCurvature, update.Complement);
        // How the candidate's argument changes with the reset gate's, and with m.
        var (byReset, byM) = (m.LargestModulus * reset.SigmoidSlope, reset.Sigmoid().High);
        return Curvature.Bound(
            (at[0], at[0], open * (bend * byReset.Squared()).Plus(slope * m.LargestModulus * reset.SigmoidCurvature)),
            (at[0], at[2], open * (bend * byReset * byM).Plus(slope * reset.SigmoidSlope)),
            (at[2], at[2], open * bend * byM.Squared()),
            (at[1], at[0], update.SigmoidSlope * slope * byReset),
            (at[1], at[2], update.SigmoidSlope * slope * byM),
            (at[1], at[1], update.SigmoidCurvature * (Interval.Around(state, radius) - candidate.Tanh()).LargestModulus),
            (at[1], own, update.SigmoidSlope));

        Interval Around(int gate, Tensor centre) => Interval.Around(centre, (radius * at[gate].Rows).Plus(error));
    }

    private protected override Tensor StepRoundingAt(Tensor drive, Tensor state, Tensor[] errors)
    {
        var (r, z, n, recurrent) = Gates(drive, state);
        var candidate = errors[2].Plus(recurrent.abs() * (Slope(r) * errors[0]).Plus(4 * UnitRoundoff));
        return (Scalars.OneMinus(z) * TanhSlope(n) * candidate).Plus(MixRounding(z, n, state, errors[1]));
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
