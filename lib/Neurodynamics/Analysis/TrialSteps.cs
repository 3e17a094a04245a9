using Neurodynamics.Dynamics;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>Single steps out of trials: the state before, the input, and the state after, in float64.</summary>
/// <param name="Before">The states before the steps [M, S].</param>
/// <param name="Inputs">The inputs of the steps [M, I].</param>
/// <param name="After">The states after them [M, S].</param>
public sealed record TrialSteps(double[,] Before, double[,] Inputs, double[,] After) : Described
{
    /// <summary>M, the number of steps.</summary>
    public int Count => Before.GetLength(0);

    /// <summary>Draws steps from trials.</summary>
    /// <param name="cell">The cell; it is run in float64.</param>
    /// <param name="inputs">The trials' inputs [B, T, I].</param>
    /// <param name="count">M, how many; drawn with replacement from all B T steps.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    public static TrialSteps Sample(Cell cell, double[,,] inputs, int count, long seed, double[]? start = null)
    {
        Demand.Given(cell);
        Demand.Shape(inputs, [-1, -1, cell.InputSize]);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Demand.Room(count, cell.StateSize);
        if (inputs.Length == 0) throw new ArgumentException("The trials have no steps to draw from.", nameof(inputs));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)seed);
        var exact = cell.InDouble();
        var given = inputs.ToTensor().to(ScalarType.Float64);
        var after = exact.RunFrom(start, given);
        var before = cat([exact.StartOf(start, given).unsqueeze(1), after.narrow(1, 0, after.shape[1] - 1)], 1);
        var drawn = randint(after.shape[0] * after.shape[1], [count], dtype: ScalarType.Int64, generator: generator);
        return new(Flat(before), Flat(given), Flat(after));

        double[,] Flat(Tensor of) => of.reshape(-1, of.shape[2])[drawn].ToMatrix();
    }

    /// <summary>
    /// The problem of the fixed points under the inputs of these steps, from the states after them (report 5).
    /// </summary>
    /// <param name="cell">The cell.</param>
    /// <param name="hold">
    /// Further steps under the same input before a solver starts; default 0. With many, the candidates are where each
    /// step would lead if its input stayed, and so what is found are mostly attractors.
    /// </param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public FixedPointProblem UnderOwnInputs(Cell cell, int hold = 0, CancellationToken cancellation = default)
    {
        Demand.Given(cell);
        ArgumentOutOfRangeException.ThrowIfNegative(hold);
        return new(cell, Inputs, new ConstantInput(cell, Inputs).After(After, hold, cancellation));
    }

    /// <summary>The nearest of some points to the state before each step [M, S].</summary>
    /// <param name="points">The points, at least one.</param>
    public double[,] Nearest(IReadOnlyList<StatePoint> points)
    {
        Demand.Given(points);
        if (points.Count == 0) throw new ArgumentException("Without a point none is the nearest.", nameof(points));
        double[][] places = [.. points.Select(point => point.State)];
        return Distances.Nearest(Before, places).Select(point => places[point]).ToMatrix(Before.GetLength(1));
    }

    /// <summary>
    /// The cosine of the angle between each step and the way from the state before it to a goal: 1 where the network
    /// steps straight towards the goal, 0 where the goal says nothing of the direction. NaN where either has no length.
    /// </summary>
    /// <param name="goals">A goal for each step [M, S].</param>
    public double[] CosinesTowards(double[,] goals)
    {
        Demand.Given(goals);
        if (goals.GetLength(0) != Count || goals.GetLength(1) != Before.GetLength(1))
            throw new ArgumentException(
                $"There are {Count} steps of {Before.GetLength(1)} values, but the goals are [{goals.GetLength(0)}, "
                + $"{goals.GetLength(1)}].", nameof(goals));
        return [.. Enumerable.Range(0, Count).Select(i =>
        {
            double dot = 0, step = 0, way = 0;
            for (int j = 0; j < Before.GetLength(1); j++)
            {
                double s = After[i, j] - Before[i, j], w = goals[i, j] - Before[i, j];
                (dot, step, way) = (dot + s * w, step + s * s, way + w * w);
            }
            return dot / Math.Sqrt(step * way);
        })];
    }
}
