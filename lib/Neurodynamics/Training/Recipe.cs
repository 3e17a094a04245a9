using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Neurodynamics.Models;
using Neurodynamics.Tasks;

namespace Neurodynamics.Training;

/// <summary>
/// All that decides which network comes out: the same recipe gives the same weights on the same machine.
/// </summary>
public sealed record Recipe : Described
{
    /// <summary>Which cell; default the GRU.</summary>
    public Architecture Architecture
    {
        get;
        init => field = Demand.Some(value, nameof(Architecture));
    } = Architecture.Gru;

    /// <summary>N, the number of hidden units; default 100 (report 4.2).</summary>
    public int Units
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Units), value, "A network needs at least 1 unit.");
    } = 100;

    /// <summary>What it is trained on; default the flip-flop with 3 channels.</summary>
    public TrialTask Task { get; init => field = Demand.Some(value, nameof(Task)); } = new FlipFlop();

    /// <summary>How it is trained.</summary>
    public TrainingOptions Training { get; init => field = Demand.Some(value, nameof(Training)); } = new();

    /// <summary>Seed of initial weights and trials; default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Eight hexadecimal digits, which name what a recipe makes. Two recipes have the same by chance, once in four
    /// billion pairs: compare the recipes too.
    /// </summary>
    [JsonIgnore]
    public string Hash => Json.Hash(this);

    /// <summary>The network before its first update.</summary>
    public Network Create() => Network.Create(Architecture, Task.InputSize, Units, Task.OutputSize, Seed,
        Training.Loss == Loss.SquaredError ? OutputMeaning.Values : OutputMeaning.Logits);

    /// <summary>The values in which this recipe differs from another, as "name: other -> this".</summary>
    public IReadOnlyList<string> DifferencesFrom(Recipe other)
    {
        var (mine, theirs) = (Leaves(this), Leaves(other));
        return [.. mine.Keys.Union(theirs.Keys)
            .Where(key => mine.GetValueOrDefault(key) != theirs.GetValueOrDefault(key))
            .Select(key =>
                $"{key}: {theirs.GetValueOrDefault(key) ?? "none"} -> {mine.GetValueOrDefault(key) ?? "none"}")];
    }

    private static Dictionary<string, string> Leaves(Recipe recipe)
    {
        var leaves = new Dictionary<string, string>();
        Visit(JsonSerializer.SerializeToNode(recipe, Json.Options), "");
        return leaves;

        void Visit(JsonNode? node, string name)
        {
            if (node is JsonObject branch)
                foreach (var (key, child) in branch) Visit(child, name.Length == 0 ? key : $"{name}.{key}");
            else leaves[name] = node?.ToJsonString() ?? "none";
        }
    }
}

/// <summary>
/// How a network is trained (report 4.2): Adam with its default hyperparameters on fresh trials at every update.
/// </summary>
public sealed record TrainingOptions : Described
{
    /// <summary>Number of updates at most; default 2000.</summary>
    public int Updates { get; init => field = Positive(value, nameof(Updates)); } = 2000;

    /// <summary>Trials per update; default 64.</summary>
    public int BatchSize { get; init => field = Positive(value, nameof(BatchSize)); } = 64;

    /// <summary>T, steps per trial; default 100.</summary>
    public int Steps { get; init => field = Positive(value, nameof(Steps)); } = 100;

    /// <summary>What is minimised; default the channelwise binary cross-entropy.</summary>
    public Loss Loss { get; init => field = Demand.Known(value, nameof(Loss)); }

    /// <summary>Adam's step size; default 0.001, as for Adam's other hyperparameters.</summary>
    public double LearningRate { get; init => field = Positive(value, nameof(LearningRate)); } = 1e-3;

    /// <summary>Largest norm of the gradient, longer ones are scaled down to it; default none.</summary>
    public double? ClipNorm { get; init => field = value is { } norm ? Positive(norm, nameof(ClipNorm)) : null; }

    /// <summary>
    /// sigma, the standard deviation of noise on every state variable at every step of training; default 0. The
    /// analysis, and every measurement of accuracy, is without noise.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Noise { get; init => field = NotNegative(value, nameof(Noise)); }

    /// <summary>What <see cref="Noise"/> is multiplied with; default nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NoiseScale NoiseScale { get; init => field = Demand.Known(value, nameof(NoiseScale)); }

    /// <summary>
    /// What the mean square of all weights of the cell and the readout, biases left out, is multiplied with before it
    /// is added to the loss (L2); default 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double WeightPenalty { get; init => field = NotNegative(value, nameof(WeightPenalty)); }

    /// <summary>
    /// The same of what the readout sees, rates as a rule, over trials, steps and units (L2); default 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double RatePenalty { get; init => field = NotNegative(value, nameof(RatePenalty)); }

    /// <summary>
    /// Parameters that stay as they are drawn, by the names of the saved file and with spaces between, such as
    /// "rnn.weight_hh rnn.bias"; default none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Frozen { get; init; }

    /// <summary>Stops early at this accuracy on held-out trials, in (0, 1]; default none.</summary>
    public double? TargetAccuracy
    {
        get;
        init => field = value is null or (> 0 and <= 1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(TargetAccuracy), value, "An accuracy lies in (0, 1].");
    }

    /// <summary>Updates between two looks at held-out trials; default 100.</summary>
    public int EvaluateEvery { get; init => field = Positive(value, nameof(EvaluateEvery)); } = 100;

    private static int Positive(int value, string name) =>
        value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least 1.");

    private static double NotNegative(double value, string name) =>
        value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is a number of at least 0.");

    private static double Positive(double value, string name) =>
        value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is a positive number.");
}

/// <summary>What the standard deviation of a training's noise is multiplied with.</summary>
public enum NoiseScale
{
    /// <summary>Nothing: sigma itself is added to the state at every step.</summary>
    One,

    /// <summary>
    /// sqrt(2 a), with a the leak of each unit: sigma is then about the spread of a unit that gets nothing but noise,
    /// whatever the step. For rate networks only.
    /// </summary>
    Leak,
}

/// <summary>What training minimises.</summary>
public enum Loss
{
    /// <summary>Binary cross-entropy of the logits, channel by channel (report 4.2).</summary>
    CrossEntropy,

    /// <summary>
    /// Squared distance of the readout from +1 or -1, as in the literature's flip-flop; for comparison.
    /// </summary>
    SquaredError,
}
