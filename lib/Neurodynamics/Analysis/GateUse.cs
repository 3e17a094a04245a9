using Neurodynamics.Models;
using Neurodynamics.Tasks;

namespace Neurodynamics.Analysis;

/// <summary>How open a gate is, over all units and steps of some trials.</summary>
/// <param name="Gate">Its name, such as "forget f".</param>
/// <param name="AtPulses">Mean at the steps with any input that is not 0; NaN where there are none.</param>
/// <param name="InSilence">Mean at the other steps; NaN where there are none.</param>
/// <param name="NearlyShut">Share of all values below 0.1.</param>
/// <param name="NearlyOpen">Share of all values above 0.9.</param>
public sealed record GateUse(string Gate, double AtPulses, double InSilence, double NearlyShut, double NearlyOpen)
    : Described
{
    /// <summary>The use of each gate of a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="count">How many of them, the first ones; default 8.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    public static IReadOnlyList<GateUse> Of(Cell cell, Trials trials, int count = 8, double[]? start = null)
    {
        Demand.Given((cell, trials));
        var values =
            from trial in Enumerable.Range(0, Math.Min(count, trials.Count))
            let inputs = trials.Inputs.Trial(trial)
            from gate in GateTrace.Of(cell, trials.Inputs, trial, start)
            from step in Enumerable.Range(0, trials.Steps)
            let pulse = inputs.Row(step).Any(input => input != 0)
            from value in gate.Values.Row(step)
            select (gate.Name, pulse, value);
        return
        [
            .. from value in values
               group value by value.Name into gate
               select new GateUse(gate.Key, Mean(gate, true), Mean(gate, false),
                   gate.Average(each => each.value < 0.1 ? 1.0 : 0), gate.Average(each => each.value > 0.9 ? 1.0 : 0)),
        ];

        static double Mean(IEnumerable<(string Name, bool Pulse, double Value)> gate, bool pulse) =>
            gate.Where(each => each.Pulse == pulse).Select(each => each.Value).DefaultIfEmpty(double.NaN).Average();
    }
}
