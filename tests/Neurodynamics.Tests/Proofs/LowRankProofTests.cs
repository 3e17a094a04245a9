using CsCheck;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Proofs;
using Neurodynamics.Tasks;
using Neurodynamics.Tests.FixedPoints;
using Neurodynamics.Tests.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Proofs;

public sealed class LowRankProofTests
{
    private static readonly Nonlinearity[] Bounded = [Nonlinearity.Tanh, Nonlinearity.Logistic];

    private static readonly Prover Prover = new();

    [Theory, MemberData(nameof(FormTests.WithPoints), MemberType = typeof(FormTests))]
    public void The_listed_points_of_a_form_are_proven_to_be_all(string name)
    {
        var file = ArrayFile.Read(Reference.Form(name));
        var proof = Prover.Run(FormTests.Build(name, file).Cell);
        Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
        Assert.Equal(0, proof.OpenShare);
        double[,] expected = file["fixed_points"].ToMatrix();
        Assert.Equal(expected.GetLength(0), proof.Points.Count);
        Assert.All(proof.Points, point => Assert.True(point.State.Max(value => value.Radius) < 1e-10));
        for (int i = 0; i < expected.GetLength(0); i++)
            Assert.Single(proof.Points, point => point.Near().Distance(expected.Row(i)) < 1e-9);
    }

    /// <summary>
    /// Random networks in both conventions, with every bias, a leak and an input: what 300 Newton searches find is
    /// proven, what is proven is a fixed point of the cell, and the signs of a complete list sum to 1.
    /// </summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void No_search_finds_a_point_that_a_proof_does_not_have(int rank) => Gen.Select(Gen.Int[3, 30],
        Gen.Double[0.5, 4], Gen.Int[0, 3], Gen.Int[0, int.MaxValue]).Sample((units, gain, kind, seed) =>
    {
        var cell = RandomCell(units, rank, gain, Bounded[kind / 2], isRates: kind % 2 == 0, seed);
        double[] input = [0.7, -0.4];
        var proof = Prover.Run(cell, input);
        Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
        var solution = new NewtonSolver().Solve(new(cell, input, Nets.Cloud(300, units, gain, seed)));
        var comparison = proof.Compare(SetOf(input, solution.Distinct(1e-7)));
        Assert.DoesNotContain(null, comparison.Matches);
        Assert.Empty(comparison.Repeated);
        FixedPoint[] points = [.. proof.Points.Select(point => new FixedPoint(point.Near(), input, 0, 1))];
        double[] speeds = new FixedPointProblem(cell, input, points.States()).Speeds();
        Assert.All(speeds, speed => Assert.True(speed < 1e-18, $"{speed}"));
        Assert.Equal(CompletenessVerdict.Consistent, Completeness.Of(cell, points).Verdict);
    }, iter: 25);

    [Fact]
    public void In_its_unknowns_a_proof_lists_fixed_points_of_the_reduced_dynamics()
    {
        var cell = LeakyCell.CreateLowRank(
            new Currents { Leak = 0.3 }, Nets.Cloud(20, 1, 1, seed: 3), Nets.Cloud(20, 2, 1, seed: 1),
            Nets.Cloud(20, 2, 4, seed: 2));
        var (proof, reduced) = (new Prover().Run(cell, [0.2]), cell.Reduced());
        Assert.Equal(proof.Boxes.Count, new Prover().Run(reduced, [0.2]).Boxes.Count);
        var points = proof.FixedPoints(reduced);
        Assert.Equal(proof.Points.Count, points.Count);
        Assert.NotEmpty(points);
        Assert.All(points, point =>
        {
            double[] next = reduced.Next([0.2], point.State);
            for (int r = 0; r < 2; r++) Assert.Equal(point.State[r], next[r], 1e-10);
            Assert.InRange(point.Speed, 0, 1e-20);
        });
        double[,] fromUnits = reduced.FromUnits(proof.FixedPoints(cell).States());
        for (int m = 0; m < points.Count; m++)
            for (int r = 0; r < 2; r++) Assert.Equal(points[m].State[r], fromUnits[m, r], 1e-10);
        Assert.Contains("of 20 state variables and 2 unknowns, but the cell has 7 state variables",
            Assert.Throws<ArgumentException>(() => proof.FixedPoints(Nets.Normal(7, 1, seed: 1))).Message);
    }

    [Fact]
    public void Softplus_is_proven_where_a_box_is_found_and_else_says_that_there_is_none()
    {
        var contracts = RandomCell(20, 2, 0.8, Nonlinearity.Softplus, isRates: false, seed: 3);
        var proof = Prover.Run(contracts, [0.7, -0.4]);
        Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
        var solution = new NewtonSolver().Solve(new(contracts, [0.7, -0.4], Nets.Cloud(300, 20, 2, seed: 1)));
        Assert.True(proof.Compare(SetOf([0.7, -0.4], solution.Distinct())).IsComplete);
        Assert.NotEmpty(proof.Points);

        var grows = RandomCell(20, 2, 20, Nonlinearity.Softplus, isRates: false, seed: 3);
        var none = Prover.Run(grows);
        Assert.Equal((ProofVerdict.NoBox, 1.0), (none.Verdict, none.OpenShare));
        Assert.StartsWith("No box is known", none.Message);
    }

    /// <summary>
    /// k = tanh(2 k) has three solutions. The middle one is where the first box is cut, and belongs to both halves.
    /// </summary>
    [Fact]
    public void A_point_on_the_border_of_two_boxes_counts_once()
    {
        var proof = Prover.Run(OneUnit(weight: 2, drive: 0));
        Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
        Assert.Equal([-Nets.Root, 0, Nets.Root], proof.Points.Select(point => point.Unknowns[0].Middle).Order(),
            (a, b) => Math.Abs(a - b) < 1e-11);
        Assert.Contains(proof.Boxes.CountBy(box => box.Point ?? -1), pair => pair is { Key: >= 0, Value: 2 });
    }

    /// <summary>
    /// At k = tanh k the slope is 1: a triple point. Where 2 tanh k - d touches k the slope is 1 too: two points in
    /// one. Neither can be proven to exist, and what is left is small and around it.
    /// </summary>
    [Theory, InlineData(1, 0, 0), InlineData(2, 0.5328399753535519, 0.7071067811865476)]
    public void A_degenerate_point_stays_undecided(double weight, double drive, double k)
    {
        var proof = Prover.Run(OneUnit(weight, drive));
        Assert.Equal(ProofVerdict.Partial, proof.Verdict);
        Assert.DoesNotContain(BoxEnd.Open, proof.Boxes.Select(box => box.End));
        var left = proof.Boxes.Where(box => box.End == BoxEnd.Undecided).ToArray();
        Assert.NotEmpty(left);
        Assert.All(left, box => Assert.InRange(box.Sides[0].Middle, k - 1e-3, k + 1e-3));
        Assert.InRange(proof.OpenShare, double.Epsilon, 1e-3);
        Assert.Contains("degenerate", proof.Message);
        Assert.Equal(weight == 1 ? 0 : 1, proof.Points.Count);
    }

    /// <summary>Beside a fold there are two points or none, and that is proven.</summary>
    [Theory, InlineData(-1e-6, 3), InlineData(1e-6, 1)]
    public void Beside_a_fold_the_number_of_points_is_proven(double beyond, int points)
    {
        var proof = Prover.Run(OneUnit(2, 0.5328399753535519 + beyond));
        Assert.Equal((ProofVerdict.ProvenComplete, points), (proof.Verdict, proof.Points.Count));
    }

    [Fact]
    public void What_was_not_tested_is_open()
    {
        var cell = RandomCell(30, 3, 3, Nonlinearity.Tanh, isRates: true, seed: 1);
        var whole = Prover.Run(cell);
        var part = (Prover with { MaxBoxes = 20 }).Run(cell);
        Assert.True(whole.Boxes.Count > 40);
        Assert.Equal(ProofVerdict.Partial, part.Verdict);
        Assert.Equal(20, part.Boxes.Count(box => box.End != BoxEnd.Open));
        Assert.InRange(part.OpenShare, 1e-6, 1);
        Assert.Contains("allow more boxes", part.Message);

        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var none = Prover.Run(cell, cancellation: stop.Token);
        Assert.Equal((ProofVerdict.Partial, 1.0), (none.Verdict, none.OpenShare));
        Assert.Empty(none.Points);
    }

    [Fact]
    public void Any_number_of_threads_proves_the_same_to_the_bit()
    {
        var cell = RandomCell(30, 3, 3, Nonlinearity.Tanh, isRates: false, seed: 2);
        var (one, many) = ((Prover with { Threads = 1 }).Run(cell), (Prover with { Threads = 4 }).Run(cell));
        Assert.Equal(one.Boxes.Select(Text), many.Boxes.Select(Text));
        Assert.Equal(one.Points.SelectMany(point => point.State), many.Points.SelectMany(point => point.State));

        static string Text(ProofBox box) => $"{string.Join(", ", box.Sides)} {box.End} {box.Point}";
    }

    /// <summary>The leaves of the tree and what contraction cut away fill the first box: a point is in one.</summary>
    [Fact]
    public void Every_point_lies_in_a_box_of_its_own_neighbourhood_and_in_no_empty_one()
    {
        var proof = Prover.Run(RandomCell(30, 2, 3, Nonlinearity.Tanh, isRates: false, seed: 5));
        Assert.True(proof.Points.Count > 1);
        for (int i = 0; i < proof.Points.Count; i++)
        {
            double[] k = [.. proof.Points[i].Unknowns.Select(value => value.Middle)];
            var around = proof.Boxes.Where(
                box => box.Sides.Zip(k).All(pair => pair.First.Contains(pair.Second))).ToArray();
            Assert.Contains(around, box => box.Point == i);
            Assert.DoesNotContain(around, box => box.End is BoxEnd.EmptyByRange or BoxEnd.Open or BoxEnd.Undecided);
        }
    }

    [Fact]
    public void A_search_is_told_what_it_misses_repeats_and_made_up()
    {
        var file = ArrayFile.Read(Reference.Form("lowrank2_tanh_4"));
        var cell = FormTests.Build("lowrank2_tanh_4", file).Cell;
        var found = new FixedPointSearch { SlowCandidates = 0 }.Run(
            cell, Candidates.FromStates(file["states"].ToTrials(), 200, seed: 1, noise: 0.3));
        var proof = Prover.Run(cell);
        var all = proof.Compare(found);
        Assert.True(all.IsComplete, all.ToString());
        Assert.Equal(found.Points.Count, all.Matches.Distinct().Count());

        var wrong = found.Points[2] with { State = [.. found.Points[2].State.Select(x => x + 0.01)] };
        var other = proof.Compare(found with { Points = [found.Points[0], found.Points[1], found.Points[0], wrong] });
        Assert.False(other.IsComplete);
        Assert.Null(other.Matches[3]);
        Assert.Equal([all.Matches[0]!.Value], other.Repeated);
        Assert.Equal(3, other.Missing.Count);
        // They are where a search finds the rest.
        double[,] starts = other.Missing.ToMatrix(cell.StateSize);
        var again = new NewtonSolver().Solve(new(cell, new double[cell.InputSize], starts));
        Assert.True(proof.Compare(found with { Points = [.. found.Points.Take(2), .. again.Distinct()] }).IsComplete);
    }

    /// <summary>
    /// A matrix of 60 by 60 that is of rank 2 but for its rounding to float32 is proven like its factors: points with
    /// an enclosure as wide as what was dropped, and the same number.
    /// </summary>
    [Theory, InlineData(true), InlineData(false)]
    public void A_full_matrix_that_is_of_low_rank_is_proven_like_its_factors(bool isRates)
    {
        var factored = RandomCell(60, 2, 6, Nonlinearity.Tanh, isRates, seed: 5);
        double[,] whole = factored.RecurrentWeights(), inputs = factored.InputWeights.ToMatrix();
        for (int i = 0; i < 60; i++)
            for (int j = 0; j < 60; j++) whole[i, j] = (float)whole[i, j];
        var full = LeakyCell.Create(isRates ? new Rates { Leak = 0.4 } : new Currents { Leak = 0.4 }, inputs, whole,
            factored.Bias.ToVector(), innerBias: (factored as CurrentsCell)?.InnerBias?.ToVector());
        var (expected, proof) = (Prover.Run(factored, [0.7, -0.4]), Prover.Run(full, [0.7, -0.4]));
        Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
        Assert.Equal(2, proof.Box!.Count);
        Assert.True(proof.Points.Count > 1);
        Assert.Equal(expected.Points.Count, proof.Points.Count);
        Assert.All(proof.Points, point => Assert.InRange(point.State.Max(value => value.Radius), 1e-9, 1e-3));
        // Every fixed point of the whole matrix, to rounding, is in one of the enclosures.
        var points = new NewtonSolver().Solve(new(full, [0.7, -0.4], Nets.Cloud(300, 60, 2, seed: 3))).Distinct(1e-7);
        Assert.All(points, found => Assert.Single(proof.Points, point =>
            point.State.Zip(found.State).All(pair => pair.First.Contains(pair.Second))));
    }

    /// <summary>
    /// What rounds to the weights of a float32 file has its points in the same enclosures, and no others.
    /// </summary>
    [Fact]
    public void A_proof_for_rounded_weights_holds_for_each_that_rounds_to_them()
    {
        var cell = RandomCell(40, 2, 3, Nonlinearity.Logistic, isRates: false, seed: 9);
        using (no_grad())
            foreach (var parameter in cell.parameters()) parameter.copy_(parameter.to(ScalarType.Float32));
        var proof = (Prover with { Weights = WeightsAre.RoundedToFloat32 }).Run(cell, [0.7, -0.4]);
        Assert.Equal(ProofVerdict.ProvenComplete, proof.Verdict);
        using var generator = new Generator(4);
        for (int draw = 0; draw < 10; draw++)
        {
            using var scope = NewDisposeScope();
            var other = RandomCell(40, 2, 3, Nonlinearity.Logistic, isRates: false, seed: 9);
            using (no_grad())
                foreach (var ((_, mine), (_, its)) in cell.named_parameters().Zip(other.named_parameters()))
                    its.copy_(mine * (1 + Math.Pow(2, -25) * (2 * rand(mine.shape, ScalarType.Float64,
                        generator: generator) - 1)));
            var own = Prover.Run(other, [0.7, -0.4]);
            Assert.Equal(proof.Points.Count, own.Points.Count);
            Assert.All(own.Points, exact => Assert.Single(proof.Points, point =>
                point.State.Zip(exact.State).All(pair => pair.First.Contains(pair.Second))));
        }
    }

    /// <summary>
    /// W = [[1, 1], [1, 1 + 2e-6]] is m n' / 2 with |m| = |n| / 2^1.5 = sqrt(2) in each row, and a rest of which each
    /// row sums to 1e-6 at most. So points of one k are one where (2 |Y| / (1 - c) + 1) 1e-6 is less than 1.
    /// </summary>
    [Theory, InlineData(4.9e5, 0, true), InlineData(5.1e5, 0, false), InlineData(2.4e5, 0.5, true),
        InlineData(2.6e5, 0.5, false), InlineData(1, 1, false)]
    public void Points_of_one_k_are_one_only_where_what_was_dropped_cannot_part_them(
        double inverse, double contraction, bool isOne)
    {
        double[,] w = { { 1, 1 }, { 1, 1 + 2e-6 } };
        var equation = LowRankEquation.Of(
            LeakyCell.Create(new Rates(), new double[2, 1], w), [0], WeightsAre.Exact, maxUnknowns: 2)!;
        Assert.Equal(1, equation.Rank);
        foreach (double radius in new[] { 1e-6, 1, 3 })
            Assert.Equal(isOne, equation.IsOne(new[,] { { inverse } }, new[,] { { contraction } }, [radius]));
        // With nothing dropped every k has one point.
        var factored = LowRankEquation.Of(OneUnit(2, 0), [0], WeightsAre.Exact, maxUnknowns: 2)!;
        Assert.True(factored.IsOne(new[,] { { 1e9 } }, new[,] { { 0.0 } }, [1]));
    }

    /// <summary>
    /// Against the whole network: the same points, the same modes beside those that fade by the leak, and the Jacobians
    /// of autograd; the proof is the whole network's.
    /// </summary>
    [Theory, InlineData(true), InlineData(false)]
    public void The_dynamics_in_k_have_the_points_modes_and_proofs_of_the_whole(bool isRates)
    {
        var cell = RandomCell(30, 2, 8, Nonlinearity.Tanh, isRates, seed: 7);
        double[] input = [0.1, -0.05];
        var reduced = cell.Reduced();
        var (whole, proof) = (Prover.Run(cell, input), Prover.Run(reduced, input));
        Assert.Equal((ProofVerdict.ProvenComplete, whole.Points.Count), (proof.Verdict, proof.Points.Count));
        var points = Linearisation.Of(reduced, proof.FixedPoints(reduced));
        Assert.True(points.Count > 1);
        Assert.All(points, point =>
        {
            double[] state = reduced.ToUnits(point.Point).State;
            Assert.True(cell.Next(input, state).Distance(state) < 1e-10);
            Assert.True(reduced.FromUnits(new[] { state }.ToMatrix(30)).Row(0).Distance(point.Point.State) < 1e-10);
            Assert.Equal(state, reduced.ToUnits(new[] { point.Point.State }.ToMatrix(2), input).Row(0));
            var there = Linearisation.Of(cell, [new FixedPoint(state, input, 0, 1)])[0];
            Assert.Equal(there.UnstableModes, point.UnstableModes);
            foreach (var lambda in there.Eigenvalues)
                Assert.True((lambda - (1 - reduced.Leak)).Magnitude < 1e-7
                    || point.Eigenvalues.Any(mine => (mine - lambda).Magnitude < 1e-9), $"{lambda}");
        });
        // Autograd knows nothing of the closed forms.
        var plain = Cell.From(reduced.Step, 2, 2);
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (u, k) = (new[] { input }.ToMatrix(2).ToTensor(), Nets.Cloud(5, 2, 2, seed: 1).ToTensor());
        Assert.True((reduced.StateJacobian(u, k) - plain.StateJacobian(u, k)).abs().max().item<double>() < 1e-12);
        Assert.True((reduced.InputJacobian(u, k) - plain.InputJacobian(u, k)).abs().max().item<double>() < 1e-12);
        // A box keeps what starts in it.
        double[] box = reduced.InvariantBox(input)!;
        Assert.All(Enumerable.Range(0, 5), i => Assert.All(
            reduced.Next(input, [.. box.Select((side, r) => (i >> r) % 2 == 0 ? side : -side)]).Zip(box),
            pair => Assert.True(Math.Abs(pair.First) <= pair.Second)));
    }

    /// <summary>Radii and distances in k are none in units: a point in units has none, and is tested anew.</summary>
    [Fact]
    public void A_point_in_units_carries_nothing_that_is_measured_in_k()
    {
        var cell = RandomCell(30, 2, 8, Nonlinearity.Tanh, isRates: false, seed: 7);
        var reduced = cell.Reduced();
        var found = new FixedPointSearch { MaxRounds = 1 }.Run(reduced, Nets.Cloud(20, 2, 1, seed: 1), [0.1, -0.05]);
        Assert.NotEmpty(found.Points);
        Assert.All(found.Points, point =>
        {
            var inUnits = reduced.ToUnits(point);
            Assert.Equal((Certainty.Certified, true),
                (point.Certificate!.Certainty, point.Reachability!.NearestVisited.HasValue));
            Assert.Equal((null, null), (inUnits.Certificate, inUnits.Reachability));
            Assert.Equal(CertifiedIndex.Of(reduced, [point])[0].LeastUnstable,
                CertifiedIndex.Of(cell, [inUnits])[0].LeastUnstable);
        });
    }

    /// <summary>
    /// From its start, n' r / N, a network moves in k as in all its units under any inputs: rates with any leak,
    /// currents without one. The start is beyond what f can give.
    /// </summary>
    [Theory, InlineData(true), InlineData(false)]
    public void The_dynamics_in_k_begin_where_the_network_does(bool isRates)
    {
        LeakyArchitecture kind = isRates ? new Rates { Leak = 0.3 } : new Currents();
        double[,] m = Nets.Cloud(30, 2, 1, seed: 1), n = Nets.Cloud(30, 2, 1, seed: 2);
        double[] start = [.. Enumerable.Range(0, 30).Select(i => 5.0 * Math.Sign(n[i, 0]))];
        var cell = LeakyCell.CreateLowRank(kind, Nets.Cloud(30, 2, 1, seed: 3), m, n,
            innerBias: isRates ? null : Nets.Cloud(1, 30, 1, seed: 4).Row(0), start: start);
        using var reduced = cell.Reduced();
        double[,,] inputs = new Integration { Channels = 2 }.Sample(3, 12, 1).Inputs;
        double[,,] expected = reduced.FromUnits(new Network(cell).Run(inputs));
        double[,,] states = new Network(reduced).Run(inputs);
        Assert.Equal(expected.Cast<double>(), states.Cast<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        double[] first = reduced.StartState(), box = reduced.InvariantBox([0.1, -0.2])!;
        Assert.Equal(reduced.FromUnits(new[] { start }.ToMatrix(30)).Row(0), first);
        Assert.All(first.Zip(box), pair => Assert.True(Math.Abs(pair.First) <= pair.Second));
    }

    /// <summary>A change of the network's weights afterwards is none of its business.</summary>
    [Fact]
    public void The_dynamics_in_k_keep_the_weights_of_their_moment()
    {
        var cell = RandomCell(30, 2, 4, Nonlinearity.Tanh, isRates: true, seed: 7);
        var reduced = cell.Reduced();
        double[] before = reduced.Next([0.7, -0.4], [1, 2]);
        using (TorchSharp.torch.no_grad()) cell.InputWeights.zero_();
        Assert.Equal(before, reduced.Next([0.7, -0.4], [1, 2]));
        Assert.NotEqual(before, cell.Reduced().Next([0.7, -0.4], [1, 2]));
    }

    /// <summary>In k it goes where the whole network goes, and stands still where the proof says.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void A_network_of_low_rank_moves_in_its_own_dimensions_as_it_does_in_all(bool isRates)
    {
        var cell = RandomCell(30, 2, 4, Nonlinearity.Tanh, isRates, seed: 7);
        using var reduced = cell.Reduced();
        double[] input = [0.7, -0.4];
        var proof = Prover.Run(cell, input);
        Assert.All(proof.Points, point =>
        {
            double[] k = [.. point.Unknowns.Select(value => value.Middle)];
            Assert.True(reduced.Next(input, k).Distance(k) < 1e-12);
        });
        double[][,] factors = [.. cell.Connectivity.Parameters.Select(parameter => parameter.Values.ToMatrix())];
        double[] at = [0.3, -0.2], state = isRates
            ? [.. Enumerable.Range(0, 30).Select(i => 0.02 * i - 0.2)] : Currents(at);
        if (isRates) at = Onto(state);
        for (int step = 0; step < 5; step++) (at, state) = (reduced.Next(input, at), cell.Next(input, state));
        Assert.True(isRates ? Onto(state).Distance(at) < 1e-12 : Currents(at).Distance(state) < 1e-12);
        Assert.Contains("no dynamics of a few dimensions", Assert.Throws<InvalidOperationException>(
            () => LeakyCell.Create(new Rates(), new double[2, 1], new double[2, 2]).Reduced()).Message);

        double[] Onto(double[] rates) => [.. Enumerable.Range(0, 2).Select(r =>
            Enumerable.Range(0, 30).Sum(i => factors[1][i, r] * rates[i]) / 30)];

        double[] Currents(double[] k) => [.. Enumerable.Range(0, 30).Select(i => factors[0][i, 0] * k[0]
            + factors[0][i, 1] * k[1] + cell.InputWeights.ToMatrix()[i, 0] * input[0]
            + cell.InputWeights.ToMatrix()[i, 1] * input[1] + cell.Bias.ToVector()[i])];
    }

    /// <summary>
    /// The kink of max(tanh x, 0) lies between its two slopes, and n' f / N has few unknowns all the same.
    /// </summary>
    [Fact]
    public void A_rectified_tanh_is_proven_by_slopes_on_either_side_of_its_kink()
    {
        var cell = RandomCell(30, 2, 5, Nonlinearity.RectifiedTanh, isRates: true, seed: 3);
        var proof = Prover.Run(cell, [0.7, -0.4]);
        Assert.Equal((ProofVerdict.ProvenComplete, 2), (proof.Verdict, proof.Box!.Count));
        var found = new NewtonSolver().Solve(new(cell, [0.7, -0.4], Nets.Cloud(300, 30, 1, seed: 1))).Distinct(1e-7);
        Assert.NotEmpty(found);
        Assert.DoesNotContain(null, proof.Compare(SetOf([0.7, -0.4], found)).Matches);
    }

    [Fact]
    public void How_a_list_stands_is_said_in_a_line()
    {
        var cell = OneUnit(2, 0);
        var all = new FixedPointSearch().Run(cell, new double[,] { { -1 }, { 0 }, { 1 } });
        var standing = Standing.Of(cell, all);
        Assert.True(standing.IsProvenComplete);
        Assert.StartsWith("Proven complete", standing.Message);
        var less = Standing.Of(cell, all with { Points = [all.Points[0]] });
        Assert.False(less.IsProvenComplete);
        Assert.Contains("2 fixed points are proven and not listed", less.Message);

        // At a fold a part stays open; without intervals nothing is tried.
        var fold = OneUnit(2, 0.5328399753535519);
        var partly = Standing.Of(fold, new FixedPointSearch().Run(fold, new double[,] { { -1 }, { 1 } }));
        Assert.Matches("^(undecided|consistent).*% of the box is proven to hold 1", partly.Message);
        using var own = Cell.From((u, x) => tanh(x + u), 1, 1);
        var untried = Standing.Of(own, new FixedPointSearch().Run(own, new double[,] { { 0 } }));
        Assert.Contains("unseen share not measured. No proof was tried: own step does not know", untried.Message);
        Assert.Null(untried.Proof);
    }

    [Fact]
    public void What_cannot_be_proven_so_is_refused_in_a_sentence()
    {
        var kinked = RandomCell(9, 2, 1, Nonlinearity.Relu, isRates: true, seed: 1);
        Assert.Contains("leave Weights at Exact",
            new Prover { Weights = WeightsAre.RoundedToFloat32 }.Obstacle(kinked));
        Assert.Contains("by regions cannot be saved", Assert.Throws<InvalidOperationException>(
            () => Prover.Run(kinked).Save("nowhere.json", kinked)).Message);
        Assert.Null(Prover.Obstacle(OneUnit(1, 0)));
        var full = LeakyCell.Create(new Rates(), new double[20, 1], Nets.Cloud(20, 20, 1, seed: 1));
        Assert.Contains("more unknowns than 16", Assert.Throws<ArgumentException>(() => Prover.Run(full)).Message);
        Assert.Contains("more unknowns", new Prover { MaxUnknowns = 1 }.Obstacle(RandomCell(
            9, 2, 1, Nonlinearity.Tanh, isRates: true, seed: 1)));
        using var own = Cell.From((u, x) => tanh(x + u), 1, 1);
        Assert.Contains("does not know its step over enclosures", Prover.Obstacle(own));
        Assert.Contains("not finite", Prover.Obstacle(OneUnit(double.NaN, 0)));
        Assert.Contains("not finite", Prover.Obstacle(LeakyCell.CreateLowRank(
            new Rates { Nonlinearity = Nonlinearity.Relu }, new double[2, 1], new[,] { { double.NaN }, { 1 } },
            new double[2, 1])));
        Assert.Contains("finite", Assert.Throws<ArgumentException>(
            () => Prover.Run(OneUnit(double.NaN, 0))).Message);
        Assert.Throws<ArgumentException>(() => Prover.Run(OneUnit(1, 0), [1, 2]));
        var proof = Prover.Run(OneUnit(2, 0));
        Assert.Contains("another constant input", Assert.Throws<ArgumentException>(
            () => proof.Compare(SetOf([1], []))).Message);
    }

    /// <summary>x = weight tanh(x) - drive.</summary>
    private static LeakyCell OneUnit(double weight, double drive) => LeakyCell.CreateLowRank(
        new Currents { Leak = 0.3 }, new double[1, 1], new[,] { { weight } }, new[,] { { 1.0 } }, [-drive]);

    private static LeakyCell RandomCell(int units, int rank, double gain, Nonlinearity f, bool isRates, int seed)
    {
        double[,] inputs = Nets.Cloud(units, 2, 1, seed), m = Nets.Cloud(units, rank, 1, seed + 1L);
        double[,] own = Nets.Cloud(units, rank, 1, seed + 2L), n = new double[units, rank];
        for (int i = 0; i < units; i++)
            for (int r = 0; r < rank; r++) n[i, r] = gain * (own[i, r] + m[i, r]) / 2;
        double[] Values(long at) => Nets.Cloud(1, units, 0.3, seed + at).Row(0);
        return LeakyCell.CreateLowRank(
            isRates ? new Rates { Nonlinearity = f, Leak = 0.4 } : new Currents { Nonlinearity = f, Leak = 0.4 },
            inputs, m, n, Values(3), innerBias: isRates ? null : Values(4));
    }

    private static FixedPointSet SetOf(double[] input, IReadOnlyList<FixedPoint> points) => new(input, points, [], [],
        new(0, 0, 0, 0, CompletenessVerdict.NotApplicable), []);
}
