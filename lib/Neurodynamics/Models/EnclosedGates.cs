using Neurodynamics.Enclosures;
using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>A gated cell's weights as enclosures, gate by gate, and what is made of them.</summary>
internal sealed class EnclosedGates
{
    private readonly Gate[] gates;
    private readonly int units;

    private EnclosedGates(RecurrentCell cell, WeightsAre weights)
    {
        units = cell.Units;
        var (inputs, states) = (cell.WeightIh.Enclosed(weights), cell.WeightHh.Enclosed(weights));
        var (inputBias, stateBias) = (cell.BiasIh.EnclosedVector(weights), cell.BiasHh.EnclosedVector(weights));
        gates = [.. Enumerable.Range(0, cell.GateCount).Select(gate => gate * units).Select(first => new Gate(
            inputs.Rows(first, units), states.Rows(first, units),
            inputBias.Part(first, units), stateBias.Part(first, units)))];
    }

    /// <summary>The weights of one gate.</summary>
    private sealed record Gate(
        EnclosedMatrix Inputs, EnclosedMatrix States, EnclosedVector InputBias, EnclosedVector StateBias);

    /// <summary>The weights of this moment.</summary>
    public static EnclosedGates Of(RecurrentCell cell, WeightsAre weights)
    {
        Demand.Known(weights, nameof(weights));
        using var work = cell.Usage.Begin();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return new(cell, weights);
    }

    /// <summary>The input's share of a gate's argument, with its bias.</summary>
    public EnclosedVector Driven(int gate, EnclosedVector input) => gates[gate].Inputs * input + gates[gate].InputBias;

    /// <summary>The state's share, with its bias.</summary>
    public EnclosedVector Recurrent(int gate, EnclosedVector hidden) =>
        gates[gate].States * hidden + gates[gate].StateBias;

    /// <summary>A gate's argument.</summary>
    public EnclosedVector Argument(int gate, EnclosedVector input, EnclosedVector hidden) =>
        Driven(gate, input) + Recurrent(gate, hidden);

    /// <summary>A GRU's next state, n + z (h - n).</summary>
    public EnclosedVector Mix(EnclosedVector input, EnclosedVector hidden, EnclosedVector candidate) =>
        candidate + Argument(1, input, hidden).Logistic() * (hidden - candidate);

    /// <summary>What decides h, each of whose values is at most 1.</summary>
    public FixedPointEquation Balance(
        string text, Func<EnclosedVector, EnclosedVector> map, Func<EnclosedVector, EnclosedVector> state) =>
        new(text, [.. Enumerable.Repeat(new Enclosure(-1, 1), units)], map, state);
}

/// <summary>Weights as enclosures.</summary>
internal static class EnclosedWeights
{
    /// <summary>A matrix.</summary>
    public static EnclosedMatrix Enclosed(this Tensor matrix, WeightsAre weights = WeightsAre.Exact) =>
        weights == WeightsAre.Exact ? new(matrix.ToMatrix()) : EnclosedMatrix.OfFloat32(matrix.ToMatrix());

    /// <summary>A vector.</summary>
    public static EnclosedVector EnclosedVector(this Tensor vector, WeightsAre weights) =>
        Enclosures.EnclosedVector.Constant(vector.EnclosedValues(weights));

    /// <summary>A vector's values.</summary>
    public static Enclosure[] EnclosedValues(this Tensor vector, WeightsAre weights) => [.. vector.ToVector()
        .Select(value => weights == WeightsAre.Exact ? value : EnclosedMatrix.OfFloat32(value))];
}
