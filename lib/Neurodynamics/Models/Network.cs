using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// A recurrent cell and a linear readout per channel: logits = W h + b. A positive logit means class 1, +1.
/// </summary>
public sealed class Network : nn.Module
{
    private static readonly ConditionalWeakTable<Network, Network> Copies = [];
    private readonly Usage usage;

    /// <summary>Joins a cell with a readout.</summary>
    /// <exception cref="ArgumentException">
    /// The readout does not fit the cell's units, or differs in precision.
    /// </exception>
    public Network(Cell cell, Linear readout) : base(nameof(Network))
    {
        usage = new(this, () => base.Dispose(true));
        Demand.Given((cell, readout));
        cell.Usage.Check();
        if (readout.weight is null || readout.weight.IsInvalid) throw new ObjectDisposedException(nameof(readout));
        if (readout.weight.shape[1] != cell.Units)
            throw new ArgumentException(
                $"The readout reads {readout.weight.shape[1]} units, but the cell has {cell.Units}.", nameof(readout));
        if (cell.parameters().FirstOrDefault(parameter => parameter.dtype != readout.weight.dtype) is { } other)
            throw new ArgumentException(
                $"The readout is in {readout.weight.dtype}, but the cell in {other.dtype}: bring both to one "
                + $"precision, such as with nn.Linear(..., dtype: torch.{other.dtype.ToString().ToLowerInvariant()}).",
                nameof(readout));
        (Cell, Readout) = (cell, readout);
        register_module("rnn", cell);
        register_module("readout", readout);
    }

    /// <summary>A network with Glorot's initialisation (report 4.2).</summary>
    /// <param name="architecture">The kind of cell.</param>
    /// <param name="inputSize">I, the number of inputs.</param>
    /// <param name="units">N, the number of hidden units.</param>
    /// <param name="channels">K, the number of channels to read out.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    public static Network Create(Architecture architecture, int inputSize, int units, int channels, long seed)
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
        return new(cell, readout);
    }

    /// <summary>The recurrent cell.</summary>
    public Cell Cell { get; }

    /// <summary>The linear readout: weight [K, N] and, if it has one, bias [K].</summary>
    public Linear Readout { get; }

    /// <summary>K, the number of channels.</summary>
    public int Channels => (int)Weight.shape[0];

    /// <summary>The readout's weights, as long as they are there.</summary>
    internal Parameter Weight
    {
        get
        {
            usage.Check();
            return Readout.weight;
        }
    }

    /// <summary>The readout's logits [..., K] of states [..., S].</summary>
    public Tensor Logits(Tensor states)
    {
        using var work = usage.Begin();
        Demand.Given(states);
        if (states.dim() == 0 || states.shape[^1] != Cell.StateSize || states.dtype != Weight.dtype)
            throw new ArgumentException($"The readout expects states of {Cell.StateSize} values in {Weight.dtype}, but "
                + $"was given [{string.Join(", ", states.shape)}] in {states.dtype}.", nameof(states));
        using var scope = NewDisposeScope();
        return Readout.call(Cell.Hidden(states)).MoveToOuterDisposeScope();
    }

    /// <summary>The readout's logits [M, K] of states [M, S].</summary>
    public double[,] Logits(double[,] states)
    {
        Demand.Given(states);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Logits(states.ToTensor().to(Weight.dtype)).ToMatrix();
    }

    /// <summary>Probabilities of class 1 [M, K] read out from states [M, S].</summary>
    public double[,] Probabilities(double[,] states)
    {
        Demand.Given(states);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Logits(states.ToTensor().to(Weight.dtype)).to(ScalarType.Float64).sigmoid().ToMatrix();
    }

    /// <summary>
    /// The network's decision at a state, one character per channel: + for class 1, - for class 0, 0 for undecided (0.1
    /// &lt; p &lt; 0.9).
    /// </summary>
    /// <param name="state">S values.</param>
    public string Decision(double[] state)
    {
        Demand.Given(state);
        return Decide(Probabilities(new[] { state }.ToMatrix(Cell.StateSize)).Row(0));
    }

    /// <summary>The network's decision at each of several states [M, S].</summary>
    /// <inheritdoc cref="Decision"/>
    public string[] Decisions(double[,] states)
    {
        double[,] probabilities = Probabilities(states);
        return [.. Enumerable.Range(0, states.GetLength(0)).Select(i => Decide(probabilities.Row(i)))];
    }

    /// <summary>The same from known probabilities.</summary>
    /// <param name="probabilities">Of class 1, K values.</param>
    public static string Decide(IEnumerable<double> probabilities) =>
        string.Concat(probabilities.Select(p => p >= 0.9 ? '+' : p <= 0.1 ? '-' : '0'));

    /// <summary>States after each step of trials, from zero: [B, T, S].</summary>
    /// <param name="inputs">Inputs [B, T, I], in any precision.</param>
    public Tensor Run(Tensor inputs)
    {
        using var work = usage.Begin();
        Demand.Given(inputs);
        using var scope = NewDisposeScope();
        return Cell.Run(inputs.to(Readout.weight.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// States after each step of trials, from zero: [B, T, S]. They are computed in the network's own precision.
    /// </summary>
    /// <param name="inputs">Inputs [B, T, I].</param>
    public double[,,] Run(double[,,] inputs)
    {
        Demand.Given(inputs);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Run(inputs.ToTensor()).ToCube();
    }

    /// <summary>The readout's logits at each step of trials, from zero: [B, T, K].</summary>
    /// <param name="inputs">Inputs [B, T, I].</param>
    public double[,,] Readouts(double[,,] inputs)
    {
        Demand.Given(inputs);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Logits(Run(inputs.ToTensor())).ToCube();
    }

    /// <summary>
    /// A network with the same weights in float64, for the analysis; this one if it is already in float64. It is the
    /// same one as long as the weights stay the same: do not change it, or dispose of it.
    /// </summary>
    public Network InDouble()
    {
        using var work = usage.Begin();
        if (Readout.weight.dtype == ScalarType.Float64) return this;
        lock (Copies)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var cell = Cell.InDouble();
            if (Copies.TryGetValue(this, out var there) && ReferenceEquals(there.Cell, cell) && SameReadout(there))
                return there;
            var readout = nn.Linear(Cell.Units, Channels, hasBias: Readout.bias is not null, dtype: ScalarType.Float64);
            readout.weight.copy_(Readout.weight);
            if (Readout.bias is { } bias) readout.bias!.copy_(bias);
            readout.weight.DetachFromDisposeScope();
            readout.bias?.DetachFromDisposeScope();
            var copy = new Network(cell, readout);
            Copies.AddOrUpdate(this, copy);
            return copy;
        }

        bool SameReadout(Network copy) => !copy.Readout.weight.IsInvalid
            && Readout.weight.to(ScalarType.Float64).eq(copy.Readout.weight).all().item<bool>()
            && (Readout.bias is not { } bias || bias.to(ScalarType.Float64).eq(copy.Readout.bias!).all().item<bool>());
    }

    /// <summary>
    /// The same weights with other equations in the cell, such as those printed in the report; the readout is shared.
    /// </summary>
    /// <param name="architecture">A kind of cell with the same parameters.</param>
    /// <exception cref="ArgumentException">The other kind has parameters with other names or shapes.</exception>
    public Network As(Architecture architecture) => new(Cell.As(architecture), Readout);

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
