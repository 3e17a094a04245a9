using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tests.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.Analysis;

public sealed class PhasePlaneTests
{
    private static readonly PhasePlane OneBit =
        PhasePlane.Of(Nets.Tanh(new[,] { { 1.25, 0.75 }, { 0.75, 1.25 } }), resolution: 14);

    [Fact]
    public void The_field_is_the_step_that_the_equation_makes()
    {
        var (x, y) = (OneBit.Axis[3], OneBit.Axis[10]);
        Assert.Equal(Math.Tanh(1.25 * x + 0.75 * y) - x, OneBit.First[10, 3], 1e-15);
        Assert.Equal(Math.Tanh(0.75 * x + 1.25 * y) - y, OneBit.Second[10, 3], 1e-15);
        Assert.Equal((OneBit.First[10, 3] * OneBit.First[10, 3] + OneBit.Second[10, 3] * OneBit.Second[10, 3]) / 2,
            OneBit.Speed()[10, 3], 1e-15);
    }

    /// <summary>Units that do not meet: across the first one's axis q is least where the second stands still.</summary>
    [Theory]
    [InlineData(1.0, 0.0, 0)]
    [InlineData(-3.0, 0.0, 0)]
    [InlineData(0.0, 0.5, 1)]
    public void The_floor_along_an_axis_of_two_units_that_do_not_meet_is_the_speed_of_one(
        double first, double second, int unit)
    {
        double[] weights = [1.5, 0.7];
        var plane = PhasePlane.Of(Nets.Tanh(new[,] { { weights[0], 0 }, { 0, weights[1] } }), resolution: 5);
        var floor = plane.Floor([first, second], 33);
        Assert.Equal(33, floor.Count);
        Assert.Equal(floor.Select(at => at.Along).Order(), floor.Select(at => at.Along));
        Assert.All(floor, at =>
        {
            double step = Math.Tanh(weights[unit] * at.Along) - at.Along;
            Assert.Equal(step * step / 2, at.Speed, 1e-12);
        });
    }

    [Fact]
    public void The_floor_across_a_saddle_lies_no_higher_than_any_state_of_the_line()
    {
        var at = OneBit.Floor([1, -1], 21)[10];
        Assert.Equal(0, at.Along, 1e-12);
        Assert.Equal(0, at.Speed, 1e-12);
        Assert.Throws<ArgumentException>(() => OneBit.Floor([0, 0]));
    }

    [Fact]
    public void A_bit_along_the_diagonal_has_two_attractors_at_the_roots_of_tanh_and_a_saddle_between_them()
    {
        var points = OneBit.FixedPoints(6);
        Assert.Equal(["attractor", "attractor", "saddle"], points.Select(point => point.Kind));
        Assert.All(points.Take(2), point => Assert.Equal(0.957504024079, Math.Abs(point.Point.State[0]), 1e-9));
        double[,,] run = OneBit.Trajectories(new[,] { { 0.1, 0.05 } }, 50);
        Assert.Equal((0.1, 0.9575), (run[0, 0, 0], Math.Round(run[0, 50, 1], 4)));
    }

    [Fact]
    public void A_plane_of_a_cell_in_float32_stays_whole()
    {
        var cell = RecurrentCell.Create(Architecture.Vanilla, 1, 2);
        cell.Initialise(1);
        var plane = PhasePlane.Of(cell, resolution: 5);
        Assert.NotEmpty(plane.FixedPoints(4));
        Assert.Equal(plane.First[1, 1] + plane.Axis[1],
            plane.Trajectories(new[,] { { plane.Axis[1], plane.Axis[1] } }, 1)[0, 1, 0], 1e-15);
    }

    [Fact]
    public void Along_the_modes_the_region_ends_at_the_radii()
    {
        var attractor = PhasePlane.Of(OneBit.Cell, [0.0]).FixedPoints(6)[0];
        double nudged = attractor.Point.State[0] > 0 ? -0.5 : 0.5;
        var cell = RecurrentCell.Create(
            Architecture.Vanilla, new[,] { { 1.0 }, { 1.0 } }, new[,] { { 1.25, 0.75 }, { 0.75, 1.25 } });
        var line = PhasePlane.Of(cell, [nudged]).FixedPoints(8).Where(point => point.UnstableModes == 0)
            .MinBy(point => Math.Abs(point.Point.State[0]))!;
        var radius = TaylorRadii.Of(cell, line)[0];
        // The mode is the diagonal: the last row and column of a region as wide as the radius lie on it, d = radius (1,
        // 1) / sqrt 2.
        var region = TaylorRegion.Of(cell, line, extent: radius.Upper / Math.Sqrt(2), resolution: 10);
        Assert.Equal(1, region.Quadratic[9, 9], 1e-6);
        Assert.Equal(1, region.Quadratic[0, 0], 1e-6);
        Assert.InRange(region.Constant[9, 9], 0, 1e-9);
    }

    [Fact]
    public void At_a_minimum_of_the_speed_that_is_not_zero_an_eigenvalue_is_one()
    {
        var cell = RecurrentCell.Create(
            Architecture.Vanilla, new[,] { { 1.0 }, { 1.0 } }, new[,] { { 1.25, 0.75 }, { 0.75, 1.25 } });
        var plane = PhasePlane.Of(cell, [-0.6]);
        var slow = Assert.Single(new FixedPointSearch().Run(cell, plane.Grid(6), [-0.6]).SlowPoints);
        Assert.Equal(1, Linearisation.Of(cell, [slow])[0].Eigenvalues[0].Real, 1e-5);
    }
}
