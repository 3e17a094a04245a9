using System.Text.Json.Serialization;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tasks;

namespace Neurodynamics.Sweeps;

public sealed partial record SweepRow
{
    /// <summary>
    /// How many states are nearest to an axis, by step and, last, over whole trials; empty for other tasks than the
    /// flip-flop and where bits determine no directions, null in rows that were made before this was counted.
    /// </summary>
    [JsonPropertyOrder(5)]
    public IReadOnlyList<AxesByStep>? Axes { get; init; }
}

internal sealed class AxesStatistic : Statistic
{
    public override string Column => "axes";

    public override bool IsIn(SweepRow row) => row.Axes is not null;

    public override SweepRow Into(SweepRow row, MeasuredNetwork network)
    {
        if (network.Recipe.Task is not FlipFlop task) return row with { Axes = [] };
        var (measure, length) = (network.Measure, network.Recipe.Training.Steps);
        var descent = new GradientDescent
        {
            Reading = SpeedReading.MeanSquare,
            LearningRate = measure.AxisRate,
            MaxSteps = measure.DescentSteps,
        };
        return row with
        {
            Axes = AxesByStep.Of(network.Network, task, descent, [.. measure.AxisSteps.Where(step => step <= length)],
                measure.Stops, over: length, seed: Seeds.Derive(network.Recipe.Seed, "sweep axes"),
                cancellation: network.Cancellation),
        };
    }
}
