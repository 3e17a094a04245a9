using Neurodynamics.Enclosures;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

/// <summary>
/// What a new cell costs: this one file. Leaky rates, r' = (1 - a) r + a tanh(W_hh r + b_hh + W_ih u + b_ih), with the
/// leak a as an option. Every law that the tests hold the library's cells to holds for this one too, since they ask for
/// all architectures.
/// </summary>
internal sealed class LeakyTanh : RecurrentCell
{
    private readonly double leak;

    private LeakyTanh(Kind kind, int inputSize, int units, ScalarType precision)
        : base(kind, gates: "h", inputSize, units, units, precision) => leak = kind.Leak;

    private protected override Tensor Advance(Tensor drive, Tensor state) =>
        state.Times(1 - leak).Plus(Rate(drive, state).Times(leak));

    private protected override EnclosedStep EnclosedBy(EnclosedGates gates) => new((u, r) =>
        Share(r, 1 - leak) + Share(gates.Argument(0, u, r).Tanh(), leak));

    private static EnclosedVector Share(EnclosedVector x, double share) => x.Map(value => (share * value, share));

    private protected override Tensor StateJacobianAt(Tensor drive, Tensor state)
    {
        var jacobian = Scaled(WeightHh, TanhSlope(Rate(drive, state)).Times(leak));
        jacobian.diagonal(0, 1, 2).add_(1 - leak);
        return jacobian;
    }

    private protected override Tensor InputJacobianAt(Tensor drive, Tensor state) =>
        Scaled(WeightIh, TanhSlope(Rate(drive, state)).Times(leak));

    private Tensor Rate(Tensor drive, Tensor state) => tanh(drive.Plus(Recur(state)));

    internal sealed record Kind() : Architecture("leaky-of-the-tests")
    {
        /// <summary>a, the part of the way that is gone in one step, in (0, 1]; default 0.2.</summary>
        public double Leak { get; init; } = 0.2;

        public override string Title => "leaky RNN";

        public override Diagram Diagram =>
            new Diagram("Leaky RNN", 34).Box(29, 18, "tanh", Hue.Green, "tanh(W h + W u + b)");

        protected override Cell Make(int inputSize, int units, ScalarType precision) =>
            new LeakyTanh(this, inputSize, units, precision);
    }
}
