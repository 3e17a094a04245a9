using System.Globalization;
using Neurodynamics.Enclosures;
using Neurodynamics.Models;
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
    /// A measurement, and no proof: the cell does not know its step over enclosures, and the test passes with changes
    /// of its Jacobian that were sampled around the state and taken three times as large. What happens between the
    /// samples, such as at the kink of a ReLU, nobody has seen. Never counted as certified.
    /// </summary>
    VerifiedNumerically,

    /// <summary>
    /// The cell does not know its step over enclosures, so nothing can be proven, and the test fails with sampled
    /// changes too: solve on from here, or override <see cref="Cell.Enclosed"/>.
    /// </summary>
    NoBound,
}

/// <summary>
/// Krawczyk's test of a state (Krawczyk 1969): interval arithmetic throughout, by the cell's step over enclosures.
/// </summary>
/// <remarks>
/// With J all Jacobians in a box X around the state x, and any Y: where x + Y (F(x) - x) + (I - Y (I - J)) (X - x) lies
/// in the interior of X, exactly one fixed point is in X, and I - J is invertible there. The step and its Jacobians are
/// rounded outwards, functions such as tanh included; Y comes from LAPACK, and what it is near to is checked. A kink in
/// the box, as of a ReLU, counts with both its slopes. Where a cell does not know its step over enclosures, how far J
/// changes over a ball is sampled by some dozens of Jacobians around each state, always at the same places; what
/// passes with that is verified numerically and no more.
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

    /// <summary>Such as "certified: one true point within 2.1e-14, no other within 0.03".</summary>
    public override string ToString() => InWords.Spaced($"{Certainty}") + (double.IsNaN(ExistenceRadius) ? ""
        : string.Create(CultureInfo.InvariantCulture,
            $": one true point within {ExistenceRadius:0.0e+0}, no other within {UniquenessRadius:G2}"))
        + (Form.NotChecked(Unchecked) is { } assumed ? $"; {assumed}" : "");

    /// <summary>Tests every point, each under its own input.</summary>
    /// <param name="cell">The cell; it is analysed in float64.</param>
    /// <param name="points">The points; one that is not finite is not certified.</param>
    /// <param name="weights">
    /// Which numbers the weights stand for: by default exactly these, or all that round to them in float32. Then a true
    /// fixed point of every network whose weights round to these is near the state, and no other.
    /// </param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <returns>In the order of the points.</returns>
    /// <exception cref="ArgumentException">A point does not fit the cell.</exception>
    public static IReadOnlyList<Certificate> Of(Cell cell, IReadOnlyList<StatePoint> points,
        WeightsAre weights = WeightsAre.Exact, CancellationToken cancellation = default)
    {
        var certificates = UntilStopped(cell, points, weights, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return certificates!;
    }

    /// <summary>The same, until it is cancelled; null for a point that was not tested by then.</summary>
    internal static IReadOnlyList<Certificate?> UntilStopped(
        Cell cell, IReadOnlyList<StatePoint> points, WeightsAre weights, CancellationToken cancellation)
    {
        Demand.Given((cell, points));
        Demand.Known(weights, nameof(weights));
        var form = cell.Form;
        return [.. Tested(cell, points, weights, cancellation)
            .Select(certificate => certificate is null ? null : certificate with { Form = form })];
    }

    private static Certificate?[] Tested(
        Cell cell, IReadOnlyList<StatePoint> points, WeightsAre weights, CancellationToken cancellation)
    {
        Require(cell, points);
        using var work = cell.Usage.Begin();
        var exact = cell.InDouble();
        var certificates = new Certificate?[points.Count];
        int[] finite = [.. Enumerable.Range(0, points.Count)
            .Where(i => points[i].State.All(double.IsFinite) && points[i].Input.All(double.IsFinite))];
        foreach (int i in Enumerable.Range(0, points.Count).Except(finite)) certificates[i] = NotCertified;
        if (finite.Length == 0) return certificates;
        if (exact.Enclosed(weights) is { } step)
        {
            exact.InParallel(finite, i =>
            {
                if (cancellation.IsCancellationRequested) return;
                certificates[i] = Krawczyk.Radii(step, points[i].Input, points[i].State) is var (inside, outside)
                    ? new(Certainty.Certified, inside, outside) : NotCertified;
            });
            return certificates;
        }
        // 4 MB to a matrix of the batch: enough for a thread of its own to pay, and little memory.
        int chunk = Math.Max(1, (1 << 19) / (cell.StateSize * cell.StateSize));
        exact.InParallel([.. finite.Chunk(chunk)], indices =>
        {
            if (cancellation.IsCancellationRequested) return;
            var own = Measured(exact, [.. indices.Select(i => points[i])]);
            foreach (var (i, certificate) in indices.Zip(own)) certificates[i] = certificate;
        });
        return certificates;
    }

    /// <summary>Refuses points that do not fit the cell.</summary>
    internal static void Require(Cell cell, IReadOnlyList<StatePoint> points)
    {
        if (points.FirstOrDefault(point => point.State.Length != cell.StateSize || point.Input.Length != cell.InputSize)
            is { } odd)
            throw new ArgumentException($"The cell's states have {cell.StateSize} values and its "
                + $"inputs {cell.InputSize}, but a point has {odd.State.Length} and {odd.Input.Length}.",
                nameof(points));
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

    /// <summary>
    /// The test with the change of J over a ball as it was sampled, in place of a bound. With A near the inverse of I -
    /// J(x), where ||I - A (I - J(x))|| and ||A|| times that change are together less than 1, Newton's method with A
    /// contracts on the ball.
    /// </summary>
    private static Certificate[] Measured(Cell cell, StatePoint[] points)
    {
        const double First = 1e-3, Smallest = 1e-9, Largest = 0.1, Shrinking = 30;
        const int Balls = 4;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var x = points.Select(point => point.State).ToMatrix(cell.StateSize).ToTensor();
        var input = points.Select(point => point.Input).ToMatrix(cell.InputSize).ToTensor();
        var (y, z, inverse) = Newton(cell, input, x);
        var slack = Scalars.OneMinus(z);
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

    /// <summary>||A (F(x) - x)||, ||I - A (I - J)|| and ||A||, each [B], for A near the inverse of I - J.</summary>
    private static (Tensor Y, Tensor Z, Tensor Inverse) Newton(Cell cell, Tensor input, Tensor x)
    {
        using var scope = NewDisposeScope();
        int size = cell.StateSize;
        var residual = cell.Step(input, x) - x;
        var matrix = cell.StateJacobian(input, x).FromIdentity();
        // What is not finite leaves a NaN behind, and a matrix without an inverse a large defect: neither passes the
        // test.
        var finite = matrix.flatten(1).isfinite().all(1).logical_and(residual.isfinite().all(1));
        var identity = eye(size, dtype: ScalarType.Float64);
        matrix = where(finite.view(-1, 1, 1), matrix, identity);
        // TorchSharp's inv_ex returns something else than the inverse.
        var (a, _) = linalg.solve_ex(matrix, identity.expand_as(matrix));
        var norm = Frobenius(a);
        // What rounding can have moved the step by, at a guess: S + I + 16 roundings of 1 + ||x||.
        var unsure = x.norm(1).Plus(1).Times((size + cell.InputSize + 16) * Float64.UnitRoundoff);
        var y = a.bmm(residual.unsqueeze(-1)).squeeze(-1).norm(1).Plus(norm * unsure);
        return (where(finite, y, tensor(double.NaN)).MoveToOuterDisposeScope(),
            Frobenius(identity - a.bmm(matrix)).MoveToOuterDisposeScope(), norm.MoveToOuterDisposeScope());

        // ||A||^4 = ||A'A||^2 is at most the squared Frobenius norm of A'A: tighter than A's own.
        static Tensor Frobenius(Tensor matrices) => matrices.mT.bmm(matrices).flatten(1).norm(1).sqrt();
    }
}
