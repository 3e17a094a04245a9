using System.Text.Json;
using Neurodynamics.Enclosures;
using Neurodynamics.Models;

namespace Neurodynamics.Proofs;

/// <summary>
/// A proof of completeness as a file that can be checked without the program that found it: the points, each with a box
/// in which it is the only one, and how the first box was cut until each part was empty or in one of these.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="Equation">What is solved, as for a reader.</param>
/// <param name="Weights">Which numbers the weights stand for.</param>
/// <param name="Input">The constant input, I values.</param>
/// <param name="Points">The points.</param>
/// <param name="Cuts">
/// The tree of cuts, each part before what it was cut into: "c" and the place of the side, with the value at which it
/// was cut; "e" for an empty part; "p" and the place of the point whose box the rest of a part lies in.
/// </param>
internal sealed record ProofFile(int Format, string Equation, WeightsAre Weights, double[] Input,
    IReadOnlyList<ProofFile.Point> Points, IReadOnlyList<ProofFile.Cut> Cuts)
{
    /// <summary>A point.</summary>
    /// <param name="At">Encloses it, [low, high] per unknown.</param>
    /// <param name="Around">A box in which it is the only one, [low, high] per unknown.</param>
    public sealed record Point(double[][] At, double[][] Around);

    /// <summary>What became of a part.</summary>
    /// <param name="Part">"c", "e" or "p".</param>
    /// <param name="Of">Which side, or which point, from 0.</param>
    /// <param name="At">Where it was cut.</param>
    public sealed record Cut(string Part, int Of = 0, double At = 0);

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no proof, or of a later version.</exception>
    public static ProofFile Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (JsonSerializer.Deserialize<ProofFile>(stream, Json.Options) is { Format: 1 } file) return file;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{path} is not a proof as {nameof(CompletenessProof)}.Save writes it: {Json.Reason(error)}", error);
        }
        throw new InvalidDataException($"{path} was written by another version of the workbook: it needs format 1.");
    }

    /// <summary>Writes it, beside its place first.</summary>
    public void Write(string path) =>
        WholeFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Json.Options));

    /// <summary>A box as it is written.</summary>
    public static double[][] Sides(IEnumerable<Enclosure> box) =>
        [.. box.Select(side => new[] { side.Low, side.High })];
}
