using System.Globalization;
using System.Text.Json.Serialization;
using Neurodynamics.Analysis;

namespace Neurodynamics.Sweeps;

public sealed partial record SweepRow
{
    /// <summary>Shapes of the clouds of states that were looked at.</summary>
    [JsonPropertyOrder(4)]
    public IReadOnlyList<CloudFacts> Clouds { get => Whole(field); init; }

    /// <summary>The shape of one of the clouds; null where the run did not look at it.</summary>
    public CloudFacts? Cloud(SweepCloud cloud)
    {
        Demand.Given(cloud);
        return Clouds.FirstOrDefault(facts => facts.Of == cloud.Name);
    }
}

/// <summary>The shape of a cloud.</summary>
/// <param name="Of">Name of the cloud: see <see cref="SweepCloud"/>.</param>
/// <param name="Points">How many points there were.</param>
/// <param name="Shape">The verdict of <see cref="CloudShape"/>.</param>
/// <param name="Sureness">How surely.</param>
/// <param name="Explained">Share of the variance in three components.</param>
/// <param name="Angles">
/// Between the three directions of a cube, of its edges, or of axes, in degrees; empty for others.
/// </param>
/// <param name="Shares">Where the cloud is: see <see cref="CloudShape.Shares"/>.</param>
public sealed record CloudFacts(
    string Of, int Points, ShapeKind Shape, double Sureness, double Explained, double[] Angles, double[] Shares);

/// <summary>A cloud of states whose shape a sweep measures. A new one is a member here.</summary>
public sealed class SweepCloud
{
    private readonly Func<MeasuredNetwork, double[,]?> states;

    private SweepCloud(string name, Func<MeasuredNetwork, double[,]?> states) => (Name, this.states) = (name, states);

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

    /// <summary>The states of the first steps alone: see <see cref="SweepMeasurement.EarlySteps"/>.</summary>
    public static SweepCloud EarlyCandidates { get; } = new("early candidates", Early);

    /// <summary>Where Algorithm 1 leads these in as many steps.</summary>
    public static SweepCloud EarlyDescent { get; } =
        new("early descent", network => Sweeps.Descent.From(network, Early(network)));

    /// <summary>The distinct fixed points to which Newton leads these.</summary>
    public static SweepCloud EarlyPolished { get; } =
        new("early polished", network => network.Polished(Early(network)));

    /// <summary>The fixed points of an LSTM without their c.</summary>
    public static SweepCloud HAlone { get; } = new("h alone", network => network.Cell.StateSize == network.Cell.Units
        ? null
        : network.Matrix(network.Points.Select(point => point.Point.State[..network.Cell.Units])));

    /// <summary>Where Algorithm 1 with the candidates is when its mean square first is at most this.</summary>
    /// <param name="meanSquare">One of <see cref="SweepMeasurement.Stops"/>.</param>
    public static SweepCloud Stop(double meanSquare) => new(
        string.Create(CultureInfo.InvariantCulture, $"stop {meanSquare:0e0}"),
        network => network.Descent.AtStops.GetValueOrDefault(meanSquare));

    /// <summary>The name in rows and figures, such as "early candidates".</summary>
    public string Name { get; }

    /// <summary><see cref="Name"/>.</summary>
    public override string ToString() => Name;

    /// <summary>All clouds of a measurement, in the order of the rows.</summary>
    internal static IEnumerable<SweepCloud> All(SweepMeasurement measure) =>
    [
        Candidates, .. measure.Stops.OrderDescending().Select(Stop), Descent, Polished, Shuffled, FixedPoints,
        Attractors, InTrajectories, EarlyCandidates, EarlyDescent, EarlyPolished, HAlone,
    ];

    /// <summary>The shape of this cloud of a network; null where the network has none.</summary>
    internal CloudFacts? Of(MeasuredNetwork network)
    {
        if (states(network) is not { } found) return null;
        network.Cancellation.ThrowIfCancellationRequested();
        var shape = CloudShape.Of(found);
        return new(Name, shape.Points, shape.Shape, shape.Sureness, shape.Explained, shape.Angles, shape.Shares);
    }

    /// <summary>
    /// The states in their three largest principal components, each component's values in an order of its own.
    /// </summary>
    internal static double[,] Drawn(double[,] states, long seed)
    {
        double[,] places = Pca.Fit(states).Project(states);
        var random = new Random((int)(Seeds.Derive(seed, "shuffle") & int.MaxValue));
        for (int k = 0; k < places.GetLength(1); k++)
        {
            double[] column = [.. Enumerable.Range(0, places.GetLength(0)).Select(i => places[i, k])];
            random.Shuffle(column);
            for (int i = 0; i < column.Length; i++) places[i, k] = column[i];
        }
        return places;
    }

    private static double[,] Early(MeasuredNetwork network) =>
        network.FromTrials(
            network.Measure.DescentCandidates, steps: ..Math.Min(network.Measure.EarlySteps, network.Trials.Steps));
}

internal sealed class CloudStatistic : Statistic
{
    public override SweepRow Into(SweepRow row, MeasuredNetwork network) =>
        row with
        {
            Clouds = [.. SweepCloud.All(network.Measure).Select(cloud => cloud.Of(network)).OfType<CloudFacts>()],
        };
}
