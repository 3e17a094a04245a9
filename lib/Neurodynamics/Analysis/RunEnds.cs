using Neurodynamics.Dynamics;
using Neurodynamics.Models;

namespace Neurodynamics.Analysis;

/// <summary>
/// Where a network goes from some states under a constant input: whether it ends at the attractors of a list, and how
/// it moves where it does not. A list of fixed points without an attractor says nothing of that.
/// </summary>
/// <param name="Runs">How many states it was run from.</param>
/// <param name="Steps">Steps of a run at most.</param>
/// <param name="AtAttractors">How many ended at an attractor of the list.</param>
/// <param name="StoodStill">How many stand still where none is: at a saddle, or at a point that is missing.</param>
/// <param name="Moving">How many were still moving.</param>
/// <param name="Lost">How many left every bound.</param>
/// <param name="Curve">
/// How the first of those that were moving goes on; null where none was, or in more than 1024 state variables, where it
/// would take long.
/// </param>
public sealed record RunEnds(
    int Runs, int Steps, int AtAttractors, int StoodStill, int Moving, int Lost, InvariantCurve? Curve)
{
    private const int MostForCurve = 1024, PathOfCentre = 500;

    /// <summary>Runs a network from some states.</summary>
    /// <param name="cell">The cell; it is run in float64.</param>
    /// <param name="input">The constant input, I values.</param>
    /// <param name="states">The states to start from [M, S], such as states of trials.</param>
    /// <param name="points">The fixed points known under this input.</param>
    /// <param name="steps">Steps at most, at least 10; default 2000.</param>
    /// <param name="within">Distance from an attractor that counts as there; default 0.01.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public static RunEnds Of(Cell cell, double[] input, double[,] states, IReadOnlyList<Linearisation> points,
        int steps = 2000, double within = 0.01, CancellationToken cancellation = default)
    {
        Demand.Given((cell, input, states, points));
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 10);
        var run = new ConstantInput(cell, input);
        Goal[] goals = [.. points.Where(point => point.IsAttractor).Select(point => Goal.At(point.Point, within))];
        var ends = run.Arrivals(states, goals, steps, cancellation);
        cancellation.ThrowIfCancellationRequested();
        InvariantCurve? curve = null;
        if (cell.StateSize is > 1 and <= MostForCurve
            && ends.FirstOrDefault(end => end.Ending == RunEnding.StepLimit) is { } moving)
        {
            double[,] path = run.Path(moving.State.AsRow(), PathOfCentre, cancellation).Trial(0);
            double[] centre = [.. Enumerable.Range(0, cell.StateSize)
                .Select(i => Enumerable.Range(0, PathOfCentre).Average(step => path[step, i]))];
            curve = InvariantCurve.Of(cell, input, moving.State, centre, steps, steps, cancellation: cancellation);
        }
        return new(ends.Count, steps, Ended(RunEnding.Arrived), Ended(RunEnding.StoodStill),
            Ended(RunEnding.StepLimit), Ended(RunEnding.NotFinite), curve);

        int Ended(RunEnding ending) => ends.Count(end => end.Ending == ending);
    }

    /// <summary>
    /// Such as "Of 64 runs of at most 2000 steps none ended at an attractor: 64 were still moving. The first goes round
    /// in 23.41 steps, on a closed curve that attracts."
    /// </summary>
    public override string ToString()
    {
        string head = $"Of {Number.Of(Runs, "run")} of at most {Steps} steps "
            + (AtAttractors == 0 ? "none" : AtAttractors == Runs ? "all" : $"{AtAttractors}")
            + " ended at an attractor";
        string[] others =
        [
            .. Told(Moving, "was still moving", "were still moving"),
            .. Told(StoodStill, "stands still where none is", "stand still where none is"),
            .. Told(Lost, "left every bound", "left every bound"),
        ];
        return head + (others.Length == 0 ? "" : $": {string.Join(", ", others)}") + "."
            + (Curve is null ? "" : $" The first that moves {Curve.InWords}.");

        static string[] Told(int number, string one, string several) =>
            number == 0 ? [] : [Number.Of(number, one, several)];
    }
}
