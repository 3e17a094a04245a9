using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// Follows every candidate of a problem to its end. Solvers are immutable options, changed with <c>with</c>.
/// </summary>
/// <remarks>
/// A solver of your own is one file: a record that derives from this one and says in a <see cref="CandidateChunk"/>
/// what it does in a step. The loop, chunks, threads, progress, cancellation and the rule by which candidates end are
/// here.
/// </remarks>
public abstract record FixedPointSolver : Described
{
    /// <summary>A fixed point's step ||F(x) - x|| at most; default 1e-12, near what rounding leaves.</summary>
    public double Tolerance { get; init => field = Option.Positive(value, nameof(Tolerance)); } = 1e-12;

    /// <summary>
    /// A fixed point's next Newton correction at most; default 1e-8. A small step alone proves nothing: where gates
    /// saturate every state stands nearly still, and the correction is large.
    /// </summary>
    public double CorrectionTolerance
    {
        get; init =>
        field = Option.Positive(value, nameof(CorrectionTolerance));
    } = 1e-8;

    /// <summary>Steps per candidate at most.</summary>
    public abstract int MaxSteps { get; init; }

    /// <summary>Candidates that one thread steps together, at most: fewer where the cell has many units.</summary>
    public abstract int ChunkSize { get; init; }

    /// <summary>
    /// Whether where a candidate goes depends on the others. Then all step at the same pace, and all end when
    /// <see cref="IsSlowEnough(SolverStep)"/> says so of the batch, at the step limit, or when the solver is cancelled.
    /// </summary>
    public virtual bool IsCoupled => false;

    /// <summary>
    /// The same solver made to give up early, for a search: it follows most candidates with this one, and only some of
    /// the rest with the solver itself. Null where a search should give all candidates to the solver at once.
    /// </summary>
    public virtual FixedPointSolver? Quick => null;

    /// <summary>Whether a candidate that reaches no fixed point is followed on to a slow point; default true.</summary>
    public virtual bool FindsSlowPoints => true;

    /// <summary>
    /// Values of all the Jacobians of a chunk at most, 32 MB: with many units a step of many candidates would take long
    /// to hear that it is cancelled, and much memory.
    /// </summary>
    private const int MostTogether = 1 << 22;

    /// <summary>Solves a problem.</summary>
    /// <param name="problem">Cell, constant inputs and candidates.</param>
    /// <param name="progress">Told the number of candidates that have ended.</param>
    /// <param name="cancellation">Stops the solver; what has ended by then is returned, the rest as cancelled.</param>
    public FixedPointSolution Solve(FixedPointProblem problem, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        Demand.Given(problem);
        using var work = problem.Cell.Usage.Begin();
        var ends = new CandidateEnd[problem.Candidates.GetLength(0)];
        int size = problem.Cell.StateSize;
        int together = IsCoupled ? ChunkSize : Math.Clamp(MostTogether / Math.Max(1, size * size), 1, ChunkSize);
        int[][] chunks = [.. Enumerable.Range(0, ends.Length).Chunk(together)];
        int ended = 0;
        if (IsCoupled) Follow(chunks);
        else problem.Cell.InParallel(chunks, chunk => Follow([chunk]));
        Leave([.. Enumerable.Range(0, ends.Length).Where(row => ends[row].State is null)]);
        return new(problem, ends);

        // Those that were never begun stay where they are: one look at all, since a chunk's look takes long.
        void Leave(int[] rows)
        {
            if (rows.Length == 0) return;
            double[,] states = rows.Select(problem.Candidates.Row).ToMatrix(size);
            double[,] inputs = rows.Select(problem.InputOf).ToMatrix(problem.Cell.InputSize);
            double[] speeds = new FixedPointProblem(problem.Cell, inputs, states).Speeds();
            for (int i = 0; i < rows.Length; i++)
                ends[rows[i]] = new(states.Row(i), speeds[i], 0,
                    double.IsFinite(speeds[i]) ? Ending.Cancelled : Ending.NotFinite);
            progress?.Report(ends.Length);
        }

        void Follow(int[][] rows)
        {
            if (!IsCoupled && cancellation.IsCancellationRequested) return;
            Group[] all = [.. rows.Select(own => new Group(this, problem, own))], going = all;
            try
            {
                SolverStep? last = null;
                for (int step = 0; ; step++)
                {
                    problem.Cell.InParallel(going, group => group.Look(last));
                    last = new(step, problem.Cell.StateSize, [.. going.SelectMany(group => group.Paces)]);
                    bool cancelled = cancellation.IsCancellationRequested;
                    bool isLast = step >= LastStep || going.Length == 0;
                    bool slow = IsCoupled && IsSlowEnough(last), over = !IsCoupled || slow || cancelled || isLast;
                    Look(last, over && IsCoupled,
                        () => going.SelectMany(group => group.States()).ToMatrix(problem.Cell.StateSize));
                    if (!over) continue;
                    problem.Cell.InParallel(going, group => group.End(ends, new(step, slow, cancelled, isLast)));
                    going = [.. going.Where(group => group.Count > 0)];
                    if (going.Length == 0) break;
                }
            }
            finally
            {
                foreach (var group in all) group.Dispose();
            }
            progress?.Report(Interlocked.Add(ref ended, rows.Sum(own => own.Length)));
        }
    }

    /// <summary>Puts some candidates on their way.</summary>
    /// <param name="cell">The cell, in float64.</param>
    /// <param name="inputs">Their constant inputs [m, I], or [1, I] for one common to all.</param>
    /// <param name="states">Where they start [m, S].</param>
    protected internal abstract CandidateChunk Begin(Cell cell, Tensor inputs, Tensor states);

    /// <summary>The last step before the limit; <see cref="MaxSteps"/> unless a look ahead is a step already.</summary>
    protected internal virtual int LastStep => MaxSteps;

    /// <summary>Whether a candidate is slow enough to stop; default never.</summary>
    protected internal virtual bool IsSlowEnough(Pace pace) => false;

    /// <summary>Whether coupled candidates are slow enough to stop, all together; default never.</summary>
    protected internal virtual bool IsSlowEnough(SolverStep step) => false;

    /// <summary>Shown every step, on the thread that steps; default nothing.</summary>
    /// <param name="step">The step, and the pace of the candidates.</param>
    /// <param name="isLast">Whether coupled candidates end here.</param>
    /// <param name="states">Where the candidates are [m, S].</param>
    protected internal virtual void Look(SolverStep step, bool isLast, Func<double[,]> states) { }

    /// <summary>The one rule by which candidates end, the first that applies; null where one goes on.</summary>
    private Ending? Judge(CandidateChunk chunk, int i, Pace pace, Pass pass) =>
        !double.IsFinite(pace.Length) ? Ending.NotFinite
        : pace.Length <= Tolerance && chunk.Correction(i) <= CorrectionTolerance ? Ending.FixedPoint
        : pass.IsSlow || IsSlowEnough(pace) ? Ending.SlowEnough
        : chunk.IsStationary(i) ? Ending.SlowMinimum
        : chunk.IsStuck(i) ? Ending.Stalled
        : pass.IsCancelled ? Ending.Cancelled
        : pass.IsLast ? Ending.StepLimit
        : null;

    private readonly record struct Pass(int Step, bool IsSlow, bool IsCancelled, bool IsLast);

    /// <summary>A chunk with the places of its candidates in the problem.</summary>
    private sealed class Group : IDisposable
    {
        private readonly FixedPointSolver solver;
        private readonly CandidateChunk chunk;
        private int[] rows;

        public Group(FixedPointSolver solver, FixedPointProblem problem, int[] rows)
        {
            (this.solver, this.rows) = (solver, rows);
            using var scope = NewDisposeScope();
            int[] own = problem.Inputs.GetLength(0) == 1 ? rows[..1] : rows;
            chunk = solver.Begin(problem.Cell,
                own.Select(problem.InputOf).ToMatrix(problem.Cell.InputSize).ToTensor().DetachFromDisposeScope(),
                rows.Select(problem.Candidates.Row).ToMatrix(problem.Cell.StateSize).ToTensor()
                    .DetachFromDisposeScope());
        }

        public int Count => rows.Length;

        public Pace[] Paces { get; private set; } = [];

        public void Look(SolverStep? last)
        {
            using var frozen = no_grad();
            if (last is not null)
            {
                using var scope = NewDisposeScope();
                chunk.Move(last);
            }
            using var inner = NewDisposeScope();
            Paces = chunk.Look();
        }

        public IEnumerable<double[]> States()
        {
            using var scope = NewDisposeScope();
            double[,] matrix = chunk.States.ToMatrix();
            return Enumerable.Range(0, Count).Select(matrix.Row);
        }

        public void End(CandidateEnd[] ends, Pass pass)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var endings = new Ending?[Count];
            for (int i = 0; i < Count; i++) endings[i] = solver.Judge(chunk, i, Paces[i], pass);
            int[] ended = [.. Enumerable.Range(0, Count).Where(i => endings[i] is not null)];
            if (ended.Length == 0) return;
            var (states, speeds) = chunk.EndsOf(ended, Paces);
            for (int i = 0; i < ended.Length; i++)
                ends[rows[ended[i]]] = new(states.Row(i), speeds[i], pass.Step, endings[ended[i]]!.Value);
            int[] going = [.. Enumerable.Range(0, Count).Where(i => endings[i] is null)];
            if (going.Length > 0) chunk.Keep(going);
            rows = Array.ConvertAll(going, i => rows[i]);
        }

        public void Dispose() => chunk.Dispose();
    }
}

/// <summary>How fast a candidate is.</summary>
/// <param name="Length">||F(x) - x||.</param>
/// <param name="Speed">q, half its square.</param>
public readonly record struct Pace(double Length, double Speed)
{
    /// <inheritdoc/>
    public override string ToString() => InWords.Of(this);
}

/// <summary>One step of the candidates that step together.</summary>
/// <param name="Step">Steps taken so far.</param>
/// <param name="StateSize">S.</param>
/// <param name="Paces">The pace of each candidate, in their order.</param>
public sealed record SolverStep(int Step, int StateSize, Pace[] Paces) : Described;

/// <summary>Where and how one candidate ended.</summary>
/// <param name="State">Where, S values.</param>
/// <param name="Speed">q there.</param>
/// <param name="Steps">Solver steps.</param>
/// <param name="Ending">How.</param>
public readonly record struct CandidateEnd(double[] State, double Speed, int Steps, Ending Ending)
{
    /// <inheritdoc/>
    public override string ToString() => InWords.Of(this);
}

/// <summary>
/// What a solver does with some candidates in a step. Each call runs without gradients, in a dispose scope of its own.
/// </summary>
/// <param name="cell">The cell, in float64.</param>
/// <param name="inputs">Constant inputs [m, I], or [1, I] for one common to all.</param>
/// <param name="states">Where the candidates start [m, S].</param>
public abstract class CandidateChunk(Cell cell, Tensor inputs, Tensor states) : IDisposable
{
    /// <summary>The cell, in float64.</summary>
    protected Cell Cell => cell;

    /// <summary>Constant inputs [m, I], or [1, I].</summary>
    protected Tensor Inputs { get; private set; } = inputs;

    /// <summary>Where the candidates are [m, S].</summary>
    protected internal Tensor States { get; private set; } = states;

    /// <inheritdoc/>
    public override string ToString() => $"{InWords.Title(GetType())}: {States.shape[0]} candidates of {cell}";

    /// <summary>
    /// Where a candidate that ends now is left [m, S]: where it is, unless the look found a better place.
    /// </summary>
    protected virtual Tensor Ends => States;

    /// <summary>
    /// Looks at every candidate: how fast it is, and whatever the next move and the questions below need.
    /// </summary>
    protected internal abstract Pace[] Look();

    /// <summary>
    /// The length of the Newton correction that a candidate would take next. Asked only where the step is below
    /// tolerance.
    /// </summary>
    protected internal virtual double Correction(int i)
    {
        using var scope = NewDisposeScope();
        var (u, x) = (Inputs.shape[0] == 1 ? Inputs : Inputs.narrow(0, i, 1), States.narrow(0, i, 1));
        return cell.Correction(u, x, cell.Step(u, x) - x).norm(1).item<double>();
    }

    /// <summary>Whether the speed is stationary where it is not zero; default false.</summary>
    protected internal virtual bool IsStationary(int i) => false;

    /// <summary>Whether no further step would bring the candidate on; default false.</summary>
    protected internal virtual bool IsStuck(int i) => false;

    /// <summary>Moves the candidates on, after a look.</summary>
    /// <param name="last">That look, at all candidates that step together.</param>
    protected internal abstract void Move(SolverStep last);

    /// <summary>Goes on with some of the candidates only.</summary>
    protected internal virtual void Keep(int[] kept)
    {
        var rows = tensor(Array.ConvertAll(kept, row => (long)row));
        if (Inputs.shape[0] > 1) Inputs = Hold(Inputs[rows], Inputs);
        States = Hold(States[rows], States);
    }

    /// <summary>Goes on from other states.</summary>
    protected void GoTo(Tensor next) => States = Hold(next, States);

    /// <summary>Keeps a tensor beyond this call, in place of another.</summary>
    protected static Tensor Hold(Tensor next, Tensor? before = null)
    {
        if (ReferenceEquals(next, before)) return next;
        before?.Dispose();
        return next.DetachFromDisposeScope();
    }

    internal (double[,] States, double[] Speeds) EndsOf(int[] ended, Pace[] paces)
    {
        var rows = tensor(Array.ConvertAll(ended, row => (long)row));
        var ends = Ends[rows];
        if (ReferenceEquals(Ends, States)) return (ends.ToMatrix(), Array.ConvertAll(ended, i => paces[i].Speed));
        double[] moved = (cell.Step(Inputs.shape[0] == 1 ? Inputs : Inputs[rows], ends) - ends).norm(1).ToVector();
        return (ends.ToMatrix(), Array.ConvertAll(moved, length => length * length / 2));
    }

    /// <summary>Frees what the chunk holds.</summary>
    public virtual void Dispose()
    {
        Inputs.Dispose();
        States.Dispose();
        GC.SuppressFinalize(this);
    }
}
