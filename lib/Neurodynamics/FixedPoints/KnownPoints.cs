using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// The points that a search has found so far. A candidate near one of them is followed by that point's own (I - J)^-1,
/// which needs no Jacobian and no solve at each step; only what does not get there, or is not near, is left to the
/// solver.
/// </summary>
internal sealed class KnownPoints(FixedPointProblem problem, double distance, int slowCandidates)
{
    private const int Block = 128, MostSteps = 30, MostAnchors = 256, Together = 512;

    /// <summary>
    /// Runs: how many, and for how many steps at most; how often to look whether one is near a point, and how near.
    /// </summary>
    private const int MostRuns = 32, MostRunSteps = 500, LookEvery = 20;
    private const double Near = 1e-3, Still = 1e-10, Lost = 1e3, NearlyStill = 1e3;

    // Slow points are found to a share of the slope, not to rounding: nearer ones than this are one.
    private readonly ContinuumTracer continua = new(problem.Cell, problem.InputOf(0), distance,
        ScaleOf(problem.Candidates));
    private readonly Reachability.Boxes boxes = new(problem.Cell);

    private readonly Merged<FixedPoint> points = new(distance);

    // Fixed points to rounding that lie outside the box: nothing starts from them, and they bring no round on.
    private readonly Merged<FixedPoint> outside = new(distance);
    private readonly Merged<SlowPoint> slow = new(Math.Max(distance, 0.01));

    // By the state itself: a point that has got a slower one since has none.
    private readonly Dictionary<double[], Certificate> certificates = [];

    // Candidates that were followed on to slow points since the first round, or since that last brought a point.
    private int slowFollowed;

    public IReadOnlyList<FixedPoint> Points => points.Points;

    /// <summary>Which continuum a state belongs to, first those that were added; null where it is none.</summary>
    public int? ContinuumOf(double[] state) => continua.HolderOf(state);

    /// <inheritdoc cref="ContinuumTracer.Add"/>
    public bool Add(Continuum listed) => continua.Add(listed);

    public Completeness Completeness(CancellationToken cancellation)
    {
        Certify(Points, cancellation);
        var tested = Isolated().Where(point => CertificateOf(point) is not null).ToArray();
        return CompletenessOf(tested, [.. tested.Select(point => CertificateOf(point)!)], cancellation);
    }

    private Completeness CompletenessOf(IReadOnlyList<FixedPoint> of, IReadOnlyList<Certificate> proofs,
        CancellationToken cancellation)
    {
        Completeness sum;
        try
        {
            sum = FixedPoints.Completeness.Of(problem.Cell, problem.InputOf(0), of, proofs, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return FixedPoints.Completeness.Stopped;
        }
        // A continuum has a share in the sum, and nobody knows which.
        return continua.Found.Count == 0 || sum.Verdict == CompletenessVerdict.NotApplicable ? sum
            : sum with
            {
                Uncertain = sum.Uncertain + continua.Found.Count,
                Verdict = CompletenessVerdict.Undecided
            };
    }

    /// <summary>The points that belong to no continuum.</summary>
    private IEnumerable<FixedPoint> Isolated() => Points.Where(point => !continua.Holds(point.State));

    /// <summary>How far apart the candidates are, and not nothing where they are one.</summary>
    private static double ScaleOf(double[,] candidates)
    {
        double[][] finite = [.. Enumerable.Range(0, candidates.GetLength(0)).Select(candidates.Row)
            .Where(state => state.All(double.IsFinite))];
        if (finite.Length == 0) return 1;
        double size = finite.Average(state => ((ReadOnlySpan<double>)state).Norm());
        return Math.Max(finite.ToMatrix(candidates.GetLength(1)).Spread(), 0.01 * Math.Max(1, size));
    }

    /// <summary>All that was found, with what can be said of each point.</summary>
    public FixedPointSet ToSet(IReadOnlyList<SearchRound> rounds, FixedPointSolution given,
        CancellationToken cancellation)
    {
        FixedPoint[] all = [.. Isolated(), .. outside.Points];
        Certify(all, cancellation);
        var tested = all.ToLookup(point => CertificateOf(point) is not null);
        var (distinct, proofs) = Certificate.Merge([.. tested[true]],
            [.. tested[true].Select(point => CertificateOf(point)!)]);
        var judged = Judged([.. distinct.Select((point, i) => point with { Certificate = proofs[i] }),
            .. tested[false]]);
        var nearlyStill = Judged(slow.Points);
        var ghosts = judged.Concat<StatePoint>(nearlyStill).Where(point => !CanBe(point)).Select(Ghost.Of);
        return new(problem.InputOf(0), [.. judged.Where(CanBe)], [.. ghosts], [.. nearlyStill.Where(CanBe)],
            CompletenessOf(distinct, proofs, cancellation), rounds)
        {
            Solution = given,
            Continua = continua.Found is { Count: > 0 } found ? found : null,
            Form = problem.Cell.Form,
        };

        static bool CanBe(StatePoint point) => point.Reachability!.Reach != Reach.Unreachable;
    }

    private T[] Judged<T>(IReadOnlyList<T> of) where T : StatePoint
    {
        var (reach, outliers) = (Reachability.Of(problem.Cell, of, problem.Candidates), Outliers(of));
        return [.. of.Select((point, i) => point with { Reachability = reach[i], IsOutlier = outliers[i] })];
    }

    /// <summary>
    /// Certifies what has no certificate yet, or has got a slower state since, until it is cancelled.
    /// </summary>
    private void Certify(IEnumerable<FixedPoint> of, CancellationToken cancellation)
    {
        FixedPoint[] open = [.. of.Where(point => CertificateOf(point) is null)];
        var proofs = Certificate.UntilStopped(problem.Cell, open, WeightsAre.Exact, cancellation);
        foreach (var (point, certificate) in open.Zip(proofs))
            if (certificate is not null) certificates[point.State] = certificate;
    }

    private Certificate? CertificateOf(FixedPoint point) => certificates.GetValueOrDefault(point.State);

    /// <summary>Farther from the candidates' mean than ten times their mean distance from it.</summary>
    private bool[] Outliers(IReadOnlyList<StatePoint> of)
    {
        using var scope = NewDisposeScope();
        var candidates = problem.Candidates.ToTensor();
        candidates = candidates[candidates.isfinite().all(1)];
        if (candidates.shape[0] == 0) return new bool[of.Count];
        var mean = candidates.mean([0]);
        double typical = (candidates - mean).norm(1).mean().item<double>();
        double[] centre = mean.ToVector();
        return [.. of.Select(point => point.State.Distance(centre) > 10 * typical)];
    }

    /// <summary>Follows all candidates of a problem to their ends, and keeps the fixed points among them.</summary>
    public FixedPointSolution Follow(FixedPointProblem from, FixedPointSolver solver, IProgress<int>? progress,
        CancellationToken cancellation)
    {
        if (solver.Quick is not { } quick)
            return Keep(solver.Solve(from, progress, cancellation), solver, cancellation);
        int count = from.Candidates.GetLength(0);
        var ends = new CandidateEnd[count];
        int[] pending = [.. Enumerable.Range(0, count)];
        new Random(count).Shuffle(pending);
        double[] nearest = [.. Enumerable.Repeat(double.PositiveInfinity, count)];
        for (int tried = 0; pending.Length > 0;)
        {
            if (tried < Math.Min(Points.Count, MostAnchors))
            {
                pending = Settle(from, ends, pending, nearest, tried, solver, cancellation);
                tried = Points.Count;
            }
            else
            {
                int[] block = pending[..Math.Min(Block, pending.Length)];
                pending = pending[block.Length..];
                Solve(quick, block, from.Candidates.Row);
            }
            progress?.Report(count - pending.Length);
        }
        // The quick solver brings most where they belong. Some of the rest show what slow points there are.
        int[] stalled = [.. Enumerable.Range(0, count)
            .Where(row => ends[row].Ending is Ending.Stalled or Ending.StepLimit)];
        new Random(count).Shuffle(stalled);
        if (solver.FindsSlowPoints)
        {
            int[] followed = stalled[..Math.Min(slowCandidates - slowFollowed, stalled.Length)];
            int before = Points.Count;
            Solve(solver, followed, row => ends[row].State);
            bool isFirst = ReferenceEquals(from, problem);
            slowFollowed = isFirst || Points.Count > before ? 0 : slowFollowed + followed.Length;
        }
        return new(from, ends);

        void Solve(FixedPointSolver with, int[] rows, Func<int, double[]> start)
        {
            if (rows.Length == 0) return;
            double[,] states = rows.Select(start).ToMatrix(from.Cell.StateSize);
            var part = Keep(with.Solve(new(from.Cell, from.Inputs, states), null, cancellation), with, cancellation);
            for (int i = 0; i < rows.Length; i++)
                ends[rows[i]] = new(part.States.Row(i), part.Speeds[i], ends[rows[i]].Steps + part.Steps[i],
                    part.Endings[i]);
        }
    }

    /// <summary>
    /// Where the network itself runs from some of the candidates [M, S]: where it stands still or comes near a known
    /// point, or where it is after the last step. What is lost at infinity is left out.
    /// </summary>
    public double[,] Runs(double[,] candidates, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (cell, input) = (problem.Cell, problem.Inputs.ToTensor());
        int count = candidates.GetLength(0), every = Math.Max(1, count / MostRuns);
        var ends = new List<double[]>();
        var x = Enumerable.Range(0, Math.Min(count, MostRuns)).Select(i => candidates.Row(i * every))
            .ToMatrix(cell.StateSize).ToTensor();
        x = x[x.isfinite().all(1)];
        if (x.shape[0] == 0) return ends.ToMatrix(cell.StateSize);
        double farthest = Lost * Math.Max(1, x.norm(1).max().item<double>());
        var places = Points.Select(point => point.State).ToMatrix(cell.StateSize).ToTensor();
        for (int step = 1; x.shape[0] > 0 && !cancellation.IsCancellationRequested; step++)
        {
            using var inner = NewDisposeScope();
            var next = cell.Step(input, x);
            if (step % LookEvery == 0)
            {
                var moves = (next - x).norm(1);
                var ended = moves.Below(Still);
                if (Points.Count > 0) ended = ended.logical_or(cdist(next, places).amin(1).Below(Near));
                if (step >= MostRunSteps) ended = ones_like(ended);
                // False as well where it is not a number.
                var there = next.norm(1).Below(farthest);
                double[,] arrived = next[ended.logical_and(there)].ToMatrix();
                ends.AddRange(Enumerable.Range(0, arrived.GetLength(0)).Select(arrived.Row));
                next = next[ended.logical_not().logical_and(there)];
            }
            x.Dispose();
            x = next.MoveToOuterDisposeScope();
        }
        return ends.ToMatrix(cell.StateSize);
    }

    /// <summary>
    /// Keeps what was found. On a continuum Newton's correction means nothing: what stands still there has ended at a
    /// fixed point.
    /// </summary>
    public FixedPointSolution Keep(FixedPointSolution solution, FixedPointSolver solver,
        CancellationToken cancellation)
    {
        var endings = (Ending[])solution.Endings.Clone();
        foreach (var (i, end) in solution.Ends().Index())
        {
            bool isStill = end is FixedPoint
                || endings[i] is Ending.SlowMinimum or Ending.Stalled or Ending.StepLimit
                && Math.Sqrt(2 * end.Speed) <= NearlyStill * solver.Tolerance;
            if (isStill && continua.Holds(end.State)) endings[i] = Ending.FixedPoint;
            else if (end is FixedPoint ghost && boxes.Test(end) == Reach.Unreachable) outside.Add(ghost);
            else if (isStill && IsSaturated(end)) endings[i] = Ending.Stalled;
            else if (end is FixedPoint point)
            {
                if (points.Add(point)) Follow(point);
            }
            else if (isStill && Follow(end)) endings[i] = Ending.FixedPoint;
            else if (end is SlowPoint still) slow.Add(still);
        }
        return solution with { Endings = endings };

        // The box tells it where there is one.
        bool IsSaturated(StatePoint end) => !(end is FixedPoint point && points.Has(point))
            && boxes.Test(end) == Reach.Unknown && continua.IsSaturated(end.State);

        // Where gates saturate, outside the box, every state seems to stand still.
        bool Follow(StatePoint end) => !cancellation.IsCancellationRequested && boxes.Test(end) != Reach.Unreachable
            && continua.Follow(end.State, cancellation);
    }

    /// <summary>
    /// Follows each pending candidate whose nearest known point is one that had no turn yet; returns those that did not
    /// get there.
    /// </summary>
    private int[] Settle(FixedPointProblem from, CandidateEnd[] ends, int[] pending, double[] nearest, int tried,
        FixedPointSolver solver, CancellationToken cancellation)
    {
        var fresh = Points.Skip(tried).Take(MostAnchors).ToArray();
        var own = new List<int>[fresh.Length];
        for (int k = 0; k < fresh.Length; k++) own[k] = [];
        var left = new List<int>();
        using (NewDisposeScope())
        {
            var places = fresh.Select(point => point.State).ToMatrix(problem.Cell.StateSize).ToTensor();
            var starts = pending.Select(from.Candidates.Row).ToMatrix(problem.Cell.StateSize).ToTensor();
            var (distances, indices) = cdist(starts, places).min(1);
            var (near, index) = (distances.ToVector(), indices.data<long>().ToArray());
            for (int i = 0; i < pending.Length; i++)
            {
                int row = pending[i];
                if (near[i] < nearest[row])
                {
                    nearest[row] = near[i];
                    own[index[i]].Add(row);
                }
                else left.Add(row);
            }
        }
        var missed = new IReadOnlyList<int>[fresh.Length];
        int[] arrived = new int[fresh.Length];
        problem.Cell.InParallel([.. Enumerable.Range(0, fresh.Length)], k =>
        {
            missed[k] = own[k].Count == 0 ? [] : Approach(from, ends, own[k], fresh[k], solver, cancellation);
            arrived[k] = own[k].Count - missed[k].Count;
        });
        for (int k = 0; k < fresh.Length; k++)
        {
            left.AddRange(missed[k]);
            points.Count(tried + k, arrived[k]);
        }
        return [.. left];
    }

    /// <summary>
    /// Steps x + (I - J)^-1 (F(x) - x) with J at the known point, as long as each at least halves the step that the
    /// network makes.
    /// </summary>
    private List<int> Approach(FixedPointProblem from, CandidateEnd[] ends, List<int> rows, FixedPoint known,
        FixedPointSolver solver, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return rows;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var cell = problem.Cell;
        var input = known.Input.ToTensor().unsqueeze(0);
        var place = known.State.ToTensor().unsqueeze(0);
        var inverse = linalg.solve_ex(cell.StateJacobian(input, place).squeeze(0).FromIdentity(),
            eye(cell.StateSize, dtype: ScalarType.Float64)).result.t();
        var missed = new List<int>();
        foreach (int[] some in rows.Chunk(Together))
        {
            using var outer = NewDisposeScope();
            int[] going = some;
            var x = going.Select(from.Candidates.Row).ToMatrix(cell.StateSize).ToTensor();
            var residual = cell.Step(input, x) - x;
            for (int step = 0; going.Length > 0; step++)
            {
                using var inner = NewDisposeScope();
                var size = residual.norm(1);
                var correction = residual.mm(inverse);
                var trial = x.Plus(correction);
                var next = cell.Step(input, trial) - trial;
                double[] sizes = size.ToVector(), nexts = next.norm(1).ToVector();
                double[] corrections = correction.norm(1).ToVector(), away = (x - place).norm(1).ToVector();
                var kept = new List<long>();
                bool stopped = cancellation.IsCancellationRequested;
                for (int i = 0; i < going.Length; i++)
                {
                    bool there = sizes[i] <= solver.Tolerance && corrections[i] <= solver.CorrectionTolerance
                        && away[i] <= distance;
                    if (there) ends[going[i]] = new(x[i].ToVector(), sizes[i] * sizes[i] / 2, step, Ending.FixedPoint);
                    else if (nexts[i] <= 0.5 * sizes[i] && step < MostSteps && !stopped) kept.Add(i);
                    else missed.Add(going[i]);
                }
                going = [.. kept.Select(i => going[i])];
                var indices = tensor(kept.ToArray());
                x.Dispose();
                residual.Dispose();
                (x, residual) = (trial[indices].MoveToOuterDisposeScope(), next[indices].MoveToOuterDisposeScope());
            }
        }
        return missed;
    }
}
