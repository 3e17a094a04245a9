using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>Vanilla RNN: h' = tanh(W_ih u + b_ih + W_hh h + b_hh) (report 2.1; PyTorch's nn.RNN).</summary>
public sealed class VanillaRnn : RecurrentCell
{
    /// <inheritdoc cref="Cell(string, int, int, int?)"/>
    /// <param name="inputSize">I.</param>
    /// <param name="units">N.</param>
    /// <param name="precision">Float32 or Float64.</param>
    public VanillaRnn(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Architecture.Vanilla, 1, inputSize, units, units, precision) { }

    private protected override Tensor Advance(Tensor drive, Tensor state) => tanh(drive.Plus(Recur(state)));

    private protected override Tensor StateJacobianAt(Tensor drive, Tensor state) => Scaled(WeightHh, TanhSlope(Advance(drive, state)));

    private protected override Tensor InputJacobianAt(Tensor drive, Tensor state) => Scaled(WeightIh, TanhSlope(Advance(drive, state)));

    private protected override Tensor JacobianLipschitzAt(Tensor drive, Tensor state, Tensor radius, Tensor error)
    {
        var argument = Arguments()[0];
        return Curvature.Bound((argument, argument, Interval.Around(drive.Plus(Recur(state)), (radius * argument.Rows).Plus(error)).TanhCurvature));
    }

    private protected override Tensor StepRoundingAt(Tensor drive, Tensor state, Tensor[] errors) =>
        (TanhSlope(Advance(drive, state)) * errors[0]).Plus(8 * UnitRoundoff);
}
