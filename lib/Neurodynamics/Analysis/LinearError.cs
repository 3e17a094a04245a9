using Neurodynamics.Dynamics;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// How wrong the linear picture of a point is at a distance, after some steps under the point's own input.
/// </summary>
/// <param name="Line">The linearisation.</param>
/// <param name="Distance">Length of the displacement d.</param>
/// <param name="Errors">||x(k) - x* - J^k d|| / ||d||, a value per direction.</param>
public sealed record LinearError(Linearisation Line, double Distance, double[] Errors) : Described
{
    /// <summary>Compares the network's true motion near a point with the linear one.</summary>
    /// <param name="cell">The cell that was linearised.</param>
    /// <param name="line">The linearisation at the point.</param>
    /// <param name="towards">
    /// States to displace towards [D, S], such as states of trials: only their directions from the point count.
    /// </param>
    /// <param name="distances">Lengths of the displacement.</param>
    /// <param name="steps">k, steps of the network; default 1.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <returns>In the order of the distances.</returns>
    public static IReadOnlyList<LinearError> Of(
        Cell cell, Linearisation line, double[,] towards, IReadOnlyList<double> distances, int steps = 1,
        CancellationToken cancellation = default)
    {
        Demand.Given((cell, line, distances));
        Demand.Shape(line.StateJacobian, [cell.StateSize, cell.StateSize], nameof(line));
        Demand.Shape(towards, [-1, cell.StateSize]);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var under = new ConstantInput(cell.InDouble(), line.Point.Input);
        var point = line.Point.State.ToTensor();
        var directions = towards.ToTensor() - point;
        directions = directions / directions.norm(1).unsqueeze(1);
        var turn = line.StateJacobian.ToTensor().t();
        return [.. distances.Select(distance =>
        {
            using var inner = NewDisposeScope();
            var linear = directions.Times(distance);
            var state = under.Follow(point.Plus(linear), steps, cancellation: cancellation);
            for (int step = 0; step < steps; step++) linear = linear.mm(turn);
            return new LinearError(
                line, distance, [.. (state - point - linear).norm(1).ToVector().Select(error => error / distance)]);
        })];
    }

    /// <summary>
    /// How far the linear picture reaches: the distance at which its error, the median over points and directions,
    /// first comes to a share of the displacement. Between two distances the error is taken to be a power of the
    /// distance. Networks can be compared by it, as it is the distance of equal error.
    /// </summary>
    /// <param name="errors">Errors around the points of one network, at the same distances each.</param>
    /// <param name="share">The share, above 0; default a tenth.</param>
    /// <returns>
    /// Infinite where no distance has so large an error. Where the smallest has it already, that distance: the reach is
    /// not larger.
    /// </returns>
    public static double Reach(IReadOnlyList<LinearError> errors, double share = 0.1)
    {
        Demand.Given(errors);
        if (!(share > 0)) throw new ArgumentOutOfRangeException(nameof(share), share, "The share is above 0.");
        var (before, last) = (0.0, 0.0);
        foreach (var (distance, error) in Medians(errors))
        {
            if (error >= share) return last > 0 && before > 0
                ? last * Math.Pow(distance / last, Math.Log(share / before) / Math.Log(error / before))
                : distance;
            (last, before) = (distance, error);
        }
        return double.PositiveInfinity;
    }

    /// <summary>The error at each distance, the median over points and directions, by distance.</summary>
    /// <param name="errors">Errors around the points of one network, at the same distances each.</param>
    public static IReadOnlyList<(double Distance, double Error)> Medians(IReadOnlyList<LinearError> errors)
    {
        Demand.Given(errors);
        return [.. errors.GroupBy(error => error.Distance).OrderBy(group => group.Key)
            .Select(group => (group.Key, group.SelectMany(error => error.Errors).Median()))];
    }
}
