using System.Globalization;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class ContinuationTests
{
    private static readonly Continuation Path = new();

    [Fact]
    public void The_speed_of_a_start_that_is_no_point_is_written_alike_in_every_culture()
    {
        var cell = Nets.Tanh(new[,] { { 2.0 } }, input: 1);
        var start = Solve(cell, [-1.5], [-1]) with { State = [0.3] };
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Matches(@"its speed is \d\.\d",
                Assert.Throws<ArgumentException>(() => Path.Follow(cell, start, [1.5])).Message);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_bistable_unit_is_followed_along_its_S_through_both_folds()
    {
        // x = tanh(2 x + u): folds where 1 = 2 (1 - x^2), at x = -+sqrt(1/2) and u = atanh(x) - 2 x.
        var cell = Nets.Tanh(new[,] { { 2.0 } }, input: 1);
        var branch = Path.Follow(cell, Solve(cell, [-1.5], [-1]), [1.5]);
        Assert.Equal(BranchEnding.ReachedEnd, branch.Ending);
        double x = Math.Sqrt(0.5), u = 2 * x - Math.Atanh(x);
        Assert.Equal(2, branch.Folds.Count);
        for (int i = 0; i < 2; i++)
        {
            double side = i == 0 ? 1 : -1;
            Assert.Equal(side * u, branch.Folds[i].Point.Input[0], 1e-9);
            Assert.Equal((side * u + 1.5) / 3, branch.Folds[i].Position, 1e-9);
            Assert.Equal(-side * x, branch.Folds[i].Point.State[0], 1e-6);
            Assert.True(branch.Folds[i].Point.Speed < 1e-24);
        }
        foreach (var point in branch.Points)
        {
            double state = point.Point.State[0], slope = 2 * (1 - state * state);
            Assert.Equal(Math.Atanh(state) - 2 * state, point.Point.Input[0], 1e-10);
            Assert.Equal(-1.5 + 3 * point.Position, point.Point.Input[0], 1e-12);
            Assert.Equal((Math.Sign(1 - slope), slope > 1 ? 1 : 0), (point.Sign, point.UnstableModes!.Value));
            Assert.True(point.Point.Speed < 1e-24);
        }
        Assert.Equal((0.0, 1.0), (branch.Points[0].Position, branch.Points[^1].Position));
        Assert.Equal([1.5], branch.Points[^1].Point.Input);
        // The sign changes exactly where a fold lies.
        Assert.Equal(branch.Folds.Select(fold => fold.After), Enumerable.Range(0, branch.Points.Count - 1)
            .Where(i => branch.Points[i].Sign != branch.Points[i + 1].Sign));
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    public void Folds_do_not_depend_on_the_step(double largest)
    {
        var cell = Nets.Tanh(new[,] { { 2.0 } }, input: 1);
        var branch = (Path with { MaxStep = largest, InitialStep = largest })
            .Follow(cell, Solve(cell, [-1.5], [-1]), [1.5]);
        double u = Math.Sqrt(2) - Math.Atanh(Math.Sqrt(0.5));
        Assert.Equal([(u + 1.5) / 3, (1.5 - u) / 3], branch.Folds.Select(fold => fold.Position), (a, b) =>
            Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void A_branch_without_folds_passes_through_Newtons_points()
    {
        using var generator = new Generator(5);
        var cell = Nets.Tanh((0.3 * randn([5, 5], dtype: ScalarType.Float64, generator: generator)).ToMatrix(),
            input: 1);
        var branch = Path.Follow(cell, Solve(cell, [-1], new double[5]), [2]);
        Assert.Equal(BranchEnding.ReachedEnd, branch.Ending);
        Assert.Empty(branch.Folds);
        Assert.Equal(branch.Points.Select(point => point.Position).Order(),
            branch.Points.Select(point => point.Position));
        foreach (var point in branch.Points.Where((_, i) => i % 5 == 0).Append(branch.Points[^1]))
            Assert.True(Solve(cell, point.Point.Input, new double[5]).State.Distance(point.Point.State) < 1e-9);
    }

    [Fact]
    public void A_branch_that_turns_back_before_the_end_returns_to_another_point_under_the_first_input()
    {
        var cell = Nets.Tanh(new[,] { { 2.0 } }, input: 1);
        var branch = Path.Follow(cell, Solve(cell, [0], [-1]), [1.5]);
        Assert.Equal(BranchEnding.CameBack, branch.Ending);
        Assert.Single(branch.Folds);
        Assert.Equal(0, branch.Points[^1].Position);
        Assert.Equal(0, branch.Points[^1].Point.State[0], 1e-10);
        Assert.Equal(1, branch.Points[^1].UnstableModes);
        Assert.Null((Path with { CountUnstable = false }).Follow(cell, Solve(cell, [0], [-1]), [1.5]).Points[0]
            .UnstableModes);
    }

    [Fact]
    public void A_fold_just_beyond_the_end_is_none_and_one_just_before_it_is_one()
    {
        var cell = Nets.Tanh(new[,] { { 2.0 } }, input: 1);
        double u = Math.Sqrt(2) - Math.Atanh(Math.Sqrt(0.5));
        var before = Path.Follow(cell, Solve(cell, [-1.5], [-1]), [u - 1e-6]);
        Assert.Equal((BranchEnding.ReachedEnd, 0), (before.Ending, before.Folds.Count));
        Assert.Equal([u - 1e-6], before.Points[^1].Point.Input);
        var beyond = Path.Follow(cell, Solve(cell, [-1.5], [-1]), [u + 1e-6]);
        // Back past the other fold, and to the end on the upper arm.
        Assert.Equal((BranchEnding.ReachedEnd, 2), (beyond.Ending, beyond.Folds.Count));
        Assert.True(beyond.Points[^1].Point.State[0] > 0);
    }

    [Fact]
    public void Limits_and_starts_that_are_no_points_are_named()
    {
        var cell = Nets.Tanh(new[,] { { 2.0 } }, input: 1);
        var start = Solve(cell, [-1.5], [-1]);
        Assert.Equal(BranchEnding.StepLimit, (Path with { MaxSteps = 3 }).Follow(cell, start, [1.5]).Ending);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Equal(BranchEnding.Cancelled, Path.Follow(cell, start, [1.5], cancellation: stop.Token).Ending);
        Assert.Contains("no isolated fixed point",
            Assert.Throws<ArgumentException>(() => Path.Follow(cell, start with { State = [0.3] }, [1.5])).Message);
        Assert.Throws<ArgumentException>(() => Path.Follow(cell, start, [-1.5]));
        Assert.Throws<ArgumentException>(() => Path.Follow(cell, start, [1.5, 0]));
        Assert.Throws<ArgumentException>(() => Path.Follow(cell, start with { State = [0, 0] }, [1.5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Path with { MinStep = 0 });
    }

    [Fact]
    public void An_attractor_of_the_reference_flip_flop_vanishes_at_a_fold_with_a_listed_saddle()
    {
        var network = NetworkFile.Load(Reference.Network("gru_flipflop3.npz"));
        var arrays = ArrayFile.Read(Reference.Network("gru_flipflop3.npz"));
        var listed = ArrayFile.Read(Reference.FixedPoints("gru_flipflop3"));
        var (states, unstable) = (listed["fixed_points"].ToMatrix(), listed["n_unstable"].Values);
        var (weights, bias) = (arrays["readout.weight"].ToMatrix(), arrays["readout.bias"].Values);
        int low = Enumerable.Range(0, states.GetLength(0)).Single(i => unstable[i] == 0
            && Enumerable.Range(0, 3)
                .All(channel => weights.Row(channel).Zip(states.Row(i), (a, b) => a * b).Sum() + bias[channel] < 0));
        var branch = Path.Follow(network.Cell, new(states.Row(low), [0, 0, 0], 0, 1), [1, 1, 1]);

        Assert.All(branch.Points, point => Assert.True(point.Point.Speed < 1e-24));
        var fold = branch.Folds[0];
        Assert.InRange(fold.Position, 0.01, 0.99);
        Assert.True(fold.Point.Speed < 1e-24);
        // One eigenvalue is 1 there, the attractor loses it and the saddle has it.
        var line = Assert.Single(Linearisation.Of(network.Cell, [fold.Point]));
        Assert.Contains(line.Eigenvalues, lambda => (lambda - 1).Magnitude < 1e-9);
        Assert.Equal((0, 1), (branch.Points[fold.After].UnstableModes, branch.Points[fold.After + 1].UnstableModes));
        Assert.Equal((1, -1), (branch.Points[fold.After].Sign, branch.Points[fold.After + 1].Sign));
        // Just beyond, no fixed point is near: Newton from the fold's state goes elsewhere.
        var beyond = new NewtonSolver()
            .Solve(new(network.Cell, [fold.Position + 1e-3, fold.Position + 1e-3, fold.Position + 1e-3],
            new[] { fold.Point.State }.ToMatrix(100)));
        Assert.True(beyond.Endings[0] != Ending.FixedPoint || beyond.States.Row(0).Distance(fold.Point.State) > 0.5);
        // The saddle is followed back to zero input, where it is a listed one.
        Assert.Equal((BranchEnding.CameBack, 0.0), (branch.Ending, branch.Points[^1].Position));
        Assert.Contains(Enumerable.Range(0, states.GetLength(0)), i => unstable[i] == 1 && states.Row(i)
            .Distance(branch.Points[^1].Point.State) < 1e-8);
    }

    private static FixedPoint Solve(Cell cell, double[] input, double[] start) =>
        Assert.Single(new NewtonSolver().Solve(new(cell, input, new[] { start }.ToMatrix(start.Length))).Distinct());
}
