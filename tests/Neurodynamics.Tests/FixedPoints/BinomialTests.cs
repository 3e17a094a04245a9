using CsCheck;
using Xunit;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class BinomialTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(2000)]
    [InlineData(1_000_000)]
    public void The_bound_of_none_and_of_all_but_one_are_their_closed_forms(int total)
    {
        foreach (double level in new[] { 0.5, 0.95, 0.999 })
        {
            // (1 - p)^n = 1 - level, and 1 - p^n = 1 - level.
            Relative(1 - Math.Pow(1 - level, 1.0 / total), Binomial.AtMost(0, total, level));
            Relative(Math.Pow(level, 1.0 / total), Binomial.AtMost(total - 1, total, level));
            Assert.Equal(1, Binomial.AtMost(total, total, level));
        }

        static void Relative(double expected, double found) => Assert.InRange(found / expected, 1 - 1e-9, 1 + 1e-9);
    }

    /// <summary>The tail at the bound is 1 - level, by probabilities that are built up draw by draw.</summary>
    [Fact]
    public void At_the_bound_so_few_are_as_rare_as_the_level_says() =>
        Gen.Select(Gen.Int[2, 300], Gen.Double[0, 1], Gen.Double[0.5, 0.999]).Sample((total, part, level) =>
        {
            int count = (int)(part * (total - 1));
            double bound = Binomial.AtMost(count, total, level);
            double tail = Probabilities(total, bound).Take(count + 1).Sum();
            Assert.Equal(1 - level, tail, 1e-9);
            Assert.Equal(tail, Binomial.Below(count, total, bound), 1e-12);
        }, iter: 300);

    [Fact]
    public void Whatever_the_share_the_bound_holds_as_often_as_the_level_says()
    {
        double worst = 1;
        foreach (int total in new[] { 5, 40, 200 })
            for (double share = 0.001; share < 1; share += 0.013)
            {
                double holds = Probabilities(total, share)
                    .Where((_, count) => Binomial.AtMost(count, total, 0.95) >= share).Sum();
                worst = Math.Min(worst, holds);
            }
        Assert.InRange(worst, 0.95 - 1e-9, 0.9525);
    }

    /// <summary>The probability of 0 to n, after one draw more at a time.</summary>
    private static double[] Probabilities(int total, double share)
    {
        double[] now = new double[total + 1];
        now[0] = 1;
        for (int draw = 1; draw <= total; draw++)
            for (int count = draw; count >= 0; count--)
                now[count] = now[count] * (1 - share) + (count > 0 ? now[count - 1] * share : 0);
        return now;
    }
}
