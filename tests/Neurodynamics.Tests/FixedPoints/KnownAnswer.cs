using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.FixedPoints;

/// <summary>
/// A network x' = tanh(W x) of which 2 N + 1 fixed points are known beforehand (Katz and Reggia 2018): with W =
/// atanh(V) V^-1, entry by entry, the columns of V, their negatives and 0. The benchmarks use it too.
/// </summary>
internal sealed class KnownAnswer
{
    private static readonly NewtonSolver Newton = new() { MaxDampedSteps = 0 };

    /// <summary>Draws V uniformly between -1 and 1, whatever its condition.</summary>
    /// <param name="units">N.</param>
    /// <param name="seed">Seed of the draw.</param>
    public KnownAnswer(int units, int seed)
    {
        var random = new Random(seed);
        double[,] columns = new double[units, units];
        for (int i = 0; i < units; i++)
            for (int j = 0; j < units; j++) columns[i, j] = 2 * random.NextDouble() - 1;
        Cell = new VanillaRnn(1, units, ScalarType.Float64);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var v = tensor(columns);
        Condition = linalg.cond(v).item<double>();
        Cell.WeightHh.copy_(linalg.solve(v.t(), v.atanh().t()).t());
        Cell.BiasHh.zero_();
        Cell.BiasIh.zero_();
        double[,] states = new double[2 * units + 1, units];
        for (int k = 0; k < units; k++)
            for (int i = 0; i < units; i++) (states[k, i], states[units + k, i]) = (columns[i, k], -columns[i, k]);
        var ends = Newton.Solve(new(Cell, [0.0], states));
        Known = [.. ends.Ends().OfType<FixedPoint>()];
        Shift = Known.Select((point, k) => Far(point.State, k)).DefaultIfEmpty(0).Max();

        // W is rounded, so that its points are a little beside the columns.
        double Far(double[] state, int k) =>
            Math.Sqrt(state.Select((value, i) => Math.Pow(value - states[k, i], 2)).Sum());
    }

    /// <summary>
    /// The networks on which the tool of Katz and Reggia is tested: h' = tanh(h W), row i of W is linspace(-1, 1, N)
    /// with the opposite sign, turned by i to the left.
    /// </summary>
    /// <param name="units">N.</param>
    public static VanillaRnn OfThePeer(int units)
    {
        double[,] weights = new double[units, units];
        for (int i = 0; i < units; i++)
            for (int j = 0; j < units; j++) weights[j, i] = -(-1 + 2.0 * ((j + i) % units) / (units - 1));
        var cell = new VanillaRnn(1, units, ScalarType.Float64);
        using var frozen = no_grad();
        cell.WeightHh.copy_(tensor(weights));
        return cell;
    }

    /// <summary>The network.</summary>
    public VanillaRnn Cell { get; }

    /// <summary>The known points, 2 N + 1 of them: where Newton ends that starts at each.</summary>
    public IReadOnlyList<FixedPoint> Known { get; }

    /// <summary>How far that is from the columns of V at most: what the rounding of W moves.</summary>
    public double Shift { get; }

    /// <summary>The condition number of V, in the 2-norm.</summary>
    public double Condition { get; }

    /// <summary>States drawn uniformly from the box that the network's states never leave [count, N].</summary>
    public double[,] Candidates(int count, int seed)
    {
        var random = new Random(seed);
        double[,] states = new double[count, Cell.StateSize];
        for (int i = 0; i < count; i++)
            for (int j = 0; j < Cell.StateSize; j++) states[i, j] = 2 * random.NextDouble() - 1;
        return states;
    }

    /// <summary>How many of the known points a list has.</summary>
    /// <param name="points">The list.</param>
    /// <param name="distance">Largest Euclidean distance.</param>
    public int In(IReadOnlyList<FixedPoint> points, double distance = 1e-6) => Known.Count(known => points.Any(point =>
        Math.Sqrt(point.State.Zip(known.State, (a, b) => (a - b) * (a - b)).Sum()) <= distance));
}
