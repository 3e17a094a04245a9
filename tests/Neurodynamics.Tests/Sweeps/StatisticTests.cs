using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Sweeps;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Sweeps;

/// <summary>What a sweep writes of a network of one unit, x' = tanh(w x + 10 u), against sums done by hand.</summary>
public sealed class StatisticTests
{
    private static readonly SweepMeasurement Measure =
        new() { Trials = 64, DescentCandidates = 32, DescentSteps = 40, Candidates = 32, HoldSteps = 60 };

    private static readonly Recipe Recipe = new()
    {
        Units = 1,
        Task = new FlipFlop { Channels = 1, PulseAtStart = true },
        Training = new() { Steps = 15 },
        Seed = 2,
    };

    [Fact]
    public void Memory_is_lost_at_the_first_step_after_which_less_than_95_percent_are_kept()
    {
        // It leaks to 0, and what is read is x - 0.12: a bit is lost when a positive x falls below that.
        double[] ends = Ends(weight: 0.9);
        double KeptAfter(int steps) => ends.Average(end =>
        {
            double x = end;
            for (int step = 0; step < steps; step++) x = Math.Tanh(0.9 * x);
            return x > 0.12 == end > 0.12 ? 1.0 : 0;
        });
        int lostAt = Enumerable.Range(1, 60).First(steps => KeptAfter(steps) < 0.95);
        var memory = Row(weight: 0.9, threshold: 0.12).Memory;
        Assert.Equal((60, lostAt), (memory.Steps, memory.LostAt));
        Assert.Equal(KeptAfter(60), memory.Kept, 1e-12);
        Assert.True(KeptAfter(lostAt) > 0.5, "a network that loses all its bits in one step would tell nothing");
        Assert.Null(Row(weight: 2, threshold: 0).Memory.LostAt);
    }

    [Fact]
    public void Distances_of_a_descent_are_shares_of_the_widest_pair_of_points()
    {
        var row = Row(weight: 1.2, threshold: 0);
        double root = Root(1.2);
        double[,] candidates = Candidates.FromTrials(Cell(1.2), Recipe.Task.Sample(
            Measure.Trials, 15, Seeds.Derive(2, "sweep trials")).Inputs, 32, Seeds.Derive(2, "sweep candidates"));
        double[] distances = [.. candidates.Cast<double>()
            .Select(x => new[] { -root, 0, root }.Min(point => Math.Abs(x - point))).Order()];
        Assert.Equal(0, row.Descent[0].Step);
        // libtorch's median of an even number is the lower one of the two in the middle.
        Assert.Equal(distances[15] / (2 * root), row.Descent[0].Distance, 1e-9);
        Assert.True(row.Descent[0].Distance > 1e-3);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1.005, 1)]
    public void Points_near_a_change_of_kind_are_counted(double weight, int atLeast)
    {
        var found = Row(weight, threshold: 0).Found;
        Assert.Equal(3, found.Points);
        double band = Linearisation.Of(Cell(weight), [new FixedPoint([0], [0], 0, 1)])[0].Band;
        double root = Root(weight);
        int marginal = (Math.Abs(weight - 1) <= band ? 1 : 0)
            + (Math.Abs(weight * (1 - root * root) - 1) <= band ? 2 : 0);
        Assert.Equal(marginal, found.Marginal);
        Assert.True(marginal >= atLeast, $"{marginal}");
    }

    /// <summary>
    /// x' = +-sqrt(|x|) stands still at -1, 0 and 1. At 0 its slope is infinite: it is no attractor, whatever a
    /// linearisation without eigenvalues counts.
    /// </summary>
    [Fact]
    public void A_point_whose_Jacobian_is_not_finite_is_no_attractor()
    {
        using var root = Neurodynamics.Models.Cell.From(
            (u, x) => x.sign().mul(x.abs().sqrt()).add(u.mul(10)), inputs: 1, units: 1);
        var row = (Measure with { Noise = 0, Columns = ["found"] }).Of(Trained(root, threshold: 0));
        Assert.Equal(3, row.Found.Points);
        Assert.Equal([2, 0, 0, 0], row.Found.ByIndex);
    }

    [Fact]
    public void A_drawn_cloud_keeps_the_spread_of_each_component_and_nothing_between_them()
    {
        // On a line in three dimensions y = x, z = -x, and a little off it.
        double[,] line = new double[50, 3];
        for (int i = 0; i < 50; i++)
            (line[i, 0], line[i, 1], line[i, 2]) = (i, i + Math.Sin(i), -i + Math.Cos(3 * i));
        double[,] places = Neurodynamics.Analysis.Pca.Fit(line).Project(line);
        double[,] drawn = SweepCloud.Drawn(line, 1);
        for (int k = 0; k < 3; k++)
        {
            double[] before = Column(places, k), after = Column(drawn, k);
            Assert.Equal(before.Order(), after.Order());
            Assert.True(before.Zip(after).Count(pair => pair.First == pair.Second) < 10);
        }
        Assert.Equal(drawn, SweepCloud.Drawn(line, 1));
        Assert.NotEqual(drawn, SweepCloud.Drawn(line, 2));

        static double[] Column(double[,] matrix, int k) =>
            [.. Enumerable.Range(0, matrix.GetLength(0)).Select(i => matrix[i, k])];
    }

    /// <summary>The positive solution of x = tanh(w x).</summary>
    private static double Root(double weight) =>
        Enumerable.Range(0, 100_000).Aggregate(1.0, (x, _) => Math.Tanh(weight * x));

    /// <summary>Where the measurement's trials leave the unit.</summary>
    private static double[] Ends(double weight)
    {
        double[,,] inputs = Recipe.Task.Sample(Measure.Trials, 15, Seeds.Derive(2, "sweep trials")).Inputs;
        return [.. Enumerable.Range(0, Measure.Trials).Select(trial => Enumerable.Range(0, 15)
            .Aggregate(0.0, (x, step) => Math.Tanh(weight * x + 10 * inputs[trial, step, 0])))];
    }

    private static SweepRow Row(double weight, double threshold) => Measure.Of(Trained(Cell(weight), threshold));

    private static TrainedNetwork Trained(Cell cell, double threshold)
    {
        var readout = nn.Linear(1, 1, dtype: ScalarType.Float64);
        using (no_grad())
        {
            readout.weight.fill_(1);
            readout.bias!.fill_(-threshold);
        }
        return new(new(cell, readout),
            new(Recipe, 1, Neurodynamics.Training.Stop.Updates, [], new(1, 1, 1, 1), 1));
    }

    private static RecurrentCell Cell(double weight) =>
        RecurrentCell.Create(Architecture.Vanilla, new[,] { { 10.0 } }, new[,] { { weight } });
}
