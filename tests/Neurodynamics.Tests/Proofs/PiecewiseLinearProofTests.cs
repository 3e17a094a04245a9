using System.Globalization;
using CsCheck;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Proofs;
using Neurodynamics.Tests.FixedPoints;
using Neurodynamics.Tests.Models;
using Xunit;

namespace Neurodynamics.Tests.Proofs;

public sealed class PiecewiseLinearProofTests
{
    private const double Leaky = 0.01;

    private static readonly Prover Prover = new();

    /// <summary>
    /// x = w relu(x) + d is d where d is not above 0, and d / (1 - w) where that is not below 0. One rounding beside
    /// the border is told from it.
    /// </summary>
    [Theory]
    [InlineData(0.5, 1, new[] { 2.0 })]
    [InlineData(2, -1, new[] { -1.0, 1 })]
    [InlineData(2, 1, new double[0])]
    [InlineData(1, 1, new double[0])]
    [InlineData(1, -1, new[] { -1.0 })]
    [InlineData(2, 0, new[] { 0.0 })]
    [InlineData(-3, 0, new[] { 0.0 })]
    [InlineData(0, 0, new[] { 0.0 })]
    [InlineData(2, -5e-324, new[] { -5e-324, 5e-324 })]
    [InlineData(1.0000000000000002, -1, new[] { -1.0, 1L << 52 })]
    [InlineData(1.0000000000000002, 1, new double[0])]
    [InlineData(0.9999999999999999, 1, new[] { 1.0 * (1L << 53) })]
    [InlineData(0.9999999999999999, -1, new[] { -1.0 })]
    public void One_unit_has_the_points_that_can_be_written_down(double weight, double drive, double[] expected)
    {
        var proof = Prover.Run(OneUnit(weight, drive));
        Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
        Assert.Empty(proof.Continua);
        Assert.Equal(expected.Length, proof.Points.Count);
        foreach (double x in expected)
            Assert.Single(proof.Points, point => point.State[0].Contains(x)
                && point.State[0].Radius <= 1e-15 * Math.Abs(x) + 1e-300);
    }

    [Fact]
    public void One_unit_with_a_weight_of_1_has_a_half_line()
    {
        var proof = Prover.Run(OneUnit(1, 0));
        Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
        Assert.Empty(proof.Points);
        var line = Assert.Single(proof.Continua);
        Assert.Equal((1, 0.0, 1.0), (line.Dimension, Assert.Single(line.Corners).Near()[0],
            Assert.Single(line.Directions).Near()[0]));
        Assert.Equal("Proven complete: no isolated fixed point, but a half-line of fixed points from k = (0) "
            + "along (1), and no other, by 2 regions.", proof.Message);
    }

    /// <summary>
    /// Small whole weights, so that planes are parallel, coincide, meet many in a point, or are none, fixed points lie
    /// on borders, and equations are singular: all of it is decided, and as fractions say.
    /// </summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Degenerate_networks_have_exactly_what_sign_patterns_say(int rank)
    {
        int lines = 0, onBorders = 0;
        Gen.Select(Gen.Int[rank, rank == 3 ? 4 : 6], Gen.Bool, Gen.Bool, Gen.Int[0, int.MaxValue]).Sample(
            (units, isRates, isLeaky, seed) =>
            {
                var random = new Random(seed);
                double Small() => random.Next(-2, 3);
                // A weight of N makes the slope 1.
                double[,] m = Filled(units, rank, Small), n = Filled(units, rank, () => random.Next(3) * units / 2.0);
                double[] d = [.. Enumerable.Range(0, units).Select(_ => random.Next(3) > 0 ? 0 : Small())];
                SignPatterns expected;
                try { expected = new(m, n, d, isLeaky ? Leaky : 0); }
                catch (InvalidOperationException) { return; }
                Check(m, n, d, isRates, isLeaky, expected);
                Interlocked.Add(ref lines, expected.Lines.Length);
                Interlocked.Add(ref onBorders, expected.Points.Count(expected.IsOnBorder));
            }, iter: 400);
        Assert.True(lines > 5 && onBorders > 20, $"{lines} lines, {onBorders} points on borders");
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Random_networks_have_exactly_the_points_that_sign_patterns_say(int rank)
    {
        int points = 0;
        Gen.Select(Gen.Int[3, rank == 3 ? 6 : 8], Gen.Bool, Gen.Bool, Gen.Double[0.5, 6], Gen.Int[0, int.MaxValue])
            .Sample((units, isRates, isLeaky, gain, seed) =>
            {
                var (m, n) = Weights(units, rank, gain, seed);
                double[] d = Nets.Cloud(1, units, 0.5, seed + 5L).Row(0);
                var expected = new SignPatterns(m, n, d, isLeaky ? Leaky : 0);
                var proof = Check(m, n, d, isRates, isLeaky, expected);
                Assert.Empty(proof.Continua);
                Interlocked.Add(ref points, proof.Points.Count);
            }, iter: rank == 3 ? 15 : 30);
        // Some have none: fifteen once had five together.
        Assert.NotEqual(0, points);
    }

    /// <summary>
    /// k = relu(k) in each of two components is a quarter of the plane. With a second unit that turns the first one's
    /// growth at k = 1 the first component ends there, and goes on as a point would.
    /// </summary>
    [Theory]
    [InlineData("1 0; 0 1", "2 0; 0 2", "0 0", "a continuum of dimension 2 with corners at k = (0, 0) that goes on "
        + "along (1, 0), (0, 1)")]
    [InlineData("1 0; 0 1; 1 0", "3 0; 0 3; -3 0", "0 0 -1", "a continuum of dimension 2 with corners at k = (0, 0), "
        + "(1, 0) that goes on along (0, 1)")]
    [InlineData("1 0; 0 1; 1 0; 0 1", "4 0; 0 4; -4 0; 0 -4", "0 0 -1 -1", "a continuum of dimension 2 with corners at "
        + "k = (0, 0), (0, 1), (1, 0), (1, 1)")]
    [InlineData("1 0; 0 1; 1 0", "3 0; 0 0; -3 0", "0 0 -1", "a segment of fixed points from k = (0, 0) to (1, 0)")]
    [InlineData("-1 0 2; -2 0 -2; 2 0 -2", "0 0 0; 3 0 0; 3 3 1.5", "0 0 0", "a half-line of fixed points from k = "
        + "(0, 0, 0) along (1, 1, 0.5)")]
    public void A_plane_of_fixed_points_is_proven_with_its_corners(string onto, string from, string drive, string words)
    {
        var (m, n) = (Rows(onto), Rows(from));
        double[] d = Rows(drive).Row(0);
        var expected = new SignPatterns(m, n, d, 0);
        foreach (bool isRates in new[] { false, true }) Check(m, n, d, isRates, isLeaky: false, expected);
        var proof = Prover.Run(Cell(m, n, d, isRates: false, isLeaky: false));
        Assert.Equal($"Proven complete: no isolated fixed point, but {words}, and no other, by {expected.Regions} "
            + "regions.", proof.Message);
    }

    /// <summary>n planes in general position cut R dimensions into the sum over j up to R of n choose j.</summary>
    [Theory, InlineData(1, 60, 61), InlineData(2, 60, 1831), InlineData(2, 7, 29)]
    public void Planes_in_general_position_have_as_many_regions_as_the_formula_says(int rank, int units, int regions)
    {
        var proof = Prover.Run(RandomCell(units, rank, 3, Nonlinearity.Relu, isRates: false, seed: 4));
        Assert.Equal((ProofVerdict.ProvenComplete, regions), (proof.Verdict, proof.Regions));
        Assert.Contains($"and no other, by {(regions > 1000 ? "1,831" : regions)} regions.", proof.Message);
        Assert.Equal(0, proof.OpenShare);
        Assert.Null(proof.Box);
    }

    [Theory]
    [InlineData("1 0; 1 0; 1 0; 1 0", "1 2 3 3", 4)]
    [InlineData("1 0; 0 1; 1 1; 1 -1", "0 0 0 0", 8)]
    [InlineData("1 0; 2 0; -1 0; 0 0", "1 2 -1 5", 2)]
    [InlineData("0 0; 0 0", "0 -1", 1)]
    [InlineData("1 2; 2 4; 3 6", "1 3 0", 4)]
    public void Planes_that_are_parallel_or_meet_in_one_point_have_fewer(string onto, string drive, int regions)
    {
        double[,] m = Rows(onto);
        var proof = Prover.Run(Cell(m, Filled(m.GetLength(0), 2, () => 1), Rows(drive).Row(0), false, false));
        Assert.Equal((ProofVerdict.ProvenComplete, regions), (proof.Verdict, proof.Regions));
    }

    /// <summary>
    /// With every bias, an input and a leak, in both conventions: what Newton's method finds is proven, what is proven
    /// stands still, alone in its neighbourhood.
    /// </summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void No_search_finds_a_point_that_a_proof_does_not_have(int rank)
    {
        int several = 0;
        Gen.Select(Gen.Int[3, 30], Gen.Double[0.5, 6], Gen.Int[0, 3], Gen.Int[0, int.MaxValue]).Sample(
            (units, gain, kind, seed) =>
            {
                var cell = RandomCell(units, rank, gain, kind / 2 == 0 ? Nonlinearity.Relu : Nonlinearity.LeakyRelu,
                    isRates: kind % 2 == 0, seed);
                double[] input = [0.7, -0.4];
                var proof = Prover.Run(cell, input);
                Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
                var solution = new NewtonSolver().Solve(new(cell, input, Nets.Cloud(300, units, gain, seed)));
                var comparison = proof.Compare(SetOf(input, solution.Distinct(1e-7)));
                Assert.DoesNotContain(null, comparison.Matches);
                Assert.Empty(comparison.Repeated);
                foreach (var point in proof.Points)
                {
                    var alone = new FixedPointProblem(cell, input, new[] { point.Near() }.ToMatrix(units));
                    double speed = alone.Speeds()[0];
                    Assert.True(speed < 1e-24 * (1 + point.State.Max(x => x.Modulus * x.Modulus)), $"{speed}");
                    Assert.Single(proof.Points, other => other.Unknowns.Zip(point.Neighbourhood)
                        .All(pair => pair.First.Meets(pair.Second)));
                }
                if (proof.Points.Count > 1) Interlocked.Increment(ref several);
            }, iter: rank == 1 ? 100 : 20);     // fewer networks of rank 1 have several
        Assert.True(several > 0);
    }

    [Fact]
    public void A_search_on_sixty_units_of_rank_2_is_proven_complete()
    {
        var (cell, proof) = Enumerable.Range(0, 50)
            .Select(seed => RandomCell(60, 2, 5, Nonlinearity.Relu, isRates: false, seed))
            .Select(cell => (cell, Prover.Run(cell))).First(pair => pair.Item2.Points.Count > 2);
        var found = new FixedPointSearch { SlowCandidates = 0 }.Run(cell, Nets.Cloud(1000, 60, 3, seed: 1));
        var comparison = proof.Compare(found);
        Assert.True(comparison.IsComplete, comparison.ToString());
        Assert.False(proof.Compare(found with { Points = [.. found.Points.Skip(1)] }).IsComplete);
    }

    /// <summary>
    /// Units in copies, each with its share of n, act as one: 500 units have the points of 50, of which each region is
    /// solved, and rule out what is empty.
    /// </summary>
    [Fact]
    public void Many_units_of_rank_2_are_ruled_out_together_and_have_the_points_of_all_regions()
    {
        int several = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            var (m, n) = Weights(50, 2, 5, seed);
            double[] d = Nets.Cloud(1, 50, 0.5, seed + 5L).Row(0);
            int at = 0, from = 0;
            double[,] manyM = Filled(500, 2, () => m[at / 2 % 50, at++ % 2]);
            double[,] manyN = Filled(500, 2, () => n[from / 2 % 50, from++ % 2]);
            var few = Prover.Run(Cell(m, n, d, isRates: false, isLeaky: false));
            double[] manyD = [.. Enumerable.Repeat(d, 10).SelectMany(each => each)];
            var many = Prover.Run(Cell(manyM, manyN, manyD, isRates: false, isLeaky: false));
            Assert.Equal((1276, ProofVerdict.ProvenComplete), (few.Regions, many.Verdict));
            Assert.InRange(many.Regions!.Value, 1, 1000);
            Assert.Equal(few.Points.Count, many.Points.Count);
            Assert.All(few.Points, point => Assert.Single(many.Points, other =>
                other.Unknowns.Zip(point.Unknowns).All(pair => pair.First.Meets(pair.Second))));
            if (few.Points.Count > 1) several++;
        }
        Assert.True(several > 0);
    }

    [Fact]
    public void The_form_of_low_rank_with_relu_has_the_points_that_a_search_finds()
    {
        var file = ArrayFile.Read(Reference.Form("lowrank2_relu"));
        var cell = FormTests.Build("lowrank2_relu", file).Cell;
        var proof = Prover.Run(cell);
        Assert.Equal((ProofVerdict.ProvenComplete, 1831), (proof.Verdict, proof.Regions));
        double[,] starts = Candidates.FromStates(file["states"].ToTrials(), 200, seed: 1, noise: 0.3);
        var comparison = proof.Compare(new FixedPointSearch { SlowCandidates = 0 }.Run(cell, starts));
        Assert.True(comparison.IsComplete, comparison.ToString());
        Assert.NotEmpty(proof.Points);
    }

    [Fact]
    public void A_state_of_a_continuum_is_told_from_one_beside_it()
    {
        foreach (bool isRates in new[] { false, true })
        {
            // Two units that copy each other, and one that is off: (t, t, -1) or (t, t, 0) for t from 0 on.
            var cell = Cell(new double[,] { { 1 }, { 1 }, { -1 } }, new[,] { { 1.5 }, { 1.5 }, { 7 } }, [0, 0, -1],
                isRates, isLeaky: false);
            var proof = Prover.Run(cell);
            Assert.Empty(proof.Points);
            Assert.Single(proof.Continua);
            double last(double t) => isRates ? 0 : -1 - t;
            var comparison = proof.Compare(SetOf([0, 0], [.. new[] { 0.5, 3, -1 }.Select(t =>
                new FixedPoint([t, t, last(t)], [0, 0], 0, 1)), new([1, 1.1, last(1)], [0, 0], 0, 1)]));
            Assert.Equal([0, 0, null, null], comparison.OnContinua);
            Assert.All(comparison.Matches, match => Assert.Null(match));
            Assert.False(comparison.IsComplete);
            Assert.Contains("2 listed lie on continua", comparison.ToString());

            // In k, which is t here.
            var inK = Prover.Run(cell.Reduced());
            Assert.Empty(inK.Points);
            Assert.Single(inK.Continua);
            Assert.Equal([0, 0, null], inK.Compare(SetOf([0, 0], [.. new[] { 0.5, 3, -1 }.Select(t =>
                new FixedPoint([t], [0, 0], 0, 1))])).OnContinua);
        }
    }

    [Fact]
    public void In_its_own_dimensions_a_network_is_proven_as_in_its_units()
    {
        foreach (bool isRates in new[] { false, true })
        {
            var cell = RandomCell(60, 2, 5, Nonlinearity.Relu, isRates, seed: 2);
            var (whole, reduced) = (Prover.Run(cell), cell.Reduced());
            var proof = Prover.Run(reduced);
            Assert.Null(Prover.Obstacle(reduced));
            Assert.Equal((ProofVerdict.ProvenComplete, whole.Regions), (proof.Verdict, proof.Regions));
            Assert.Equal(whole.FixedPoints(reduced).States(), proof.FixedPoints(reduced).States());
            Assert.All(proof.FixedPoints(reduced), point => Assert.InRange(point.Speed, 0, 1e-20));
            var found = new FixedPointSearch().Run(reduced, Nets.Cloud(300, 2, 5, seed: 1));
            Assert.True(proof.Compare(found).IsComplete, proof.Compare(found).ToString());
            Assert.True(Standing.Of(reduced, found).IsProvenComplete);
        }
    }

    [Fact]
    public void What_was_not_tested_is_not_claimed()
    {
        var cell = RandomCell(30, 2, 5, Nonlinearity.Relu, isRates: true, seed: 1);
        var part = (Prover with { MaxBoxes = 100 }).Run(cell);
        Assert.Equal((ProofVerdict.Partial, 1.0), (part.Verdict, part.OpenShare));
        Assert.InRange(part.Regions!.Value, 1, 100);
        Assert.Contains("allow more boxes", part.Message);
        Assert.Equal(ProofVerdict.Partial, (Prover with { MaxBoxes = 1 }).Run(cell).Verdict);

        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var none = Prover.Run(cell, cancellation: stop.Token);
        Assert.Equal((ProofVerdict.Partial, 0, 0), (none.Verdict, none.Points.Count, none.Regions));
    }

    /// <summary>
    /// Seen from some regions, 0 is a fixed point by itself; seen from others it is the end of a half-line.
    /// </summary>
    [Fact]
    public void A_point_on_a_border_is_claimed_only_where_all_around_it_is_known()
    {
        var cell = Cell(Rows("-1 0 2; -2 0 -2; 2 0 -2"), Rows("0 0 0; 3 0 0; 3 3 1.5"), [0, 0, 0], false, false);
        var verdicts = Enumerable.Range(1, 60).Select(boxes => (Prover with { MaxBoxes = boxes }).Run(cell)).ToArray();
        Assert.All(verdicts, proof => Assert.Empty(proof.Points));
        Assert.Contains(ProofVerdict.Partial, verdicts.Select(proof => proof.Verdict));
        Assert.Equal((ProofVerdict.ProvenComplete, 1), (verdicts[^1].Verdict, verdicts[^1].Continua.Count));
    }

    [Fact]
    public void Any_number_of_threads_proves_the_same_to_the_bit()
    {
        var cell = RandomCell(30, 3, 5, Nonlinearity.Relu, isRates: false, seed: 2);
        var (one, many) = ((Prover with { Threads = 1 }).Run(cell), (Prover with { Threads = 4 }).Run(cell));
        Assert.Equal(one.Message, many.Message);
        Assert.Equal(one.Points.SelectMany(point => point.State), many.Points.SelectMany(point => point.State));
    }

    /// <summary>Runs the proof and compares all of it with the sign patterns.</summary>
    private static CompletenessProof Check(
        double[,] m, double[,] n, double[] d, bool isRates, bool isLeaky, SignPatterns expected)
    {
        var proof = Prover.Run(Cell(m, n, d, isRates, isLeaky), [0, 0]);
        Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
        if (m.GetLength(1) < 3) Assert.Equal(expected.Regions, proof.Regions);
        Assert.Equal(expected.Points.Length, proof.Points.Count);
        Assert.All(expected.Points, k =>
            Assert.Single(proof.Points, point => SignPatterns.IsIn(point.Unknowns, k)));
        Assert.All(proof.Points, point => Assert.All(
            point.Unknowns, k => Assert.True(k.Radius <= 1e-14 * (1e-3 + k.Modulus), $"{k}")));
        // An end is a corner, beside those where an axis cuts a line.
        var lines = proof.Continua.Where(continuum => continuum.Dimension == 1).ToArray();
        Assert.All(expected.Lines.SelectMany(line => line.Ends), end => Assert.Contains(lines.SelectMany(line =>
            line.Corners), corner => SignPatterns.IsIn(corner.Unknowns, end)));
        Assert.InRange(lines.Length, expected.Lines.Length, 2 * expected.Lines.Length);
        if (m.GetLength(1) == 1) Assert.Equal(expected.Lines.Length, lines.Length);
        Assert.Equal(expected.Wider, proof.Continua.Count(continuum => continuum.Dimension > 1));
        return proof;
    }

    private static LeakyCell OneUnit(double weight, double drive) =>
        Cell(new[,] { { weight } }, new[,] { { 1.0 } }, [drive], isRates: false, isLeaky: false, inputs: 1);

    private static LeakyCell Cell(
        double[,] m, double[,] n, double[] d, bool isRates, bool isLeaky, int inputs = 2) => LeakyCell.CreateLowRank(
            Options(isRates, isLeaky ? Nonlinearity.LeakyRelu : Nonlinearity.Relu),
            new double[d.Length, inputs], m, n, d);

    private static LeakyArchitecture Options(bool isRates, Nonlinearity f) => isRates
        ? new Rates { Nonlinearity = f, Leak = 0.4 } : new Currents { Nonlinearity = f, Leak = 0.4 };

    private static LeakyCell RandomCell(int units, int rank, double gain, Nonlinearity f, bool isRates, int seed)
    {
        var (m, n) = Weights(units, rank, gain, seed);
        double[] Values(long at) => Nets.Cloud(1, units, 0.5, seed + at).Row(0);
        return LeakyCell.CreateLowRank(Options(isRates, f), Nets.Cloud(units, 2, 0.5, seed), m, n, Values(3),
            innerBias: isRates ? null : Values(4));
    }

    private static (double[,] M, double[,] N) Weights(int units, int rank, double gain, int seed)
    {
        double[,] m = Nets.Cloud(units, rank, 1, seed + 1L), own = Nets.Cloud(units, rank, 1, seed + 2L);
        double[,] n = new double[units, rank];
        for (int i = 0; i < units; i++)
            for (int r = 0; r < rank; r++) n[i, r] = gain * (own[i, r] + m[i, r]) / 2;
        return (m, n);
    }

    private static double[,] Rows(string text) => text.Split("; ").Select(row => (double[])[.. row.Split(' ').Select(
        value => double.Parse(value, CultureInfo.InvariantCulture))]).ToArray() is var rows
            ? rows.ToMatrix(rows[0].Length) : null!;

    private static double[,] Filled(int rows, int columns, Func<double> value)
    {
        double[,] matrix = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) matrix[i, j] = value();
        return matrix;
    }

    private static FixedPointSet SetOf(double[] input, IReadOnlyList<FixedPoint> points) => new(input, points, [], [],
        new(0, 0, 0, 0, CompletenessVerdict.NotApplicable), []);
}
