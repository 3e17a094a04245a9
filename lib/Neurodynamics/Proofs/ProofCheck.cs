using Neurodynamics.Enclosures;
using Neurodynamics.Models;

namespace Neurodynamics.Proofs;

/// <summary>
/// What a proof in a file is worth, found out by a page of code that shares nothing with what found the proof but the
/// arithmetic of enclosures and the cell's own equations.
/// </summary>
/// <remarks>
/// Four things make it a proof. (1) All solutions are in the first box, which the cell says. (2) Each point's box has
/// exactly one solution, by Krawczyk's operator: K = c - Y (c - F(c)) + (I - Y (I - J)) (box - c) lies within it. (3)
/// No two points are one: the one's enclosure is outside the other's box. (4) Each part of the first box, as it was
/// cut, shrinks to nothing or into a point's box if it is met with F over it, and with Krawczyk's operator, again and
/// again.
/// </remarks>
public sealed record ProofCheck
{
    private const int MostPasses = 30;

    private ProofCheck(bool holds, int points, string message) => (Holds, Points, Message) = (holds, points, message);

    /// <summary>Whether the file proves that its points are all fixed points of the cell.</summary>
    public bool Holds { get; }

    /// <summary>How many points there are in it.</summary>
    public int Points { get; }

    /// <summary>Yes or no and why, in a sentence.</summary>
    public string Message { get; }

    /// <summary><see cref="Message"/>.</summary>
    public override string ToString() => Message;

    /// <summary>Checks a proof.</summary>
    /// <param name="path">A file that <see cref="CompletenessProof.Save"/> wrote.</param>
    /// <param name="cell">The network that it is said to be of.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <exception cref="InvalidDataException">The file is no proof, or of a later version.</exception>
    public static ProofCheck Of(string path, Cell cell, CancellationToken cancellation = default)
    {
        Demand.Given((path, cell));
        var file = ProofFile.Read(path);
        return Equation(cell, file.Input, file.Weights) is not { } equation
            ? No("the cell knows no equation with a box for it")
            : Fault(file, equation, cancellation) is { } fault ? No(fault)
            : new(true, file.Points.Count,
                "Yes: "
                + Number.Of(file.Points.Count, "point is the only fixed point", "points are the only fixed points")
                + $" of {cell.Title} under this input, by "
                + $"{Number.Of(file.Cuts.Count(cut => cut.Part != "c"), "part")} of the first box.");

        ProofCheck No(string why) => new(false, file.Points.Count, $"No: {why}.");
    }

    /// <summary>The equation of a cell and its box; null where there is none.</summary>
    internal static FixedPointEquation? Equation(Cell cell, double[] input, WeightsAre weights) =>
        input.Length == cell.InputSize && input.All(double.IsFinite)
        && cell.InDouble().Enclosed(weights)?.Equation(input) is { Box: not null } equation ? equation : null;

    private static string? Fault(ProofFile file, FixedPointEquation equation, CancellationToken cancellation)
    {
        int unknowns = equation.Box!.Count;
        var (at, around) = (new Enclosure[file.Points.Count][], new Enclosure[file.Points.Count][]);
        for (int i = 0; i < at.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Box(file.Points[i].At) is not { } point || Box(file.Points[i].Around) is not { } box)
                return $"point {i} is no box of {unknowns} unknowns";
            (at[i], around[i]) = (point, box);
            if (!HasOne(equation, box))
                return $"nothing proves that the box around point {i} has exactly one";
            if (Shrunk(equation, box, [point]) is not 0) return $"point {i} is not where the file says";
        }
        for (int i = 0; i < at.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int j = 0; j < at.Length; j++)
                if (i != j && at[i].Zip(around[j]).All(pair => pair.First.Meets(pair.Second)))
                    return $"points {i} and {j} may be one";
        }
        var parts = new Stack<Enclosure[]>([[.. equation.Box]]);
        foreach (var (place, cut) in file.Cuts.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            if (!parts.TryPop(out var part)) return "there are more parts than the cuts make";
            if (cut.Part == "c")
            {
                if (cut.Of < 0 || cut.Of >= unknowns || !part[cut.Of].Contains(cut.At))
                    return $"cut {place} is outside of what it cuts";
                var (low, high) = part.CutAt(cut.Of, cut.At);
                parts.Push(high);
                parts.Push(low);
            }
            else if (cut.Part == "e" ? Shrunk(equation, part, []) is not -1
                : cut.Of < 0 || cut.Of >= at.Length || Shrunk(equation, part, [around[cut.Of]]) is not (0 or -1))
                return $"part {place} is not proven to be {(cut.Part == "e" ? "empty" : $"at point {cut.Of}")}";
        }
        return parts.Count == 0 ? null : "parts of the first box are missing";

        Enclosure[]? Box(double[][] sides) => sides.Length == unknowns
            && sides.All(side => side is [var low, var high] && low <= high)
            ? Array.ConvertAll(sides, side => new Enclosure(side[0], side[1])) : null;
    }

    /// <summary>
    /// Where a box that keeps its solutions shrinks to: -1 for nothing, the place of the first of some boxes that it
    /// comes to lie in, or null for neither.
    /// </summary>
    internal static int? Shrunk(FixedPointEquation equation, Enclosure[] box, IReadOnlyList<Enclosure[]> into)
    {
        for (int pass = 0; pass < MostPasses; pass++)
        {
            double before = Size(box);
            if (Smaller(equation, box) is not { } rest) return -1;
            box = rest;
            for (int i = 0; i < into.Count; i++)
                if (into[i].Holds(box)) return i;
            if (!(Size(box) < 0.9 * before)) break;
        }
        return null;
    }

    /// <summary>
    /// What is left of a box that is met with F over it, and with Krawczyk's operator; null for nothing.
    /// </summary>
    internal static Enclosure[]? Smaller(FixedPointEquation equation, Enclosure[] box)
    {
        box = [.. box];
        return box.Meet(equation.Map(EnclosedVector.Constant(box)).Values)
            && (Krawczyk(equation, box) is not { } image || box.Meet(image)) ? box : null;
    }

    /// <summary>Whether Krawczyk's operator proves exactly one solution in a box.</summary>
    internal static bool HasOne(FixedPointEquation equation, Enclosure[] box) =>
        Krawczyk(equation, box) is { } image
        && image.Zip(box).All(pair => pair.First.Low > pair.Second.Low && pair.First.High < pair.Second.High);

    /// <summary>
    /// Krawczyk's operator over a box: it holds all solutions of the box; null where Y cannot be had.
    /// </summary>
    private static Enclosure[]? Krawczyk(FixedPointEquation equation, Enclosure[] box)
    {
        int size = box.Length;
        double[] centre = Array.ConvertAll(box, side => side.Middle);
        var (over, at) = (equation.Map(EnclosedVector.Variables(box)), equation.Map(EnclosedVector.Constant(centre)));
        double[,] matrix = new double[size, size], y = new double[size, size];
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++) matrix[i, j] = (i == j ? 1 : 0) - (over.Slopes?[i, j].Middle ?? 0);
        if (!SmallMatrix.Invert(matrix, y)) return null;
        var image = new Enclosure[size];
        for (int i = 0; i < size; i++)
        {
            image[i] = centre[i];
            for (int j = 0; j < size; j++)
            {
                Enclosure rest = i == j ? 1 : 0;
                for (int k = 0; k < size; k++)
                    rest -= y[i, k] * ((Enclosure)(k == j ? 1 : 0) - (over.Slopes?[k, j] ?? 0));
                image[i] += rest * (box[j] - centre[j]) - y[i, j] * (centre[j] - at.Values[j]);
            }
        }
        return image;
    }

    private static double Size(Enclosure[] box) => box.Sum(side => side.High - side.Low);
}
