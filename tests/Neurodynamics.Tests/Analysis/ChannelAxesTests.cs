using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Tests.Analysis;

/// <summary>How near states are to the axes of the channels, against clouds and sums known beforehand.</summary>
public sealed class ChannelAxesTests
{
    private static readonly double[][] Directions = [[2, 0, 0, 0], [0, 1, 0, 1], [0, 1, 3, 0]];

    [Fact]
    public void The_axes_are_where_the_bits_move_the_states()
    {
        double[,] bits = Bits(Grid());
        var axes = ChannelAxes.Fit(Placed(bits), bits)!;
        Assert.Equal(1, axes.Explained, 1e-9);
        Assert.All(axes.Centre, value => Assert.Equal(7, value, 1e-9));
        for (int k = 0; k < 3; k++) Assert.Equal(Directions[k], axes.Directions[k], (a, b) => Math.Abs(a - b) < 1e-9);
        double[,] found = axes.Coordinates(Placed(bits));
        Assert.All(found.Cast<double>().Zip(bits.Cast<double>()), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
        Assert.Null(ChannelAxes.Fit(Placed(bits), new double[27, 3]));
    }

    [Fact]
    public void Nearest_to_an_axis_are_the_middle_and_the_middles_of_faces()
    {
        double[,] grid = Bits(Grid());
        bool[] near = ChannelAxes.Fit(Placed(grid), grid)!.Near(Placed(grid));
        Assert.Equal(Grid().Select(point => point.Count(value => value != 0) <= 1), near);
    }

    [Fact]
    public void As_many_trials_have_at_most_one_bit_as_the_closed_form_says()
    {
        var task = new FlipFlop { Channels = 3 };
        var trials = task.Sample(4000, 20, seed: 5);
        double[,,] bits = ChannelAxes.Bits(task, trials);
        foreach (int step in new[] { 1, 3, 10, 20 })
        {
            double share = Enumerable.Range(0, 4000).Count(trial => Enumerable.Range(0, 3)
                .Count(channel => bits[trial, step - 1, channel] != 0) <= 1) / 4000.0;
            double expected = ChannelAxes.AtMostOneTold(task, step);
            Assert.Equal(expected, share, 4 * Math.Sqrt(expected * (1 - expected) / 4000) + 1e-9);
        }
        Assert.Equal(1, ChannelAxes.AtMostOneTold(task, 0));
        Assert.Equal(0, ChannelAxes.AtMostOneTold(task with { PulseAtStart = true }, 1));
    }

    [Fact]
    public void Bits_are_the_signs_of_the_last_pulses_and_the_classes_of_sums()
    {
        var trials = new Trials(new double[,,] { { { 0 }, { -1 }, { 0 }, { 1 } } },
            new double[,,] { { { 0.5 }, { 0 }, { 0 }, { 1 } } }, new double[,,] { { { 0 }, { 1 }, { 1 }, { 1 } } });
        Assert.Equal([0, -1, -1, 1], ChannelAxes.Bits(new FlipFlop { Channels = 1 }, trials).Cast<double>());
        Assert.Equal([0, -1, -1, 1], ChannelAxes.Bits(new Integration { Channels = 1 }, trials).Cast<double>());
    }

    [Fact]
    public void States_of_a_flip_flop_start_on_the_axes_and_leave_them_as_bits_are_set()
    {
        var network = new NetworkStore(Path.Combine(Reference.Root, "data", "networks")).Load("flipflop3-gru").Network;
        var descent = new GradientDescent { Reading = SpeedReading.MeanSquare, LearningRate = 0.01, MaxSteps = 50 };
        var curve = AxesByStep.Of(network, new FlipFlop { Channels = 3 }, descent, [1, 60], stops: [1e-2, 1e-12],
            over: 96, trials: 16, seed: 2, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([1, 60, null], curve.Select(at => at.Steps));
        Assert.True(curve[0].Raw.Share > 0.8 && curve[1].Raw.Share < 0.2, $"{curve[0]} {curve[1]}");
        Assert.True(curve[0].Distinct < 16, "Sixteen first steps have few different states.");
        // Sixteen trials, spread over 1 to 96 steps.
        Assert.Equal(Enumerable.Range(0, 16)
            .Average(trial => ChannelAxes.AtMostOneTold(new() { Channels = 3 }, 1 + 6 * trial)),
            curve[2].Expected, 1e-12);
        // One of the two stops is passed, and the end is looked at; the descent is slower at each.
        Assert.Equal([1e-2, null], curve[0].Descended.Select(at => at.Stop));
        Assert.True(curve[0].Descended[0].MeanSquare <= 1e-2, $"{curve[0].Descended[0]}");
        Assert.Equal(50, curve[0].Descended[1].Step);
        Assert.True(curve[0].Descended[1].MeanSquare < curve[0].Descended[0].MeanSquare);
    }

    private static List<double[]> Grid() =>
    [
        .. from x in Enumerable.Range(-1, 3)
           from y in Enumerable.Range(-1, 3)
           from z in Enumerable.Range(-1, 3)
           select new double[] { x, y, z },
    ];

    private static double[,] Bits(IReadOnlyList<double[]> rows) => rows.ToMatrix(3);

    private static double[,] Placed(double[,] bits)
    {
        double[,] states = new double[bits.GetLength(0), 4];
        for (int i = 0; i < bits.GetLength(0); i++)
            for (int j = 0; j < 4; j++)
                states[i, j] = 7 + Enumerable.Range(0, 3).Sum(k => bits[i, k] * Directions[k][j]);
        return states;
    }

    /// <summary>
    /// Two networks, of which one did not pass the second stop, and one whose bits determine no direction.
    /// </summary>
    [Fact]
    public void Counts_of_several_networks_add_up_at_what_all_of_them_passed()
    {
        AxesByStep One(int near, params AxesAtStop[] ends) => new(3, 0.5, new(near, 8), new(near, 8), ends, near);
        var both = Assert.Single(AxesByStep.Together(
        [
            [One(2, new(0.1, 5, 0.09, new(1, 8)), new(0.01, 9, 0.009, new(3, 8)), new(null, 20, 1e-4, new(4, 8)))],
            [],
            [One(5, new(0.1, 7, 0.07, new(6, 8)), new(null, 20, 3e-4, new(2, 8)))],
        ]));
        Assert.Equal((7, 16, 7, 7), (both.Raw.Count, both.Raw.Total, both.Told.Count, both.Distinct));
        Assert.Equal([(0.1, 7, 7), (null, 20, 6)], both.Descended.Select(end => (end.Stop, end.Step, end.Near.Count)));
        Assert.Equal(2e-4, both.Descended[^1].MeanSquare, 1e-12);
        Assert.Empty(AxesByStep.Together([[]]));
        Assert.Throws<ArgumentException>(() => AxesByStep.Together([[One(1)], [One(1) with { Steps = 4 }]]));
    }
}
