using System.Numerics;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// Follows a fixed point along a straight path of inputs, u = from + s (to - from), and past the folds where the path
/// has to be taken backwards: pseudo-arclength continuation (Keller 1977). Options are changed with <c>with</c>.
/// </summary>
/// <remarks>
/// Arclength counts a whole path, and a change of 1 in every state variable (their root mean square), as 1 each. Each
/// step predicts along the tangent, corrects by Newton on the plane across it, and is halved where the branch bends too
/// much. A mode that passes |lambda| = 1 between two points is sought between them by the modulus that has its place in
/// the order of all moduli.
/// </remarks>
public sealed record Continuation : Described
{
    /// <summary>First arclength step; default 0.01.</summary>
    public double InitialStep { get; init => field = Option.Positive(value, nameof(InitialStep)); } = 0.01;

    /// <summary>Smallest arclength step; default 1e-7.</summary>
    public double MinStep { get; init => field = Option.Positive(value, nameof(MinStep)); } = 1e-7;

    /// <summary>
    /// Largest arclength step; default 0.01. Longer ones were seen to jump to a neighbouring branch where several folds
    /// lie close together.
    /// </summary>
    public double MaxStep { get; init => field = Option.Positive(value, nameof(MaxStep)); } = 0.01;

    /// <summary>Steps at most; default 1000.</summary>
    public int MaxSteps { get; init => field = Option.AtLeast(1, value, nameof(MaxSteps)); } = 1000;

    /// <summary>A point's ||F(x) - x|| at most; default 1e-12, near what rounding leaves.</summary>
    public double Tolerance { get; init => field = Option.Positive(value, nameof(Tolerance)); } = 1e-12;

    /// <summary>
    /// Whether the unstable modes of every point are counted, an eigen-decomposition each, and bifurcations located
    /// where their number changes; default true. Without, only folds are.
    /// </summary>
    public bool CountUnstable { get; init; } = true;

    /// <summary>Newton corrections of one step at most; more mean that the step is too long.</summary>
    private const int MaxCorrections = 8;

    /// <summary>Largest imaginary part of an eigenvalue on the unit circle that is taken for 1 or -1.</summary>
    private const double RealWithin = 1e-6;

    /// <summary>Distance of a branch's end from a start that is the same point.</summary>
    private const double SamePoint = 1e-6;

    /// <summary>Smallest cosine between the tangents at both ends of a step.</summary>
    private const double LeastCosine = 0.95;

    /// <summary>Follows a fixed point from its own input.</summary>
    /// <param name="cell">The cell; it is analysed in float64, and never changed.</param>
    /// <param name="start">The fixed point at position 0; its input is the path's first.</param>
    /// <param name="to">The path's last input, I values.</param>
    /// <param name="progress">Told the number of points so far.</param>
    /// <param name="cancellation">Stops the search; the points so far are returned.</param>
    /// <exception cref="ArgumentException">
    /// A shape does not fit the cell, the path has no length, or the start is no isolated fixed point.
    /// </exception>
    public Branch Follow(Cell cell, FixedPoint start, double[] to, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        Demand.Given((cell, start, to));
        if (start.State.Length != cell.StateSize)
            throw new ArgumentException($"The cell's states have {cell.StateSize} values, but the start "
                + $"has {start.State.Length}.", nameof(start));
        if (start.Input.Length != cell.InputSize || to.Length != cell.InputSize)
            throw new ArgumentException($"The cell has {cell.InputSize} inputs, but the path leads "
                + $"from {start.Input.Length} to {to.Length} values.", nameof(to));
        if (!to.All(double.IsFinite) || to.SequenceEqual(start.Input))
            throw new ArgumentException("The path's last input is finite and differs from its first.", nameof(to));
        using var work = cell.Usage.Begin();
        var path = new Path(cell.InDouble(), start.Input, to, Tolerance);

        double[] atPosition = path.Along;
        var current = path.Correct([.. start.State, 0], atPosition, 0) is var (w, _)
            && path.Tangent(w, atPosition) is { } forward
            && w.Distance([.. start.State, 0]) < 1e-3
            ? new Spot(w, forward)
            : throw new ArgumentException("The start is no isolated fixed point of this cell: its speed is "
                + FormattableString.Invariant($"{path.Speed([.. start.State, 0]):g3}. Solve for it first."),
                nameof(start));

        var (points, bifurcations) = (new List<BranchPoint>(), new List<Bifurcation>());
        Spot? before = null;
        Judge(current, null);
        var ending = Trace(path, current, Judge, progress, cancellation);
        return new([.. points], [.. bifurcations], ending);

        // At once, so that a stop leaves nothing to be judged.
        int Judge(Spot spot, Spot? fold)
        {
            var (sign, unstable) = path.Judge(spot, CountUnstable);
            points.Add(new(spot.Position, path.PointAt(spot.W), sign, unstable));
            if (fold is not null) Add(BifurcationKind.Fold, fold, path.One(fold));
            if (CountUnstable && before is not null) Pass(before, spot, hasFold: fold is not null);
            before = spot;
            return points.Count;
        }

        void Add(BifurcationKind kind, Spot spot, Complex eigenvalue) => bifurcations.Add(
            new(kind, spot.Position, path.PointAt(spot.W), points.Count - 2, eigenvalue));

        // Where a mode passes the unit circle, but for the fold.
        void Pass(Spot low, Spot high, bool hasFold)
        {
            int below = points[^2].UnstableModes!.Value, above = points[^1].UnstableModes!.Value;
            for (int rank = Math.Min(below, above); rank < Math.Max(below, above); rank++)
            {
                int place = rank;
                var spot = path.Locate(low, high, at => path.Eigenvalues(at)[place].Magnitude - 1);
                var eigenvalue = path.Eigenvalues(spot)[rank];
                bool isReal = Math.Abs(eigenvalue.Imaginary) <= RealWithin;
                if (isReal && eigenvalue.Real > 0 && hasFold) continue;
                Add(!isReal ? BifurcationKind.NeimarkSacker
                    : eigenvalue.Real > 0 ? BifurcationKind.BranchPoint : BifurcationKind.Flip,
                    spot, new(eigenvalue.Real, Math.Abs(eigenvalue.Imaginary)));
                // The other one of the pair is next in the order.
                if (!isReal) rank++;
            }
        }
    }

    /// <summary>
    /// Follows each of several fixed points under one input along the same path; not those to which an earlier branch
    /// came back, which are its other end.
    /// </summary>
    /// <param name="cell">The cell; it is analysed in float64, and never changed.</param>
    /// <param name="starts">The fixed points at position 0; none gives no branches.</param>
    /// <param name="to">The path's last input, I values.</param>
    /// <param name="progress">Told the number of starts that are done with, those not followed included.</param>
    /// <param name="cancellation">Stops the search; the branches so far are returned.</param>
    /// <exception cref="ArgumentException">As of <see cref="Follow"/>, for any of the starts.</exception>
    public IReadOnlyList<Branch> FollowAll(Cell cell, IReadOnlyList<FixedPoint> starts, double[] to,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        Demand.Given((cell, starts, to));
        var branches = new List<Branch>();
        for (int i = 0; i < starts.Count && !cancellation.IsCancellationRequested; i++)
        {
            if (!branches.Any(branch => branch.Ending == BranchEnding.CameBack
                && branch.Points[^1].Point.State.Distance(starts[i].State) < SamePoint))
                branches.Add(Follow(cell, starts[i], to, cancellation: cancellation));
            progress?.Report(i + 1);
        }
        return branches;
    }

    /// <summary>Traces the branch on from a spot.</summary>
    /// <param name="judge">Given each spot and the fold before it, if there is one; says how many there are.</param>
    private BranchEnding Trace(Path path, Spot current, Func<Spot, Spot?, int> judge, IProgress<int>? progress,
        CancellationToken cancellation)
    {
        double length = Math.Min(InitialStep, MaxStep);
        for (int step = 0; step < MaxSteps; step++)
        {
            if (cancellation.IsCancellationRequested) return BranchEnding.Cancelled;
            (Spot Spot, int Corrections) next;
            while (true)
            {
                if (path.Advance(current, length) is { } found
                    && path.Dot(found.Spot.Tangent, current.Tangent) >= LeastCosine)
                {
                    next = found;
                    break;
                }
                if (length <= MinStep) return BranchEnding.StepTooSmall;
                length = Math.Max(length / 2, MinStep);
            }
            if (next.Corrections <= 3) length = Math.Min(length * 1.5, MaxStep);

            var (from, past) = (current, next.Spot);
            Spot? fold = null;
            if (current.Slope * past.Slope < 0)
            {
                var turn = path.Locate(current, past, spot => spot.Slope);
                // Ignore folds beyond the end of the path.
                if (turn.Position is >= 0 and <= 1) from = fold = turn;
                else past = turn;
            }
            if (past.Position is >= 0 and <= 1)
            {
                Add(current = past, fold);
                continue;
            }
            double end = past.Position > 1 ? 1 : 0;
            var last = path.Locate(from, past, spot => spot.Position - end);
            if (path.Correct(last.W, path.Along, end) is var (exact, _)) last = last with { W = [.. exact[..^1], end] };
            Add(last, fold);
            return end == 1 ? BranchEnding.ReachedEnd : BranchEnding.CameBack;
        }
        return BranchEnding.StepLimit;

        void Add(Spot spot, Spot? fold)
        {
            int count = judge(spot, fold);
            progress?.Report(count);
        }
    }

    /// <summary>A point w = [x, s] of the branch and the unit tangent there.</summary>
    private sealed record Spot(double[] W, double[] Tangent)
    {
        public double Position => W[^1];

        /// <summary>How fast the position changes along the branch: zero at a fold.</summary>
        public double Slope => Tangent[^1];
    }

    /// <summary>
    /// The equations G(x, s) = F(u(s), x) - x = 0 with one more row, which makes them regular at a fold as well.
    /// </summary>
    private sealed class Path(Cell cell, double[] from, double[] to, double tolerance)
    {
        private readonly int size = cell.StateSize;

        /// <summary>The row that holds the position: [0, ..., 0, 1].</summary>
        public double[] Along { get; } = [.. new double[cell.StateSize], 1];

        public double Dot(double[] a, double[] b)
        {
            double sum = 0;
            for (int i = 0; i < size; i++) sum += a[i] * b[i];
            return sum / size + a[size] * b[size];
        }

        public FixedPoint PointAt(double[] w) => new(w[..size], InputAt(w[size]), Speed(w), 1);

        public double Speed(double[] w)
        {
            double step = Residual(w).Norm();
            return step * step / 2;
        }

        /// <summary>
        /// The point an arclength ahead and the Newton corrections it took, or null where there is none near the
        /// tangent.
        /// </summary>
        public (Spot Spot, int Corrections)? Advance(Spot spot, double length)
        {
            double[] guess = [.. spot.W.Zip(spot.Tangent, (w, t) => w + length * t)];
            double[] row = Across(spot.Tangent);
            if (Correct(guess, row, row.Dot(guess)) is not var (w, corrections)) return null;
            double[] off = [.. w.Zip(guess, (a, b) => a - b)];
            // Landing farther from the prediction than the step is long: on another branch.
            if (Dot(off, off) > length * length || Tangent(w, row) is not { } tangent) return null;
            return (new(w, tangent), corrections);
        }

        /// <summary>Newton on G = 0 and row . w = value.</summary>
        public (double[] W, int Corrections)? Correct(double[] w, double[] row, double value)
        {
            for (int i = 1; i <= MaxCorrections; i++)
            {
                double[] wanted = [.. Residual(w), row.Dot(w) - value];
                if (Solve(w, row, wanted) is not { } correction) return null;
                w = [.. w.Zip(correction, (a, d) => a - d)];
                // A small step alone proves nothing where gates saturate: the correction must be small as well.
                if (correction.Norm() <= 1e-8 && Residual(w).Norm() <= tolerance) return (w, i);
            }
            return null;
        }

        /// <summary>The unit tangent on whose side the row lies.</summary>
        public double[]? Tangent(double[] w, double[] row)
        {
            if (Solve(w, row, Along) is not { } tangent) return null;
            double norm = Math.Sqrt(Dot(tangent, tangent));
            return [.. tangent.Select(t => t / norm)];
        }

        /// <summary>
        /// The point between two at which a function of the branch is zero: regula falsi in its Illinois form.
        /// </summary>
        public Spot Locate(Spot low, Spot high, Func<Spot, double> function)
        {
            double a = 0, b = Across(low.Tangent).Dot([.. high.W.Zip(low.W, (p, q) => p - q)]);
            double atA = function(low), atB = function(high);
            var (best, nearest) = Math.Abs(atA) < Math.Abs(atB) ? (low, Math.Abs(atA)) : (high, Math.Abs(atB));
            for (int i = 0, side = 0; i < 60 && nearest > 1e-13 && b - a > 1e-14; i++)
            {
                double middle = (a * atB - b * atA) / (atB - atA);
                var at = Advance(low, middle);
                // Where branches cross, the equations are singular at the very point, and beside it they are not.
                if (at is null) at = Advance(low, middle += 1e-6 * (b - a));
                if (at is not var (spot, _)) break;
                double value = function(spot);
                if (Math.Abs(value) < nearest) (best, nearest) = (spot, Math.Abs(value));
                if (value * atB > 0)
                {
                    (b, atB) = (middle, value);
                    if (side == -1) atA /= 2;
                    side = -1;
                }
                else
                {
                    (a, atA) = (middle, value);
                    if (side == 1) atB /= 2;
                    side = 1;
                }
            }
            return best;
        }

        public (int Sign, int? Unstable) Judge(Spot spot, bool countUnstable)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var jacobian = Jacobian(spot);
            var (sign, _) = linalg.slogdet(jacobian.FromIdentity());
            return ((int)sign.item<double>(),
                countUnstable ? Eigenvalues(jacobian).Count(lambda => lambda.Magnitude > 1) : null);
        }

        /// <summary>Of dF/dx, S values, the largest modulus first.</summary>
        public Complex[] Eigenvalues(Spot spot)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            return Eigenvalues(Jacobian(spot));
        }

        private static Complex[] Eigenvalues(Tensor jacobian) => [.. linalg.eigvals(jacobian).data<Complex>().ToArray()
            .OrderByDescending(lambda => lambda.Magnitude).ThenByDescending(lambda => lambda.Imaginary)];

        /// <summary>The eigenvalue nearest to 1.</summary>
        public Complex One(Spot spot) => Eigenvalues(spot).MinBy(lambda => (lambda - 1).Magnitude);

        private Tensor Jacobian(Spot spot) => cell.StateJacobian(Input(spot.W), State(spot.W)).squeeze(0);

        /// <summary>The row of the plane across a tangent, in the arclength's weights.</summary>
        private double[] Across(double[] tangent) => [.. tangent[..size].Select(t => t / size), tangent[size]];

        private double[] Residual(double[] w)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var state = State(w);
            return (cell.Step(Input(w), state) - state).squeeze(0).ToVector();
        }

        /// <summary>Solves [[J - I, dF/ds], row] d = right; null where the matrix is singular.</summary>
        private double[]? Solve(double[] w, double[] row, double[] right)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var (input, state) = (Input(w), State(w));
            var ofState = cell.StateJacobian(input, state).squeeze(0) - eye(size, dtype: ScalarType.Float64);
            var ofPosition = cell.InputJacobian(input, state).squeeze(0)
                .matmul(to.ToTensor() - from.ToTensor()).unsqueeze(1);
            var matrix = cat([cat([ofState, ofPosition], 1), row.ToTensor().unsqueeze(0)], 0);
            var (solution, _) = linalg.solve_ex(matrix, right.ToTensor().unsqueeze(1));
            double[] vector = solution.squeeze(1).ToVector();
            return vector.All(double.IsFinite) ? vector : null;
        }

        private double[] InputAt(double position) => [.. from.Zip(to, (a, b) => (1 - position) * a + position * b)];

        private Tensor Input(double[] w) => InputAt(w[size]).ToTensor().unsqueeze(0);

        private Tensor State(double[] w) => w[..size].ToTensor().unsqueeze(0);
    }
}
