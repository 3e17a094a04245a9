using System.Text.Json.Serialization;
using Neurodynamics.Dynamics;
using Neurodynamics.FixedPoints;

namespace Neurodynamics.Sweeps;

public sealed partial record SweepRow
{
    /// <summary>The fixed points under zero input.</summary>
    [JsonIgnore]
    public FoundFacts Found { get => Whole(FoundColumn); init => FoundColumn = value; }

    [JsonInclude, JsonPropertyName("found"), JsonPropertyOrder(2)]
    internal FoundFacts? FoundColumn { get; private init; }

    /// <summary>
    /// Whether the fixed points are those of a cube of memories in K channels, K! / (j! (K - j)!) 2^(K - j) of saddle
    /// index j, each certified, and no sign that one is missing.
    /// </summary>
    [JsonIgnore]
    public bool IsCubeOfMemories => Found.Points == (int)Math.Pow(3, Recipe.Task.OutputSize)
        && Found.ByIndex.SequenceEqual(OfCube(Recipe.Task.OutputSize))
        && Found.Certified == Found.Points && Found.Completeness == CompletenessVerdict.Consistent;

    /// <summary>
    /// The places of a grid with three a side in K dimensions, by how many coordinates are 0: 8, 12, 6 and 1 of three;
    /// four places at least, as in <see cref="FoundFacts.ByIndex"/>.
    /// </summary>
    /// <param name="channels">K, from 1 to 19: of more the places are more than an int holds.</param>
    public static int[] OfCube(int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 19);
        int[] places = new int[Math.Max(3, channels) + 1];
        double choose = 1;
        for (int index = 0; index <= channels; choose = choose * (channels - index) / ++index)
            places[index] = (int)Math.Round(choose * Math.Pow(2, channels - index));
        return places;
    }
}

/// <summary>What a search found.</summary>
/// <param name="Points">Number of fixed points.</param>
/// <param name="ByIndex">
/// How many of them have 0, 1, 2 and so on unstable modes; the last has those with more as well. It has a place more
/// than there are channels, and four at least. A point whose Jacobian is not finite has no number of them and counts
/// nowhere.
/// </param>
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
    CompletenessVerdict Completeness, int FromPlain, int FromNoisy) : Described;

internal sealed class FoundStatistic : Statistic
{
    public override string Column => "found";

    public override bool IsIn(SweepRow row) => row.FoundColumn is not null;

    public override SweepRow Into(SweepRow row, MeasuredNetwork network)
    {
        var (set, points) = (network.Set, network.Points);
        int most = Math.Max(3, network.Recipe.Task.OutputSize);
        int[] byIndex = [.. Enumerable.Range(0, most + 1)
            .Select(index => points.Count(point =>
                point.IsFinite && Math.Min(most, point.UnstableModes) == index))];
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
