using System.Text.Json;
using System.Text.Json.Serialization;
using Neurodynamics.Models;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// What a search found under one constant input. Plain values: it can be saved, and read again with every bit the same.
/// </summary>
/// <param name="Input">The constant input, I values.</param>
/// <param name="Points">The fixed points, each once, with certificate and reachability.</param>
/// <param name="Unreachable">
/// Ghosts: points where the network stands still, or nearly so, outside the box that states from zero never leave, such
/// as where gates saturate. Reported, and not counted.
/// </param>
/// <param name="SlowPoints">
/// Distinct states at which the speed has a minimum that is not zero, or where a solver was asked to stop.
/// </param>
/// <param name="Completeness">Whether the points can be all there are.</param>
/// <param name="Rounds">What each round brought, in order.</param>
public sealed record FixedPointSet(double[] Input, IReadOnlyList<FixedPoint> Points, IReadOnlyList<Ghost> Unreachable,
    IReadOnlyList<SlowPoint> SlowPoints, Completeness Completeness, IReadOnlyList<SearchRound> Rounds)
{
    private const int Format = 1;

    private static readonly JsonSerializerOptions Options =
        new(Json.Options) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>How each of the given candidates ended; null in a set that was loaded.</summary>
    [JsonIgnore]
    public FixedPointSolution? Solution { get; init; }

    /// <summary>
    /// Fixed points without gaps, such as a line of them; null where none was found. Their states are not among the
    /// <see cref="Points"/>.
    /// </summary>
    public IReadOnlyList<Continuum>? Continua { get; init; }

    /// <summary>
    /// Whether slow points were looked for (<see cref="FixedPointSearch.SlowCandidates"/>); default true.
    /// </summary>
    public bool SlowPointsSought { get; init; } = true;

    /// <summary>
    /// How large a share of fresh candidates arrives at a point that is not listed, at most; null where nobody asked
    /// (<see cref="FixedPointSearch.RunUntil"/> does, and <see cref="UnseenShare.Of"/> for any set).
    /// </summary>
    public UnseenShare? Unseen { get; init; }

    /// <summary>
    /// How complete the list is, in a line: whether points are missing, or the sum of signs is as it must be, and the
    /// bound of the share that is not seen.
    /// </summary>
    [JsonIgnore]
    public string Standing
    {
        get
        {
            if (Stopped() is not null) return "stopped: nothing is known of what is missing";
            string signs = (Completeness.Verdict, Unseen) switch
            {
                (CompletenessVerdict.Missing, _) => $"missing: the signs sum to {Completeness.Sum}",
                (_, { Unlisted: > 0, Added: false }) => "missing: fresh candidates arrived at points not listed",
                (CompletenessVerdict.Consistent, _) => "consistent: the signs sum to 1",
                (CompletenessVerdict.Undecided, _) => "undecided: a sign is not known",
                (CompletenessVerdict.Stopped, _) => "stopped: the signs were not summed",
                _ => "no sum of signs",
            };
            return $"{signs}; {Unseen?.Words ?? "unseen share not measured"}";
        }
    }

    /// <summary>
    /// What was assumed of an imported cell's equations and is not checked (<see cref="Cell.Unchecked"/>); null where
    /// the form is known.
    /// </summary>
    public string? Unchecked
    {
        get => Form.Unchecked;
        init => Form = new() { Unchecked = value };
    }

    internal Form Form { get; init; } = new();

    /// <summary>All of it in a sentence or two, as for a reader.</summary>
    public override string ToString()
    {
        int certified = Points.Count(point => point.Certificate?.Certainty == Certainty.Certified);
        int measured = Points.Count(point => point.Certificate?.Certainty == Certainty.VerifiedNumerically);
        string verified = measured == 0 ? "" : $", {measured} only verified numerically";
        int open = Points.Count(point => point.Certificate is null);
        string untested = open == 0 ? "" : $" ({open} not tested)";
        string certainty = (Points.Count, certified, measured, open) switch
        {
            (0, _, _, _) => "",
            (1, 1, _, _) => ", certified",
            (1, _, 1, _) => ", only verified numerically",
            (1, _, _, 1) => ", not tested",
            (1, _, _, _) => ", not certified",
            _ => $", {certified} of them certified{verified}{untested}",
        };
        string lines = string.Concat((Continua ?? []).Select(continuum => $"; {continuum}"));
        string slow = SlowPointsSought ? Number.Of(SlowPoints.Count, "slow point") : "slow points not looked for";
        string assumed = Form.NotChecked(Unchecked) is { } words ? $"; {words}" : "";
        return $"{Number.Of(Points.Count, "fixed point")}{certainty}, "
            + $"{Unreachable.Count} unreachable, {slow}{lines}{assumed}. "
            + (Stopped() ?? Message());
    }

    private string Message()
    {
        string signs = Continua is null || Completeness.Verdict != CompletenessVerdict.Undecided
            ? Completeness.Words
            : "Beside a continuum the sum of signs decides nothing, so points may be missing.";
        return Unseen is null ? signs : $"{signs} {Unseen.Message}";
    }

    /// <summary>Why the search says nothing of what is missing, in a sentence; null where it ran to its end.</summary>
    private string? Stopped()
    {
        int Ended(Ending ending) => Rounds.Sum(round => round.Endings.GetValueOrDefault(ending));
        int all = Rounds.Sum(round => round.Candidates);
        return Ended(Ending.Cancelled) is > 0 and var cancelled
            ? $"The search was stopped with {cancelled} of {all} candidates on their way, so the points found say "
                + "nothing of what is missing."
            : all > 0 && Ended(Ending.NotFinite) == all
            ? "No candidate stayed finite: look for weights, inputs or candidates that are not, or that are very large."
            : null;
    }

    /// <summary>Writes the set as JSON, beside its place first.</summary>
    public void Save(string path) =>
        WholeFile.Write(path, stream => JsonSerializer.Serialize(stream, new Saved(Format, this), Options));

    /// <summary>Reads a set that was saved.</summary>
    /// <exception cref="InvalidDataException">The file is no saved set, or of a later version.</exception>
    public static FixedPointSet Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (JsonSerializer.Deserialize<Saved>(stream, Options) is { Format: Format } saved) return saved.Set;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is not a set of fixed points as FixedPointSet.Save writes "
                + $"it: {Json.Reason(error)}", error);
        }
        throw new InvalidDataException($"{path} was written by another version of the workbook: it needs "
            + $"format {Format}.");
    }

    private sealed record Saved(int Format, FixedPointSet Set);
}

/// <summary>One round of a search.</summary>
/// <param name="Source">Where its candidates came from.</param>
/// <param name="Endings">How many of them ended in which way.</param>
/// <param name="NewPoints">How many fixed points it brought that no earlier round had.</param>
public sealed record SearchRound(string Source, IReadOnlyDictionary<Ending, int> Endings, int NewPoints) : Described
{
    /// <summary>How many candidates there were.</summary>
    [JsonIgnore]
    public int Candidates => Endings.Values.Sum();
}
