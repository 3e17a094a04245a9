using CsCheck;
using Neurodynamics.Enclosures;
using Neurodynamics.Proofs;
using Xunit;

namespace Neurodynamics.Tests.Proofs;

public sealed class TanhRelaxationTests
{
    /// <summary>
    /// Networks of which a solution is known, since the drive is made from it; the drive is known to within some width,
    /// so that rates around it are solutions as well. Boxes of any size and place around it lose none of them.
    /// </summary>
    [Fact]
    public void No_solution_is_cut_away() => Gen.Select(Gen.Int[1, 8], Gen.Double[-7, 0.3], Gen.Double[-9, 0],
        Gen.Double[0.3, 12], Gen.Int[0, int.MaxValue]).Sample((units, sides, spread, gain, seed) =>
    {
        var random = new Random(seed);
        double[,] weights = new double[units, units];
        double[] rates = new double[units];
        for (int i = 0; i < units; i++)
        {
            rates[i] = Math.Tanh(3 * (2 * random.NextDouble() - 1));
            for (int j = 0; j < units; j++) weights[i, j] = gain * (2 * random.NextDouble() - 1) / Math.Sqrt(units);
        }
        double width = Math.Pow(10, spread);
        double[] middles = Drive(rates);
        var drive = Array.ConvertAll(middles, d => new Enclosure(d - width, d + width));
        var box = Array.ConvertAll(rates, rate => new Enclosure(
            Math.Max(-1, rate - random.NextDouble() * Math.Pow(10, sides)),
            Math.Min(1, rate + random.NextDouble() * Math.Pow(10, sides))));
        Enclosure[] before = [.. box];

        var w = new EnclosedMatrix(weights);
        Assert.True(new HullConsistency(w, drive).Arguments(box, out double[] least, out double[] largest));
        Assert.True(new TanhRelaxation(w, drive).Contract(box, least, largest));
        Assert.All(box.Zip(before), pair => Assert.True(pair.Second.Contains(pair.First)));
        Assert.True(Holds(rates));
        for (int draw = 0; draw < 300; draw++)
        {
            double far = Math.Pow(10, -9 * random.NextDouble());
            double[] other = Array.ConvertAll(rates, rate => rate + far * (2 * random.NextDouble() - 1));
            if (Inside(other, before) && Drive(other).Zip(middles).All(pair =>
                    Math.Abs(pair.First - pair.Second) < width * (1 - 1e-6) - 1e-13 * (1 + gain)))
                Assert.True(Holds(other));
        }

        double[] Drive(double[] r) => [.. Enumerable.Range(0, units).Select(i =>
            Math.Atanh(r[i]) - Enumerable.Range(0, units).Sum(j => weights[i, j] * r[j]))];

        bool Holds(double[] r) => Inside(r, box);

        static bool Inside(double[] r, Enclosure[] sides) =>
            r.Zip(sides).All(pair => Math.Abs(pair.First) < 1 && pair.Second.Contains(pair.First));
    }, iter: 3000);

    /// <summary>
    /// r = tanh(2 r) above 0, where tanh is above its chord and below its tangents: r is at least where the chord meets
    /// r = a / 2, and at most where the lowest of three tangents does.
    /// </summary>
    [Fact]
    public void The_box_of_one_unit_ends_where_its_lines_meet()
    {
        var (box, least, largest) = (new Enclosure[] { new(0.9, 1) }, 1.8, 2.0);
        Assert.True(Contract(2, 0, box, least, largest));
        double chord = (Math.Tanh(largest) - Math.Tanh(least)) / (largest - least),
            level = Math.Atanh(Math.Sqrt(1 - chord));
        Assert.Equal(Meeting(least, chord), box[0].Low, 1e-12);
        Assert.Equal(new[] { least, level, largest }.Min(at => Meeting(at, 1 - Math.Pow(Math.Tanh(at), 2))),
            box[0].High, 1e-12);
        // 0.5 to 0.9 has arguments from 1 to 1.8, and their chord meets r = a / 2 at 0.99.
        Assert.False(Contract(2, 0, [new(0.5, 0.9)], 1, 1.8));

        static double Meeting(double at, double slope) => (Math.Tanh(at) - slope * at) / (1 - 2 * slope);
    }

    /// <summary>
    /// r = tanh(r / 2 + d) with arguments of both signs: the line from the least of them that touches tanh above 0 is
    /// met at a rate known beforehand, and upside down. The place where it touches is found by halving.
    /// </summary>
    [Theory, InlineData(1), InlineData(-1)]
    public void Arguments_of_both_signs_have_a_line_from_the_one_end_that_touches_beyond_0(int sign)
    {
        const double Least = -2, Largest = 3, Meeting = -0.5;
        double low = 0, high = Largest;
        for (int i = 0; i < 60; i++)
        {
            double at = (low + high) / 2;
            (low, high) = (1 - Math.Pow(Math.Tanh(at), 2)) * (at - Least) > Math.Tanh(at) - Math.Tanh(Least)
                ? (at, high) : (low, at);
        }
        double end = Math.Tanh(Least) + (1 - Math.Pow(Math.Tanh(low), 2)) * (Meeting - Least);
        var box = new Enclosure[] { new(-1, 1) };
        Assert.True(Contract(0.5, sign * (Meeting - end / 2), box, sign > 0 ? Least : -Largest,
            sign > 0 ? Largest : -Least));
        Assert.Equal(sign * end, sign > 0 ? box[0].High : box[0].Low, 1e-4);
    }

    private static bool Contract(double weight, double drive, Enclosure[] box, double least, double largest)
    {
        // More than any vector has.
        double[] lows = new double[64], highs = new double[64];
        (lows[0], highs[0]) = (least, largest);
        return new TanhRelaxation(new(new[,] { { weight } }), [drive]).Contract(box, lows, highs);
    }
}
