using Neurodynamics.Analysis;
using Neurodynamics.Tests.FixedPoints;
using Xunit;

namespace Neurodynamics.Tests.Analysis;

/// <summary>Rotation numbers that are known without following a state.</summary>
public sealed class RotationTests
{
    private const double Golden = 0.6180339887498949;

    /// <summary>A turn about (2, -1), seen through a shear, which does not change its rotation number.</summary>
    [Theory]
    [InlineData(0.1 * Golden)]
    [InlineData(0.5 * Golden)]
    [InlineData(-0.3 * Golden)]
    public void A_sheared_turn_by_an_irrational_share_has_that_number_and_no_period(double share)
    {
        var rotation = Rotation.Of(Sheared(share, 4000), settle: 0, centre: [2, -1]);
        Assert.Equal(share, rotation.Number, 1e-10);
        Assert.Null(rotation.Period);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 7)]
    [InlineData(1, 2)]
    public void A_turn_by_k_of_p_comes_back_after_p_steps(int k, int p)
    {
        var rotation = Rotation.Of(Sheared((double)k / p, 4000), settle: 100, centre: [2, -1]);
        Assert.Equal((double)k / p, rotation.Number, 1e-10);
        Assert.Equal(p, rotation.Period);
    }

    /// <summary>A quarter turn commutes with tanh, so that four steps lead along an axis of one unit.</summary>
    [Fact]
    public void A_growing_quarter_turn_under_tanh_is_a_cycle_of_four()
    {
        var rotation = Rotation.Of(Path(1.3, Math.PI / 2, 3000), settle: 2000);
        Assert.Equal(0.25, rotation.Number, 1e-12);
        Assert.Equal(4, rotation.Period);
    }

    /// <summary>Near the point that the curve is born from, a turn is as long as its eigenvalue says.</summary>
    [Fact]
    public void A_small_closed_curve_turns_as_its_eigenvalue_does()
    {
        var rotation = Rotation.Of(Path(1.001, 0.5, 24_000), settle: 20_000);
        Assert.Equal(0.5 / (2 * Math.PI), rotation.Number, 1e-3);
        Assert.Null(rotation.Period);
    }

    [Fact]
    public void A_state_that_stands_still_turns_by_nothing()
    {
        Assert.Equal(new Rotation(0, 1), Rotation.Of(new double[,] { { 1, 1 }, { 1, 1 }, { 1, 1 } }, settle: 0));
        var shrinking = Rotation.Of(Path(0.5, 0.5, 300), settle: 200);
        Assert.True(double.IsNaN(shrinking.Number));
        Assert.Equal(1, shrinking.Period);
    }

    [Fact]
    public void A_path_that_is_too_short_to_settle_is_refused() =>
        Assert.Contains("3 states", Assert.Throws<ArgumentOutOfRangeException>(() =>
            Rotation.Of(new double[3, 2], settle: 2)).Message, StringComparison.Ordinal);

    private static double[,] Path(double growth, double turn, int steps)
    {
        var (along, across) = (growth * Math.Cos(turn), growth * Math.Sin(turn));
        var plane = PhasePlane.Of(Nets.Tanh(new[,] { { along, -across }, { across, along } }), resolution: 5);
        return plane.Trajectories(new[,] { { 0.2, 0.1 } }, steps).Trial(0);
    }

    private static double[,] Sheared(double share, int steps)
    {
        double[,] path = new double[steps, 2];
        for (int step = 0; step < steps; step++)
        {
            var (cos, sin) = (Math.Cos(2 * Math.PI * share * step), Math.Sin(2 * Math.PI * share * step));
            (path[step, 0], path[step, 1]) = (2 + cos + 0.7 * sin, sin - 1);
        }
        return path;
    }
}
