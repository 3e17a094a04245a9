using Neurodynamics.Enclosures;
using Neurodynamics.Models.Bounds;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// Gated recurrent unit with the reset gate inside the recurrent product (Cho et al. 2014; Keras'
/// <c>reset_after=False</c>): r = s(r_u + r_h), z = s(z_u + z_h), n = tanh(n_u + W_hn (r h) + b_hn), h' = (1 - z) n + z
/// h.
/// </summary>
public sealed class GruResetBefore : RecurrentCell
{
    /// <inheritdoc cref="VanillaRnn(int, int, ScalarType)"/>
    public GruResetBefore(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Architecture.GruResetBefore, gates: "rzn", inputSize, units, units, precision) { }

    private protected override Tensor Advance(Tensor drive, Tensor state)
    {
        var (_, z, n) = Gates(drive, state);
        return lerp(n, state, z);
    }

    private protected override EnclosedStep EnclosedBy(EnclosedGates gates)
    {
        return new((u, h) => gates.Mix(u, h, Candidate(u, h)),
            u => gates.Balance("h = n(h)", h => Candidate(u, h), h => h));

        EnclosedVector Candidate(EnclosedVector u, EnclosedVector h) =>
            gates.Argument(2, u, gates.Argument(0, u, h).Logistic() * h).Tanh();
    }

    private protected override IReadOnlyList<(string Name, Tensor Values)> GatesAt(Tensor drive, Tensor state)
    {
        var (r, z, _) = Gates(drive, state);
        return [("reset r", r), ("update z", z)];
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

    private protected override Tensor? JacobianLipschitzAt(
        Tensor drive, Tensor state, Tensor radius, Tensor error, bool ofInput)
    {
        var (own, at) = (Bounds.Own(), Bounds.Arguments(ofInput));
        var inner = WeightHh.narrow(0, 2 * Units, Units);
        var sums = drive.narrow(1, 0, 2 * Units).Plus(Recur(state, 0, 2)).chunk(2, 1);
        var (reset, update, h) = (Around(0), Around(1), Interval.Around(state, radius));
        // The candidate's argument is a functional that turns with the state: W_hn (diag(r) + diag(h r') W_hr), bounded
        // over the ball; of the input it is W_in + W_hn diag(h r') W_ir.
        var (r, byReset, squares) = (reset.Sigmoid().High, h.LargestModulus * reset.SigmoidSlope, inner.Squared().t());
        var innerNorm = Bounds.Arguments(ofInput: false)[2].Norm;
        var (rows, norm) = (r.Squared().matmul(squares), (innerNorm * r.amax(1)).Squared());
        if (ofInput)
        {
            var outer = Bounds.Inputs(2);
            (rows, norm) = (rows.Plus(outer.Rows.Squared()), norm.Plus(outer.Norm.Squared()));
        }
        // The reset gate sees the input as well, so that its part comes on top.
        rows = rows.sqrt().Plus(byReset.Squared().matmul(squares).sqrt() * at[0].Norm);
        norm = norm.sqrt().Plus(innerNorm * at[0].Scaled(byReset));
        var product = new Functional(rows, minimum(norm, rows.norm(1)));
        var around = Recur(sigmoid(sums[0]) * state, 2, 1).Plus(drive.narrow(1, 2 * Units, Units));
        var reach = (radius * rows).Plus(error * h.LargestModulus.matmul(inner.abs().t()).Plus(1));
        var candidate = Interval.Around(around, reach);
        var (slope, open) = (candidate.TanhSlope, update.Complement);
        var throughProduct = Curvature.Bound(
            new(product, product, open * candidate.TanhCurvature),
            new(at[1], product, update.SigmoidSlope * slope),
            new(at[1], at[1], update.SigmoidCurvature * (h - candidate.Tanh()).LargestModulus),
            new(at[1], own, update.SigmoidSlope));
        var ofProduct = Curvature.Bound(
            new(at[0], at[0], h.LargestModulus * reset.SigmoidCurvature),
            new(at[0], own, reset.SigmoidSlope));
        return throughProduct.Plus((open * slope).amax(1) * innerNorm * ofProduct);

        Interval Around(int gate) => Interval.Around(sums[gate], (radius * at[gate].Rows).Plus(error));
    }

    private protected override Tensor StepRoundingAt(Tensor drive, Tensor state, Tensor[] errors)
    {
        var (r, z, n) = Gates(drive, state);
        var product = state.abs() * (Slope(r) * errors[0]).Plus(4 * Float64.UnitRoundoff);
        var candidate = errors[2].Plus(product.matmul(WeightHh.narrow(0, 2 * Units, Units).abs().t()));
        return (Scalars.OneMinus(z) * TanhSlope(n) * candidate).Plus(GateBounds.MixRounding(z, n, state, errors[1]));
    }

    private protected override Tensor JacobianRoundingAt(Parameter weights, Tensor state, Tensor errors)
    {
        // The matrix of the product r h, through which the candidate sees the state: what it rounds, and how large it
        // is.
        var rows = weights.norm(1).split(Units, 0);
        var through = WeightHh.narrow(0, 2 * Units, Units);
        var inner = through.norm(1);
        var parts = errors.split(Units, 1);
        var error = Bounds.ScaleRounding(state, errors) * rows[0].Plus(1);
        var size = (state.abs() * rows[0]).Plus(1);
        var product = state.abs() * parts[0].Plus(4 * Float64.UnitRoundoff);
        var candidate = parts[2].Plus(product.matmul(through.abs().t()));
        var (errorNorm, sizeNorm) = (error.norm(1, keepdim: true), size.norm(1, keepdim: true));
        var scales = Bounds.ScaleRounding(state, cat([parts[0], parts[1], candidate], 1));
        return (scales * rows[0].Plus(rows[1]).Plus(rows[2]).Plus(inner * sizeNorm).Plus(1))
            .Plus(inner * errorNorm.Plus(sizeNorm.Times((Units + 16) * Float64.UnitRoundoff)));
    }

    /// <summary>The change of h' caused by a change of the product r h: [B, N, N] times [B, N, columns].</summary>
    private Tensor ThroughProduct(Tensor z, Tensor n, Tensor product) =>
        (Scalars.OneMinus(z) * TanhSlope(n)).unsqueeze(-1) * WeightHh.narrow(0, 2 * Units, Units).matmul(product);

    private (Tensor R, Tensor Z, Tensor N) Gates(Tensor drive, Tensor state)
    {
        var driven = drive.split([2 * Units, Units], 1);
        var gates = sigmoid(driven[0].Plus(Recur(state, 0, 2))).chunk(2, 1);
        return (gates[0], gates[1], tanh(driven[1].Plus(Recur(gates[0] * state, 2, 1))));
    }

    internal sealed record Kind() : Architecture("gru-reset-before")
    {
        public override string Title => "GRU, reset before";

        public override string Equation =>
            "h' = z h + (1 - z) tanh(W_nu u + W_nh (r h) + b_n), with r, z = s(W [h, u] + b)";

        public override Mark Mark => new(Hue.Blue, MarkShape.Diamond);

        protected override Cell Make(int inputSize, int units, ScalarType precision) =>
            new GruResetBefore(inputSize, units, precision);
    }
}

public abstract partial record Architecture
{
    /// <summary>Gated recurrent unit, reset gate inside the recurrent product (Keras' reset_after=False).</summary>
    public static Architecture GruResetBefore { get; } = new Models.GruResetBefore.Kind();
}
