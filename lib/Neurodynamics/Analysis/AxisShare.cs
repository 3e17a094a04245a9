using Neurodynamics.Models;

namespace Neurodynamics.Analysis;

/// <summary>Do points lie on perpendicular axes? And which readouts do directions belong to?</summary>
public static class AxisShare
{
    /// <summary>
    /// The mean, over points, of the largest share that one coordinate has of the squared distance from the centre: 1 where every point lies on an axis, 1/d at the
    /// corners of a cube in d dimensions. Each coordinate is first divided by its own spread, so that no axis counts more than another.
    /// </summary>
    /// <param name="coordinates">[M, d], M at least 2; the centre is their mean.</param>
    public static double Of(double[,] coordinates) => Share(Whitened(coordinates));

    /// <summary>The same in the best of some random turns of the axes: a shape with axes shows whichever way it is turned.</summary>
    /// <param name="coordinates">[M, d].</param>
    /// <param name="seed">Seed of the turns.</param>
    /// <param name="turns">How many; default 2000.</param>
    public static double Best(double[,] coordinates, int seed, int turns = 2000)
    {
        var (points, random) = (Whitened(coordinates), new Random(seed));
        return Enumerable.Range(0, turns).Max(_ => Share(Turned(points, random)));
    }

    /// <summary>What <see cref="Best"/> gives for as many points in directions drawn at random from the normal distribution: no axes at all. The mean of some draws.</summary>
    /// <param name="points">M.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="draws">How many; default 5.</param>
    /// <param name="turns">Turns of the axes tried on each; default 2000.</param>
    public static double ByChance(int points, int dimensions, int seed, int draws = 5, int turns = 2000) => Enumerable.Range(0, draws).Average(draw =>
    {
        var random = new Random(seed + draw);
        var cloud = new double[points, dimensions];
        for (int i = 0; i < points; i++)
            for (int j = 0; j < dimensions; j++) cloud[i, j] = Gaussian(random);
        return Best(cloud, seed + draw, turns);
    });

    /// <summary>
    /// |cos| of the angle between each component and each channel's row of the readout [k, K]; in a last row the length of the readout row's part within the
    /// space of the components, 1 where it lies in it [k + 1, K].
    /// </summary>
    /// <param name="pca">The components.</param>
    /// <param name="network">The network.</param>
    public static double[,] OfReadout(Pca pca, Network network)
    {
        var weights = network.Readout.weight.ToMatrix();
        int components = pca.Components.GetLength(0), channels = weights.GetLength(0), units = weights.GetLength(1);
        var cosines = new double[components + 1, channels];
        for (int channel = 0; channel < channels; channel++)
        {
            double length = Math.Sqrt(Enumerable.Range(0, units).Sum(i => weights[channel, i] * weights[channel, i])), within = 0;
            for (int k = 0; k < components; k++)
            {
                double cosine = Enumerable.Range(0, units).Sum(i => weights[channel, i] * pca.Components[k, i]) / length;
                cosines[k, channel] = Math.Abs(cosine);
                within += cosine * cosine;
            }
            cosines[components, channel] = Math.Sqrt(within);
        }
        return cosines;
    }

    private static double[,] Whitened(double[,] coordinates)
    {
        int count = coordinates.GetLength(0), dimensions = coordinates.GetLength(1);
        var points = new double[count, dimensions];
        for (int j = 0; j < dimensions; j++)
        {
            double mean = Enumerable.Range(0, count).Average(i => coordinates[i, j]);
            double spread = Math.Sqrt(Enumerable.Range(0, count).Average(i => Math.Pow(coordinates[i, j] - mean, 2)));
            for (int i = 0; i < count; i++) points[i, j] = spread == 0 ? 0 : (coordinates[i, j] - mean) / spread;
        }
        return points;
    }

    private static double Share(double[,] points)
    {
        int count = points.GetLength(0), dimensions = points.GetLength(1);
        return Enumerable.Range(0, count).Average(i =>
        {
            var squares = Enumerable.Range(0, dimensions).Select(j => points[i, j] * points[i, j]).ToArray();
            double all = squares.Sum();
            return all == 0 ? 1 : squares.Max() / all;
        });
    }

    /// <summary>The points in random perpendicular axes: Gram and Schmidt's of normal vectors.</summary>
    private static double[,] Turned(double[,] points, Random random)
    {
        int count = points.GetLength(0), dimensions = points.GetLength(1);
        var axes = new double[dimensions][];
        for (int k = 0; k < dimensions; k++)
        {
            double[] axis = [.. Enumerable.Range(0, dimensions).Select(_ => Gaussian(random))];
            for (int before = 0; before < k; before++)
            {
                double along = axis.Zip(axes[before], (a, b) => a * b).Sum();
                for (int j = 0; j < dimensions; j++) axis[j] -= along * axes[before][j];
            }
            double length = Math.Sqrt(axis.Sum(value => value * value));
            axes[k] = [.. axis.Select(value => value / length)];
        }
        var turned = new double[count, dimensions];
        for (int i = 0; i < count; i++)
            for (int k = 0; k < dimensions; k++)
                for (int j = 0; j < dimensions; j++) turned[i, k] += points[i, j] * axes[k][j];
        return turned;
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
