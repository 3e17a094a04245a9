using Neurodynamics.Dynamics;
using Neurodynamics.Models;

namespace Neurodynamics.Analysis;

/// <summary>What a pulse did to the bits of a memory.</summary>
/// <param name="Sets">Every channel with a pulse has its sign afterwards.</param>
/// <param name="KeepsOthers">Every channel without one reads as it did before.</param>
public sealed record PulseEffect(bool Sets, bool KeepsOthers) : Described
{
    /// <summary>
    /// The effects of responses, in their order. A pulse after which no attractor was reached neither sets nor keeps a
    /// bit.
    /// </summary>
    /// <param name="responses">The responses.</param>
    /// <param name="network">The network that was pulsed, with an input per channel.</param>
    public static IReadOnlyList<PulseEffect> Of(PulseResponses responses, Network network)
    {
        Demand.Given((responses, network));
        network.RequireReadout();
        if (responses.Responses.Count == 0) return [];
        string[] readouts =
            network.Decisions(responses.Points.Select(point => point.Point.State).ToMatrix(network.Cell.StateSize));
        return [.. responses.Responses.Select(response => response.To is { } to
            ? Compare(response.Input, readouts[response.From], readouts[to])
            : new(false, false))];
    }

    private static PulseEffect Compare(double[] pulse, string before, string after) => new(
        pulse.Index().All(channel => channel.Item == 0 || after[channel.Index] == (channel.Item > 0 ? '+' : '-')),
        pulse.Index().All(channel => channel.Item != 0 || after[channel.Index] == before[channel.Index]));
}
