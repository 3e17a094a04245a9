using System.Numerics;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>The linear dynamics around a fixed point: x(t+1) - x* = J (x(t) - x*).</summary>
/// <param name="Point">The fixed point.</param>
/// <param name="Eigenvalues">Of the state Jacobian J, S values, largest modulus first.</param>
public sealed record Linearisation(FixedPoint Point, Complex[] Eigenvalues)
{
    /// <summary>Number of unstable modes, |lambda| > 1: the saddle index.</summary>
    public int UnstableModes => Eigenvalues.Count(lambda => lambda.Magnitude > 1);

    /// <summary>Largest time constant of the decaying modes, -1 / ln |lambda| in steps; NaN if none decays.</summary>
    public double SlowestTimeConstant
    {
        get
        {
            double slowest = Eigenvalues.Select(lambda => lambda.Magnitude).Where(modulus => modulus < 1).DefaultIfEmpty(double.NaN).Max();
            return -1 / Math.Log(slowest);
        }
    }

    /// <summary>Attractor, saddle or repeller, by the number of unstable modes.</summary>
    public string Kind => UnstableModes switch
    {
        0 => "attractor",
        var count when count == Eigenvalues.Length => "repeller",
        _ => "saddle",
    };

    /// <summary>Linearises a cell around each of its fixed points.</summary>
    /// <returns>By number of unstable modes, and in the order of the points where that is equal.</returns>
    public static IReadOnlyList<Linearisation> Of(Cell cell, IReadOnlyList<FixedPoint> points)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = cell.InDouble();
        return [.. points.Select(Around).OrderBy(line => line.UnstableModes)];

        Linearisation Around(FixedPoint point)
        {
            using var inner = NewDisposeScope();
            var jacobian = exact.StateJacobian(tensor(point.Input).unsqueeze(0), tensor(point.State).unsqueeze(0)).squeeze(0);
            var eigenvalues = linalg.eigvals(jacobian).data<Complex>().ToArray();
            return new(point, [.. eigenvalues.OrderByDescending(lambda => lambda.Magnitude).ThenByDescending(lambda => lambda.Imaginary)]);
        }
    }
}
