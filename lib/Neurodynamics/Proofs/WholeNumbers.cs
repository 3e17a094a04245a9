using System.Numerics;
using Neurodynamics.Enclosures;

namespace Neurodynamics.Proofs;

/// <summary>
/// Exact arithmetic on vectors of whole numbers, which all float64 values are after multiplication by one power of two.
/// </summary>
internal static class WholeNumbers
{
    /// <summary>Every float64 is a whole number of 2^-1074.</summary>
    public const int Bits = 1074;

    /// <summary>A finite float64 times 2^1074.</summary>
    public static BigInteger Of(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value), mantissa = bits & ((1L << 52) - 1);
        int exponent = (int)(bits >> 52) & 0x7ff;
        if (exponent > 0) mantissa |= 1L << 52;
        return (value < 0 ? -1 : 1) * ((BigInteger)mantissa << Math.Max(exponent, 1) - 1);
    }

    /// <summary>How many factors of 2 all of some numbers have, and at most so many.</summary>
    public static int CommonTwos(IEnumerable<BigInteger> values, int most) =>
        values.Where(value => !value.IsZero).Aggregate(most, (least, value) =>
            (int)BigInteger.Min(least, BigInteger.TrailingZeroCount(value)));

    public static BigInteger Dot(BigInteger[] a, BigInteger[] b)
    {
        var sum = BigInteger.Zero;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Without the factors that all values share.</summary>
    public static BigInteger[] Reduced(BigInteger[] values)
    {
        var common = BigInteger.Zero;
        foreach (var value in values) common = BigInteger.GreatestCommonDivisor(common, value);
        return common <= 1 ? values : Array.ConvertAll(values, value => value / common);
    }

    /// <summary>
    /// Rows that span the same by Gauss and Jordan, as many as the rank, each with a column in which it alone is not 0.
    /// </summary>
    public static List<(BigInteger[] Row, int Column)> Echelon(IEnumerable<BigInteger[]> rows)
    {
        var done = new List<(BigInteger[] Row, int Column)>();
        foreach (var given in rows)
        {
            var row = done.Aggregate(given, (rest, one) => Without(rest, one.Row, one.Column));
            int column = Array.FindIndex(row, value => !value.IsZero);
            if (column < 0) continue;
            for (int i = 0; i < done.Count; i++)
                done[i] = (Without(done[i].Row, row, column), done[i].Column);
            done.Add((row, column));
        }
        return done;

        static BigInteger[] Without(BigInteger[] row, BigInteger[] other, int column) => row[column].IsZero
            ? row : Reduced([.. row.Zip(other, (a, b) => a * other[column] - b * row[column])]);
    }

    /// <summary>The vector, up to a factor, on which independent rows, one fewer than columns, are all 0.</summary>
    public static BigInteger[] Kernel(IReadOnlyList<BigInteger[]> rows)
    {
        var echelon = Echelon(rows);
        var product = echelon.Aggregate(BigInteger.One, (product, one) => product * one.Row[one.Column]);
        int free = Enumerable.Range(0, rows.Count + 1).Except(echelon.Select(one => one.Column)).First();
        var kernel = new BigInteger[rows.Count + 1];
        kernel[free] = product;
        foreach (var (row, column) in echelon) kernel[column] = -row[free] * (product / row[column]);
        return Reduced(kernel);
    }

    /// <summary>The values over one power of two, that makes the largest at least 1/2 and less than 1.</summary>
    public static Enclosure[] Scaled(BigInteger[] values)
    {
        long shift = values.Max(Length);
        return Array.ConvertAll(values, value => Scaled(value, shift));
    }

    /// <summary>a / b, where b is not 0.</summary>
    public static Enclosure Ratio(BigInteger a, BigInteger b)
    {
        if (a.IsZero) return 0;
        var (one, other) = (Length(a), Length(b));
        long power = one - other;
        if (power is < -1000 or > 1000)
            return (a.Sign == b.Sign, power > 0) switch
            {
                (true, true) => new(1e300, double.PositiveInfinity),
                (true, false) => new(0, 1e-300),
                (false, true) => new(double.NegativeInfinity, -1e300),
                _ => new(-1e-300, 0),
            };
        var ratio = Scaled(a, one) / Scaled(b, other);
        // A power of two moves no digit, unless the result is not normal, for which the product allows.
        return Math.Abs(power) < 900
            ? new(Math.ScaleB(ratio.Low, (int)power), Math.ScaleB(ratio.High, (int)power))
            : ratio * Math.ScaleB(1, (int)power);
    }

    private static long Length(BigInteger value) => (long)BigInteger.Abs(value).GetBitLength();

    private static Enclosure Scaled(BigInteger value, long shift)
    {
        long length = Length(value);
        if (length <= 53 && shift - length < 900)
            return Math.ScaleB((double)value, (int)-shift);
        if (shift - length > 1000) return new(-1e-300, 1e-300);
        int cut = (int)Math.Max(0, length - 62);
        double near = Math.ScaleB((double)(long)(value >> cut), (int)(cut - shift));
        // Half a unit in the last place from rounding, and much less from what was cut.
        return new(Math.BitDecrement(near), Math.BitIncrement(near));
    }
}
