using Neurodynamics.Dynamics;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// How far the linear picture holds along a mode (report 3.1): the distances from the point at which the linear term of
/// G(x) = F(x) - x outweighs both the constant and the quadratic one, |(J - I) d| > |G(x*)| and |(J - I) d| > |1/2 d
/// F'' d|.
/// </summary>
/// <param name="Mode">The mode; of a complex pair the one with positive imaginary part.</param>
/// <param name="Lower">Smallest |d|; 0 but for rounding at a fixed point, larger at a slow point.</param>
/// <param name="Upper">
/// Largest |d|; infinite where the quadratic term vanishes. Where it is below <paramref name="Lower"/>, the linear
/// picture holds nowhere.
/// </param>
public sealed record TaylorRadii(Mode Mode, double Lower, double Upper) : Described
{
    /// <summary>Step of the central difference of the Jacobian that gives F'', in units of the state.</summary>
    private const double Step = 1e-5;

    /// <summary>Directions tried in the plane of a complex pair: half a degree apart.</summary>
    private const int Directions = 360;

    /// <summary>Whether there is a distance at which the linear term dominates.</summary>
    public bool Holds => Lower < Upper;

    /// <summary>
    /// The radii of a point, for every mode: a real mode's are equal on both sides, a complex pair's are those of the
    /// worst direction in its plane.
    /// </summary>
    /// <param name="cell">The cell that was linearised.</param>
    /// <param name="line">The linearisation at the point.</param>
    /// <returns>In the order of the modes, a complex pair once; NaN where the Jacobian is not finite.</returns>
    public static IReadOnlyList<TaylorRadii> Of(Cell cell, Linearisation line)
    {
        Demand.Given((cell, line));
        var modes = line.Modes.Where(mode => !(mode.Eigenvalue.Imaginary < 0)).ToArray();
        if (!line.IsFinite) return [.. modes.Select(mode => new TaylorRadii(mode, double.NaN, double.NaN))];
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = cell.InDouble();
        var (input, state) = (line.Point.Input.ToTensor().unsqueeze(0), line.Point.State.ToTensor().unsqueeze(0));
        double constant = (exact.Step(input, state) - state).norm().item<double>();
        var linear = line.StateJacobian.ToTensor();
        // A difference of Jacobians below this is rounding.
        double rounding = 4 * (Math.BitIncrement(1.0) - 1) * linear.norm().item<double>() / Step;
        linear.diagonal().sub_(Scalars.One);
        var angles = tensor([.. Enumerable.Range(0, Directions).Select(k => k * (Math.PI / Directions))]);
        var around = stack([angles.cos(), angles.sin()]);
        return [.. modes.Select(Along)];

        TaylorRadii Along(Mode mode)
        {
            using var inner = NewDisposeScope();
            var plane = Mode.Plane(mode.Right);
            var axes = plane.ToMatrix(cell.StateSize).ToTensor();
            var directions = plane.Count == 1 ? ones(1, 1, dtype: ScalarType.Float64) : around;
            var change = (exact.StateJacobian(input, state.Plus(axes.Times(Step)))
                - exact.StateJacobian(input, state - axes.Times(Step))).Over(2 * Step);
            // Entry (i, k, j) is component k of F'' along axes i and j.
            var curvature = change.matmul(axes.t());
            var pairs = (directions.unsqueeze(1) * directions.unsqueeze(0)).flatten(0, 1);
            var quadratic = curvature.transpose(0, 1).flatten(1, 2).mm(pairs).norm(0);
            var slope = linear.mm(axes.t()).mm(directions).norm(0);
            double smallest = slope.min().item<double>();
            return smallest == 0
                ? new(mode, double.PositiveInfinity, 0)
                : new(mode, constant / smallest,
                    (slope.Times(2) / where(quadratic.Above(rounding), quadratic, zeros_like(quadratic)))
                        .min().item<double>());
        }
    }
}
