using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per way in which candidates ended: how many did, the smallest and largest speed q where they did, and the
    /// largest modulus of a state variable there. A vanilla RNN or GRU that starts at 0 never leaves [-1, 1].
    /// </summary>
    /// <param name="solution">What a solver returned.</param>
    public static DataFrame Endings(FixedPointSolution solution) =>
        Table.Of(Enumerable.Range(0, solution.Endings.Length).GroupBy(i => solution.Endings[i])
            .OrderBy(group => group.Key)).Assuming(solution.Problem.Cell.Unchecked)
            .Column("ending", group => Wording.Of(group.Key))
            .Column("candidates", group => group.Count())
            .Column("smallest q", group => group.Min(i => solution.Speeds[i]))
            .Column("largest q", group => group.Max(i => solution.Speeds[i]))
            .Column("largest |h|", group => group.Max(i => solution.States.Row(i).Max(Math.Abs)));

    /// <summary>
    /// A row per reading of "batch average speed": its value before the first step of Algorithm 1, the steps until it
    /// is at the tolerance, its value then, the share of candidates that are nearer than 0.01 to one of the points at
    /// that moment, and their largest q.
    /// </summary>
    /// <param name="runs">Algorithm 1 by each reading.</param>
    /// <param name="points">The true fixed points.</param>
    public static DataFrame Readings(IReadOnlyList<ReadingRun> runs, IReadOnlyList<StatePoint> points)
    {
        double[][] places = [.. points.Select(point => point.State)];
        return Table.Of(runs).Assuming(runs.Select(run => run.Solution.Problem.Cell.Unchecked))
            .Column("reading", run => run.Reading switch
            {
                SpeedReading.MeanSquare => "mean square per unit",
                SpeedReading.Speed => "q",
                _ => "length of the step",
            })
            .Column("before any step", run => run.Before)
            .Column("steps taken", run => run.Solution.Steps.Max())
            .Column("at the end", run => run.AtEnd)
            .Column("share at a fixed point", run =>
                Distances.ToNearest(run.Solution.States, places).Average(far => far < 0.01 ? 1.0 : 0))
            .Column("largest q", run => run.Solution.Speeds.Max());
    }

    /// <summary>
    /// A row per solver on the same candidates: steps of a candidate (median and most), median and largest q at the
    /// end, candidates that the solver calls fixed points, how many different points these are, and the median distance
    /// of all candidates from the nearest of the true points.
    /// </summary>
    /// <param name="solutions">The solver's name and what it returned.</param>
    /// <param name="points">The true fixed points.</param>
    public static DataFrame Solvers(
        IReadOnlyList<(string Name, FixedPointSolution Solution)> solutions, IReadOnlyList<StatePoint> points) =>
        Table.Of(solutions).Assuming(solutions.Select(entry => entry.Solution.Problem.Cell.Unchecked))
            .Column("solver", entry => entry.Name)
            .Column("median steps", entry => (int)entry.Solution.Steps.Select(step => (double)step).Median())
            .Column("most steps", entry => entry.Solution.Steps.Max())
            .Column("median q", entry => entry.Solution.Speeds.Median())
            .Column("largest q", entry => entry.Solution.Speeds.Max())
            .Column("fixed points, candidates", entry =>
                entry.Solution.Endings.Count(ending => ending == Ending.FixedPoint))
            .Column("different points", entry => entry.Solution.Distinct().Count)
            .Column("median distance from a point", entry =>
                Distances.ToNearest(entry.Solution.States, [.. points.Select(point => point.State)]).Median());

    /// <summary>
    /// A row per round of a search: where its candidates came from, how many there were, how many ended at fixed
    /// points, and how many points were new.
    /// </summary>
    /// <param name="set">What the search found.</param>
    public static DataFrame Rounds(FixedPointSet set) => Table.Of(set.Rounds.Index()).Assuming(set.Unchecked)
        .Column("round", round => round.Index)
        .Column("from", round => round.Item.Source)
        .Column("candidates", round => round.Item.Candidates)
        .Column("at fixed points", round => round.Item.Endings.GetValueOrDefault(Ending.FixedPoint))
        .Column("elsewhere", round => round.Item.Candidates - round.Item.Endings.GetValueOrDefault(Ending.FixedPoint))
        .Column("new points", round => round.Item.NewPoints);

    /// <summary>A row per set of points: how many, the sum of their signs, and what it says.</summary>
    /// <param name="sets">The name of each set and its completeness.</param>
    public static DataFrame Completeness(IReadOnlyList<(string Name, Completeness Completeness)> sets) => Table.Of(sets)
        .Assuming(sets.Select(set => set.Completeness.Unchecked))
        .Column("points", set => set.Name)
        .Column("number", set => set.Completeness.Counted + set.Completeness.Uncertain)
        .Column("sum of signs", set => set.Completeness.KnownSum)
        .Column("verdict", set => Wording.Of(set.Completeness.Verdict));

    /// <summary>
    /// A row per state, the slowest first: q, the largest modulus of a state variable, whether a state from zero can be
    /// there, the length of the next Newton correction, and whether a fixed point is proven there.
    /// </summary>
    /// <param name="cell">The cell.</param>
    /// <param name="states">The states, as points.</param>
    /// <param name="most">Rows at most; default 6.</param>
    public static DataFrame Doubtful(Cell cell, IEnumerable<StatePoint> states, int most = 6)
    {
        StatePoint[] shown = [.. states.OrderBy(point => point.Speed).Take(most)];
        double[,] inputs = shown.Select(point => point.Input).ToMatrix(cell.InputSize);
        double[] corrections = new FixedPointProblem(
            cell, inputs, shown.Select(point => point.State).ToMatrix(cell.StateSize)).Corrections();
        var (reach, proofs) = (Reachability.Of(cell, shown), Certificate.Of(cell, shown, cancellation: Workbook.Stop));
        return Table.Of(Enumerable.Range(0, shown.Length)).Assuming(cell.Unchecked)
            .Column("speed q", i => shown[i].Speed)
            .Column("largest |h|", i => shown[i].State.Max(Math.Abs))
            .Column("reach", i => Wording.Of(reach[i].Reach))
            .Column("next correction", i => corrections[i])
            .Column("certificate", i => Wording.Of(proofs[i].Certainty));
    }

    /// <summary>
    /// A row per descent: its input, steps, the mean and median speed where it ended, how many ends are near (within
    /// 0.1 of) a fixed point of the list, how many lie outside the box that states from zero never leave, how many read
    /// out the same signs as the candidate at their start, how well distances between ends correlate with those between
    /// candidates, how many patterns of signs there are, and how many distinct fixed points Newton's method finds when
    /// it goes on from the ends. Of a network without a readout nothing is read out.
    /// </summary>
    /// <param name="descents">What gradient descent returned.</param>
    /// <param name="points">The fixed points under the input of each, in the same order.</param>
    /// <param name="network">The network.</param>
    public static DataFrame Descents(
        IReadOnlyList<FixedPointSolution> descents, IReadOnlyList<FixedPointSet> points, Network network) =>
        Table.Of(descents.Zip(
            points, (descent, set) => (Descent: descent, Set: set, Ends: DescentEnds.Of(descent, network))))
            .Assuming(network.Cell.Unchecked)
            .Column("input", row => $"({Wording.Of(row.Descent.Problem.InputOf(0))})")
            .Column("candidates", row => row.Descent.Speeds.Length)
            .Column("steps", row => row.Descent.Steps[0])
            .Column("mean q", row => row.Descent.Speeds.Average())
            .Column("median q", row => row.Descent.Speeds.Median())
            .Column("ends near a fixed point", row => row.Ends.Near(row.Set.Points, 0.1))
            .Column("ends outside the box", row => row.Ends.Outside.Count(outside => outside))
            .When(network.Readout is not null, table => table.Column("readout as at the start", row => row.Ends.Readouts
                .Zip(network.Decisions(row.Descent.Problem.Candidates)).Count(pair => pair.First == pair.Second)))
            .Column("distances as at the start", row => row.Ends.DistancesKept(row.Descent.Problem.Candidates))
            .When(network.Readout is not null, table => table
                .Column("patterns read out", row => row.Ends.Readouts.Distinct().Count()))
            .Column("fixed points after Newton", row => row.Descent.Polished(Workbook.Stop).Distinct().Count);
}
