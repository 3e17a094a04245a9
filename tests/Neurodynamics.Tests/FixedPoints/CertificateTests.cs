using System.Numerics;
using CsCheck;
using Neurodynamics.Enclosures;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tests.Enclosures;
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
            Assert.InRange(certificates[i].UniquenessRadius, 1e-5, points.Where((_, other) => other != i)
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
        // By hand: at 0, I - J is diag(-1, 1/2), and Y its inverse; |1 + (1 - 2 / cosh(2 x)^2)| is 1 at x = 0.44.
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
        }, iter: 25);

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
    public void A_cell_without_enclosures_certifies_nothing_and_says_so()
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
    public void A_cell_of_ones_own_that_knows_its_step_over_enclosures_is_certified()
    {
        // x' = 2 tanh x.
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

    /// <summary>The root to hundreds of digits, by bisection in whole numbers.</summary>
    [Theory, InlineData(0.0), InlineData(1e-12), InlineData(1e-7), InlineData(-1e-4)]
    public void The_true_root_lies_within_the_existence_radius_to_the_last_digit(double beside)
    {
        var (low, high) = (Exact.Of(0.9), Exact.One);
        for (int i = 0; i < 120; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Exact.Tanh(2 * middle) > middle ? (middle, high) : (low, middle);
        }
        double state = 0.9575040240772687 + beside;
        var proof = Assert.Single(Certificate.Of(Tanh(new[,] { { 2.0 } }), [Point(state)]));
        Assert.Equal(Certainty.Certified, proof.Certainty);
        var apart = BigInteger.Abs(low - Exact.Of(state));
        Assert.True(apart <= Exact.Of(proof.ExistenceRadius) + BigInteger.One);
        // Not beyond need either: the test may be off by its own roundings and by how far the Jacobian changes.
        Assert.True(Exact.Of(proof.ExistenceRadius) <= 2 * apart + Exact.Of(1e-14));
    }

    /// <summary>x = tanh(x / 2 + b) is 2 b to a share of b^2: its square is no float64.</summary>
    [Theory, InlineData(1e-160), InlineData(1e-170), InlineData(1e-200), InlineData(1e-290)]
    public void A_root_at_a_distance_whose_square_is_0_lies_within_the_existence_radius(double bias)
    {
        var proof = Assert.Single(Certificate.Of(Tanh(new[,] { { 0.5 } }, bias), [Point(0)]));
        Assert.Equal(Certainty.Certified, proof.Certainty);
        Assert.InRange(proof.ExistenceRadius, 2 * bias * (1 - 1e-15), 1e-149);
    }

    [Fact]
    public void A_state_farther_off_than_the_uniqueness_radius_is_another_points()
    {
        var cell = Tanh(new[,] { { 2.0 } });
        var proofs = Certificate.Of(cell, [Point(0), Point(Root), Point(-Root)]);
        // Each ball leaves out the other points, and takes more than half of what there is up to where J(x) = 1.
        Assert.All(proofs, proof => Assert.InRange(proof.UniquenessRadius, 0.2, Root - 1e-9));
        // Two states merge where one ball takes the other in, and no farther.
        FixedPoint[] near = [Point(Root), Point(Root - 1e-5)], far = [Point(Root), Point(0)];
        Assert.Single(Certificate.Merge(near, Certificate.Of(cell, near)).Points);
        Assert.Equal(2, Certificate.Merge(far, Certificate.Of(cell, far)).Points.Count);
        FixedPoint[] moved = [Point(Root), Point(Root) with { State = [Root - 1.01 * proofs[1].UniquenessRadius] }];
        Assert.Equal(2, Certificate.Merge(moved, [proofs[1], proofs[1] with { UniquenessRadius = 0 }]).Points.Count);
    }

    /// <summary>For every network that rounds to the weights: the points of neighbours are within the radius.</summary>
    [Theory, MemberData(nameof(Architectures))]
    public void What_is_certified_for_weights_in_float32_holds_for_all_that_round_to_them(Architecture architecture)
    {
        using var generator = new Generator(4);
        var cell = RecurrentCell.Create(architecture, 1, 4, ScalarType.Float32);
        using (no_grad())
            foreach (var parameter in cell.parameters()) parameter.uniform_(-1, 1, generator);
        var exact = (RecurrentCell)cell.InDouble();
        var points = new NewtonSolver().Solve(new(exact, [0.3], Cloud(40, exact.StateSize, 1, seed: 1))).Distinct();
        var proofs = Certificate.Of(cell, points, WeightsAre.RoundedToFloat32);
        var narrow = Certificate.Of(cell, points);
        Assert.All(proofs, proof => Assert.Equal(Certainty.Certified, proof.Certainty));
        var other = RecurrentCell.Create(architecture, 1, 4, ScalarType.Float64);
        double farthest = 0;
        for (int trial = 0; trial < 20; trial++)
        {
            using (no_grad())
                foreach (var (mine, its) in exact.parameters().Zip(other.parameters()))
                    // Half a gap of float32 at most: 2^-25 of the modulus.
                    its.copy_(mine * (1 + Math.Pow(2, -25) * (2 * rand(mine.shape, dtype: ScalarType.Float64,
                        generator: generator) - 1)));
            double[,] moved = new NewtonSolver().Solve(new(other, [0.3], points.States())).States;
            for (int i = 0; i < points.Count; i++)
            {
                double distance = points[i].State.Distance(moved.Row(i));
                Assert.InRange(distance, 0, proofs[i].ExistenceRadius);
                farthest = Math.Max(farthest, distance / narrow[i].ExistenceRadius);
            }
        }
        // They are not where the weights as they are have theirs.
        Assert.True(farthest > 10);
    }

    [Fact]
    public void A_step_over_enclosures_of_another_size_is_refused_in_a_sentence() => Assert.Contains("2 next values",
        Assert.Throws<InvalidOperationException>(() => Certificate.Of(new Doubled(), [Point(0)])).Message);

    /// <summary>The b at which x = tanh(2 x + b) has a double point, at sqrt(1/2).</summary>
    private static double Fold => Math.Atanh(Math.Sqrt(0.5)) - 2 * Math.Sqrt(0.5);

    private sealed class Bounded : StepOnly
    {
        public override EnclosedStep Enclosed(WeightsAre weights = WeightsAre.Exact) =>
            new((_, x) => EnclosedVector.Constant([2]) * x.Tanh());
    }

    private sealed class Doubled : StepOnly
    {
        public override EnclosedStep Enclosed(WeightsAre weights = WeightsAre.Exact) =>
            new((_, x) => EnclosedVector.Join(x, x));
    }
}
