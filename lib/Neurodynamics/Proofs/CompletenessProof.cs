using System.Globalization;
using Neurodynamics.Enclosures;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Proofs;

/// <summary>What a proof says of the whole.</summary>
public enum ProofVerdict
{
    /// <summary>Every part of the box was decided: the points are all there are, each proven to exist.</summary>
    ProvenComplete,

    /// <summary>The points exist, but parts of the box were not decided: more may be there.</summary>
    Partial,

    /// <summary>No box is known in which all fixed points are, so nothing was tested.</summary>
    NoBox,
}

/// <summary>How a box of a proof ended.</summary>
public enum BoxEnd
{
    /// <summary>No member of it is a value of F over it: no fixed point.</summary>
    EmptyByRange,

    /// <summary>F is enclosed between linear functions that have no fixed point in it: no fixed point.</summary>
    EmptyByLinearisation,

    /// <summary>
    /// It holds one fixed point at most, one that is proven to exist: what contraction left of the box lies in a
    /// neighbourhood with exactly one.
    /// </summary>
    OnePoint,

    /// <summary>It was cut in two, each tested by itself; what neither half covers is proven empty.</summary>
    Cut,

    /// <summary>It is too small to cut, and not decided: a degenerate point may be there.</summary>
    Undecided,

    /// <summary>It was not tested: the number of boxes was used up, or the proof was stopped.</summary>
    Open,
}

/// <summary>One box of the unknowns that a proof met.</summary>
public sealed record ProofBox : Described
{
    internal ProofBox(Enclosure[] sides, BoxEnd end, int? point) => (Sides, End, Point) = (sides, end, point);

    /// <summary>The box before it was contracted, a side per unknown.</summary>
    public IReadOnlyList<Enclosure> Sides { get; }

    /// <summary>How it ended.</summary>
    public BoxEnd End { get; }

    /// <summary>Which point it can hold, from 0; null where it holds none.</summary>
    public int? Point { get; }
}

/// <summary>A fixed point that is proven to exist, once.</summary>
public sealed record ProvenPoint : Described
{
    internal ProvenPoint(Enclosure[] unknowns, Enclosure[] neighbourhood, Enclosure[] state) =>
        (Unknowns, Neighbourhood, State) = (unknowns, neighbourhood, state);

    /// <summary>Encloses the solution of <see cref="CompletenessProof.Equation"/>, a value per unknown.</summary>
    public IReadOnlyList<Enclosure> Unknowns { get; }

    /// <summary>A box of the unknowns in which there is no other fixed point.</summary>
    public IReadOnlyList<Enclosure> Neighbourhood { get; }

    /// <summary>Encloses the state, S values.</summary>
    public IReadOnlyList<Enclosure> State { get; }

    /// <summary>The middle of the enclosure of the state, S values: what a search can start from.</summary>
    public double[] Near() => [.. State.Select(value => value.Middle)];
}

/// <summary>
/// Which fixed points a network has under a constant input, and whether these are all.
/// </summary>
public sealed record CompletenessProof
{
    // Continua are told one by one up to so many.
    private const int MostShown = 3;

    internal CompletenessProof(ProofVerdict verdict, double[] input, string equation, Enclosure[]? box,
        IReadOnlyList<ProvenPoint> points, IReadOnlyList<ProofBox> boxes, double openShare, TimeSpan elapsed) =>
        (Verdict, Input, Equation, Box, Points, Boxes, OpenShare, Elapsed) =
            (verdict, input, equation, box, points, boxes, openShare, elapsed);

    /// <summary>What is proven of the whole.</summary>
    public ProofVerdict Verdict { get; }

    /// <summary>The constant input, I values.</summary>
    public double[] Input { get; }

    /// <summary>What was solved, such as "k = n' f(m k + d) / N"; its unknowns are the coordinates of boxes.</summary>
    public string Equation { get; }

    /// <summary>The box in which all solutions are, a side per unknown; null where none is known, or
    /// the whole space was searched.</summary>
    public IReadOnlyList<Enclosure>? Box { get; }

    /// <summary>Which numbers the weights stand for.</summary>
    public WeightsAre Weights { get; internal init; }

    /// <summary>The fixed points, each proven to exist and listed once.</summary>
    public IReadOnlyList<ProvenPoint> Points { get; private init; }

    /// <summary>Every box that was tested or stayed open, from the first to the smallest.</summary>
    public IReadOnlyList<ProofBox> Boxes { get; }

    /// <summary>
    /// The middles of the enclosures, as a search lists fixed points: in the order of <see cref="Points"/>, with
    /// 0 candidates each.
    /// </summary>
    /// <param name="cell">
    /// The network that was proven: the points are states of its units. Or its <see cref="LeakyCell.Reduced"/>: they
    /// are values of the few unknowns of <see cref="Equation"/>.
    /// </param>
    /// <exception cref="ArgumentException">The cell has another number of state variables than either.</exception>
    public IReadOnlyList<FixedPoint> FixedPoints(Cell cell)
    {
        Demand.Given(cell);
        if (Points.Count == 0) return [];
        double[][] middles =
        [
            .. cell is ReducedCell
                ? Points.Select(point => point.Unknowns.Select(value => value.Middle).ToArray())
                : Points.Select(point => point.Near()),
        ];
        if (middles[0].Length != cell.StateSize)
            throw new ArgumentException("The proof is one of "
                + $"{Number.Of(Points[0].Near().Length, "state variable")} and "
                + $"{Number.Of(Points[0].Unknowns.Count, "unknown")}, but the cell has "
                + $"{Number.Of(cell.StateSize, "state variable")}: give the network proven, or its "
                + $"{nameof(LeakyCell.Reduced)}().",
                nameof(cell));
        double[,] states = middles.ToMatrix(cell.StateSize);
        double[] speeds = new FixedPointProblem(cell, Input, states).Speeds();
        return [.. speeds.Select((speed, i) => new FixedPoint(states.Row(i), Input, speed, 0))];
    }

    /// <summary>
    /// What share of the first box's volume was not decided, rounded; 0 where all was. With ReLU and leaky ReLU 1 where
    /// not all was, since the whole space has no volume.
    /// </summary>
    public double OpenShare { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>
    /// What was assumed of an imported cell's equations and is not checked (<see cref="Models.Cell.Unchecked"/>); null
    /// where the form is known. The proof is one of the cell as it is.
    /// </summary>
    public string? Unchecked => Form.Unchecked;

    internal Form Form { get; init; } = new();

    /// <summary>
    /// Where there are fixed points without gaps: with ReLU and leaky ReLU alone, in a piece for each region in which f
    /// is linear. None of them is among <see cref="Points"/>.
    /// </summary>
    public IReadOnlyList<ProvenContinuum> Continua { get; internal init; } = [];

    /// <summary>
    /// With ReLU and leaky ReLU: how many regions in which f is linear were solved, of the whole space of k. From rank
    /// 3 on, and at rank 2 from 447 units on, regions that were ruled out together count once. Null otherwise.
    /// </summary>
    public int? Regions { get; internal init; }

    /// <summary>What is proven, in a sentence, and what of the cell is not checked.</summary>
    public string Message => Form.NotChecked(Unchecked) is { } assumed ? $"{Words[..^1]}; {assumed}." : Words;

    private string Words => (Verdict, Regions) switch
    {
        (ProofVerdict.ProvenComplete, { } regions) => string.Create(CultureInfo.InvariantCulture,
            $"Proven complete: {Found}, and no other, by {regions:N0} region{(regions == 1 ? "" : "s")}."),
        (_, { } regions) => string.Create(CultureInfo.InvariantCulture,
            $"Proven in part: {Found}; {regions:N0} regions are decided and the rest of the space of k is not, ")
            + "so more may be there: allow more boxes.",
        _ => OfBoxes,
    };

    /// <summary>The verdict's sentence where boxes were tested.</summary>
    private string OfBoxes => Verdict switch
    {
        ProofVerdict.ProvenComplete =>
            $"Proven complete: {Count(Points.Count)}, and no other, by {Number.Of(Boxes.Count, "box", "boxes")}.",
        ProofVerdict.Partial => $"Proven in part: {Count(Points.Count)}; {Left} of {Boxes.Count} boxes, "
            + string.Create(CultureInfo.InvariantCulture, $"{OpenShare:0.#e+0} of the volume, are not decided, ")
            + (Boxes.Any(box => box.End == BoxEnd.Open)
                ? "so more may be there: allow more boxes."
                : "so more may be there, such as a degenerate one that no box can prove."),
        _ => "No box is known in which all fixed points are, such as where f grows without bound and the moduli of the "
            + "weights do not contract, so nothing is proven.",
    };

    private string Found => Continua.Count switch
    {
        0 => Count(Points.Count),
        <= MostShown => $"{Isolated} {string.Join(", ", Continua)}",
        _ => $"{Isolated} {Continua.Count} pieces of continua, such as {Continua[0]}",
    };

    private string Isolated => Points.Count == 0 ? "no isolated fixed point, but" : $"{Count(Points.Count)} and";

    private int Left => Boxes.Count(box => box.End is BoxEnd.Undecided or BoxEnd.Open);

    /// <summary>
    /// Writes the proof so that <see cref="ProofCheck"/> can follow it, beside its place first. Its parts are cut anew,
    /// without what makes the proof quick, so that this takes longer than the proof.
    /// </summary>
    /// <param name="path">Where to.</param>
    /// <param name="cell">The network that was proven.</param>
    /// <param name="maxParts">How many parts the file may hold; default 200,000.</param>
    /// <param name="progress">Told the number of parts so far.</param>
    /// <param name="cancellation">Stops it; nothing is written then.</param>
    /// <exception cref="InvalidOperationException">
    /// The proof is not complete, more parts are needed, or the cell's own equation has other unknowns than the proof,
    /// such as where its W was seen to be of low rank.
    /// </exception>
    public void Save(string path, Cell cell, int maxParts = 200_000, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        Demand.Given((path, cell));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxParts, 1);
        if (Verdict != ProofVerdict.ProvenComplete)
            throw new InvalidOperationException($"Only a complete proof can be saved, but: {Message}");
        if (Box is null)
            throw new InvalidOperationException("A proof by regions cannot be saved: its regions are solved exactly, "
                + "and the check of a file knows boxes alone. Run it again instead.");
        if (ProofCheck.Equation(cell, Input, Weights) is not { } equation || equation.Box!.Count != Box.Count)
            throw new InvalidOperationException($"{cell.Title} has no equation of {Box.Count} unknowns of its own that "
                + "a check could follow: give W as m and n (LeakyCell.CreateLowRank).");
        (new ProofWriter(equation).Write(this, maxParts, progress, cancellation) ?? throw new InvalidOperationException(
            "A fixed point is too nearly degenerate for the check of a file, so nothing was written.")).Write(path);
    }

    /// <summary>Matches the fixed points of a search under the same input with those of the proof.</summary>
    /// <param name="set">What the search found.</param>
    /// <param name="distance">
    /// Largest Euclidean distance between a listed state and the middle of its enclosure; default 1e-6.
    /// </param>
    /// <exception cref="ArgumentException">The search was under another input, or of another network.</exception>
    public ProofComparison Compare(FixedPointSet set, double distance = 1e-6)
    {
        Demand.Given(set);
        Option.Positive(distance, nameof(distance));
        if (!set.Input.SequenceEqual(Input))
            throw new ArgumentException("The search was under another constant input than the proof: compare results "
                + "under one input.", nameof(set));
        double[][] states = [.. Points.Select(point => point.Near())];
        int?[] matches = Matches(set.Points.Select(listed => listed.State), distance);
        int[] times = new int[states.Length];
        foreach (int? match in matches)
            if (match is { } point) times[point]++;
        int?[] continua = [.. set.Points.Select((listed, i) => matches[i] is null ? Continuum(listed.State) : null)];
        return new(Verdict, matches, [.. states.Where((_, i) => times[i] == 0)],
            [.. Enumerable.Range(0, times.Length).Where(i => times[i] > 1)], continua, Continua.Count);

        int? Continuum(double[] state)
        {
            for (int i = 0; i < Continua.Count; i++)
                if (Continua[i].Holds(state, distance)) return i;
            return null;
        }
    }

    /// <summary>Which proven point each state is, in their order; null where it is none of them.</summary>
    internal int?[] Matches(IEnumerable<double[]> states, double distance)
    {
        double[][] proven = [.. Points.Select(point => point.Near())];
        return [.. states.Select(state =>
        {
            if (proven.Length == 0) return (int?)null;
            var (far, nearest) = proven.Select((middle, i) => (middle.Distance(state), i)).Min();
            return far <= distance ? nearest : null;
        })];
    }

    /// <summary><see cref="Message"/>.</summary>
    public override string ToString() => Message;

    /// <summary>The same of the dynamics of k, whose states are the unknowns.</summary>
    internal CompletenessProof InUnknowns(ReducedCell reduced)
    {
        double stretch = reduced.Stretch();
        return this with
        {
            Points =
            [
                .. Points.Select(point =>
                    new ProvenPoint([.. point.Unknowns], [.. point.Neighbourhood], [.. point.Unknowns])),
            ],
            // Rates of k that moves may be those of one that does not.
            Continua = [.. Continua.Select(continuum => continuum.InUnknowns((k, distance) =>
                reduced.Next(Input, k).Distance(k) <= distance
                && continuum.Holds(reduced.ToUnits(k, Input), stretch * distance)))],
        };
    }

    private static string Count(int count) => Number.Of(count, "fixed point");
}

/// <summary>A search's list of fixed points beside a proof's.</summary>
public sealed record ProofComparison
{
    internal ProofComparison(ProofVerdict verdict, IReadOnlyList<int?> matches, IReadOnlyList<double[]> missing,
        IReadOnlyList<int> repeated, IReadOnlyList<int?> onContinua, int continua) =>
        (Verdict, Matches, Missing, Repeated, OnContinua, Continua) =
            (verdict, matches, missing, repeated, onContinua, continua);

    /// <summary>What is proven of the whole.</summary>
    public ProofVerdict Verdict { get; }

    /// <summary>
    /// Which proven point each listed one is, in the order of the list; null where it is none of them: then, if the
    /// verdict is <see cref="ProofVerdict.ProvenComplete"/>, there is no fixed point, unless it lies on a continuum.
    /// </summary>
    public IReadOnlyList<int?> Matches { get; }

    /// <summary>Which proven continuum each other listed one lies on, in the order of the list; else null.</summary>
    public IReadOnlyList<int?> OnContinua { get; }

    /// <summary>How many proven continua there are; with one, no list is that of all fixed points.</summary>
    public int Continua { get; }

    /// <summary>
    /// States near the proven points that are not listed, each of S values: start a search from them.
    /// </summary>
    public IReadOnlyList<double[]> Missing { get; }

    /// <summary>Which proven points are listed more than once.</summary>
    public IReadOnlyList<int> Repeated { get; }

    /// <summary>Whether the list is proven to be that of all fixed points, each once.</summary>
    public bool IsComplete => Verdict == ProofVerdict.ProvenComplete && Missing.Count == 0 && Repeated.Count == 0
        && Continua == 0 && Matches.All(match => match is not null);

    /// <summary>All of it in a sentence.</summary>
    public override string ToString()
    {
        if (IsComplete) return $"Proven complete: the list of {Matches.Count} is that of all fixed points, each once.";
        string rest = Verdict == ProofVerdict.ProvenComplete ? "no fixed points" : "not proven to be fixed points";
        int on = OnContinua.Count(at => at is not null);
        return $"{Number.Of(Missing.Count, "fixed point is", "fixed points are")} proven and not listed, "
            + $"{Number.Of(Repeated.Count, "is", "are")} listed more than once, "
            + (Continua > 0 ? $"{on} listed lie on continua, which no list can exhaust, " : "")
            + $"and {Number.Of(Matches.Count(match => match is null) - on, "listed is", "listed are")} {rest}"
            + (Verdict == ProofVerdict.ProvenComplete ? "." : "; the proof itself is not complete.");
    }
}
