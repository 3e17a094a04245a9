using System.Numerics;
using CsCheck;
using Neurodynamics.Enclosures;
using Xunit;

namespace Neurodynamics.Tests.Enclosures;

/// <summary>
/// Members at the ends of their radii, with which an entry of a result is largest, and that entry in whole numbers: it
/// lies within the radius that was computed, to the last digit.
/// </summary>
public sealed class EnclosedMatrixTests
{
    /// <summary>No radii, and radii far above and far below the middles and their roundings.</summary>
    private static readonly double[] Spreads = [0, 1e-17, 1e-9, 0.1, 10];

    private static readonly Gen<double> Spread = Gen.Int[0, Spreads.Length - 1].Select(i => Spreads[i]);

    private static readonly Gen<(int Rows, int Inner, int Columns, double P, double Q, int Seed)> Cases = Gen.Select(
        Gen.Int[1, 3], Gen.Int[1, 11], Gen.Int[1, 9], Spread, Spread, Gen.Int[0, 1 << 30]);

    [Fact]
    public void Products_hold_the_products_of_all_members() => Cases.Sample(it =>
    {
        var random = new Random(it.Seed);
        var (a, b) = (Matrix(random, it.Rows, it.Inner, it.P), Matrix(random, it.Inner, it.Columns, it.Q));
        var product = a.Times(b);
        for (int i = 0; i < it.Rows; i++)
            for (int j = 0; j < it.Columns; j++)
            {
                BigInteger most = 0, least = 0;
                for (int k = 0; k < it.Inner; k++)
                {
                    var (low, high) = Product(Ends(a, i, k), Ends(b, k, j));
                    (least, most) = (least + low, most + high);
                }
                Holds(product, i, j, least, most);
            }

        var x = Enumerable.Range(0, it.Inner).Select(k => b[k, 0]).ToArray();
        var times = a.Times(x);
        for (int i = 0; i < it.Rows; i++)
        {
            BigInteger most = 0, least = 0;
            for (int k = 0; k < it.Inner; k++)
            {
                var (low, high) = Product(Ends(a, i, k), (Exact.Of(x[k].Low), Exact.Of(x[k].High)));
                (least, most) = (least + low, most + high);
            }
            Assert.True(Exact.Of(times[i].Low) <= least && most <= Exact.Of(times[i].High));
        }
    }, iter: 300);

    [Fact]
    public void Sums_and_scaled_rows_hold_those_of_all_members() => Cases.Sample(it =>
    {
        var random = new Random(it.Seed);
        var a = Matrix(random, it.Rows, it.Columns, it.P);
        // Where middles cancel, only the radii are left to be rounded.
        var b = random.Next(2) == 0 ? Matrix(random, it.Rows, it.Columns, it.Q)
            : Around([.. a.Middles.Select(value => -value)], it.Rows, it.Columns, it.Q, random);
        Enclosure[] scales = [.. Enumerable.Range(0, it.Rows)
            .Select(_ => Enclosure.Around(2 * random.NextDouble() - 1, it.Q * random.NextDouble()))];
        var (sum, scaled) = (a.Plus(b), a.Scaled(scales));
        var diagonal = EnclosedMatrix.Identity(it.Columns).Scaled([.. Enumerable.Range(0, it.Columns)
            .Select(_ => Enclosure.Around(2 * random.NextDouble() - 1, it.Q * random.NextDouble()))]);
        var columns = a.Times(diagonal);
        for (int i = 0; i < it.Rows; i++)
            for (int j = 0; j < it.Columns; j++)
            {
                var (p, q) = (Ends(a, i, j), Ends(b, i, j));
                Holds(sum, i, j, p.Low + q.Low, p.High + q.High);
                var (least, most) = Product(p, (Exact.Of(scales[i].Low), Exact.Of(scales[i].High)));
                Holds(scaled, i, j, least, most);
                (least, most) = Product(p, Ends(diagonal, j, j));
                Holds(columns, i, j, least, most);
            }
    }, iter: 300);

    /// <summary>Over a ball a row a goes as far as a c + |a| r, and that is where a x is largest.</summary>
    [Fact]
    public void Products_with_a_ball_hold_those_of_every_point_of_it() => Cases.Sample(it =>
    {
        var random = new Random(it.Seed);
        var (a, centre) = (Matrix(random, it.Rows, it.Inner, 0), Matrix(random, 1, it.Inner, 0).Middles);
        double radius = it.P;
        var products = a.Times(centre, radius);
        for (int i = 0; i < it.Rows; i++)
        {
            BigInteger middle = 0, square = 0;
            for (int j = 0; j < it.Inner; j++)
            {
                var entry = Exact.Of(a.Middles[i * it.Inner + j]);
                middle += Exact.Times(entry, Exact.Of(centre[j]));
                square += Exact.Times(entry, entry);
            }
            var reach = Exact.Times(square, Exact.Times(Exact.Of(radius), Exact.Of(radius)));
            var (above, below) = (Exact.Of(products[i].High) - middle, middle - Exact.Of(products[i].Low));
            Assert.True(above >= 0 && below >= 0 && Exact.Times(above, above) >= reach
                && Exact.Times(below, below) >= reach);
        }
    }, iter: 300);

    [Fact]
    public void Moduli_are_no_less_than_those_of_any_member() => Cases.Sample(it =>
    {
        var random = new Random(it.Seed);
        var (a, b) = (Matrix(random, it.Rows, it.Columns, it.P), Matrix(random, it.Rows, it.Columns, it.Q));
        double[] x = [.. Enumerable.Range(0, it.Columns).Select(_ => random.NextDouble())];
        double[] sums = a.ModuliTimes(x), apart = a.RowsApart(b);
        for (int i = 0; i < it.Rows; i++)
        {
            BigInteger most = 0, farthest = 0;
            for (int j = 0; j < it.Columns; j++)
            {
                var (p, q) = (Ends(a, i, j), Ends(b, i, j));
                most += Exact.Times(BigInteger.Max(-p.Low, p.High), Exact.Of(x[j]));
                farthest += BigInteger.Max(p.High - q.Low, q.High - p.Low);
            }
            Assert.True(most <= Exact.Of(sums[i]));
            Assert.True(farthest <= Exact.Of(apart[i]));
        }
    }, iter: 300);

    /// <summary>Half way to the next float32 on either side, and hardly farther.</summary>
    [Fact]
    public void A_weight_that_was_rounded_to_float32_stands_for_all_that_round_to_it()
    {
        var random = new Random(1);
        float[] values = [0, 1, -1, 0.5f, 1.5f, float.Epsilon, 1e-40f, .. Enumerable.Range(0, 200).Select(_ =>
            (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-60, 60))))];
        foreach (float value in values)
        {
            var (below, above) = (MathF.BitDecrement(value), MathF.BitIncrement(value));
            foreach (var all in new[]
            {
                EnclosedMatrix.OfFloat32(value), EnclosedMatrix.OfFloat32(new double[,] { { value } })[0, 0],
            })
            {
                // Between neighbours the middle is a float64.
                Assert.True(all.Contains((value + (double)above) / 2) && all.Contains((value + (double)below) / 2));
                Assert.InRange(all.High - all.Low, 0, 1.001 * Math.Max((double)above - value, value - (double)below));
            }
        }
    }

    /// <summary>The least and the largest member of an entry, exactly.</summary>
    private static (BigInteger Low, BigInteger High) Ends(EnclosedMatrix matrix, int row, int column)
    {
        int at = row * matrix.ColumnCount + column;
        var (middle, radius) = (Exact.Of(matrix.Middles[at]), Exact.Of(matrix.Radii?[at] ?? 0));
        return (middle - radius, middle + radius);
    }

    private static (BigInteger Low, BigInteger High) Product(
        (BigInteger Low, BigInteger High) a, (BigInteger Low, BigInteger High) b)
    {
        BigInteger[] corners = [Exact.Times(a.Low, b.Low), Exact.Times(a.Low, b.High), Exact.Times(a.High, b.Low),
            Exact.Times(a.High, b.High)];
        return (corners.Min(), corners.Max());
    }

    private static void Holds(EnclosedMatrix all, int row, int column, BigInteger least, BigInteger most)
    {
        var (low, high) = Ends(all, row, column);
        Assert.True(low <= least && most <= high, $"[{row}, {column}] leaves out {least - low} or {high - most}");
    }

    private static EnclosedMatrix Matrix(Random random, int rows, int columns, double spread) => Around(
        [.. Enumerable.Range(0, rows * columns).Select(_ => 2 * random.NextDouble() - 1)], rows, columns, spread,
        random);

    /// <summary>Radii up to a spread; none where it is 0.</summary>
    private static EnclosedMatrix Around(double[] middles, int rows, int columns, double spread, Random random)
    {
        var exact = EnclosedMatrix.Of(rows, columns, middles);
        if (spread == 0) return exact;
        var reach = EnclosedMatrix.Of(rows, columns, [.. middles.Select(_ => spread * random.NextDouble())]);
        return exact.Plus(reach.Scaled([.. Enumerable.Repeat(new Enclosure(-1, 1), rows)]));
    }
}
