using System.Numerics;
using Neurodynamics.Models;

namespace Neurodynamics.Dynamics;

/// <summary>A run away from an unstable point along one of its modes.</summary>
/// <param name="Saddle">The unstable point, its index in the list of points.</param>
/// <param name="Mode">The unstable mode, its index in the point's modes.</param>
/// <param name="Sign">+1 along the mode's right vector, -1 against it.</param>
/// <param name="Phase">
/// Of a complex pair, the turn in its plane, in cycles from 0 to 1/2: the run starts along the real part of e^(2 pi i
/// phase) v. 0 for a real mode.
/// </param>
/// <param name="Ending">How it ended.</param>
/// <param name="Attractor">
/// The attractor that it reached, an index in the list of points; null where it reached none.
/// </param>
/// <param name="Steps">Steps of the network until then.</param>
public sealed record Transition(
    int Saddle, int Mode, int Sign, double Phase, RunEnding Ending, int? Attractor, int Steps) : Described;

/// <summary>Two attractors between which saddles of index 1 lie.</summary>
/// <param name="First">The attractor that comes first in the list of points, as its index there.</param>
/// <param name="Second">The other attractor.</param>
/// <param name="Saddles">
/// The saddles with one unstable mode from which one direction leads to the first and the other to the second.
/// </param>
public sealed record Connection(int First, int Second, IReadOnlyList<int> Saddles) : Described;

/// <summary>Where the network goes from its saddles: the skeleton of its transitions between attractors.</summary>
/// <param name="Points">The points, as given.</param>
/// <param name="Transitions">A run for each unstable point, unstable mode and direction.</param>
public sealed record TransitionGraph(IReadOnlyList<Linearisation> Points, IReadOnlyList<Transition> Transitions)
    : Described
{
    /// <summary>Pairs of different attractors that a saddle of index 1 connects, each pair once.</summary>
    public IReadOnlyList<Connection> Edges() =>
    [
        .. Transitions.Where(run => Points[run.Saddle].UnstableModes == 1).GroupBy(run => run.Saddle)
            .Where(runs => runs.All(run => run.Attractor is not null))
            .Select(runs => (Saddle: runs.Key, First: runs.Min(run => run.Attractor!.Value),
                Second: runs.Max(run => run.Attractor!.Value)))
            .Where(edge => edge.First != edge.Second)
            .GroupBy(edge => (edge.First, edge.Second))
            .OrderBy(edges => edges.Key)
            .Select(edges => new Connection(edges.Key.First, edges.Key.Second, [.. edges.Select(edge => edge.Saddle)])),
    ];

    /// <summary>
    /// Runs the network from beside every unstable point, along both directions of each unstable mode, under the
    /// point's own input, to the attractor that it reaches. A mode below -1 visits both sides in turn and is still run
    /// from both. From a saddle with several unstable modes a run along a weaker one may be carried off by a stronger:
    /// its attractor can change with the displacement.
    /// </summary>
    /// <param name="cell">The cell that was linearised.</param>
    /// <param name="points">Its points; none, or none unstable, gives no runs.</param>
    /// <param name="displacement">
    /// Distance of the start from the point; default 1e-3, or a tenth of the distance to the nearest other point where
    /// that is less.
    /// </param>
    /// <param name="arrival">
    /// Distance from an attractor at which a run that comes nearer has arrived; default 0.01, or a tenth of the
    /// distance to the nearest other point where that is less.
    /// </param>
    /// <param name="maxSteps">
    /// Steps at most; default 20 000, several times what the slowest integrator of the tests needs.
    /// </param>
    /// <param name="phases">
    /// Directions in half the plane of a complex pair, each run with both signs; default 4.
    /// </param>
    /// <param name="cancellation">Stops the runs; those that have ended are returned, the rest as cancelled.</param>
    public static TransitionGraph Of(Cell cell, IReadOnlyList<Linearisation> points, double displacement = 1e-3,
        double arrival = 0.01, int maxSteps = 20_000, int phases = 4, CancellationToken cancellation = default)
    {
        Demand.Given((cell, points));
        if (!(displacement > 0)) throw new ArgumentOutOfRangeException(
            nameof(displacement), displacement, "The displacement is positive.");
        if (!(arrival > 0)) throw new ArgumentOutOfRangeException(
            nameof(arrival), arrival, "The distance of arrival is positive.");
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(phases, 1);
        var runs = Starts(points, phases);
        double[] room = [.. points.Select(point => Room(point, points))];
        int[] attractors = [.. Enumerable.Range(0, points.Count).Where(i => points[i].IsAttractor)];
        double[,] starts = runs.Select(run => Start(points[run.Saddle], run, Math.Min(displacement, room[run.Saddle])))
            .ToMatrix(cell.StateSize);
        var own = new ConstantInput(cell, runs.Select(run => points[run.Saddle].Point.Input).ToMatrix(cell.InputSize));
        Goal[] goals = [.. attractors.Select(i => Goal.At(points[i].Point, Math.Min(arrival, room[i])))];
        return new(points, [.. runs.Zip(own.Arrivals(starts, goals, maxSteps, cancellation), (run, end) =>
            run with { Ending = end.Ending, Attractor = end.Goal is { } goal
                ? attractors[goal]
                : null, Steps = end.Steps })]);
    }

    /// <summary>
    /// A tenth of the distance from a point to the nearest other one under the same input; infinite where it is alone.
    /// </summary>
    private static double Room(Linearisation point, IReadOnlyList<Linearisation> points) =>
        points.Where(other => other != point && other.Point.Input.AsSpan().SequenceEqual(point.Point.Input))
            .Select(other => point.Point.State.Distance(other.Point.State))
            .Where(double.IsFinite).DefaultIfEmpty(double.PositiveInfinity).Min() / 10;

    private static Transition[] Starts(IReadOnlyList<Linearisation> points, int phases) =>
    [
        .. from saddle in Enumerable.Range(0, points.Count)
           where points[saddle].IsFinite
           from mode in Enumerable.Range(0, points[saddle].Modes.Count)
           let lambda = points[saddle].Modes[mode].Eigenvalue
           where lambda.Magnitude > 1 && lambda.Imaginary >= 0
           from phase in Enumerable.Range(0, lambda.Imaginary == 0 ? 1 : phases)
           from sign in new[] { 1, -1 }
           select new Transition(saddle, mode, sign, 0.5 * phase / phases, RunEnding.Cancelled, null, 0),
    ];

    private static double[] Start(Linearisation saddle, Transition run, double displacement)
    {
        var turn = Complex.FromPolarCoordinates(1, 2 * Math.PI * run.Phase);
        double[] direction = [.. saddle.Modes[run.Mode].Right.Select(value => (turn * value).Real)];
        double scale = run.Sign * displacement / Math.Sqrt(direction.Sum(value => value * value));
        return [.. saddle.Point.State.Zip(direction, (x, d) => x + scale * d)];
    }
}
