using System.Text.Json;
using System.Text.Json.Nodes;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Training;

namespace Neurodynamics.Sweeps;

/// <summary>What a sweep tells of one network.</summary>
/// <param name="Run">Name of the run: the hash of its recipe.</param>
/// <param name="Measured">What was measured: the hash of the sweep's <see cref="SweepMeasurement"/>.</param>
/// <param name="Recipe">What was trained, how, and from which seed.</param>
/// <param name="Updates">Updates that were made.</param>
/// <param name="Stop">Why the training ended.</param>
/// <param name="Accuracy">On trials set aside.</param>
/// <param name="Memory">How long the network holds what it was told.</param>
/// <param name="Found">The fixed points under zero input.</param>
/// <param name="Descent">How fast the candidates were on average, before the first step of Algorithm 1 and wherever it passed one of the stops.</param>
/// <param name="Clouds">Shapes of what was looked at, by name: see <see cref="SweepMeasurement"/>.</param>
/// <param name="TrainingSeconds">How long the training took; the one value, with the next, that another run of the same file gives otherwise.</param>
/// <param name="AnalysisSeconds">How long the rest took.</param>
public sealed record SweepRow(
    string Run, string Measured, Recipe Recipe, int Updates, Stop Stop, Accuracy Accuracy, MemoryFacts Memory, FoundFacts Found,
    IReadOnlyList<DescentFacts> Descent, IReadOnlyList<CloudFacts> Clouds, double TrainingSeconds, double AnalysisSeconds)
{
    private static readonly JsonSerializerOptions Options = new(Json.Options)
    {
        WriteIndented = false,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The row as one line of JSON.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, Options);

    /// <summary>Reads a row.</summary>
    public static SweepRow FromLine(string line) => JsonSerializer.Deserialize<SweepRow>(line, Options) ?? throw new JsonException("the line is empty");

    /// <summary>
    /// Whether two rows tell the same, whatever time they took. Numbers may differ by a millionth: the same matrix in another place of memory has eigenvalues that differ in their last digits
    /// (oneMKL computes by alignment), and a slow mode's time constant makes more of that.
    /// </summary>
    public bool SameAs(SweepRow other) => Same(WithoutTimes(this), WithoutTimes(other));

    private static JsonNode? WithoutTimes(SweepRow row) => JsonSerializer.SerializeToNode(row with { TrainingSeconds = 0, AnalysisSeconds = 0 }, Options);

    private static bool Same(JsonNode? a, JsonNode? b) => (a, b) switch
    {
        (JsonObject x, JsonObject y) => x.Count == y.Count && x.All(pair => y.ContainsKey(pair.Key) && Same(pair.Value, y[pair.Key])),
        (JsonArray x, JsonArray y) => x.Count == y.Count && x.Zip(y).All(pair => Same(pair.First, pair.Second)),
        (JsonValue x, JsonValue y) when x.GetValueKind() == JsonValueKind.Number && y.GetValueKind() == JsonValueKind.Number =>
            x.GetValue<double>() is var u && y.GetValue<double>() is var v && Math.Abs(u - v) <= 1e-6 * Math.Max(Math.Abs(u), Math.Abs(v)),
        _ => JsonNode.DeepEquals(a, b),
    };

    /// <summary>The shape of one of the clouds; null where the run did not look at it.</summary>
    public CloudFacts? Cloud(string name) => Clouds.FirstOrDefault(cloud => cloud.Of == name);
}

/// <summary>Held without input, from the states in which trials end: of the channels that had been decided by then.</summary>
/// <param name="Steps">For how many steps.</param>
/// <param name="Kept">Share of the decisions that were still the same after them.</param>
/// <param name="LostAt">The first step after which less than 95 % were; null if it never came to that.</param>
public sealed record MemoryFacts(int Steps, double Kept, int? LostAt);

/// <summary>What a search found.</summary>
/// <param name="Points">Fixed points.</param>
/// <param name="ByIndex">How many of them have 0, 1, 2, 3 and more unstable modes.</param>
/// <param name="Certified">How many are certified.</param>
/// <param name="Marginal">How many have a mode with | |lambda| - 1 | within the band of <see cref="Linearisation"/>.</param>
/// <param name="SlowestTimeConstant">Largest time constant of any attractor, in steps; NaN without one.</param>
/// <param name="Slow">Slow points.</param>
/// <param name="Unreachable">Ghosts.</param>
/// <param name="Completeness">What the signs say.</param>
/// <param name="FromPlain">Fixed points that candidates as trials visited them led to.</param>
/// <param name="FromNoisy">Fixed points that the same candidates with noise led to, and no further round.</param>
public sealed record FoundFacts(int Points, int[] ByIndex, int Certified, int Marginal, double SlowestTimeConstant, int Slow, int Unreachable, CompletenessVerdict Completeness, int FromPlain, int FromNoisy);

/// <summary>Algorithm 1 at one moment.</summary>
/// <param name="Stop">The stop that was passed, a mean square per state variable; null for the last look, at the step limit, and for the first where no stop was passed before the first step.</param>
/// <param name="Step">Steps taken.</param>
/// <param name="MeanSquare">Mean square of a state variable's change in one step, over all candidates.</param>
/// <param name="Speed">The mean of q, 1/2 ||F(x) - x||^2.</param>
/// <param name="Norm">The mean of ||F(x) - x||.</param>
/// <param name="Distance">Median distance from a candidate to the nearest fixed point, over the largest distance between two fixed points; NaN with fewer than two.</param>
public sealed record DescentFacts(double? Stop, int Step, double MeanSquare, double Speed, double Norm, double Distance);

/// <summary>The shape of a cloud.</summary>
/// <param name="Of">What it is a cloud of.</param>
/// <param name="Points">How many points there were.</param>
/// <param name="Shape">The verdict of <see cref="CloudShape"/>.</param>
/// <param name="Sureness">How surely.</param>
/// <param name="Explained">Share of the variance in three components.</param>
/// <param name="Angles">Between the three directions of a cube, of its edges, or of axes, in degrees; empty for others.</param>
/// <param name="Shares">Where the cloud is: see <see cref="CloudShape.Shares"/>.</param>
public sealed record CloudFacts(string Of, int Points, ShapeKind Shape, double Sureness, double Explained, double[] Angles, double[] Shares)
{
    internal static CloudFacts Tell(string of, double[,] states)
    {
        var shape = CloudShape.Of(states);
        return new(of, shape.Points, shape.Shape, shape.Sureness, shape.Explained, shape.Angles, shape.Shares);
    }
}
