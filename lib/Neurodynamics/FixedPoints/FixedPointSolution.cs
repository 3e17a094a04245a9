namespace Neurodynamics.FixedPoints;

/// <summary>How a candidate ended.</summary>
public enum Ending
{
    /// <summary>The step and the next Newton correction are both below tolerance: the state is a fixed point to rounding.</summary>
    FixedPoint,

    /// <summary>A slow point in the first sense of Sussillo and Barak: a stationary point of the speed q at which q is not zero.</summary>
    SlowMinimum,

    /// <summary>A slow point in their second sense: the speed fell to the value at which the solver was asked to stop.</summary>
    SlowEnough,

    /// <summary>No step lowers the speed any more, and q is not stationary: usually a saturated gate, where every state stands nearly still.</summary>
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
    /// <summary>How many candidates ended outside the box that states from zero never leave, whatever their speed there; 0 where no such box is known.</summary>
    public int EndedOutside()
    {
        var boxes = new Reachability.Boxes(Problem.Cell);
        return Enumerable.Range(0, Endings.Length).Count(i => boxes.Test(new(States.Row(i), Problem.InputOf(i), Speeds[i], 1)) == Reach.Unreachable);
    }

    /// <summary>The fixed points, each once: ends under one input that are closer than the distance are one point, of which the slowest member is kept.</summary>
    /// <param name="distance">Largest Euclidean distance between two ends at the same point; default 1e-6.</param>
    /// <returns>Points in the order in which candidates first found them; none is an empty list.</returns>
    public IReadOnlyList<FixedPoint> Distinct(double distance = 1e-6) => Distinct(Ending.FixedPoint, distance);

    /// <summary>The distinct states where candidates ended in one way, such as the slow points.</summary>
    /// <inheritdoc cref="Distinct(double)"/>
    /// <param name="ending">Which way.</param>
    /// <param name="distance">Largest Euclidean distance between two ends at the same point; default 1e-6.</param>
    public IReadOnlyList<FixedPoint> Distinct(Ending ending, double distance = 1e-6)
    {
        var points = new Merged(distance);
        for (int i = 0; i < Endings.Length; i++)
            if (Endings[i] == ending) points.Add(new(States.Row(i), Problem.InputOf(i), Speeds[i], 1));
        return points.Points;
    }
}

/// <summary>A state that the network's step leaves where it is.</summary>
/// <param name="State">The state, S values.</param>
/// <param name="Input">The constant input under which it stands still, I values.</param>
/// <param name="Speed">q at the state.</param>
/// <param name="Candidates">How many candidates ended there.</param>
public sealed record FixedPoint(double[] State, double[] Input, double Speed, int Candidates)
{
    /// <summary>Whether it is proven that a true fixed point is here; null where nobody asked (<see cref="FixedPointSearch"/> does).</summary>
    public Certificate? Certificate { get; init; }

    /// <summary>Whether a state can be there, and how near the candidates came; null where nobody asked.</summary>
    public Reachability? Reachability { get; init; }

    /// <summary>Farther from the mean of a search's candidates than ten times their own mean distance from it: look at it before you believe it.</summary>
    public bool IsOutlier { get; init; }
}
