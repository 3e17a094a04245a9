using Neurodynamics.Dynamics;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// Where in the plane around a point of a cell with two state variables the report's inequalities hold (3.1), read for
/// G(x) = F(x) - x: the linear term (J - I) d is longer than the constant G(x*) and than the quadratic 1/2 d F'' d. All
/// arrays are [second, first component of d].
/// </summary>
/// <param name="Line">The linearisation at the point.</param>
/// <param name="Axis">The values of both components of d.</param>
/// <param name="Constant">
/// Length of the constant term, per length of the linear one: the first inequality holds below 1.
/// </param>
/// <param name="Quadratic">
/// Length of the quadratic term, per length of the linear one: the second holds below 1.
/// </param>
/// <param name="Error">
/// Length of all that the linear picture leaves out, F(x* + d) - F(x*) - J d, per length of the linear term.
/// </param>
public sealed record TaylorRegion(
    Linearisation Line, double[] Axis, double[,] Constant, double[,] Quadratic, double[,] Error) : Described
{
    /// <summary>Step of the central difference of the Jacobian that gives F''.</summary>
    private const double Step = 1e-5;

    /// <summary>The region around a point.</summary>
    /// <param name="cell">The cell that was linearised, with two state variables.</param>
    /// <param name="line">The linearisation.</param>
    /// <param name="extent">Largest component of d; default 0.6.</param>
    /// <param name="resolution">
    /// Grid points along each axis; default 100, an even number, so that d = 0 is none.
    /// </param>
    public static TaylorRegion Of(Cell cell, Linearisation line, double extent = 0.6, int resolution = 100)
    {
        Demand.Given((cell, line));
        if (cell.StateSize != 2) throw new ArgumentException(
            $"A plane has two dimensions, but the cell has {cell.StateSize} state variables.", nameof(cell));
        Demand.Shape(line.StateJacobian, [2, 2], nameof(line));
        ArgumentOutOfRangeException.ThrowIfLessThan(resolution, 2);
        Demand.Room(resolution, resolution, 2);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = cell.InDouble();
        var (input, point) = (line.Point.Input.ToTensor().unsqueeze(0), line.Point.State.ToTensor().unsqueeze(0));
        double[] axis = [.. Enumerable.Range(0, resolution).Select(i => extent * (2.0 * i / (resolution - 1) - 1))];
        var values = axis.ToTensor();
        // Rows of d: the second component changes from row to row of the arrays, the first within them.
        var d = stack([values.repeat(resolution), values.repeat_interleave(resolution)], 1);
        var jacobian = line.StateJacobian.ToTensor();
        var ahead = d.mm(jacobian.t());
        var linear = (ahead - d).norm(1);
        var here = exact.Step(input, point);
        var axes = eye(2, dtype: ScalarType.Float64).Times(Step);
        // Entry (j, k, i): how dF_k/dx_i changes along axis j.
        var curvature =
            (exact.StateJacobian(input, point.Plus(axes)) - exact.StateJacobian(input, point - axes)).Over(2 * Step);
        var quadratic = einsum("bj,jki,bi->bk", d, curvature, d).norm(1).Over(2);
        var rest = (exact.Step(input, point.Plus(d)) - here - ahead).norm(1);
        return new(line, axis, Share((here - point).norm(1).expand(linear.shape[0])), Share(quadratic), Share(rest));

        double[,] Share(Tensor length) => (length / linear).view(resolution, resolution).ToMatrix();
    }
}
