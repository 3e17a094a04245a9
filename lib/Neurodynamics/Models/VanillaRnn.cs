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
        : base(Architecture.Vanilla, gates: "h", inputSize, units, units, precision) { }

    private protected override Tensor Advance(Tensor drive, Tensor state) => tanh(drive.Plus(Recur(state)));

    private protected override EnclosedStep EnclosedBy(EnclosedGates gates) =>
        new((u, h) => gates.Argument(0, u, h).Tanh(),
            u => gates.Balance("h = tanh(W h + d)", h => gates.Argument(0, u, h).Tanh(), h => h));

    private protected override Tensor StateJacobianAt(Tensor drive, Tensor state) =>
        Scaled(WeightHh, TanhSlope(Advance(drive, state)));

    private protected override Tensor InputJacobianAt(Tensor drive, Tensor state) =>
        Scaled(WeightIh, TanhSlope(Advance(drive, state)));

    internal sealed record Kind() : Architecture("vanilla")
    {
        public override string Title => "Vanilla";

        public override string Equation => "h' = tanh(W_h h + W_u u + b)";

        public override Mark Mark => new(Hue.Green, MarkShape.Circle);

        public override Diagram Diagram => new Diagram("Vanilla RNN: one layer", 34)
            .Frame(16, 6, 84, 30)
            .Arrow((6, 18), (20.5, 18)).Arrow((29, 1), (29, 13.8))
            .Box(29, 18, "W<sub>h</sub> h + W<sub>u</sub> u + b", Hue.Blue, "weighted sum of state and input", 17)
            .Arrow((37.5, 18), (50.5, 18))
            .Box(57, 18, "tanh", Hue.Green, "h' = tanh(W<sub>h</sub> h + W<sub>u</sub> u + b)")
            .Arrow((63.5, 18), (94, 18)).Fork(74, 18).Arrow((74, 18), (74, 33))
            .Label(5, 18, "h<sub>t−1</sub>", DiagramAnchor.Right).Label(95, 18, "h<sub>t</sub>", DiagramAnchor.Left)
            .Label(27.5, 2, "u<sub>t</sub>", DiagramAnchor.Right)
            .Label(75.5, 32, "to the readout", DiagramAnchor.Left, Hue.Grey, 12);

        protected override Cell Make(int inputSize, int units, ScalarType precision) =>
            new VanillaRnn(inputSize, units, precision);
    }
}

public abstract partial record Architecture
{
    /// <summary>Vanilla RNN with tanh (report 2.1; PyTorch's nn.RNN).</summary>
    public static Architecture Vanilla { get; } = new VanillaRnn.Kind();
}
