using Neurodynamics.Enclosures;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// Layers as one cell with the state [layer 1, layer 2, ...], of which an LSTM's part is [h, c]. Each layer's input is
/// what a readout would see of the new state of the layer below, as in PyTorch; a readout sees the last layer.
/// </summary>
/// <remarks>
/// Parameters are the layers' own, under layer0, layer1 and so on. The cell owns its layers: they are disposed of with
/// it.
/// </remarks>
public sealed class LayeredCell : Cell
{
    private readonly Cell[] layers;
    private readonly int[] firsts;
    private LayeredCell? exact;

    /// <param name="layers">The layers, from the input up; at least one.</param>
    /// <exception cref="ArgumentException">A layer does not take as many inputs as the one below has units.</exception>
    public LayeredCell(params IReadOnlyList<Cell> layers) : base(
        string.Join(" + ", Some(layers).Select(layer => layer.GetName())), layers[0].InputSize, layers[^1].Units,
        layers.Sum(layer => layer.StateSize))
    {
        for (int i = 1; i < layers.Count; i++)
            if (layers[i].InputSize != layers[i - 1].Units)
                throw new ArgumentException(
                    $"Layer {i} takes {layers[i].InputSize} inputs, but layer {i - 1} has {layers[i - 1].Units} units.",
                    nameof(layers));
        this.layers = [.. layers];
        firsts = [.. layers.Select((_, i) => layers.Take(i).Sum(layer => layer.StateSize))];
        for (int i = 0; i < layers.Count; i++) register_module($"layer{i}", layers[i]);
    }

    /// <summary>The layers, from the input up.</summary>
    public IReadOnlyList<Cell> Layers => layers;

    /// <inheritdoc/>
    public override bool IsThreadSafe => layers.All(layer => layer.IsThreadSafe);

    internal override Tensor? Leaks => layers.Any(layer => layer.Leaks is null) ? null
        : cat([.. layers.Select(layer => layer.Leaks!)]);

    private protected override ScalarType? Precision => parameters().FirstOrDefault()?.dtype;

    private bool IsExact => parameters().All(parameter => parameter.dtype == ScalarType.Float64);

    /// <summary>A layer's part [..., own S] of states [..., S].</summary>
    /// <param name="states">States [..., S].</param>
    /// <param name="layer">Which layer, from 0.</param>
    public Tensor Part(Tensor states, int layer)
    {
        RequireStates(states);
        Demand.Index(layer, layers.Length);
        return states.narrow(-1, firsts[layer], layers[layer].StateSize);
    }

    /// <inheritdoc/>
    public override void Initialise(long seed)
    {
        for (int i = 0; i < layers.Length; i++) layers[i].Initialise(Seeds.Derive(seed, "layer", i));
    }

    /// <inheritdoc/>
    public override Tensor Step(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        return cat([.. Through(input, state).Select(at => at.Next)], 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Run(Tensor inputs, Tensor? start = null)
    {
        RequireRun(inputs, start);
        using var scope = NewDisposeScope();
        var states = new Tensor[layers.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            states[i] = layers[i].Run(inputs, start is null ? null : Part(start, i));
            inputs = layers[i].Hidden(states[i]);
        }
        return cat(states, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Null if one of the layers does not know it.</summary>
    /// <inheritdoc/>
    public override EnclosedStep? Enclosed(WeightsAre weights = WeightsAre.Exact)
    {
        EnclosedStep?[] steps = [.. layers.Select(layer => layer.Enclosed(weights))];
        return steps.Contains(null) ? null : new((u, x) =>
        {
            var next = new EnclosedVector[layers.Length];
            for (int i = 0; i < layers.Length; i++)
            {
                next[i] = steps[i]!.Next(u, x.Part(firsts[i], layers[i].StateSize));
                u = steps[i]!.Seen(next[i], layers[i].Units);
            }
            return EnclosedVector.Join(next);
        }, seen: x => steps[^1]!.Seen(x.Part(firsts[^1], layers[^1].StateSize), Units));
    }

    /// <inheritdoc/>
    public override Tensor StateJacobian(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        // What a layer's new state owes to the states of the layers below, and to its own.
        var rows = Chained(input, state, (layer, u, x, below) =>
        {
            var own = layer.StateJacobian(u, x);
            return below is null ? own : cat([layer.InputJacobian(u, x).matmul(below), own], 2);
        });
        return cat([.. rows.Select(Padded)], 1).MoveToOuterDisposeScope();

        Tensor Padded(Tensor row) => row.shape[2] == StateSize ? row
            : cat([row, zeros(row.shape[0], row.shape[1], StateSize - row.shape[2], dtype: row.dtype)], 2);
    }

    /// <inheritdoc/>
    public override Tensor InputJacobian(Tensor input, Tensor state)
    {
        Require(input, state);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return cat(Chained(input, state, (layer, u, x, below) => below is null
            ? layer.InputJacobian(u, x) : layer.InputJacobian(u, x).matmul(below)), 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Hidden(Tensor states)
    {
        using var scope = NewDisposeScope();
        return layers[^1].Hidden(Part(states, layers.Length - 1)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor HiddenJacobian(Tensor states)
    {
        RequireStates(states, dimensions: 2);
        using var scope = NewDisposeScope();
        var own = layers[^1].HiddenJacobian(Part(states, layers.Length - 1));
        var below = zeros(states.shape[0], Units, firsts[^1], dtype: states.dtype);
        return cat([below, own], 2).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Each layer's own box, where what it gets from the layer below is as large as that one's box allows.
    /// </summary>
    /// <inheritdoc/>
    public override double[]? InvariantBox(double[] input)
    {
        Usage.Check();
        Demand.Shape(input, [InputSize]);
        return IsExact ? Boxes(layers[0].InvariantBox(input)) : InDouble().InvariantBox(input);
    }

    /// <inheritdoc/>
    internal override double[]? BoxUnder(double[] reach) => Boxes(layers[0].BoxUnder(reach));

    /// <inheritdoc/>
    internal override double[]? HiddenReach(double[] box) => layers[^1].HiddenReach(box[firsts[^1]..]);

    /// <inheritdoc/>
    public override double[]? BoxAfter(int steps)
    {
        double[]?[] boxes = [.. layers.Select(layer => layer.BoxAfter(steps))];
        return boxes.Contains(null) ? null : [.. boxes.SelectMany(box => box!)];
    }

    /// <inheritdoc/>
    protected internal override Tensor Start(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        return cat([.. layers.Select(layer => layer.Start(inputs))], 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Cell InDouble()
    {
        if (Architecture is not null) return base.InDouble();
        Cell[] each = [.. layers.Select(layer => layer.InDouble())];
        if (each.SequenceEqual(layers)) return this;
        if (exact is { } known && known.layers.SequenceEqual(each)) return known;
        exact = new LayeredCell(each);
        exact.Share(this);
        return exact;
    }

    /// <summary>What every layer gets, where it is, and where it goes.</summary>
    private IEnumerable<(Tensor Input, Tensor State, Tensor Next)> Through(Tensor input, Tensor state)
    {
        for (int i = 0; i < layers.Length; i++)
        {
            var (own, at) = (Part(state, i), input);
            var next = layers[i].Step(at, own);
            input = layers[i].Hidden(next);
            yield return (at, own, next);
        }
    }

    /// <summary>The chain rule from the lowest layer up: each layer's rows of a Jacobian.</summary>
    /// <param name="input">[B, I], or [1, I].</param>
    /// <param name="state">[B, S].</param>
    /// <param name="rowsOf">
    /// From a layer, its input, its state and what its input owes, which is null for the lowest layer.
    /// </param>
    private List<Tensor> Chained(
        Tensor input, Tensor state, Func<Cell, Tensor, Tensor, Tensor?, Tensor> rowsOf)
    {
        var rows = new List<Tensor>();
        Tensor? below = null;
        foreach (var (layer, at) in layers.Zip(Through(input, state)))
        {
            rows.Add(rowsOf(layer, at.Input, at.State, below));
            if (rows.Count < layers.Length) below = layer.Seen(at.Next, rows[^1]);
        }
        return rows;
    }

    private double[]? Boxes(double[]? first)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        double[]? box = first;
        var all = new List<double>();
        for (int i = 0; i < layers.Length; i++)
        {
            if (i > 0) box = layers[i - 1].HiddenReach(box!) is { } reach ? layers[i].BoxUnder(reach) : null;
            if (box is null) return null;
            all.AddRange(box);
        }
        return [.. all];
    }

    private static IReadOnlyList<Cell> Some(IReadOnlyList<Cell> layers)
    {
        Demand.Given(layers);
        return layers.Count > 0 ? layers
            : throw new ArgumentException("A layered cell needs at least one layer.", nameof(layers));
    }
}

/// <summary>Layers of one kind, each with the same number of units.</summary>
public sealed record Stacked() : Architecture("stacked")
{
    /// <summary>The kind of every layer; default the GRU.</summary>
    public Architecture Layer { get; init => field = Demand.Some(value, nameof(Layer)); } = Gru;

    /// <summary>How many layers; default 2.</summary>
    public int Layers
    {
        get;
        init => field = value is >= 1 and <= 100
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Layers), value, "There are 1 to 100 layers.");
    } = 2;

    /// <inheritdoc/>
    public override string Title => $"{Layer.Title}, {Layers} layers";

    /// <inheritdoc/>
    public override string? Equation => Layer.Equation is { } equation
        ? $"{equation}, in every layer with the new state of the layer below as u" : null;

    /// <inheritdoc/>
    public override Mark Mark => Layer.Mark with { Shape = MarkShape.DiamondOpen };

    /// <inheritdoc/>
    protected override Cell Make(int inputSize, int units, ScalarType precision) => new LayeredCell(
        [.. Enumerable.Range(0, Layers).Select(i => Layer.Create(i == 0 ? inputSize : units, units, precision))]);
}
