using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Analysis;

public sealed class InvariantCurveTests
{
    [Theory]
    [InlineData(0.3, 0.05)]
    [InlineData(1.7, 0.2)]
    public void A_circle_that_attracts_has_its_period_and_multipliers(double angle, double pull)
    {
        // r' = r (1 + pull (1 - r^2)): slope 1 - 2 pull on the circle. A third variable halves itself.
        var curve = InvariantCurve.Of(Circle(angle, pull), [0], [0.1, 0, 0.3], [0, 0, 0], multipliers: 3);
        double period = 2 * Math.PI / angle;
        Assert.Equal(period, curve.Period, 1e-6 * period);
        Assert.Equal(1, curve.Multipliers[0], 1e-2);
        Assert.Equal(Math.Pow(1 - 2 * pull, period), curve.Multipliers[1], 1e-2);
        Assert.Equal(Math.Pow(0.5, period), curve.Multipliers[2], 1e-2);
        Assert.True(curve.IsAttracting);
        Assert.Equal(1, Math.Sqrt(Math.Pow(curve.States[7, 0], 2) + Math.Pow(curve.States[7, 1], 2)), 1e-9);
    }

    [Fact]
    public void A_state_that_rests_is_on_no_curve()
    {
        var curve = InvariantCurve.Of(Circle(0.3, -0.05), [0], [0.1, 0, 0.3], [0, 0, 0]);
        Assert.Equal(double.PositiveInfinity, curve.Period);
        Assert.False(curve.IsAttracting);
    }

    [Fact]
    public void A_map_that_stretches_is_no_curve()
    {
        // Angles doubled around a circle: chaos, with an exponent of ln 2.
        var cell = Cell.From((_, x) =>
        {
            var (a, b) = (x.narrow(1, 0, 1), x.narrow(1, 1, 1));
            var size = (a * a + b * b).sqrt();
            return cat([(a * a - b * b) / size, 2 * a * b / size], 1) / (0.5 + 0.5 * size);
        }, 1, 2);
        Assert.False(InvariantCurve.Of(cell, [0], [0.3, 0.2], [0, 0]).IsAttracting);
    }

    private static Cell Circle(double angle, double pull) => Cell.From((_, x) =>
    {
        var plane = x.narrow(1, 0, 2);
        double[,] turn = { { Math.Cos(angle), -Math.Sin(angle) }, { Math.Sin(angle), Math.Cos(angle) } };
        var size = plane * (1 + pull * (1 - (plane * plane).sum(1, keepdim: true)));
        return cat([size.mm(tensor(turn).t()), 0.5 * x.narrow(1, 2, 1)], 1);
    }, 1, 3);
}
