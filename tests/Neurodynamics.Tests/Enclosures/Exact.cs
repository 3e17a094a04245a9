using System.Numerics;

namespace Neurodynamics.Tests.Enclosures;

/// <summary>
/// Numbers to 2^-1400 in whole numbers alone, of which every float64 from 2^-1074 to 2^1023 is one exactly. Shares
/// nothing with what it judges.
/// </summary>
internal static class Exact
{
    private const int Bits = 1400, Halvings = 16;

    public static BigInteger One { get; } = BigInteger.One << Bits;

    /// <summary>What functions may be off by: far more than their roundings, and far less than a float64's.</summary>
    private static BigInteger Tolerance { get; } = BigInteger.One << 200;

    /// <summary>A finite float64.</summary>
    public static BigInteger Of(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value), mantissa = bits & ((1L << 52) - 1);
        int exponent = (int)(bits >> 52) & 0x7ff;
        if (exponent > 0) mantissa |= 1L << 52;
        int shift = Math.Max(exponent, 1) - 1075 + Bits;
        return (value < 0 ? -1 : 1) * ((BigInteger)mantissa << shift);
    }

    public static BigInteger Times(BigInteger a, BigInteger b) => a * b >> Bits;

    public static BigInteger Over(BigInteger a, BigInteger b) => (a << Bits) / b;

    /// <summary>e^x by its series at x / 2^16, squared sixteen times.</summary>
    public static BigInteger Exp(BigInteger x)
    {
        if (x < 0) return Over(One, Exp(-x));
        BigInteger small = x >> Halvings, term = One, sum = One;
        for (int n = 1; term > 0; n++) sum += term = Times(term, small) / n;
        for (int i = 0; i < Halvings; i++) sum = Times(sum, sum);
        return sum;
    }

    public static BigInteger Tanh(BigInteger x) => Over(Exp(2 * x) - One, Exp(2 * x) + One);

    public static BigInteger Logistic(BigInteger x) => Over(One, One + Exp(-x));

    public static BigInteger LogisticSlope(BigInteger x) => Times(Logistic(x), Logistic(-x));

    public static BigInteger TanhSlope(BigInteger x) => One - Times(Tanh(x), Tanh(x));

    /// <summary>ln(1 + e^x), by Newton's method on e^y = 1 + e^x.</summary>
    public static BigInteger Softplus(BigInteger x)
    {
        var goal = One + Exp(x);
        double near = Math.ScaleB((double)(x >> (Bits - 60)), -60);
        var y = Of(near > 30 ? near : Math.Log(1 + Math.Exp(near)));
        for (int i = 0; i < 8; i++) y += Over(goal, Exp(y)) - One;
        return y;
    }

    /// <summary>Whether a number is between two float64 values.</summary>
    public static bool IsBetween(double low, double high, BigInteger value) =>
        (double.IsNegativeInfinity(low) || Of(low) <= value + Tolerance)
        && (double.IsPositiveInfinity(high) || value - Tolerance <= Of(high));
}
