using CsCheck;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Models.Bounds;
using Neurodynamics.Tests.Models;
using Xunit;
using static Neurodynamics.Tests.FixedPoints.Nets;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class CertificateTests
{
    public static TheoryData<string> References => [.. Reference.Networks];

    public static TheoryData<Architecture> Architectures => Gated.Architectures;

    [Theory, MemberData(nameof(References))]
    public void Every_listed_point_of_a_reference_network_is_certified_and_stands_alone_in_its_ball(string name)
    {
        var (cell, _, points) = Listed(name);
        var certificates = Certificate.Of(cell, points);
        for (int i = 0; i < points.Length; i++)
        {
            Assert.Equal(Certainty.Certified, certificates[i].Certainty);
            Assert.InRange(certificates[i].ExistenceRadius, 0, 1e-9);
            Assert.InRange(certificates[i].UniquenessRadius, 1e-4, points.Where((_, other) => other != i)
                .Min(other => points[i].State.Distance(other.State)));
        }
        Assert.Equal(points, Certificate.Merge(points, certificates).Points);
    }

    [Theory, MemberData(nameof(References))]
    public void A_state_beside_a_true_point_passes_and_its_ball_holds_that_point(string name)
    {
        var (cell, _, points) = Listed(name);
        foreach (double distance in new[] { 1e-9, 1e-6 })
        {
            double[,] noise = Cloud(points.Length, cell.StateSize, distance / Math.Sqrt(cell.StateSize), seed: 5);
            var beside = points.Select((point, i) =>
                point with { State = [.. point.State.Zip(noise.Row(i), (x, d) => x + d)], Speed = 1 }).ToArray();
            var certificates = Certificate.Of(cell, beside);
            for (int i = 0; i < points.Length; i++)
                Assert.InRange(points[i].State.Distance(beside[i].State), 0, certificates[i].ExistenceRadius);
            // The state and the point are one, and the slower of them stays.
            var merged = Certificate.Merge([.. beside, .. points], [.. certificates, .. Certificate.Of(cell, points)]);
            Assert.Equal(points.Select(point => point.State), merged.Points.Select(point => point.State));
            Assert.All(merged.Points, point => Assert.Equal(2, point.Candidates));
        }
    }

    [Fact]
    public void Two_tanh_units_of_which_one_is_bistable_have_three_certified_points()
    {
        // By hand: with w = 2, |I - J| at 0 is diag(-1, 1/2), so the inverse has norm 2, and J has a Lipschitz constant
        // of at most 4 * 0.77.
        var certificates = Certificate.Of(Tanh(new[,] { { 2, 0 }, { 0, 0.5 } }),
            [Point(-0.9575040240772687, 0), Point(0, 0), Point(0.9575040240772687, 0)]);
        Assert.All(certificates, certificate => Assert.Equal(Certainty.Certified, certificate.Certainty));
        Assert.All(certificates, certificate => Assert.InRange(certificate.ExistenceRadius, 0, 1e-13));
        Assert.All(certificates, certificate => Assert.InRange(certificate.UniquenessRadius, 0.2, Root));
    }

    [Theory, MemberData(nameof(Architectures))]
    public void What_is_certified_is_there_and_alone(Architecture architecture) =>
        Gen.Select(Gen.Int[1, 5], Gen.Double[0.5, 4], Gen.Double[-6, 0], Gen.Long[0, 1 << 30])
            .Sample((units, gain, logNoise, seed) =>
        {
            var cell = Random(architecture, units, gain, seed);
            var found = new NewtonSolver().Solve(new(cell, [0], Cloud(60, cell.StateSize, 1, seed + 1))).Distinct();
            // States about true points, and states anywhere.
            double[,] noise = Cloud(found.Count, cell.StateSize, Math.Pow(10, logNoise), seed + 2);
            double[,] anywhere = Cloud(20, cell.StateSize, 1, seed + 3);
            var states = found.Select((point, i) => Point([.. point.State.Zip(noise.Row(i), (x, d) => x + d)]))
                .Concat(Enumerable.Range(0, 20).Select(i => Point(anywhere.Row(i)))).ToArray();
            foreach (var (state, certificate) in states.Zip(Certificate.Of(cell, states)))
            {
                if (certificate.Certainty != Certainty.Certified) continue;
                var end = Assert.Single(new NewtonSolver()
                    .Solve(new(cell, [0], new[] { state.State }.ToMatrix(cell.StateSize))).Distinct());
                Assert.InRange(end.State.Distance(state.State), 0, certificate.ExistenceRadius + 1e-12);
                Assert.All(found.Where(point => point.State.Distance(state.State) < certificate.UniquenessRadius),
                    point => Assert.InRange(point.State.Distance(end.State), 0, 1e-8));
            }
        }, iter: 25, threads: 1);

    [Theory, InlineData(1e-2), InlineData(1e-4), InlineData(1e-6), InlineData(1e-8), InlineData(1e-10),
        InlineData(1e-12)]
    public void A_minimum_of_the_speed_beside_a_vanished_fold_is_never_certified(double beyond)
    {
        // x' = tanh(2 x + b) has a double point where its slope is 1; with b a little lower there is none but far
        // below.
        var cell = Tanh(new[,] { { 2.0 } }, Fold - beyond);
        var states = Enumerable.Range(-300, 601).Select(i => Point(Math.Sqrt(0.5) + i * 3e-4))
            .Append(Point(Math.Sqrt(0.5))).ToArray();
        Assert.All(Certificate.Of(cell, states), certificate =>
            Assert.Equal(Certainty.NotCertified, certificate.Certainty));
    }

    [Theory, InlineData(1e-4), InlineData(1e-6), InlineData(1e-8)]
    public void The_two_points_beside_a_fold_are_certified_in_balls_apart(double before)
    {
        var cell = Tanh(new[,] { { 2.0 } }, Fold + before);
        double middle = Math.Sqrt(0.5);
        double[] roots = [Solve(middle - 0.1, middle), Solve(middle, middle + 0.1)];
        var points = roots.Select(root => Point(root)).ToArray();
        var certificates = Certificate.Of(cell, points);
        Assert.All(certificates, certificate => Assert.Equal(Certainty.Certified, certificate.Certainty));
        Assert.All(certificates, certificate => Assert.InRange(certificate.UniquenessRadius, 0, roots[1] - roots[0]));
        Assert.True(certificates.Sum(certificate => certificate.ExistenceRadius) < roots[1] - roots[0]);
        Assert.Equal(2, Certificate.Merge(points, certificates).Points.Count);

        // Bisection: tanh(2 x + b) - x has a sign of its own at the fold.
        double Solve(double low, double high)
        {
            bool rising = Step(low) < 0;
            for (int i = 0; i < 100; i++)
            {
                double x = (low + high) / 2;
                (low, high) = Step(x) < 0 == rising ? (x, high) : (low, x);
            }
            return low;
        }

        double Step(double x) => Math.Tanh(2 * x + Fold + before) - x;
    }

    [Fact]
    public void One_state_that_is_not_finite_fails_alone()
    {
        var cell = Tanh(new[,] { { 2, 0 }, { 0, 0.5 } });
        var certificates = Certificate.Of(cell, [Point(0, 0), Point(double.NaN, 0),
            Point(0, 0) with { Input = [double.PositiveInfinity] }, Point(0, 1e-9)]);
        Assert.Equal([Certainty.Certified, Certainty.NotCertified, Certainty.NotCertified, Certainty.Certified],
            certificates.Select(certificate => certificate.Certainty));
        Assert.True(double.IsNaN(certificates[1].ExistenceRadius) && double.IsNaN(certificates[1].UniquenessRadius));
        Assert.Empty(Certificate.Of(cell, []));
        Assert.Contains("2 values", Assert.Throws<ArgumentException>(() => Certificate.Of(cell, [Point(0)])).Message);
    }

    [Fact]
    public void A_degenerate_point_and_a_ghost_are_not_certified()
    {
        // W = 1: x = tanh x is a triple point at 0, where I - J is singular.
        Assert.Equal(Certainty.NotCertified, Assert.Single(Certificate.Of(Tanh(new[,] { { 1.0 } }), [Point(0)]))
            .Certainty);
        var (cell, ghost) = Saturated();
        Assert.Equal(Certainty.NotCertified, Assert.Single(Certificate.Of(cell, [ghost])).Certainty);
    }

    [Fact]
    public void A_cell_without_a_bound_certifies_nothing_and_says_so()
    {
        // x' = 2 tanh x: the point is there, and nothing is proven of it; 0.1 is none.
        var certificates = Certificate.Of(new StepOnly(), [Point(0), Point(0.1)]);
        Assert.Equal([Certainty.VerifiedNumerically, Certainty.NoBound],
            certificates.Select(certificate => certificate.Certainty));
        Assert.All(certificates, certificate => Assert.Null(certificate.Proof));
        Assert.True(double.IsNaN(certificates[1].ExistenceRadius));
        // What is measured is repeated to the bit, and never merges points.
        var again = Certificate.Of(new StepOnly(), [Point(1), Point(0)]);
        Assert.Equal(certificates[0], again[1]);
        Assert.Equal(2, Certificate.Merge([Point(0), Point(0)], [again[1], again[1]]).Points.Count);
    }

    [Fact]
    public void A_sampled_change_of_the_Jacobian_is_no_less_than_what_other_directions_show()
    {
        using var scope = NewDisposeScope();
        foreach (int units in new[] { 1, 2, 5, 40 })
        {
            var cell = Normal(units, 1.5, seed: units);
            var states = Cloud(20, units, 0.7, seed: 3).ToTensor();
            var input = zeros(20, 1, dtype: ScalarType.Float64);
            var jacobian = cell.StateJacobian(input, states);
            using var generator = new Generator(7);
            foreach (double radius in new[] { 1e-6, 1e-3, 0.1 })
            {
                double[] sampled = SampledChange.Of(cell, input, states, jacobian,
                    full([20], radius, dtype: ScalarType.Float64), seed: 1).ToVector();
                // The units' own rows are among them, along which their slopes change most.
                var other = randn([50, units], dtype: ScalarType.Float64, generator: generator);
                foreach (var direction in cat([cell.WeightHh, other]).unbind(0))
                {
                    var apart = cell.StateJacobian(input, states + radius * direction / direction.norm()) - jacobian;
                    Assert.All(linalg.norm(apart, 2, [1, 2]).ToVector().Zip(sampled), pair =>
                        Assert.True(pair.First <= pair.Second, $"{units} {radius}: {pair}"));
                }
            }
        }
    }

    [Fact]
    public void A_kink_beside_the_state_is_seen_and_one_far_away_is_not()
    {
        // x' = 1.5 relu(x - 1) + 1 - d has points at x = 1 - d and at 1 + 2 d, one on each side of the kink.
        static Certificate At(double d)
        {
            var cell = Cell.From((_, state) => 1.5 * nn.functional.relu(state - 1) + 1 - d, 1, 1);
            return Assert.Single(Certificate.Of(cell, [Point(1 - d)]));
        }

        foreach (double d in new[] { 0.3, 1e-2, 1e-5 }) Assert.Equal(Certainty.VerifiedNumerically, At(d).Certainty);
        foreach (double d in new[] { 0.3, 1e-2, 1e-5 }) Assert.InRange(At(d).UniquenessRadius, 1e-9, 3 * d);
        Assert.Equal(Certainty.NoBound, At(1e-13).Certainty);
    }

    [Fact]
    public void A_cell_of_ones_own_with_a_bound_is_certified()
    {
        // x' = 2 tanh x: |F''| is at most 2 * 4 / (3 sqrt 3).
        Assert.Equal(Certainty.Certified, Assert.Single(Certificate.Of(new Bounded(), [Point(1e-10)])).Certainty);
    }

    [Fact]
    public void Points_under_their_own_inputs_are_each_tested_under_it_and_never_merged()
    {
        var cell = Tanh(new[,] { { 0.5 } });
        using (no_grad()) cell.WeightIh.fill_(1);
        // x = tanh(x / 2 + u) at u = atanh(x) - x / 2.
        double[] states = [0, 1e-7, 0.5];
        FixedPoint[] points = [.. states.Select(x => new FixedPoint([x], [Math.Atanh(x) - x / 2], 0, 1))];
        var certificates = Certificate.Of(cell, points);
        Assert.All(certificates, certificate => Assert.InRange(certificate.ExistenceRadius, 0, 1e-13));
        Assert.Equal(3, Certificate.Merge(points, certificates).Points.Count);
        Assert.Throws<ArgumentException>(() => Certificate.Merge(points, [certificates[0]]));
    }

    [Fact]
    public void More_points_than_fit_a_chunk_are_certified_as_one_by_one()
    {
        var cell = Random(Architecture.Gru, 60, 0.2, seed: 1);
        var points = new NewtonSolver().Solve(new(cell, [0], Cloud(1, 60, 1, seed: 2))).Distinct();
        var many = Certificate.Of(cell, [.. Enumerable.Repeat(points[0], 1500)]);
        var one = Assert.Single(Certificate.Of(cell, points));
        Assert.Equal(1500, many.Count);
        Assert.All(many, certificate => Assert.Equal(one.UniquenessRadius, certificate.UniquenessRadius, 1e-9));
        Assert.Equal(1500, Assert.Single(Certificate.Merge([.. Enumerable.Repeat(points[0], 1500)], many).Points)
            .Candidates);
    }

    /// <summary>The b at which x = tanh(2 x + b) has a double point, at sqrt(1/2).</summary>
    private static double Fold => Math.Atanh(Math.Sqrt(0.5)) - 2 * Math.Sqrt(0.5);

    private sealed class Bounded : StepOnly
    {
        public override Tensor JacobianLipschitz(Tensor input, Tensor state, Tensor radius) =>
            full_like(radius, 8 / (3 * Math.Sqrt(3)));
    }
}
