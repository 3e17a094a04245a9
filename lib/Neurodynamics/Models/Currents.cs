using Neurodynamics.Enclosures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A rate network whose state is its units' currents: x' = (1 - a) x + a (W f(x + c) + B u + b). Units act on each
/// other, and as a rule on a readout, through their rates f(x + c).
/// </summary>
public sealed class CurrentsCell : LeakyCell
{
    private readonly bool readsRates, readsPlainRates;

    /// <param name="options">f, leak, what W is like, and what a readout sees.</param>
    /// <param name="inputSize">I, the number of inputs; at least 1.</param>
    /// <param name="units">N, the number of units; at least 1.</param>
    /// <param name="precision">Float32 or Float64.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public CurrentsCell(Currents options, int inputSize, int units, ScalarType precision = ScalarType.Float32)
        : base(Demand.Some(options, nameof(options)), inputSize, units, precision)
    {
        (readsRates, readsPlainRates) = (options.ReadsRates, options.ReadsPlainRates);
        if (!options.InnerBias) return;
        InnerBias = new(zeros(units, dtype: precision));
        register_parameter("bias_inner", InnerBias);
    }

    /// <summary>c, the bias inside f, bias_inner [N]; null where there is none.</summary>
    public Parameter? InnerBias { get; }

    /// <summary>
    /// The rates f(x + c), or f(x) or the currents x themselves: see <see cref="Currents.ReadsPlainRates"/> and
    /// <see cref="Currents.ReadsRates"/>.
    /// </summary>
    /// <inheritdoc/>
    public override Tensor Hidden(Tensor states)
    {
        if (!readsRates) return base.Hidden(states);
        RequireStates(states);
        using var scope = NewDisposeScope();
        return Nonlinearity.Of(Seen(states)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor HiddenJacobian(Tensor states)
    {
        if (!readsRates) return base.HiddenJacobian(states);
        RequireStates(states, dimensions: 2);
        using var scope = NewDisposeScope();
        return Nonlinearity.Slope(Seen(states)).diag_embed().MoveToOuterDisposeScope();
    }

    private protected override Tensor Advance(Tensor drive, Tensor state, Func<Tensor, Tensor> product) =>
        lerp(state, drive.Plus(product(Nonlinearity.Of(Argument(state)))), Leak);

    private protected override EnclosedStep EnclosedBy(Parts parts, WeightsAre weights)
    {
        var inner = InnerBias?.EnclosedVector(weights);
        return new((u, x) => parts.Mix(x, parts.Onto(parts.From(Rates(Argument(x)))) + parts.Drive(u)),
            u => new(Connectivity.Equation, parts.Box,
                k => parts.From(Rates(Argument(parts.Onto(k) + parts.Drive(u)))), k => parts.Onto(k) + parts.Drive(u)),
            !readsRates ? null : x => Rates(readsPlainRates ? x : Argument(x)));

        EnclosedVector Argument(EnclosedVector x) => inner is null ? x : x + inner;
    }

    internal override Tensor StateOf(Tensor sum) => sum;

    internal override Tensor RatesOf(Tensor states) => Nonlinearity.Of(Argument(states));

    internal override Tensor SlopeOf(Tensor sum) => Nonlinearity.Slope(Argument(sum));

    private protected override Tensor StateJacobianAt(Tensor drive, Tensor state) =>
        Nonlinearity.Slope(Argument(state)).unsqueeze(1) * (Leak.unsqueeze(1) * Connectivity.Matrix());

    private protected override Tensor InputJacobianAt(Tensor drive, Tensor state) =>
        (Leak.unsqueeze(1) * InputWeights).expand(state.shape[0], Units, InputSize).clone();

    // (I - J) d = r is (I - W diag(f')) d = r / a.
    private protected override Tensor? CorrectionAt(Tensor drive, Tensor state, Tensor residual) =>
        Connectivity.Solve(null, Nonlinearity.Slope(Argument(state)), residual);

    /// <summary>
    /// Where |f| is bounded, |x| is at most |W| times that bound and the drive. Otherwise there is a box where the
    /// moduli of the weights contract.
    /// </summary>
    private protected override double[]? BoxUnder(Tensor drive)
    {
        if (double.IsFinite(Nonlinearity.Bound))
            return BoundedBox(Connectivity.ModuliTimes(ones(1, Units, dtype: ScalarType.Float64)).squeeze(0)
                .Times(Nonlinearity.Bound).Plus(drive).Times(1 + 1e-9).Plus(1e-12));
        var offset = (InnerBias is null ? zeros_like(drive) : InnerBias.abs()).Plus(Nonlinearity.Offset);
        return LinearBox(Connectivity.ModuliTimes(offset.unsqueeze(0)).squeeze(0).Plus(drive));
    }

    /// <inheritdoc/>
    internal override double[]? HiddenReach(double[] box)
    {
        if (!readsRates) return box;
        if (double.IsFinite(Nonlinearity.Bound)) return [.. box.Select(_ => Nonlinearity.Bound)];
        double[] inner = InnerBias is null || readsPlainRates ? new double[Units] : InnerBias.abs().ToVector();
        return [.. box.Zip(inner, (x, c) => Nonlinearity.Offset + x + c)];
    }

    /// <summary>What f is taken of where a readout sees rates.</summary>
    private Tensor Seen(Tensor state) => readsPlainRates ? state : Argument(state);

    private Tensor Argument(Tensor state) => InnerBias is null ? state : state.Plus(InnerBias);
}

/// <summary>Rate networks whose state is their units' currents.</summary>
public sealed record Currents() : LeakyArchitecture("currents")
{
    /// <summary>
    /// Whether a readout sees the rates f(x + c), as units do each other; default true. Otherwise it sees the currents
    /// x.
    /// </summary>
    public bool ReadsRates { get; init; } = true;

    /// <summary>
    /// Whether the rates that a readout sees are f(x), without the bias c inside f; default false, f(x + c).
    /// </summary>
    public bool ReadsPlainRates { get; init; }

    /// <summary>Whether there is a bias c inside f beside b outside; default false.</summary>
    public bool InnerBias { get; init; }

    /// <inheritdoc/>
    public override string Equation =>
        $"x' = (1 - a) x + a (W {Rate} + B u + b), outputs read {Seen}; {Particulars}";

    private string Seen => !ReadsRates ? "x" : ReadsPlainRates ? $"{F}(x)" : Rate;

    private string Rate => $"{F}({(InnerBias ? "x + c" : "x")})";

    /// <inheritdoc/>
    public override Mark Mark => new(Nonlinearity.Hue,
        Rank is not null ? MarkShape.Diamond : Inhibitory is not null ? MarkShape.Circle : MarkShape.CircleOpen);

    /// <inheritdoc/>
    public override Diagram Diagram => Drawing("Rate network, currents: the state is what a unit gets", "x")
        .Fork(18, 40).Arrow((18, 40), (18, 18), (21.5, 18))
        .Box(28, 18, F, Hue.Green, $"rates {F}(x{(InnerBias ? " + c" : "")}): what other units see", 13)
        .Arrow((34.5, 18), (40.5, 18))
        .Box(51, 18, $"W {F} + B u + b", Hue.Blue, "weighted sum of rates and input", 21)
        .Arrow((51, 1), (51, 13.8)).Label(49.5, 2, "u<sub>t</sub>", DiagramAnchor.Right)
        .Arrow((61.5, 18), (69.7, 18))
        .Fork(82, 40).Arrow((82, 40), (82, 26.2))
        .Box(82, 22, ReadsRates ? F : "x", Hue.Green, ReadsRates ? "a readout sees the rates" : "a readout sees x", 9)
        .Arrow((82, 17.8), (82, 1)).Label(83.5, 2.4, "to the readout", DiagramAnchor.Left, Hue.Grey, 12);

    /// <inheritdoc/>
    protected override Cell Make(int inputSize, int units, ScalarType precision) =>
        new CurrentsCell(this, inputSize, units, precision);
}

public abstract partial record Architecture
{
    /// <summary>Rate networks whose state is their units' currents, with tanh and no leak.</summary>
    public static Architecture Currents { get; } = new Currents();
}
