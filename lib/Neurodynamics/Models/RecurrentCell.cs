using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A cell whose weights have PyTorch's names, layouts and gate order: weight_ih_l0 [G N, I], weight_hh_l0 [G N, N],
/// bias_ih_l0 and bias_hh_l0 [G N], where G is the number of gates (1, LSTM 4: i f g o, GRU 3: r z n).
/// </summary>
/// <remarks>
/// Each gate is an affine map of input and state followed by a scalar function. So every Jacobian is a sum over gates:
/// each gate's weight matrix with its rows scaled. This needs neither autograd nor a matrix product. A cell only has to
/// give those scalings.
/// </remarks>
public abstract class RecurrentCell : Cell
{
    private protected RecurrentCell(
        Architecture architecture, string gates, int inputSize, int units, int stateSize, ScalarType precision)
        : base(architecture.Name, inputSize, units, stateSize)
    {
        if (precision is not (ScalarType.Float32 or ScalarType.Float64))
            throw new ArgumentException($"A cell is in Float32 or Float64, not {precision}.", nameof(precision));
        Demand.Room(gates.Length, units, (long)units + inputSize);
        Architecture = architecture;
        GateOrder = gates;
        WeightIh = Register("weight_ih_l0", [GateCount * units, inputSize]);
        WeightHh = Register("weight_hh_l0", [GateCount * units, units]);
        BiasIh = Register("bias_ih_l0", [GateCount * units]);
        BiasHh = Register("bias_hh_l0", [GateCount * units]);

        Parameter Register(string name, long[] shape)
        {
            var parameter = new Parameter(zeros(shape, dtype: precision));
            register_parameter(name, parameter);
            return parameter;
        }
    }

    /// <summary>
    /// The gates in the order of the weights' rows, a letter each: h for the vanilla RNN, "ifgo" for the LSTM, "rzn"
    /// for the GRU.
    /// </summary>
    public string GateOrder { get; }

    /// <summary>G, the number of gates: how many matrices are stacked in the weights.</summary>
    public int GateCount => GateOrder.Length;

    /// <summary>Input weights, weight_ih_l0 [G N, I].</summary>
    public Parameter WeightIh { get; }

    /// <summary>Recurrent weights, weight_hh_l0 [G N, N].</summary>
    public Parameter WeightHh { get; }

    /// <summary>Input bias, bias_ih_l0 [G N].</summary>
    public Parameter BiasIh { get; }

    /// <summary>Recurrent bias, bias_hh_l0 [G N].</summary>
    public Parameter BiasHh { get; }

    private protected sealed override bool Silence(IEnumerable<int> units)
    {
        foreach (int unit in units) WeightHh.select(1, unit).zero_();
        return true;
    }

    /// <summary>A cell of the named architecture, all weights zero.</summary>
    /// <exception cref="ArgumentException">The architecture's cells have no weights with PyTorch's names.</exception>
    public static RecurrentCell Create(
        Architecture architecture, int inputSize, int units, ScalarType precision = ScalarType.Float32)
    {
        Demand.Given(architecture);
        return architecture.Create(inputSize, units, precision) as RecurrentCell ?? throw new ArgumentException(
            $"{architecture.Title} does not keep its weights by gate under PyTorch's names: use Architecture.Create.",
            nameof(architecture));
    }

    /// <summary>A cell with weights written out, in float64: small enough to check by hand.</summary>
    /// <param name="architecture">Which cell, with G gates (vanilla 1, LSTM 4: i f g o, GRU 3: r z n).</param>
    /// <param name="inputWeights">W_ih [G N, I].</param>
    /// <param name="recurrentWeights">W_hh [G N, N].</param>
    /// <param name="inputBias">b_ih, G N values; default zeros.</param>
    /// <param name="recurrentBias">b_hh, G N values; default zeros.</param>
    /// <param name="gates">
    /// The order in which the gates' rows are given, such as "zrn", where it is not that of <see cref="GateOrder"/>.
    /// </param>
    /// <exception cref="ArgumentException">A shape, or the order, does not fit the architecture.</exception>
    public static RecurrentCell Create(
        Architecture architecture, double[,] inputWeights, double[,] recurrentWeights, double[]? inputBias = null,
        double[]? recurrentBias = null, string? gates = null)
    {
        Demand.Given((architecture, inputWeights, recurrentWeights));
        var cell = Create(architecture, inputWeights.GetLength(1), recurrentWeights.GetLength(1), ScalarType.Float64);
        int rows = cell.GateCount * cell.Units;
        int[] given =
        [
            inputWeights.GetLength(0), recurrentWeights.GetLength(0),
            inputBias?.Length ?? rows, recurrentBias?.Length ?? rows,
        ];
        if (given.Any(length => length != rows))
            throw new ArgumentException(
                $"{architecture.Title} with {cell.Units} units needs {rows} rows of weights and {rows} biases, but was "
                + $"given {given[0]} and {given[1]} rows, and {given[2]} and {given[3]} biases.",
                nameof(recurrentWeights));
        gates ??= cell.GateOrder;
        if (!gates.Order().SequenceEqual(cell.GateOrder.Order()))
            throw new ArgumentException(
                $"The gates of {architecture.Title} are {cell.GateOrder} in any order, but \"{gates}\" was given.",
                nameof(gates));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        cell.WeightIh.copy_(Ordered(inputWeights.ToTensor()));
        cell.WeightHh.copy_(Ordered(recurrentWeights.ToTensor()));
        if (inputBias is not null) cell.BiasIh.copy_(Ordered(inputBias.ToTensor()));
        if (recurrentBias is not null) cell.BiasHh.copy_(Ordered(recurrentBias.ToTensor()));
        return cell;

        Tensor Ordered(Tensor rows)
        {
            var given = rows.split(cell.Units, 0);
            return cat([.. cell.GateOrder.Select(gate => given[gates.IndexOf(gate)])], 0);
        }
    }

    /// <summary>
    /// The gates' values in one step, by name. Each multiplies something and lies in (0, 1). A vanilla RNN has none.
    /// </summary>
    /// <returns>For each gate [B, N], in the order of the weights.</returns>
    /// <inheritdoc cref="Step"/>
    public IReadOnlyList<(string Name, Tensor Values)> GateValues(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return [.. GatesAt(Drive(input), state).Select(gate => (gate.Name, gate.Values.MoveToOuterDisposeScope()))];
    }

    /// <summary>
    /// Glorot's uniform initialisation of every gate's input and recurrent matrix separately; biases zero (report 4.2).
    /// </summary>
    /// <param name="seed">The same seed gives the same weights.</param>
    public override void Initialise(long seed)
    {
        Usage.Check();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var weights in new[] { WeightIh, WeightHh })
            foreach (var gate in weights.split(Units, 0)) Glorot.Fill(gate, generator);
        BiasIh.zero_();
        BiasHh.zero_();
    }

    /// <inheritdoc/>
    public override bool IsThreadSafe => true;

    private protected override ScalarType? Precision => WeightHh.dtype;

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

    /// <summary>
    /// [-1, 1]^N, or larger by a given start: h' is tanh of something, or lies between h and a candidate that does.
    /// </summary>
    /// <inheritdoc/>
    public override double[]? InvariantBox(double[] input)
    {
        Require(input);
        return BoxUnder(input);
    }

    /// <summary>The same whatever the input.</summary>
    internal override double[]? BoxUnder(double[] reach) => WithStart([.. Enumerable.Repeat(1.0, StateSize)]);

    /// <inheritdoc/>
    public sealed override EnclosedStep Enclosed(WeightsAre weights = WeightsAre.Exact) =>
        EnclosedBy(EnclosedGates.Of(this, weights));

    /// <inheritdoc/>
    public sealed override Tensor Run(Tensor inputs, Tensor? start = null)
    {
        RequireRun(inputs, start);
        using var scope = NewDisposeScope();
        // The input's part of all steps in one product.
        return Unroll(Drive(inputs).unbind(1), start ?? Start(inputs)).MoveToOuterDisposeScope();
    }

    /// <summary>Steps through the drives in time and stacks the states: [B, T, S].</summary>
    private protected virtual Tensor Unroll(IReadOnlyList<Tensor> drives, Tensor start) =>
        Unroll(drives, start, Advance);

    /// <summary>The input's part of every gate's argument, W_ih u + b_ih.</summary>
    private protected virtual Tensor Drive(Tensor input) => nn.functional.linear(input, WeightIh, BiasIh);

    /// <summary>The state's part of every gate's argument, W_hh h + b_hh.</summary>
    internal Tensor Recur(Tensor hidden) => nn.functional.linear(hidden, WeightHh, BiasHh);

    /// <summary>
    /// The state's part of some gates only: <paramref name="count"/> gates from <paramref name="first"/> on.
    /// </summary>
    private protected Tensor Recur(Tensor hidden, int first, int count) => nn.functional.linear(
        hidden, WeightHh.narrow(0, first * Units, count * Units), BiasHh.narrow(0, first * Units, count * Units));

    private protected abstract Tensor Advance(Tensor drive, Tensor state);

    /// <summary>The step over enclosures.</summary>
    private protected abstract EnclosedStep EnclosedBy(EnclosedGates gates);

    /// <summary>The gates, by name.</summary>
    private protected virtual IReadOnlyList<(string Name, Tensor Values)> GatesAt(Tensor drive, Tensor state) => [];

    private protected abstract Tensor StateJacobianAt(Tensor drive, Tensor state);

    private protected abstract Tensor InputJacobianAt(Tensor drive, Tensor state);

    /// <summary>Refuses a constant input that does not have I values.</summary>
    private protected void Require(double[] input)
    {
        Demand.Given(input);
        if (input.Length != InputSize)
            throw new ArgumentException(
                $"{Title} expects a constant input of {InputSize} values, but was given {input.Length}.",
                nameof(input));
    }

    /// <summary>Sum over gates of diag(scale of the gate) times the gate's weights: [B, N, columns].</summary>
    /// <param name="weights">[G N, columns].</param>
    /// <param name="scales">One scale [B, N] per gate; null for a gate that plays no part.</param>
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
    internal static Tensor Slope(Tensor s) => s * Scalars.OneMinus(s);

    /// <summary>Slope of tanh where its value is <paramref name="t"/>.</summary>
    internal static Tensor TanhSlope(Tensor t) => Scalars.OneMinus(t * t);
}
