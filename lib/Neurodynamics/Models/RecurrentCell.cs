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

    private protected abstract Tensor StateJacobianAt(Tensor drive, Tensor state);

    private protected abstract Tensor InputJacobianAt(Tensor drive, Tensor state);

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
