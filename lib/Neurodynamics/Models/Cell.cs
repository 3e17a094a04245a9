using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A recurrent cell: the batched one-step map x(t+1) = F(u, x(t)), and its Jacobians. The analysis needs nothing else
/// from a network. So a cell of your own needs only <see cref="Step"/>; autograd then supplies the Jacobians.
/// </summary>
/// <remarks>
/// Shapes: B states at once, I inputs, S state variables. For the vanilla RNN and the GRU the state is h (S = N units);
/// for the LSTM it is [h, c] (S = 2N).
/// </remarks>
public abstract class Cell : nn.Module
{
    private static readonly ConditionalWeakTable<Cell, Cell> Copies = [];
    private readonly Usage usage;
    private Form form = new();
    private Tensor? givenStart;
    private bool statesChecked, inputsChecked;
    private RowSpace? rowSpace;
    private int learned;

    /// <summary>With fewer state variables autograd's whole Jacobians are quick enough.</summary>
    private const int FewUnits = 64;

    /// <summary>How often a cell's rows are learned, before it is taken for one that has none to learn.</summary>
    private const int MostLearned = 3;

    /// <param name="name">Name of the module.</param>
    /// <param name="inputSize">I, the number of inputs; at least 1.</param>
    /// <param name="units">N, the number of hidden units; at least 1.</param>
    /// <param name="stateSize">S, the number of state variables; N if omitted.</param>
    protected Cell(string name, int inputSize, int units, int? stateSize = null)
        : base(Demand.Some(name, nameof(name)))
    {
        usage = new(this, () => base.Dispose(true));
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        (InputSize, Units, StateSize) = (inputSize, units, stateSize ?? units);
        ArgumentOutOfRangeException.ThrowIfLessThan(StateSize, units);
    }

    /// <summary>
    /// A cell from a step alone, such as one written in a notebook's cell. Autograd supplies its Jacobians; its step
    /// over enclosures is not known, so its fixed points are found and at best verified numerically, never certified.
    /// </summary>
    /// <param name="step">
    /// From inputs [B, I] and states [B, S] to the next states [B, S], in float64, without leaving tensors on the way.
    /// </param>
    /// <param name="inputs">I, the number of inputs; at least 1, of which the step may use none.</param>
    /// <param name="units">N, the number of units that a readout sees: the first of the state.</param>
    /// <param name="stateSize">S, the number of state variables; N if omitted.</param>
    /// <param name="name">The name in figures and messages.</param>
    /// <param name="box">
    /// The largest modulus of each state variable that one step keeps to from anywhere within them, whatever the input,
    /// S values, such as 1 for every h of a tanh network or a GRU; null where you know none. It must hold every fixed
    /// point: one outside is called unreachable, and none. Without a box, states that no trial reaches are not told
    /// from others, and completeness is not tested.
    /// </param>
    public static Cell From(Func<Tensor, Tensor, Tensor> step, int inputs, int units, int? stateSize = null,
        string name = "own step", double[]? box = null) =>
        new StepCell(name, Demand.Some(step, nameof(step)), inputs, units, stateSize, box);

    /// <summary>The architecture that made the cell, or null if none did.</summary>
    public Architecture? Architecture { get; internal set; }

    /// <summary>
    /// The cell's name in figures, tables and messages: its architecture's title, or otherwise the module's name.
    /// </summary>
    public string Title => Architecture?.Title ?? GetName();

    /// <summary>Such as "GRU with 3 inputs and 100 units".</summary>
    public override string ToString() => $"{Title} with {InputSize} input{(InputSize == 1 ? "" : "s")} and "
        + $"{Units} unit{(Units == 1 ? "" : "s")}" + (StateSize == Units ? "" : $", {StateSize} state variables")
        + (Form.NotChecked(Unchecked) is { } assumed ? $"; {assumed}" : "");

    /// <summary>
    /// What was assumed of an imported cell's equations in a few words, such as "tanh, no leak", where its file does
    /// not say it and no trajectory has checked it (<see cref="Import.ImportedNetwork.Check"/>); null where the form is
    /// known. Copies of the cell say it too, and so do cells that are made of it and what was found with any of them.
    /// </summary>
    public string? Unchecked
    {
        get => Form.Unchecked;
        internal set => Form.Unchecked = value;
    }

    /// <summary>What the cell, its copies and what was found with them know together of a check.</summary>
    internal virtual Form Form =>
        named_children().Select(child => child.module).OfType<Cell>().ToArray() is { Length: > 0 } parts
            ? new([form, .. parts.Select(part => part.Form)]) : form;

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
        Demand.Given((input, state));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return InDouble().Step(input.ToTensor().unsqueeze(0), state.ToTensor().unsqueeze(0)).squeeze(0).ToVector();
    }

    /// <summary>dF/dx at each state: [B, S, S]; entry (i, j) is d(next state i)/d(state j).</summary>
    /// <inheritdoc cref="Step"/>
    public virtual Tensor StateJacobian(Tensor input, Tensor state) => Autograd(input, state, ofState: true);

    /// <summary>dF/du at each state: [B, S, I].</summary>
    /// <inheritdoc cref="Step"/>
    public virtual Tensor InputJacobian(Tensor input, Tensor state) => Autograd(input, state, ofState: false);

    /// <summary>
    /// Newton's correction d of states on the way to a fixed point: (I - J) d = residual. [B, S]; not finite where I -
    /// J is singular.
    /// </summary>
    /// <param name="input">Inputs [B, I], or [1, I] for one input common to all states.</param>
    /// <param name="state">States [B, S].</param>
    /// <param name="residual">F(x) - x [B, S].</param>
    public virtual Tensor Correction(Tensor input, Tensor state, Tensor residual)
    {
        Require(input, state);
        RequireLike(residual, state);
        using var scope = NewDisposeScope();
        return Solve(StateJacobian(input, state).FromIdentity(), residual).MoveToOuterDisposeScope();
    }

    /// <summary>Solves A d = r for each of a batch [B, N, N], [B, N]; not finite where A is singular.</summary>
    private protected static Tensor Solve(Tensor a, Tensor r) => linalg.solve_ex(a, r.unsqueeze(-1)).result.squeeze(-1);

    /// <summary>
    /// Whether states may be stepped on several threads at once; false unless a cell says otherwise. TorchSharp's
    /// implicit scalars, such as the 1 in <c>1 - z</c>, may be freed while in use when another thread triggers a
    /// collection. The library's own cells avoid them.
    /// </summary>
    public virtual bool IsThreadSafe => false;

    /// <summary>Who works with the weights: whoever needs them for long says so here.</summary>
    internal virtual Usage Usage => usage;

    /// <summary>The precision that inputs and states must have; null where the cell does not say.</summary>
    private protected virtual ScalarType? Precision => null;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) usage.End();
    }

    /// <summary>How many threads may step this cell.</summary>
    internal ParallelOptions Threads =>
        new() { MaxDegreeOfParallelism = IsThreadSafe ? Environment.ProcessorCount : 1 };

    /// <summary>
    /// Works on items that step this cell. Torch itself has one thread: threads of our own are both right and faster.
    /// One item alone stays on this thread.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="work">Called with each of them.</param>
    /// <param name="cancellation">Stops it with an exception, between two items of a thread.</param>
    internal void InParallel<T>(IReadOnlyList<T> items, Action<T> work, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var threads = Threads;
        threads.CancellationToken = cancellation;
        try
        {
            if (items.Count == 1) work(items[0]);
            else Parallel.ForEach(items, threads, work);
        }
        catch (AggregateException error)
        {
            // A cell's own error reads the same, however many items met it.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }

    /// <summary>
    /// A box that contains the state before the first step and that one step maps into itself under a constant input,
    /// given as the largest modulus of each state variable, S values. No trial leaves it, and every fixed point lies in
    /// it. Null if none is known.
    /// </summary>
    /// <param name="input">The constant input, I values.</param>
    public virtual double[]? InvariantBox(double[] input) => null;

    /// <summary>
    /// The largest modulus of each state variable, S values, after this many steps of a trial, whatever the inputs.
    /// Null if unknown.
    /// </summary>
    /// <param name="steps">Number of steps, at least 0.</param>
    public virtual double[]? BoxAfter(int steps) => null;

    /// <summary>The invariant box under any inputs of at most these moduli, I values; null if none is known.</summary>
    internal virtual double[]? BoxUnder(double[] reach) => null;

    /// <summary>Whether a readout sees a part of the state, as it does unless a cell says otherwise.</summary>
    private bool IsSeen => ((Func<Tensor, Tensor>)Hidden).Method.DeclaringType == typeof(Cell);

    /// <summary>The most that the modulus of what a readout sees can be in a box, N values; null if unknown.</summary>
    internal virtual double[]? HiddenReach(double[] box) => IsSeen ? box[..Units] : null;

    /// <summary>
    /// The step over enclosures, from which proofs follow; null, the default, where the cell does not know it. It
    /// holds the weights of this moment.
    /// </summary>
    /// <param name="weights">Which numbers the weights stand for.</param>
    public virtual EnclosedStep? Enclosed(WeightsAre weights = WeightsAre.Exact) => null;

    /// <summary>Runs whole trials.</summary>
    /// <param name="inputs">Inputs [B, T, I].</param>
    /// <param name="start">States before the first step [B, S]; the cell's own if omitted, zeros for most.</param>
    /// <returns>The states after each step [B, T, S].</returns>
    public virtual Tensor Run(Tensor inputs, Tensor? start = null)
    {
        RequireRun(inputs, start);
        using var scope = NewDisposeScope();
        return Unroll(inputs.unbind(1), start ?? Start(inputs), Step).MoveToOuterDisposeScope();
    }

    /// <summary>Runs whole trials with noise that is added to the state after each step, as in training.</summary>
    /// <param name="inputs">Inputs [B, T, I].</param>
    /// <param name="start">States before the first step [B, S]; the cell's own if null.</param>
    /// <param name="noise">What is added [B, T, S].</param>
    /// <returns>The states after each step [B, T, S].</returns>
    public Tensor Run(Tensor inputs, Tensor? start, Tensor noise)
    {
        RequireRun(inputs, start);
        Demand.Shape(noise, [(int)inputs.shape[0], (int)inputs.shape[1], StateSize]);
        RequirePrecision(noise, nameof(noise));
        using var scope = NewDisposeScope();
        var added = noise.unbind(1);
        int step = 0;
        return Unroll(inputs.unbind(1), start ?? Start(inputs), (u, x) => Step(u, x).Plus(added[step++]))
            .MoveToOuterDisposeScope();
    }

    /// <summary>a = dt/tau of every state variable [S]; null where the cell has no leak.</summary>
    internal virtual Tensor? Leaks => null;

    /// <summary>What a readout sees of the state, h [..., N]: by default the state's first N values.</summary>
    /// <param name="states">States [..., S].</param>
    public virtual Tensor Hidden(Tensor states)
    {
        RequireStates(states);
        return Units == StateSize ? states : states.narrow(-1, 0, Units);
    }

    /// <summary>
    /// dh/dx, how what a readout sees changes with the state: [B, N, S]. Autograd supplies it where a cell of your own
    /// overrides <see cref="Hidden"/> alone.
    /// </summary>
    /// <param name="states">States [B, S].</param>
    public virtual Tensor HiddenJacobian(Tensor states)
    {
        RequireStates(states, dimensions: 2);
        using var scope = NewDisposeScope();
        return (IsSeen ? eye(Units, StateSize, dtype: states.dtype).expand(states.shape[0], Units, StateSize)
            : Gradients(Hidden, states.detach(), Units)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// <see cref="HiddenJacobian"/> at states times rows [B, S, columns]; where a part of the state is seen as it is,
    /// those rows are it.
    /// </summary>
    internal Tensor Seen(Tensor states, Tensor rows) =>
        IsSeen ? rows.narrow(1, 0, Units) : HiddenJacobian(states).matmul(rows);

    /// <summary>The state before a trial's first step, S values: zeros unless the cell has learned another.</summary>
    public double[] StartState()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return InDouble().Start(zeros(1, 1, dtype: ScalarType.Float64)).squeeze(0).ToVector();
    }

    /// <summary>
    /// Draws initial weights: Glorot's uniform distribution for every parameter that is a matrix, zeros for the rest.
    /// </summary>
    /// <param name="seed">The same seed gives the same weights.</param>
    public virtual void Initialise(long seed)
    {
        Usage.Check();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var (_, parameter) in named_parameters())
        {
            if (parameter.dim() == 2) Glorot.Fill(parameter, generator);
            else parameter.zero_();
        }
    }

    /// <summary>
    /// A cell with the same weights in float64, for the analysis; the cell itself if it is already in float64. It is
    /// the same one as long as the weights stay the same: do not change it, or dispose of it.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A parameter has another precision, and no architecture can make a copy.
    /// </exception>
    public virtual Cell InDouble()
    {
        using var work = Usage.Begin();
        foreach (var (name, parameter) in named_parameters())
        {
            if (parameter.dtype == ScalarType.Float64) continue;
            if (Architecture is not null) return Exact(Architecture);
            throw new InvalidOperationException(
                $"Fixed points are computed in float64, but {name} of {Title} is {parameter.dtype}: make the cell with "
                + "an architecture (Architecture.Of), build it in float64, or override InDouble to return a copy.");
        }
        return this;
    }

    /// <summary>
    /// A copy in which some units act on no other, as after a lesion: their columns of W, or rows of n, are 0. They
    /// still get input, and a readout of theirs is <see cref="Network.Without"/>'s to cut.
    /// </summary>
    /// <param name="units">Which units, from 0; none copies the cell.</param>
    /// <returns>A cell in float64.</returns>
    /// <exception cref="InvalidOperationException">The cell is your own, or has layers.</exception>
    public Cell Without(IReadOnlyCollection<int> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        foreach (int unit in units) Demand.Index(unit, Units, nameof(units));
        using var work = Usage.Begin();
        var copy = Architecture is null ? null : As(Architecture, ScalarType.Float64);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return copy?.Silence(units) == true ? copy : throw new InvalidOperationException(
            $"Units of {Title} cannot be silenced: only those of the library's cells of one layer can.");
    }

    /// <summary>Lets some units act on no other; false where that is not known of a cell.</summary>
    private protected virtual bool Silence(IEnumerable<int> units) => false;

    /// <summary>The copy in float64 that there is, unless the weights have changed since it was made.</summary>
    private Cell Exact(Architecture architecture)
    {
        lock (Copies)
        {
            if (Copies.TryGetValue(this, out var there) && there.Holds(this)) return there;
            var copy = As(architecture, ScalarType.Float64);
            foreach (var values in Contents(copy).Values) values.DetachFromDisposeScope();
            Copies.AddOrUpdate(this, copy);
            return copy;
        }
    }

    private bool Holds(Cell other)
    {
        using var scope = NewDisposeScope();
        var (mine, its) = (Contents(this), Contents(other));
        return mine.All(entry => !entry.Value.IsInvalid
            && its[entry.Key].to(entry.Value.dtype).eq(entry.Value).all().item<bool>());
    }

    private static Dictionary<string, Tensor> Contents(Cell cell) => cell.named_parameters()
        .Select(entry => (entry.name, (Tensor)entry.parameter))
        .Concat(cell.named_buffers().Select(entry => (entry.name, entry.buffer))).ToDictionary();

    /// <summary>The same weights in a cell with other equations, such as those printed in the report.</summary>
    /// <param name="architecture">A kind of cell with the same parameters.</param>
    /// <exception cref="ArgumentException">The other kind has parameters with other names or shapes.</exception>
    public Cell As(Architecture architecture)
    {
        Demand.Given(architecture);
        using var work = Usage.Begin();
        return As(architecture, named_parameters().FirstOrDefault().parameter?.dtype ?? ScalarType.Float64);
    }

    private protected Cell As(Architecture architecture, ScalarType precision)
    {
        var copy = architecture.Create(InputSize, Units, precision);
        copy.GivenStart = GivenStart;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (mine, its) = (Contents(this), Contents(copy));
        if (mine.Keys.Concat(its.Keys).FirstOrDefault(name => ShapeOf(mine, name) != ShapeOf(its, name)) is { } odd)
            throw new ArgumentException(
                $"The weights of {Title} do not fit {architecture.Title}: {odd} is {ShapeOf(mine, odd)} here and "
                + $"{ShapeOf(its, odd)} there.",
                nameof(architecture));
        foreach (var (name, values) in its) values.copy_(mine[name]);
        copy.Share(this);
        return copy;

        static string ShapeOf(Dictionary<string, Tensor> contents, string name) =>
            contents.TryGetValue(name, out var values) ? $"[{string.Join(", ", values.shape)}]" : "missing";
    }

    /// <summary>
    /// Takes over from the cell that this is a copy of, and from its parts, what of the form is not checked. A
    /// trajectory that checks the one says nothing of a copy with other equations: it has a form of its own.
    /// </summary>
    private protected void Share(Cell other)
    {
        form = Architecture == other.Architecture ? other.form
            : new() { Unchecked = other.form.Unchecked is null ? null : Title };
        var parts = other.named_children().ToDictionary(child => child.name, child => child.module);
        foreach (var (name, part) in named_children())
            if (part is Cell its && parts.GetValueOrDefault(name) is Cell mine) its.Share(mine);
    }

    /// <summary>The same cell, as made of another: what is checked of the one is checked of it.</summary>
    private protected static Cell MadeOf(Cell other, Cell made)
    {
        made.form = other.Form;
        return made;
    }

    /// <summary>Steps through the inputs in time and stacks the states: [B, T, S].</summary>
    protected static Tensor Unroll(IReadOnlyList<Tensor> inputs, Tensor state, Func<Tensor, Tensor, Tensor> step)
    {
        var states = new Tensor[inputs.Count];
        for (int t = 0; t < states.Length; t++)
        {
            // Autograd keeps what it needs from a step; all intermediate handles can be freed at once.
            using var scope = NewDisposeScope();
            state = states[t] = step(inputs[t], state).MoveToOuterDisposeScope();
        }
        return stack(states, 1);
    }

    /// <summary>
    /// States before the first step [B, S] for inputs [B, ...], in the same precision: zeros unless a cell says
    /// otherwise.
    /// </summary>
    protected internal virtual Tensor Start(Tensor inputs) => givenStart is { } start
        ? start.to(inputs.dtype).expand(inputs.shape[0], StateSize)
        : zeros(inputs.shape[0], StateSize, dtype: inputs.dtype);

    /// <summary>
    /// Where trials begin, S values, if a file gives it for a cell that has no place of its own for it; null for zero.
    /// It is a buffer, start [S]: saved and copied with the weights, and left alone by training.
    /// </summary>
    internal double[]? GivenStart
    {
        get => givenStart?.ToVector();
        set
        {
            if (value is null) return;
            Demand.Shape(value, [StateSize]);
            givenStart = value.ToTensor().to(Precision ?? ScalarType.Float64);
            givenStart.DetachFromDisposeScope();
            register_buffer("start", givenStart);
        }
    }

    /// <summary>A box [S] that holds the given start too, where every larger box is invariant as well.</summary>
    private protected double[] WithStart(double[] box) => GivenStart is not { } start ? box
        : [.. box.Zip(start, (most, value) => Math.Max(most, Math.Abs(value)))];

    /// <summary>Refuses inputs and states that are not [B or 1, I] and [B, S].</summary>
    /// <exception cref="ArgumentException">
    /// A shape differs; the message names the expected and the given shape.
    /// </exception>
    protected void Require(Tensor input, Tensor state)
    {
        Usage.Check();
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(state);
        if (state.dim() != 2 || state.shape[1] != StateSize)
            throw new ArgumentException(
                $"{Title} expects states of shape [B, {StateSize}], but was given [{string.Join(", ", state.shape)}].",
                nameof(state));
        if (input.dim() != 2 || input.shape[1] != InputSize
            || (input.shape[0] != 1 && input.shape[0] != state.shape[0]))
            throw new ArgumentException(
                $"{Title} expects inputs of shape [{state.shape[0]}, {InputSize}] or [1, {InputSize}], but was given "
                + $"[{string.Join(", ", input.shape)}].", nameof(input));
        RequirePrecision(input, nameof(input));
        RequirePrecision(state, nameof(state));
    }

    /// <summary>Refuses inputs that are not [B, T, I] with T at least 1, and states that do not fit them.</summary>
    private protected void RequireRun(Tensor inputs, Tensor? start)
    {
        Usage.Check();
        Demand.Shape(inputs, [-1, -1, InputSize]);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.shape[1], nameof(inputs));
        RequirePrecision(inputs, nameof(inputs));
        if (start is null) return;
        Demand.Shape(start, [(int)inputs.shape[0], StateSize]);
        RequirePrecision(start, nameof(start));
    }

    /// <summary>Refuses states that are not [..., S], or not of so many dimensions.</summary>
    private protected void RequireStates(Tensor states, int? dimensions = null)
    {
        Usage.Check();
        ArgumentNullException.ThrowIfNull(states);
        if (states.dim() == 0 || states.shape[^1] != StateSize || states.dim() != (dimensions ?? states.dim()))
            throw new ArgumentException(
                $"{Title} expects states of shape [{(dimensions == 2 ? "B" : "...")}, {StateSize}], but was given "
                + $"[{string.Join(", ", states.shape)}].", nameof(states));
    }

    /// <summary>Refuses a residual that has another shape than the states.</summary>
    private protected static void RequireLike(Tensor residual, Tensor state)
    {
        Demand.Shape(residual, [.. state.shape.Select(length => (int)length)]);
        if (residual.dtype != state.dtype)
            throw new ArgumentException($"The residual is in {residual.dtype}, but the states in {state.dtype}.",
                nameof(residual));
    }

    private void RequirePrecision(Tensor values, string name)
    {
        if (Precision is { } own && values.dtype != own)
            throw new ArgumentException($"{Title} is in {own}, but was given {name} in {values.dtype}.", name);
    }

    private Tensor Autograd(Tensor input, Tensor state, bool ofState)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        var u = input.detach().expand(state.shape[0], InputSize);
        if (ofState && ByRows(u, state.detach()) is { } quick) return quick.MoveToOuterDisposeScope();
        // States of which every one stands S times there, 32 MB at most.
        long block = Math.Max(1, (1 << 22) / ((long)StateSize * StateSize));
        var parts = u.split(block, 0).Zip(state.detach().split(block, 0),
            (inputs, states) => Gradients(inputs, states, ofState).MoveToOuterDisposeScope());
        var jacobian = cat([.. parts], 0);
        if (state.dtype == ScalarType.Float64 && state.shape[0] > 0) CheckGradients(u[..1], state[..1], ofState);
        return jacobian.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The state Jacobians from what is known of their rows; null where that is nothing, or where it would not pay.
    /// </summary>
    private Tensor? ByRows(Tensor inputs, Tensor states)
    {
        if (StateSize < FewUnits || states.dtype != ScalarType.Float64 || states.shape[0] == 0) return null;
        if (rowSpace?.Jacobian(this, inputs, states) is { } quick) return quick;
        // Learned once, and again where the weights may have changed since.
        if (learned >= MostLearned) return null;
        learned++;
        rowSpace = RowSpace.Learn(this, (u, x) => Gradients(u, x, ofState: true));
        return rowSpace?.Jacobian(this, inputs, states);
    }

    private Tensor Gradients(Tensor inputs, Tensor states, bool ofState)
    {
        using var scope = NewDisposeScope();
        var fixedOnes = (ofState ? inputs : states).repeat_interleave(StateSize, 0);
        return (ofState ? Gradients(x => Step(fixedOnes, x), states, StateSize)
            : Gradients(u => Step(u, fixedOnes), inputs, StateSize)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The Jacobians [B, rows, columns] of a map at some rows [B, columns] at once: each stands there as often as the
    /// map has values, once for every value, so that one pass back gives them all.
    /// </summary>
    private static Tensor Gradients(Func<Tensor, Tensor> map, Tensor at, long rows)
    {
        using var scope = NewDisposeScope();
        using var enabled = enable_grad();
        var variable = at.repeat_interleave(rows, 0).requires_grad_();
        // A sum with the variable itself, times 0: libtorch ends the process where nothing depends on a variable.
        var sum = map(variable).reshape(at.shape[0], rows, rows).diagonal(0, 1, 2).sum()
            .Plus(variable.sum().Times(0));
        return autograd.grad([sum], [variable])[0].view(at.shape[0], rows, at.shape[1]).detach()
            .MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Autograd gives zeros, without a word, for what a step computes under no_grad, detached or in plain numbers. So
    /// each cell's first Jacobian is compared with a difference, beside the state in case there is a kink.
    /// </summary>
    /// <exception cref="InvalidOperationException">The two differ.</exception>
    private void CheckGradients(Tensor input, Tensor state, bool ofState)
    {
        if (ofState ? statesChecked : inputsChecked) return;
        const double Step = 1e-6;
        string what = ofState ? "state" : "input";
        using var frozen = no_grad();
        using var generator = new Generator(1);
        var (u, x) = (Beside(input), Beside(state));
        var direction = randn((ofState ? x : u).shape, dtype: ScalarType.Float64, generator: generator);
        var (ahead, behind) = (At(Step), At(-Step));
        var slope = (ahead - behind).Over(2 * Step);
        var expected = Gradients(u, x, ofState).matmul(direction.unsqueeze(-1)).squeeze(-1);
        double scale = Math.Max(1, slope.abs().max().item<double>());
        double apart = (slope - expected).abs().max().item<double>();
        // Where nothing is finite, the next states decide.
        if (!double.IsFinite(apart)) return;
        if (apart > 1e-3 * scale)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"The gradient of {Title}'s step is not its derivative with respect to the {what} (they differ by "
                + $"{apart:0.0e+0}): Step must not work under no_grad, detach, or leave tensors for plain numbers on "
                + $"the way; or override the Jacobian."));
        if (ofState) statesChecked = true;
        else inputsChecked = true;

        Tensor Beside(Tensor values) =>
            values.Plus(randn(values.shape, dtype: ScalarType.Float64, generator: generator).Times(1e-2));

        Tensor At(double step) => ofState
            ? this.Step(u, x.Plus(direction.Times(step))) : this.Step(u.Plus(direction.Times(step)), x);
    }
}
