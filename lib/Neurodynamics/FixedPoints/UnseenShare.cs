using System.Globalization;
using System.Text.Json.Serialization;
using Neurodynamics.Models;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// How large a share of fresh candidates arrives at a fixed point that a finished list does not have, at most: what can
/// be said of a list that nobody can prove complete.
/// </summary>
/// <remarks>
/// The list is frozen, independent draws that had no part in making it are followed by one solver, each by itself, and
/// of those that arrive at a fixed point the ones that arrive elsewhere are counted. The bound is Clopper and Pearson's
/// (1934), one-sided. It is one of candidates as they were drawn and of this solver, and not of points: a point to
/// which few candidates lead may be missing, and a saddle usually is such a point. Draws must be independent and alike,
/// such as <see cref="Candidates.OnePerTrial"/> of trials with a new seed. Later rounds of a search are made of the
/// points found before, so that no such bound can be had from what they bring.
/// </remarks>
/// <param name="Arrived">How many candidates arrived at a fixed point.</param>
/// <param name="Unlisted">
/// How many of these arrived at a point that was not listed. One that is not certified counts as unlisted where none
/// that is listed is near enough.
/// </param>
/// <param name="Nowhere">How many arrived at no fixed point: at a slow point, stalled, or were lost.</param>
/// <param name="Ghosts">How many stood still where no state can be.</param>
/// <param name="Cancelled">How many were on their way when it was stopped; then there is no bound.</param>
/// <param name="Level">How often such a bound holds at least, such as 0.95.</param>
/// <param name="Looks">
/// For how many looks the bound allows: with more than one, each is at a level of 1 - (1 - Level) / Looks, so that
/// whoever looks again until the bound is low enough is still right as often as Level says (Bonferroni).
/// </param>
/// <param name="Points">
/// The points that were not listed, each once with how many arrived there; a state of each continuum that was not.
/// </param>
public sealed record UnseenShare(int Arrived, int Unlisted, int Nowhere, int Ghosts, int Cancelled, double Level,
    int Looks, IReadOnlyList<FixedPoint> Points)
{
    /// <summary>Whether the points were added to the list afterwards; the bound holds for that all the more.</summary>
    public bool Added { get; init; }

    /// <summary>The share that it was to come below; null where none was asked for.</summary>
    public double? Asked { get; init; }

    /// <summary>
    /// The share of fresh candidates that arrive at an unlisted point, among those that arrive, is below this; null
    /// where none arrived or it was stopped.
    /// </summary>
    [JsonIgnore]
    public double? Bound =>
        Arrived == 0 || Cancelled > 0 ? null : Binomial.AtMost(Unlisted, Arrived, 1 - (1 - Level) / Looks);

    /// <summary>All of it in a sentence, and in a second one that it did not come as low as asked.</summary>
    [JsonIgnore]
    public string Message
    {
        get
        {
            if (Cancelled > 0) return "The check with fresh candidates was stopped, so nothing bounds what is unseen.";
            string rest = (Nowhere, Ghosts) switch
            {
                (0, 0) => "",
                (_, 0) => $"; {Text(Nowhere)} arrived nowhere",
                _ => $"; {Text(Nowhere)} arrived nowhere, and {Text(Ghosts)} where no state can be",
            };
            string more = Asked is { } asked && !(Bound < asked)
                ? $" It was to come below {Below(asked)}: allow more looks, or draw more candidates for each." : "";
            if (Bound is not { } bound)
                return $"No fresh candidate arrived at a fixed point, so there is no bound{rest}.{more}";
            string looks = Looks == 1 ? "" : $" over up to {Looks} looks";
            string added = Added && Unlisted > 0 ? " (they are now)" : "";
            return $"{Text(Unlisted)} of {Text(Arrived)} fresh candidates that arrived were at points not listed{added}"
                + $", so the true share is below {Below(bound)}, at {At(Level)}{looks}{rest}.{more}";
        }
    }

    /// <summary>The same as part of a line.</summary>
    internal string Words => Bound is { } bound
        ? $"unseen share below {Below(bound)} at {At(Level)}"
        : "unseen share not bounded";

    /// <summary>Follows fresh candidates, and counts those that arrive at a point that is not listed.</summary>
    /// <param name="cell">The cell that the list is of; it is analysed in float64.</param>
    /// <param name="set">The list, as a search left it.</param>
    /// <param name="fresh">
    /// Independent draws [M, S] that had no part in making the list: see <see cref="Candidates.OnePerTrial"/>.
    /// </param>
    /// <param name="solver">What follows them; default Newton.</param>
    /// <param name="distance">
    /// An end so near to a listed point is that one; default 1e-6. So is one of which certificates prove it.
    /// </param>
    /// <param name="level">How often the bound holds at least; default 0.95.</param>
    /// <param name="progress">Told the number of candidates that have ended.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ArgumentException">
    /// A shape does not fit the cell, the solver's candidates depend on one another, or the candidates are those that
    /// the list was made from.
    /// </exception>
    public static UnseenShare Of(Cell cell, FixedPointSet set, double[,] fresh, FixedPointSolver? solver = null,
        double distance = 1e-6, double level = 0.95, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        Demand.Given((cell, set, fresh));
        Option.Positive(distance, nameof(distance));
        RequireShare(level, nameof(level));
        if (set.Solution is { } made && Same(made.Problem.Candidates, fresh))
            throw new ArgumentException("The list was made from these candidates: draw fresh ones, with another seed.",
                nameof(fresh));
        var problem = new FixedPointProblem(cell, set.Input, fresh);
        if (set.Points.Any(point => point.State.Length != cell.StateSize))
            throw new ArgumentException($"The cell's states have {cell.StateSize} values, but the listed points' have "
                + $"{set.Points[0].State.Length}: this is the list of another network.", nameof(set));
        return Count(problem, set, solver ?? new NewtonSolver(), distance, level, 1, progress, cancellation).Share;
    }

    /// <summary>The same, with where each candidate ended.</summary>
    internal static (UnseenShare Share, FixedPointSolution Ends) Count(FixedPointProblem problem, FixedPointSet set,
        FixedPointSolver solver, double distance, double level, int looks, IProgress<int>? progress,
        CancellationToken cancellation)
    {
        if (solver.IsCoupled)
            throw new ArgumentException("Where one candidate of this solver ends depends on the others, so they are no "
                + "independent draws: use Newton's method.", nameof(solver));
        using var work = problem.Cell.Usage.Begin();
        var arrivals = new KnownPoints(problem, distance, slowCandidates: 0);
        int listed = (set.Continua ?? []).Count(arrivals.Add);
        // Each by itself: no candidate's end may depend on the others.
        var solution = arrivals.Keep(solver.Solve(problem, progress, cancellation), solver, cancellation);
        var found = arrivals.ToSet([], solution, cancellation);
        var boxes = new Reachability.Boxes(problem.Cell);
        var onLine = new SortedDictionary<int, FixedPoint>();
        int ghosts = 0, arrived = 0;
        foreach (var end in solution.Ends().OfType<FixedPoint>())
        {
            if (boxes.Test(end) == Reach.Unreachable)
            {
                ghosts++;
                continue;
            }
            arrived++;
            if (arrivals.ContinuumOf(end.State) is { } line && line >= listed)
                onLine[line] = onLine.TryGetValue(line, out var one)
                    ? one with { Candidates = one.Candidates + 1 } : end;
        }
        FixedPoint[] points = [.. found.Points.Where(point => !Lists(set, point, distance)), .. onLine.Values];
        int cancelled = solution.Endings.Count(ending => ending == Ending.Cancelled);
        return (new(arrived, points.Sum(point => point.Candidates),
            solution.Endings.Length - arrived - ghosts - cancelled, ghosts, cancelled, level, looks, points), solution);
    }

    /// <summary>The counts of two checks of the same list together.</summary>
    internal UnseenShare And(UnseenShare other) => other with
    {
        Arrived = Arrived + other.Arrived,
        Unlisted = Unlisted + other.Unlisted,
        Nowhere = Nowhere + other.Nowhere,
        Ghosts = Ghosts + other.Ghosts,
        Points = [.. Points, .. other.Points],
    };

    internal static void RequireShare(double value, string name)
    {
        if (!(value > 0 && value < 1))
            throw new ArgumentOutOfRangeException(name, value, $"{name} is between 0 and 1, such as 0.95.");
    }

    internal static bool Same(double[,] a, double[,] b) =>
        a.Length > 0 && a.Length == b.Length && a.Values().SequenceEqual(b.Values());

    /// <summary><see cref="Message"/>.</summary>
    public override string ToString() => Message;

    /// <summary>Whether a point is near one of the list, or proven to be it.</summary>
    private static bool Lists(FixedPointSet set, FixedPoint point, double distance)
    {
        if (set.Points.Any(listed => listed.State.Distance(point.State) <= distance)) return true;
        return point.Certificate is { } own && set.Points.Any(listed => listed.Certificate is { } certificate
            && Certificate.Merge([listed, point], [certificate, own]).Points.Count == 1);
    }

    private static string Text(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>In per cent with two digits that count, rounded up: it stays a bound.</summary>
    private static string Below(double share)
    {
        double percent = 100 * share, digit = Math.Pow(10, Math.Max(0, 1 - Math.Floor(Math.Log10(percent))));
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(percent * digit) / digit:0.##########} %");
    }

    private static string At(double level) => string.Create(CultureInfo.InvariantCulture, $"{100 * level:0.####} %");
}
