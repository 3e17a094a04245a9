using Neurodynamics.Dynamics;
using Neurodynamics.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>One step of a trial, and what the linearisation of the nearest fixed point says of it.</summary>
/// <param name="Nearest">The nearest point, an index in the list of points.</param>
/// <param name="Distance">Euclidean distance of the state before the step from that point.</param>
/// <param name="Motion">Length of the step that the network makes.</param>
/// <param name="Error">Distance between the state after it and the one that the linearisation tells.</param>
/// <param name="Silent">
/// Whether the input of the step is the point's own, so that nothing but the state moves the network.
/// </param>
public sealed record StepForecast(int Nearest, double Distance, double Motion, double Error, bool Silent) : Described;

/// <summary>
/// A network replaced by the linear dynamics around its fixed points: from each state it makes the step of the nearest
/// point, x* + J (x - x*) + B (u - u*). What it gets right is what the points, with their linearisations, tell of
/// trajectories.
/// </summary>
public sealed class LocalLinear
{
    private readonly Cell cell;
    private readonly double[,] places, homes;
    private readonly double[][,] byState, byInput;

    /// <param name="cell">The cell that was linearised.</param>
    /// <param name="points">Its points, at least one.</param>
    public LocalLinear(Cell cell, IReadOnlyList<Linearisation> points)
    {
        Demand.Given((cell, points));
        if (points.Count == 0) throw new ArgumentException(
            "Without a fixed point there is nothing to replace the network by.", nameof(points));
        if (points.FirstOrDefault(point => point.Point.State.Length != cell.StateSize
            || point.Point.Input.Length != cell.InputSize) is { } odd)
            throw new ArgumentException(
                $"The cell has {cell.StateSize} state variables and {cell.InputSize} inputs, but a point has "
                + $"{odd.Point.State.Length} and {odd.Point.Input.Length}.", nameof(points));
        this.cell = cell;
        places = points.Select(point => point.Point.State).ToList().ToMatrix(cell.StateSize);
        homes = points.Select(point => point.Point.Input).ToList().ToMatrix(cell.InputSize);
        (byState, byInput) =
            ([.. points.Select(point => point.StateJacobian)], [.. points.Select(point => point.InputJacobian)]);
    }

    /// <summary>Of which cell, and around how many points.</summary>
    public override string ToString() => $"{cell}, linear around each of {byState.Length} points";

    /// <summary>What the points tell of single steps.</summary>
    /// <param name="steps">The steps.</param>
    public IReadOnlyList<StepForecast> Forecast(TrialSteps steps)
    {
        Demand.Given(steps);
        Demand.Shape(steps.Before, [-1, cell.StateSize], nameof(steps));
        Demand.Shape(steps.Inputs, [steps.Count, cell.InputSize], nameof(steps));
        Demand.Shape(steps.After, [steps.Count, cell.StateSize], nameof(steps));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (before, input, after) = (steps.Before.ToTensor(), steps.Inputs.ToTensor(), steps.After.ToTensor());
        var (next, nearest, distance) = Step(input, before);
        var (error, motion) = ((next - after).norm(1).ToVector(), (after - before).norm(1).ToVector());
        return [.. Enumerable.Range(0, steps.Count)
            .Select(i => new StepForecast(nearest[i], distance[i], motion[i], error[i],
            steps.Inputs.Row(i).AsSpan().SequenceEqual(homes.Row(nearest[i]))))];
    }

    /// <summary>
    /// Runs whole trials by the linearisations alone; the network is not asked again. States after each step [B, T, S].
    /// </summary>
    /// <param name="inputs">The trials' inputs [B, T, I].</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <remarks>Far from all points it can run away, and then holds what is not finite.</remarks>
    public double[,,] Run(double[,,] inputs, double[]? start = null, CancellationToken cancellation = default)
    {
        Demand.Shape(inputs, [-1, -1, cell.InputSize]);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.GetLength(1), nameof(inputs));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var given = inputs.ToTensor().to(ScalarType.Float64);
        var state = cell.InDouble().StartOf(start, given);
        var states = new List<Tensor>();
        foreach (var input in given.unbind(1))
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            state = Step(input, state).Next.MoveToOuterDisposeScope();
            states.Add(state);
        }
        return stack(states, 1).ToCube();
    }

    private (Tensor Next, int[] Nearest, double[] Distance) Step(Tensor input, Tensor state)
    {
        var (place, home) = (places.ToTensor(), homes.ToTensor());
        var (distances, indices) = cdist(state, place, 2, compute_mode.donot_use_mm_for_euclid_dist).min(1);
        int[] nearest = [.. indices.data<long>().ToArray().Select(index => (int)index)];
        var next = empty_like(state);
        foreach (var group in Enumerable.Range(0, nearest.Length).GroupBy(i => nearest[i]))
        {
            using var scope = NewDisposeScope();
            var rows = tensor(group.Select(i => (long)i).ToArray());
            var (x, u) = (place[group.Key], home[group.Key]);
            next.index_copy_(0, rows, x.Plus((state[rows] - x).mm(byState[group.Key].ToTensor().t()))
                .Plus((input[rows] - u).mm(byInput[group.Key].ToTensor().t())));
        }
        return (next, nearest, distances.ToVector());
    }
}
