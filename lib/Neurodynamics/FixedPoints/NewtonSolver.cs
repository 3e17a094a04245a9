using Neurodynamics.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// Damped Newton with a Levenberg-Marquardt fallback, in float64 with the cell's own Jacobian. Newton solves (I - J) d = F(x) - x and
/// halves d until it lowers the speed. Where no length of d does, Levenberg and Marquardt's damped least squares leads on,
/// to a better place for Newton or down to a minimum of the speed that is not zero: a slow point.
/// </summary>
public sealed record NewtonSolver : FixedPointSolver
{
    /// <summary>Steps per candidate at most; default 100.</summary>
    public int MaxSteps { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxSteps), value, "MaxSteps is at least 1."); } = 100;

    /// <summary>Halvings of one step at most; default 12.</summary>
    public int MaxHalvings { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxHalvings), value, "MaxHalvings is at least 0."); } = 12;

    /// <summary>
    /// Damped least-squares steps per candidate at most; default 100. With 0 Newton is alone, and a candidate has stalled where it fails: quick, when slow
    /// points are of no interest.
    /// </summary>
    public int MaxDampedSteps { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxDampedSteps), value, "MaxDampedSteps is at least 0."); } = 100;

    /// <summary>A candidate ends as slow enough once q is at most this; default 0, which asks for fixed points and minima of q only.</summary>
    public double StopSpeed { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(StopSpeed), value, "StopSpeed is at least 0."); }

    /// <summary>
    /// Where Newton fails, q is stationary once its gradient is at most this share of the largest that a residual of this size could have,
    /// ||(I - J)' G|| / ((1 + ||J||) ||G||) with G = F(x) - x and Frobenius' norm; default 1e-5.
    /// </summary>
    public double StationaryTolerance { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(StationaryTolerance), value, "StationaryTolerance is positive."); } = 1e-5;

    /// <summary>Candidates solved together; default 64. Where a candidate ends does not depend on it.</summary>
    public int ChunkSize { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(ChunkSize), value, "ChunkSize is at least 1."); } = 64;

    /// <inheritdoc/>
    public override FixedPointSolution Solve(FixedPointProblem problem, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        int count = problem.Candidates.GetLength(0);
        var solution = new FixedPointSolution(problem, (double[,])problem.Candidates.Clone(), new double[count], new int[count], new Ending[count]);
        int ended = 0;
        // Torch itself has one thread; chunks on threads of our own are both right and faster.
        Parallel.ForEach(Enumerable.Range(0, (count + ChunkSize - 1) / ChunkSize), problem.Cell.Threads, chunk =>
        {
            int first = chunk * ChunkSize, length = Math.Min(ChunkSize, count - first);
            SolveChunk(solution, first, length, cancellation);
            progress?.Report(Interlocked.Add(ref ended, length));
        });
        return solution;
    }

    private void SolveChunk(FixedPointSolution solution, int first, int length, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var cell = solution.Problem.Cell;
        var rows = Enumerable.Range(first, length).ToArray();
        // Cloned: a tensor on a managed array has that array's alignment, on which the last bit of a product can depend.
        var x = tensor(rows.Select(solution.States.Row).ToMatrix(cell.StateSize)).clone();
        var inputs = tensor(rows.Select(solution.Problem.InputOf).ToMatrix(cell.InputSize)).clone();
        // The damping of each candidate; 0 where Newton leads.
        var (damping, dampedSteps) = (new double[length], new int[length]);
        for (int step = 0; rows.Length > 0; step++)
        {
            using var inner = NewDisposeScope();
            var batch = new Batch(cell, inputs, x);
            var newton = Enumerable.Range(0, rows.Length).Where(i => damping[i] == 0 && double.IsFinite(batch.Size[i])).ToArray();
            var correction = Descend(batch, newton);
            var damped = Enumerable.Range(0, rows.Length).Where(i => !batch.Improved[i] && double.IsFinite(batch.Size[i]) && dampedSteps[i] < MaxDampedSteps).ToArray();
            foreach (int i in damped) dampedSteps[i]++;
            var stationary = Damp(batch, damped, damping);
            var exhausted = Array.ConvertAll(dampedSteps, steps => steps >= MaxDampedSteps);
            var endings = Judge(batch, correction, stationary, damping, exhausted, step, cancellation.IsCancellationRequested);

            // A point that has converged takes its last correction with it where that helps.
            Write(solution, rows, endings, batch.Moved, step, inputs);
            var going = Enumerable.Range(0, rows.Length).Where(i => endings[i] is null).ToArray();
            (x, inputs) = (batch.Moved[Indices(going)].MoveToOuterDisposeScope(), inputs[Indices(going)].MoveToOuterDisposeScope());
            (rows, damping, dampedSteps) = ([.. going.Select(i => rows[i])], [.. going.Select(i => damping[i])], [.. going.Select(i => dampedSteps[i])]);
        }
    }

    /// <summary>Where the candidates of a chunk stand in one step, and where they go.</summary>
    private sealed record Batch(Cell Cell, Tensor Inputs, Tensor X)
    {
        /// <summary>G = F(x) - x.</summary>
        public Tensor Residual { get; } = Cell.Step(Inputs, X) - X;

        /// <summary>||G||.</summary>
        public double[] Size => field ??= Residual.norm(1).ToVector();

        /// <summary>The next states.</summary>
        public Tensor Moved { get; } = X.clone();

        /// <summary>Whether the next state is slower.</summary>
        public bool[] Improved { get; } = new bool[X.shape[0]];

        /// <summary>Takes those of the trial states whose step is shorter than it was by a factor; tells the ratios.</summary>
        public double[] Take(int[] rows, Tensor trial, double factor)
        {
            var ratios = (Cell.Step(Inputs[Indices(rows)], trial) - trial).norm(1).ToVector();
            for (int i = 0; i < rows.Length; i++) ratios[i] /= Size[rows[i]];
            var shorter = Enumerable.Range(0, rows.Length).Where(i => ratios[i] < factor).ToArray();
            if (shorter.Length == 0) return ratios;
            Moved.index_copy_(0, Indices([.. shorter.Select(i => rows[i])]), trial[Indices(shorter)]);
            foreach (int i in shorter) Improved[rows[i]] = true;
            return ratios;
        }
    }

    private static Tensor Indices(int[] rows) => tensor(Array.ConvertAll(rows, row => (long)row));

    /// <summary>Joins what is computed for some rows at a time: few enough that their Jacobians stay in the cache, which makes each solve twice as fast.</summary>
    private static Tensor Blockwise(Cell cell, int[] rows, Func<Tensor, Tensor> compute) =>
        cat([.. Indices(rows).split(Math.Max(1, CachedValues / (cell.StateSize * cell.StateSize))).Select(block =>
        {
            using var scope = NewDisposeScope();
            return compute(block).MoveToOuterDisposeScope();
        })]);

    private const int CachedValues = 1 << 17;

    private Ending?[] Judge(Batch batch, double[] correction, bool[] stationary, double[] damping, bool[] exhausted, int step, bool cancelled)
    {
        var endings = new Ending?[batch.Size.Length];
        for (int i = 0; i < endings.Length; i++)
            endings[i] = !double.IsFinite(batch.Size[i]) ? Ending.NotFinite
                : batch.Size[i] <= Tolerance && correction[i] <= CorrectionTolerance ? Ending.FixedPoint
                : StopSpeed > 0 && batch.Size[i] * batch.Size[i] / 2 <= StopSpeed ? Ending.SlowEnough
                : stationary[i] ? Ending.SlowMinimum
                // Damped so much that a step would change nothing: rounding hides any slope that is left. Or no damped step is left.
                : !batch.Improved[i] && (exhausted[i] || damping[i] > MostDamping) ? Ending.Stalled
                : cancelled ? Ending.Cancelled
                : step + 1 >= MaxSteps ? Ending.StepLimit
                : null;
        return endings;
    }

    private const double MostDamping = 1e8;

    /// <summary>Moves to x + t d with the largest t = 1, 1/2, 1/4, ... that lowers the speed; returns ||d||, infinite where Newton does not lead.</summary>
    private double[] Descend(Batch batch, int[] rows)
    {
        var lengths = Enumerable.Repeat(double.PositiveInfinity, batch.Size.Length).ToArray();
        if (rows.Length == 0) return lengths;
        var direction = Blockwise(batch.Cell, rows, block => batch.Cell.Correction(batch.Inputs[block], batch.X[block], batch.Residual[block]));
        var own = direction.norm(1).ToVector();
        for (int i = 0; i < rows.Length; i++) lengths[rows[i]] = own[i];
        var open = Enumerable.Range(0, rows.Length).Where(i => double.IsFinite(own[i])).ToArray();
        double t = 1;
        for (int halving = 0; halving <= MaxHalvings && open.Length > 0; halving++, t /= 2)
        {
            using var scope = NewDisposeScope();
            int[] at = [.. open.Select(i => rows[i])];
            batch.Take(at, batch.X[Indices(at)].Plus(direction[Indices(open)].Times(t)), 1 - 1e-4 * t);
            open = [.. open.Where(i => !batch.Improved[rows[i]])];
        }
        return lengths;
    }

    /// <summary>
    /// One damped least-squares step, d = (A'A + m I)^-1 A'G with A = I - J, for the candidates that Newton did not improve; tells
    /// which stand at a stationary point of q. The damping m starts at ||G||, falls where a step lowers the speed and rises where it does not.
    /// </summary>
    private bool[] Damp(Batch batch, int[] rows, double[] damping)
    {
        var stationary = new bool[batch.Size.Length];
        if (rows.Length == 0) return stationary;
        foreach (int row in rows)
            if (damping[row] == 0) damping[row] = batch.Size[row];
        var m = tensor(damping).clone();
        // The trial states, and in a last column the share of the largest possible gradient.
        var steps = Blockwise(batch.Cell, rows, block => DampedStep(batch.Cell, batch.Inputs[block], batch.X[block], batch.Residual[block], m[block]));
        var shares = steps.select(1, batch.Cell.StateSize).ToVector();
        var ratios = batch.Take(rows, steps.narrow(1, 0, batch.Cell.StateSize), 1 - 1e-12);
        for (int i = 0; i < rows.Length; i++)
        {
            stationary[rows[i]] = shares[i] <= StationaryTolerance;
            // Newton leads again once the speed has fallen well below where it failed.
            if (!batch.Improved[rows[i]]) damping[rows[i]] *= 4;
            else if (ratios[i] < 0.5) damping[rows[i]] = 0;
            else damping[rows[i]] /= 3;
        }
        return stationary;
    }

    private static Tensor DampedStep(Cell cell, Tensor inputs, Tensor x, Tensor residual, Tensor damping)
    {
        var jacobian = cell.StateJacobian(inputs, x);
        var most = residual.norm(1) * jacobian.flatten(1).norm(1).Plus(1);
        var a = jacobian.FromIdentity();
        var gradient = a.mT.matmul(residual.unsqueeze(-1));
        var share = gradient.squeeze(-1).norm(1) / most;
        var normal = a.mT.matmul(a);
        normal.diagonal(0, 1, 2).add_(damping.unsqueeze(-1), Scalars.One);
        var (factor, _) = linalg.cholesky_ex(normal);
        return cat([x.Plus(cholesky_solve(gradient, factor).squeeze(-1)), share.unsqueeze(-1)], 1);
    }

    private static void Write(FixedPointSolution solution, int[] rows, Ending?[] endings, Tensor moved, int step, Tensor inputs)
    {
        var ended = Enumerable.Range(0, rows.Length).Where(i => endings[i] is not null).ToArray();
        if (ended.Length == 0) return;
        var states = moved[Indices(ended)];
        var sizes = (solution.Problem.Cell.Step(inputs[Indices(ended)], states) - states).norm(1).ToVector();
        var ends = states.ToMatrix();
        for (int i = 0; i < ended.Length; i++)
        {
            int row = rows[ended[i]];
            ends.Row(i).CopyTo(solution.States.RowSpan(row));
            (solution.Speeds[row], solution.Steps[row], solution.Endings[row]) = (sizes[i] * sizes[i] / 2, step, endings[ended[i]]!.Value);
        }
    }
}
