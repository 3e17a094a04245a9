using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Analysis;

/// <summary>
/// The states at which a solver left its candidates, whether or not they are fixed points, M of them.
/// </summary>
/// <param name="States">The states [M][S].</param>
/// <param name="Readouts">What the network decides at each, a sign per channel; empty without a readout.</param>
/// <param name="Outside">Whether each lies outside the box that states from zero never leave.</param>
public sealed record DescentEnds(double[][] States, string[] Readouts, bool[] Outside) : Described
{
    /// <summary>The largest modulus of a state variable of each.</summary>
    public double[] Largest { get; } = [.. States.Select(state => state.Max(Math.Abs))];

    /// <summary>The ends of a solution.</summary>
    /// <param name="solution">What the solver returned.</param>
    /// <param name="network">The network that was solved.</param>
    public static DescentEnds Of(FixedPointSolution solution, Network network)
    {
        Demand.Given((solution, network));
        double[][] states = [.. Enumerable.Range(0, solution.Speeds.Length).Select(solution.States.Row)];
        var reach = Reachability.Of(network.Cell, solution.Ends());
        return new(states, network.Decisions(solution.States),
            [.. reach.Select(there => there.Reach == Reach.Unreachable)]);
    }

    /// <summary>
    /// Correlation between the distances of all pairs of ends and those of the candidates that they come from: 1 where
    /// the arrangement is kept, about 0 where nothing is left of it, NaN with fewer than two ends.
    /// </summary>
    /// <param name="candidates">[M, S].</param>
    public double DistancesKept(double[,] candidates)
    {
        Demand.Shape(candidates, [States.Length, -1]);
        double[][] starts = [.. Enumerable.Range(0, States.Length).Select(candidates.Row)];
        return States.Length < 2 ? double.NaN : Correlate.Pearson(Apart(starts), Apart(States));

        static double[] Apart(double[][] states) =>
        [
            .. from i in Enumerable.Range(0, states.Length)
               from j in Enumerable.Range(0, i)
               select Math.Sqrt(states[i].Zip(states[j], (a, b) => Math.Pow(a - b, 2)).Sum()),
        ];
    }

    /// <summary>How many lie within a distance of one of the points.</summary>
    public int Near(IReadOnlyList<StatePoint> points, double distance)
    {
        Demand.Given(points);
        return States.Count(state => points.Any(point => point.State.Distance(state) <= distance));
    }
}
