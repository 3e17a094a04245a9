using Neurodynamics.Enclosures;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A rate network whose state is its units' rates: r' = (1 - a) r + a f(W r + B u + b). With a = 1 it is the plain RNN:
/// with ReLU PyTorch's nn.RNN of that nonlinearity.
/// </summary>
public sealed class RatesCell : LeakyCell
{
    /// <inheritdoc cref="CurrentsCell(Currents, int, int, ScalarType)"/>
    /// <param name="options">f, leak, and what W is like.</param>
    /// <param name="inputSize">I.</param>
    /// <param name="units">N.</param>
    /// <param name="precision">Float32 or Float64.</param>
    public RatesCell(Rates options, int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Demand.Some(options, nameof(options)), inputSize, units, precision) { }

    private protected override Tensor Advance(Tensor drive, Tensor state, Func<Tensor, Tensor> product) =>
        lerp(state, Nonlinearity.Of(drive.Plus(product(state))), Leak);

    private protected override EnclosedStep EnclosedBy(Parts parts, WeightsAre weights)
    {
        return new((u, r) => parts.Mix(r, Rate(parts.From(r), u)),
            u => new(Connectivity.Equation, parts.Box, k => parts.From(Rate(k, u)), k => Rate(k, u)));

        EnclosedVector Rate(EnclosedVector k, EnclosedVector u) => Rates(parts.Onto(k) + parts.Drive(u));
    }

    internal override Tensor StateOf(Tensor sum) => Nonlinearity.Of(sum);

    internal override Tensor RatesOf(Tensor states) => states;

    internal override Tensor SlopeOf(Tensor sum) => Nonlinearity.Slope(sum);

    private protected override Tensor StateJacobianAt(Tensor drive, Tensor state) =>
        (Leak * Slope(drive, state)).unsqueeze(-1) * Connectivity.Matrix();

    private protected override Tensor InputJacobianAt(Tensor drive, Tensor state) =>
        (Leak * Slope(drive, state)).unsqueeze(-1) * InputWeights;

    // (I - J) d = r is (I - diag(f') W) d = r / a.
    private protected override Tensor? CorrectionAt(Tensor drive, Tensor state, Tensor residual) =>
        Connectivity.Solve(Slope(drive, state), null, residual);

    /// <summary>
    /// Where |f| is bounded, |r| is at most its bound. Otherwise there is a box where the moduli of the weights
    /// contract.
    /// </summary>
    private protected override double[]? BoxUnder(Tensor drive) => double.IsFinite(Nonlinearity.Bound)
        ? BoundedBox(ones_like(drive).Times(Nonlinearity.Bound))
        : LinearBox(drive.Plus(Nonlinearity.Offset));

    private Tensor Slope(Tensor drive, Tensor state) =>
        Nonlinearity.Slope(drive.Plus(Connectivity.Product()(state)));
}

/// <summary>Rate networks whose state is their units' rates.</summary>
public sealed record Rates() : LeakyArchitecture("rates")
{
    /// <inheritdoc/>
    public override string Equation => $"r' = (1 - a) r + a {F}(W r + B u + b), outputs read r; {Particulars}";

    /// <inheritdoc/>
    public override Mark Mark => new(Nonlinearity.Hue,
        Rank is not null ? MarkShape.DiamondOpen : Inhibitory is not null ? MarkShape.Square : MarkShape.SquareOpen);

    /// <inheritdoc/>
    public override Diagram Diagram => Drawing("Rate network, rates: the state is what a unit gives", "r")
        .Fork(18, 40).Arrow((18, 40), (18, 18), (20.5, 18))
        .Box(31, 18, "W r + B u + b", Hue.Blue, "weighted sum of rates and input", 21)
        .Arrow((31, 1), (31, 13.8)).Label(29.5, 2, "u<sub>t</sub>", DiagramAnchor.Right)
        .Arrow((41.5, 18), (48.5, 18))
        .Box(55, 18, F, Hue.Green, $"{F} of the sum", 13).Arrow((61.5, 18), (69.7, 18))
        .Fork(82, 40).Arrow((82, 40), (82, 1)).Label(83.5, 2.4, "to the readout", DiagramAnchor.Left, Hue.Grey, 12);

    /// <inheritdoc/>
    protected override Cell Make(int inputSize, int units, ScalarType precision) =>
        new RatesCell(this, inputSize, units, precision);
}

public abstract partial record Architecture
{
    /// <summary>Rate networks whose state is their units' rates, with tanh and no leak: the vanilla RNN.</summary>
    public static Architecture Rates { get; } = new Rates();
}
