using System.Numerics;
using CsCheck;
using Neurodynamics.Enclosures;
using Neurodynamics.Proofs;
using Xunit;

namespace Neurodynamics.Tests.Enclosures;

/// <summary>Every enclosure holds the true value, as whole numbers of 1400 bits give it, and little else.</summary>
public sealed class EnclosureTests
{
    private static readonly Dictionary<string, (Func<Enclosure, Enclosure> Of, Func<BigInteger, BigInteger> True)>
        Functions = new()
        {
            ["exp"] = (Enclosure.Exp, Exact.Exp),
            ["tanh"] = (Enclosure.Tanh, Exact.Tanh),
            ["logistic"] = (Enclosure.Logistic, Exact.Logistic),
            ["softplus"] = (Enclosure.Softplus, Exact.Softplus),
            ["tanh'"] = (Enclosure.TanhSlope, Exact.TanhSlope),
            ["logistic'"] = (Enclosure.LogisticSlope, Exact.LogisticSlope),
            ["softplus'"] = (Enclosure.SoftplusSlope, Exact.Logistic),
        };

    /// <summary>Float64 values between the ends of an enclosure of one value, at most.</summary>
    private const int Most = 20;

    private static readonly double[] Special =
        [0, -0.0, 1, -1, 0.4, 0.2, 0.8, Math.BitIncrement(0.8), 0.3465735902799726, 1e-300, -1e-300, 40, -200];

    /// <summary>From very small to where the functions saturate.</summary>
    private static readonly Gen<double> Values = Gen.OneOf(Gen.Double[-40, 40], Gen.Double[-1.2, 1.2],
        Gen.Select(Gen.Double[-1, 1], Gen.Int[-70, 0], (x, exponent) => x * Math.ScaleB(1, exponent)),
        Gen.Int[0, Special.Length - 1].Select(i => Special[i]));

    private static readonly Gen<Enclosure> Enclosures = Gen.Select(
        Values, Values, (a, b) => new Enclosure(Math.Min(a, b), Math.Max(a, b)));

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_function_of_a_number_is_enclosed_within_a_few_units_in_the_last_place(string name) =>
        Values.Sample(x =>
        {
            var (of, exact) = Functions[name];
            var (value, truth) = (of(x), exact(Exact.Of(x)));
            Assert.True(Exact.IsBetween(value.Low, value.High, truth), $"{name} {x:R}: {value}");
            double unit = Math.BitIncrement(value.Modulus) - value.Modulus;
            double units = (value.High - value.Low) / unit;
            Assert.True(units <= Most, $"{name} {x:R}: {units} units");
        }, iter: 500);

    [Theory, MemberData(nameof(Names))]
    public void A_function_of_many_numbers_holds_its_value_at_each_of_them(string name) =>
        Gen.Select(Enclosures, Gen.Double[0, 1]).Sample((x, share) =>
        {
            var (of, exact) = Functions[name];
            var value = of(x);
            double member = Math.Clamp(x.Low + share * (x.High - x.Low), x.Low, x.High);
            foreach (double at in new[] { x.Low, member, x.High, Math.Clamp(0, x.Low, x.High) })
            {
                bool holds = Exact.IsBetween(value.Low, value.High, exact(Exact.Of(at)));
                Assert.True(holds, $"{name} {at:R} in {x}: {value}");
            }
        }, iter: 150);

    [Theory, MemberData(nameof(Names))]
    public void A_function_of_more_numbers_holds_more(string name) =>
        Gen.Select(Enclosures, Gen.Double[0, 0.5], Gen.Double[0, 0.5]).Sample((x, below, above) =>
        {
            double width = x.High - x.Low;
            double low = Math.Min(x.Low + below * width, x.High);
            var part = new Enclosure(low, Math.Max(low, x.High - above * width));
            // To rounding: the ends of either are as much further out as their own arguments happen to round.
            var (whole, value) = (Functions[name].Of(x), Functions[name].Of(part));
            double room = Most * (Math.BitIncrement(whole.Modulus) - whole.Modulus);
            Assert.True(new Enclosure(whole.Low - room, whole.High + room).Contains(value), $"{name}: {part} in {x}");
        }, iter: 2000);

    /// <summary>The ends are those of exact sums and products, one float64 out at most.</summary>
    [Fact]
    public void Arithmetic_holds_every_result_and_its_ends_are_near() =>
        Gen.Select(Enclosures, Enclosures).Sample((x, y) =>
        {
            BigInteger[] xs = [Exact.Of(x.Low), Exact.Of(x.High)], ys = [Exact.Of(y.Low), Exact.Of(y.High)];
            Check(x + y, (a, b) => a + b);
            Check(x - y, (a, b) => a - b);
            Check(x * y, Exact.Times);
            if (y.Contains(0)) Assert.Equal(Enclosure.Line, x / y);
            else if (y.Low > 1e-30 || y.High < -1e-30) Check(x / y, Exact.Over);

            void Check(Enclosure result, Func<BigInteger, BigInteger, BigInteger> of)
            {
                BigInteger[] corners = [.. from a in xs from b in ys select of(a, b)];
                Assert.True(Exact.IsBetween(result.Low, result.High, corners.Min()), $"{x} {y}: {result}");
                Assert.True(Exact.IsBetween(result.Low, result.High, corners.Max()), $"{x} {y}: {result}");
                Assert.False(Inside(result.Low, corners.Min()), $"{result} is low");
                Assert.False(Inside(-result.High, -corners.Max()), $"{result} is high");
            }

            // Three float64 values further, there would have been room.
            static bool Inside(double end, BigInteger truth) =>
                Exact.Of(Math.BitIncrement(Math.BitIncrement(Math.BitIncrement(end)))) < truth;
        }, iter: 2000);

    [Fact]
    public void Where_float64_ends_an_enclosure_is_open_or_reaches_0()
    {
        Assert.Equal(double.PositiveInfinity, Enclosure.Exp(710).High);
        Assert.Equal(double.MaxValue, Enclosure.Exp(710).Low);
        Assert.Equal(new(0, double.Epsilon), Enclosure.Exp(-746));
        Assert.Equal(1, Enclosure.Tanh(400).High);
        Assert.Equal(-1, Enclosure.Tanh(-400).Low);
        Assert.Equal(1, Enclosure.Tanh(Enclosure.Line).High);
        Assert.Equal(double.PositiveInfinity, ((Enclosure)double.MaxValue + double.MaxValue).High);
        Assert.Equal(double.MaxValue, ((Enclosure)double.MaxValue + double.MaxValue).Low);
        Assert.Equal(Enclosure.Line, double.NaN);
        foreach (double x in new[] { -745.1, -720.5, -708.5, 700.3 })
            Assert.True(Exact.IsBetween(Enclosure.Exp(x).Low, Enclosure.Exp(x).High, Exact.Exp(Exact.Of(x))), $"{x}");
        Assert.Throws<ArgumentException>(() => new Enclosure(1, 0));
        Assert.Throws<ArgumentException>(() => new Enclosure(double.NaN, 0));
    }

    /// <summary>Abramowitz and Stegun, tables 4.4 and 4.15: what nobody here computed.</summary>
    [Fact]
    public void Published_values_are_held()
    {
        Assert.InRange(2.718281828459045235, Enclosure.Exp(1).Low, Enclosure.Exp(1).High);
        Assert.InRange(0.7615941559557649, Enclosure.Tanh(1).Low, Enclosure.Tanh(1).High);
        Assert.True(Enclosure.Softplus(0).Contains(new Enclosure(0.6931471805599453, 0.6931471805599454)));
    }

    private static readonly Gen<(double Low, double High)> Arguments = Gen.Select(Gen.Double[-6, 6],
        Gen.OneOf(Gen.Double[0, 6], Gen.Double[0, 0.01]), (centre, reach) => (centre - reach, centre + reach));

    [Fact]
    public void Many_units_at_a_time_are_as_near_as_the_proof_counts_on()
    {
        Values.Sample(x =>
        {
            AssertNear(Exact.Tanh(Exact.Of(x)), TanhUnit.Value(new(x))[0], ISmoothUnit.Error / 2);
            AssertNear(Exact.Softplus(Exact.Of(x)), SoftplusUnit.Value(new(x))[0],
                ISmoothUnit.Error * (1 + Math.Abs(x)));
            var (value, slope) = (TanhUnit.Value(new(x)), new Vector<double>(x));
            AssertNear(Exact.TanhSlope(Exact.Of(x)), TanhUnit.Slopes(slope, slope, value, value).Least[0],
                ISmoothUnit.Error);
            AssertNear(Exact.Logistic(Exact.Of(x)), SoftplusUnit.Slopes(slope, slope, value, value).Most[0],
                ISmoothUnit.Error);
        }, iter: 500);

        static void AssertNear(BigInteger truth, double value, double error) =>
            Assert.True(Exact.IsBetween(value - error, value + error, truth), $"{value:R}");
    }

    [Fact]
    public void A_line_beside_tanh_keeps_the_distance_it_says() => Line<TanhUnit>(Enclosure.Tanh, Enclosure.TanhSlope);

    [Fact]
    public void A_line_beside_softplus_keeps_the_distance_it_says() =>
        Line<SoftplusUnit>(Enclosure.Softplus, Enclosure.SoftplusSlope);

    private static void Line<TUnit>(Func<Enclosure, Enclosure> f, Func<Enclosure, Enclosure> slopeOf)
        where TUnit : struct, ISmoothUnit => Gen.Select(Arguments, Gen.Double[0, 1]).Sample((range, share) =>
    {
        const int Samples = 200;
        var (low, high) = (new Vector<double>(range.Low), new Vector<double>(range.High));
        var (atLow, atHigh) = (TUnit.Value(low), TUnit.Value(high));
        var (least, most) = TUnit.Slopes(low, high, atLow, atHigh);
        var (slope, centre) = (least + (most - least) * share, range.Low / 2 + range.High / 2);
        var (below, above) = TUnit.Remainder(low, high, atLow, atHigh, slope, new(centre));
        double error = 16 * ISmoothUnit.Error * (1 + Math.Max(-range.Low, range.High));
        var (lowest, highest) = (double.PositiveInfinity, double.NegativeInfinity);
        for (int i = 0; i <= Samples; i++)
        {
            double x = Math.Clamp(range.Low + (range.High - range.Low) * i / Samples, range.Low, range.High);
            var rest = f(x) - slope[0] * ((Enclosure)x - centre);
            Assert.InRange(rest.Middle, below[0] - error, above[0] + error);
            Assert.InRange(slopeOf(x).Middle, least[0] - error, most[0] + error);
            (lowest, highest) = (Math.Min(lowest, rest.Low), Math.Max(highest, rest.High));
        }
        // And no more than a little further than it must be.
        double room = 0.02 * (highest - lowest) + error;
        Assert.InRange(below[0], lowest - room, lowest + error);
        Assert.InRange(above[0], highest - error, highest + room);
    }, iter: 1000);
}
