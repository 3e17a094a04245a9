using System.Diagnostics;
using System.Text.Json.Serialization;
using Neurodynamics.FixedPoints;
using Neurodynamics.Training;

namespace Neurodynamics.Sweeps;

/// <summary>What a sweep measures on every network, once it is trained: the same for all of them.</summary>
public sealed record SweepMeasurement : Described
{
    /// <summary>Trials, of as many steps as in training, from whose states everything starts; default 128.</summary>
    public int Trials { get; init => field = AtLeast(1, value, nameof(Trials)); } = 128;

    /// <summary>Candidates of Algorithm 1, as trials visited them; default 256.</summary>
    public int DescentCandidates { get; init => field = AtLeast(1, value, nameof(DescentCandidates)); } = 256;

    /// <summary>How many steps of a trial are early; default 3.</summary>
    public int EarlySteps { get; init => field = AtLeast(1, value, nameof(EarlySteps)); } = 3;

    /// <summary>From how many draws of trials early states are taken; default 3.</summary>
    public int EarlyDraws { get; init => field = AtLeast(1, value, nameof(EarlyDraws)); } = 3;

    /// <summary>
    /// Steps of a flip-flop's trial after which states are counted that are nearest to an axis; default 1, 2, 3, 5, 8,
    /// 12, 20, 40 and 80, of which those beyond the trial are left out.
    /// </summary>
    public IReadOnlyList<int> AxisSteps
    {
        get;
        init => field = Demand.Some(value, nameof(AxisSteps));
    } = [1, 2, 3, 5, 8, 12, 20, 40, 80];

    /// <summary>
    /// Adam's rate in the descent of those states, which is to run down in <see cref="DescentSteps"/>; default 0.01.
    /// </summary>
    public double AxisRate { get; init => field = new GradientDescent { LearningRate = value }.LearningRate; } = 0.01;

    /// <summary>
    /// Which columns are filled, of memory, found, descent, clouds and axes; default null, which is all of them.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such column; the message names those that there are.</exception>
    public IReadOnlyList<string>? Columns
    {
        get;
        init => field = value?.FirstOrDefault(name => !Known.Contains(name)) is { } wrong
            ? throw new ArgumentException(
                $"A sweep has no column \"{wrong}\"; there are {string.Join(", ", Known)}.", nameof(Columns))
            : value;
    }

    /// <summary>Steps of Algorithm 1; default 1000.</summary>
    public int DescentSteps { get; init => field = AtLeast(1, value, nameof(DescentSteps)); } = 1000;

    /// <summary>
    /// Mean squares at which Algorithm 1 is looked at on its way, falling; default 1e-2, 1e-3, 1e-4, 1e-5 and 1e-6.
    /// </summary>
    public IReadOnlyList<double> Stops
    {
        get;
        init => field = Demand.Some(value, nameof(Stops));
    } = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

    /// <summary>Candidates of the search; default 512.</summary>
    public int Candidates { get; init => field = AtLeast(1, value, nameof(Candidates)); } = 512;

    /// <summary>Standard deviation of the noise on the search's candidates; default 0.1.</summary>
    public double Noise
    {
        get;
        init => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Noise), value, "Noise is at least 0.");
    } = 0.1;

    /// <summary>Steps over which memory is tested; default 1000.</summary>
    public int HoldSteps { get; init => field = AtLeast(1, value, nameof(HoldSteps)); } = 1000;

    /// <summary>Eight hexadecimal digits, of two measurements the same only by chance.</summary>
    [JsonIgnore]
    public string Hash => Json.Hash(this);

    /// <summary>Measures a network.</summary>
    /// <param name="trained">The network.</param>
    /// <param name="cancellation">Stops it: a row is whole or not made.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public SweepRow Of(TrainedNetwork trained, CancellationToken cancellation = default)
    {
        Demand.Given(trained);
        var clock = Stopwatch.StartNew();
        var record = trained.Record;
        var network = new MeasuredNetwork(this, trained, cancellation);
        var row = new SweepRow(
            record.Recipe.Hash, Hash, record.Recipe, record.Updates, record.Stop, record.Test, record.Seconds,
            AnalysisSeconds: 0);
        foreach (var statistic in Filled)
        {
            row = statistic.Into(row, network);
            cancellation.ThrowIfCancellationRequested();
        }
        return row with { AnalysisSeconds = clock.Elapsed.TotalSeconds };
    }

    /// <summary>Whether a row of this measurement has every column.</summary>
    internal bool IsWhole(SweepRow row) => row.Measured == Hash && Filled.All(one => one.IsIn(row));

    private IEnumerable<Statistic> Filled => Statistics.Where(one => Columns?.Contains(one.Column) ?? true);

    private static IReadOnlyList<Statistic> Statistics => Kinds.All<Statistic>(kind => kind.Column);

    private static IEnumerable<string> Known => Statistics.Select(one => one.Column);

    private static int AtLeast(int least, int value, string name) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least {least}.");
}
