namespace Neurodynamics.FixedPoints;

/// <summary>How a candidate ended.</summary>
public enum Ending
{
    /// <summary>The step and the next Newton correction are both below tolerance: the state is a fixed point to rounding.</summary>
    FixedPoint,

    /// <summary>No step along the Newton direction lowers the speed: a slow point may be near, where q has a minimum that is not zero.</summary>
    Stalled,

    /// <summary>The step limit came first: raise MaxSteps, or start elsewhere.</summary>
    StepLimit,

    /// <summary>The candidate, or the network's step from it, was not finite.</summary>
    NotFinite,

    /// <summary>The search was stopped before this candidate ended.</summary>
    Cancelled,
}

/// <summary>How every candidate of a problem ended, in the order of the candidates.</summary>
/// <param name="Problem">The problem.</param>
/// <param name="States">Where each candidate ended [M, S].</param>
/// <param name="Speeds">q at that state, M values: q(x) = 1/2 ||F(x) - x||^2 (report 3.2).</param>
/// <param name="Steps">Solver steps of each candidate.</param>
/// <param name="Endings">How each candidate ended.</param>
public sealed record FixedPointSolution(FixedPointProblem Problem, double[,] States, double[] Speeds, int[] Steps, Ending[] Endings)
{
    /// <summary>The fixed points, each once: ends closer than the distance are one point, of which the slowest member is kept.</summary>
    /// <param name="distance">Largest Euclidean distance between two ends at the same point; default 1e-6.</param>
    /// <returns>Points in the order in which candidates first found them; none is an empty list.</returns>
    public IReadOnlyList<FixedPoint> Distinct(double distance = 1e-6)
    {
        var points = new List<FixedPoint>();
        for (int i = 0; i < Endings.Length; i++)
        {
            if (Endings[i] != Ending.FixedPoint) continue;
            var state = States.Row(i);
            int known = points.FindIndex(point => Distance(point.State, state) <= distance);
            if (known < 0) points.Add(new(state, Problem.Input, Speeds[i], 1));
            else points[known] = Speeds[i] < points[known].Speed
                ? new(state, Problem.Input, Speeds[i], points[known].Candidates + 1)
                : points[known] with { Candidates = points[known].Candidates + 1 };
        }
        return points;
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}

/// <summary>A state that the network's step leaves where it is.</summary>
/// <param name="State">The state, S values.</param>
/// <param name="Input">The constant input under which it stands still, I values.</param>
/// <param name="Speed">q at the state.</param>
/// <param name="Candidates">How many candidates ended there.</param>
public sealed record FixedPoint(double[] State, double[] Input, double Speed, int Candidates);
