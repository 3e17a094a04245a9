using Neurodynamics.Dynamics;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>
/// All that a cell with two state variables does under a constant input, on a square grid: the step G(x) = F(x) - x
/// that it makes from every state. Where both components are zero there is a fixed point; where one is, a nullcline.
/// </summary>
/// <param name="Cell">The cell, in float64.</param>
/// <param name="Input">The constant input, I values.</param>
/// <param name="Axis">The grid's values, the same along both axes.</param>
/// <param name="First">First component of G, [second coordinate, first coordinate].</param>
/// <param name="Second">Second component of G, in the same order.</param>
public sealed record PhasePlane(Cell Cell, double[] Input, double[] Axis, double[,] First, double[,] Second) : Described
{
    /// <summary>The plane of a cell.</summary>
    /// <param name="cell">With two state variables.</param>
    /// <param name="input">The constant input, I values; default zeros.</param>
    /// <param name="extent">
    /// Both axes run from minus this to this; default 1.3, a little more than tanh can reach.
    /// </param>
    /// <param name="resolution">Grid points along each axis; default 53.</param>
    public static PhasePlane Of(Cell cell, double[]? input = null, double extent = 1.3, int resolution = 53)
    {
        Demand.Given(cell);
        if (cell.StateSize != 2) throw new ArgumentException(
            $"A plane has two dimensions, but the cell has {cell.StateSize} state variables.", nameof(cell));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(extent);
        ArgumentOutOfRangeException.ThrowIfLessThan(resolution, 2);
        Demand.Room(resolution, resolution, 2);
        input ??= new double[cell.InputSize];
        // Before the scope, which would take its parameters with it.
        var exact = cell.InDouble();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        double[] axis = Evenly(extent, resolution);
        var states = Square(axis).ToTensor();
        var steps = (exact.Step(input.ToTensor().unsqueeze(0), states) - states).view(resolution, resolution, 2);
        return new(exact, input, axis, steps.select(2, 0).ToMatrix(), steps.select(2, 1).ToMatrix());
    }

    /// <summary>The speed q = 1/2 |G|^2 on the grid, [second coordinate, first coordinate].</summary>
    public double[,] Speed()
    {
        double[,] speed = new double[Axis.Length, Axis.Length];
        for (int j = 0; j < Axis.Length; j++)
            for (int i = 0; i < Axis.Length; i++) speed[j, i] =
                (First[j, i] * First[j, i] + Second[j, i] * Second[j, i]) / 2;
        return speed;
    }

    /// <summary>
    /// The floor of the speed's landscape, for a cut along a valley: the least q on each of many lines across a
    /// direction, inside the square of the grid and found much more finely than the grid is spaced.
    /// </summary>
    /// <param name="direction">2 values; its length does not matter, but is not 0.</param>
    /// <param name="count">How many lines, at least 2; default 241.</param>
    /// <returns>For each line its place along the direction and the least q, in the order of the places.</returns>
    /// <exception cref="ArgumentException">The direction has no length.</exception>
    public IReadOnlyList<(double Along, double Speed)> Floor(double[] direction, int count = 241)
    {
        const int tries = 201, rounds = 4;
        Demand.Shape(direction, [2]);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        Demand.Room(count, tries, 2);
        double length = Math.Sqrt(direction[0] * direction[0] + direction[1] * direction[1]);
        if (!(length > 0) || !double.IsFinite(length)) throw new ArgumentException(
            $"A direction of length {length} leads nowhere: give one of another length.", nameof(direction));
        var (a, b, extent) = (direction[0] / length, direction[1] / length, Axis[^1]);
        // The first and the last line would only touch a corner of the square.
        double reach = 0.98 * extent * (Math.Abs(a) + Math.Abs(b));
        double[] along = [.. Enumerable.Range(0, count).Select(i => reach * (2.0 * i / (count - 1) - 1))];
        double[] low = new double[count], high = new double[count], speeds = new double[count];
        for (int i = 0; i < count; i++)
        {
            var (first, second) = (Inside(along[i] * a, -b), Inside(along[i] * b, a));
            (low[i], high[i]) = (Math.Max(first.Low, second.Low), Math.Min(first.High, second.High));
        }
        for (int round = 0; round < rounds; round++)
        {
            double[,] states = new double[count * tries, 2];
            for (int i = 0; i < count; i++)
                for (int k = 0; k < tries; k++)
                    (states[i * tries + k, 0], states[i * tries + k, 1]) =
                        (along[i] * a - Across(i, k) * b, along[i] * b + Across(i, k) * a);
            double[] all = new FixedPointProblem(Cell, Input, states).Speeds();
            for (int i = 0; i < count; i++)
            {
                int best = Enumerable.Range(0, tries).MinBy(k => all[i * tries + k]);
                speeds[i] = all[i * tries + best];
                (low[i], high[i]) = (Across(i, Math.Max(0, best - 1)), Across(i, Math.Min(tries - 1, best + 1)));
            }
        }
        return [.. along.Zip(speeds)];

        double Across(int line, int k) => low[line] + (high[line] - low[line]) * k / (tries - 1);

        (double Low, double High) Inside(double at, double slope) => slope == 0
            ? (double.NegativeInfinity, double.PositiveInfinity)
            : ((-Math.Sign(slope) * extent - at) / slope, (Math.Sign(slope) * extent - at) / slope);
    }

    /// <summary>States on a square grid over the plane, to start from [count^2, 2].</summary>
    /// <param name="count">Along each axis, at least 2.</param>
    public double[,] Grid(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        Demand.Room(count, count, 2);
        return Square(Evenly(Axis[^1], count));
    }

    /// <summary>The fixed points that a search from a grid finds, linearised.</summary>
    /// <param name="count">Candidates along each axis; default 12.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public IReadOnlyList<Linearisation> FixedPoints(int count = 12, CancellationToken cancellation = default)
    {
        var search = new FixedPointSearch { MergeDistance = 1e-5 };
        var set = search.Run(Cell, Grid(count), Input, cancellation: cancellation);
        return Linearisation.Of(Cell, set.Points, cancellation: cancellation);
    }

    /// <summary>Where the cell goes from some states, itself included: [B, steps + 1, 2].</summary>
    /// <param name="starts">[B, 2].</param>
    /// <param name="steps">At least 1.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public double[,,] Trajectories(double[,] starts, int steps, CancellationToken cancellation = default)
    {
        Demand.Given(starts);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new ConstantInput(Cell, Input).Path(starts, steps, cancellation);
    }

    /// <summary>Coordinates of trajectories along a direction [B, T].</summary>
    /// <param name="trajectories">[B, T, 2].</param>
    /// <param name="direction">2 values; its length does not matter.</param>
    public static double[,] Along(double[,,] trajectories, double[] direction)
    {
        Demand.Shape(trajectories, [-1, -1, 2]);
        Demand.Shape(direction, [2]);
        double length = Math.Sqrt(direction[0] * direction[0] + direction[1] * direction[1]);
        double[,] along = new double[trajectories.GetLength(0), trajectories.GetLength(1)];
        for (int run = 0; run < along.GetLength(0); run++)
            for (int step = 0; step < along.GetLength(1); step++)
                along[run, step] =
                    (trajectories[run, step, 0] * direction[0] + trajectories[run, step, 1] * direction[1]) / length;
        return along;
    }

    /// <summary>At how many different places along a direction trajectories are.</summary>
    /// <param name="trajectories">[B, T, 2].</param>
    /// <param name="direction">2 values; its length does not matter.</param>
    /// <param name="step">When, from 0; default at the end.</param>
    /// <param name="width">Places that round to the same multiple of this are one; default 0.1.</param>
    public static int Places(double[,,] trajectories, double[] direction, int? step = null, double width = 0.1)
    {
        Demand.Given(trajectories);
        if (step is { } at) Demand.Index(at, trajectories.GetLength(1), nameof(step));
        double[] along = Along(trajectories, direction).Column(step ?? trajectories.GetLength(1) - 1);
        return along.Select(place => (long)Math.Round(place / width)).Distinct().Count();
    }

    /// <summary>So many values, at least 2, from minus the extent to it.</summary>
    internal static double[] Evenly(double extent, int count) =>
        [.. Enumerable.Range(0, count).Select(i => extent * (2.0 * i / (count - 1) - 1))];

    private static double[,] Square(double[] axis)
    {
        double[,] states = new double[axis.Length * axis.Length, 2];
        for (int j = 0; j < axis.Length; j++)
            for (int i = 0; i < axis.Length; i++) (states[j * axis.Length + i, 0], states[j * axis.Length + i, 1]) =
                (axis[i], axis[j]);
        return states;
    }
}
