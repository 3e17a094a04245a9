namespace Neurodynamics.Analysis;

/// <summary>
/// Which shape is told from how much each shape leads, so that of clouds without a shape one in twenty is given one.
/// </summary>
/// <remarks>
/// The leads that are needed are those that 95 of 100 clouds without a shape stay below, of the worst of four kinds
/// (normal blob, ball, shell, box): few points are easily fitted by something. From 27 points on each made-up shape was
/// told in most clouds of it; how often, and how often wrongly, stands in data/shapes, which was measured on clouds
/// from other seeds.
/// </remarks>
public static class ShapeVerdict
{
    /// <summary>Different points below which nothing is fitted: three axes have seven.</summary>
    public const int FewestPoints = 7;

    /// <summary>Different points from which on a cloud in which no shape is seen is said to have none.</summary>
    public const int EnoughPoints = 27;

    /// <summary>Different points at most to which recipes are fitted; of more these are drawn.</summary>
    public const int MostPoints = 200;

    /// <summary>Points, and the lead before none that is needed, in nats over these together.</summary>
    private static readonly (int Points, double Lead)[] Needed =
        [(7, 15), (10, 15), (13, 12), (18, 11), (27, 7.5), (60, 6.5), (MostPoints, 6.5)];

    /// <summary>The verdict.</summary>
    /// <param name="points">M, how many different points there are.</param>
    /// <param name="scores">By how much each shape is likelier than none, in nats per point.</param>
    public static ShapeKind Of(int points, IReadOnlyDictionary<ShapeKind, double> scores)
    {
        Demand.Given(scores);
        if (points >= FewestPoints && scores.Count > 0 && LeadOf(points, scores) >= NeededLead(points))
            return scores.MaxBy(score => score.Value).Key;
        return points >= EnoughPoints ? ShapeKind.None : ShapeKind.TooFew;
    }

    /// <summary>
    /// The lead of the likeliest shape before none, in nats over the points that were fitted together; NaN without
    /// scores.
    /// </summary>
    /// <param name="points">M, how many different points there are.</param>
    /// <param name="scores">By how much each shape is likelier than none, in nats per point.</param>
    public static double LeadOf(int points, IReadOnlyDictionary<ShapeKind, double> scores)
    {
        Demand.Given(scores);
        return Math.Min(points, MostPoints) * scores.Values.DefaultIfEmpty(double.NaN).Max();
    }

    /// <summary>
    /// The lead before none that is needed, in nats over the points that were fitted together: measured at some numbers
    /// of points, on a line over log M between them.
    /// </summary>
    /// <param name="points">M.</param>
    public static double NeededLead(int points)
    {
        var after = Needed.FirstOrDefault(one => one.Points >= points, Needed[^1]);
        var before = Needed.LastOrDefault(one => one.Points <= points, Needed[0]);
        return after.Points == before.Points
            ? after.Lead
            : before.Lead + (after.Lead - before.Lead) * Math.Log((double)points / before.Points)
                / Math.Log((double)after.Points / before.Points);
    }
}
