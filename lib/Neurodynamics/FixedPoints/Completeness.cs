using System.Text.Json.Serialization;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.FixedPoints;

/// <summary>What the sum of signs says of a set of fixed points.</summary>
public enum CompletenessVerdict
{
    /// <summary>The sum is not 1: at least one point is missing.</summary>
    Missing,

    /// <summary>The sum is 1. This proves nothing: points may be missing in pairs of opposite sign.</summary>
    Consistent,

    /// <summary>A point's sign is not known: it is degenerate, or not certified.</summary>
    Undecided,

    /// <summary>No box is known that the cell's step maps into itself.</summary>
    NotApplicable,

    /// <summary>The search was stopped, so nothing was summed.</summary>
    Stopped,
}

/// <summary>
/// Whether fixed points can be all there are at one input: where a step maps a box into itself, sign det(I - J) over
/// all fixed points in it sums to 1, if none is degenerate (the Lefschetz index, which Brouwer's theorem rests on).
/// </summary>
/// <param name="Sum">Sum of sign det(I - J) over the points whose sign is certain.</param>
/// <param name="Counted">How many points those are.</param>
/// <param name="Uncertain">Points inside the box whose sign is not certain, or which may be one with another.</param>
/// <param name="Outside">Points outside the box, or not finite; they are no fixed points and do not count.</param>
/// <param name="Verdict">What the sum says.</param>
public sealed record Completeness(int Sum, int Counted, int Uncertain, int Outside, CompletenessVerdict Verdict)
{
    /// <summary>
    /// A matrix whose condition number (Frobenius) is at least this is too nearly singular for a certain sign, where
    /// there is no certificate.
    /// </summary>
    private const double WorstCondition = 1e10;

    /// <summary>What is known of completeness where a search was stopped: nothing.</summary>
    internal static Completeness Stopped { get; } = new(0, 0, 0, 0, CompletenessVerdict.Stopped);

    /// <summary>
    /// What was assumed of an imported cell's equations and is not checked (<see cref="Cell.Unchecked"/>); null where
    /// the form is known.
    /// </summary>
    public string? Unchecked
    {
        get => Form.Unchecked;
        init => Form = new() { Unchecked = value };
    }

    internal Form Form { get; init; } = new();

    /// <summary>How many of the points counted are only verified numerically.</summary>
    internal int Measured { get; init; }

    /// <summary><see cref="Sum"/>; null where nothing was summed.</summary>
    [JsonIgnore]
    public int? KnownSum => Verdict is CompletenessVerdict.NotApplicable or CompletenessVerdict.Stopped ? null : Sum;

    /// <summary>What the verdict means and what to try, in a sentence, and what of the cell is not checked.</summary>
    public string Message => Form.NotChecked(Unchecked) is { } assumed ? $"{Words[..^1]}; {assumed}." : Words;

    /// <summary><see cref="Message"/>.</summary>
    public override string ToString() => Message;

    private string IfReal => Measured == 0 ? "" : ", if those only verified numerically are what they seem";

    /// <summary>The verdict's sentence alone.</summary>
    internal string Words => Verdict switch
    {
        CompletenessVerdict.Missing =>
            $"The signs of det(I - J) over {Number.Of(Counted, "point")} sum to {Sum} and not to 1, so at least "
                + $"one fixed point is missing{IfReal}: try more candidates, noise on them, or mixtures of the points "
                + "already found.",
        CompletenessVerdict.Consistent =>
            $"The signs of det(I - J) over {Number.Of(Counted, "point")} sum to 1, as they must if none is "
                + $"missing; this is no proof, because points of opposite sign may be missing in pairs.",
        CompletenessVerdict.Undecided =>
            $"{Number.Of(Uncertain, "point")} beside {Number.Of(Counted, "certain one")} may be degenerate, not real "
                + $"or counted twice, so the sum of signs decides nothing: solve on from there to a smaller tolerance, "
                + $"drop what is a slow point, or change the input a little.",
        CompletenessVerdict.Stopped =>
            "The search was stopped, so the points found say nothing of what is missing.",
        _ => "No box is known that this cell's step maps into itself, so the signs of det(I - J) need not sum to 1: "
            + "give one, as box of Cell.From or by overriding InvariantBox, if there is one.",
    };

    /// <summary>Sums the signs over points at one input, such as a search returns, or some of them.</summary>
    /// <param name="cell">The cell; it is analysed in float64.</param>
    /// <param name="points">
    /// The points, at least one. Each is tested anew: a certificate that it carries may be one of another cell or
    /// state.
    /// </param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <exception cref="ArgumentException">There is no point, or they stand under several inputs.</exception>
    public static Completeness Of(Cell cell, IReadOnlyList<FixedPoint> points, CancellationToken cancellation = default)
    {
        Demand.Given((cell, points));
        if (points.Count == 0)
            throw new ArgumentException(
                "Without a point the input is not known: give the input as well.", nameof(points));
        var certificates = Certificate.Of(cell, points, cancellation: cancellation);
        return Of(cell, points[0].Input, points, certificates, cancellation);
    }

    /// <summary>Sums the signs over points at one input. Points that are provably one count once.</summary>
    /// <param name="cell">The cell; it is analysed in float64.</param>
    /// <param name="input">The constant input, I values.</param>
    /// <param name="points">The points under that input; none is a sum of 0.</param>
    /// <param name="certificates">One per point, in their order.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <exception cref="ArgumentException">A point is under another input, or has no certificate.</exception>
    public static Completeness Of(Cell cell, double[] input, IReadOnlyList<FixedPoint> points,
        IReadOnlyList<Certificate> certificates, CancellationToken cancellation = default)
    {
        Demand.Given((cell, points, certificates));
        if (points.Any(point => !point.Input.SequenceEqual(input)))
            throw new ArgumentException("The points stand under several inputs: group them, and test each group "
                + "under its own.", nameof(points));
        cancellation.ThrowIfCancellationRequested();
        using var work = cell.Usage.Begin();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (exact, form) = (cell.InDouble(), cell.Form);
        if (exact.InvariantBox(input) is null)
            return new(0, 0, 0, 0, CompletenessVerdict.NotApplicable) { Form = form };
        var (distinct, proofs) = Certificate.Merge(points, certificates);
        var boxes = new Reachability.Boxes(exact);
        var inside = distinct.Zip(proofs).Where(pair => boxes.Test(pair.First) == Reach.NotExcluded).ToArray();
        // A certificate proves that I - J is far enough from singular for its LU decomposition; without one the
        // condition number tells.
        int[] signs = Signs(exact, input, [.. inside.Select(pair => pair.First)],
            ofRegular: inside.Any(pair => pair.Second.Certainty == Certainty.VerifiedNumerically), cancellation);
        for (int i = 0; i < inside.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            bool isCertain = inside[i].Second.Certainty is Certainty.Certified or Certainty.VerifiedNumerically;
            if (!isCertain || inside.Take(i).Any(other => MayBeOne(other, inside[i]))) signs[i] = 0;
        }
        var (sum, counted) = (signs.Sum(), signs.Count(sign => sign != 0));
        return new(sum, counted, signs.Length - counted, distinct.Count - inside.Length,
            counted < signs.Length ? CompletenessVerdict.Undecided
                : sum == 1 ? CompletenessVerdict.Consistent : CompletenessVerdict.Missing)
        {
            Form = form,
            Measured = inside.Zip(signs).Count(pair =>
                pair.Second != 0 && pair.First.Second.Certainty == Certainty.VerifiedNumerically),
        };
    }

    private static bool MayBeOne((FixedPoint Point, Certificate Certificate) a,
        (FixedPoint Point, Certificate Certificate) b) =>
        a.Point.State.Distance(b.Point.State) <= a.Certificate.ExistenceRadius + b.Certificate.ExistenceRadius;

    /// <summary>
    /// Sign of det(I - J) at each point; 0 where I - J is singular or not finite, and where asked also where it is
    /// nearly singular.
    /// </summary>
    private static int[] Signs(
        Cell cell, double[] input, FixedPoint[] points, bool ofRegular, CancellationToken cancellation)
    {
        int[] signs = new int[points.Length];
        var u = input.ToTensor().unsqueeze(0);
        int chunk = Math.Max(1, (1 << 19) / (cell.StateSize * cell.StateSize));
        for (int first = 0; first < points.Length; first += chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var states = points.Skip(first).Take(chunk).Select(point => point.State).ToMatrix(cell.StateSize)
                .ToTensor();
            var matrix = cell.StateJacobian(u, states).FromIdentity();
            var finite = matrix.flatten(1).isfinite().all(1);
            matrix = where(finite.view(-1, 1, 1), matrix, zeros_like(matrix));
            var (sign, _) = linalg.slogdet(matrix);
            if (ofRegular)
            {
                var (inverse, _) = linalg.solve_ex(matrix,
                    eye(cell.StateSize, dtype: ScalarType.Float64).expand_as(matrix));
                sign = where(matrix.flatten(1).norm(1) * inverse.flatten(1).norm(1) < tensor(WorstCondition), sign,
                    zeros_like(sign));
            }
            sign.ToVector().Select(Math.Sign).ToArray().CopyTo(signs, first);
        }
        return signs;
    }
}
