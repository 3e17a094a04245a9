using Neurodynamics.FixedPoints;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>What a cloud of states looks like in its three largest principal components.</summary>
public enum ShapeKind
{
    /// <summary>None of the others: a blob, a ball, a shell, a filled box.</summary>
    None,

    /// <summary>
    /// No shape is seen, and there are so few different points that a shape could be there unseen.
    /// </summary>
    TooFew,

    /// <summary>
    /// Clusters at the corners of a box, and perhaps at the middles of its edges, of its faces, and its own.
    /// </summary>
    Cube,

    /// <summary>Spread along the edges of a box, most of it between the corners.</summary>
    Edges,

    /// <summary>
    /// On three lines that cross in one point, spread along them or in clusters at their ends, most of it off that
    /// point.
    /// </summary>
    Axes,

    /// <summary>On a surface, flat or bent.</summary>
    Sheet,

    /// <summary>On one straight line.</summary>
    Line,
}

/// <summary>
/// Which shape a cloud of states has, and how surely: the one measure by which the workbook tells a cube from three
/// axes.
/// </summary>
/// <remarks>
/// <para>States that are copies of one another count once. The cloud is centred, taken in its three largest principal
/// components, and divided by its spread along each, so that a box need not be a cube nor have right angles. Each shape
/// is a recipe for a cloud: a cube, its edges and three axes are mixtures of equally wide normal distributions on a
/// template's points, turned, shifted and scaled to fit best (rigid coherent point drift, Myronenko and Song 2010, from
/// turns spread evenly); a sheet is a quadratic surface with normal noise; no shape is the best of a normal blob, a
/// filled ball, a shell and a filled box. The recipe that makes the points likeliest leads, after Schwarz's penalty
/// (BIC) for its free numbers.</para>
/// <para>A cube needs an eighth of the points at its corners, edges and axes a quarter of them off the corners and off
/// the middle: what fits only by force is no such shape.</para>
/// <para>A shape is told where it leads by more than it does in all but one of twenty clouds without a shape and with
/// as many points: see <see cref="ShapeVerdict"/>.</para>
/// <para>How surely: points are drawn again with replacement and their log-likelihoods added up anew (RELL bootstrap,
/// Kishino and Hasegawa 1989); the share of draws with the same verdict. It tells whether a few points carry the
/// verdict, not whether other networks would give it.</para>
/// </remarks>
public sealed record CloudShape
{
    /// <summary>Share of the variance that directions off a line, or off a plane, may have together.</summary>
    private const double Flat = 1e-3;

    /// <summary>Copies are nearer to each other than this share of the cloud's spread.</summary>
    private const double Alike = 1e-6;

    private const int Draws = 1000;

    private CloudShape()
    {
    }

    /// <summary>The verdict: <see cref="ShapeVerdict.Of"/>.</summary>
    public ShapeKind Shape => ShapeVerdict.Of(Points, Scores);

    /// <summary>Share of bootstrap draws with the same verdict, in [0, 1].</summary>
    public required double Sureness { get; init; }

    /// <summary>M, how many different points there are.</summary>
    public required int Points { get; init; }

    /// <summary>How many states there were, with copies.</summary>
    public required int States { get; init; }

    /// <summary>
    /// Share of all variance in the three components that were looked at; NaN where there are no points.
    /// </summary>
    public required double Explained { get; init; }

    /// <summary>
    /// By how much each shape is likelier than none, in nats per point after the penalty: infinite where the cloud lies
    /// on a line or in a plane, empty where there are too few points. A shape that cannot be fitted is missing.
    /// </summary>
    public required IReadOnlyDictionary<ShapeKind, double> Scores { get; init; }

    /// <summary>
    /// By how much the likeliest shape is likelier than none, in nats over the points that were fitted: see
    /// <see cref="ShapeVerdict.LeadOf"/>.
    /// </summary>
    public double Lead => ShapeVerdict.LeadOf(Points, Scores);

    /// <summary>Where the template's centre lies, S values: null for shapes without one.</summary>
    public double[]? Centre { get; init; }

    /// <summary>
    /// Three directions in the space of the states, from the centre to the middle of a face (of a cube) or to the end
    /// of an axis [3][S]; null for shapes without.
    /// </summary>
    public double[][]? Directions { get; init; }

    /// <summary>
    /// Where the cloud is: of a cube the shares in its middle, in the middles of faces and of edges, and at corners; of
    /// edges the shares at corners and between; of axes the shares in the middle and off it; empty for shapes without.
    /// </summary>
    public double[] Shares { get; init; } = [];

    /// <summary>
    /// Angles between the three directions in degrees, each of at most 90: 1 and 2, 1 and 3, 2 and 3; empty for shapes
    /// without.
    /// </summary>
    public double[] Angles => Directions is { } d ? [Acute(d[0], d[1]), Acute(d[0], d[2]), Acute(d[1], d[2])] : [];

    /// <summary>Such as "cube (100 % of draws)", or "too few (6 points)".</summary>
    public override string ToString() => Shape == ShapeKind.TooFew
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"too few ({Points} points)")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{Shape.ToString().ToLowerInvariant()} ({100 * Sureness:0} % of draws)");

    /// <summary>Tells the shape of a cloud.</summary>
    /// <param name="states">
    /// The points [M, S] in any coordinates; of more than <see cref="ShapeVerdict.MostPoints"/>, so many drawn
    /// at random are looked at. Every value finite.
    /// </param>
    /// <param name="seed">Seed of the draws; default 0.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public static CloudShape Of(double[,] states, long seed = 0, CancellationToken cancellation = default)
    {
        Demand.Given(states);
        foreach (double value in states)
            if (!double.IsFinite(value)) throw new ArgumentException(
                "A cloud's shape needs finite states: leave out candidates that ended as not finite.", nameof(states));
        cancellation.ThrowIfCancellationRequested();
        int given = states.GetLength(0);
        states = Different(states);
        int count = states.GetLength(0);
        if (count < ShapeVerdict.FewestPoints)
            return Without([], 1, count == 0 ? double.NaN : Pca.Fit(states).ExplainedVariance.Sum());
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        if (count > ShapeVerdict.MostPoints)
            states = states.ToTensor()[randperm(count, generator: generator).narrow(0, 0, ShapeVerdict.MostPoints)]
                .ToMatrix();
        var pca = Pca.Fit(states);
        var places = pca.Project(states).ToTensor();
        double explained = pca.ExplainedVariance.Sum();
        var random = new Random((int)(seed & int.MaxValue));
        if (FlatShape(places) is { } flat)
        {
            int drawn = Enumerable.Range(0, Draws).Count(_ =>
            {
                cancellation.ThrowIfCancellationRequested();
                return FlatShape(places[Drawn(random, (int)places.shape[0])]) == flat;
            });
            return Without(new() { [flat] = double.PositiveInfinity }, (double)drawn / Draws, explained);
        }

        var spread = places.Squared().mean([0]).sqrt();
        var cloud = places / spread;
        var fits = ShapeFit.All(cloud, cancellation);
        var told = Without(Leads(fits, [.. fits.Select(fit => fit.Criterion)], (int)cloud.shape[0]), 0, explained);
        var frame = fits.Where(fit => fit.Shape == told.Shape).MaxBy(fit => fit.Criterion)?.Frame;
        if (told.Shape == ShapeKind.None) frame = null;
        var components = pca.Components.ToTensor();
        return told with
        {
            Sureness = Sure(fits, told, (int)cloud.shape[0], random, cancellation),
            Centre = frame is null
                ? null
                : (frame.Centre * spread).unsqueeze(0).mm(components).squeeze(0).Plus(pca.Mean.ToTensor()).ToVector(),
            Shares = frame is null ? [] : frame.Shares,
            Directions = frame is null
                ? null
                : (frame.Turn.t().Times(frame.Scale) * spread).mm(components).ToMatrix().Split(),
        };

        CloudShape Without(Dictionary<ShapeKind, double> scores, double sureness, double explained) => new()
        {
            Sureness = sureness,
            Points = count,
            States = given,
            Explained = explained,
            Scores = scores,
        };
    }

    /// <summary>Each state once, however often it is there.</summary>
    private static double[,] Different(double[,] states)
    {
        if (states.Length == 0) return states;
        double spread = Math.Sqrt(Enumerable.Range(0, states.GetLength(1))
            .Sum(k => Math.Pow(states.Spread(k), 2)));
        double[][] different = [.. Merged.Copies(Enumerable.Range(0, states.GetLength(0)).Select(states.Row),
            Math.Max(Alike * spread, double.Epsilon)).Select(copy => copy.State)];
        return different.Length == states.GetLength(0) ? states : different.ToMatrix(states.GetLength(1));
    }

    private static double Acute(double[] a, double[] b) =>
        Vectors.Angle(a, b) is var angle && angle > 90 ? 180 - angle : angle;

    /// <summary>
    /// A line or a plane, where the variance off it is nearly nothing; null where the cloud has three dimensions.
    /// </summary>
    private static ShapeKind? FlatShape(Tensor places)
    {
        int dimensions = (int)places.shape[1];
        var centred = places - places.mean([0]);
        double[] variance = linalg.eigvalsh(centred.t().mm(centred)).ToVector();
        double total = variance.Sum();
        // Rising: the first is the smallest.
        double least = dimensions < 3 ? 0 : variance[0], middle = dimensions < 2 ? 0 : variance[^2];
        return middle + least <= Flat * total ? ShapeKind.Line : least <= Flat * total ? ShapeKind.Sheet : null;
    }

    private static Tensor Drawn(Random random, int count) =>
        tensor(Enumerable.Range(0, count).Select(_ => (long)random.Next(count)).ToArray());

    /// <summary>By how much each shape leads before none, in nats per point.</summary>
    private static Dictionary<ShapeKind, double> Leads(ShapeFit[] fits, double[] criteria, int count)
    {
        double none = double.NegativeInfinity;
        var scores = new Dictionary<ShapeKind, double>();
        for (int k = 0; k < fits.Length; k++)
        {
            if (fits[k].Shape == ShapeKind.None) none = Math.Max(none, criteria[k]);
            else if (double.IsFinite(fits[k].Penalty))
                scores[fits[k].Shape] =
                    Math.Max(scores.GetValueOrDefault(fits[k].Shape, double.NegativeInfinity), criteria[k]);
        }
        foreach (var shape in scores.Keys) scores[shape] = (scores[shape] - none) / count;
        return scores;
    }

    /// <summary>The share of draws with the same verdict.</summary>
    private static double Sure(
        ShapeFit[] fits, CloudShape told, int count, Random random, CancellationToken cancellation)
    {
        int same = 0;
        double[] totals = new double[fits.Length];
        for (int draw = 0; draw < Draws; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int k = 0; k < fits.Length; k++) totals[k] = -fits[k].Penalty;
            for (int i = 0; i < count; i++)
            {
                int drawn = random.Next(count);
                for (int k = 0; k < fits.Length; k++) totals[k] += fits[k].Likelihoods[drawn];
            }
            if (ShapeVerdict.Of(told.Points, Leads(fits, totals, count)) == told.Shape) same++;
        }
        return (double)same / Draws;
    }
}
