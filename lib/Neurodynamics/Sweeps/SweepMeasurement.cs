using System.Diagnostics;
using System.Text.Json.Serialization;
using Neurodynamics.Training;

namespace Neurodynamics.Sweeps;

/// <summary>What a sweep measures on every network, once it is trained: the same for all of them.</summary>
public sealed record SweepMeasurement
{
    /// <summary>Trials, of as many steps as in training, from whose states everything starts; default 128.</summary>
    public int Trials { get; init => field = AtLeast(1, value, nameof(Trials)); } = 128;

    /// <summary>Candidates of Algorithm 1, as trials visited them; default 256.</summary>
    public int DescentCandidates { get; init => field = AtLeast(1, value, nameof(DescentCandidates)); } = 256;

    /// <summary>How many steps of a trial are early; default 3.</summary>
    public int EarlySteps { get; init => field = AtLeast(1, value, nameof(EarlySteps)); } = 3;

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

    /// <summary>Eight hexadecimal digits that differ between measurements.</summary>
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
        foreach (var statistic in Kinds.All<Statistic>(kind => kind.GetType().Name))
        {
            row = statistic.Into(row, network);
            cancellation.ThrowIfCancellationRequested();
        }
        return row with { AnalysisSeconds = clock.Elapsed.TotalSeconds };
    }

    private static int AtLeast(int least, int value, string name) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least {least}.");
}
