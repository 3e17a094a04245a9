using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A recurrent cell: the batched one-step map x(t+1) = F(u, x(t)), and its Jacobians. The analysis asks nothing else of a
/// network, so a cell of your own needs only <see cref="Step"/>; autograd then supplies the Jacobians.
/// </summary>
/// <remarks>
/// Shapes: B states at once, I inputs, S state variables. For the vanilla RNN and the GRU the state is h (S = N units);
/// for the LSTM it is [h, c] (S = 2N).
/// </remarks>
public abstract class Cell : nn.Module
{
    /// <param name="name">Name of the module.</param>
    /// <param name="inputSize">I, the number of inputs; at least 1.</param>
    /// <param name="units">N, the number of hidden units; at least 1.</param>
    /// <param name="stateSize">S, the number of state variables; N if omitted.</param>
    protected Cell(string name, int inputSize, int units, int? stateSize = null) : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        (InputSize, Units, StateSize) = (inputSize, units, stateSize ?? units);
        ArgumentOutOfRangeException.ThrowIfLessThan(StateSize, units);
    }

    /// <summary>I, the number of inputs.</summary>
    public int InputSize { get; }

    /// <summary>N, the number of hidden units, which a readout sees.</summary>
    public int Units { get; }

    /// <summary>S, the number of state variables.</summary>
    public int StateSize { get; }

    /// <summary>One step of the network.</summary>
    /// <param name="input">Inputs [B, I], or [1, I] for one input common to all states.</param>
    /// <param name="state">States [B, S].</param>
    /// <returns>The next states [B, S].</returns>
    public abstract Tensor Step(Tensor input, Tensor state);

    /// <summary>One step from one state, in plain numbers.</summary>
    /// <param name="input">I values.</param>
    /// <param name="state">S values.</param>
    /// <returns>The next state, S values.</returns>
    public double[] Next(double[] input, double[] state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return InDouble().Step(tensor(input).unsqueeze(0), tensor(state).unsqueeze(0)).squeeze(0).ToVector();
    }

    /// <summary>dF/dx at each state: [B, S, S], entry (i, j) is the change of next state i with state j.</summary>
    /// <inheritdoc cref="Step"/>
    public virtual Tensor StateJacobian(Tensor input, Tensor state) => Autograd(input, state, ofState: true);

    /// <summary>dF/du at each state: [B, S, I].</summary>
    /// <inheritdoc cref="Step"/>
    public virtual Tensor InputJacobian(Tensor input, Tensor state) => Autograd(input, state, ofState: false);

    /// <summary>Newton's correction d of states on the way to a fixed point: (I - J) d = residual. [B, S], not finite where I - J is singular.</summary>
    /// <param name="input">Inputs [B, I], or [1, I] for one input common to all states.</param>
    /// <param name="state">States [B, S].</param>
    /// <param name="residual">F(x) - x [B, S].</param>
    public virtual Tensor Correction(Tensor input, Tensor state, Tensor residual)
    {
        using var scope = NewDisposeScope();
        return Solve(StateJacobian(input, state).FromIdentity(), residual).MoveToOuterDisposeScope();
    }

    /// <summary>Solves A d = r for each of a batch [B, N, N], [B, N]; not finite where A is singular.</summary>
    private protected static Tensor Solve(Tensor a, Tensor r) => linalg.solve_ex(a, r.unsqueeze(-1)).result.squeeze(-1);

    /// <summary>
    /// Whether states may be stepped on several threads at once; false unless a cell says otherwise. TorchSharp's implicit scalars, such as the 1 of
    /// <c>1 - z</c>, may be freed in mid-use when another thread sets off a collection, so the library's own cells do without them.
    /// </summary>
    public virtual bool IsThreadSafe => false;

    /// <summary>How many threads may step this cell.</summary>
    internal ParallelOptions Threads => new() { MaxDegreeOfParallelism = IsThreadSafe ? Environment.ProcessorCount : 1 };

    /// <summary>
    /// A box that one step maps into itself under a constant input, and that holds the zero state: the largest modulus of each
    /// state variable, S values. No trial from zero leaves it, and every fixed point lies in it. Null where none is known.
    /// </summary>
    /// <param name="input">The constant input, I values.</param>
    public virtual double[]? InvariantBox(double[] input) => null;

    /// <summary>The largest modulus of each state variable, S values, after so many steps from zero, whatever the inputs; null where that is not known.</summary>
    /// <param name="steps">Number of steps, at least 0.</param>
    public virtual double[]? BoxAfter(int steps) => null;

    /// <summary>
    /// A Lipschitz constant of the state Jacobian around each state [B]: ||J(x) - J(y)||_2 is at most this times ||x - y|| for all x
    /// and y in the ball. Null where the cell knows none; fixed points can then not be certified.
    /// </summary>
    /// <param name="input">Inputs [B, I], or [1, I].</param>
    /// <param name="state">Centres of the balls [B, S].</param>
    /// <param name="radius">Radii of the balls [B], Euclidean.</param>
    public virtual Tensor? JacobianLipschitz(Tensor input, Tensor state, Tensor radius) => null;

    /// <summary>
    /// How far float64 rounding can move <see cref="Step"/> (Euclidean norm) and <see cref="StateJacobian"/> (Frobenius norm) at most, each [B].
    /// For a cell of your own it is taken to be S + I + 16 roundings of 1 + ||x|| and 1 + ||J||: override it where that is too little.
    /// </summary>
    /// <inheritdoc cref="Step"/>
    public virtual (Tensor Step, Tensor Jacobian) Rounding(Tensor input, Tensor state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return (Of(state.norm(1)), Of(StateJacobian(input, state).flatten(1).norm(1)));

        Tensor Of(Tensor size) => size.Plus(1).Times((StateSize + InputSize + 16) * UnitRoundoff).MoveToOuterDisposeScope();
    }

    /// <summary>Half the gap between 1 and the next float64.</summary>
    private protected const double UnitRoundoff = 1.0 / (1L << 53);

    /// <summary>Runs whole trials.</summary>
    /// <param name="inputs">Inputs [B, T, I].</param>
    /// <param name="start">States before the first step [B, S]; zeros if omitted.</param>
    /// <returns>The states after each step [B, T, S].</returns>
    public virtual Tensor Run(Tensor inputs, Tensor? start = null)
    {
        using var scope = NewDisposeScope();
        return Unroll(inputs.unbind(1), start ?? Zeros(inputs), Step).MoveToOuterDisposeScope();
    }

    /// <summary>The part of the state that a readout sees, h: [..., N].</summary>
    /// <param name="states">States [..., S].</param>
    public Tensor Hidden(Tensor states) => Units == StateSize ? states : states.narrow(-1, 0, Units);

    /// <summary>A cell with the same weights in float64, for the analysis; the cell itself where it is in float64 already.</summary>
    /// <exception cref="InvalidOperationException">A parameter is in another precision and the cell cannot copy itself.</exception>
    public virtual Cell InDouble()
    {
        foreach (var (name, parameter) in named_parameters())
            if (parameter.dtype != ScalarType.Float64)
                throw new InvalidOperationException(
                    $"Fixed points are computed in float64, but {name} of {GetName()} is {parameter.dtype}: override InDouble to return a float64 copy, or build the cell in float64.");
        return this;
    }

    /// <summary>Repeats a step over the inputs of each time, and stacks the states: [B, T, S].</summary>
    protected static Tensor Unroll(IReadOnlyList<Tensor> inputs, Tensor state, Func<Tensor, Tensor, Tensor> step)
    {
        var states = new Tensor[inputs.Count];
        for (int t = 0; t < states.Length; t++)
        {
            // Autograd holds what it needs of a step; the handles of everything between can go at once.
            using var scope = NewDisposeScope();
            state = states[t] = step(inputs[t], state).MoveToOuterDisposeScope();
        }
        return stack(states, 1);
    }

    /// <summary>Zero states [B, S] for inputs [B, ...], of the same precision.</summary>
    protected Tensor Zeros(Tensor inputs) => zeros(inputs.shape[0], StateSize, dtype: inputs.dtype);

    /// <summary>Refuses inputs and states that are not [B or 1, I] and [B, S].</summary>
    /// <exception cref="ArgumentException">A shape differs; the message names the expected and the given one.</exception>
    protected void Require(Tensor input, Tensor state)
    {
        if (state.dim() != 2 || state.shape[1] != StateSize)
            throw new ArgumentException($"{GetName()} expects states of shape [B, {StateSize}], but was given [{string.Join(", ", state.shape)}].", nameof(state));
        if (input.dim() != 2 || input.shape[1] != InputSize || (input.shape[0] != 1 && input.shape[0] != state.shape[0]))
            throw new ArgumentException($"{GetName()} expects inputs of shape [{state.shape[0]}, {InputSize}] or [1, {InputSize}], but was given [{string.Join(", ", input.shape)}].", nameof(input));
    }

    private Tensor Autograd(Tensor input, Tensor state, bool ofState)
    {
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        var (u, x) = (input.detach().expand(state.shape[0], InputSize).clone(), state.detach().clone());
        var variable = (ofState ? x : u).requires_grad_();
        var rows = Step(u, x).unbind(1);
        // Row i of every Jacobian in the batch at once: the states of a batch do not act on each other.
        return stack(rows.Select((row, i) => autograd.grad([row.sum()], [variable], retain_graph: i < rows.Length - 1)[0]), 1)
            .detach().MoveToOuterDisposeScope();
    }
}
