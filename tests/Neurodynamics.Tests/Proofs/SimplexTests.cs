using CsCheck;
using Neurodynamics.Enclosures;
using Neurodynamics.Proofs;
using Xunit;

namespace Neurodynamics.Tests.Proofs;

public sealed class SimplexTests
{
    /// <summary>
    /// Programs of small whole numbers, many of which have several rows through one corner or no solution at all,
    /// beside all their corners, solved in fractions: whether there are any, and how small and large each unknown is
    /// there. The same comes of the multipliers alone, each equation summed over what its variables may be.
    /// </summary>
    [Fact]
    public void Programs_end_where_the_outermost_corner_is() => Gen.Int[1, 3].SelectMany(unknowns => Gen.Int[1, 4]
        .SelectMany(rows => Gen.Select(Gen.Int[-3, 3].Array[rows * unknowns], Gen.Int[-5, 5].Array[unknowns + rows],
            Gen.Int[0, 4].Array[unknowns + rows], (g, lows, sides) => (unknowns, rows, g, lows, sides))))
        .Sample(drawn =>
    {
        var (unknowns, rows, g, lows, sides) = drawn;
        double[] low = [.. lows], high = [.. lows.Zip(sides, (end, side) => (double)end + side)];
        var corners = Corners(unknowns, rows, g, low, high);
        var program = new Simplex(unknowns, rows);
        low.CopyTo(program.Lows, 0);
        high.CopyTo(program.Highs, 0);
        for (int row = 0; row < rows; row++)
            for (int j = 0; j < unknowns; j++) program.Row(row)[j] = g[row * unknowns + j];
        program.Begin(rows);
        int? violated = program.Violated();
        Assert.Equal(corners.Count == 0, violated >= 0);
        Assert.NotNull(violated);
        double[] multipliers = new double[rows];
        if (violated is >= 0 and var variable)
        {
            Assert.False(Sum(variable).Meets(
                variable < unknowns ? new Enclosure(low[variable], high[variable]) : 0));
            return;
        }
        for (int j = 0; j < unknowns; j++)
            foreach (bool largest in new[] { false, true })
            {
                double end = largest ? high[j] : low[j],
                    best = Near(largest ? corners.Max(corner => corner[j]) : corners.Min(corner => corner[j]));
                if (!program.Extreme(j, largest))
                {
                    Assert.Equal(end, best);
                    continue;
                }
                Assert.Equal(best, program[j], 1e-9);
                Assert.Equal(best, largest ? Sum(j).High : Sum(j).Low, 1e-9);
            }

        // The rows times their multipliers, and what is left of the equation times the unknowns.
        Enclosure Sum(int variable)
        {
            program.Multipliers(variable, multipliers);
            Enclosure sum = 0;
            for (int row = 0; row < rows; row++)
                sum += multipliers[row] * new Enclosure(low[unknowns + row], high[unknowns + row]);
            for (int j = 0; j < unknowns; j++)
            {
                double rest = j == variable ? 1 : 0;
                for (int row = 0; row < rows; row++) rest -= multipliers[row] * g[row * unknowns + j];
                sum += (Math.Abs(rest) < 1e-12 ? 0 : rest) * new Enclosure(low[j], high[j]);
            }
            return sum;
        }
    }, iter: 3000);

    /// <summary>All places where as many ends are met as there are unknowns, and the others are kept.</summary>
    private static List<Fraction[]> Corners(int unknowns, int rows, int[] g, double[] low, double[] high)
    {
        var corners = new List<Fraction[]>();
        foreach (int subset in Enumerable.Range(0, 1 << (unknowns + rows)))
        {
            int[] met = [.. Enumerable.Range(0, unknowns + rows).Where(i => (subset >> i & 1) == 1)];
            if (met.Length != unknowns) continue;
            for (int ends = 0; ends < 1 << unknowns; ends++)
                if (Solve([.. met.Select((i, place) => (double[])
                        [.. Coefficients(i), (ends >> place & 1) == 1 ? high[i] : low[i]])]) is { } corner
                    && Enumerable.Range(0, unknowns + rows).All(i => IsKept(corner, i)))
                    corners.Add(corner);
        }
        return corners;

        IEnumerable<double> Coefficients(int i) => Enumerable.Range(0, unknowns).Select(
            j => i < unknowns ? i == j ? 1.0 : 0 : g[(i - unknowns) * unknowns + j]);

        bool IsKept(Fraction[] corner, int i)
        {
            var value = Coefficients(i).Zip(corner).Aggregate((Fraction)0, (sum, of) => sum + of.First * of.Second);
            return value.CompareTo(low[i]) >= 0 && value.CompareTo(high[i]) <= 0;
        }
    }

    /// <summary>
    /// The solution of equations, each its coefficients and its right side; null where there is not one.
    /// </summary>
    private static Fraction[]? Solve(double[][] equations)
    {
        int size = equations.Length;
        Fraction[][] left = [.. equations.Select(row => Array.ConvertAll(row, value => (Fraction)value))];
        for (int column = 0; column < size; column++)
        {
            int pivot = Array.FindIndex(left, column, row => row[column].Sign != 0);
            if (pivot < 0) return null;
            (left[column], left[pivot]) = (left[pivot], left[column]);
            var by = left[column][column];
            left[column] = Array.ConvertAll(left[column], value => value / by);
            for (int i = 0; i < size; i++)
                if (i != column)
                {
                    var factor = left[i][column];
                    left[i] = [.. left[i].Zip(left[column], (value, other) => value - factor * other)];
                }
        }
        return [.. left.Select(row => row[size])];
    }

    /// <summary>A fraction of small numbers, by halving.</summary>
    private static double Near(Fraction value)
    {
        double low = -16, high = 16;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = value.CompareTo(middle) < 0 ? (low, middle) : (middle, high);
            if (value.CompareTo(middle) == 0) return middle;
        }
        return low;
    }
}
