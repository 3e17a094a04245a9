using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Proofs;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class CycleTests
{
    /// <summary>The positive solution of x = tanh(2 x).</summary>
    private const double Root = 0.957504024079;

    [Fact]
    public void A_unit_with_weight_minus_two_has_a_cycle_of_two_and_an_unstable_point_that_is_none()
    {
        var cell = Nets.Tanh(new[,] { { -2.0 } }, input: 1);
        var points = Points(cell, 2);
        Assert.Equal(3, points.Count);
        var cycle = Assert.Single(Cycle.Of(cell, 2, points));
        Assert.Equal(2, cycle.Period);
        Assert.Equal([-Root, Root], cycle.States.Cast<double>().Order(), (a, b) => Math.Abs(a - b) < 1e-11);
        double slope = -2 * (1 - Root * Root);
        Assert.Equal(slope * slope, Assert.Single(cycle.Multipliers).Real, 1e-10);
        Assert.Equal(0, cycle.UnstableModes);
        Assert.True(cycle.Speed < 1e-28);
    }

    [Fact]
    public void A_cycle_of_two_is_none_of_four_and_a_point_alone_is_none()
    {
        var cell = Nets.Tanh(new[,] { { -2.0 } }, input: 1);
        var points = Points(cell, 4);
        Assert.Equal(3, points.Count);
        Assert.Empty(Cycle.Of(cell, 4, points));
        Assert.Empty(Cycle.Of(cell, 2, [new([0], [0], 0, 1)]));
        Assert.Empty(Cycle.Of(cell, 2, []));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_wheel_of_units_turns_in_cycles_whose_phases_are_stepped_to_where_only_one_was_found(int period)
    {
        // Each unit hands its state to the next: a pattern of signs turns round, each value +-x with x = tanh(2 x).
        double[,] weights = new double[period, period];
        for (int i = 0; i < period; i++) weights[i, (i + 1) % period] = 2;
        var cell = Nets.Tanh(weights, input: 1);
        double[] start = [.. Enumerable.Range(0, period).Select(i => i == 0 ? Root : -Root)];
        var found = new NewtonSolver().Solve(new(new IteratedCell(cell, period), [0], new[] { start }.ToMatrix(period)))
            .Distinct();
        var cycle = Assert.Single(Cycle.Of(cell, period, found));
        Assert.Equal(period, cycle.Period);
        for (int phase = 0; phase < period; phase++)
            for (int i = 0; i < period; i++)
                Assert.Equal((i + phase) % period == 0 ? Root : -Root, cycle.States[phase, i], 1e-11);
        // The k-fold Jacobian is diagonal: the slope of x to the power k for every unit.
        double multiplier = Math.Pow(2 * (1 - Root * Root), period);
        Assert.All(cycle.Multipliers, value => Assert.Equal(multiplier, value.Real, 1e-9));

        // All phases given in any order are still the one cycle.
        var phases = Enumerable.Range(0, period)
            .Select(phase => new FixedPoint(cycle.States.Row(period - 1 - phase), [0], 0, 1)).ToArray();
        Assert.Equal(phases[0].State, Assert.Single(Cycle.Of(cell, period, phases)).States.Row(0));
    }

    [Fact]
    public void Cycles_under_different_inputs_are_different()
    {
        var cell = Nets.Tanh(new[,] { { -2.0 } }, input: 1);
        var points = Points(cell, 2).Concat(Points(cell, 2, input: 0.1)).ToArray();
        var cycles = Cycle.Of(cell, 2, points);
        Assert.Equal([0, 0.1], cycles.Select(cycle => cycle.Input[0]));
        Assert.All(cycles, cycle => Assert.True(cycle.Speed < 1e-28));
    }

    [Fact]
    public void The_iterated_cell_steps_and_differentiates_as_the_steps_one_after_another()
    {
        var cell = new Gru(2, 3, ScalarType.Float64);
        cell.Initialise(1);
        var iterated = new IteratedCell(cell, 3);
        using var scope = NewDisposeScope();
        var (u, x) = (tensor(new[,] { { 0.5, -1 } }), tensor(new[,] { { 0.2, -0.3, 0.6 }, { -0.7, 0.1, 0 } }));
        Assert.True(iterated.Step(u, x).allclose(cell.Step(u, cell.Step(u, cell.Step(u, x))), rtol: 0, atol: 1e-15));
        var slow = new Plain(iterated);
        Assert.True(iterated.StateJacobian(u, x).allclose(slow.StateJacobian(u, x), rtol: 0, atol: 1e-14));
        Assert.True(iterated.InputJacobian(u, x).allclose(slow.InputJacobian(u, x), rtol: 0, atol: 1e-14));
        Assert.Same(iterated, iterated.InDouble());
        Assert.Equal(3, ((IteratedCell)new IteratedCell(new Gru(2, 3), 3).InDouble()).Period);
        iterated.Dispose();
        Assert.False(cell.WeightHh.IsInvalid);
    }

    [Fact]
    public void A_driven_cell_steps_and_differentiates_as_the_steps_under_its_inputs()
    {
        var cell = new Gru(2, 3, ScalarType.Float64);
        cell.Initialise(1);
        double[,] drive = { { 0.5, 0 }, { -0.2, 0.1 }, { 0, -1 } };
        var driven = new IteratedCell(cell, drive);
        Assert.Equal(3, driven.Period);
        Assert.Equal(drive, driven.Drive);
        using var scope = NewDisposeScope();
        var (u, x) = (tensor(new[,] { { 0.5, -1 } }), tensor(new[,] { { 0.2, -0.3, 0.6 }, { -0.7, 0.1, 0 } }));
        var expected = x;
        for (int step = 0; step < 3; step++)
            expected = cell.Step(tensor(new[,] { { 0.5 + drive[step, 0], -1 + drive[step, 1] } }), expected);
        Assert.True(driven.Step(u, x).allclose(expected, rtol: 0, atol: 1e-15));
        var slow = new Plain(driven);
        Assert.True(driven.StateJacobian(u, x).allclose(slow.StateJacobian(u, x), rtol: 0, atol: 1e-14));
        Assert.True(driven.InputJacobian(u, x).allclose(slow.InputJacobian(u, x), rtol: 0, atol: 1e-14));
        var inHalf = new IteratedCell(new Gru(2, 3), drive);
        Assert.Equal(drive, ((IteratedCell)inHalf.InDouble()).Drive);
        Assert.Equal([1, 1, 1], driven.InvariantBox([0.5, -1])!);
    }

    /// <summary>1 and 2^-60 are more than 1 together, though not in float64.</summary>
    [Theory, InlineData(1), InlineData(-1)]
    public void The_box_of_a_driven_cell_is_one_under_the_input_and_the_drive_together(int sign)
    {
        double[,] drive = { { 0 }, { sign * Math.Pow(2, -60) } };
        double[] box = new IteratedCell(new AsLargeAsItsInput(), drive).InvariantBox([sign])!;
        Assert.InRange(Assert.Single(box), Math.BitIncrement(1), 1 + 1e-15);
    }

    /// <summary>x' = u.</summary>
    private sealed class AsLargeAsItsInput() : Cell("as large as its input", inputSize: 1, units: 1)
    {
        public override Tensor Step(Tensor input, Tensor state) => input + 0 * state;

        internal override double[] BoxUnder(double[] reach) => reach;
    }

    /// <summary>
    /// A unit that holds one of two values, driven weakly, holds two answers that repeat with the drive; driven
    /// strongly, one. Both lists are proven, and a run repeats them.
    /// </summary>
    [Theory]
    [InlineData(0.1, 3)]
    [InlineData(4, 1)]
    public void Answers_that_repeat_with_a_drive_are_found_and_proven(double strength, int answers)
    {
        var cell = Nets.Tanh(new[,] { { 2.0 } }, input: 1);
        const int period = 8;
        double[,] drive = new double[period, 1];
        for (int step = 0; step < period; step++) drive[step, 0] = strength * Math.Sin(2 * Math.PI * step / period);
        var driven = new IteratedCell(cell, drive);
        var proof = new Prover().Run(driven, [0]);
        Assert.Equal((ProofVerdict.ProvenComplete, answers), (proof.Verdict, proof.Points.Count));
        var found = new FixedPointSearch().Run(driven, new[,] { { -0.9 }, { 0.1 }, { 0.9 } }, [0]);
        Assert.True(proof.Compare(found).IsComplete);
        Assert.All(found.Points, point =>
        {
            double[] state = point.State;
            for (int step = 0; step < period; step++) state = cell.Next([drive[step, 0]], state);
            Assert.Equal(point.State[0], state[0], 1e-12);
        });
    }

    private static IReadOnlyList<FixedPoint> Points(Cell cell, int period, double input = 0)
    {
        double[] starts = [-1, -0.7, -0.3, 0.05, 0.2, 0.6, 0.9];
        return new NewtonSolver()
            .Solve(new(new IteratedCell(cell, period), [input], starts.Select(x => new[] { x }).ToList().ToMatrix(1)))
            .Distinct();
    }

    /// <summary>The same step, differentiated by autograd.</summary>
    private sealed class Plain(Cell cell) : Cell("Plain", cell.InputSize, cell.Units)
    {
        public override Tensor Step(Tensor input, Tensor state) => cell.Step(input, state);
    }
}
