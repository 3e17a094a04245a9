using System.Numerics;
using Neurodynamics.Dynamics;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Proofs;

namespace Neurodynamics.Export;

/// <summary>
/// Points with all that is known of them, for other programs: NumPy's .npz, MATLAB's .mat (version 5) and CSV.
/// </summary>
/// <remarks>
/// An array has an entry for each of M points, of a network with S state variables and I inputs, in the order of the
/// list. Numbers are float64 and complex128, counts int64, yes or no bool.
/// <list type="table">
/// <item><term>state [M, S], input [M, I]</term><description>State and constant input.</description></item>
/// <item><term>speed [M]</term><description>q = 1/2 ||F(x) - x||^2.</description></item>
/// <item><term>candidates [M]</term><description>How many candidates ended there.</description></item>
/// <item><term>fixed, slow, ghost, outlier [M]</term><description>What the point is.</description></item>
/// <item><term>unreachable, nearest_candidate [M]</term><description>
/// Whether no state can be there, and the distance of the nearest candidate; NaN where nobody asked.
/// </description></item>
/// <item><term>certified, measured [M]</term><description>
/// Whether the point is certified, or only verified numerically.
/// </description></item>
/// <item><term>exists_within, alone_within [M]</term><description>
/// The radii of the certificate; NaN without one.
/// </description></item>
/// <item><term>unstable_modes, marginal_modes [M]</term><description>
/// How many modes grow, and how many are near |lambda| = 1.
/// </description></item>
/// <item><term>eigenvalues [M, S]</term><description>Of J, complex, largest modulus first.</description></item>
/// <item><term>right, left [M, S, S]</term><description>
/// Right and left vectors, complex: entry (m, k, i) is component i of mode k of point m. J v = lambda v, |v| = 1;
/// w J = lambda w, w v = 1, without conjugation.
/// </description></item>
/// <item><term>state_jacobian [M, S, S], input_jacobian [M, S, I]</term><description>J and B.</description></item>
/// <item><term>eigenvector_condition [M]</term><description>Of the right vectors.</description></item>
/// <item><term>proven [M], proven_low, proven_high [M, S]</term><description>
/// With a proof: whether the point is one of the proven ones, and the bounds of its state; NaN where it is not.
/// </description></item>
/// <item><term>proven_complete, proven_points [1]</term><description>
/// With a proof: whether it is complete, and how many fixed points it found.
/// </description></item>
/// <item><term>unit_state [M, N]</term><description>
/// Of the dynamics of a network of low rank: the states of the whole network, where state has its k.
/// </description></item>
/// </list>
/// A .mat has vectors as columns. A CSV has a row per point, and its columns are numbered from 1 (state_1). A complex
/// number is two columns there (eigenvalues_1_re, eigenvalues_1_im), yes and no are 1 and 0. Vectors, Jacobians and
/// what is said of a whole proof are left out of it. Every number has all its digits.
/// </remarks>
public static class PointFile
{
    /// <summary>What is said of a whole proof and not of a point.</summary>
    internal const string Complete = "proven_complete", Found = "proven_points";

    /// <summary>Largest Euclidean distance between a point and the middle of a proven one's enclosure.</summary>
    private const double Same = 1e-6;

    /// <summary>Saves points, whole or not at all.</summary>
    /// <param name="path">The file, ending in .npz, .mat or .csv; replaced if it exists.</param>
    /// <param name="points">The points, such as those of <see cref="Linearisation.Of"/>, all of one network.</param>
    /// <param name="proof">A proof of the network under the same input; default none.</param>
    /// <param name="reduced">Where the points are those of a network's few dimensions, these; default none.</param>
    /// <exception cref="ArgumentException">
    /// The ending is another one, the points are not of one network, or the proof is of another.
    /// </exception>
    public static void Save(string path, IReadOnlyList<Linearisation> points, CompletenessProof? proof = null,
        ReducedCell? reduced = null)
    {
        Demand.Given((path, points));
        string ending = Path.GetExtension(path).ToLowerInvariant();
        var formats = Kinds.All<PointFormat>(format => format.Ending);
        var format = formats.FirstOrDefault(one => one.Ending == ending) ?? throw new ArgumentException(
            $"Points are saved as {string.Join(", ", formats.Select(one => one.Ending).Order())}, but the file is "
            + $"{Path.GetFileName(path)}: give it one of these endings.", nameof(path));
        IReadOnlyList<SourceArray> arrays =
            [.. Arrays(points, proof), .. reduced is null ? [] : Whole(points, reduced)];
        WholeFile.Write(path, stream => format.Write(arrays, stream));
    }

    private static IEnumerable<SourceArray> Whole(IReadOnlyList<Linearisation> points, ReducedCell reduced)
    {
        yield return new("unit_state", "float64", [points.Count, reduced.UnitsOfWhole],
            [.. points.SelectMany(point => reduced.ToUnits(point.Point).State)]);
    }

    /// <summary>The arrays of a file; a complex one has a last dimension of 2.</summary>
    internal static IReadOnlyList<SourceArray> Arrays(IReadOnlyList<Linearisation> points, CompletenessProof? proof)
    {
        int count = points.Count, size = points.Select(point => point.Point.State.Length).FirstOrDefault(),
            inputs = points.Select(point => point.Point.Input.Length).FirstOrDefault();
        if (points.FirstOrDefault(point => point.Point.State.Length != size || point.Point.Input.Length != inputs
            || point.Modes.Count != size) is { } odd)
            throw new ArgumentException($"The points are of one network, but the first has {size} state variables and "
                + $"{inputs} inputs, and another {odd.Point.State.Length} and {odd.Point.Input.Length}: save them "
                + "apart.", nameof(points));
        if (proof is not null && points.Any(point => !point.Point.Input.SequenceEqual(proof.Input)))
            throw new ArgumentException("The proof is of another constant input than a point: save points and proof of "
                + "one input.", nameof(proof));
        return
        [
            Numbers("state", point => point.Point.State, size),
            Numbers("input", point => point.Point.Input, inputs),
            Number("speed", point => point.Point.Speed),
            Count("candidates", point => point.Point.Candidates),
            Flag("fixed", point => point.Point is FixedPoint),
            Flag("slow", point => point.Point is SlowPoint),
            Flag("ghost", point => point.Point is Ghost),
            Flag("outlier", point => point.Point.IsOutlier),
            Flag("unreachable", point => point.Point.Reachability?.Reach == Reach.Unreachable),
            Number("nearest_candidate", point => point.Point.Reachability?.NearestVisited ?? double.NaN),
            Flag("certified", point => point.Point.Certificate?.Certainty == Certainty.Certified),
            Flag("measured", point => point.Point.Certificate?.Certainty == Certainty.VerifiedNumerically),
            Number("exists_within", point => point.Point.Certificate?.ExistenceRadius ?? double.NaN),
            Number("alone_within", point => point.Point.Certificate?.UniquenessRadius ?? double.NaN),
            Count("unstable_modes", point => point.UnstableModes),
            Count("marginal_modes", point => point.MarginalModes),
            Complex("eigenvalues", point => point.Eigenvalues, size),
            Complex("right", point => point.Modes.SelectMany(mode => mode.Right), size, size),
            Complex("left", point => point.Modes.SelectMany(mode => mode.Left), size, size),
            Numbers("state_jacobian", point => point.StateJacobian.Cast<double>(), size, size),
            Numbers("input_jacobian", point => point.InputJacobian.Cast<double>(), size, inputs),
            Number("eigenvector_condition", point => point.EigenvectorCondition),
            .. proof is null ? [] : Proven(proof),
        ];

        SourceArray Array(string name, string type, IEnumerable<double> values, params int[] shape) =>
            new(name, type, shape, [.. values]);

        SourceArray Numbers(string name, Func<Linearisation, IEnumerable<double>> of, params int[] shape) =>
            Array(name, "float64", points.SelectMany(of), [count, .. shape]);

        SourceArray Complex(string name, Func<Linearisation, IEnumerable<Complex>> of, params int[] shape) =>
            Array(name, "complex128", points.SelectMany(of).SelectMany(value => new[] { value.Real, value.Imaginary }),
                [count, .. shape, 2]);

        SourceArray Number(string name, Func<Linearisation, double> of) =>
            Array(name, "float64", points.Select(of), count);

        SourceArray Count(string name, Func<Linearisation, int> of) =>
            Array(name, "int64", points.Select(point => (double)of(point)), count);

        SourceArray Flag(string name, Func<Linearisation, bool> of) =>
            Array(name, "bool", points.Select(point => of(point) ? 1.0 : 0), count);

        IEnumerable<SourceArray> Proven(CompletenessProof proof)
        {
            if (proof.Points.FirstOrDefault(point => point.State.Count != size) is { } strange && count > 0)
                throw new ArgumentException($"The points have {size} state variables, but those of the proof "
                    + $"{strange.State.Count}: is it the proof of another network?", nameof(proof));
            int?[] matches = proof.Matches(points.Select(point => point.Point.State), Same);
            double[] unknown = [.. Enumerable.Repeat(double.NaN, size)];
            yield return Array("proven", "bool", matches.Select(match => match is null ? 0.0 : 1), count);
            foreach (var (name, side) in new (string, Func<Enclosures.Enclosure, double>)[]
                { ("proven_low", value => value.Low), ("proven_high", value => value.High) })
                yield return Array(name, "float64", matches.SelectMany(match => match is { } at
                    ? proof.Points[at].State.Select(side) : unknown), count, size);
            yield return Array(Complete, "bool", [proof.Verdict == ProofVerdict.ProvenComplete ? 1 : 0], 1);
            yield return Array(Found, "int64", [proof.Points.Count], 1);
        }
    }
}

/// <summary>
/// A format of files of points. Each is one file of this folder, and nothing else lists them: a record or class with a
/// constructor without arguments.
/// </summary>
internal abstract class PointFormat
{
    /// <summary>The ending of its files, such as ".npz".</summary>
    public abstract string Ending { get; }

    /// <summary>Writes arrays of the types float64, complex128, int64 and bool.</summary>
    /// <param name="arrays">The arrays; a complex one has a last dimension of 2.</param>
    /// <param name="stream">Where to.</param>
    public abstract void Write(IReadOnlyList<SourceArray> arrays, Stream stream);
}
