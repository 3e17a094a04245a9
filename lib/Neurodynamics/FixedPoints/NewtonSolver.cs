using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// Damped Newton with a Levenberg-Marquardt fallback, in float64 with the cell's own Jacobian. Newton solves (I - J) d
/// = F(x) - x and halves d until it lowers the speed. Where no length of d does, Levenberg and Marquardt's damped least
/// squares leads on, to a better place for Newton or down to a minimum of the speed that is not zero: a slow point.
/// </summary>
public sealed record NewtonSolver : FixedPointSolver
{
    /// <summary>Steps per candidate at most; default 100.</summary>
    public override int MaxSteps { get; init => field = Option.AtLeast(1, value, nameof(MaxSteps)); } = 100;

    /// <summary>Halvings of one step at most; default 12.</summary>
    public int MaxHalvings { get; init => field = Option.AtLeast(0, value, nameof(MaxHalvings)); } = 12;

    /// <summary>
    /// Damped least-squares steps per candidate at most; default 100. With 0 Newton is alone, and a candidate has
    /// stalled where it fails: quick, when slow points are of no interest.
    /// </summary>
    public int MaxDampedSteps { get; init => field = Option.AtLeast(0, value, nameof(MaxDampedSteps)); } = 100;

    /// <summary>
    /// A candidate ends as slow enough once q is at most this; default 0, which asks for fixed points and minima of q
    /// only.
    /// </summary>
    public double StopSpeed { get; init => field = Option.AtLeast(0.0, value, nameof(StopSpeed)); }

    /// <summary>
    /// Where Newton fails, q is stationary once its gradient is at most this share of the largest that a residual of
    /// this size could have, ||(I - J)' G|| / ((1 + ||J||) ||G||) with G = F(x) - x and Frobenius' norm; default 1e-5.
    /// </summary>
    public double StationaryTolerance
    {
        get; init =>
        field = Option.Positive(value, nameof(StationaryTolerance));
    } = 1e-5;

    /// <summary>Candidates solved together; default 64. Where a candidate ends does not depend on it.</summary>
    public override int ChunkSize { get; init => field = Option.AtLeast(1, value, nameof(ChunkSize)); } = 64;

    /// <summary>
    /// Newton alone, for up to 30 steps: where it converges at all it rarely takes more than twelve, measured on the
    /// workbook's networks.
    /// </summary>
    public override FixedPointSolver Quick =>
        this with { MaxDampedSteps = 0, MaxSteps = Math.Min(30, MaxSteps), MaxHalvings = Math.Min(6, MaxHalvings) };

    /// <inheritdoc/>
    public override bool FindsSlowPoints => MaxDampedSteps > 0;

    /// <summary>A look already finds the next state, where a candidate that ends is left.</summary>
    protected internal override int LastStep => MaxSteps - 1;

    /// <inheritdoc/>
    protected internal override bool IsSlowEnough(Pace pace) => StopSpeed > 0 && pace.Speed <= StopSpeed;

    /// <inheritdoc/>
    protected internal override CandidateChunk Begin(Cell cell, Tensor inputs, Tensor states) =>
        new Chunk(this, cell, inputs, states);

    /// <summary>What is known of one candidate beside its state.</summary>
    private struct Candidate
    {
        /// <summary>||G|| with G = F(x) - x.</summary>
        public double Size;

        /// <summary>||d||, the length of Newton's correction; infinite where Newton does not lead.</summary>
        public double Correction;

        /// <summary>The damping of least squares; 0 where Newton leads.</summary>
        public double Damping;

        public int DampedSteps;

        /// <summary>Whether the next state is slower.</summary>
        public bool IsImproved;

        public bool IsStationary;
    }

    private sealed class Chunk(NewtonSolver options, Cell cell, Tensor inputs, Tensor states)
        : CandidateChunk(cell, inputs.shape[0] == states.shape[0] ? inputs : Repeated(inputs, states), states)
    {
        private const double MostDamping = 1e8;

        /// <summary>
        /// Few enough values that the Jacobians of a block stay in the cache, which makes each solve twice as fast.
        /// </summary>
        private const int CachedValues = 1 << 17;

        private Candidate[] candidates = new Candidate[states.shape[0]];
        private Tensor residual = states, moved = states;

        protected override Tensor Ends => moved;

        protected internal override Pace[] Look()
        {
            residual = Cell.Step(Inputs, States) - States;
            moved = Hold(States.clone());
            double[] sizes = residual.norm(1).ToVector();
            for (int i = 0; i < sizes.Length; i++)
                candidates[i] = candidates[i] with
                {
                    Size = sizes[i],
                    Correction = double.PositiveInfinity,
                    IsImproved = false,
                    IsStationary = false
                };
            Descend(Where(candidate => candidate.Damping == 0 && double.IsFinite(candidate.Size)));
            Damp(Where(candidate =>
                !candidate.IsImproved && double.IsFinite(candidate.Size)
                    && candidate.DampedSteps < options.MaxDampedSteps));
            return Array.ConvertAll(sizes, size => new Pace(size, size * size / 2));
        }

        protected internal override double Correction(int i) => candidates[i].Correction;

        protected internal override bool IsStationary(int i) => candidates[i].IsStationary;

        /// <summary>
        /// Damped so much that a step would change nothing: rounding hides any slope that is left. Or no damped step is
        /// left.
        /// </summary>
        protected internal override bool IsStuck(int i) => !candidates[i].IsImproved
            && (candidates[i].DampedSteps >= options.MaxDampedSteps || candidates[i].Damping > MostDamping);

        protected internal override void Move(SolverStep last) => GoTo(moved);

        protected internal override void Keep(int[] kept)
        {
            base.Keep(kept);
            moved = Hold(moved[Indices(kept)], moved);
            candidates = Array.ConvertAll(kept, i => candidates[i]);
        }

        public override void Dispose()
        {
            moved.Dispose();
            base.Dispose();
        }

        private int[] Where(Func<Candidate, bool> holds) =>
            [.. Enumerable.Range(0, candidates.Length).Where(i => holds(candidates[i]))];

        /// <summary>Moves to x + t d with the largest t = 1, 1/2, 1/4, ... that lowers the speed.</summary>
        private void Descend(int[] rows)
        {
            if (rows.Length == 0) return;
            var direction = Blockwise(rows, block => Cell.Correction(Inputs[block], States[block], residual[block]));
            double[] lengths = direction.norm(1).ToVector();
            for (int i = 0; i < rows.Length; i++) candidates[rows[i]].Correction = lengths[i];
            int[] open = [.. Enumerable.Range(0, rows.Length).Where(i => double.IsFinite(lengths[i]))];
            double t = 1;
            for (int halving = 0; halving <= options.MaxHalvings && open.Length > 0; halving++, t /= 2)
            {
                using var scope = NewDisposeScope();
                int[] at = [.. open.Select(i => rows[i])];
                Take(at, States[Indices(at)].Plus(direction[Indices(open)].Times(t)), 1 - 1e-4 * t);
                open = [.. open.Where(i => !candidates[rows[i]].IsImproved)];
            }
        }

        /// <summary>
        /// One damped least-squares step, d = (A'A + m I)^-1 A'G with A = I - J, for the candidates that Newton did not
        /// improve. The damping m starts at ||G||, falls where a step lowers the speed and rises where it does not.
        /// </summary>
        private void Damp(int[] rows)
        {
            if (rows.Length == 0) return;
            foreach (int row in rows)
            {
                candidates[row].DampedSteps++;
                if (candidates[row].Damping == 0) candidates[row].Damping = candidates[row].Size;
            }
            var damping = Array.ConvertAll(candidates, candidate => candidate.Damping).ToTensor();
            // The trial states, and in a last column the share of the largest possible gradient.
            var steps = Blockwise(rows, block =>
                DampedStep(Inputs[block], States[block], residual[block], damping[block]));
            double[] shares = steps.select(1, Cell.StateSize).ToVector();
            double[] ratios = Take(rows, steps.narrow(1, 0, Cell.StateSize), 1 - 1e-12);
            for (int i = 0; i < rows.Length; i++)
            {
                ref var candidate = ref candidates[rows[i]];
                candidate.IsStationary = shares[i] <= options.StationaryTolerance;
                // Newton leads again once the speed has fallen well below where it failed.
                if (!candidate.IsImproved) candidate.Damping *= 4;
                else if (ratios[i] < 0.5) candidate.Damping = 0;
                else candidate.Damping /= 3;
            }
        }

        private Tensor DampedStep(Tensor inputs, Tensor x, Tensor residual, Tensor damping)
        {
            var jacobian = Cell.StateJacobian(inputs, x);
            var most = residual.norm(1) * jacobian.flatten(1).norm(1).Plus(1);
            var a = jacobian.FromIdentity();
            var gradient = a.mT.matmul(residual.unsqueeze(-1));
            var share = gradient.squeeze(-1).norm(1) / most;
            var normal = a.mT.matmul(a);
            normal.diagonal(0, 1, 2).add_(damping.unsqueeze(-1), Scalars.One);
            var (factor, _) = linalg.cholesky_ex(normal);
            return cat([x.Plus(cholesky_solve(gradient, factor).squeeze(-1)), share.unsqueeze(-1)], 1);
        }

        /// <summary>
        /// Takes those of the trial states whose step is shorter than it was by a factor; returns the ratios.
        /// </summary>
        private double[] Take(int[] rows, Tensor trial, double factor)
        {
            double[] ratios = (Cell.Step(Inputs[Indices(rows)], trial) - trial).norm(1).ToVector();
            for (int i = 0; i < rows.Length; i++) ratios[i] /= candidates[rows[i]].Size;
            int[] shorter = [.. Enumerable.Range(0, rows.Length).Where(i => ratios[i] < factor)];
            if (shorter.Length == 0) return ratios;
            moved.index_copy_(0, Indices([.. shorter.Select(i => rows[i])]), trial[Indices(shorter)]);
            foreach (int i in shorter) candidates[rows[i]].IsImproved = true;
            return ratios;
        }

        /// <summary>Joins what is computed for a block of rows at a time.</summary>
        private Tensor Blockwise(int[] rows, Func<Tensor, Tensor> compute) =>
            cat([.. Indices(rows).split(Math.Max(1, CachedValues / (Cell.StateSize * Cell.StateSize))).Select(block =>
            {
                using var scope = NewDisposeScope();
                return compute(block).MoveToOuterDisposeScope();
            })]);

        private static Tensor Indices(int[] rows) => tensor(Array.ConvertAll(rows, row => (long)row));

        private static Tensor Repeated(Tensor inputs, Tensor states) =>
            Hold(inputs.expand(states.shape[0], inputs.shape[1]).clone(), inputs);
    }
}
