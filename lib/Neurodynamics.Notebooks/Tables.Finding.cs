using Microsoft.Data.Analysis;
using Neurodynamics.FixedPoints;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per reading of "batch average speed": its value before the first step of Algorithm 1, the steps until it is at the tolerance, its value then, and
    /// of the candidates at that moment the share that is nearer than 0.01 to one of the points, and the largest q.
    /// </summary>
    /// <param name="descent">Algorithm 1 with its tolerance; the reading is changed from row to row.</param>
    /// <param name="problem">Cell, input and candidates.</param>
    /// <param name="points">The true fixed points.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static DataFrame Readings(GradientDescent descent, FixedPointProblem problem, IReadOnlyList<StatePoint> points, CancellationToken cancellation = default)
    {
        var readings = Enum.GetValues<SpeedReading>();
        var looks = new Dictionary<SpeedReading, List<DescentSnapshot>>();
        var ends = readings.Select(reading => (descent with { Reading = reading, Watch = Look(reading), WatchEvery = 1_000_000 }).Solve(problem, null, cancellation)).ToArray();
        return new(
            new StringDataFrameColumn("reading", readings.Select(reading => reading switch { SpeedReading.MeanSquare => "mean square per unit", SpeedReading.Speed => "q", _ => "length of the step" })),
            new PrimitiveDataFrameColumn<double>("before any step", readings.Select(reading => looks[reading][0].BatchSpeed)),
            new PrimitiveDataFrameColumn<int>("steps taken", readings.Select(reading => looks[reading][^1].Step)),
            new PrimitiveDataFrameColumn<double>("at the end", readings.Select(reading => looks[reading][^1].BatchSpeed)),
            new PrimitiveDataFrameColumn<double>("share at a fixed point", ends.Select(end => DistancesToNearest(end.States, points).Count(distance => distance < 0.01) / (double)end.Speeds.Length)),
            new PrimitiveDataFrameColumn<double>("largest q", ends.Select(end => end.Speeds.Max())));

        Action<DescentSnapshot> Look(SpeedReading reading)
        {
            looks[reading] = [];
            return looks[reading].Add;
        }
    }

    /// <summary>
    /// A row per solver on the same candidates: steps of a candidate (median and most), median and largest q at the end, candidates that the solver calls fixed points, how many
    /// different points that makes, and the median distance of all candidates from the nearest of the true points.
    /// </summary>
    /// <param name="solutions">Name of the solver and what it returned.</param>
    /// <param name="points">The true fixed points.</param>
    public static DataFrame Solvers(IReadOnlyList<(string Name, FixedPointSolution Solution)> solutions, IReadOnlyList<StatePoint> points) => new(
        new StringDataFrameColumn("solver", solutions.Select(entry => entry.Name)),
        new PrimitiveDataFrameColumn<int>("median steps", solutions.Select(entry => (int)Median(entry.Solution.Steps.Select(step => (double)step)))),
        new PrimitiveDataFrameColumn<int>("most steps", solutions.Select(entry => entry.Solution.Steps.Max())),
        new PrimitiveDataFrameColumn<double>("median q", solutions.Select(entry => Median(entry.Solution.Speeds))),
        new PrimitiveDataFrameColumn<double>("largest q", solutions.Select(entry => entry.Solution.Speeds.Max())),
        new PrimitiveDataFrameColumn<int>("fixed points, candidates", solutions.Select(entry => entry.Solution.Endings.Count(ending => ending == Ending.FixedPoint))),
        new PrimitiveDataFrameColumn<int>("different points", solutions.Select(entry => entry.Solution.Distinct().Count)),
        new PrimitiveDataFrameColumn<double>("median distance from a point", solutions.Select(entry => Median(DistancesToNearest(entry.Solution.States, points)))));

    /// <summary>A row per round of a search: where its candidates came from, how many there were, how many ended at fixed points, and how many points were new.</summary>
    /// <param name="set">What the search found.</param>
    public static DataFrame Rounds(FixedPointSet set) => new(
        new PrimitiveDataFrameColumn<int>("round", Enumerable.Range(0, set.Rounds.Count)),
        new StringDataFrameColumn("from", set.Rounds.Select(round => round.Source)),
        new PrimitiveDataFrameColumn<int>("candidates", set.Rounds.Select(round => round.Candidates)),
        new PrimitiveDataFrameColumn<int>("at fixed points", set.Rounds.Select(round => round.Endings.GetValueOrDefault(Ending.FixedPoint))),
        new PrimitiveDataFrameColumn<int>("elsewhere", set.Rounds.Select(round => round.Candidates - round.Endings.GetValueOrDefault(Ending.FixedPoint))),
        new PrimitiveDataFrameColumn<int>("new points", set.Rounds.Select(round => round.NewPoints)));

    /// <summary>A row per set of points: how many, the sum of their signs, and what it says.</summary>
    /// <param name="sets">Name of each set and its completeness.</param>
    public static DataFrame Completeness(IReadOnlyList<(string Name, Completeness Completeness)> sets) => new(
        new StringDataFrameColumn("points", sets.Select(set => set.Name)),
        new PrimitiveDataFrameColumn<int>("number", sets.Select(set => set.Completeness.Counted + set.Completeness.Uncertain)),
        new PrimitiveDataFrameColumn<int>("sum of signs", sets.Select(set => set.Completeness.Sum)),
        new StringDataFrameColumn("verdict", sets.Select(set => set.Completeness.Verdict.ToString().ToLowerInvariant())));

    /// <summary>
    /// A row per state, the slowest first: q, the largest modulus of a state variable, whether a state from zero can be there, the length of the next
    /// Newton correction, and whether a fixed point is proven there.
    /// </summary>
    /// <param name="cell">The cell.</param>
    /// <param name="states">The states, as points.</param>
    /// <param name="most">Rows at most; default 6.</param>
    public static DataFrame Doubtful(Models.Cell cell, IEnumerable<StatePoint> states, int most = 6)
    {
        StatePoint[] shown = [.. states.OrderBy(point => point.Speed).Take(most)];
        var (reach, proofs) = (Reachability.Of(cell, shown), Certificate.Of(cell, shown));
        return new(
            new PrimitiveDataFrameColumn<double>("speed q", shown.Select(point => point.Speed)),
            new PrimitiveDataFrameColumn<double>("largest |h|", shown.Select(point => point.State.Max(Math.Abs))),
            new StringDataFrameColumn("reach", reach.Select(told => told.Reach == Reach.NotExcluded ? "not excluded" : told.Reach.ToString().ToLowerInvariant())),
            new PrimitiveDataFrameColumn<double>("next correction", shown.Select(point => Correction(cell, point))),
            new StringDataFrameColumn("certificate", proofs.Select(proof => proof.Certainty == Certainty.NotCertified ? "not certified" : proof.Certainty == Certainty.NoBound ? "no bound" : "certified")));
    }

    internal static double[] DistancesToNearest(double[,] states, IReadOnlyList<StatePoint> points) =>
    [
        .. Enumerable.Range(0, states.GetLength(0)).Select(i => points.Count == 0 ? double.PositiveInfinity : points.Min(point =>
        {
            double sum = 0;
            for (int j = 0; j < point.State.Length; j++) sum += (states[i, j] - point.State[j]) * (states[i, j] - point.State[j]);
            return Math.Sqrt(sum);
        })),
    ];

    /// <summary>The median; what is not a number counts as infinite, so that a candidate that is lost makes no median better.</summary>
    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Select(value => double.IsNaN(value) ? double.PositiveInfinity : value).Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Correction(Models.Cell cell, StatePoint point)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var frozen = TorchSharp.torch.no_grad();
        var exact = cell.InDouble();
        var (input, state) = (TorchSharp.torch.tensor(point.Input).unsqueeze(0), TorchSharp.torch.tensor(point.State).unsqueeze(0));
        double length = exact.Correction(input, state, exact.Step(input, state) - state).norm().item<double>();
        return double.IsNaN(length) ? double.PositiveInfinity : length;
    }
}
