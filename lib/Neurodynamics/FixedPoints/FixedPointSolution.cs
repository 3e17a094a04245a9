namespace Neurodynamics.FixedPoints;

/// <summary>How a candidate ended.</summary>
public enum Ending
{
    /// <summary>
    /// The step and the next Newton correction are both below tolerance: the state is a fixed point to rounding.
    /// </summary>
    FixedPoint,

    /// <summary>
    /// A slow point in the first sense of Sussillo and Barak: a stationary point of the speed q at which q is not zero.
    /// </summary>
    SlowMinimum,

    /// <summary>
    /// A slow point in their second sense: the speed fell to the value at which the solver was asked to stop.
    /// </summary>
    SlowEnough,

    /// <summary>
    /// No step lowers the speed any more, and q is not stationary: usually a saturated gate, where every state stands
    /// nearly still.
    /// </summary>
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
public sealed record FixedPointSolution(FixedPointProblem Problem, double[,] States, double[] Speeds, int[] Steps,
    Ending[] Endings)
{
    internal FixedPointSolution(FixedPointProblem problem, CandidateEnd[] ends)
        : this(problem, ends.Select(end => end.State).ToMatrix(problem.Cell.StateSize),
            Array.ConvertAll(ends, end => end.Speed),
            Array.ConvertAll(ends, end => end.Steps), Array.ConvertAll(ends, end => end.Ending))
    { }

    /// <summary>How many candidates ended in which way.</summary>
    public override string ToString() => $"{Endings.Length} candidates"
        + string.Concat(Endings.CountBy(ending => ending).OrderByDescending(one => one.Value).ThenBy(one => one.Key)
            .Select((one, i) => $"{(i == 0 ? ": " : ", ")}{one.Value} {InWords.Spaced($"{one.Key}")}"));

    /// <summary>
    /// Where each candidate ended, by type: fixed point, slow point or unsolved, in the order of the candidates.
    /// </summary>
    public IReadOnlyList<StatePoint> Ends() => [.. Enumerable.Range(0, Endings.Length).Select(End)];

    private StatePoint End(int i) => Endings[i] switch
    {
        Ending.FixedPoint => new FixedPoint(States.Row(i), Problem.InputOf(i), Speeds[i], 1),
        Ending.SlowMinimum or Ending.SlowEnough => new SlowPoint(States.Row(i), Problem.InputOf(i), Speeds[i], 1),
        _ => new UnsolvedPoint(States.Row(i), Problem.InputOf(i), Speeds[i], 1),
    };

    /// <summary>
    /// How many candidates ended outside the box that states from zero never leave; 0 where no such box is known.
    /// </summary>
    public int EndedOutside() => Reachability.Of(Problem.Cell, Ends()).Count(end => end.Reach == Reach.Unreachable);

    /// <summary>What Newton's method makes of the ends when it goes on from them, without damped steps.</summary>
    /// <param name="cancellation">Stops it.</param>
    public FixedPointSolution Polished(CancellationToken cancellation = default) =>
        new NewtonSolver { MaxDampedSteps = 0 }.Solve(
            new(Problem.Cell, Problem.Inputs, States), cancellation: cancellation);

    /// <summary>
    /// The fixed points, each once: ends under one input that are closer than the distance are one point, of which the
    /// slowest member is kept.
    /// </summary>
    /// <param name="distance">Largest Euclidean distance between two ends at the same point; default 1e-6.</param>
    /// <returns>Points in the order in which candidates first found them; none is an empty list.</returns>
    public IReadOnlyList<FixedPoint> Distinct(double distance = 1e-6) => Merge(Ends().OfType<FixedPoint>(), distance);

    /// <summary>The distinct states where candidates ended in one way, such as the slow points.</summary>
    /// <inheritdoc cref="Distinct(double)"/>
    /// <param name="ending">Which way.</param>
    /// <param name="distance">Largest Euclidean distance between two ends at the same point; default 1e-6.</param>
    public IReadOnlyList<StatePoint> Distinct(Ending ending, double distance = 1e-6) =>
        Merge(Ends().Where((_, i) => Endings[i] == ending), distance);

    private static IReadOnlyList<T> Merge<T>(IEnumerable<T> ends, double distance) where T : StatePoint
    {
        var points = new Merged<T>(distance);
        foreach (var end in ends) points.Add(end);
        return points.Points;
    }
}
