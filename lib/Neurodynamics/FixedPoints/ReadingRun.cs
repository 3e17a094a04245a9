namespace Neurodynamics.FixedPoints;

/// <summary>Algorithm 1 by one reading of "batch average speed".</summary>
/// <param name="Reading">The reading.</param>
/// <param name="Before">The batch's speed in that reading before the first step.</param>
/// <param name="AtEnd">The same at the end.</param>
/// <param name="Solution">Where the candidates ended.</param>
public sealed record ReadingRun(SpeedReading Reading, double Before, double AtEnd, FixedPointSolution Solution)
    : Described
{
    /// <summary>Runs Algorithm 1 once for each reading.</summary>
    /// <param name="descent">Algorithm 1 with its tolerance; its reading is replaced, and nobody watches.</param>
    /// <param name="problem">Cell, input and candidates.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static IReadOnlyList<ReadingRun> All(
        GradientDescent descent, FixedPointProblem problem, CancellationToken cancellation = default)
    {
        Demand.Given((descent, problem));
        return
        [
            .. Enum.GetValues<SpeedReading>().Select(reading =>
            {
                var looks = new List<DescentSnapshot>();
                var watched = descent with { Reading = reading, Watch = looks.Add, WatchEvery = 1_000_000 };
                var solution = watched.Solve(problem, null, cancellation);
                return new ReadingRun(reading, looks[0].BatchSpeed, looks[^1].BatchSpeed, solution);
            }),
        ];
    }
}
