using System.Numerics;

namespace Neurodynamics.Proofs;

/// <summary>
/// A smooth f of many units at a time, in float64 rounded to nearest, with a proven bound on the error: of f' at
/// most <see cref="Error"/>, and the same of f where |f| is at most 1, else <see cref="Error"/> (1 + |x|).
/// </summary>
internal interface ISmoothUnit
{
    /// <summary>16 units of roundoff.</summary>
    const double Error = 1.0 / (1L << 49);

    /// <summary>f.</summary>
    static abstract Vector<double> Value(Vector<double> x);

    /// <summary>The least and the largest slope between two arguments.</summary>
    /// <param name="low">The lesser arguments.</param>
    /// <param name="high">The larger ones.</param>
    /// <param name="atLow">f of the lesser.</param>
    /// <param name="atHigh">f of the larger.</param>
    static abstract (Vector<double> Least, Vector<double> Most) Slopes(
        Vector<double> low, Vector<double> high, Vector<double> atLow, Vector<double> atHigh);

    /// <summary>Bounds of f(x) - slope (x - centre) between two arguments.</summary>
    /// <inheritdoc cref="Slopes"/>
    /// <param name="low">The lesser arguments.</param>
    /// <param name="high">The larger ones.</param>
    /// <param name="atLow">f of the lesser.</param>
    /// <param name="atHigh">f of the larger.</param>
    /// <param name="slope">Between the least and the largest slope.</param>
    /// <param name="centre">Any argument between.</param>
    static abstract (Vector<double> Low, Vector<double> High) Remainder(Vector<double> low, Vector<double> high,
        Vector<double> atLow, Vector<double> atHigh, Vector<double> slope, Vector<double> centre);
}

/// <summary>tanh: convex below 0, concave above, and odd.</summary>
internal readonly struct TanhUnit : ISmoothUnit
{
    public static Vector<double> Value(Vector<double> x)
    {
        // An error of 8 roundings in the exponential moves this by 4 at most, and three more operations by one each.
        var decay = Exponential.OfNegative(Vector.Abs(x) * -2);
        return Vector.CopySign((Vector<double>.One - decay) / (Vector<double>.One + decay), x);
    }

    public static (Vector<double> Least, Vector<double> Most) Slopes(
        Vector<double> low, Vector<double> high, Vector<double> atLow, Vector<double> atHigh)
    {
        var (one, other) = (Slope(atLow), Slope(atHigh));
        var holdsZero = Vector.LessThanOrEqual(low * high, Vector<double>.Zero);
        var most = Vector.ConditionalSelect(holdsZero, Vector<double>.One, Vector.Max(one, other));
        return (Vector.Min(one, other), most);
    }

    /// <summary>
    /// Above 0, f is concave: a tangent of f(x) - slope (x - centre) bounds it from above, and best where it is level.
    /// Any place will do for a bound, so that the logarithm which finds it need not be right. Below 0 the same upside
    /// down.
    /// </summary>
    public static (Vector<double> Low, Vector<double> High) Remainder(Vector<double> low, Vector<double> high,
        Vector<double> atLow, Vector<double> atHigh, Vector<double> slope, Vector<double> centre)
    {
        var (zero, one) = (Vector<double>.Zero, Vector<double>.One);
        var tangent = Vector.SquareRoot(one - slope);
        var level = Vector.Min(Vector.Log((one + tangent) / (one - tangent)) * 0.5,
            Vector.Max(Vector.Abs(low), Vector.Abs(high)));
        var atLevel = Value(level);
        var (first, last) = (atLow - slope * (low - centre), atHigh - slope * (high - centre));

        var from = Vector.Max(low, zero);
        var place = Vector.Min(Vector.Max(level, from), high);
        var value = Vector.ConditionalSelect(Vector.Equals(place, level), atLevel, Vector.ConditionalSelect(
            Vector.Equals(place, high), atHigh, Vector.Max(atLow, zero)));
        var rise = Slope(value) - slope;
        var bound = value - slope * (place - centre) + Vector.Max(rise * (high - place), rise * (from - place));
        var upper = Vector.Max(Vector.Max(first, last),
            Vector.ConditionalSelect(Vector.GreaterThan(high, zero), bound, last));

        var to = Vector.Min(high, zero);
        place = Vector.Max(Vector.Min(-level, to), low);
        value = Vector.ConditionalSelect(Vector.Equals(place, -level), -atLevel, Vector.ConditionalSelect(
            Vector.Equals(place, low), atLow, Vector.Min(atHigh, zero)));
        rise = Slope(value) - slope;
        bound = value - slope * (place - centre) + Vector.Min(rise * (low - place), rise * (to - place));
        var lower = Vector.Min(Vector.Min(first, last),
            Vector.ConditionalSelect(Vector.LessThan(low, zero), bound, first));
        return (lower, upper);
    }

    private static Vector<double> Slope(Vector<double> value) => Vector<double>.One - value * value;
}

/// <summary>Softplus: convex, with the logistic function as its slope.</summary>
internal readonly struct SoftplusUnit : ISmoothUnit
{
    /// <summary>1 / (2 n + 1) for n from 0; what follows is less than 9^-18 / 37 of the sum.</summary>
    private static readonly double[] Odd = [.. Enumerable.Range(0, 18).Select(n => 1.0 / (2 * n + 1))];

    /// <summary>max(x, 0) + ln(1 + e^-|x|), the logarithm as 2 z (1 + z^2 / 3 + z^4 / 5 ...).</summary>
    public static Vector<double> Value(Vector<double> x)
    {
        var decay = Exponential.OfNegative(-Vector.Abs(x));
        var z = decay / (decay + new Vector<double>(2));
        var (square, sum) = (z * z, new Vector<double>(Odd[^1]));
        for (int n = Odd.Length - 2; n >= 0; n--) sum = sum * square + new Vector<double>(Odd[n]);
        return Vector.Max(x, Vector<double>.Zero) + (z + z) * sum;
    }

    public static (Vector<double> Least, Vector<double> Most) Slopes(
        Vector<double> low, Vector<double> high, Vector<double> atLow, Vector<double> atHigh) =>
        (Slope(low), Slope(high));

    public static (Vector<double> Low, Vector<double> High) Remainder(Vector<double> low, Vector<double> high,
        Vector<double> atLow, Vector<double> atHigh, Vector<double> slope, Vector<double> centre)
    {
        var place = Vector.Min(Vector.Max(Vector.Log(slope / (Vector<double>.One - slope)), low), high);
        var rise = Slope(place) - slope;
        var bound = Value(place) - slope * (place - centre) + Vector.Min(rise * (low - place), rise * (high - place));
        var (first, last) = (atLow - slope * (low - centre), atHigh - slope * (high - centre));
        return (Vector.Min(bound, Vector.Min(first, last)), Vector.Max(first, last));
    }

    private static Vector<double> Slope(Vector<double> x)
    {
        var decay = Exponential.OfNegative(-Vector.Abs(x));
        var share = decay / (Vector<double>.One + decay);
        return Vector.ConditionalSelect(Vector.LessThan(x, Vector<double>.Zero), share, Vector<double>.One - share);
    }
}

/// <summary>e^x where x is not positive.</summary>
internal static class Exponential
{
    private const double Ln2High = 6.93147180369123816490e-01, Ln2Low = 1.90821492927058770002e-10;

    /// <summary>Below this e^x is 0 beside 1; taken as 1.8e-35.</summary>
    private const double Least = -80;

    /// <summary>A number whose last bits, after adding k, are k + 1023: the exponent of 2^k.</summary>
    private const double Shift = 1.5 * (1L << 52) + 1023;

    /// <summary>1 / n! for n from 0.</summary>
    private static readonly double[] Factorials = Inverse(13);

    /// <summary>
    /// e^x to 8 roundings, or 1.8e-35 where it is less. x = k ln 2 + r with |r| at most 0.35 and one rounding off; the
    /// Taylor polynomial of degree 13 leaves 5e-18. In Horner's scheme the error of each sum enters the next times r /
    /// n, so that the last has less than 3 roundings of numbers up to 1.42, which is 4 of 0.7.
    /// </summary>
    public static Vector<double> OfNegative(Vector<double> x)
    {
        x = Vector.Max(x, new Vector<double>(Least));
        var shifted = x * new Vector<double>(1.4426950408889634) + new Vector<double>(Shift);
        var k = shifted - new Vector<double>(Shift);
        var r = x - k * new Vector<double>(Ln2High) - k * new Vector<double>(Ln2Low);
        var sum = new Vector<double>(Factorials[^1]);
        for (int n = Factorials.Length - 2; n >= 0; n--) sum = sum * r + new Vector<double>(Factorials[n]);
        return sum * Vector.AsVectorDouble(Vector.ShiftLeft(Vector.AsVectorInt64(shifted), 52));
    }

    private static double[] Inverse(int degree)
    {
        double[] values = new double[degree + 1];
        double factorial = 1;
        for (int n = 0; n <= degree; n++) values[n] = 1 / (factorial *= Math.Max(n, 1));
        return values;
    }
}
