using Neurodynamics.Enclosures;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>Discs that hold the eigenvalues of every member of an enclosed matrix.</summary>
/// <remarks>
/// With any P and W: where the rows of F = I - W P sum to f &lt; 1 at most, P has an inverse, (I - F)^-1 W, and P^-1 J
/// P is B + E + (F + F^2 + ...)(B + E) with E = W J P - B. Row i of the last part sums to at most f_i / (1 - f) times
/// the largest sum of a row of |B| + |E|.
/// </remarks>
internal static class Eigenvalues
{
    private const double Unit = Float64.UnitRoundoff, NotNormal = 1e-280;

    /// <summary>One disc per row; the whole plane each where P has no inverse for all that is known.</summary>
    public static Disc[] Of(EnclosedMatrix matrix)
    {
        int size = matrix.RowCount;
        double[] middles = matrix.Middles;
        var nowhere = Enumerable.Repeat(new Disc(0, double.PositiveInfinity), size).ToArray();
        if (!Array.TrueForAll(middles, double.IsFinite)) return nowhere;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var j = middles.ToTensor().view(size, size);
        var (lambdas, vectors) = linalg.eig(j);
        double[] real = lambdas.real.ToVector(), imaginary = lambdas.imag.ToVector();
        // Of a complex pair the real and the imaginary part of one vector, and the block [a, b; -b, a].
        var (even, odd) = (vectors.real, vectors.imag);
        bool[] isFirst = new bool[size];
        var columns = new Tensor[size];
        for (int i = 0; i < size; i++)
        {
            isFirst[i] = i + 1 < size && imaginary[i] > 0 && imaginary[i + 1] == -imaginary[i]
                && real[i + 1] == real[i];
            columns[i] = even.select(1, i);
            if (!isFirst[i])
            {
                imaginary[i] = 0;
                continue;
            }
            columns[i + 1] = odd.select(1, i);
            i++;
        }
        var p = stack(columns, 1);
        var w = linalg.solve_ex(p, eye(size, dtype: ScalarType.Float64)).result;
        var jp = j.mm(p);
        var (right, left) = (p.Enclosed(), w.Enclosed());
        // |W| (what is not sure of J P) and so on, row by row.
        double[] ones = [.. Enumerable.Repeat(1.0, size)], rightSums = right.ModuliTimes(ones);
        double rounding = 1.01 * (size + 16) * Unit;
        double[] unsure = Each(matrix.ModuliTimes(rightSums), jp.Enclosed().ModuliTimes(ones), Spread(rightSums),
            (whole, product, spread) => rounding * whole + rounding * product + spread + NotNormal);
        double[] lost = left.ModuliTimes(unsure);
        double[] off = w.mm(p).Enclosed().RowsApart(EnclosedMatrix.Identity(size));
        double[] notInverse = Each(off, left.ModuliTimes(Each(rightSums, rightSums, rightSums,
            (sum, _, _) => rounding * sum + NotNormal)), off, (own, more, _) => own + more + NotNormal);
        double most = notInverse.Max();
        if (!(most < 0.5)) return nowhere;

        double[] block = new double[size * size], blockSums = new double[size];
        for (int i = 0; i < size; i++)
        {
            block[i * size + i] = real[i];
            blockSums[i] = Math.Abs(real[i]);
            if (!isFirst[i]) continue;
            block[(i + 1) * size + i + 1] = real[i];
            block[i * size + i + 1] = imaginary[i];
            block[(i + 1) * size + i] = -imaginary[i];
            blockSums[i] = blockSums[i + 1] = Math.Abs(real[i]) + Math.Abs(imaginary[i]);
            i++;
        }
        double[] errors = Each(w.mm(jp).Enclosed().RowsApart(EnclosedMatrix.Of(size, size, block)), lost, lost,
            (own, more, _) => own + more);
        double largest = Each(errors, blockSums, blockSums, (error, sum, _) => error + sum).Max();
        double[] radii = Each(errors, notInverse, notInverse, (error, f, _) => error + 2.01 * f * largest);
        var discs = new Disc[size];
        for (int i = 0; i < size; i++)
        {
            discs[i] = new(new(real[i], 0), radii[i]);
            if (!isFirst[i]) continue;
            double both = Enclosure.Up(radii[i] + radii[i + 1]);
            discs[i] = new(new(real[i], imaginary[i]), both);
            discs[i + 1] = new(new(real[i], -imaginary[i]), both);
            i++;
        }
        return discs;

        double[] Spread(double[] of) => matrix.Radii is { } radii
            ? EnclosedMatrix.Of(size, size, radii).ModuliTimes(of) : new double[size];

        // A few operations on numbers that are not negative, rounded upwards.
        double[] Each(double[] a, double[] b, double[] c, Func<double, double, double, double> of)
        {
            double[] results = new double[size];
            for (int i = 0; i < size; i++)
            {
                double result = of(a[i], b[i], c[i]) * (1 + 16 * Unit);
                results[i] = double.IsNaN(result) ? double.PositiveInfinity : result;
            }
            return results;
        }
    }
}
