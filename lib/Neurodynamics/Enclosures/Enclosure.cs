using System.Globalization;

namespace Neurodynamics.Enclosures;

/// <summary>
/// All real numbers between two float64 values, both included. Arithmetic rounds outwards: a result contains every
/// value that the operation has on members of its operands, whatever was rounded on the way. Functions are computed
/// from + - * / alone, so that no mathematical library is trusted.
/// </summary>
public readonly record struct Enclosure
{
    /// <param name="low">The least member; may be -infinity.</param>
    /// <param name="high">The largest member; may be infinity.</param>
    /// <exception cref="ArgumentException">An end is not a number, or they are the wrong way round.</exception>
    public Enclosure(double low, double high)
    {
        if (!(low <= high))
            throw new ArgumentException(
                FormattableString.Invariant($"An enclosure goes from low to high, but was given {low} and {high}."),
                nameof(low));
        (Low, High) = (low, high);
    }

    private Enclosure(double low, double high, bool _) => (Low, High) = (low, high);

    /// <summary>The whole line.</summary>
    public static Enclosure Line { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>ln 2.</summary>
    internal static Enclosure Ln2 { get; } = (Enclosure)Ln2High + Ln2Low;

    /// <summary>The least member.</summary>
    public double Low { get; }

    /// <summary>The largest member.</summary>
    public double High { get; }

    /// <summary>A float64 near the middle, a member where both ends are finite; 0 of the whole line.</summary>
    public double Middle => Low == -High ? 0 : Math.Clamp(Low / 2 + High / 2, Low, High);

    /// <summary>The least float64 that is at least the distance of every member from <see cref="Middle"/>.</summary>
    public double Radius => Up(Math.Max(High - Middle, Middle - Low));

    /// <summary>The largest modulus of a member.</summary>
    public double Modulus => Math.Max(Math.Abs(Low), Math.Abs(High));

    /// <summary>Whether a number is a member.</summary>
    public bool Contains(double value) => Low <= value && value <= High;

    /// <summary>Whether all members of another are members.</summary>
    public bool Contains(Enclosure other) => Low <= other.Low && other.High <= High;

    /// <summary>Whether there is a common member.</summary>
    public bool Meets(Enclosure other) => Low <= other.High && other.Low <= High;

    /// <summary>The common members; false where there is none.</summary>
    internal bool Cut(Enclosure other, out Enclosure common)
    {
        bool meets = Meets(other);
        common = meets ? new(Math.Max(Low, other.Low), Math.Min(High, other.High), true) : this;
        return meets;
    }

    /// <summary>That number alone; the whole line where it is not a number.</summary>
    public static implicit operator Enclosure(double value) =>
        double.IsNaN(value) ? Line : new(value, value, true);

    /// <summary>Every x + y.</summary>
    public static Enclosure operator +(Enclosure x, Enclosure y) =>
        new(SumDown(x.Low, y.Low), -SumDown(-x.High, -y.High), true);

    /// <summary>Every x - y.</summary>
    public static Enclosure operator -(Enclosure x, Enclosure y) => x + -y;

    /// <summary>Every -x.</summary>
    public static Enclosure operator -(Enclosure x) => new(-x.High, -x.Low, true);

    /// <summary>Every x y.</summary>
    public static Enclosure operator *(Enclosure x, Enclosure y)
    {
        var (a, b, c, d) = (Times(x.Low, y.Low), Times(x.Low, y.High), Times(x.High, y.Low), Times(x.High, y.High));
        return Outwards(Math.Min(Math.Min(a, b), Math.Min(c, d)), Math.Max(Math.Max(a, b), Math.Max(c, d)));

        // A limit of products with a finite factor: 0 of an unbounded set is 0.
        static double Times(double a, double b) => a == 0 || b == 0 ? 0 : a * b;
    }

    /// <summary>Every x / y; the whole line where y can be 0.</summary>
    public static Enclosure operator /(Enclosure x, Enclosure y)
    {
        if (y.Contains(0)) return Line;
        var (a, b, c, d) = (x.Low / y.Low, x.Low / y.High, x.High / y.Low, x.High / y.High);
        return Outwards(Math.Min(Math.Min(a, b), Math.Min(c, d)), Math.Max(Math.Max(a, b), Math.Max(c, d)));
    }

    /// <summary>e^x.</summary>
    public static Enclosure Exp(Enclosure x) => new(ExpAt(x.Low).Low, ExpAt(x.High).High, true);

    /// <summary>tanh x.</summary>
    public static Enclosure Tanh(Enclosure x) => new(TanhAt(x.Low).Low, TanhAt(x.High).High, true);

    /// <summary>1 / (1 + e^-x).</summary>
    public static Enclosure Logistic(Enclosure x) => new(LogisticAt(x.Low).Low, LogisticAt(x.High).High, true);

    /// <summary>ln(1 + e^x).</summary>
    public static Enclosure Softplus(Enclosure x) => new(SoftplusAt(x.Low).Low, SoftplusAt(x.High).High, true);

    /// <summary>The derivative of tanh, which is largest at 0 and falls with the modulus.</summary>
    public static Enclosure TanhSlope(Enclosure x)
    {
        // 4 times the logistic function's at 2 x; both products are exact.
        var slope = LogisticSlope(new(2 * x.Low, 2 * x.High, true));
        return new(4 * slope.Low, Math.Min(4 * slope.High, 1), true);
    }

    /// <summary>The derivative of the logistic function, which is largest at 0 and falls with the modulus.</summary>
    public static Enclosure LogisticSlope(Enclosure x)
    {
        double nearest = Math.Max(0, Math.Max(x.Low, -x.High));
        return new(At(x.Modulus).Low, At(nearest).High, true);

        static Enclosure At(double modulus)
        {
            // e / (1 + e)^2 rises with e up to 1, its ends are those of e.
            var e = ExpAt(-modulus);
            return new(Math.Max(0, Of(e.Low).Low), Math.Min(Of(e.High).High, 0.25), true);
        }

        static Enclosure Of(Enclosure e) => e / ((1 + e) * (1 + e));
    }

    /// <summary>The derivative of softplus, the logistic function.</summary>
    public static Enclosure SoftplusSlope(Enclosure x) => Logistic(x);

    /// <summary>Every max(x, least).</summary>
    internal Enclosure AtLeast(double least) => new(Math.Max(Low, least), Math.Max(High, least), true);

    /// <summary>
    /// The slopes of a function with a kink at 0, the slope of either side included where both are met.
    /// </summary>
    internal Enclosure Steps(double below, double above) =>
        new(Low > 0 ? above : below, High < 0 ? below : above, true);

    /// <summary>Both ends, with as many digits as tell float64 values apart.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Low:R}, {High:R}]");

    /// <summary>All numbers at most this far from another; the whole line where either is not a number.</summary>
    internal static Enclosure Around(double middle, double radius) => Outwards(middle - radius, middle + radius);

    /// <summary>The next float64 above.</summary>
    internal static double Up(double value) => double.IsNaN(value)
        ? double.PositiveInfinity : Math.BitIncrement(value);

    private static double Down(double value) => double.IsNaN(value)
        ? double.NegativeInfinity : Math.BitDecrement(value);

    /// <summary>
    /// a + b rounded down: what the nearest float64 is off by is a float64 as well, which four more operations give
    /// exactly (Knuth).
    /// </summary>
    private static double SumDown(double a, double b)
    {
        double sum = a + b, part = sum - a, error = a - (sum - part) + (b - part);
        return error >= 0 ? sum : Down(sum);
    }

    /// <summary>The nearest float64 is at most one beside the true value, so the next one is beyond it.</summary>
    private static Enclosure Outwards(double low, double high) => new(Down(low), Up(high), true);

    // ln 2 in two parts; the first has 32 zero bits at its end, and the second is enclosed.
    private const double Ln2High = 6.93147180369123816490e-01, Ln2LowNear = 1.90821492927058770002e-10;

    private static Enclosure Ln2Low => Outwards(Ln2LowNear, Ln2LowNear);

    private static Enclosure ExpAt(double x)
    {
        if (x > 709.79) return new(double.MaxValue, double.PositiveInfinity, true);
        if (x < -745.2) return new(0, double.Epsilon, true);
        double k = Math.Round(x / (Ln2High + Ln2LowNear));
        // k has 11 bits at most, so that its product with the first part is exact.
        var r = (Enclosure)x - k * Ln2High - k * Ln2Low;
        var value = 1 + r * Quotient(r);
        return new(Math.Min(Scaled(value.Low, (int)k, Down), double.MaxValue), Scaled(value.High, (int)k, Up), true);

        static double Scaled(double value, int k, Func<double, double> outwards)
        {
            double scaled = Math.ScaleB(value, k);
            // Only where the result is not normal does a power of two round.
            return scaled < 4.5e-308 ? Math.Max(0, outwards(scaled)) : scaled;
        }
    }

    /// <summary>
    /// (e^r - 1) / r where |r| is at most 0.4, which rises with r: with T(n) the sum over j of r^j n! / (n + j)!, it is
    /// T(1), and T(n) = 1 + r T(n + 1) / (n + 1). T(16) is within 0.03 of 1, as the geometric series of 0.4 / 17 shows,
    /// and 15 steps make 2e-21 of that. No T(n) is above 1.25. With u = 2^-53 a step adds three roundings of at most
    /// 0.25 u and one of u, and hands on a fifth of what it was given: less than 2.2 u in all, and u for taking it off.
    /// </summary>
    private static Enclosure Quotient(Enclosure r)
    {
        const double Error = 1.0 / (1L << 51);
        return new(At(r.Low) - Error, At(r.High) + Error, true);

        static double At(double r)
        {
            double sum = 1;
            for (int n = 15; n >= 1; n--) sum = 1 + r * sum * Reciprocals[n + 1];
            return sum;
        }
    }

    // Of 0 (unused) to 16, each to half a unit in the last place.
    private static readonly double[] Reciprocals = [.. Enumerable.Range(0, 17).Select(n => 1.0 / n)];

    private static Enclosure TanhAt(double x)
    {
        if (x < 0) return -TanhAt(-x);
        if (x == 0) return 0;
        if (x > 0.8)
        {
            var rest = (Enclosure)2 / (ExpAt(2 * x) + 1);
            return new(Down(1 - rest.High), Math.Min(1, Up(1 - rest.Low)), true);
        }
        // tanh x = E / (E + 2) with E = e^2x - 1, and E(2 y) = E(y) (E(y) + 2).
        double y = 2 * x;
        int doublings = 0;
        for (; y > 0.4; y /= 2) doublings++;
        var e = y * Quotient(y);
        for (; doublings > 0; doublings--) e = new((Of(e.Low) * e.Low).Low, (Of(e.High) * e.High).High, true);
        return new(Math.Max(0, (e.Low / Of(e.Low)).Low), (e.High / Of(e.High)).High, true);

        static Enclosure Of(Enclosure e) => e + 2;
    }

    private static Enclosure LogisticAt(double x)
    {
        if (x >= 0)
        {
            var value = (Enclosure)1 / (1 + ExpAt(-x));
            return new(value.Low, Math.Min(value.High, 1), true);
        }
        var e = ExpAt(x);
        return new(Math.Max(0, Share(e.Low).Low), Share(e.High).High, true);

        static Enclosure Share(Enclosure e) => e / (1 + e);
    }

    private static Enclosure SoftplusAt(double x)
    {
        var e = ExpAt(-Math.Abs(x));
        var log = new Enclosure(Math.Max(0, Log1p(e.Low).Low), Log1p(e.High).High, true);
        return x > 0 ? x + log : log;
    }

    /// <summary>
    /// ln(1 + y) for y in [0, 1]: 2 z S(0) with z = y / (2 + y), at most 1/3, and S(n) the sum over j of z^2j / (2 (n +
    /// j) + 1) = 1 / (2 n + 1) + z^2 S(n + 1). S(20) lies between its first term and 9/8 of it.
    /// </summary>
    private static Enclosure Log1p(double y)
    {
        if (y == 0) return 0;
        var z = y / ((Enclosure)2 + y);
        var (square, sum) = (z * z, new Enclosure(1, 1.125) / 41);
        for (int n = 19; n >= 0; n--) sum = (Enclosure)1 / (2 * n + 1) + square * sum;
        return (z + z) * sum;
    }
}
