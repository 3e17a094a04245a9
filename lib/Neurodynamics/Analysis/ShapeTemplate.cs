using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>Points that a shape is made of, each of a kind; points of a kind are equally likely.</summary>
internal sealed record ShapeTemplate(
    ShapeKind Shape, double[,] Points, int[] Kinds, int Defining, double LeastShare, int Turns,
    double LeastWidth = ShapeFit.LeastWidth)
{
    /// <summary>Steps from the middle of an edge, or of an axis, to its end.</summary>
    private const int Half = 5;

    private const int Iterations = 40;

    /// <summary>How many of the turns from which a fit starts are followed on after some of the iterations.</summary>
    private static readonly Dictionary<int, int> Ahead = new() { [8] = 6, [18] = 2 };

    public static IReadOnlyList<ShapeTemplate> All { get; } =
        [Cube(), Edges(), Axes(Half), Axes(1), Shell(), Solid(ball: true), Solid(ball: false)];

    /// <summary>By expectation and maximisation from turns spread evenly over all, at once; the best is kept.</summary>
    public ShapeFit FitTo(Tensor cloud, CancellationToken cancellation)
    {
        int count = (int)cloud.shape[0], kinds = Kinds.Max() + 1;
        // A template's points are as far from its middle as the cloud's are from its own.
        double stretch = Math.Sqrt(3 * Kinds.Length / Points.Cast<double>().Sum(value => value * value));
        var points = Points.ToTensor().Times(stretch);
        var ofKind =
            nn.functional.one_hot(tensor(Kinds.Select(kind => (long)kind).ToArray()), kinds).to(ScalarType.Float64);
        var members = ofKind.sum(0L);
        var turn = EvenTurns.First(Turns).ToTensor().reshape(Turns, 3, 3);
        var (centre, scale, width) = (zeros([Turns, 1, 3], ScalarType.Float64),
            ones([Turns, 1, 1], ScalarType.Float64), ones([Turns, 1, 1], ScalarType.Float64).Times(0.5));
        var shares = (members / members.sum()).expand(Turns, kinds).clone();
        for (int iteration = 0; ; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            long turns = turn.shape[0];
            var placed = centre.Plus(scale * points.matmul(turn.transpose(1, 2)));
            var squares = cdist(cloud.expand(turns, count, 3), placed).Squared();
            var logs = (shares / members).matmul(ofKind.t()).log().unsqueeze(1) - squares / width.Squared()
                .Times(2) - width.log().Times(3).Plus(-ShapeFit.Unit);
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
                    ? ShapeFit.PenaltyOf(8 + kinds - 1, cloud)
                    : double.PositiveInfinity,
                    new(centre[best][0].MoveToOuterDisposeScope(), turn[best].MoveToOuterDisposeScope(),
                        scale[best].item<double>() * stretch, found));
            }
            if (Ahead.TryGetValue(iteration, out int ahead))
                belongs = belongs[order.narrow(0, 0, Math.Min(ahead, Turns))];
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
    private static ShapeTemplate Cube()
    {
        double[][] grid = [.. Lattice(1)];
        return new(ShapeKind.Cube, Matrix(grid), [.. grid.Select(point => point.Count(value => value != 0))],
            Defining: 3, LeastShare: 0.25, Turns: 24);
    }

    /// <summary>The twelve edges; half of the cloud at least off the corners.</summary>
    private static ShapeTemplate Edges()
    {
        double[][] points = [.. Lattice(Half - 1).Where(point => point.Count(value => Math.Abs(value) == 1) >= 2)];
        return new(ShapeKind.Edges, Matrix(points), [.. points.Select(
            point => point.All(value => Math.Abs(value) == 1) ? 0 : 1)], Defining: 1, LeastShare: 0.5, Turns: 24);
    }

    /// <summary>
    /// Three lines through a point, or clusters at their ends and in the middle; half of the cloud at least off the
    /// middle.
    /// </summary>
    private static ShapeTemplate Axes(int half)
    {
        double[][] points = [.. Lattice(half).Where(point => point.Count(value => value != 0) <= 1)];
        return new(ShapeKind.Axes, Matrix(points), [.. points.Select(
            point => point.All(value => value == 0) ? 0 : 1)], Defining: 1, LeastShare: 0.5, Turns: 24);
    }

    /// <summary>
    /// Half the distance between neighbours in a shapeless template whose spread is 1: so wide that no single point of
    /// it can be told.
    /// </summary>
    private const double Blurred = 0.4;

    /// <summary>No shape: a hollow ball.</summary>
    private static ShapeTemplate Shell() => Shapeless(EvenTurns.Sphere(60), turns: 1);

    /// <summary>No shape: a filled ball or a filled box.</summary>
    private static ShapeTemplate Solid(bool ball) => ball
        ? Shapeless([.. Lattice(2).Where(point => point.Sum(value => value * value) <= 1)], turns: 1)
        : Shapeless([.. Lattice(2)], turns: 12);

    private static ShapeTemplate Shapeless(double[][] points, int turns) =>
        new(ShapeKind.None, Matrix(points), new int[points.Length], Defining: 0, LeastShare: 0, turns, Blurred);

    private static IEnumerable<double[]> Lattice(int half) =>
        from x in Enumerable.Range(-half, 2 * half + 1)
        from y in Enumerable.Range(-half, 2 * half + 1)
        from z in Enumerable.Range(-half, 2 * half + 1)
        select new[] { (double)x / half, (double)y / half, (double)z / half };

    private static double[,] Matrix(double[][] points) => points.ToMatrix(3);
}
