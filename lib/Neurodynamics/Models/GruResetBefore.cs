using Neurodynamics.Enclosures;
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
