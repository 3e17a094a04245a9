using Neurodynamics.Analysis;

namespace Neurodynamics.Tests.Analysis;

/// <summary>A kind of cloud made by chance, of which is known what it is.</summary>
/// <param name="Name">Such as "points along three axes".</param>
/// <param name="Shape">What it is.</param>
/// <param name="Point">The i-th of n points in the cloud's own axes, half an edge long 1; without noise.</param>
internal sealed record MadeUpCloud(string Name, ShapeKind Shape, Func<Random, int, double[]> Point)
{
    /// <summary>Clouds without a shape.</summary>
    public static IReadOnlyList<MadeUpCloud> Shapeless { get; } =
    [
        new("blob", ShapeKind.None, (random, _) => Three(() => Normal(random))),
        new("ball", ShapeKind.None, (random, _) => InBall(random)),
        new("shell", ShapeKind.None, (random, _) => Unit(Three(() => Normal(random)))),
        new("box", ShapeKind.None, (random, _) => Three(() => Between(random))),
    ];

    /// <summary>
    /// Clouds of each shape. The corners of a cube come one after the other, so that eight points are all eight; so do
    /// the seven places of clustered axes.
    /// </summary>
    public static IReadOnlyList<MadeUpCloud> Shaped { get; } =
    [
        new("corners of a cube", ShapeKind.Cube, (_, i) => [Bit(i, 0), Bit(i, 1), Bit(i, 2)]),
        new("a grid of 27 places", ShapeKind.Cube, (random, _) => Three(() => random.Next(3) - 1)),
        new("points along a box's edges", ShapeKind.Edges, (random, _) =>
            Shuffled(random, Between(random), Sign(random), Sign(random))),
        new("points along three axes", ShapeKind.Axes, (random, _) => Shuffled(random, Between(random), 0, 0)),
        new("ends of three axes and their middle", ShapeKind.Axes, (_, i) =>
            [.. Enumerable.Range(0, 3).Select(k => i % 7 == 2 * k ? 1.0 : i % 7 == 2 * k + 1 ? -1 : 0)]),
        new("plane", ShapeKind.Sheet, (random, _) => [Between(random), Between(random), 0]),
        new("bent surface", ShapeKind.Sheet, (random, _) => Bent(Between(random), Between(random))),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MadeUpCloud> All { get; } = [.. Shapeless, .. Shaped];

    /// <summary>
    /// A cloud, with noise in its own axes, then turned, stretched by up to 1.5, and moved away from zero.
    /// </summary>
    /// <param name="count">n.</param>
    /// <param name="random">Chance.</param>
    /// <param name="noise">Its standard deviation in each axis; default a tenth of half an edge.</param>
    /// <param name="dimensions">Into how many dimensions; default 20.</param>
    public double[,] Of(int count, Random random, double noise = 0.1, int dimensions = 20)
    {
        double[][] directions = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            double[] direction = Unit([.. Enumerable.Range(0, dimensions).Select(_ => Normal(random))]);
            double stretch = 1 + 0.5 * random.NextDouble();
            return direction.Select(value => stretch * value).ToArray();
        })];
        double[,] states = new double[count, dimensions];
        for (int i = 0; i < count; i++)
        {
            double[] point = Point(random, i);
            for (int k = 0; k < 3; k++)
            {
                double place = point[k] + noise * Normal(random);
                for (int j = 0; j < dimensions; j++) states[i, j] += place * directions[k][j];
            }
            for (int j = 0; j < dimensions; j++) states[i, j] += 5;
        }
        return states;
    }

    /// <summary>Chance of its own for each cloud.</summary>
    public Random Random(int seed, int count, int draw) =>
        new(seed * 1_000_003 + count * 1009 + draw * 7 + Name.Sum(letter => letter) * 31);

    internal static double Between(Random random) => 2 * random.NextDouble() - 1;

    internal static double Sign(Random random) => random.Next(2) == 0 ? -1 : 1;

    internal static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    internal static double[] Shuffled(Random random, params double[] values)
    {
        random.Shuffle(values);
        return values;
    }

    private static double[] Three(Func<double> value) => [value(), value(), value()];

    private static double Bit(int i, int k) => (i >> k & 1) == 1 ? 1 : -1;

    private static double[] Bent(double x, double y) => [x, y, x * x + y * y];

    private static double[] Unit(double[] vector)
    {
        double norm = Math.Sqrt(vector.Sum(value => value * value));
        return [.. vector.Select(value => value / norm)];
    }

    private static double[] InBall(Random random)
    {
        while (true)
        {
            double[] point = Three(() => Between(random));
            if (point.Sum(value => value * value) <= 1) return point;
        }
    }
}
