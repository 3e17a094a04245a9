using Neurodynamics.Models;
using Neurodynamics.Models.Bounds;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>Whether a state is proven to lie beside a true fixed point.</summary>
public enum Certainty
{
    /// <summary>
    /// Exactly one true fixed point lies within the radii of the certificate. It is the point that is certified, not
    /// the state.
    /// </summary>
    Certified,

    /// <summary>
    /// The test fails: no fixed point is near, the state is too far from it, or the point is too nearly degenerate for
    /// float64. Solve on from here, or call it a slow point.
    /// </summary>
    NotCertified,

    /// <summary>
    /// A measurement, and no proof: the cell knows no Lipschitz constant of its Jacobian, and the test passes with
    /// changes of it that were sampled around the state and taken three times as large. What happens between the
    /// samples, such as at the kink of a ReLU, nobody has seen. Never counted as certified.
    /// </summary>
    VerifiedNumerically,

    /// <summary>
    /// The cell knows no Lipschitz constant of its Jacobian, so nothing can be proven, and the test fails with sampled
    /// changes too: solve on from here, or override <see cref="Cell.JacobianLipschitz"/>.
    /// </summary>
    NoBound,
}

/// <summary>
/// The Newton-Kantorovich test of a state, in the form of a radii polynomial (Day, Lessard and Mischaikow 2007).
/// </summary>
/// <remarks>
/// With A near the inverse of I - J(x), and K a Lipschitz constant of J on the ball of radius rho around x: where
/// ||A (F(x) - x)|| + (||I - A (I - J(x))|| - 1) r + ||A|| K r^2 / 2 is negative and r at most rho, exactly one fixed
/// point lies within r of x, and I - J is invertible there. Covered is the rounding of products and sums, by a-priori
/// bounds (<see cref="Cell.Rounding"/>) on the step, the Jacobian and the test's own products, with libm's exp and tanh
/// taken as right to a few units in the last place. Not covered is the rounding of the test's elementwise arithmetic
/// beyond a relative 1e-9: this is no interval arithmetic throughout. Where a cell knows no K, how far J changes over a
/// ball is sampled by some dozens of Jacobians around each state, always at the same places; what passes with that is
/// verified numerically and no more.
/// </remarks>
/// <param name="Certainty">Whether a true fixed point is proven.</param>
/// <param name="ExistenceRadius">
/// The true point lies within this distance of the state, as proven or only as measured, which <see cref="Certainty"/>
/// tells; NaN where the test fails.
/// </param>
/// <param name="UniquenessRadius">
/// No other lies closer to the state than this, at most 1, or 0.1 where it is only measured; NaN where the test fails.
/// </param>
public sealed record Certificate(Certainty Certainty, double ExistenceRadius, double UniquenessRadius)
{
    /// <summary>
    /// What the proof rests on: what was assumed of an imported cell's equations and is not checked
    /// (<see cref="Cell.Unchecked"/>); null where the form is known.
    /// </summary>
    public string? Unchecked
    {
        get => Form.Unchecked;
        init => Form = new() { Unchecked = value };
    }

    internal Form Form { get; init; } = new();

    /// <summary>
    /// Evaluations of the Lipschitz constant beyond the first: they find the largest radius to within a few per cent.
    /// </summary>
    private const int Refinements = 5;

    /// <summary>Tests every point, each under its own input.</summary>
    /// <param name="cell">The cell; it is analysed in float64.</param>
    /// <param name="points">The points; one that is not finite is not certified.</param>
    /// <returns>In the order of the points.</returns>
    /// <exception cref="ArgumentException">A point does not fit the cell.</exception>
    public static IReadOnlyList<Certificate> Of(Cell cell, IReadOnlyList<StatePoint> points) =>
        Of(cell, points, default)!;

    /// <summary>The same, until it is cancelled; null for a point that was not tested by then.</summary>
    internal static IReadOnlyList<Certificate?> Of(Cell cell, IReadOnlyList<StatePoint> points,
        CancellationToken cancellation)
    {
        Demand.Given((cell, points));
        var form = cell.Form;
        return [.. Tested(cell, points, cancellation)
            .Select(certificate => certificate is null ? null : certificate with { Form = form })];
    }

    private static Certificate?[] Tested(Cell cell, IReadOnlyList<StatePoint> points, CancellationToken cancellation)
    {
        if (points.FirstOrDefault(point => point.State.Length != cell.StateSize || point.Input.Length != cell.InputSize)
            is { } odd)
            throw new ArgumentException($"The cell's states have {cell.StateSize} values and its "
                + $"inputs {cell.InputSize}, but a point has {odd.State.Length} and {odd.Input.Length}.",
                nameof(points));
        using var work = cell.Usage.Begin();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = cell.InDouble();
        var certificates = new Certificate?[points.Count];
        int[] finite = [.. Enumerable.Range(0, points.Count)
            .Where(i => points[i].State.All(double.IsFinite) && points[i].Input.All(double.IsFinite))];
        foreach (int i in Enumerable.Range(0, points.Count).Except(finite)) certificates[i] = NotCertified;
        if (finite.Length == 0) return certificates;
        // Asked once before all, a cell knows by then what its weights alone decide, such as their norms.
        bool measured = exact.JacobianLipschitz(zeros(1, cell.InputSize, dtype: ScalarType.Float64),
            zeros(1, cell.StateSize, dtype: ScalarType.Float64), zeros(1, dtype: ScalarType.Float64)) is null;
        // 4 MB to a matrix of the batch: enough for a thread of its own to pay, and little memory.
        int chunk = Math.Max(1, (1 << 19) / (cell.StateSize * cell.StateSize));
        FixedPointSolver.InParallel(exact, [.. finite.Chunk(chunk)], indices =>
        {
            if (cancellation.IsCancellationRequested) return;
            var own = OfChunk(exact, [.. indices.Select(i => points[i])], measured);
            foreach (var (i, certificate) in indices.Zip(own)) certificates[i] = certificate;
        });
        return certificates;
    }

    /// <summary>
    /// Points of which two that are provably one become one: under the same input, the ball that holds the true point
    /// of one lies where the other's is the only one. The slower state is kept with its certificate, and the candidates
    /// are summed.
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="certificates">One per point, in their order.</param>
    /// <returns>In the order in which points first appear; what is not certified stays by itself.</returns>
    public static (IReadOnlyList<FixedPoint> Points, IReadOnlyList<Certificate> Certificates) Merge(
        IReadOnlyList<FixedPoint> points, IReadOnlyList<Certificate> certificates)
    {
        Demand.Given((points, certificates));
        Require(points, certificates);
        var kept = new List<(FixedPoint Point, Certificate Certificate)>();
        foreach (var next in points.Zip(certificates))
        {
            var merged = next;
            int place = kept.Count;
            for (int i = kept.Count - 1; i >= 0; i--)
            {
                if (!AreOne(kept[i], next)) continue;
                int candidates = kept[i].Point.Candidates + merged.First.Candidates;
                merged = kept[i].Point.Speed <= merged.First.Speed ? kept[i] : merged;
                merged.First = merged.First with { Candidates = candidates };
                kept.RemoveAt(place = i);
            }
            kept.Insert(place, merged);
        }
        return ([.. kept.Select(pair => pair.Point)], [.. kept.Select(pair => pair.Certificate)]);

        static bool AreOne((FixedPoint Point, Certificate Certificate) a,
            (FixedPoint Point, Certificate Certificate) b) =>
            a.Certificate.Certainty == Certainty.Certified && b.Certificate.Certainty == Certainty.Certified
            && a.Point.Input.SequenceEqual(b.Point.Input)
            && a.Point.State.Distance(b.Point.State) * (1 + 1e-9) is var distance
            && (distance + b.Certificate.ExistenceRadius < a.Certificate.UniquenessRadius
                || distance + a.Certificate.ExistenceRadius < b.Certificate.UniquenessRadius);
    }

    internal static void Require(IReadOnlyList<FixedPoint> points, IReadOnlyList<Certificate> certificates)
    {
        if (points.Count != certificates.Count)
            throw new ArgumentException($"There are {points.Count} points, but {certificates.Count} certificates: "
                + $"give one for each, in their order.", nameof(certificates));
    }

    private static Certificate NotCertified { get; } = new(Certainty.NotCertified, double.NaN, double.NaN);

    /// <summary>What was proven of a point: null where nothing was, whatever was measured.</summary>
    internal Certificate? Proof => Certainty == Certainty.Certified ? this : null;

    private static IEnumerable<Certificate> OfChunk(Cell cell, StatePoint[] points, bool measured)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var x = points.Select(point => point.State).ToMatrix(cell.StateSize).ToTensor();
        var input = points.Select(point => point.Input).ToMatrix(cell.InputSize).ToTensor();
        var (y, z, inverse) = Newton(cell, input, x);
        var slack = Scalars.OneMinus(z);
        if (measured) return Measured(cell, input, x, y, slack, inverse);
        // The smallest ball that can hold the point: where the test fails here, it fails on all.
        var twice = y.Times(2);
        var radius = twice / slack;
        var (existence, largest) = Test(radius);
        var certified = existence.isfinite();
        // The largest ball: the larger the ball, the smaller the radius up to which its point is the only one; they
        // meet between the two.
        var (low, high) = (minimum(radius, largest), maximum(radius, largest).AtMost(1));
        for (int i = 0; i < Refinements; i++)
        {
            using var inner = NewDisposeScope();
            var ball = i == 0 ? high : (low * high).sqrt();
            (_, largest) = Test(ball);
            low = maximum(low, minimum(ball, largest)).MoveToOuterDisposeScope();
            high = minimum(high, maximum(ball, largest)).MoveToOuterDisposeScope();
        }
        var (inside, outside) = (existence.ToVector(), low.ToVector());
        return certified.data<bool>().ToArray().Select((yes, i) => yes
            ? new Certificate(Certainty.Certified, inside[i], outside[i]) : NotCertified).ToArray();

        // The roots of the polynomial on a ball: from where on it holds the point, and up to where that is the only
        // one; infinite and 0 where the test fails.
        (Tensor Smallest, Tensor Largest) Test(Tensor ball)
        {
            var real = ball.isfinite().logical_and(ball.Above(0));
            var curve = inverse * cell.JacobianLipschitz(input, x, where(real, ball, zeros_like(ball)))!;
            var root = (slack.Squared() - twice * curve).sqrt();
            var sum = slack.Plus(root);
            var (smallest, largest) = ((twice / sum).Times(1 + 1e-9), (sum / curve).Times(1 - 1e-9));
            var passes = real.logical_and(slack.Above(0)).logical_and(root.Above(0))
                .logical_and(smallest <= minimum(ball, largest));
            return (where(passes, smallest, tensor(double.PositiveInfinity)), where(passes, largest, zeros_like(ball)));
        }
    }

    /// <summary>
    /// The test with the change of J over a ball as it was sampled, in place of a bound. Where ||I - A (I - J(x))|| and
    /// ||A|| times that change are together less than 1, Newton's method with A contracts on the ball.
    /// </summary>
    private static Certificate[] Measured(Cell cell, Tensor input, Tensor x, Tensor y, Tensor slack, Tensor inverse)
    {
        const double First = 1e-3, Smallest = 1e-9, Largest = 0.1, Shrinking = 30;
        const int Balls = 4;
        // Where I - J has no inverse no ball passes: nothing is sampled there.
        var open = Rows(slack.Above(0).logical_and(y.isfinite()));
        var certificates = Enumerable.Repeat(new Certificate(Certainty.NoBound, double.NaN, double.NaN),
            (int)y.shape[0]).ToArray();
        if (open.shape[0] == 0) return certificates;
        var jacobian = cell.StateJacobian(input[open], x[open]);
        // The ball over which the change should take half of what there is to take; beside a kink a smaller one.
        var slope = SampledChange.Of(cell, input[open], x[open], jacobian, ones_like(y[open]).Times(First), seed: 0)
            .Over(First);
        var radius = (slack[open] / (inverse[open] * slope)).Over(2).AtMost(Largest).AtLeast(Smallest);
        for (int i = 0; i < Balls && open.shape[0] > 0; i++)
        {
            if (i > 0) radius = radius.Over(Shrinking).AtLeast(Smallest);
            var rest = slack[open]
                - inverse[open] * SampledChange.Of(cell, input[open], x[open], jacobian, radius, seed: i + 1);
            var reach = (y[open] / rest).Times(1 + 1e-9);
            var passes = rest.Above(0).logical_and(reach <= radius);
            var (held, reached, within) = (passes.data<bool>().ToArray(), reach.ToVector(), radius.ToVector());
            foreach (var (row, place) in open.data<long>().ToArray().Index())
                if (held[row]) certificates[place] = new(Certainty.VerifiedNumerically, reached[row], within[row]);
            // On with those that fail, on a smaller ball.
            var failed = Rows(passes.logical_not());
            (open, radius, jacobian) = (open[failed], radius[failed], jacobian[failed]);
        }
        return certificates;

        static Tensor Rows(Tensor holds) => holds.nonzero().squeeze(1);
    }

    /// <summary>
    /// ||A (F(x) - x)||, ||I - A (I - J)|| and ||A|| at most, each [B], for A near the inverse of I - J.
    /// </summary>
    private static (Tensor Y, Tensor Z, Tensor Inverse) Newton(Cell cell, Tensor input, Tensor x)
    {
        using var scope = NewDisposeScope();
        int size = cell.StateSize;
        double sums = 2 * (size + 16) * Float64.UnitRoundoff;
        var (step, jacobian) = cell.Rounding(input, x);
        var residual = cell.Step(input, x) - x;
        var matrix = cell.StateJacobian(input, x).FromIdentity();
        // What is not finite leaves a NaN behind, and a matrix without an inverse a large defect: neither passes the
        // test.
        var finite = matrix.flatten(1).isfinite().all(1).logical_and(residual.isfinite().all(1));
        var identity = eye(size, dtype: ScalarType.Float64);
        matrix = where(finite.view(-1, 1, 1), matrix, identity);
        // TorchSharp's inv_ex returns something else than the inverse.
        var (a, _) = linalg.solve_ex(matrix, identity.expand_as(matrix));

        var (frobenius, matrixFrobenius) = (Norms.Frobenius(a), Norms.Frobenius(matrix));
        // ||A||^4 = ||A'A||^2 is at most the squared Frobenius norm of A'A: tighter than A's own.
        var norm = minimum(minimum(frobenius, Norms.Mixed(a)), Norms.Frobenius(a.mT.bmm(a))
            .Plus(frobenius.Squared().Times(sums)).sqrt()).Times(1 + 1e-9);
        var y = a.bmm(residual.unsqueeze(-1)).squeeze(-1).norm(1).Plus((frobenius * residual.norm(1)).Times(sums))
            .Plus(norm * step);
        var defect = identity - a.bmm(matrix);
        var z = minimum(Norms.Frobenius(defect), Norms.Mixed(defect)).Plus((frobenius * matrixFrobenius).Times(sums))
            .Plus(norm * jacobian);
        y = where(finite, y, tensor(double.NaN)).Times(1 + 1e-9);
        return (y.MoveToOuterDisposeScope(), z.Times(1 + 1e-9).MoveToOuterDisposeScope(),
            norm.MoveToOuterDisposeScope());
    }
}
