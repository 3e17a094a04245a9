using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

/// <summary>What there is to tell of the states at which a solver left its candidates, whether or not they are fixed points.</summary>
internal sealed class DescentEnds
{
    private readonly double[][] states;

    public DescentEnds(FixedPointSolution solution, Network network)
    {
        int size = solution.States.GetLength(1);
        states = [.. Enumerable.Range(0, solution.Speeds.Length).Select(i => Enumerable.Range(0, size).Select(j => solution.States[i, j]).ToArray())];
        Readouts = ReadoutsOf(solution.States, network);
        Outside = [.. Reachability.Of(network.Cell, solution.Ends()).Select(reach => reach.Reach == Reach.Unreachable)];
        Largest = [.. states.Select(state => state.Max(Math.Abs))];
    }

    /// <summary>What states [M, S] read out, a sign per channel of each.</summary>
    public static string[] ReadoutsOf(double[,] states, Network network)
    {
        var probabilities = network.Probabilities(states);
        return [.. Enumerable.Range(0, states.GetLength(0)).Select(i => Network.Decide(Enumerable.Range(0, network.Channels).Select(k => probabilities[i, k])))];
    }

    /// <summary>What each state reads out, a sign per channel.</summary>
    public string[] Readouts { get; }

    /// <summary>Whether each lies outside the box that states from zero never leave.</summary>
    public bool[] Outside { get; }

    /// <summary>The largest modulus of a state variable of each.</summary>
    public double[] Largest { get; }

    /// <summary>Correlation between the distances of all pairs of states and those of the candidates that they come from: 1 where the arrangement is kept, about 0 where nothing is left of it.</summary>
    public double DistancesKept(double[,] candidates)
    {
        var (before, after) = (new List<double>(), new List<double>());
        for (int i = 0; i < states.Length; i++)
            for (int j = 0; j < i; j++)
            {
                double sum = 0, ended = 0;
                for (int k = 0; k < states[i].Length; k++)
                {
                    sum += Math.Pow(candidates[i, k] - candidates[j, k], 2);
                    ended += Math.Pow(states[i][k] - states[j][k], 2);
                }
                before.Add(Math.Sqrt(sum));
                after.Add(Math.Sqrt(ended));
            }
        if (before.Count == 0) return double.NaN;
        var (a, b) = (before.Average(), after.Average());
        double both = before.Zip(after, (x, y) => (x - a) * (y - b)).Sum();
        return both / Math.Sqrt(before.Sum(x => (x - a) * (x - a)) * after.Sum(y => (y - b) * (y - b)));
    }

    /// <summary>How many lie within a distance of one of the points.</summary>
    public int Near(IReadOnlyList<StatePoint> points, double distance) =>
        states.Count(state => points.Any(point => point.State.Distance(state) <= distance));
}
