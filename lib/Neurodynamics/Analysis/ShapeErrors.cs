using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neurodynamics.Analysis;

/// <summary>
/// How made-up clouds of one kind and size were classified: the error rates of <see cref="CloudShape"/>.
/// </summary>
/// <param name="Cloud">Such as "points along three axes".</param>
/// <param name="Shape">What the clouds are.</param>
/// <param name="Points">M, the points of each.</param>
/// <param name="Told">How many of the clouds were classified as each shape.</param>
public sealed record ShapeErrors(string Cloud, ShapeKind Shape, int Points, IReadOnlyDictionary<ShapeKind, int> Told)
    : Described
{
    /// <summary>How many were classified as what they are.</summary>
    [JsonIgnore]
    public Proportion Right => new(Told.GetValueOrDefault(Shape), Told.Values.Sum());

    /// <summary>How many were classified as a shape that they do not have.</summary>
    [JsonIgnore]
    public Proportion Wrong => new(
        Told.Where(told => told.Key != Shape && told.Key is not (ShapeKind.None or ShapeKind.TooFew))
            .Sum(told => told.Value), Told.Values.Sum());

    /// <summary>Counts how clouds were classified.</summary>
    /// <param name="cloud">What the clouds are called.</param>
    /// <param name="shape">What they are.</param>
    /// <param name="points">The points of each.</param>
    /// <param name="told">What each was classified as.</param>
    public static ShapeErrors Of(string cloud, ShapeKind shape, int points, IEnumerable<ShapeKind> told)
    {
        Demand.Given((cloud, told));
        return new(cloud, shape, points, told.CountBy(one => one).OrderBy(count => count.Key).ToDictionary());
    }

    /// <summary>Reads a file with a line of JSON for each kind and size.</summary>
    /// <param name="path">The file, such as data/shapes/error-rates.jsonl.</param>
    /// <exception cref="InvalidDataException">A line is something else.</exception>
    public static IReadOnlyList<ShapeErrors> Load(string path)
    {
        try
        {
            return [.. File.ReadLines(path)
                .Select(line => JsonSerializer.Deserialize<ShapeErrors>(line, Json.Stored)!)];
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{path} has no error rates ({Json.Reason(error)}): restore the file, or make it again.", error);
        }
    }

    /// <summary>Writes such a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="errors">What goes into it.</param>
    public static void Save(string path, IEnumerable<ShapeErrors> errors)
    {
        Demand.Given((path, errors));
        var options = new JsonSerializerOptions(Json.Stored) { WriteIndented = false };
        WholeFile.Write(path, stream =>
        {
            foreach (var error in errors)
            {
                JsonSerializer.Serialize(stream, error, options);
                stream.WriteByte((byte)'\n');
            }
        });
    }
}
