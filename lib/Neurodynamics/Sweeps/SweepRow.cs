using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Neurodynamics.Training;

namespace Neurodynamics.Sweeps;

/// <summary>
/// What a sweep measured on one network. Each further column stands in the file of its statistic. One that was added
/// later is null in rows that were made before.
/// </summary>
/// <param name="Run">Name of the run: the hash of its recipe.</param>
/// <param name="Measured">What was measured: the hash of the sweep's <see cref="SweepMeasurement"/>.</param>
/// <param name="Recipe">What was trained, how, and from which seed.</param>
/// <param name="Updates">Updates that were made.</param>
/// <param name="Stop">Why the training ended.</param>
/// <param name="Accuracy">On trials set aside.</param>
/// <param name="TrainingSeconds">
/// How long the training took. This and the next value alone differ when the same file is run again.
/// </param>
/// <param name="AnalysisSeconds">How long the rest took.</param>
public sealed partial record SweepRow(
    string Run, string Measured, Recipe Recipe, int Updates, Stop Stop, Accuracy Accuracy,
    [property: JsonPropertyOrder(SweepRow.Last)] double TrainingSeconds,
    [property: JsonPropertyOrder(SweepRow.Last)] double AnalysisSeconds)
{
    private const int Last = 9;

    private static readonly JsonSerializerOptions Options = new(Json.Stored)
    {
        WriteIndented = false,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Such as "99.6 % (99.5 to 99.7), 27 fixed points"; the points where they were looked for.</summary>
    public override string ToString() =>
        FoundColumn is { } found ? $"{Accuracy}, {found.Points} fixed points" : $"{Accuracy}";

    /// <summary>The row as one line of JSON.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, Options);

    /// <summary>Reads a row.</summary>
    /// <exception cref="JsonException">
    /// A value that every row has is missing, or the line is something else.
    /// </exception>
    public static SweepRow FromLine(string line) =>
        JsonSerializer.Deserialize<SweepRow>(line, Options) ?? throw new JsonException("the line is empty");

    /// <summary>
    /// Whether two rows say the same, whatever time they took. Numbers may differ by a millionth: the same matrix in
    /// another place of memory has eigenvalues that differ in their last digits (oneMKL computes by alignment), and a
    /// slow mode's time constant makes more of that.
    /// </summary>
    public bool SameAs(SweepRow other)
    {
        Demand.Given(other);
        return Same(WithoutTimes(this), WithoutTimes(other));
    }

    private static JsonNode? WithoutTimes(SweepRow row) =>
        JsonSerializer.SerializeToNode(row with { TrainingSeconds = 0, AnalysisSeconds = 0 }, Options);

    private static bool Same(JsonNode? a, JsonNode? b) => (a, b) switch
    {
        (JsonObject x, JsonObject y) =>
            x.Count == y.Count && x.All(pair => y.ContainsKey(pair.Key) && Same(pair.Value, y[pair.Key])),
        (JsonArray x, JsonArray y) => x.Count == y.Count && x.Zip(y).All(pair => Same(pair.First, pair.Second)),
        (JsonValue x, JsonValue y)
            when x.GetValueKind() == JsonValueKind.Number && y.GetValueKind() == JsonValueKind.Number =>
            x.GetValue<double>() is var u && y.GetValue<double>() is var v
                && Math.Abs(u - v) <= 1e-6 * Math.Max(Math.Abs(u), Math.Abs(v)),
        _ => JsonNode.DeepEquals(a, b),
    };

    /// <summary>A column that every whole row has.</summary>
    private static T Whole<T>(T? column, [CallerMemberName] string name = "")
        where T : class =>
            column ?? throw new InvalidOperationException($"The sweep did not measure {name} in this row: "
                + "name that column in its file, or leave \"columns\" out.");
}
