using System.Collections.Concurrent;
using System.Diagnostics;
using Neurodynamics.Enclosures;
using Neurodynamics.Models;

namespace Neurodynamics.Proofs;

/// <summary>
/// Proves which fixed points a network has under a constant input, and that there are no others, with interval
/// arithmetic that rounds outwards throughout. An equation of as few unknowns as the cell allows decides them, and
/// their box is known beforehand; boxes are contracted, and cut in two, until each is proven empty or in the
/// neighbourhood of exactly one fixed point. With ReLU and leaky ReLU no box is needed: all regions in which f is
/// linear are solved, exactly. Options are changed with <c>with</c>.
/// </summary>
/// <remarks>
/// <para>
/// Rate networks with a smooth f: the R values of k = n' f(m k + d) / N where W = m n' / N is of rank R, for any number
/// of units; of full rank, the N rates. GRUs: h = n(h), since the update gate only says how fast h goes there. LSTMs: h
/// alone, since c = i g (1 + exp(a_f)) there. Any other cell that knows its step over enclosures
/// (<see cref="Cell.Enclosed"/>): its state.
/// </para>
/// <para>
/// A box is tested in this order. (0) Of tanh with every rate an unknown: hull consistency, and linear programs over
/// lines that bound tanh in each unit, with bounds that are proven by the programs' multipliers (Neumaier and
/// Shcherbina 2004); they do the work of (2) and (3). (1) F over the box: fixed points are where they meet. (2) F(y) =
/// value + A (y - c): of rate networks with tangents and chords of f in every unit, a mean-value form of about a
/// quarter of the usual remainder. (3) The same times Y, near (I - A)^-1. (4) Krawczyk's operator around where Newton's
/// method ends, on a box that holds this one: existence and uniqueness (Krawczyk 1969; Neumaier, Interval Methods for
/// Systems of Equations, 1990; Rump 2010 for the rounding of sums).
/// </para>
/// </remarks>
public sealed record Prover : Described
{
    /// <summary>
    /// Boxes at most, or parts of space with ReLU and leaky ReLU; default 1,000,000. What is left then stays open.
    /// </summary>
    public int MaxBoxes { get; init => field = Option.AtLeast(1, value, nameof(MaxBoxes)); } = 1_000_000;

    /// <summary>
    /// A box whose sides are all less than this share of the first box's is cut no more, and stays undecided; default
    /// 1e-7. Degenerate fixed points, such as at a fold, end so.
    /// </summary>
    public double Resolution { get; init => field = Option.Positive(value, nameof(Resolution)); } = 1e-7;

    /// <summary>
    /// Unknowns at most; default 16. Boxes grow with their number as in 2^R, so with more there is no hope of an end.
    /// </summary>
    public int MaxUnknowns { get; init => field = Option.AtLeast(1, value, nameof(MaxUnknowns)); } = 16;

    /// <summary>Which numbers the weights stand for; default exactly the numbers that they are, in float64.</summary>
    public WeightsAre Weights { get; init => field = Demand.Known(value, nameof(Weights)); } = WeightsAre.Exact;

    /// <summary>Threads at most; default one per processor. The result is the same with any number.</summary>
    public int Threads { get; init => field = Option.AtLeast(1, value, nameof(Threads)); } = Environment.ProcessorCount;

    /// <summary>Why a proof cannot be tried on a cell, in a sentence; null where it can.</summary>
    /// <param name="cell">The cell.</param>
    public string? Obstacle(Cell cell)
    {
        Demand.Given(cell);
        var exact = (cell is ReducedCell reduced ? reduced.Whole : cell).InDouble();
        return HasFiniteWeights(exact) ? EquationOf(exact, new double[cell.InputSize]).Obstacle
            : $"A weight of {cell.Title} is not finite, so nothing can be proven of it: train or export it again.";
    }

    private static bool HasFiniteWeights(Cell cell)
    {
        using var work = cell.Usage.Begin();
        using var scope = TorchSharp.torch.NewDisposeScope();
        return cell.parameters().Concat(cell.buffers()).All(values => values.isfinite().all().item<bool>());
    }

    /// <summary>Proves what can be proven under one constant input.</summary>
    /// <param name="cell">
    /// A cell that knows its step over enclosures, of at most <see cref="MaxUnknowns"/> unknowns: see the remarks.
    /// </param>
    /// <param name="input">The constant input, I values; default zeros.</param>
    /// <param name="progress">Told the number of boxes so far.</param>
    /// <param name="cancellation">Stops it; the boxes that were not tested by then stay open.</param>
    /// <exception cref="ArgumentException">
    /// The cell is none of these (<see cref="Obstacle"/>), or a weight or an input is not finite.
    /// </exception>
    public CompletenessProof Run(Cell cell, double[]? input = null, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        Demand.Given(cell);
        var (proof, obstacle) = Try(cell, input ?? new double[cell.InputSize], progress, cancellation);
        return proof ?? throw new ArgumentException(obstacle, nameof(cell));
    }

    /// <summary>The proof, or why none can be tried.</summary>
    internal (CompletenessProof? Proof, string? Obstacle) Try(
        Cell cell, double[] input, IProgress<int>? progress, CancellationToken cancellation)
    {
        Demand.Shape(input, [cell.InputSize]);
        if (cell is ReducedCell reduced)
        {
            // The network itself says most of its k.
            var (whole, why) = Try(reduced.Whole, input, progress, cancellation);
            return (whole is null ? null : whole.InUnknowns(reduced) with { Form = cell.Form }, why);
        }
        var clock = Stopwatch.StartNew();
        var (equation, obstacle) = EquationOf(cell.InDouble(), input);
        if (obstacle is not null) return (null, obstacle);
        var proof = PiecewiseLinearUnits.Fit(cell) ? RegionProver.Run(this, cell, input, progress, cancellation)
            : equation is null || !equation.Root.All(side => double.IsFinite(side.Modulus))
            ? new(ProofVerdict.NoBox, input, equation?.Text ?? "", null, [], [], 1, clock.Elapsed)
            : ByBoxes(equation, input, clock, progress, cancellation);
        return (proof with { Form = cell.Form, Weights = Weights }, null);
    }

    /// <summary>The proof by boxes.</summary>
    private CompletenessProof ByBoxes(ProofEquation equation, double[] input, Stopwatch clock, IProgress<int>? progress,
        CancellationToken cancellation)
    {
        var boxes = new List<ProofBox>();
        var points = new List<OnlyPoint>();
        var tests = new ConcurrentBag<BoxTest>();
        List<Enclosure[]> generation = [equation.Root];
        int tested = 0;
        while (generation.Count > 0)
        {
            // Generation by generation: how a box ends depends on earlier ones alone, whatever the threads do.
            int count = Math.Min(generation.Count, MaxBoxes - tested);
            var outcomes = new Outcome[generation.Count];
            Array.Fill(outcomes, new(BoxEnd.Open), count, generation.Count - count);
            Parallel.For(0, count, new() { MaxDegreeOfParallelism = Threads },
                () => tests.TryTake(out var test) ? test : new(equation, Resolution), (i, _, test) =>
                {
                    outcomes[i] = cancellation.IsCancellationRequested ? new(BoxEnd.Open)
                        : points.Find(point => point.Neighbourhood.Holds(generation[i])) is { } known
                        ? new(BoxEnd.OnePoint, known) : test.Decide(generation[i]);
                    return test;
                }, tests.Add);
            var next = new List<Enclosure[]>();
            for (int i = 0; i < outcomes.Length; i++)
            {
                var (end, point) = (outcomes[i].End, -1);
                if (outcomes[i].Point is { } found && (point = Place(points, found)) < 0) end = BoxEnd.Undecided;
                if (outcomes[i].Halves is { } halves) next.AddRange(halves.Low, halves.High);
                boxes.Add(new(generation[i], end, point < 0 ? null : point));
            }
            generation = next;
            tested += count;
            progress?.Report(tested);
        }
        var left = boxes.Where(box => box.End is BoxEnd.Undecided or BoxEnd.Open).ToArray();
        return new(left.Length == 0 ? ProofVerdict.ProvenComplete : ProofVerdict.Partial, input, equation.Text,
            equation.Root,
            [.. points.Select(point => new ProvenPoint(point.At, point.Neighbourhood, equation.State(point.At)))],
            boxes, left.Sum(box => Share(box.Sides, equation.Root)), clock.Elapsed);
    }

    /// <summary>The equation of fewest unknowns, or why there is none that is worth a try.</summary>
    private (ProofEquation? Equation, string? Obstacle) EquationOf(Cell cell, double[] input)
    {
        if (PiecewiseLinearUnits.Fit(cell))
            return (null, Weights == WeightsAre.Exact ? null
                : "With ReLU a proof is one of the weights as they are, exactly: leave Weights at Exact.");
        if (LowRankEquation.Obstacle(cell) is null)
            return LowRankEquation.Of(cell, input, Weights, MaxUnknowns) is { } rates ? (rates, null)
                : (null, TooMany(cell));
        if (cell.Enclosed(Weights) is not { } step)
            return (null, $"{cell.Title} does not know its step over enclosures, so nothing can be proven of it: "
                + $"override {nameof(Cell.Enclosed)}, or search, and bound the share that is not seen.");
        return EnclosedEquation.Of(cell, step, input, Weights, MaxUnknowns) is { } own ? (own, null)
            : cell.StateSize <= MaxUnknowns ? (null, null) : (null, TooMany(cell));
    }

    private string TooMany(Cell cell) => $"{cell.Title} of {cell.Units} units has more unknowns than {MaxUnknowns}, "
        + "and is not of low rank, so a proof would take too long: search, and bound the share that is not seen.";

    /// <summary>
    /// Where a point is in the list, to which a new one is added; -1 where nobody can tell whether it is new.
    /// </summary>
    private static int Place(List<OnlyPoint> points, OnlyPoint found)
    {
        for (int i = 0; i < points.Count; i++)
        {
            // Of the two points, the one in the other's neighbourhood is that one.
            if (points[i].Neighbourhood.Holds(found.At) || found.Neighbourhood.Holds(points[i].At)) return i;
            if (points[i].At.Zip(found.At).All(pair => pair.First.Meets(pair.Second))) return -1;
        }
        points.Add(found);
        return points.Count - 1;
    }

    private static double Share(IReadOnlyList<Enclosure> box, Enclosure[] root) =>
        box.Zip(root, (side, whole) => side.Radius / whole.Radius).Aggregate(1.0, (product, share) => product * share);
}
