using Neurodynamics.Enclosures;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// Gated recurrent unit as PyTorch's nn.GRU: r = s(r_u + r_h), z = s(z_u + z_h), n = tanh(n_u + r n_h), h' = (1 - z) n
/// + z h, where x_u = W_ix u + b_ix and x_h = W_hx h + b_hx.
/// </summary>
public sealed class Gru : RecurrentCell
{
    /// <inheritdoc cref="VanillaRnn(int, int, ScalarType)"/>
    public Gru(int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Architecture.Gru, gates: "rzn", inputSize, units, units, precision) { }

    private protected override Tensor Advance(Tensor drive, Tensor state)
    {
        var (_, z, n, _) = Gates(drive, state);
        return lerp(n, state, z);
    }

    private protected override EnclosedStep EnclosedBy(EnclosedGates gates)
    {
        return new((u, h) => gates.Mix(u, h, Candidate(u, h)),
            u => gates.Balance("h = n(h)", h => Candidate(u, h), h => h));

        EnclosedVector Candidate(EnclosedVector u, EnclosedVector h) =>
            (gates.Driven(2, u) + gates.Argument(0, u, h).Logistic() * gates.Recurrent(2, h)).Tanh();
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

    private (Tensor R, Tensor Z, Tensor N, Tensor Recurrent) Gates(Tensor drive, Tensor state)
    {
        // Split and chunk, not narrow: backpropagation through them needs only one concatenation.
        long[] parts = [2 * Units, Units];
        var (driven, recurrent) = (drive.split(parts, 1), Recur(state).split(parts, 1));
        var gates = sigmoid(driven[0].Plus(recurrent[0])).chunk(2, 1);
        return (gates[0], gates[1], tanh(addcmul(driven[1], gates[0], recurrent[1], Scalars.One)), recurrent[1]);
    }

    /// <summary>The drawing of a GRU; in the printed form the differences are vermillion.</summary>
    internal static Diagram Drawing(bool printed)
    {
        string title = printed
            ? "GRU as the report prints it: the reset gate cuts the whole candidate"
            : "GRU: one state, two gates";
        string candidate = printed
            ? "n = tanh(W<sub>n</sub> [h, u] + b<sub>n</sub>)"
            : "n = tanh(W<sub>nu</sub> u + r (W<sub>nh</sub> h + b<sub>nh</sub>) + b<sub>nu</sub>)";
        var drawing = new Diagram(title, 62)
            .Frame(11, 6, 90, 58)
            // The state along the top, and what every layer reads along the bottom.
            .Arrow((5, 51), (57.7, 51)).Arrow((62.3, 51), (78.7, 51)).Arrow((83.3, 51), (95, 51))
            .Operation(60, 51, "×", "z h<sub>t−1</sub>: what is kept")
            .Operation(81, 51, "+", "h<sub>t</sub> = z h<sub>t−1</sub> + (1 − z) n")
            .Fork(14, 51).Wire((14, 51), (14, 12), (printed ? 68 : 38, 12))
            .Arrow((14, 1), (14, 12)).Fork(14, 12)
            .Arrow((38, 12), (38, 18)).Fork(38, 12)
            .Wire((38, 12), (60, 12)).Arrow((60, 12), (60, 18)).Fork(60, 12)
            .Wire((60, 12), (81, 12)).Arrow((81, 12), (81, 18))
            .Box(38, 22, "σ  reset", Hue.Vermillion, "r = σ(W<sub>r</sub> [h, u] + b<sub>r</sub>), between 0 and 1")
            .Box(60, 22, "σ  update", Hue.Blue, "z = σ(W<sub>z</sub> [h, u] + b<sub>z</sub>), between 0 and 1")
            .Box(81, 22, "tanh", Hue.Green, candidate)
            .Arrow(Hue.Blue, (60, 26), (60, 48.7)).Label(61, 44, "z", DiagramAnchor.Left, Hue.Blue)
            .Operation(81, 40, "×", "(1 − z) n: what is new").Arrow((81, 42.3), (81, 48.7))
            .Fork(60, 40).Arrow(Hue.Blue, (60, 40), (78.7, 40)).Label(69, 42.2, "1 − z", hue: Hue.Blue)
            .Label(4, 51, "h<sub>t−1</sub>", DiagramAnchor.Right).Label(96, 51, "h<sub>t</sub>", DiagramAnchor.Left)
            .Label(12.8, 2.4, "u<sub>t</sub>", DiagramAnchor.Right)
            .Label(15, 14.6, "h<sub>t−1</sub> and u<sub>t</sub>", DiagramAnchor.Left, Hue.Grey, 12)
            .Label(82.2, 28.2, "n", DiagramAnchor.Left, Hue.Green)
            .Label(39, 34.7, "r", DiagramAnchor.Left, Hue.Vermillion);
        return printed
            ? drawing.Operation(81, 32.5, "×", "r n: the candidate is cut after tanh")
                .Arrow((81, 26), (81, 30.2)).Arrow((81, 34.8), (81, 37.7))
                .Arrow(Hue.Vermillion, (38, 26), (38, 32.5), (78.7, 32.5))
            : drawing
                .Operation(
                    71, 22, "×", "r (W<sub>nh</sub> h + b<sub>nh</sub>): how much of the state the candidate sees")
                .Fork(71, 12).Arrow((71, 12), (71, 19.7)).Arrow((73.3, 22), (74.5, 22)).Arrow((81, 26), (81, 37.7))
                .Arrow(Hue.Vermillion, (38, 26), (38, 32.5), (71, 32.5), (71, 24.3));
    }

    internal sealed record Kind() : Architecture("gru")
    {
        public override string Title => "GRU";

        public override string Equation =>
            "h' = z h + (1 - z) tanh(W_nu u + b_nu + r (W_nh h + b_nh)), with r, z = s(W [h, u] + b)";

        public override Mark Mark => new(Hue.Blue, MarkShape.Diamond);

        public override Diagram Diagram => Drawing(printed: false);

        protected override Cell Make(int inputSize, int units, ScalarType precision) =>
            new Gru(inputSize, units, precision);
    }
}

public abstract partial record Architecture
{
    /// <summary>Gated recurrent unit, reset gate after the recurrent product (PyTorch's nn.GRU).</summary>
    public static Architecture Gru { get; } = new Models.Gru.Kind();
}
