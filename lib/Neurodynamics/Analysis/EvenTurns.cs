namespace Neurodynamics.Analysis;

/// <summary>Directions and turns that are spread evenly, the same at every call.</summary>
internal static class EvenTurns
{
    private const int Tried = 2000, Most = 24;

    /// <summary>The turns of a cube that map it onto itself: signed permutations without a reflection.</summary>
    private static readonly double[][] OfCube = [.. CubeTurns()];

    private static readonly Lazy<double[,]> Chosen = new(Spread);

    /// <summary>Points on the unit sphere in Fibonacci's spiral; the first half is one half of the sphere.</summary>
    public static double[][] Sphere(int count)
    {
        double turn = Math.PI * (3 - Math.Sqrt(5));
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            double z = 1 - (2 * i + 1.0) / count, r = Math.Sqrt(1 - z * z);
            return new[] { r * Math.Cos(i * turn), r * Math.Sin(i * turn), z };
        })];
    }

    /// <summary>
    /// Turns [count, 9], row by row, of which no two are near each other for a shape with a cube's symmetry; at most
    /// 24.
    /// </summary>
    public static double[,] First(int count) =>
        Enumerable.Range(0, count).Select(Chosen.Value.Row).ToMatrix(9);

    /// <summary>One after the other the turn that is farthest from all before it, of many drawn at random.</summary>
    private static double[,] Spread()
    {
        var random = new Random(1);
        double[][] tried = [.. Enumerable.Range(0, Tried).Select(_ => Drawn(random))];
        double[] nearness = new double[Tried];
        var chosen = new List<double[]>();
        int next = 0;
        while (chosen.Count < Most)
        {
            chosen.Add(tried[next]);
            for (int i = 0; i < Tried; i++) nearness[i] = Math.Max(nearness[i], Nearness(tried[next], tried[i]));
            next = Array.IndexOf(nearness, nearness.Min());
        }
        return chosen.ToMatrix(9);
    }

    /// <summary>The largest trace of A' B G over the cube's turns G: 1 + 2 cos of the angle between the two.</summary>
    private static double Nearness(double[] a, double[] b)
    {
        double[] between = new double[9];
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                for (int k = 0; k < 3; k++) between[3 * i + j] += a[3 * k + i] * b[3 * k + j];
        return OfCube.Max(turn =>
        {
            double trace = 0;
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++) trace += between[3 * i + j] * turn[3 * j + i];
            return trace;
        });
    }

    /// <summary>A turn at random: of a quaternion of normal numbers.</summary>
    private static double[] Drawn(Random random)
    {
        double[] q = [.. Enumerable.Range(0, 4).Select(_ => random.Normal())];
        double norm = Math.Sqrt(q.Sum(value => value * value));
        var (w, x, y, z) = (q[0] / norm, q[1] / norm, q[2] / norm, q[3] / norm);
        return
        [
            1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
            2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
            2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
        ];
    }

    private static IEnumerable<double[]> CubeTurns()
    {
        int[][] orders = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2]];
        foreach (var (order, n) in orders.Select((order, n) => (order, n)))
            for (int signs = 0; signs < 8; signs++)
            {
                double[] turn = new double[9];
                int minus = 0;
                for (int i = 0; i < 3; i++)
                {
                    bool negative = (signs >> i & 1) == 1;
                    if (negative) minus++;
                    turn[3 * i + order[i]] = negative ? -1 : 1;
                }
                // The last three orders are odd.
                if ((minus + (n > 2 ? 1 : 0)) % 2 == 0) yield return turn;
            }
    }
}
