using System.Numerics;
using CsCheck;
using Neurodynamics.Enclosures;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Xunit;
using static Neurodynamics.Tests.FixedPoints.Nets;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class CertifiedIndexTests
{
    public static TheoryData<string> References => [.. Reference.Networks];

    [Fact]
    public void One_tanh_unit_has_one_unstable_point_between_two_stable_ones()
    {
        var indices = CertifiedIndex.Of(Tanh(new[,] { { 2.0 } }), [Point(0), Point(Root), Point(-Root)]);
        Assert.All(indices, index => Assert.True(index.IsProven));
        Assert.Equal([1, 0, 0], indices.Select(index => index.LeastUnstable));
        Assert.Equal("proven: exactly 1 unstable mode", indices[0].Message);
        Assert.Equal("proven: exactly 0 unstable modes", indices[1].Message);
        // J = 2 (1 - x^2).
        Assert.Equal(2 * (1 - Root * Root), Assert.Single(indices[1].Discs).Centre.Real, 1e-9);
        Assert.InRange(indices[1].Discs[0].Radius, 0, 1e-10);
    }

    /// <summary>A lesioned unit stands still at 0 alone, and x = tanh(2 x) has no solution at 1/2.</summary>
    [Fact]
    public void A_certificate_of_another_cell_or_state_proves_nothing()
    {
        var cell = Tanh(new[,] { { 2.0 } });
        var point = Point(Root) with { Certificate = Certificate.Of(cell, [Point(Root)])[0] };
        Assert.True(CertifiedIndex.Of(cell, [point])[0].IsProven);
        foreach (var index in new[]
            {
                CertifiedIndex.Of(cell.Without([0]), [point])[0],
                CertifiedIndex.Of(cell, [point with { State = [0.5] }])[0],
            })
        {
            Assert.False(index.IsProven);
            Assert.Contains("no true fixed point is certified here", index.Message);
        }
    }

    [Theory, MemberData(nameof(References))]
    public void Every_listed_point_has_as_many_unstable_modes_as_its_linearisation_counts(string name)
    {
        var (cell, _, points) = Listed(name);
        var indices = CertifiedIndex.Of(cell, points);
        var counted = Linearisation.Of(cell, points)
            .ToDictionary(line => line.Point.State, line => line.UnstableModes);
        for (int i = 0; i < points.Length; i++)
        {
            Assert.True(indices[i].IsProven, indices[i].Message);
            Assert.Equal(counted[points[i].State], indices[i].LeastUnstable);
        }
    }

    /// <summary>Rotations by an angle, longer and shorter by a factor, beside a real eigenvalue.</summary>
    [Theory, InlineData(1.01, 0.5, 2, 3), InlineData(0.99, 0.5, 0, 1), InlineData(0.99, 3.1, 0, 1),
        InlineData(1.2, 1e-3, 2, 3)]
    public void A_rotation_counts_twice(double factor, double angle, int inside, int outside)
    {
        var (c, s) = (factor * Math.Cos(angle), factor * Math.Sin(angle));
        Assert.Equal(inside, Proven(new[,] { { c, -s, 0 }, { s, c, 0 }, { 0, 0, -0.9 } }));
        Assert.Equal(outside, Proven(new[,] { { c, -s, 0 }, { s, c, 0 }, { 0, 0, -1.1 } }));

        static int Proven(double[,] matrix)
        {
            var index = CertifiedIndex.OfMatrix(new(matrix));
            Assert.True(index.IsProven, index.Message);
            return index.LeastUnstable;
        }
    }

    [Fact]
    public void A_disc_that_touches_the_circle_is_named()
    {
        var index = CertifiedIndex.OfMatrix(new(new[,] { { 1.0, 0 }, { 0, 2 } }));
        Assert.Equal((1, 2, false), (index.LeastUnstable, index.MostUnstable, index.IsProven));
        Assert.StartsWith("1 to 2 unstable modes: the disc around 1 + 0i of radius ", index.Message);
        Assert.EndsWith("touches the unit circle", index.Message);
        // A rounding beside the circle is told from it.
        double above = 1 + 1e-9;
        Assert.Equal(2, CertifiedIndex.OfMatrix(new(new[,] { { above, 0 }, { 0, 2 } })).LeastUnstable);
    }

    /// <summary>
    /// Of the enclosed ones [[1.2, 0.19], [-0.4, 0.7]] has both eigenvalues inside, 0.95 +- 0.116 i, and neither in the
    /// disc around 1.2 that is outside: it overlaps with one that is not.
    /// </summary>
    [Fact]
    public void Discs_that_overlap_are_counted_together()
    {
        var around = new EnclosedMatrix(new[,] { { 0, 0.19 }, { 0.4, 0 } }).Scaled([new(-1, 1), new(-1, 1)]);
        var index = CertifiedIndex.OfMatrix(new EnclosedMatrix(new[,] { { 1.2, 0 }, { 0, 0.7 } }).Plus(around));
        Assert.True(index.Discs[0].IsOutside && index.Discs[1].Touches);
        Assert.Equal((0, 2), (index.LeastUnstable, index.MostUnstable));
        Assert.Equal(0, CertifiedIndex.OfMatrix(new(new[,] { { 1.2, 0.19 }, { -0.4, 0.7 } })).MostUnstable);
    }

    /// <summary>
    /// Beside a point of x' = tanh(-2 x + b) with slope -1 - 2e-6: at a state 1e-4 below, whose next is as much above,
    /// the slope is above -1, and the true point has an unstable mode all the same.
    /// </summary>
    [Fact]
    public void The_modes_are_those_of_the_true_point_and_not_of_the_state_beside_it()
    {
        double x = Math.Sqrt(0.5 - 1e-6);
        var cell = Tanh(new[,] { { -2.0 } }, Math.Atanh(x) + 2 * x);
        var at = CertifiedIndex.Of(cell, [Point(x), Point(x - 1e-4)]);
        Assert.Equal((1, 1), (at[0].LeastUnstable, at[0].MostUnstable));
        Assert.Equal((0, 1), (at[1].LeastUnstable, at[1].MostUnstable));
        Assert.Contains("touches the unit circle", at[1].Message);
    }

    [Fact]
    public void Nothing_is_proven_where_no_point_is_certified_and_where_nothing_is_enclosed()
    {
        var ghost = CertifiedIndex.Of(Tanh(new[,] { { 2.0 } }), [Point(0.5)])[0];
        Assert.Equal((0, 1, false), (ghost.LeastUnstable, ghost.MostUnstable, ghost.IsProven));
        Assert.Contains("no true fixed point is certified", ghost.Message);
        Assert.Contains("over enclosures", CertifiedIndex.Of(new StepOnly(), [Point(0)])[0].Message);
        Assert.Contains("not finite", CertifiedIndex.OfMatrix(new(new[,] { { double.NaN } })).Message);
    }

    /// <summary>
    /// Integer matrices of known eigenvalues: T J T^-1 with T of determinant 1, all of whose entries are exact. J has
    /// ones above its diagonal, so that eigenvectors are nearly or wholly lacking.
    /// </summary>
    [Fact]
    public void Discs_hold_the_eigenvalues_of_matrices_that_lack_eigenvectors() =>
        Gen.Select(Gen.Int[2, 6], Gen.Int[-2, 2].Array[6], Gen.Long[0, 1 << 30], Gen.Int[0, 1])
            .Sample((size, lambdas, seed, above) =>
        {
            var random = new Random((int)seed);
            double[,] t = Unit(size), inverse = Unit(size), jordan = new double[size, size];
            for (int i = 0; i < size; i++)
            {
                jordan[i, i] = lambdas[i];
                if (i + 1 < size) jordan[i, i + 1] = above;
            }
            for (int turn = 0; turn < 4; turn++)
            {
                // Row operations, and their inverses on the other side.
                int from = random.Next(size), to = (from + 1 + random.Next(size - 1)) % size;
                int times = random.Next(-2, 3);
                for (int j = 0; j < size; j++) t[to, j] += times * t[from, j];
                for (int j = 0; j < size; j++) inverse[j, from] -= times * inverse[j, to];
            }
            var index = CertifiedIndex.OfMatrix(new(Product(Product(t, jordan), inverse)));
            for (int i = 0; i < size; i++)
                Assert.Contains(index.Discs, disc => (disc.Centre - lambdas[i]).Magnitude <= disc.Radius + 1e-15);
            int unstable = lambdas[..size].Count(lambda => Math.Abs(lambda) > 1);
            Assert.InRange(unstable, index.LeastUnstable, index.MostUnstable);
        }, iter: 300);

    /// <summary>What torch computes of others in an enclosure of a matrix lies in the union of the discs.</summary>
    [Fact]
    public void Discs_hold_the_eigenvalues_of_every_matrix_within() =>
        Gen.Select(Gen.Int[1, 8], Gen.Double[-12, -2], Gen.Long[0, 1 << 30]).Sample((size, width, seed) =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed);
            var middle = randn([size, size], dtype: ScalarType.Float64, generator: generator) / Math.Sqrt(size);
            double radius = Math.Pow(10, width);
            var enclosed = new EnclosedMatrix(middle.ToMatrix()).Plus(Around(size, radius));
            var index = CertifiedIndex.OfMatrix(enclosed);
            for (int trial = 0; trial < 10; trial++)
            {
                var other = middle + radius * rand([size, size], dtype: ScalarType.Float64, generator: generator)
                    .sub(0.5).mul(2).sign();
                var (lambdas, _) = linalg.eig(other);
                double[] real = lambdas.real.ToVector(), imaginary = lambdas.imag.ToVector();
                Assert.All(real.Zip(imaginary, (re, im) => new Complex(re, im)), lambda =>
                    Assert.Contains(index.Discs, disc => (disc.Centre - lambda).Magnitude <= disc.Radius + 1e-12));
                int unstable = real.Zip(imaginary, (re, im) => new Complex(re, im).Magnitude > 1).Count(holds => holds);
                Assert.InRange(unstable, index.LeastUnstable, index.MostUnstable);
            }
        }, iter: 200);

    /// <summary>For every network that rounds to the weights the discs are larger, and still tell.</summary>
    [Fact]
    public void Weights_in_float32_have_larger_discs()
    {
        var (cell, _, points) = Listed("rnn_flipflop3");
        var (exact, rounded) = (CertifiedIndex.Of(cell, points[..3]),
            CertifiedIndex.Of(cell, points[..3], WeightsAre.RoundedToFloat32));
        Assert.All(exact.Zip(rounded), pair => Assert.True(
            pair.First.Discs.Max(disc => disc.Radius) < pair.Second.Discs.Max(disc => disc.Radius)));
        Assert.All(exact.Zip(rounded), pair => Assert.InRange(
            pair.First.LeastUnstable, pair.Second.LeastUnstable, pair.Second.MostUnstable));
    }

    private static EnclosedMatrix Around(int size, double radius)
    {
        var row = EnclosedVector.Variables([.. Enumerable.Repeat((Enclosure)1, size)]);
        double[,] ones = new double[size, size];
        foreach (int i in Enumerable.Range(0, size)) ones.RowSpan(i).Fill(1);
        return (new EnclosedMatrix(ones) * row).Map(_ => (0, new Enclosure(-radius, radius))).Slopes!;
    }

    private static double[,] Unit(int size)
    {
        double[,] unit = new double[size, size];
        for (int i = 0; i < size; i++) unit[i, i] = 1;
        return unit;
    }

    private static double[,] Product(double[,] a, double[,] b) => a.ToTensor().mm(b.ToTensor()).ToMatrix();
}
