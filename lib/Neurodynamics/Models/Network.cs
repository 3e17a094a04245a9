using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>What a network's outputs W h + b mean, and so how they decide.</summary>
public enum OutputMeaning
{
    /// <summary>
    /// Logits: the logistic function makes the probability p of class 1 of them. Decided is p of 0.9 and more, and of
    /// 0.1 and less.
    /// </summary>
    Logits,

    /// <summary>
    /// Values y, trained towards 1 for class 1 and -1 for class 0. Decided is what is nearer to these than to 0: y of
    /// 0.5 and more, and of -0.5 and less.
    /// </summary>
    Values,

    /// <summary>The same, of y = tanh(W h + b).</summary>
    TanhValues,
}

/// <summary>
/// A recurrent cell and, if there is one, a linear readout with an output W h + b per channel. A positive output means
/// class 1, +1.
/// </summary>
public sealed class Network : nn.Module
{
    private static readonly ConditionalWeakTable<Network, Network> Copies = [];
    private readonly Usage usage;

    /// <summary>Joins a cell with a readout.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="readout">The readout of the cell's units; default none.</param>
    /// <param name="outputs">What the readout's outputs mean; default logits.</param>
    /// <exception cref="ArgumentException">
    /// The readout does not fit the cell's units, or differs in precision.
    /// </exception>
    public Network(Cell cell, Linear? readout = null, OutputMeaning outputs = OutputMeaning.Logits)
        : base(nameof(Network))
    {
        usage = new(this, () => base.Dispose(true));
        Demand.Given(cell);
        cell.Usage.Check();
        if (readout is not null) RequireFit(cell, readout);
        (Cell, Readout, Outputs) = (cell, readout, Demand.Known(outputs, nameof(outputs)));
        register_module("rnn", cell);
        if (readout is not null) register_module("readout", readout);
    }

    /// <summary>A network with Glorot's initialisation (report 4.2).</summary>
    /// <param name="architecture">The kind of cell.</param>
    /// <param name="inputSize">I, the number of inputs.</param>
    /// <param name="units">N, the number of hidden units.</param>
    /// <param name="channels">K, the number of channels to read out.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="outputs">What the readout's outputs mean; default logits.</param>
    public static Network Create(Architecture architecture, int inputSize, int units, int channels, long seed,
        OutputMeaning outputs = OutputMeaning.Logits)
    {
        Demand.Given(architecture);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        Demand.Room(channels, units);
        Demand.Room(units, (long)units + inputSize);
        var cell = architecture.Create(inputSize, units);
        cell.Initialise(Seeds.Derive(seed, "cell"));
        var readout = nn.Linear(units, channels);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)Seeds.Derive(seed, "readout"));
        Glorot.Fill(readout.weight, generator);
        readout.bias!.zero_();
        return new(cell, readout, outputs);
    }

    /// <summary>The recurrent cell.</summary>
    public Cell Cell { get; }

    /// <summary>
    /// The linear readout: weight [K, N] and, if it has one, bias [K]. Null where the network has none.
    /// </summary>
    public Linear? Readout { get; }

    /// <summary>What the readout's outputs mean, and so how they decide.</summary>
    public OutputMeaning Outputs { get; }

    /// <summary>K, the number of channels; 0 without a readout.</summary>
    public int Channels => Readout is null ? 0 : (int)Weight.shape[0];

    /// <summary>The cell, and whether there is a readout.</summary>
    public override string ToString() => $"Network: {Cell}, "
        + (Readout is null ? "without a readout" : $"with a readout of {InWords.Spaced($"{Outputs}")}");

    /// <summary>The readout's weights, as long as they are there.</summary>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    internal Parameter Weight
    {
        get
        {
            usage.Check();
            return Readout?.weight ?? throw new InvalidOperationException(
                "This network has no readout: give it one with new Network(cell, readout), or use what needs none, "
                + "such as its states and fixed points.");
        }
    }

    /// <summary>Refuses a network without a readout, for what is about readouts alone.</summary>
    internal void RequireReadout() => _ = Weight;

    /// <summary>dh/dx, how what the readout sees changes with the state, at one state of S values [N, S].</summary>
    internal double[,] HiddenJacobianAt(double[] state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Cell.InDouble().HiddenJacobian(state.AsRow().ToTensor())[0].ToMatrix();
    }

    /// <summary>The precision in which the network runs.</summary>
    private ScalarType Precision =>
        (Readout?.weight ?? Cell.parameters().FirstOrDefault())?.dtype ?? ScalarType.Float64;

    /// <summary>The readout's outputs W h + b [..., K] of states [..., S]: logits, unless they mean values.</summary>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public Tensor Logits(Tensor states)
    {
        using var work = usage.Begin();
        Demand.Given(states);
        if (states.dim() == 0 || states.shape[^1] != Cell.StateSize || states.dtype != Weight.dtype)
            throw new ArgumentException($"The readout expects states of {Cell.StateSize} values in {Weight.dtype}, but "
                + $"was given [{string.Join(", ", states.shape)}] in {states.dtype}.", nameof(states));
        using var scope = NewDisposeScope();
        return Readout!.call(Cell.Hidden(states)).MoveToOuterDisposeScope();
    }

    /// <summary>The readout's outputs W h + b [M, K] of states [M, S].</summary>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public double[,] Logits(double[,] states)
    {
        Demand.Given(states);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Logits(states.ToTensor().to(Weight.dtype)).ToMatrix();
    }

    /// <summary>
    /// What the network answers at states [M, S], by what its outputs mean: probabilities of class 1 of logits,
    /// otherwise the values y [M, K].
    /// </summary>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public double[,] Answers(double[,] states)
    {
        Demand.Given(states);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var outputs = Logits(states.ToTensor().to(Weight.dtype)).to(ScalarType.Float64);
        return (Outputs switch
        {
            OutputMeaning.Logits => outputs.sigmoid(),
            OutputMeaning.TanhValues => outputs.tanh(),
            _ => outputs,
        }).ToMatrix();
    }

    /// <summary>
    /// Probabilities of class 1 [M, K] read out from states [M, S]. Of values y it is (1 + y) / 2, from 0 to 1.
    /// </summary>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public double[,] Probabilities(double[,] states)
    {
        double[,] answers = Answers(states);
        if (Outputs != OutputMeaning.Logits)
            foreach (ref double answer in answers.Values()) answer = Math.Clamp((1 + answer) / 2, 0, 1);
        return answers;
    }

    /// <summary>
    /// The network's decision at a state, one character per channel: + for class 1, - for class 0, 0 for undecided (0.1
    /// &lt; p &lt; 0.9; of values -0.5 &lt; y &lt; 0.5). Empty without a readout.
    /// </summary>
    /// <param name="state">S values.</param>
    public string Decision(double[] state)
    {
        Demand.Given(state);
        return Decisions(new[] { state }.ToMatrix(Cell.StateSize))[0];
    }

    /// <summary>The network's decision at each of several states [M, S].</summary>
    /// <inheritdoc cref="Decision"/>
    public string[] Decisions(double[,] states)
    {
        Demand.Given(states);
        double[,] answers = AnswersIfAny(states);
        return [.. Enumerable.Range(0, states.GetLength(0)).Select(i => Decide(answers.Row(i), Outputs))];
    }

    /// <summary>The same as <see cref="Answers"/>, and without a readout nothing for each state: [M, 0].</summary>
    internal double[,] AnswersIfAny(double[,] states)
    {
        if (Readout is not null) return Answers(states);
        usage.Check();
        Demand.Shape(states, [-1, Cell.StateSize]);
        return new double[states.GetLength(0), 0];
    }

    /// <summary>The same from known answers.</summary>
    /// <param name="answers">Probabilities of class 1, or values: K of them.</param>
    /// <param name="outputs">Which of the two; default probabilities, of logits.</param>
    public static string Decide(IEnumerable<double> answers, OutputMeaning outputs = OutputMeaning.Logits)
    {
        Demand.Given(answers);
        var (high, low) = Demand.Known(outputs, nameof(outputs)) == OutputMeaning.Logits ? (0.9, 0.1) : (0.5, -0.5);
        return string.Concat(answers.Select(answer => answer >= high ? '+' : answer <= low ? '-' : '0'));
    }

    /// <summary>States after each step of trials: [B, T, S].</summary>
    /// <param name="inputs">Inputs [B, T, I], in any precision.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    public Tensor Run(Tensor inputs, double[]? start = null)
    {
        using var work = usage.Begin();
        Demand.Given(inputs);
        using var scope = NewDisposeScope();
        return Cell.RunFrom(start, inputs.to(Precision)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// States after each step of trials: [B, T, S]. They are computed in the network's own precision.
    /// </summary>
    /// <param name="inputs">Inputs [B, T, I].</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    public double[,,] Run(double[,,] inputs, double[]? start = null)
    {
        Demand.Given(inputs);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Run(inputs.ToTensor(), start).ToCube();
    }

    /// <summary>The readout's outputs W h + b at each step of trials: [B, T, K].</summary>
    /// <param name="inputs">Inputs [B, T, I].</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public double[,,] Readouts(double[,,] inputs, double[]? start = null)
    {
        Demand.Given(inputs);
        RequireReadout();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Logits(Run(inputs.ToTensor(), start)).ToCube();
    }

    /// <summary>
    /// A network with the same weights in float64, for the analysis; this one if it is already in float64. It is the
    /// same one as long as the weights stay the same: do not change it, or dispose of it.
    /// </summary>
    public Network InDouble()
    {
        using var work = usage.Begin();
        if (Readout?.weight.dtype == ScalarType.Float64) return this;
        lock (Copies)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var cell = Cell.InDouble();
            if (Readout is null && ReferenceEquals(cell, Cell)) return this;
            if (Copies.TryGetValue(this, out var there) && ReferenceEquals(there.Cell, cell) && SameReadout(there))
                return there;
            var copy = new Network(cell, Readout is null ? null : Exact(Readout), Outputs);
            Copies.AddOrUpdate(this, copy);
            return copy;
        }

        bool SameReadout(Network copy) => Readout is null || (!copy.Readout!.weight.IsInvalid
            && Readout.weight.to(ScalarType.Float64).eq(copy.Readout.weight).all().item<bool>()
            && (Readout.bias is not { } bias
                || bias.to(ScalarType.Float64).eq(copy.Readout.bias!).all().item<bool>()));
    }

    /// <summary>A copy in float64.</summary>
    private static Linear Exact(Linear readout)
    {
        var (channels, units) = (readout.weight.shape[0], readout.weight.shape[1]);
        var copy = nn.Linear(units, channels, hasBias: readout.bias is not null, dtype: ScalarType.Float64);
        copy.weight.copy_(readout.weight);
        if (readout.bias is { } bias) copy.bias!.copy_(bias);
        copy.weight.DetachFromDisposeScope();
        copy.bias?.DetachFromDisposeScope();
        return copy;
    }

    /// <summary>
    /// The same weights with other equations in the cell, such as those printed in the report; the readout is shared.
    /// </summary>
    /// <param name="architecture">A kind of cell with the same parameters.</param>
    /// <exception cref="ArgumentException">The other kind has parameters with other names or shapes.</exception>
    public Network As(Architecture architecture) => new(Cell.As(architecture), Readout, Outputs);

    /// <summary>
    /// A copy in which some units act on nothing, neither on other units nor on the readout, as after a lesion.
    /// </summary>
    /// <param name="units">Which units, from 0; none copies the network.</param>
    /// <returns>A network in float64.</returns>
    /// <exception cref="InvalidOperationException">The cell is your own, or has layers.</exception>
    public Network Without(IReadOnlyCollection<int> units)
    {
        using var work = usage.Begin();
        var silenced = Cell.Without(units);
        if (Readout is null) return new(silenced);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var readout = Exact(Readout);
        foreach (int unit in units) readout.weight.select(1, unit).zero_();
        return new(silenced, readout, Outputs);
    }

    private static void RequireFit(Cell cell, Linear readout)
    {
        if (readout.weight is null || readout.weight.IsInvalid) throw new ObjectDisposedException(nameof(readout));
        if (readout.weight.shape[1] != cell.Units)
            throw new ArgumentException(
                $"The readout reads {readout.weight.shape[1]} units, but the cell has {cell.Units}.", nameof(readout));
        if (cell.parameters().FirstOrDefault(parameter => parameter.dtype != readout.weight.dtype) is { } other)
            throw new ArgumentException(
                $"The readout is in {readout.weight.dtype}, but the cell in {other.dtype}: bring both to one "
                + $"precision, such as with nn.Linear(..., dtype: torch.{other.dtype.ToString().ToLowerInvariant()}).",
                nameof(readout));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) usage.End();
    }

    /// <summary>Refuses weights that are NaN or infinite.</summary>
    internal void RequireFinite(string source)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in named_parameters())
            if (!parameter.isfinite().all().item<bool>())
                throw new InvalidDataException(
                    $"{source} holds values in {name} that are not finite: train or export the network again.");
    }
}
