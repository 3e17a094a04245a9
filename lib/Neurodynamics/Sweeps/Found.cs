using System.Text.Json.Serialization;
using Neurodynamics.Dynamics;
using Neurodynamics.FixedPoints;

namespace Neurodynamics.Sweeps;

public sealed partial record SweepRow
{
    /// <summary>The fixed points under zero input.</summary>
    [JsonPropertyOrder(2)]
    public FoundFacts Found { get => Whole(field); init; }
}

/// <summary>What a search found.</summary>
/// <param name="Points">Number of fixed points.</param>
/// <param name="ByIndex">How many of them have 0, 1, 2, 3 and more unstable modes.</param>
/// <param name="Certified">How many are certified.</param>
/// <param name="Marginal">
/// How many have a mode with | |lambda| - 1 | within the band of <see cref="Linearisation"/>.
/// </param>
/// <param name="SlowestTimeConstant">Largest time constant of any attractor, in steps; NaN without one.</param>
/// <param name="Slow">Number of slow points.</param>
/// <param name="Unreachable">Number of ghosts.</param>
/// <param name="Completeness">What the signs say.</param>
/// <param name="FromPlain">Fixed points to which candidates led as trials visited them.</param>
/// <param name="FromNoisy">Fixed points to which the same candidates led with noise, without a further round.</param>
public sealed record FoundFacts(
    int Points, int[] ByIndex, int Certified, int Marginal, double SlowestTimeConstant, int Slow, int Unreachable,
    CompletenessVerdict Completeness, int FromPlain, int FromNoisy);

internal sealed class FoundStatistic : Statistic
{
    public override SweepRow Into(SweepRow row, MeasuredNetwork network)
    {
        var (set, points) = (network.Set, network.Points);
        int[] byIndex = [.. Enumerable.Range(0, 4)
            .Select(index => points.Count(point => Math.Min(3, point.UnstableModes) == index))];
        return row with
        {
            Found = new(
                points.Count, byIndex, set.Points.Count(point => point.Certificate?.Certainty == Certainty.Certified),
                points.Count(point => point.MarginalModes > 0),
                network.Attractors.Select(point => point.SlowestTimeConstant).DefaultIfEmpty(double.NaN).Max(),
                set.SlowPoints.Count, set.Unreachable.Count, set.Completeness.Verdict,
                // The search's first round is the noisy candidates alone.
                network.Polished(network.FromTrials(network.Measure.Candidates)).GetLength(0), set.Rounds[0].NewPoints),
        };
    }
}
