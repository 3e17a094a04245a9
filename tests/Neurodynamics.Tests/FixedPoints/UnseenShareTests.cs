using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class UnseenShareTests
{
    /// <summary>Three units by themselves, each with the points of x = tanh(2 x): 27 together.</summary>
    private static readonly VanillaRnn Cube = Nets.Tanh(new double[,] { { 2, 0, 0 }, { 0, 2, 0 }, { 0, 0, 2 } });

    private static readonly FixedPointSet All = new FixedPointSearch().Run(Cube, Nets.Cloud(100, 3, 1, seed: 1));

    [Fact]
    public void Candidates_beside_a_hidden_point_are_counted_and_the_bound_holds_as_often_as_it_says()
    {
        Assert.Equal(27, All.Points.Count);
        const int Draws = 60, Times = 30;
        // Point k is drawn with a share of (k + 1) / 378.
        foreach (int[] hidden in new int[][] { [0], [3, 7], [26] })
        {
            double share = hidden.Sum(k => k + 1) / 378.0;
            var list = Without(hidden);
            int total = 0, held = 0;
            for (int seed = 1; seed <= Times; seed++)
            {
                var (fresh, drawn) = Beside(Draws, seed);
                var unseen = UnseenShare.Of(Cube, list, fresh);
                int beside = drawn.Count(hidden.Contains);
                Assert.Equal((Draws, beside, 0, 0),
                    (unseen.Arrived, unseen.Unlisted, unseen.Nowhere, unseen.Ghosts));
                Assert.Equal(drawn.Where(hidden.Contains).CountBy(k => k).OrderBy(pair => pair.Key),
                    unseen.Points.Select(point => KeyValuePair.Create(Nearest(point.State), point.Candidates))
                        .OrderBy(pair => pair.Key));
                total += beside;
                if (unseen.Bound >= share) held++;
            }
            // The counts are binomial, and the bound fails in one of twenty at most: both to four standard deviations.
            double mean = Times * Draws * share;
            Assert.InRange(total, mean - 4 * Math.Sqrt(mean), mean + 4 * Math.Sqrt(mean));
            Assert.InRange(held, (int)(0.95 * Times - 4 * Math.Sqrt(Times * 0.05 * 0.95)), Times);
        }
    }

    [Fact]
    public void Points_hidden_from_a_trained_networks_list_are_met_as_often_as_newton_arrives_there()
    {
        var network = new NetworkStore(Path.Combine(Reference.Root, "data", "networks"))
            .Load("flipflop3-vanilla").Network;
        var task = Shipped.Recipes["flipflop3-vanilla"].Task;
        var search = new FixedPointSearch { SlowCandidates = 0 };
        var all = search.Run(network.Cell,
            Candidates.FromTrials(network.Cell, task.Sample(32, 100, seed: 11).Inputs, 256, seed: 1, noise: 0.1));
        Assert.Equal(27, all.Points.Count);
        double[,] fresh = Candidates.OnePerTrial(network.Run(task.Sample(400, 60, seed: 21).Inputs), seed: 22);
        var ends = new NewtonSolver().Solve(new(network.Cell, all.Input, fresh)).Ends().OfType<FixedPoint>().ToArray();
        int[] at = [.. all.Points.Select(point => ends.Count(end => end.State.Distance(point.State) < 1e-6))];
        Assert.Equal(ends.Length, at.Sum());

        var whole = UnseenShare.Of(network.Cell, all, fresh);
        Assert.Equal((ends.Length, 0), (whole.Arrived, whole.Unlisted));
        Assert.Equal(400 - ends.Length, whole.Nowhere + whole.Ghosts);
        Assert.Equal(1 - Math.Pow(0.05, 1.0 / ends.Length), whole.Bound!.Value, 1e-12);
        int[] hidden = [.. Enumerable.Range(0, 27).OrderBy(k => at[k]).Where(k => at[k] > 0).Take(3)];
        var some = UnseenShare.Of(network.Cell, all with
        {
            Points = [.. all.Points.Where((_, k) => !hidden.Contains(k))],
        }, fresh);
        Assert.Equal((whole.Arrived, hidden.Sum(k => at[k])), (some.Arrived, some.Unlisted));
        Assert.Equal(Binomial.AtMost(some.Unlisted, some.Arrived, 0.95), some.Bound);
        Assert.Equal(hidden.Select(k => at[k]).Order(), some.Points.Select(point => point.Candidates).Order());
    }

    [Fact]
    public void A_point_is_listed_where_certificates_prove_it_though_it_is_not_near_enough()
    {
        var moved = All with
        {
            Points = [.. All.Points.Select(point => point with { State = [.. point.State.Select(x => x + 3e-7)] })],
        };
        var certified = moved with
        {
            Points = [.. moved.Points.Zip(Certificate.Of(Cube, moved.Points),
                (point, certificate) => point with { Certificate = certificate })],
        };
        var (fresh, _) = Beside(40, seed: 1);
        Assert.Equal(0, UnseenShare.Of(Cube, moved, fresh, distance: 1e-6).Unlisted);
        Assert.Equal(0, UnseenShare.Of(Cube, certified, fresh, distance: 1e-8).Unlisted);
        var unproven = moved with { Points = [.. moved.Points.Select(point => point with { Certificate = null })] };
        Assert.Equal(40, UnseenShare.Of(Cube, unproven, fresh, distance: 1e-8).Unlisted);
    }

    [Fact]
    public void Where_nothing_arrives_there_is_no_bound()
    {
        // x' = x + 1 stands still nowhere.
        var cell = Nets.Linear(new[,] { { 1.0 } }, bias: 1);
        var set = new FixedPointSearch().Run(cell, Nets.Cloud(5, 1, 1, seed: 1));
        var unseen = UnseenShare.Of(cell, set, Nets.Cloud(20, 1, 1, seed: 2));
        Assert.Equal((0, 0, 20, 0), (unseen.Arrived, unseen.Unlisted, unseen.Nowhere, unseen.Ghosts));
        Assert.Null(unseen.Bound);
        Assert.Equal("No fresh candidate arrived at a fixed point, so there is no bound; 20 arrived nowhere.",
            unseen.Message);
        Assert.EndsWith("unseen share not bounded", (set with { Unseen = unseen }).Standing);
    }

    [Fact]
    public void What_stands_still_outside_the_box_is_counted_apart()
    {
        // The box is a wrong one on purpose: the outer points of x = 2 tanh x lie at +-1.915, beyond it.
        var cell = new SmallBox();
        var set = new FixedPointSearch().Run(cell, new[,] { { 0.01 } });
        double[,] fresh = { { 1.9 }, { 1.92 }, { -1.9 }, { 0.001 }, { -0.002 } };
        var unseen = UnseenShare.Of(cell, set, fresh);
        Assert.Equal((2, 0, 0, 3), (unseen.Arrived, unseen.Unlisted, unseen.Nowhere, unseen.Ghosts));
        Assert.EndsWith("; 0 arrived nowhere, and 3 where no state can be.", unseen.Message);
    }

    [Fact]
    public void Ends_on_a_listed_continuum_are_listed_and_on_another_one_they_are_not()
    {
        // y = 0.3 x + 0.5 y on the line y = 0.6 x.
        var cell = Nets.Linear(new[,] { { 1, 0 }, { 0.3, 0.5 } });
        var set = new FixedPointSearch().Run(cell, Nets.Cloud(30, 2, 1, seed: 1));
        double[,] fresh = Nets.Cloud(50, 2, 1, seed: 2);
        var listed = UnseenShare.Of(cell, set, fresh);
        Assert.Equal((50, 0, 0), (listed.Arrived, listed.Unlisted, listed.Nowhere));
        var hidden = UnseenShare.Of(cell, set with { Continua = null }, fresh);
        Assert.Equal((50, 50, 0, 1.0), (hidden.Arrived, hidden.Unlisted, hidden.Nowhere, hidden.Bound));
        var one = Assert.Single(hidden.Points);
        Assert.Equal(50, one.Candidates);
        Assert.Equal(0.6 * one.State[0], one.State[1], 1e-9);
    }

    [Fact]
    public void A_search_goes_on_from_fresh_candidates_until_the_share_that_is_unseen_is_small()
    {
        // No rounds of its own, so that the list grows by what fresh candidates bring alone.
        var search = new FixedPointSearch { MaxRounds = 0 };
        for (int seed = 1; seed <= 4; seed++)
        {
            int draws = 0;
            var set = (search with { Seed = seed }).RunUntil(Cube, own =>
            {
                draws++;
                return Even(30, own);
            }, share: 0.1, maxLooks: 40);
            var unseen = set.Unseen!;
            Assert.True(unseen.Bound < 0.1, set.ToString());
            Assert.Equal(draws, set.Rounds.Count);
            Assert.Equal(["candidates", .. Enumerable.Repeat("fresh candidates", draws - 1)],
                set.Rounds.Select(round => round.Source));
            // The looks since the list last grew count together, each at a fortieth of what may go wrong.
            int quiet = set.Rounds.Reverse().TakeWhile(round => round.NewPoints == 0).Count();
            Assert.Equal((30 * quiet, 0), (unseen.Arrived, unseen.Unlisted));
            Assert.Equal(1 - Math.Pow(0.05 / 40, 1.0 / (30 * quiet)), unseen.Bound!.Value, 1e-12);
            Assert.InRange((27 - set.Points.Count) / 27.0, 0, unseen.Bound.Value);
            Assert.All(set.Points, point => Assert.Equal(Certainty.Certified, point.Certificate!.Certainty));
            Assert.Contains(" at 95 % over up to 40 looks.", set.ToString());
        }
    }

    [Fact]
    public void What_fresh_candidates_brought_is_listed_and_where_looks_run_out_it_says_so()
    {
        var search = new FixedPointSearch { MaxRounds = 0 };
        var set = search.RunUntil(Cube, seed => Even(20, seed), share: 1e-4, maxLooks: 1);
        var unseen = set.Unseen!;
        Assert.True(unseen is { Unlisted: > 0, Added: true });
        Assert.All(unseen.Points, point =>
            Assert.Single(set.Points, listed => listed.State.Distance(point.State) < 1e-6));
        Assert.Contains("at points not listed (they are now), so the true share is below ",
            set.ToString());
        Assert.EndsWith(" It was to come below 0.01 %: allow more looks, or draw more candidates for each.",
            set.ToString());
        // The search's own rounds bring the rest.
        var whole = new FixedPointSearch().RunUntil(Cube, seed => Even(20, seed), share: 0.2);
        Assert.Equal((27, 0), (whole.Points.Count, whole.Unseen!.Unlisted));
        Assert.DoesNotContain("It was to come below", whole.ToString());
    }

    [Fact]
    public void A_set_says_in_a_line_how_complete_it_is_and_keeps_it_in_its_file()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "set.json");
        var (fresh, _) = Beside(2000, seed: 5);
        Assert.Equal("consistent: the signs sum to 1; unseen share not measured", All.Standing);
        var known = All with { Unseen = UnseenShare.Of(Cube, All, fresh) };
        // log(20) / 2000 = 0.1498 %, and upwards.
        Assert.Equal("consistent: the signs sum to 1; unseen share below 0.15 % at 95 %", known.Standing);
        Assert.EndsWith("in pairs. 0 of 2,000 fresh candidates that arrived were at points not listed, so the true "
            + "share is below 0.15 %, at 95 %.", known.ToString());
        // The middle of an edge and its corner have opposite signs.
        int Zeros(FixedPoint point) => point.State.Count(value => Math.Abs(value) < 0.5);
        int[] two = [All.Points.Index().First(one => Zeros(one.Item) == 0).Index,
            All.Points.Index().First(one => Zeros(one.Item) == 1).Index];
        var pair = Without(two);
        var met = pair with { Unseen = UnseenShare.Of(Cube, pair, fresh) };
        Assert.StartsWith("missing: fresh candidates arrived at points not listed; unseen share below ", met.Standing);
        Assert.Matches("^missing: the signs sum to [02]; unseen", Without(two[..1]).Standing);

        met.Save(path);
        var read = FixedPointSet.Load(path);
        Assert.Equal(met.Standing, read.Standing);
        Assert.Equal(met.ToString(), read.ToString());
        Assert.Equal(met.Unseen.Points.Select(point => point.State), read.Unseen!.Points.Select(point => point.State));
        All.Save(path);
        Assert.DoesNotContain("unseen", File.ReadAllText(path));
        Assert.Null(FixedPointSet.Load(path).Unseen);
    }

    [Fact]
    public void Draws_that_are_not_fresh_or_not_independent_are_refused()
    {
        double[,] used = All.Solution!.Problem.Candidates;
        Assert.Contains("made from these candidates",
            Assert.Throws<ArgumentException>(() => UnseenShare.Of(Cube, All, (double[,])used.Clone())).Message);
        Assert.Contains("depends on the others", Assert.Throws<ArgumentException>(
            () => UnseenShare.Of(Cube, All, Nets.Cloud(5, 3, 1, 9), new GradientDescent())).Message);
        Assert.Contains("use the seed", Assert.Throws<ArgumentException>(
            () => new FixedPointSearch().RunUntil(Cube, _ => Nets.Cloud(5, 3, 1, 9))).Message);
        Assert.Contains("the list of another network", Assert.Throws<ArgumentException>(
            () => UnseenShare.Of(Nets.Tanh(new[,] { { 2.0 } }), All, Nets.Cloud(5, 1, 1, 9))).Message);
    }

    [Fact]
    public void A_check_that_is_stopped_says_nothing()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var unseen = UnseenShare.Of(Cube, All, Nets.Cloud(50, 3, 1, 9), cancellation: source.Token);
        Assert.Null(unseen.Bound);
        Assert.Contains("was stopped", unseen.Message);
        Assert.Null(new FixedPointSearch().RunUntil(Cube, seed => Even(5, seed), cancellation: source.Token).Unseen);
    }

    [Fact]
    public void One_state_is_drawn_of_each_trial_at_any_step_alike()
    {
        const int Trials = 5000, Steps = 5;
        double[,,] states = new double[Trials, Steps, 2];
        for (int i = 0; i < Trials; i++)
            for (int t = 0; t < Steps; t++) (states[i, t, 0], states[i, t, 1]) = (i, t);
        double[,] drawn = Candidates.OnePerTrial(states, seed: 3);
        Assert.Equal(Enumerable.Range(0, Trials).Select(i => (double)i), Enumerable.Range(0, Trials)
            .Select(i => drawn[i, 0]));
        // Each step is met in a fifth of the trials, to four standard deviations.
        for (int t = 0; t < Steps; t++)
            Assert.InRange(Enumerable.Range(0, Trials).Count(i => drawn[i, 1] == t), 1000 - 113, 1000 + 113);
        Assert.Equal(drawn, Candidates.OnePerTrial(states, seed: 3));
        Assert.NotEqual(drawn, Candidates.OnePerTrial(states, seed: 4));
        double[,] noisy = Candidates.OnePerTrial(states, seed: 3, noise: 0.5);
        double square = noisy.Cast<double>().Zip(drawn.Cast<double>(), (a, b) => (a - b) * (a - b)).Average();
        Assert.InRange(square, 0.24, 0.26);
        Assert.Empty(Candidates.OnePerTrial(new double[0, 5, 2], seed: 1));
    }

    /// <summary>x' = 2 tanh x with a box that is too small.</summary>
    private sealed class SmallBox : Nets.StepOnly
    {
        public override double[] InvariantBox(double[] input) => [1];
    }

    private static FixedPointSet Without(params int[] hidden)
    {
        FixedPoint[] points = [.. All.Points.Where((_, k) => !hidden.Contains(k))];
        return All with { Points = points, Completeness = Completeness.Of(Cube, points) };
    }

    /// <summary>States beside the points, the k-th with a share of (k + 1) / 378, and which each is beside.</summary>
    private static (double[,] States, int[] Points) Beside(int count, int seed)
    {
        var random = new Random(seed);
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++)
            for (double left = 378 * random.NextDouble(); left >= drawn[i] + 1; drawn[i]++) left -= drawn[i] + 1;
        return (At(drawn, random), drawn);
    }

    /// <summary>States beside the points, each alike.</summary>
    private static double[,] Even(int count, long seed)
    {
        var random = new Random((int)seed);
        return At([.. Enumerable.Range(0, count).Select(_ => random.Next(27))], random);
    }

    private static double[,] At(int[] points, Random random) => points.Select(k =>
        All.Points[k].State.Select(value => value + 0.02 * (random.NextDouble() - 0.5)).ToArray()).ToMatrix(3);

    private static int Nearest(double[] state) =>
        Enumerable.Range(0, 27).MinBy(k => All.Points[k].State.Distance(state));
}
