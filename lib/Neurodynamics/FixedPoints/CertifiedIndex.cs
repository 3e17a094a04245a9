using System.Globalization;
using System.Numerics;
using Neurodynamics.Enclosures;
using Neurodynamics.Models;

namespace Neurodynamics.FixedPoints;

/// <summary>
/// How many unstable modes a true fixed point has, proven: its eigenvalues are enclosed in discs, and each disc lies
/// outside the unit circle, inside, or touches it.
/// </summary>
/// <remarks>
/// With P near the eigenvectors and W near its inverse, both from LAPACK and not trusted, W J P = B + E, where B has
/// the approximate eigenvalues on its diagonal, those of complex pairs as blocks of 2 by 2. By the block form of
/// Gershgorin's theorem (Feingold and Varga 1962) each eigenvalue lies within the sum of ||E|| over a block's row from
/// an eigenvalue of that block, and discs that overlap hold as many together as they are. E is enclosed for all
/// Jacobians of a box that contains the true point, and what W lacks of an inverse is in the radii.
/// </remarks>
/// <param name="Discs">
/// S discs in which all eigenvalues lie, largest modulus first; those that overlap hold as many as they are, not each
/// its own. None where nothing is proven of the point.
/// </param>
/// <param name="LeastUnstable">There are at least as many eigenvalues of modulus above 1.</param>
/// <param name="MostUnstable">There are at most as many.</param>
public sealed record CertifiedIndex(IReadOnlyList<Disc> Discs, int LeastUnstable, int MostUnstable) : Described
{
    /// <summary>What of the cell is not checked; null where the form is known.</summary>
    public string? Unchecked => Form.Unchecked;

    internal Form Form { get; init; } = new();

    /// <summary>Why nothing is proven; null where something is.</summary>
    private string? Obstacle { get; init; }

    /// <summary>Whether the number of unstable modes is proven.</summary>
    public bool IsProven => LeastUnstable == MostUnstable;

    /// <summary>What is proven, in a sentence, and what of the cell is not checked.</summary>
    public string Message
    {
        get
        {
            string words = Obstacle ?? (IsProven ? $"proven: exactly {Modes(LeastUnstable)}"
                : $"{LeastUnstable} to {Modes(MostUnstable)}: {Touching(Discs.Where(disc => disc.Touches).ToArray())}");
            return Form.NotChecked(Unchecked) is { } assumed ? $"{words}; {assumed}" : words;
        }
    }

    /// <summary>Counts the unstable modes of every point.</summary>
    /// <param name="cell">The cell; it is analysed in float64.</param>
    /// <param name="points">
    /// The points. Each is tested anew: a certificate that it carries may be one of another cell or state.
    /// </param>
    /// <param name="weights">Which numbers the weights stand for; default exactly these.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <returns>In the order of the points.</returns>
    /// <exception cref="ArgumentException">A point does not fit the cell.</exception>
    public static IReadOnlyList<CertifiedIndex> Of(Cell cell, IReadOnlyList<StatePoint> points,
        WeightsAre weights = WeightsAre.Exact, CancellationToken cancellation = default)
    {
        Demand.Given((cell, points));
        using var work = cell.Usage.Begin();
        var (exact, form, size) = (cell.InDouble(), cell.Form, cell.StateSize);
        var certificates = Certificate.Of(cell, points, weights, cancellation);
        var found = new CertifiedIndex[points.Count];
        var step = exact.Enclosed(weights);
        exact.InParallel([.. Enumerable.Range(0, points.Count)], i =>
        {
            var index = step is null ? Nothing("the cell does not know its step over enclosures")
                : certificates[i].Proof is not { } proof ? Nothing("no true fixed point is certified here")
                : At(step, points[i], proof.ExistenceRadius);
            found[i] = index with { Form = form };
        }, cancellation);
        return found;

        CertifiedIndex Nothing(string obstacle) =>
            new([], 0, size) { Obstacle = $"nothing is proven of its modes: {obstacle}" };
    }

    private static CertifiedIndex At(EnclosedStep step, StatePoint point, double radius)
    {
        var (_, slopes) = Krawczyk.Over(step, EnclosedVector.Constant(point.Input), EnclosedVector.Variables(
            Array.ConvertAll(point.State, value => Enclosure.Around(value, radius))));
        return OfMatrix(slopes);
    }

    /// <summary>The same of the eigenvalues of a matrix, whichever of the enclosed ones it is.</summary>
    internal static CertifiedIndex OfMatrix(EnclosedMatrix matrix)
    {
        Disc[] discs = [.. Eigenvalues.Of(matrix).OrderByDescending(disc => disc.Centre.Magnitude)];
        int least = 0, most = 0;
        // A disc outside and one inside do not overlap, so that only those that touch the circle matter together.
        foreach (var cluster in discs.Any(disc => disc.Touches)
            ? Clusters(discs) : [[.. discs.Where(disc => disc.IsOutside)]])
        {
            if (cluster.All(disc => disc.IsOutside)) least += cluster.Count;
            if (!cluster.All(disc => disc.IsInside)) most += cluster.Count;
        }
        return new(discs, least, most)
        {
            Obstacle = discs.All(disc => double.IsInfinity(disc.Radius))
                ? "nothing is proven of its modes: the eigenvectors are too nearly dependent, or the Jacobian is not "
                    + "finite" : null,
        };
    }

    /// <summary>Discs that overlap, one through the other, together.</summary>
    private static List<List<Disc>> Clusters(Disc[] discs)
    {
        var open = new List<Disc>(discs);
        var clusters = new List<List<Disc>>();
        while (open.Count > 0)
        {
            var cluster = new List<Disc> { open[0] };
            open.RemoveAt(0);
            for (int i = 0; i < cluster.Count; i++)
            {
                var last = cluster[i];
                cluster.AddRange(open.Where(last.Meets));
                open.RemoveAll(last.Meets);
            }
            clusters.Add(cluster);
        }
        return clusters;
    }

    private static string Modes(int count) => Number.Of(count, "unstable mode");

    private static string Touching(Disc[] discs) => discs.Length == 1 ? $"the disc {discs[0]} touches the unit circle"
        : $"{discs.Length} discs touch the unit circle, the largest {discs.MaxBy(disc => disc.Radius)}";
}

/// <summary>A disc of the complex plane.</summary>
/// <param name="Centre">Its middle, exactly.</param>
/// <param name="Radius">At least 0; infinite for the whole plane.</param>
public readonly record struct Disc(Complex Centre, double Radius)
{
    /// <summary>Whether all of it is outside the unit circle.</summary>
    public bool IsOutside => Distance.Low > 1;

    /// <summary>Whether all of it is inside the unit circle.</summary>
    public bool IsInside => Distance.High < 1;

    /// <summary>Whether it is neither outside the unit circle nor inside, for all that is known.</summary>
    public bool Touches => !IsOutside && !IsInside;

    /// <summary>Whether it has a number in common with another, for all that is known.</summary>
    public bool Meets(Disc other) => !(Length((Enclosure)Centre.Real - other.Centre.Real,
        (Enclosure)Centre.Imaginary - other.Centre.Imaginary).Low > Enclosure.Up(Radius + other.Radius));

    /// <summary>The centre and the radius.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"around {Centre.Real:G4} {(Centre.Imaginary < 0 ? '-' : '+')} {Math.Abs(Centre.Imaginary):G4}i of radius ")
        + Radius.ToString("0.0e+0", CultureInfo.InvariantCulture);

    /// <summary>The moduli of all numbers in it.</summary>
    private Enclosure Distance => Length(Centre.Real, Centre.Imaginary) + new Enclosure(-Radius, Radius);

    private static Enclosure Length(Enclosure x, Enclosure y)
    {
        // A root is rounded to the nearest float64.
        var square = (x * x) + (y * y);
        return new(Math.Max(0, -Enclosure.Up(-Math.Sqrt(Math.Max(0, square.Low)))),
            Enclosure.Up(Math.Sqrt(square.High)));
    }
}
