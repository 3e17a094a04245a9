using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// How far the Jacobian of a cell is from that at the centre of a ball, as sampled: the stand-in for a bound that
/// nobody knows. It is a measurement; between the samples the Jacobian may do as it likes.
/// </summary>
/// <remarks>
/// A smooth Jacobian that differs by D_i over a radius along orthogonal directions differs in no direction by more than
/// the root of the sum of all ||D_i||^2 (Frobenius). A few directions stand for all where there are more than these.
/// Each is looked along both ways, since a kink may lie on one side alone, and the larger difference counts.
/// </remarks>
internal static class SampledChange
{
    /// <summary>Directions in which Jacobians are taken, both ways.</summary>
    private const int Directions = 8;

    /// <summary>The change is taken so many times as large as it was sampled.</summary>
    private const double Safety = 3;

    /// <summary>The change [B].</summary>
    /// <param name="cell">The cell, in float64.</param>
    /// <param name="input">Inputs [B, I].</param>
    /// <param name="state">Centres of the balls [B, S].</param>
    /// <param name="jacobian">Jacobians there [B, S, S].</param>
    /// <param name="radius">Radii of the balls [B].</param>
    /// <param name="seed">
    /// Decides on the directions: the same for all states, whatever else is in the batch, so that results repeat to the
    /// bit.
    /// </param>
    public static Tensor Of(Cell cell, Tensor input, Tensor state, Tensor jacobian, Tensor radius, long seed)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        var (batch, size) = (state.shape[0], state.shape[1]);
        long count = Math.Min(Directions, size);
        var (directions, _) = linalg.qr(randn([size, count], dtype: ScalarType.Float64, generator: generator));
        var steps = cat([directions.t(), directions.t().neg()]) * radius.view(-1, 1, 1);
        var around = cell.StateJacobian(
            input.repeat_interleave(2 * count, 0), state.unsqueeze(1).Plus(steps).view(-1, size));
        var apart = around.view(batch, 2 * count, size, size) - jacobian.unsqueeze(1);
        var lengths = apart.flatten(2).norm(2).view(batch, 2, count).amax([1]);
        return lengths.norm(1).Times(Safety * Math.Sqrt((double)size / count)).MoveToOuterDisposeScope();
    }
}
