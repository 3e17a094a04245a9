using System.Text.Json.Serialization;
using Neurodynamics.FixedPoints;
using static TorchSharp.torch;

namespace Neurodynamics.Sweeps;

public sealed partial record SweepRow
{
    /// <summary>
    /// Algorithm 1 before its first step, wherever it passed one of the stops, and at its step limit.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<DescentFacts> Descent { get => Whole(DescentColumn); init => DescentColumn = value; }

    [JsonInclude, JsonPropertyName("descent"), JsonPropertyOrder(3)]
    internal IReadOnlyList<DescentFacts>? DescentColumn { get; private init; }
}

/// <summary>Algorithm 1 at one moment.</summary>
/// <param name="Stop">
/// The stop that was passed, a mean square per state variable; null for the last look, at the step limit, and for the
/// first where no stop was passed before the first step.
/// </param>
/// <param name="Step">Steps taken.</param>
/// <param name="MeanSquare">Mean square of a state variable's change in one step, over all candidates.</param>
/// <param name="Speed">The mean of q, 1/2 ||F(x) - x||^2.</param>
/// <param name="Norm">The mean of ||F(x) - x||.</param>
/// <param name="Distance">
/// Median distance from a candidate to the nearest fixed point, over the largest distance between two fixed points; NaN
/// with fewer than two.
/// </param>
public sealed record DescentFacts(
    double? Stop, int Step, double MeanSquare, double Speed, double Norm, double Distance) : Described;

internal sealed class DescentStatistic : Statistic
{
    public override string Column => "descent";

    public override bool IsIn(SweepRow row) => row.DescentColumn is not null;

    public override SweepRow Into(SweepRow row, MeasuredNetwork network) =>
        row with { Descent = network.Descent.Looks };
}

/// <summary>A run of Algorithm 1 over the candidates, with a look at it wherever it passes a stop.</summary>
/// <param name="Looks">What the looks saw.</param>
/// <param name="AtStops">The states [M, S] at each stop that was passed.</param>
/// <param name="End">The states [M, S] at the step limit.</param>
internal sealed record Descent(
    IReadOnlyList<DescentFacts> Looks, IReadOnlyDictionary<double, double[,]> AtStops, double[,] End)
{
    public static Descent Of(MeasuredNetwork network)
    {
        const int Every = 5;
        var problem = Problem(network, network.FromTrials(network.Measure.DescentCandidates));
        var (looks, atStops) = (new List<DescentFacts>(), new Dictionary<double, double[,]>());
        var waiting = new Queue<double>(network.Measure.Stops.OrderDescending());
        double widest = Widest(network.Places);
        var solution = (Algorithm(network) with { WatchEvery = Every, Watch = Look })
            .Solve(problem, cancellation: network.Cancellation);
        network.Cancellation.ThrowIfCancellationRequested();
        return new(looks, atStops, solution.States);

        void Look(DescentSnapshot now)
        {
            if (network.Cancellation.IsCancellationRequested) return;
            while (waiting.TryPeek(out double stop) && now.Loss <= stop)
            {
                waiting.Dequeue();
                looks.Add(Facts(stop, now));
                atStops[stop] = now.States;
            }
            if (now.Step == network.Measure.DescentSteps || looks.Count == 0) looks.Add(Facts(null, now));
        }

        DescentFacts Facts(double? stop, DescentSnapshot now)
        {
            double[] speeds = [.. Problem(network, now.States).Speeds().Where(double.IsFinite)];
            return new(
                stop, now.Step, 2 * speeds.Average() / network.Cell.StateSize, speeds.Average(),
                speeds.Average(speed => Math.Sqrt(2 * speed)), Distance(now.States, network.Places) / widest);
        }
    }

    /// <summary>
    /// Where Algorithm 1 leads states [M, S] in as many steps, under the same constant input in every channel.
    /// </summary>
    public static double[,] From(MeasuredNetwork network, double[,] states, double input = 0) =>
        Algorithm(network).Solve(Problem(network, states, input), cancellation: network.Cancellation).States;

    private static FixedPointProblem Problem(MeasuredNetwork network, double[,] states, double input = 0) =>
        new(network.Cell, [.. Enumerable.Repeat(input, network.Cell.InputSize)], states);

    private static GradientDescent Algorithm(MeasuredNetwork network) =>
        new() { Reading = SpeedReading.MeanSquare, StopBelow = 0, MaxSteps = network.Measure.DescentSteps };

    /// <summary>The median distance from a state to the nearest of the points; NaN where there are none.</summary>
    private static double Distance(double[,] states, double[,] points)
    {
        if (points.GetLength(0) == 0) return double.NaN;
        using var scope = NewDisposeScope();
        return cdist(states.ToTensor(), points.ToTensor()).amin([1]).median().item<double>();
    }

    /// <summary>The largest distance between two points; NaN where there are fewer than two.</summary>
    private static double Widest(double[,] points)
    {
        if (points.GetLength(0) < 2) return double.NaN;
        using var scope = NewDisposeScope();
        return cdist(points.ToTensor(), points.ToTensor()).max().item<double>();
    }
}
