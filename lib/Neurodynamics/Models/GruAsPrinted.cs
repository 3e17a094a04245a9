using Neurodynamics.Enclosures;
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
