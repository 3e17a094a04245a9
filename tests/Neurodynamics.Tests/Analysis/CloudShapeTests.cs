using CsCheck;
using Neurodynamics.Analysis;
using Xunit;

namespace Neurodynamics.Tests.Analysis;

/// <summary>Made-up clouds, of which is known what they are.</summary>
public sealed class CloudShapeTests
{
    private const int Dimensions = 20;

    /// <summary>Clouds by their names; each is [M][3] in its own axes, half an edge long 1.</summary>
    private static double[][] Cloud(string name, Random random) => name switch
    {
        "corners" => Grid().Where(point => point.All(value => value != 0)).ToArray(),
        "grid of 27" => Grid().ToArray(),
        "grid without a corner" => Grid().Where(point => point.Any(value => value != 1)).ToArray(),
        "grid with unequal clusters" => [.. Grid().SelectMany(point => Enumerable.Repeat(point, 1 + random.Next(20)))],
        "many on edges" => Many(300, () => Shuffled(random, Between(random), Sign(random), Sign(random))),
        "many on axes" => Many(300, () => Shuffled(random, Between(random), 0, 0)),
        "axes, dense in the middle" => Many(300, () => Shuffled(random, Between(random) * random.NextDouble(), 0, 0)),
        "ends of axes and centre" => Grid().Where(point => point.Count(value => value != 0) <= 1).ToArray(),
        "plane" => Many(300, () => [Between(random), Between(random), 0]),
        "bowl" => Many(300, () => { double x = Between(random), y = Between(random); return [x, y, x * x + y * y]; }),
        "saddle surface" => Many(300, () => { double x = Between(random), y = Between(random); return [x, y, x * x - y * y]; }),
        "line" => Many(300, () => [Between(random), 0, 0]),
        "blob" => Many(300, () => [Normal(random), Normal(random), Normal(random)]),
        "blob of 27" => Many(27, () => [Normal(random), Normal(random), Normal(random)]),
        "ball" => Many(3000, () => [Between(random), Between(random), Between(random)]).Where(point => point.Sum(value => value * value) <= 1).Take(300).ToArray(),
        "box" => Many(300, () => [Between(random), Between(random), Between(random)]),
        "shell" => Many(300, () => { double[] v = [Normal(random), Normal(random), Normal(random)]; double r = Math.Sqrt(v.Sum(x => x * x)); return [.. v.Select(x => x / r)]; }),
        _ => throw new ArgumentException(name),
    };

    [Theory]
    [InlineData("corners", ShapeKind.Cube)]
    [InlineData("grid of 27", ShapeKind.Cube)]
    [InlineData("grid without a corner", ShapeKind.Cube)]
    [InlineData("grid with unequal clusters", ShapeKind.Cube)]
    [InlineData("many on edges", ShapeKind.Edges)]
    [InlineData("many on axes", ShapeKind.Axes)]
    [InlineData("axes, dense in the middle", ShapeKind.Axes)]
    [InlineData("ends of axes and centre", ShapeKind.Axes)]
    [InlineData("plane", ShapeKind.Sheet)]
    [InlineData("bowl", ShapeKind.Sheet)]
    [InlineData("saddle surface", ShapeKind.Sheet)]
    [InlineData("line", ShapeKind.Line)]
    [InlineData("blob", ShapeKind.None)]
    [InlineData("blob of 27", ShapeKind.None)]
    [InlineData("ball", ShapeKind.None)]
    [InlineData("box", ShapeKind.None)]
    [InlineData("shell", ShapeKind.None)]
    public void A_made_up_cloud_is_told_for_what_it_is_however_it_lies(string name, ShapeKind shape)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            var told = CloudShape.Of(Placed(Cloud(name, new(seed)), new(seed)));
            Assert.True(told.Shape == shape, $"{name}, seed {seed}: {told}; {string.Join(", ", told.Scores.Select(score => $"{score.Key} {score.Value:0.00}"))}");
            Assert.InRange(told.Sureness, 0.5, 1);
        }
    }

    /// <summary>Turned, sheared and stretched anyhow into many dimensions, moved away from zero, with a little noise.</summary>
    private static double[,] Placed(double[][] cloud, Random random, double noise = 0.02)
    {
        double[][] directions = [.. Enumerable.Range(0, 3).Select(k => Enumerable.Range(0, Dimensions).Select(_ => (1 + 0.5 * k) * Normal(random)).ToArray())];
        var places = new double[cloud.Length, Dimensions];
        for (int i = 0; i < cloud.Length; i++)
            for (int j = 0; j < Dimensions; j++)
                places[i, j] = 5 + Enumerable.Range(0, 3).Sum(k => cloud[i][k] * directions[k][j]) + noise * Normal(random);
        return places;
    }

    private static double[][] Many(int count, Func<double[]> point) => [.. Enumerable.Range(0, count).Select(_ => point())];

    private static IEnumerable<double[]> Grid() =>
        from x in Enumerable.Range(-1, 3)
        from y in Enumerable.Range(-1, 3)
        from z in Enumerable.Range(-1, 3)
        select new double[] { x, y, z };

    private static double Between(Random random) => 2 * random.NextDouble() - 1;

    private static double Sign(Random random) => random.Next(2) == 0 ? -1 : 1;

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double[] Shuffled(Random random, params double[] values)
    {
        random.Shuffle(values);
        return values;
    }
}
