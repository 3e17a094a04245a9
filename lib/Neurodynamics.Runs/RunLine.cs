using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neurodynamics.Runs;

/// <summary>
/// What a process of Neurodynamics.Runs says: one JSON object a line. `environment` compiles this file too.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(TrainingAt), "training"), JsonDerivedType(typeof(Finished), "finished")]
[JsonDerivedType(typeof(Failed), "failed"), JsonDerivedType(typeof(Network), "network")]
[JsonDerivedType(typeof(Planned), "planned"), JsonDerivedType(typeof(Merged), "merged")]
abstract record RunLine
{
    // A loss that diverges is not a number that JSON has.
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public void Say() => Console.WriteLine(JsonSerializer.Serialize(this, Json));

    /// <summary>Reads a line; null if it is not one of these, such as what a library prints.</summary>
    public static RunLine? Read(string line)
    {
        try
        {
            return line.StartsWith('{') ? JsonSerializer.Deserialize<RunLine>(line, Json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A training on its way, at every hundredth part of it.</summary>
sealed record TrainingAt(int Update, int Updates, double Loss, double? Accuracy, double SecondsLeft) : RunLine;

/// <summary>A network or a row is made.</summary>
sealed record Finished(string Name, string Summary) : RunLine;

/// <summary>Nothing came of it.</summary>
sealed record Failed(string Why) : RunLine;

/// <summary>A network that comes with the workbook.</summary>
sealed record Network(string Name) : RunLine;

/// <summary>A run of a sweep, counted from 1, with the seconds that it takes or took on one core.</summary>
sealed record Planned(int Number, string Name, double Seconds, bool Done) : RunLine;

/// <summary>The rows of a sweep are in one file.</summary>
sealed record Merged(int Rows, int Runs, string File) : RunLine;
