using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>The library's cells by name.</summary>
public enum Architecture
{
    /// <summary>Vanilla RNN with tanh (report 2.1; PyTorch's nn.RNN).</summary>
    Vanilla,

    /// <summary>Long short-term memory (PyTorch's nn.LSTM).</summary>
    Lstm,

    /// <summary>Gated recurrent unit, reset gate after the recurrent product (PyTorch's nn.GRU).</summary>
    Gru,

    /// <summary>Gated recurrent unit, reset gate inside the recurrent product (Keras' reset_after=False).</summary>
    GruResetBefore,

    /// <summary>The GRU as the report prints it (2.3): the reset gate multiplies the whole candidate.</summary>
    GruAsPrinted,

    /// <summary>The LSTM as the report prints it (2.2): the output gate reads the memory.</summary>
    LstmAsPrinted,
}

/// <summary>
/// A cell whose weights have PyTorch's names, layouts and gate order: weight_ih_l0 [G N, I], weight_hh_l0 [G N, N],
/// bias_ih_l0 and bias_hh_l0 [G N], where G is the number of gates (1, LSTM 4: i f g o, GRU 3: r z n).
/// </summary>
/// <remarks>
/// Each gate is an affine map of input and state followed by a scalar function, so every Jacobian is a sum over gates of the
/// gate's weight matrix with its rows scaled: no autograd and no matrix product. A cell only has to name those scalings.
/// </remarks>
public abstract class RecurrentCell : Cell
{
    private KnownNorms? known;

    private protected RecurrentCell(Architecture architecture, int gates, int inputSize, int units, int stateSize, ScalarType precision)
        : base(architecture.ToString(), inputSize, units, stateSize)
    {
        if (precision is not (ScalarType.Float32 or ScalarType.Float64))
            throw new ArgumentException($"A cell is in Float32 or Float64, not {precision}.", nameof(precision));
        Architecture = architecture;
        WeightIh = Register("weight_ih_l0", [gates * units, inputSize]);
        WeightHh = Register("weight_hh_l0", [gates * units, units]);
        BiasIh = Register("bias_ih_l0", [gates * units]);
        BiasHh = Register("bias_hh_l0", [gates * units]);

        Parameter Register(string name, long[] shape)
        {
            var parameter = new Parameter(zeros(shape, dtype: precision));
            register_parameter(name, parameter);
            return parameter;
        }
    }

    /// <summary>Which of the library's cells this is.</summary>
    public Architecture Architecture { get; }

    /// <summary>Input weights, weight_ih_l0 [G N, I].</summary>
    public Parameter WeightIh { get; }

    /// <summary>Recurrent weights, weight_hh_l0 [G N, N].</summary>
    public Parameter WeightHh { get; }

    /// <summary>Input bias, bias_ih_l0 [G N].</summary>
    public Parameter BiasIh { get; }

    /// <summary>Recurrent bias, bias_hh_l0 [G N].</summary>
    public Parameter BiasHh { get; }

    /// <summary>A cell of the named architecture, all weights zero.</summary>
    public static RecurrentCell Create(Architecture architecture, int inputSize, int units, ScalarType precision = ScalarType.Float32) => architecture switch
    {
        Architecture.Vanilla => new VanillaRnn(inputSize, units, precision),
        Architecture.Lstm => new Lstm(inputSize, units, precision),
        Architecture.Gru => new Gru(inputSize, units, precision),
        Architecture.GruResetBefore => new GruResetBefore(inputSize, units, precision),
        Architecture.GruAsPrinted => new GruAsPrinted(inputSize, units, precision),
        Architecture.LstmAsPrinted => new LstmAsPrinted(inputSize, units, precision),
        _ => throw new ArgumentOutOfRangeException(nameof(architecture), architecture, "This is none of the library's cells."),
    };

    /// <summary>A cell with weights written out, in float64: small enough to be computed by hand.</summary>
    /// <param name="architecture">Which cell, with G gates (vanilla 1, LSTM 4: i f g o, GRU 3: r z n).</param>
    /// <param name="inputWeights">W_ih [G N, I].</param>
    /// <param name="recurrentWeights">W_hh [G N, N].</param>
    /// <param name="inputBias">b_ih, G N values; default zeros.</param>
    /// <param name="recurrentBias">b_hh, G N values; default zeros.</param>
    /// <exception cref="ArgumentException">A shape does not fit the architecture.</exception>
    public static RecurrentCell Create(Architecture architecture, double[,] inputWeights, double[,] recurrentWeights, double[]? inputBias = null, double[]? recurrentBias = null)
    {
        var cell = Create(architecture, inputWeights.GetLength(1), recurrentWeights.GetLength(1), ScalarType.Float64);
        int rows = (int)cell.WeightHh.shape[0];
        if (inputWeights.GetLength(0) != rows || recurrentWeights.GetLength(0) != rows || (inputBias ?? recurrentBias ?? new double[rows]).Length != rows || (recurrentBias ?? new double[rows]).Length != rows)
            throw new ArgumentException($"{architecture} with {cell.Units} units needs {rows} rows of weights and {rows} biases, but was given {inputWeights.GetLength(0)} and {recurrentWeights.GetLength(0)} rows.", nameof(recurrentWeights));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        cell.WeightIh.copy_(tensor(inputWeights));
        cell.WeightHh.copy_(tensor(recurrentWeights));
        if (inputBias is not null) cell.BiasIh.copy_(tensor(inputBias));
        if (recurrentBias is not null) cell.BiasHh.copy_(tensor(recurrentBias));
        return cell;
    }

    /// <summary>The same weights in a cell with other equations, such as those that the report prints.</summary>
    /// <param name="architecture">A cell with as many gates.</param>
    /// <exception cref="ArgumentException">The other cell has another number of gates.</exception>
    public RecurrentCell As(Architecture architecture)
    {
        var copy = Create(architecture, InputSize, Units, WeightHh.dtype);
        if (copy.WeightHh.shape[0] != WeightHh.shape[0])
            throw new ArgumentException($"{Architecture} has {WeightHh.shape[0] / Units} gates and {architecture} {copy.WeightHh.shape[0] / Units}: their weights do not fit each other.", nameof(architecture));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (name, parameter) in copy.named_parameters()) parameter.copy_(get_parameter(name)!);
        return copy;
    }

    /// <summary>What the gates do in one step: the values that multiply something, each in (0, 1), by name; a vanilla RNN has none.</summary>
    /// <returns>Of each gate [B, N], in the order of the weights.</returns>
    /// <inheritdoc cref="Step"/>
    public IReadOnlyList<(string Name, Tensor Values)> GateValues(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return [.. GatesAt(Drive(input), state).Select(gate => (gate.Name, gate.Values.MoveToOuterDisposeScope()))];
    }

    /// <summary>Glorot's uniform initialisation of every gate's input and recurrent matrix by itself, biases zero (report 4.2).</summary>
    /// <param name="seed">The same seed gives the same weights.</param>
    public void Initialise(long seed)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var weights in new[] { WeightIh, WeightHh })
            foreach (var gate in weights.split(Units, 0)) Glorot.Fill(gate, generator);
        BiasIh.zero_();
        BiasHh.zero_();
    }

    /// <inheritdoc/>
    public override Cell InDouble()
    {
        if (WeightHh.dtype == ScalarType.Float64) return this;
        var copy = Create(Architecture, InputSize, Units, ScalarType.Float64);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (name, parameter) in copy.named_parameters())
            parameter.copy_(get_parameter(name)!);
        return copy;
    }

    /// <inheritdoc/>
    public override bool IsThreadSafe => true;

    /// <inheritdoc/>
    public sealed override Tensor Step(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        return Advance(Drive(input), state).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override Tensor StateJacobian(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return StateJacobianAt(Drive(input), state).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override Tensor InputJacobian(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return InputJacobianAt(Drive(input), state).MoveToOuterDisposeScope();
    }

    /// <summary>[-1, 1]^N: h' is tanh of something, or lies between h and a candidate that does.</summary>
    /// <inheritdoc/>
    public override double[]? InvariantBox(double[] input)
    {
        Require(input);
        return [.. Enumerable.Repeat(1.0, StateSize)];
    }

    /// <inheritdoc/>
    public sealed override Tensor? JacobianLipschitz(Tensor input, Tensor state, Tensor radius)
    {
        Require(input, state);
        if (radius.dim() != 1 || radius.shape[0] != state.shape[0])
            throw new ArgumentException($"There are {state.shape[0]} states, but radii of shape [{string.Join(", ", radius.shape)}] for them.", nameof(radius));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        if (WeightHh.dtype != ScalarType.Float64)
            return InDouble().JacobianLipschitz(input.to(ScalarType.Float64), state.to(ScalarType.Float64), radius.to(ScalarType.Float64))!.MoveToOuterDisposeScope();
        // Arguments are known up to rounding, and so is the ball; the last factor covers the rounding of the bound itself.
        var error = ArgumentRounding(input, state).amax([1], keepdim: true);
        return JacobianLipschitzAt(Drive(input), state, radius.unsqueeze(1), error).Times(1 + 1e-9).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override (Tensor Step, Tensor Jacobian) Rounding(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (drive, errors) = (Drive(input), ArgumentRounding(input, state));
        // A hundredth more for slopes taken at the computed arguments.
        var step = StepRoundingAt(drive, state, errors.split(Units, 1)).Times(1.01);
        var jacobian = JacobianRoundingAt(drive, state, errors);
        return (step.norm(1).MoveToOuterDisposeScope(), jacobian.norm(1).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public sealed override Tensor Run(Tensor inputs, Tensor? start = null)
    {
        using var scope = NewDisposeScope();
        // The input's share of all steps in one product.
        return Unroll(Drive(inputs).unbind(1), start ?? Zeros(inputs)).MoveToOuterDisposeScope();
    }

    /// <summary>Advances over the drives of each time, and stacks the states: [B, T, S].</summary>
    private protected virtual Tensor Unroll(IReadOnlyList<Tensor> drives, Tensor start) => Unroll(drives, start, Advance);

    /// <summary>The input's share of every gate, W_ih u + b_ih.</summary>
    private protected virtual Tensor Drive(Tensor input) => nn.functional.linear(input, WeightIh, BiasIh);

    /// <summary>The state's share of every gate, W_hh h + b_hh.</summary>
    private protected Tensor Recur(Tensor hidden) => nn.functional.linear(hidden, WeightHh, BiasHh);

    /// <summary>The state's share of some gates only: <paramref name="count"/> gates from <paramref name="first"/> on.</summary>
    private protected Tensor Recur(Tensor hidden, int first, int count) =>
        nn.functional.linear(hidden, WeightHh.narrow(0, first * Units, count * Units), BiasHh.narrow(0, first * Units, count * Units));

    private protected abstract Tensor Advance(Tensor drive, Tensor state);

    /// <summary>The gates, by name.</summary>
    private protected virtual IReadOnlyList<(string Name, Tensor Values)> GatesAt(Tensor drive, Tensor state) => [];

    private protected abstract Tensor StateJacobianAt(Tensor drive, Tensor state);

    private protected abstract Tensor InputJacobianAt(Tensor drive, Tensor state);

    /// <summary>The Lipschitz constant [B] on balls of radii [B, 1].</summary>
    /// <param name="drive">The input's share of every gate.</param>
    /// <param name="state">Centres of the balls [B, S].</param>
    /// <param name="radius">[B, 1].</param>
    /// <param name="error">Rounding of any argument of a gate at most [B, 1].</param>
    private protected abstract Tensor JacobianLipschitzAt(Tensor drive, Tensor state, Tensor radius, Tensor error);

    /// <summary>Rounding of each next state variable at most [B, S].</summary>
    /// <param name="drive">The input's share of every gate.</param>
    /// <param name="state">[B, S].</param>
    /// <param name="errors">Rounding of each gate's argument at most, [B, N] per gate.</param>
    private protected abstract Tensor StepRoundingAt(Tensor drive, Tensor state, Tensor[] errors);

    /// <summary>
    /// Rounding of each unit's rows of the Jacobian at most [B, N], generously: a scale is a product of at most five factors, of which
    /// one can exceed 1 (a state variable or the GRU's recurrent candidate, a at most) and each moves by at most a times what its gates' arguments move.
    /// </summary>
    private protected virtual Tensor JacobianRoundingAt(Tensor drive, Tensor state, Tensor errors) =>
        ScaleRounding(state, errors) * WeightHh.norm(1).view(-1, Units).sum(0).Plus(1);

    private protected Tensor ScaleRounding(Tensor state, Tensor errors)
    {
        var largest = state.abs().view(-1, StateSize / Units, Units).sum(1).Plus(Recur(Hidden(state)).abs().view(-1, WeightHh.shape[0] / Units, Units).amax(1)).Plus(1);
        return largest.Squared().Times(32) * errors.view(-1, WeightHh.shape[0] / Units, Units).sum(1).Plus(8 * UnitRoundoff);
    }

    /// <summary>What the update gate adds to a GRU's rounding: its own, and that of mixing the candidate and the state.</summary>
    private protected static Tensor MixRounding(Tensor z, Tensor candidate, Tensor state, Tensor error) =>
        ((state - candidate).abs() * (Slope(z) * error).Plus(4 * UnitRoundoff)).Plus(state.abs().Plus(1).Times(8 * UnitRoundoff));

    /// <summary>What products and sums can round in the argument of every gate at most [B, G N]: n roundings of |W_ih| |u| + |W_hh| |x| + |b_ih| + |b_hh|, in whatever order.</summary>
    private Tensor ArgumentRounding(Tensor input, Tensor state) =>
        nn.functional.linear(input.abs(), WeightIh.abs(), BiasIh.abs().Plus(BiasHh.abs())).Plus(Moduli(state.abs(), WeightHh.abs())).Times((Units + InputSize + 16) * UnitRoundoff);

    /// <summary>|W_hh| |x| for every gate.</summary>
    private protected virtual Tensor Moduli(Tensor state, Tensor weights) => state.mm(weights.t());

    /// <summary>The arguments of the gates as functionals of the state they read.</summary>
    private protected Functional[] Arguments()
    {
        var (rows, norms) = (WeightHh.norm(1).split(Units, 0), SpectralNorms());
        return [.. rows.Select((row, gate) => new Functional(row, tensor(norms[gate])))];
    }

    /// <summary>Each state variable's own value as a functional.</summary>
    private protected Functional Own() => new(ones(Units, dtype: ScalarType.Float64), tensor(1.0));

    /// <summary>||W_hh||_2 of every gate, a little outwards; kept until the weights change.</summary>
    private double[] SpectralNorms()
    {
        if (known is not { } norms || !norms.Weights.eq(WeightHh).all().item<bool>())
            known = norms = new(WeightHh.detach().clone().DetachFromDisposeScope(), [.. WeightHh.split(Units, 0).Select(gate =>
                gate.isfinite().all().item<bool>() ? linalg.svdvals(gate).max().item<double>() * (1 + 1e-10) : double.NaN)]);
        return norms.Norms;
    }

    /// <summary>Refuses a constant input that has not I values.</summary>
    private protected void Require(double[] input)
    {
        if (input.Length != InputSize)
            throw new ArgumentException($"{GetName()} expects a constant input of {InputSize} values, but was given {input.Length}.", nameof(input));
    }

    private sealed record KnownNorms(Tensor Weights, double[] Norms);

    /// <summary>Sum over gates of diag(scale of the gate) times the gate's weights: [B, N, columns].</summary>
    /// <param name="scales">One scale [B, N] per gate; a gate that has no part is null.</param>
    /// <param name="weights">[G N, columns].</param>
    private protected Tensor Scaled(Parameter weights, params ReadOnlySpan<Tensor?> scales)
    {
        Tensor? sum = null;
        for (int gate = 0; gate < scales.Length; gate++)
        {
            if (scales[gate] is not { } scale) continue;
            var matrix = weights.narrow(0, gate * Units, Units).unsqueeze(0);
            sum = sum is null ? scale.unsqueeze(-1) * matrix : sum.addcmul_(scale.unsqueeze(-1), matrix, Scalars.One);
        }
        return sum!;
    }

    /// <summary>Slope of the logistic function where its value is <paramref name="s"/>.</summary>
    private protected static Tensor Slope(Tensor s) => s * Scalars.OneMinus(s);

    /// <summary>Slope of tanh where its value is <paramref name="t"/>.</summary>
    private protected static Tensor TanhSlope(Tensor t) => Scalars.OneMinus(t * t);
}
