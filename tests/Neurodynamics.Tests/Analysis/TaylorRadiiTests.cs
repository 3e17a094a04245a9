using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tests.FixedPoints;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Analysis;

public sealed class TaylorRadiiTests
{
    /// <summary>The positive solution of x = tanh(2 x).</summary>
    private const double Root = 0.957504024079;

    [Fact]
    public void At_an_inflection_the_linear_picture_holds_at_every_distance_as_far_as_the_quadratic_term_tells()
    {
        var radii = Assert.Single(Of(Nets.Tanh(new[,] { { 2.0 } }), [0]));
        Assert.Equal((0, double.PositiveInfinity), (radii.Lower, radii.Upper));
    }

    [Fact]
    public void At_the_root_of_a_bistable_unit_the_radius_is_the_one_of_tanhs_second_derivative()
    {
        // F' = 2 (1 - x^2) and F'' = -8 x (1 - x^2) at x = tanh(2 x).
        double slope = 2 * (1 - Root * Root), curvature = 8 * Root * (1 - Root * Root);
        var radii = Assert.Single(Of(Nets.Tanh(new[,] { { 2.0 } }), [Root]));
        Assert.Equal(2 * (1 - slope) / curvature, radii.Upper, 1e-8);
        Assert.InRange(radii.Lower, 0, 1e-11);
        Assert.True(radii.Holds);
    }

    [Fact]
    public void At_a_slow_point_the_step_itself_bounds_the_picture_from_below()
    {
        // G = 0.01 + 0.2 x + x^2 at 0: |0.2 d| > 0.01 and |0.2 d| > d^2.
        var radii = Assert.Single(Of(new Quadratic((x, _) => (0.01 + 0.2 * x + x * x, x)), [0]));
        Assert.Equal((0.05, 0.2), (Math.Round(radii.Lower, 9), Math.Round(radii.Upper, 7)));
        radii = Assert.Single(Of(new Quadratic((x, _) => (0.1 + 0.2 * x + x * x, x)), [0]));
        Assert.False(radii.Holds);
    }

    [Fact]
    public void A_complex_pair_has_one_pair_of_radii_those_of_the_worst_direction_in_its_plane()
    {
        // J = [[a, -b], [b, a]], so |(J - I) d| = r sqrt((a - 1)^2 + b^2) in every direction; the quadratic term
        // (x^2 + 3 y^2, 0) is largest along y: r < slope / 3; the constant term is (0.03, 0.04).
        const double a = 0.9, b = 0.3;
        var cell = new Quadratic(
            (x, y) => ((a - 1) * x - b * y + x * x + 3 * y * y + 0.03, b * x + (a - 1) * y + 0.04), size: 2);
        double slope = Math.Sqrt((a - 1) * (a - 1) + b * b);
        var radii = Assert.Single(Of(cell, [0, 0]));
        Assert.True(radii.Mode.Eigenvalue.Imaginary > 0);
        Assert.Equal(0.05 / slope, radii.Lower, 1e-9);
        Assert.Equal(slope / 3, radii.Upper, 1e-4 * slope);
        Assert.True(radii.Upper >= slope / 3 - 1e-9, "the grid can only miss the worst direction");
    }

    [Fact]
    public void Along_real_modes_of_a_trained_network_the_terms_are_equal_at_the_upper_radius()
    {
        var (network, lines) = ReferencePoints.Of("gru_flipflop3");
        var (cell, line) = (network.Cell.InDouble(), lines.First(line => line.UnstableModes == 1));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (x, u) = (tensor(line.Point.State).unsqueeze(0), tensor(line.Point.Input).unsqueeze(0));
        foreach (var radii in TaylorRadii.Of(network.Cell, line).Where(radii => radii.Mode.Eigenvalue.Imaginary == 0)
            .Take(5))
        {
            Assert.True(radii.Holds);
            // Independently: the second difference of the step itself.
            const double h = 1e-3;
            var v = tensor(radii.Mode.Right.Select(value => value.Real).ToArray()).unsqueeze(0);
            double quadratic =
                ((cell.Step(u, x + h * v) - 2 * cell.Step(u, x)
                    + cell.Step(u, x - h * v)) / (h * h) / 2).norm().item<double>();
            Assert.Equal(Math.Abs(radii.Mode.Eigenvalue.Real - 1) / quadratic, radii.Upper, 1e-4 * radii.Upper);
        }
    }

    private static IReadOnlyList<TaylorRadii> Of(Cell cell, double[] state) =>
        TaylorRadii.Of(cell, Assert.Single(Linearisation.Of(cell, [new FixedPoint(state, [0], 0, 1)])));

    /// <summary>x' = x + G(x), on one or two variables.</summary>
    private sealed class Quadratic(Func<Tensor, Tensor, (Tensor, Tensor)> flow, int size = 1) : Cell(
        "Quadratic", inputSize: 1, units: size)
    {
        public override Tensor Step(Tensor input, Tensor state)
        {
            var (x, y) = flow(state.narrow(1, 0, 1), state.narrow(1, StateSize - 1, 1));
            return state + (StateSize == 1 ? x : cat([x, y], 1)) + 0 * input;
        }
    }
}
