using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>What a cloud of states looks like in its three largest principal components.</summary>
public enum ShapeKind
{
    /// <summary>None of the others: a blob, a ball, a shell, a filled box, or too few points to say.</summary>
    None,

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
/// <para>The cloud is centred, taken in its three largest principal components, and divided by its spread along each,
/// so that a box need not be a cube nor have right angles. Each shape is a recipe for a cloud: a cube, its edges and
/// three axes are mixtures of equally wide normal distributions on a template's points, turned, shifted and scaled to
/// fit best (rigid coherent point drift, Myronenko and Song 2010, from several turns); a sheet is a quadratic surface
/// with normal noise; no shape is the best of a normal blob, a filled ball, a shell and a filled box. The recipe that
/// makes the points likeliest wins, after Schwarz's penalty (BIC) for its free numbers.</para>
/// <para>A cube needs an eighth of the points at its corners, edges and axes a quarter of them off the corners and off
/// the middle: what fits only by force is no such shape.</para>
/// <para>How surely: points are drawn again with replacement and their log-likelihoods added up anew (RELL bootstrap,
/// Kishino and Hasegawa 1989); the share of draws in which the same shape wins. It tells whether a few points carry the
/// verdict, not whether other networks would give it.</para>
/// </remarks>
public sealed record CloudShape
{
    /// <summary>Points below which no shape is told: three axes have seven.</summary>
    public const int FewestPoints = 7;

    /// <summary>
    /// Smallest width of the normal distributions, against a cloud of spread 1: finer structure does not count.
    /// </summary>
    private const double LeastWidth = 0.1;

    /// <summary>Share of the variance that directions off a line, or off a plane, may have together.</summary>
    private const double Flat = 1e-3;

    private const int MostPoints = 300, Draws = 1000;

    /// <summary>
    /// How many of the turns from which a fit starts are followed to the end, and the iterations before and until then.
    /// </summary>
    private const int TurnsAhead = 3, FirstIterations = 10, Iterations = 32;

    /// <summary>Log-density of the normal distribution in three dimensions at its middle, for a width of 1.</summary>
    private static readonly double Unit = -1.5 * Math.Log(2 * Math.PI);

    private CloudShape()
    {
    }

    /// <summary>The verdict.</summary>
    public required ShapeKind Shape { get; init; }

    /// <summary>Share of bootstrap draws with the same verdict, in [0, 1]; 0 where there are too few points.</summary>
    public required double Sureness { get; init; }

    /// <summary>M, how many points there were.</summary>
    public required int Points { get; init; }

    /// <summary>
    /// Share of all variance in the three components that were looked at; NaN where there are no points.
    /// </summary>
    public required double Explained { get; init; }

    /// <summary>
    /// By how much each shape is likelier than none, in nats per point after the penalty; empty where the cloud is a
    /// line, a plane, or too small. A shape that cannot be fitted is missing.
    /// </summary>
    public required IReadOnlyDictionary<ShapeKind, double> Scores { get; init; }

    /// <summary>
    /// By how much the shape is likelier than the next likely, in nats per point; NaN without scores.
    /// </summary>
    public double Lead
    {
        get
        {
            if (Scores.Count == 0) return double.NaN;
            double Score(ShapeKind shape) => shape == ShapeKind.None ? 0 : Scores[shape];
            return Score(Shape) - Scores.Keys.Append(ShapeKind.None).Where(other => other != Shape).Max(Score);
        }
    }

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

    /// <summary>Such as "cube (100 % of draws)".</summary>
    public override string ToString() => Points < FewestPoints
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"none ({Points} points)")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{Shape.ToString().ToLowerInvariant()} ({100 * Sureness:0} % of draws)");

    /// <summary>Tells the shape of a cloud.</summary>
    /// <param name="states">
    /// The points [M, S] in any coordinates; of more than 300, 300 drawn at random are looked at. Every value finite.
    /// </param>
    /// <param name="seed">Seed of the draws and of the turns from which the fits start; default 0.</param>
    public static CloudShape Of(double[,] states, long seed = 0)
    {
        Demand.Given(states);
        int count = states.GetLength(0);
        foreach (double value in states)
            if (!double.IsFinite(value)) throw new ArgumentException(
                "A cloud's shape needs finite states: leave out candidates that ended as not finite.", nameof(states));
        if (count < FewestPoints) return Without(
            ShapeKind.None, 0, count, count == 0 ? double.NaN : Pca.Fit(states).ExplainedVariance.Sum());
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        if (count > MostPoints)
            states = states.ToTensor()[randperm(count, generator: generator).narrow(0, 0, MostPoints)].ToMatrix();
        var pca = Pca.Fit(states);
        var places = pca.Project(states).ToTensor();
        var random = new Random((int)(seed & int.MaxValue));
        if (FlatShape(places) is { } flat)
        {
            int drawn = Enumerable.Range(0, Draws)
                .Count(_ => FlatShape(places[Drawn(random, (int)places.shape[0])]) == flat);
            return Without(flat, (double)drawn / Draws, count, pca.ExplainedVariance.Sum());
        }

        var spread = places.Squared().mean([0]).sqrt();
        var cloud = places / spread;
        Fit[] fits = [Blob(cloud), .. Template.All.Select(template => template.FitTo(cloud, generator)),
            Surface(cloud, generator)];
        var (shape, sureness) = Compare(fits, (int)cloud.shape[0], random);
        var frame = shape == ShapeKind.None
            ? null
            : fits.Where(fit => fit.Shape == shape).MaxBy(fit => fit.Criterion)!.Frame;
        double none = fits.Where(fit => fit.Shape == ShapeKind.None).Max(fit => fit.Criterion);
        var components = pca.Components.ToTensor();
        return new()
        {
            Shape = shape,
            Sureness = sureness,
            Points = count,
            Explained = pca.ExplainedVariance.Sum(),
            Scores = fits.Where(fit => fit.Shape != ShapeKind.None && double.IsFinite(fit.Penalty))
                .GroupBy(fit => fit.Shape).ToDictionary(
                    group => group.Key, group => (group.Max(fit => fit.Criterion) - none) / cloud.shape[0]),
            Centre = frame is null
                ? null
                : (frame.Centre * spread).unsqueeze(0).mm(components).squeeze(0).Plus(pca.Mean.ToTensor()).ToVector(),
            Shares = frame is null ? [] : frame.Shares,
            Directions = frame is null ? null : Rows((frame.Turn.t().Times(frame.Scale) * spread).mm(components)),
        };
    }

    private static CloudShape Without(ShapeKind shape, double sureness, int count, double explained) =>
        new()
        {
            Shape = shape,
            Sureness = sureness,
            Points = count,
            Explained = explained,
            Scores = new Dictionary<ShapeKind, double>()
        };

    private static double[][] Rows(Tensor matrix)
    {
        double[,] values = matrix.ToMatrix();
        return [.. Enumerable.Range(0, values.GetLength(0)).Select(values.Row)];
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
        return total == 0 ? ShapeKind.None : middle + least <= Flat * total ? ShapeKind.Line : least <= Flat * total
            ? ShapeKind.Sheet
            : null;
    }

    private static Tensor Drawn(Random random, int count) =>
        tensor(Enumerable.Range(0, count).Select(_ => (long)random.Next(count)).ToArray());

    /// <summary>The best shape, and the share of draws in which it is the best.</summary>
    private static (ShapeKind Best, double Sureness) Compare(IReadOnlyList<Fit> fits, int count, Random random)
    {
        var best = fits.MaxBy(fit => fit.Criterion)!.Shape;
        int same = 0;
        double[] totals = new double[fits.Count];
        for (int draw = 0; draw < Draws; draw++)
        {
            for (int k = 0; k < fits.Count; k++) totals[k] = -fits[k].Penalty;
            for (int i = 0; i < count; i++)
            {
                int drawn = random.Next(count);
                for (int k = 0; k < fits.Count; k++) totals[k] += fits[k].Likelihoods[drawn];
            }
            if (fits[Array.IndexOf(totals, totals.Max())].Shape == best) same++;
        }
        return (best, (double)same / Draws);
    }

    /// <summary>No shape: the normal distribution with the cloud's own mean and spread.</summary>
    private static Fit Blob(Tensor cloud) =>
        new(ShapeKind.None, cloud.Squared().sum(1).Times(-0.5).Plus(Unit).ToVector(), 0, null);

    /// <summary>
    /// A quadratic surface over the plane at right angles to the direction in which it leaves the least; across the
    /// plane the cloud is a normal blob.
    /// </summary>
    private static Fit Surface(Tensor cloud, Generator generator)
    {
        const int Tried = 400;
        // Half of the directions anywhere, then ever closer to the best so far.
        var directions =
            nn.functional.normalize(randn([Tried, 3], dtype: ScalarType.Float64, generator: generator), dim: 1);
        var (least, likelihoods) = Best(directions);
        for (double reach = 0.2; reach > 0.01; reach /= 2)
        {
            var near = nn.functional.normalize(least.Plus(
                randn([Tried / 8, 3], dtype: ScalarType.Float64, generator: generator).Times(reach)), dim: 1);
            (least, likelihoods) = Best(cat([least.unsqueeze(0), near]));
        }
        // Two numbers for the direction, six for the surface and one for the width.
        return new(ShapeKind.Sheet, likelihoods.ToVector(), Penalty(9, cloud), null);

        (Tensor Direction, Tensor Likelihoods) Best(Tensor normals)
        {
            // An orthonormal pair beside each normal [D, 3, 2].
            var helper = nn.functional.one_hot(normals.abs().argmin(1), 3).to(ScalarType.Float64);
            var first = nn.functional.normalize(linalg.cross(normals, helper), dim: 1);
            var second = linalg.cross(normals, first);
            Tensor Along(Tensor axis) => cloud.mm(axis.t()).t();
            var (x, y, z) = (Along(first), Along(second), Along(normals));
            var terms = stack([ones_like(x), x, y, x * x, x * y, y * y], 2);
            var left = z - terms.matmul(linalg.lstsq(terms, z.unsqueeze(2)).Solution).squeeze(2);
            var width = left.Squared().mean([1], keepdim: true).sqrt().AtLeast(LeastWidth);
            var all = (x.Squared().Plus(y.Squared()).Plus((left / width).Squared()).Times(-0.5) - width.log())
                .Plus(Unit);
            long winner = all.sum(1).argmax().item<long>();
            return (normals[winner], all[winner]);
        }
    }

    private static double Penalty(int numbers, Tensor cloud) => 0.5 * numbers * Math.Log(cloud.shape[0]);

    /// <summary>How well a recipe explains a cloud.</summary>
    /// <param name="Shape">What it is a recipe for.</param>
    /// <param name="Likelihoods">Log-likelihood of each point.</param>
    /// <param name="Penalty">Half the number of fitted numbers times log M.</param>
    /// <param name="Frame">Where the template lies, where there is one.</param>
    private sealed record Fit(ShapeKind Shape, double[] Likelihoods, double Penalty, Frame? Frame)
    {
        public double Criterion { get; } = Likelihoods.Sum() - Penalty;
    }

    /// <summary>
    /// Template point c lies at Centre + Scale Turn c; what share of the cloud each kind of them has.
    /// </summary>
    private sealed record Frame(Tensor Centre, Tensor Turn, double Scale, double[] Shares);

    /// <summary>Points that a shape is made of, each of a kind; points of a kind are equally likely.</summary>
    private sealed record Template(
        ShapeKind Shape, double[,] Points, int[] Kinds, int Defining, double LeastShare, int Turns)
    {
        /// <summary>Steps from the middle of an edge, or of an axis, to its end.</summary>
        private const int Half = 5;

        public static IReadOnlyList<Template> All { get; } =
            [Cube(), Edges(), Axes(Half), Axes(1), Shell(), Solid(ball: true), Solid(ball: false)];

        /// <summary>By expectation and maximisation from several random turns at once; the best is kept.</summary>
        public Fit FitTo(Tensor cloud, Generator generator)
        {
            int count = (int)cloud.shape[0], kinds = Kinds.Max() + 1;
            // A template's points are as far from its middle as the cloud's are from its own.
            double stretch = Math.Sqrt(3 * Kinds.Length / Points.Cast<double>().Sum(value => value * value));
            var points = Points.ToTensor().Times(stretch);
            var ofKind =
                nn.functional.one_hot(tensor(Kinds.Select(kind => (long)kind).ToArray()), kinds).to(ScalarType.Float64);
            var members = ofKind.sum(0L);
            var turn = linalg.qr(randn([Turns, 3, 3], dtype: ScalarType.Float64, generator: generator)).Q;
            var (centre, scale, width) = (zeros([Turns, 1, 3], ScalarType.Float64),
                ones([Turns, 1, 1], ScalarType.Float64), ones([Turns, 1, 1], ScalarType.Float64).Times(0.5));
            var shares = (members / members.sum()).expand(Turns, kinds).clone();
            for (int iteration = 0; ; iteration++)
            {
                using var inner = NewDisposeScope();
                long turns = turn.shape[0];
                var placed = centre.Plus(scale * points.matmul(turn.transpose(1, 2)));
                var squares = cdist(cloud.expand(turns, count, 3), placed).Squared();
                var logs = (shares / members).matmul(ofKind.t()).log().unsqueeze(1) - squares / width.Squared()
                    .Times(2) - width.log().Times(3).Plus(-Unit);
                var total = logs.logsumexp(2);
                var order = total.sum(1).argsort(descending: true);
                var belongs = (logs - total.unsqueeze(2)).exp();
                // Three numbers each for turn and centre, one each for scale and width, and the kinds' shares, which
                // sum to one.
                if (iteration == Iterations)
                {
                    long best = order[0].item<long>();
                    double[] found = belongs[best].sum(0L).matmul(ofKind).Times(1.0 / count).ToVector();
                    // A template that is held at its least share by force is not what the cloud looks like.
                    bool looksLike = found[Defining..].Sum() >= LeastShare / 2;
                    return new(Shape, total[best].ToVector(), looksLike
                        ? Penalty(8 + kinds - 1, cloud)
                        : double.PositiveInfinity,
                        new(centre[best][0].MoveToOuterDisposeScope(), turn[best].MoveToOuterDisposeScope(),
                            scale[best].item<double>() * stretch, found));
                }
                if (iteration == FirstIterations) belongs = belongs[order.narrow(0, 0, Math.Min(TurnsAhead, Turns))];
                var weights = belongs.sum(1);
                var its = weights.unsqueeze(1).matmul(points).Times(1.0 / count);
                var cross = cloud.t().matmul(belongs).matmul(points - its);
                var (u, singular, vt) = linalg.svd(cross, fullMatrices: false);
                turn = u.matmul(vt);
                scale = (singular.sum(1) / (weights * (points - its).Squared().sum(2)).sum(1)).reshape(-1, 1, 1);
                centre = scale.neg() * its.matmul(turn.transpose(1, 2));
                width = (cloud.Squared().sum() - scale.flatten() * singular.sum(1)).Times(1.0 / (3 * count))
                    .AtLeast(0).sqrt().AtLeast(LeastWidth).reshape(-1, 1, 1);
                shares = Bounded(weights.matmul(ofKind).Times(1.0 / count));
                foreach (var kept in new[] { turn, scale, centre, width, shares }) kept.MoveToOuterDisposeScope();
            }
        }

        /// <summary>Shares of the kinds, of which the defining ones have their least together.</summary>
        private Tensor Bounded(Tensor shares)
        {
            var kept = shares.AtLeast(1e-9);
            var defining = kept.narrow(1, Defining, kept.shape[1] - Defining).sum(1, keepdim: true);
            var others = kept.narrow(1, 0, Defining);
            if (Defining == 0) return kept / kept.sum(1, keepdim: true);
            var rest = others.sum(1, keepdim: true);
            var wanted = (defining / defining.Plus(rest)).AtLeast(LeastShare);
            return cat([others / rest * Scalars.OneMinus(wanted),
                kept.narrow(1, Defining, kept.shape[1] - Defining) / defining * wanted], 1);
        }

        /// <summary>
        /// The 27 points of a grid with three places a side; a quarter of the cloud at least at the corners, as in the
        /// grid itself.
        /// </summary>
        private static Template Cube()
        {
            double[][] grid = [.. Lattice(1)];
            return new(ShapeKind.Cube, Matrix(grid), [.. grid.Select(point => point.Count(value => value != 0))],
                Defining: 3, LeastShare: 0.25, Turns: 24);
        }

        /// <summary>The twelve edges; half of the cloud at least off the corners.</summary>
        private static Template Edges()
        {
            double[][] points = [.. Lattice(Half).Where(point => point.Count(value => Math.Abs(value) == 1) >= 2)];
            return new(ShapeKind.Edges, Matrix(points), [.. points.Select(
                point => point.All(value => Math.Abs(value) == 1) ? 0 : 1)], Defining: 1, LeastShare: 0.5, Turns: 24);
        }

        /// <summary>
        /// Three lines through a point, or clusters at their ends and in the middle; half of the cloud at least off the
        /// middle.
        /// </summary>
        private static Template Axes(int half)
        {
            double[][] points = [.. Lattice(half).Where(point => point.Count(value => value != 0) <= 1)];
            return new(ShapeKind.Axes, Matrix(points), [.. points.Select(
                point => point.All(value => value == 0) ? 0 : 1)], Defining: 1, LeastShare: 0.5, Turns: 24);
        }

        /// <summary>No shape: a hollow ball, by Fibonacci's spiral.</summary>
        private static Template Shell()
        {
            const int Count = 120;
            double turn = Math.PI * (3 - Math.Sqrt(5));
            return new(ShapeKind.None, Matrix([.. Enumerable.Range(0, Count).Select(i =>
            {
                double z = 1 - (2 * i + 1.0) / Count, r = Math.Sqrt(1 - z * z);
                return new[] { r * Math.Cos(i * turn), r * Math.Sin(i * turn), z };
            })]), new int[Count], Defining: 0, LeastShare: 0, Turns: 2);
        }

        /// <summary>No shape: a filled ball or a filled box.</summary>
        private static Template Solid(bool ball)
        {
            double[][] points = [.. Lattice(2).Where(point => !ball || point.Sum(value => value * value) <= 1)];
            return new(ShapeKind.None, Matrix(points), new int[points.Length], Defining: 0, LeastShare: 0, Turns: ball
                ? 2
                : 12);
        }

        private static IEnumerable<double[]> Lattice(int half) =>
            from x in Enumerable.Range(-half, 2 * half + 1)
            from y in Enumerable.Range(-half, 2 * half + 1)
            from z in Enumerable.Range(-half, 2 * half + 1)
            select new[] { (double)x / half, (double)y / half, (double)z / half };

        private static double[,] Matrix(double[][] points) => points.ToMatrix(3);
    }
}
