using System.Globalization;
using System.Text.Json.Serialization;
using Neurodynamics.Analysis;

namespace Neurodynamics.Sweeps;

public sealed partial record SweepRow
{
    /// <summary>What the shapes of clouds are told by; null where the sweep does not look at them.</summary>
    [JsonPropertyOrder(4)]
    public IReadOnlyList<CloudFacts>? Clouds { get; init; }

    /// <summary>
    /// Whether its clouds were looked at by the measure of shapes that is in the library, and not only by the one
    /// before it.
    /// </summary>
    [JsonIgnore]
    public bool IsJudged => Clouds is { } clouds && clouds.All(facts => facts.Scores is not null);

    /// <summary>The shape of one of the clouds, in its first draw; null where the run did not look at it.</summary>
    public CloudFacts? Cloud(SweepCloud cloud) => Draws(cloud).FirstOrDefault();

    /// <summary>
    /// The shape told of a cloud in more than half of its draws, none where no shape is; null where the run did not
    /// look at it, or only with the earlier measure, which counted copies, and the cloud has many.
    /// </summary>
    public ShapeKind? Shape(SweepCloud cloud)
    {
        var draws = Draws(cloud);
        if (draws.Count == 0 || cloud.HasCopies && draws.Any(facts => facts.Scores is null)) return null;
        var most = draws.GroupBy(facts => facts.Shape).MaxBy(group => group.Count())!;
        return 2 * most.Count() > draws.Count ? most.Key : ShapeKind.None;
    }

    /// <summary>The shapes of a cloud in each draw of trials; none where the run did not look at it.</summary>
    public IReadOnlyList<CloudFacts> Draws(SweepCloud cloud)
    {
        Demand.Given(cloud);
        return [.. (Clouds ?? []).Where(facts => facts.Of == cloud.Name)];
    }
}

/// <summary>What there is to judge a cloud's shape by.</summary>
/// <param name="Of">Name of the cloud: see <see cref="SweepCloud"/>.</param>
/// <param name="Points">How many different states there were; for the earlier measure, how many with copies.</param>
/// <param name="Sureness">In what share of bootstrap draws the verdict was the same.</param>
/// <param name="Explained">Share of the variance in three components.</param>
/// <param name="Angles">
/// Between the three directions of a cube, of its edges, or of axes, in degrees; empty for others.
/// </param>
/// <param name="Shares">Where the cloud is: see <see cref="CloudShape.Shares"/>.</param>
public sealed record CloudFacts(
    string Of, int Points, double Sureness, double Explained, double[] Angles, double[] Shares) : Described
{
    /// <summary>How many states there were, with copies; null in rows of the earlier measure.</summary>
    public int? States { get; init; }

    /// <summary>
    /// By how much each shape is likelier than none: see <see cref="CloudShape.Scores"/>; null in rows of the earlier
    /// measure.
    /// </summary>
    public IReadOnlyDictionary<ShapeKind, double>? Scores { get; init; }

    /// <summary>
    /// What the earlier measure told, which needed no lead and counted copies; null where it did not look.
    /// </summary>
    [JsonPropertyName("shape")]
    public ShapeKind? Earlier { get; init; }

    /// <summary>
    /// The verdict: <see cref="ShapeVerdict.Of"/>. Without scores what the earlier measure told, but for none and for
    /// sheets of few points, which it saw in nearly all clouds without a shape.
    /// </summary>
    [JsonIgnore]
    public ShapeKind Shape => Scores is { } scores ? ShapeVerdict.Of(Points, scores)
        : Points < ShapeVerdict.EnoughPoints && Earlier is null or ShapeKind.None or ShapeKind.Sheet ? ShapeKind.TooFew
        : Earlier ?? ShapeKind.None;
}

/// <summary>A cloud of states whose shape a sweep measures. A new one is a member here.</summary>
public sealed class SweepCloud
{
    private readonly Func<MeasuredNetwork, int, double[,]?> states;
    private readonly bool drawn;

    private SweepCloud(string name, Func<MeasuredNetwork, double[,]?> states)
        : this(name, drawn: false, (network, _) => states(network))
    {
    }

    private SweepCloud(string name, bool drawn, Func<MeasuredNetwork, int, double[,]?> states) =>
        (Name, this.drawn, this.states) = (name, drawn, states);

    /// <summary>The states of trials that everything starts from.</summary>
    public static SweepCloud Candidates { get; } =
        new("candidates", network => network.FromTrials(network.Measure.DescentCandidates));

    /// <summary>Where Algorithm 1 leads the candidates by its step limit.</summary>
    public static SweepCloud Descent { get; } = new("descent", network => network.Descent.End);

    /// <summary>The distinct fixed points to which Newton leads from there.</summary>
    public static SweepCloud Polished { get; } = new("polished", network => network.Polished(network.Descent.End));

    /// <summary>
    /// The descent's end with each principal component drawn anew by itself. This is the null: the same spread along
    /// each, and nothing between them.
    /// </summary>
    public static SweepCloud Shuffled { get; } =
        new("shuffled", network => Drawn(network.Descent.End, network.Recipe.Seed));

    /// <summary>All fixed points that the search found.</summary>
    public static SweepCloud FixedPoints { get; } = new("fixed points", network => network.Places);

    /// <summary>The attractors among them.</summary>
    public static SweepCloud Attractors { get; } =
        new("attractors", network => network.Matrix(network.Attractors.Select(point => point.Point.State)));

    /// <summary>The fixed points in the trajectories' principal components.</summary>
    public static SweepCloud InTrajectories { get; } = new("in trajectories", network =>
        network.Points.Count == 0
            ? null
            : Pca.OfTrials(network.Network.Run(network.Trials.Inputs)).Project(network.Places));

    /// <summary>
    /// The states of the first steps alone, of several draws of trials: see <see cref="SweepMeasurement.EarlySteps"/>.
    /// </summary>
    public static SweepCloud EarlyCandidates { get; } =
        new("early candidates", drawn: true, Early) { HasCopies = true };

    /// <summary>Where Algorithm 1 leads those of the first draw in as many steps.</summary>
    public static SweepCloud EarlyDescent { get; } =
        new("early descent", network => Sweeps.Descent.From(network, Early(network, 0))) { HasCopies = true };

    /// <summary>The distinct fixed points to which Newton leads those of the first draw.</summary>
    public static SweepCloud EarlyPolished { get; } =
        new("early polished", network => network.Polished(Early(network, 0)));

    /// <summary>Where Algorithm 1 leads the candidates under the constant input 1 in every channel.</summary>
    public static SweepCloud DescentUnderOnes { get; } = new("descent under ones",
        network => Sweeps.Descent.From(network, network.FromTrials(network.Measure.DescentCandidates), input: 1));

    /// <summary>The fixed points under that input.</summary>
    public static SweepCloud UnderOnes { get; } = new("under ones", network => network.UnderOnes);

    /// <summary>The fixed points of an LSTM without their c.</summary>
    public static SweepCloud HAlone { get; } = new("h alone", network => network.Cell.StateSize == network.Cell.Units
        ? null
        : network.Matrix(network.Points.Select(point => point.Point.State[..network.Cell.Units])));

    /// <summary>Where Algorithm 1 with the candidates is when its mean square first is at most this.</summary>
    /// <param name="meanSquare">One of <see cref="SweepMeasurement.Stops"/>.</param>
    public static SweepCloud Stop(double meanSquare) => new(
        string.Create(CultureInfo.InvariantCulture, $"stop {meanSquare:0e0}"),
        network => network.Descent.AtStops.GetValueOrDefault(meanSquare));

    /// <summary>Whether most of its states are copies of others: those of the first steps.</summary>
    internal bool HasCopies { get; private init; }

    /// <summary>The name in rows and figures, such as "early candidates".</summary>
    public string Name { get; }

    /// <summary><see cref="Name"/>.</summary>
    public override string ToString() => Name;

    /// <summary>All clouds of a measurement, in the order of the rows.</summary>
    internal static IEnumerable<SweepCloud> All(SweepMeasurement measure) =>
    [
        Candidates, .. measure.Stops.OrderDescending().Select(Stop), Descent, Polished, Shuffled, FixedPoints,
        Attractors, InTrajectories, EarlyCandidates, EarlyDescent, EarlyPolished, HAlone, DescentUnderOnes, UnderOnes,
    ];

    /// <summary>The facts of this cloud of a network, in each draw; none where the network has no such cloud.</summary>
    internal IEnumerable<CloudFacts> Of(MeasuredNetwork network)
    {
        for (int draw = 0; draw < (drawn ? network.Measure.EarlyDraws : 1); draw++)
        {
            if (states(network, draw) is not { } found) continue;
            var shape = CloudShape.Of(found, cancellation: network.Cancellation);
            yield return new(Name, shape.Points, shape.Sureness, shape.Explained, shape.Angles, shape.Shares)
            {
                States = shape.States,
                Scores = shape.Scores,
            };
        }
    }

    /// <summary>
    /// The states in their three largest principal components, each component's values in an order of its own.
    /// </summary>
    internal static double[,] Drawn(double[,] states, long seed)
    {
        double[,] places = Pca.Fit(states).Project(states);
        var random = Seeds.Random(seed, "shuffle");
        for (int k = 0; k < places.GetLength(1); k++)
        {
            double[] column = [.. Enumerable.Range(0, places.GetLength(0)).Select(i => places[i, k])];
            random.Shuffle(column);
            for (int i = 0; i < column.Length; i++) places[i, k] = column[i];
        }
        return places;
    }

    private static double[,] Early(MeasuredNetwork network, int draw) =>
        network.FromTrials(network.Measure.DescentCandidates,
            steps: ..Math.Min(network.Measure.EarlySteps, network.Trials.Steps), draw: draw);
}

internal sealed class CloudStatistic : Statistic
{
    public override string Column => "clouds";

    public override bool IsIn(SweepRow row) => row.IsJudged;

    public override SweepRow Into(SweepRow row, MeasuredNetwork network) =>
        row with
        {
            Clouds = [.. SweepCloud.All(network.Measure).SelectMany(cloud => cloud.Of(network))],
        };
}
