using Neurodynamics.Enclosures;
using Neurodynamics.Models.Bounds;
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
        : base(Architecture.GruAsPrinted, gates: "rzn", inputSize, units, units, precision) { }

    private protected override Tensor Advance(Tensor drive, Tensor state)
    {
        var (r, z, t) = Gates(drive, state);
        return lerp(r * t, state, z);
    }

    private protected override EnclosedStep EnclosedBy(EnclosedGates gates)
    {
        return new((u, h) => gates.Mix(u, h, Candidate(u, h)),
            u => gates.Balance("h = n(h)", h => Candidate(u, h), h => h));

        EnclosedVector Candidate(EnclosedVector u, EnclosedVector h) =>
            gates.Argument(0, u, h).Logistic() * gates.Argument(2, u, h).Tanh();
    }

    private protected override IReadOnlyList<(string Name, Tensor Values)> GatesAt(Tensor drive, Tensor state)
    {
        var (r, z, _) = Gates(drive, state);
        return [("reset r", r), ("update z", z)];
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

    private protected override Tensor? JacobianLipschitzAt(
        Tensor drive, Tensor state, Tensor radius, Tensor error, bool ofInput)
    {
        var sums = drive.Plus(Recur(state)).chunk(3, 1);
        var (own, at) = (Bounds.Own(), Bounds.Arguments(ofInput));
        var (reset, update, inner) = (Around(0), Around(1), Around(2));
        var (open, r, t) = (update.Complement, reset.Sigmoid(), inner.Tanh());
        return Curvature.Bound(
            new(at[0], at[0], open * reset.SigmoidCurvature * t.LargestModulus),
            new(at[0], at[2], open * reset.SigmoidSlope * inner.TanhSlope),
            new(at[2], at[2], open * r.High * inner.TanhCurvature),
            new(at[1], at[0], update.SigmoidSlope * reset.SigmoidSlope * t.LargestModulus),
            new(at[1], at[2], update.SigmoidSlope * r.High * inner.TanhSlope),
            new(at[1], at[1], update.SigmoidCurvature * (Interval.Around(state, radius) - r * t).LargestModulus),
            new(at[1], own, update.SigmoidSlope));

        Interval Around(int gate) => Interval.Around(sums[gate], (radius * at[gate].Rows).Plus(error));
    }

    private protected override Tensor StepRoundingAt(Tensor drive, Tensor state, Tensor[] errors)
    {
        var (r, z, t) = Gates(drive, state);
        var candidate = (t.abs() * Slope(r) * errors[0]).Plus(r * TanhSlope(t) * errors[2]);
        return (Scalars.OneMinus(z) * candidate).Plus(GateBounds.MixRounding(z, r * t, state, errors[1]));
    }

    private static Tensor[] Scales(Tensor r, Tensor z, Tensor t, Tensor state) =>
        [Scalars.OneMinus(z) * t * Slope(r), (state - r * t) * Slope(z), Scalars.OneMinus(z) * r * TanhSlope(t)];

    private (Tensor R, Tensor Z, Tensor T) Gates(Tensor drive, Tensor state)
    {
        var gates = drive.Plus(Recur(state)).chunk(3, 1);
        return (sigmoid(gates[0]), sigmoid(gates[1]), tanh(gates[2]));
    }

    internal sealed record Kind() : Architecture("gru-as-printed")
    {
        public override string Title => "GRU as printed";

        public override string Equation => "h' = z h + (1 - z) r tanh(W_n [h, u] + b_n), with r, z = s(W [h, u] + b)";

        public override Mark Mark => new(Hue.Blue, MarkShape.Diamond);

        public override Diagram Diagram => Models.Gru.Drawing(printed: true);

        protected override Cell Make(int inputSize, int units, ScalarType precision) =>
            new GruAsPrinted(inputSize, units, precision);
    }
}

public abstract partial record Architecture
{
    /// <summary>The GRU as the report prints it (2.3): the reset gate multiplies the whole candidate.</summary>
    public static Architecture GruAsPrinted { get; } = new Models.GruAsPrinted.Kind();
}
