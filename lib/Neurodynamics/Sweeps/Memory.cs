using System.Text.Json.Serialization;
using Neurodynamics.Dynamics;

namespace Neurodynamics.Sweeps;

public sealed partial record SweepRow
{
    /// <summary>How long the network holds its decisions without input.</summary>
    [JsonIgnore]
    public MemoryFacts Memory { get => Whole(MemoryColumn); init => MemoryColumn = value; }

    [JsonInclude, JsonPropertyName("memory"), JsonPropertyOrder(1)]
    internal MemoryFacts? MemoryColumn { get; private init; }
}

/// <summary>
/// How long decisions are held without input, from the states in which trials end, in channels that are decided by
/// then.
/// </summary>
/// <param name="Steps">For how many steps it was tested.</param>
/// <param name="Kept">Share of the decisions that were still the same after them.</param>
/// <param name="LostAt">The first step after which less than 95 % were; null if it never came to that.</param>
public sealed record MemoryFacts(int Steps, double Kept, int? LostAt) : Described;

internal sealed class MemoryStatistic : Statistic
{
    public override string Column => "memory";

    public override bool IsIn(SweepRow row) => row.MemoryColumn is not null;

    public override SweepRow Into(SweepRow row, MeasuredNetwork network)
    {
        var trials = network.Trials;
        double[,,] states = network.Network.Run(trials.Inputs);
        int end = trials.Steps - 1;
        double[,] last = network.Matrix(Enumerable.Range(0, trials.Count)
            .Select(trial => Enumerable.Range(0, states.GetLength(2)).Select(i => states[trial, end, i]).ToArray()));
        var lost = new List<int?>();
        for (int channel = 0; channel < network.Network.Channels; channel++)
        {
            var held = Holding.Of(
                network.Network, last, network.Measure.HoldSteps, channel: channel, cancellation: network.Cancellation);
            lost.AddRange(held.Lost.Where((_, trial) => trials.IsDecided(trial, end, channel)));
        }
        int allowed = (int)(0.05 * lost.Count);
        int[] steps = [.. lost.OfType<int>().Order()];
        return row with
        {
            Memory = new(
                network.Measure.HoldSteps, lost.Count == 0 ? double.NaN : 1 - (double)steps.Length / lost.Count,
                steps.Length > allowed ? steps[allowed] : null),
        };
    }
}
