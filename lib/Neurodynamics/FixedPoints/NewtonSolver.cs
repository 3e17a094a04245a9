using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// Damped Newton in float64 with the cell's own Jacobian: solves (I - J) d = F(x) - x for all candidates of a chunk at once, and
/// halves a step until it lowers the speed. Options are changed with <c>with</c>.
/// </summary>
public sealed record NewtonSolver : FixedPointSolver
{
    /// <summary>Steps per candidate at most; default 100.</summary>
    public int MaxSteps { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxSteps), value, "MaxSteps is at least 1."); } = 100;

    /// <summary>Halvings of one step at most; default 20.</summary>
    public int MaxHalvings { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxHalvings), value, "MaxHalvings is at least 0."); } = 20;

    /// <summary>Candidates solved together; default 64. The results do not depend on it.</summary>
    public int ChunkSize { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(ChunkSize), value, "ChunkSize is at least 1."); } = 64;

    /// <inheritdoc/>
    public override FixedPointSolution Solve(FixedPointProblem problem, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        int count = problem.Candidates.GetLength(0), size = problem.Cell.StateSize;
        var solution = new FixedPointSolution(problem, (double[,])problem.Candidates.Clone(), new double[count], new int[count], new Ending[count]);
        int ended = 0;
        // Torch itself has one thread; chunks on threads of our own are both right and faster.
        Parallel.ForEach(Enumerable.Range(0, (count + ChunkSize - 1) / ChunkSize), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, chunk =>
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
        var input = tensor(solution.Problem.InputOf(first)).unsqueeze(0);
        var x = tensor(Enumerable.Range(first, length).Select(solution.States.Row).ToList().ToMatrix(cell.StateSize));
        var rows = Enumerable.Range(first, length).ToArray();
        for (int step = 0; rows.Length > 0; step++)
        {
            using var inner = NewDisposeScope();
            var residual = cell.Step(input, x) - x;
            var size = residual.norm(1);
            var jacobian = cell.StateJacobian(input, x).neg_();
            jacobian.diagonal(0, 1, 2).add_(1);
            var (correction, _) = linalg.solve_ex(jacobian, residual.unsqueeze(-1));
            correction = correction.squeeze(-1);

            var (moved, improved) = Descend(cell, input, x, correction, size);
            var endings = Judge(size.ToVector(), correction.norm(1).ToVector(), improved, step, cancellation.IsCancellationRequested);

            // A point that has converged takes its last correction with it where that helps; what has stalled stays where it was.
            Write(solution, rows, endings, moved, step, cell, input);
            var going = Enumerable.Range(0, rows.Length).Where(i => endings[i] is null).ToArray();
            x = moved[tensor(going.Select(i => (long)i).ToArray())].MoveToOuterDisposeScope();
            rows = [.. going.Select(i => rows[i])];
        }
    }

    private Ending?[] Judge(double[] size, double[] correction, bool[] improved, int step, bool cancelled)
    {
        var endings = new Ending?[size.Length];
        for (int i = 0; i < endings.Length; i++)
            endings[i] = !double.IsFinite(size[i]) ? Ending.NotFinite
                : size[i] <= Tolerance && correction[i] <= CorrectionTolerance ? Ending.FixedPoint
                : !improved[i] ? Ending.Stalled
                : cancelled ? Ending.Cancelled
                : step + 1 >= MaxSteps ? Ending.StepLimit
                : null;
        return endings;
    }

    /// <summary>x + t d with the largest t = 1, 1/2, 1/4, ... that lowers the speed; x itself where none does.</summary>
    private (Tensor Moved, bool[] Improved) Descend(Models.Cell cell, Tensor input, Tensor x, Tensor direction, Tensor size)
    {
        var (moved, open) = (x.clone(), size.isfinite().logical_and(direction.isfinite().all(1)));
        var improved = zeros_like(open);
        double t = 1;
        for (int halving = 0; halving <= MaxHalvings && open.any().item<bool>(); halving++, t /= 2)
        {
            var indices = open.nonzero().squeeze(1);
            var trial = x[indices] + t * direction[indices];
            var lower = (cell.Step(input, trial) - trial).norm(1) < (1 - 1e-4 * t) * size[indices];
            var better = indices[lower];
            moved.index_copy_(0, better, trial[lower]);
            improved.index_fill_(0, better, true);
            open.index_fill_(0, better, false);
        }
        return (moved, improved.data<bool>().ToArray());
    }

    private static void Write(FixedPointSolution solution, int[] rows, Ending?[] endings, Tensor moved, int step, Models.Cell cell, Tensor input)
    {
        var ended = Enumerable.Range(0, rows.Length).Where(i => endings[i] is not null).ToArray();
        if (ended.Length == 0) return;
        var states = moved[tensor(ended.Select(i => (long)i).ToArray())];
        var speeds = ((cell.Step(input, states) - states).square().sum(1) / 2).ToVector();
        var ends = states.ToMatrix();
        for (int i = 0; i < ended.Length; i++)
        {
            int row = rows[ended[i]];
            for (int j = 0; j < ends.GetLength(1); j++) solution.States[row, j] = ends[i, j];
            (solution.Speeds[row], solution.Steps[row], solution.Endings[row]) = (speeds[i], step, endings[ended[i]]!.Value);
        }
    }
}
