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
[JsonDerivedType(typeof(Searching), "searching"), JsonDerivedType(typeof(FoundPoints), "found")]
abstract record RunLine
{
    // A loss that diverges is not a number that JSON has.
    /// <summary>How it is written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
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

/// <summary>A search on its way.</summary>
/// <param name="Ended">Candidates that have ended so far, over all rounds.</param>
/// <param name="Input">Which constant input it is under, from 1.</param>
/// <param name="Inputs">Of how many.</param>
sealed record Searching(int Ended, int Input, int Inputs) : RunLine;

/// <summary>The fixed points of a network from a file.</summary>
/// <param name="Network">The file.</param>
/// <param name="Cell">Which cell it holds.</param>
/// <param name="Units">How many units it has.</param>
/// <param name="Used">Names of the arrays that were used.</param>
/// <param name="LeftAside">Names of the arrays that were not.</param>
/// <param name="Assumed">What the file left open, in sentences.</param>
/// <param name="Reproduced">Whether trials of the source were reproduced; null where there were none.</param>
/// <param name="Check">The same in a sentence, or why there was no check.</param>
/// <param name="Unchecked">What is not known of the form; null where it is known.</param>
/// <param name="NotChecked">The same in a sentence, with what to do.</param>
/// <param name="Reduced">
/// The rank R of a network of low rank, whose points are in its own R dimensions; null where they are in all units.
/// </param>
/// <param name="Page">The page.</param>
/// <param name="Found">An entry for each constant input.</param>
sealed record FoundPoints(
    string Network, string Cell, int Units, IReadOnlyList<string> Used, IReadOnlyList<string> LeftAside,
    IReadOnlyList<string> Assumed, bool? Reproduced, string Check, string? Unchecked, string? NotChecked, int? Reduced,
    string Page, IReadOnlyList<PointsUnder> Found) : RunLine;

/// <summary>The fixed points under one constant input.</summary>
/// <param name="Input">The input, I values.</param>
/// <param name="FixedPoints">How many fixed points there are.</param>
/// <param name="ByUnstableModes">How many of them have 0, 1, 2 and so on unstable modes.</param>
/// <param name="Certified">How many are certified.</param>
/// <param name="SlowPoints">How many slow points there are.</param>
/// <param name="ProvenComplete">Whether the list is proven complete.</param>
/// <param name="Summary">What was found, in a sentence.</param>
/// <param name="Standing">What is known of the list, in a sentence.</param>
/// <param name="Ends">Where runs from states of trials end; null where the search was stopped.</param>
/// <param name="Files">The files with the points.</param>
sealed record PointsUnder(
    double[] Input, int FixedPoints, int[] ByUnstableModes, int Certified, int SlowPoints, bool ProvenComplete,
    string Summary, string Standing, EndsUnder? Ends, IReadOnlyList<string> Files);

/// <summary>Where runs end under one constant input.</summary>
/// <param name="Runs">How many there were.</param>
/// <param name="AtAttractors">How many ended at an attractor of the list.</param>
/// <param name="StoodStill">How many stand still elsewhere.</param>
/// <param name="Moving">How many were still moving.</param>
/// <param name="Lost">How many left every bound.</param>
/// <param name="Period">Steps in which the first of the moving ones goes round; null where none does.</param>
/// <param name="OnAttractingCurve">Whether it does so on a closed curve that attracts.</param>
/// <param name="Summary">All of it in words.</param>
sealed record EndsUnder(int Runs, int AtAttractors, int StoodStill, int Moving, int Lost, double? Period,
    bool? OnAttractingCurve, string Summary);
