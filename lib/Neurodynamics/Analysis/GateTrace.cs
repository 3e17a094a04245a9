using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>What a gate did during a trial.</summary>
/// <param name="Name">Such as "forget f".</param>
/// <param name="Values">In (0, 1), [T, N].</param>
public sealed record GateTrace(string Name, double[,] Values) : Described
{
    /// <summary>
    /// The gates of one of the library's cells during a trial (report 2.2, 2.3); none for a vanilla RNN.
    /// </summary>
    /// <param name="cell">The cell.</param>
    /// <param name="inputs">The trials' inputs [B, T, I].</param>
    /// <param name="trial">Which of them, from 0; default the first.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    /// <exception cref="ArgumentException">The cell is none of the library's.</exception>
    public static IReadOnlyList<GateTrace> Of(Cell cell, double[,,] inputs, int trial = 0, double[]? start = null)
    {
        Demand.Given((cell, inputs));
        ArgumentOutOfRangeException.ThrowIfNegative(trial);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(trial, inputs.GetLength(0));
        if (cell.InDouble() is not RecurrentCell exact) throw new ArgumentException(
            $"{cell.GetName()} is none of the library's cells: nothing is known of its gates.", nameof(cell));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var shown = inputs.ToTensor().narrow(0, trial, 1).to(ScalarType.Float64);
        var states = exact.RunFrom(start, shown).squeeze(0);
        // A step starts from the state that the step before has left.
        var before = cat([exact.StartOf(start, shown), states.narrow(0, 0, states.shape[0] - 1)], 0);
        return [.. exact.GateValues(shown.squeeze(0), before)
            .Select(gate => new GateTrace(gate.Name, gate.Values.ToMatrix()))];
    }
}
