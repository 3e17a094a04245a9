using System.Globalization;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Tests.Models;
using Neurodynamics.Training;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class FixedPointSearchTests
{
    private static readonly FixedPointSearch Search = new();

    [Theory]
    [InlineData("gru_flipflop3")]
    [InlineData("rnn_flipflop3")]
    [InlineData("lstm_flipflop3")]
    [InlineData("gru_integ1")]
    [InlineData("gru_integ3")]
    public void Every_listed_point_of_a_reference_network_is_found_certified_and_the_list_is_consistent(string name)
    {
        var cell = NetworkFile.Load(Reference.Network(name + ".npz")).Cell;
        var arrays = ArrayFile.Read(Reference.Network(name + ".npz"));
        var listed = ArrayFile.Read(Reference.FixedPoints(name));
        var (states, unstable) = (listed["fixed_points"].ToMatrix(), listed["n_unstable"].Values);
        var found = Search.Run(cell, arrays["candidates"].ToMatrix(), arrays["input"].Values);
        var lines = Linearisation.Of(cell, found.Points);
        for (int i = 0; i < states.GetLength(0); i++)
        {
            double[] state = states.Row(i);
            var nearest = lines.MinBy(line => line.Point.State.Distance(state))!;
            Assert.True(nearest.Point.State.Distance(state) < 1e-8, $"point {i} of {name} was not found");
            Assert.Equal(unstable[i], nearest.UnstableModes);
        }
        Assert.All(found.Points, point => Assert.Equal(Certainty.Certified, point.Certificate!.Certainty));
        Assert.All(found.Points, point => Assert.Equal(Reach.NotExcluded, point.Reachability!.Reach));
        // What is outside the box is named as such: saturated gates, and no point of the list.
        Assert.All(found.Unreachable, ghost => Assert.Contains(ghost.State, value => Math.Abs(value) > 1));
        Assert.Equal(CompletenessVerdict.Consistent, found.Completeness.Verdict);
        Assert.Equal(1024, found.Solution!.Endings.Length);
        // Only gru_integ3 may have more than the list: it is known to be a lower bound.
        if (name != "gru_integ3") Assert.Equal(states.GetLength(0), found.Points.Count);
    }

    [Theory]
    [InlineData("flipflop3-vanilla", 27)]
    [InlineData("flipflop3-gru", 27)]
    [InlineData("flipflop3-lstm", 27)]
    [InlineData("integration1-vanilla", 1)]
    [InlineData("integration1-gru", 1)]
    public void The_workbooks_networks_have_lists_that_are_certified_and_consistent(string name, int atLeast)
    {
        var recipe = Shipped.Recipes[name];
        var network = new NetworkStore(Path.Combine(Reference.Root, "data", "networks")).Load(name).Network;
        var trials = recipe.Task.Sample(32, 100, seed: 11);
        var found = Search.Run(network.Cell,
            Candidates.FromTrials(network.Cell, trials.Inputs, 256, seed: 1, noise: 0.1));
        Assert.True(found.Points.Count >= atLeast, found.ToString());
        Assert.All(found.Points, point => Assert.Equal(Certainty.Certified, point.Certificate!.Certainty));
        Assert.Equal(CompletenessVerdict.Consistent, found.Completeness.Verdict);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Two_random_units_have_as_many_points_as_their_nullclines_have_crossings(int seed)
    {
        var random = new Random(seed);
        double[,] w = { { Draw(), Draw() }, { Draw(), Draw() } };
        double[] b = [Draw() / 8, Draw() / 8];
        var cell = new VanillaRnn(1, 2, ScalarType.Float64);
        using (no_grad())
        {
            cell.WeightHh.copy_(tensor(w));
            cell.BiasHh.copy_(tensor(b));
        }
        // x = tanh(w11 x + w12 y + b1) gives y along the first nullcline, and the second is crossed where this changes
        // sign.
        int crossings = 0;
        double before = double.NaN;
        for (double s = -18; s <= 18; s += 1e-4)
        {
            double x = Math.Tanh(s), y = (s - w[0, 0] * x - b[0]) / w[0, 1];
            double gap = y - Math.Tanh(w[1, 0] * x + w[1, 1] * y + b[1]);
            if (gap * before < 0) crossings++;
            before = gap;
        }
        var found = Search.Run(cell, Nets.Cloud(20, 2, 1, seed));
        Assert.Equal(crossings, found.Points.Count);
        Assert.Equal(CompletenessVerdict.Consistent, found.Completeness.Verdict);

        double Draw() => 8 * random.NextDouble() - 4;
    }

    [Fact]
    public void Order_of_the_candidates_and_chunks_give_the_same_set()
    {
        var cell = NetworkFile.Load(Reference.Network("rnn_flipflop3.npz")).Cell;
        double[,] candidates = ArrayFile.Read(Reference.Network("rnn_flipflop3.npz"))["candidates_noisy"].ToMatrix();
        var some = Enumerable.Range(0, 300).Select(candidates.Row).ToList();
        var whole = Search.Run(cell, some.ToMatrix(100)).Points;
        some.Reverse();
        foreach (var other in new[] { Search.Run(cell, some.ToMatrix(100)),
            (Search with { Solver = new NewtonSolver { ChunkSize = 7 } }).Run(cell, some.ToMatrix(100)) })
        {
            Assert.Equal(whole.Count, other.Points.Count);
            Assert.All(whole, point => Assert.Contains(other.Points, twin => point.State.Distance(twin.State) < 1e-9));
        }
    }

    [Fact]
    public void Each_of_several_inputs_has_its_set_and_the_same_seed_the_same_one()
    {
        var cell = Unit(2);
        double[][] inputs = [[-1], [0], [1]];
        using (no_grad()) cell.WeightIh.copy_(tensor(new[,] { { 1.0 } }));
        var sets = Search.Run(cell, Nets.Cloud(10, 1, 1, seed: 1), inputs);
        // x = tanh(2 x + u) has three solutions where |u| is below 0.5328, and one beyond.
        Assert.Equal([1, 3, 1], sets.Select(set => set.Points.Count));
        Assert.Equal(inputs, sets.Select(set => set.Input));
        Assert.All(sets, set => Assert.All(set.Points, point => Assert.Equal(set.Input, point.Input)));
        Assert.Equal(sets[1].Points.Select(point => point.State), Search.Run(cell, Nets.Cloud(10, 1, 1, seed: 1), [0.0])
            .Points.Select(point => point.State));
    }

    [Fact]
    public void Every_candidate_may_have_an_input_of_its_own()
    {
        var cell = Unit(0.5);
        using (no_grad()) cell.WeightIh.copy_(tensor(new[,] { { 1.0 } }));
        double[,,] inputs = new double[4, 25, 1];
        for (int i = 0; i < 100; i++) inputs[i / 25, i % 25, 0] = i / 50f - 1;
        var solution = new NewtonSolver().Solve(TrialSteps.Sample(cell, inputs, 60, seed: 2).UnderOwnInputs(cell));
        for (int i = 0; i < 60; i++)
        {
            double x = solution.States[i, 0], u = solution.Problem.InputOf(i)[0];
            Assert.Equal(Math.Tanh(0.5 * x + u), x, 1e-12);
        }
        Assert.True(solution.Distinct().Select(point => point.Input[0]).Distinct().Count() > 20);
        Assert.All(solution.Distinct(), point =>
            Assert.Single(solution.Distinct(), other => other.Input[0] == point.Input[0]));
    }

    [Fact]
    public void A_minimum_of_the_speed_that_is_not_zero_is_a_slow_point_and_no_fixed_point()
    {
        // x' = x + 0.1 + x^2 never stands still; it is slowest at 0, where q = 0.005.
        var found = Search.Run(new Drifting(), new[,] { { 0.3 }, { -0.4 } });
        Assert.Empty(found.Points);
        Assert.Equal(0, Assert.Single(found.SlowPoints).State[0], 1e-4);
        Assert.Equal(0.005, found.SlowPoints[0].Speed, 1e-9);
        Assert.Equal(CompletenessVerdict.NotApplicable, found.Completeness.Verdict);
        var stopped = new NewtonSolver { StopSpeed = 0.05 }.Solve(new(new Drifting(), [0], new[,] { { 0.3 } }));
        Assert.Equal(Ending.SlowEnough, stopped.Endings[0]);
        Assert.InRange(stopped.Speeds[0], 0.005, 0.05);
    }

    [Fact]
    public void A_ghost_of_a_saturated_gate_is_neither_a_point_nor_a_slow_point()
    {
        var cell = NetworkFile.Load(Reference.Network("gru_flipflop3.npz")).Cell;
        double[,] far = Nets.Cloud(64, 100, 15, seed: 5);
        var found = Search.Run(cell, far);
        Assert.All(found.Points.Concat<StatePoint>(found.SlowPoints), point =>
            Assert.All(point.State, value => Assert.InRange(value, -1, 1)));
        Assert.Equal(27, found.Points.Count);
        Assert.Equal(CompletenessVerdict.Consistent, found.Completeness.Verdict);
    }

    /// <summary>A few ghosts once led to thousands, since rounds began between them, and to 32 rounds.</summary>
    [Fact]
    public void A_step_alone_with_a_box_has_the_points_of_the_cell_in_as_many_rounds()
    {
        string file = Reference.Network("gru_flipflop3.npz");
        var cell = NetworkFile.Load(file).Cell.InDouble();
        double[,] candidates = ArrayFile.Read(file)["candidates"].ToMatrix();
        var expected = Search.Run(cell, candidates);
        var found = Search.Run(Cell.From(cell.Step, 3, 100, box: cell.InvariantBox([0, 0, 0])), candidates);
        Assert.Equal(expected.Points.Count, found.Points.Count);
        Assert.All(expected.Points, point => Assert.Contains(found.Points, other =>
            other.State.Distance(point.State) < 1e-8));
        Assert.All(found.Points, point =>
            Assert.Equal(Certainty.VerifiedNumerically, point.Certificate!.Certainty));
        Assert.Equal(expected.Rounds.Select(round => round.NewPoints), found.Rounds.Select(round => round.NewPoints));
        Assert.InRange(found.Unreachable.Count, 0, 20);
    }

    [Fact]
    public void What_stands_still_outside_the_box_begins_no_round_and_is_counted_outside()
    {
        // Within the box of 2 two points and the saddle between them; beyond 3 one that no trial reaches.
        var cell = Cell.From((_, x) => where(x > 3, 0.5 * x + 2.5, 2 * x.tanh()), 1, 1, box: [2.0]);
        var found = Search.Run(cell, new[,] { { -1.5 }, { 0.1 }, { 1.5 }, { 4.0 }, { 7.0 } });
        Assert.Equal(3, found.Points.Count);
        Assert.Equal(3, found.Rounds.Sum(round => round.NewPoints));
        var ghost = Assert.Single(found.Unreachable);
        Assert.Equal(5, ghost.State[0], 1e-9);
        Assert.Equal(Certainty.VerifiedNumerically, ghost.Certificate!.Certainty);
        Assert.Equal(1, found.Completeness.Outside);
        Assert.Equal(CompletenessVerdict.Consistent, found.Completeness.Verdict);
    }

    [Fact]
    public void Without_a_box_a_saturated_gate_is_no_continuum_and_no_point()
    {
        var cell = NetworkFile.Load(Reference.Network("gru_flipflop3.npz")).Cell.InDouble();
        var found = (Search with { MaxRounds = 0 }).Run(Cell.From(cell.Step, 3, 100), Nets.Cloud(64, 100, 15, seed: 5));
        Assert.Null(found.Continua);
        Assert.All(found.Points, point => Assert.All(point.State, value => Assert.InRange(value, -1, 1)));
    }

    /// <summary>The gate opens at 0 and is at 1 to rounding beyond about 4.</summary>
    [Fact]
    public void Without_a_box_a_still_state_in_the_tail_of_a_sigmoid_has_stalled()
    {
        var cell = Cell.From((_, x) =>
        {
            var gate = (10 * (x.abs() - 1)).sigmoid();
            return gate * x + (1 - gate) * (2 * x).tanh();
        }, 1, 1);
        var found = (Search with { MaxRounds = 0 }).Run(cell, new[,] { { 0.1 }, { 0.9 }, { 6.0 }, { -8.0 } });
        Assert.Null(found.Continua);
        Assert.Equal([Ending.Stalled, Ending.Stalled], found.Solution!.Endings[2..]);
        Assert.All(found.Points, point => Assert.InRange(point.State[0], -1, 1));
        // A gate that is 1, and not only to rounding, leaves every state where it is.
        var hard = Cell.From((_, x) =>
        {
            var gate = (10 * (x.abs() - 1)).clamp(0, 1);
            return gate * x + (1 - gate) * (2 * x).tanh();
        }, 1, 1);
        Assert.NotNull((Search with { MaxRounds = 0 }).Run(hard, new[,] { { 6.0 }, { -8.0 } }).Continua);
    }

    [Fact]
    public void No_candidate_no_round_and_a_stopped_search_are_results_with_a_sentence()
    {
        var none = Search.Run(Unit(2), new double[0, 1]);
        Assert.Empty(none.Points);
        Assert.Equal(CompletenessVerdict.Missing, none.Completeness.Verdict);
        Assert.Contains("0 fixed points", none.ToString());

        var one = (Search with { MaxRounds = 0 }).Run(Unit(2), new[,] { { 0.9 } });
        Assert.Single(one.Points);
        Assert.Single(one.Rounds);

        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var stopped = Search.Run(Nets.Random(Architecture.Vanilla, 6, gain: 1.5, seed: 3),
            Nets.Cloud(200, 6, 1, seed: 1), cancellation: stop.Token);
        Assert.All(stopped.Solution!.Endings, ending => Assert.Equal(Ending.Cancelled, ending));
        Assert.Single(stopped.Rounds);
        Assert.Equal(CompletenessVerdict.Stopped, stopped.Completeness.Verdict);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1200)]
    public void A_search_that_is_stopped_computes_no_more_than_it_was_at_and_concludes_nothing(int jacobians)
    {
        using var stop = new CancellationTokenSource();
        var cell = new Counting(jacobians, stop.Cancel);
        double[,] candidates = Nets.Cloud(1000, 2, 1, seed: 4);
        var found = Search.Run(cell, candidates, cancellation: stop.Token);
        // The chunk that was at work looks once more: a Jacobian for Newton, and one for a damped step.
        Assert.InRange(cell.Jacobians, jacobians, jacobians + 2 * new NewtonSolver().ChunkSize);
        Assert.Equal(CompletenessVerdict.Stopped, found.Completeness.Verdict);
        Assert.Single(found.ToString().Split("stopped").Skip(1));
        Assert.Contains("nothing of what is missing", found.ToString());
        var cut = Assert.IsType<FixedPointSolution>(found.Solution);
        Assert.Equal(1000, cut.Endings.Length);
        double[] speeds = new FixedPointProblem(cell, [0], cut.States).Speeds();
        Assert.All(cut.Speeds.Zip(speeds), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        // Each point that was not tested says so.
        Assert.Equal(found.Points.Any(point => point.Certificate is null), found.ToString().Contains("not tested"));
    }

    [Fact]
    public void A_search_that_is_stopped_after_its_candidates_says_so_in_its_line()
    {
        using var stop = new CancellationTokenSource();
        var found = Search.Run(Unit(2), new[,] { { -0.9 }, { 0.1 }, { 0.9 } },
            progress: new Told(ended => { if (ended == 3) stop.Cancel(); }), cancellation: stop.Token);
        Assert.All(found.Solution!.Endings, ending => Assert.Equal(Ending.FixedPoint, ending));
        Assert.Equal("stopped: the signs were not summed; unseen share not measured", found.Standing);
    }

    [Fact]
    public void Where_the_network_itself_runs_is_found_though_newton_stalls_from_every_candidate()
    {
        using var cell = new Lstm(1, 128, ScalarType.Float64);
        cell.Initialise(seed: 4);
        using var generator = new Generator(104);
        using (no_grad())
        {
            foreach (var parameter in cell.parameters()) parameter.mul_(2.5);
            cell.BiasIh.uniform_(-2, 2, generator);
        }
        double[,] visited = Candidates.FromTrials(cell, Nets.Trials(8, 50, seed: 3), 40, seed: 1);
        var quick = new NewtonSolver().Quick.Solve(new(cell, [0], visited));
        double[,] candidates = Enumerable.Range(0, 40).Where(i => quick.Endings[i] == Ending.Stalled).Take(8)
            .Select(visited.Row).ToMatrix(256);
        Assert.Equal(8, candidates.GetLength(0));

        var search = Search with { SlowCandidates = 0 };
        Assert.Empty((search with { MaxRounds = 0 }).Run(cell, candidates).Points);
        var found = (search with { MaxRounds = 1 }).Run(cell, candidates);
        Assert.Equal(["candidates", "runs"], found.Rounds.Select(round => round.Source));
        var attractor = Assert.Single(found.Points);
        Assert.Equal(8, attractor.Candidates);
        double[,] ends = new ConstantInput(cell).After(candidates, 3000);
        Assert.All(Enumerable.Range(0, 8), i => Assert.True(ends.Row(i).Distance(attractor.State) < 1e-6));
    }

    [Fact]
    public void Runs_that_grow_without_end_or_are_not_finite_bring_nothing()
    {
        var found = (Search with { MaxRounds = 1 }).Run(Nets.Linear(new[,] { { 2.0 } }, bias: 1),
            new[,] { { 5 }, { double.NaN }, { -1 } });
        // x = 2 x + 1 stands still at -1, and from 5 it runs to infinity.
        Assert.Equal(-1, Assert.Single(found.Points).State[0], 1e-12);
        Assert.Equal(1, found.Rounds[1].Candidates);
    }

    [Fact]
    public void A_search_that_needs_more_memory_than_there_is_says_so_before_it_begins()
    {
        // A Jacobian of 10^6 state variables alone is 8 TB.
        using var huge = new Huge();
        string refused = Assert.Throws<ArgumentException>(() => Search.Run(huge, new double[1, 1_000_000])).Message;
        Assert.Contains("from 1 candidates of 1000000 values", refused);
        Assert.Matches(@"about \d+\.\d GB of memory, but there are \d+\.\d GB: give fewer", refused);
        // Ten copies of each candidate, and the matrices of each thread.
        long few = Search.ExpectedMemory(huge, 0), many = Search.ExpectedMemory(huge, 1000);
        Assert.Equal(10L * 1000 * 1_000_000 * sizeof(double), many - few);
        Assert.InRange(few, 8_000_000_000_000, long.MaxValue);
        Assert.InRange(Search.ExpectedMemory(Unit(2), 8192), 1 << 25, 1 << 28);
    }

    [Fact]
    public void Certificates_stop_at_a_cancel_and_leave_the_rest_open()
    {
        var cell = Unit(2);
        FixedPoint[] points = [Nets.Point(Nets.Root), Nets.Point(0)];
        Assert.All(Certificate.UntilStopped(cell, points, WeightsAre.Exact, new(canceled: true)), Assert.Null);
        Assert.Equal(Certificate.Of(cell, points), Certificate.UntilStopped(cell, points, WeightsAre.Exact, default));
    }

    [Fact]
    public void The_reports_algorithm_and_newton_agree_where_both_converge()
    {
        var cell = Nets.Random(Architecture.Vanilla, 4, gain: 1.5, seed: 7);
        double[,] candidates = Nets.Cloud(24, 4, 1, seed: 3);
        var newton = Search.Run(cell, candidates);
        var descent = (Search with
        {
            MaxRounds = 0,
            Solver = new GradientDescent
            {
                LearningRate = 0.01,
                StopBelow = 0,
                MaxSteps = 6000,
                Tolerance = 1e-9
            }
        }).Run(cell, candidates);
        Assert.NotEmpty(descent.Points);
        Assert.All(descent.Points, point =>
            Assert.Contains(newton.Points, twin => point.State.Distance(twin.State) < 1e-6));
    }

    [Fact]
    public void A_saved_set_is_read_again_to_the_last_bit_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "points.json");
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            var found = Search.Run(Unit(2), Nets.Cloud(10, 1, 1, seed: 1));
            var point = found.Points[0] with { Speed = 1.5e-13, State = [double.NaN], Candidates = 289203891 };
            found = found with { Points = [point, .. found.Points.Skip(1)] };
            found.Save(path);
            var read = FixedPointSet.Load(path);
            Assert.Equal(found.ToString(), read.ToString());
            foreach (var (a, b) in found.Points.Zip(read.Points))
            {
                Assert.Equal(a.State.Select(BitConverter.DoubleToInt64Bits),
                    b.State.Select(BitConverter.DoubleToInt64Bits));
                Assert.Equal((a.Speed, a.Candidates, a.Certificate, a.Reachability, a.IsOutlier),
                    (b.Speed, b.Candidates, b.Certificate, b.Reachability, b.IsOutlier));
            }
            Assert.Equal(found.Rounds.Select(round => (round.Source, round.Candidates, round.NewPoints)),
                read.Rounds.Select(round => (round.Source, round.Candidates, round.NewPoints)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
        string whole = File.ReadAllText(path);
        foreach (string member in new[] { "\"speed\":", "\"state\":", "\"points\":", "\"input\":" })
        {
            File.WriteAllText(path, whole.Replace(member, "\"none\":", StringComparison.Ordinal));
            Assert.NotEqual(whole, File.ReadAllText(path));
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => FixedPointSet.Load(path)).Message);
        }
        File.WriteAllText(path, "{}");
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => FixedPointSet.Load(path)).Message);
    }

    [Fact]
    public void A_user_cell_without_bounds_is_searched_all_the_same()
    {
        var found = Search.Run(new Cubic(), new[,] { { -2.0 }, { 0.2 }, { 1.5 } });
        Assert.Equal([-1, 0, 1], found.Points.Select(point => Math.Round(point.State[0], 9)).Order());
        Assert.All(found.Points, point =>
            Assert.Equal(Certainty.VerifiedNumerically, point.Certificate!.Certainty));
        Assert.StartsWith("3 fixed points, 0 of them certified, 3 only verified numerically,", found.ToString());
        Assert.All(found.Points, point => Assert.Equal(Reach.Unknown, point.Reachability!.Reach));
        Assert.Equal(CompletenessVerdict.NotApplicable, found.Completeness.Verdict);
    }

    [Fact]
    public void Every_option_changes_the_run()
    {
        var cell = Nets.Random(Architecture.Vanilla, 6, gain: 1.5, seed: 3);
        double[,] candidates = Nets.Cloud(60, 6, 1, seed: 1);
        var usual = new NewtonSolver();
        string plain = Told(usual);
        foreach (var other in new[]
        {
            usual with { MaxSteps = 3 }, usual with { MaxHalvings = 0 }, usual with { StopSpeed = 1e-3 },
            usual with { Tolerance = 1e-3, CorrectionTolerance = 1 },
                usual with { StationaryTolerance = 0.5, MaxHalvings = 0 },
        })
            Assert.NotEqual(plain, Told(other));
        Assert.NotEqual(Told(usual with { MaxHalvings = 0 }), Told(usual with { MaxHalvings = 0, MaxDampedSteps = 0 }));

        // Two bistable units that do not act on each other: 3 x 3 points.
        var (pair, few) = (Nets.Tanh(new[,] { { 2, 0 }, { 0, 2.0 } }), Nets.Cloud(60, 2, 1, seed: 1));
        var search = Search.Run(pair, few);
        Assert.Equal(9, search.Points.Count);
        Assert.Equal(2, (Search with { MaxRounds = 1 }).Run(pair, few).Rounds.Count);
        Assert.Equal(11, (Search with { RoundSize = 11 }).Run(pair, few).Rounds[2].Candidates);
        Assert.Single((Search with { MergeDistance = 100 }).Run(pair, few).Points);
        Assert.NotEqual(Rounds(search), Rounds((Search with { Seed = 5 }).Run(pair, few)));
        Assert.Equal(Rounds(search), Rounds(Search.Run(pair, few)));

        string Told(NewtonSolver solver)
        {
            var solution = solver.Solve(new(cell, [0], candidates));
            return string.Join(' ', solution.Endings.Zip(solution.Steps));
        }

        static string Rounds(FixedPointSet set) => string.Join(' ', set.Points.Select(point => point.Candidates));
    }

    [Fact]
    public void A_transposed_view_of_states_steps_and_has_jacobians_as_a_copy_does()
    {
        foreach (var architecture in Gated.Architectures.Select(row => row.Data))
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var cell = Nets.Random(architecture, 3, gain: 1, seed: 2);
            var (view, input) = (tensor(Nets.Cloud(cell.StateSize, 5, 1, seed: 1)).t(),
                zeros(1, 1, dtype: ScalarType.Float64));
            Assert.False(view.is_contiguous());
            Assert.True(cell.Step(input, view).allclose(cell.Step(input, view.contiguous()), 0, 1e-14));
            Assert.True(cell.StateJacobian(input, view).allclose(cell.StateJacobian(input, view.contiguous()), 0,
                1e-14));
            Assert.True(cell.Correction(input, view,
                view).allclose(cell.Correction(input, view.contiguous(), view.contiguous()), 1e-9, 1e-9));
        }
    }

    [Theory]
    [InlineData("vanilla")]
    [InlineData("lstm")]
    [InlineData("lstm-as-printed")]
    [InlineData("gru")]
    [InlineData("gru-reset-before")]
    public void The_correction_of_a_cell_solves_newtons_equation(string architecture)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var cell = Nets.Random(Architecture.Named(architecture), 5, gain: 0.5, seed: 4);
        var (state, input) = (tensor(Nets.Cloud(7, cell.StateSize, 0.5, seed: 1)),
            zeros(1, 1, dtype: ScalarType.Float64));
        var residual = tensor(Nets.Cloud(7, cell.StateSize, 1, seed: 2));
        var d = cell.Correction(input, state, residual).unsqueeze(-1);
        Assert.True((d - cell.StateJacobian(input, state).matmul(d)).squeeze(-1).allclose(residual, 0, 1e-10));
    }

    private static VanillaRnn Unit(double weight) => Nets.Tanh(new[,] { { weight } });

    /// <summary>Nine points; counts the states whose Jacobian it was asked for, and tells at one of them.</summary>
    private sealed class Counting(int at, Action tell) : Cell("Counting", inputSize: 1, units: 2)
    {
        public int Jacobians { get; private set; }

        public override Tensor Step(Tensor input, Tensor state) => (2 * state).tanh();

        public override Tensor StateJacobian(Tensor input, Tensor state)
        {
            Jacobians += (int)state.shape[0];
            if (Jacobians >= at) tell();
            return (2 * (1 - (2 * state).tanh().square())).diag_embed();
        }
    }

    private sealed class Told(Action<int> tell) : IProgress<int>
    {
        public void Report(int value) => tell(value);
    }

    private sealed class Huge() : Cell("Huge", inputSize: 1, units: 1_000_000)
    {
        public override Tensor Step(Tensor input, Tensor state) => throw new InvalidOperationException("It began.");
    }

    private sealed class Drifting() : Cell("Drifting", inputSize: 1, units: 1)
    {
        public override Tensor Step(Tensor input, Tensor state) => state + 0.1 + state * state;
    }

    private sealed class Cubic() : Cell("Cubic", inputSize: 1, units: 1)
    {
        public override Tensor Step(Tensor input, Tensor state) => state + 0.3 * (state - state * state * state);
    }
}
