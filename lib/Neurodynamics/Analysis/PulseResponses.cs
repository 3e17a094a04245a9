using Neurodynamics.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>What a pulse does to a network that rests in an attractor.</summary>
/// <param name="From">The attractor, its index in the list of points.</param>
/// <param name="Input">The input during the pulse, I values.</param>
/// <param name="Held">Steps that the pulse lasts.</param>
/// <param name="To">The attractor reached afterwards, an index in the list of points; null where none was reached.</param>
/// <param name="Steps">Steps under the attractor's own input until it was reached, or until the limit.</param>
public sealed record PulseResponse(int From, double[] Input, int Held, int? To, int Steps);

/// <summary>Pulses from every attractor: the input changes for some steps, is then the attractor's own again, and the state goes where it goes.</summary>
/// <param name="Points">The points, as given.</param>
/// <param name="Responses">A response for each attractor and pulse, by attractor.</param>
public sealed record PulseResponses(IReadOnlyList<Linearisation> Points, IReadOnlyList<PulseResponse> Responses)
{
    /// <summary>A pulse of +1 and one of -1 on each channel alone, and none on the others: 2 K inputs, +1 first.</summary>
    /// <param name="channels">K, at least 1.</param>
    /// <param name="height">Size of the pulses; default 1.</param>
    public static IReadOnlyList<double[]> OneChannelEach(int channels, double height = 1) =>
    [
        .. from channel in Enumerable.Range(0, channels)
           from sign in new[] { 1, -1 }
           select Enumerable.Range(0, channels).Select(other => other == channel ? sign * height : 0.0).ToArray(),
    ];

    /// <summary>Gives every pulse to the network in every attractor.</summary>
    /// <param name="cell">The cell; it is analysed in float64.</param>
    /// <param name="points">Its points, of which those without unstable modes are started from and arrived at.</param>
    /// <param name="pulses">The inputs during a pulse, each of I values.</param>
    /// <param name="held">Steps that a pulse lasts; default 1.</param>
    /// <param name="arrival">Euclidean distance from an attractor at which a state that comes nearer has arrived; default 0.01.</param>
    /// <param name="maxSteps">Steps after the pulse at most; default 2000.</param>
    /// <exception cref="ArgumentException">A pulse does not fit the cell.</exception>
    public static PulseResponses Of(Cell cell, IReadOnlyList<Linearisation> points, IReadOnlyList<double[]> pulses, int held = 1, double arrival = 0.01, int maxSteps = 2000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(held, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        if (pulses.FirstOrDefault(pulse => pulse.Length != cell.InputSize) is { } misfit)
            throw new ArgumentException($"The cell has {cell.InputSize} inputs, but a pulse holds {misfit.Length} values.", nameof(pulses));
        int[] attractors = [.. Enumerable.Range(0, points.Count).Where(i => points[i].IsAttractor)];
        var runs = attractors.SelectMany(_ => pulses, (from, pulse) => new PulseResponse(from, pulse, held, null, maxSteps)).ToArray();
        if (runs.Length == 0) return new(points, runs);

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = cell.InDouble();
        var x = tensor(runs.Select(run => points[run.From].Point.State).ToList().ToMatrix(cell.StateSize));
        var pulsed = tensor(runs.Select(run => run.Input).ToList().ToMatrix(cell.InputSize));
        var own = tensor(runs.Select(run => points[run.From].Point.Input).ToList().ToMatrix(cell.InputSize));
        var goals = tensor(attractors.Select(i => points[i].Point.State).ToList().ToMatrix(cell.StateSize));
        for (int step = 0; step < held; step++) x = exact.Step(pulsed, x);
        var before = Distances();
        for (int step = 1; step <= maxSteps && runs.Any(run => run.To is null); step++)
        {
            using var inner = NewDisposeScope();
            x = exact.Step(own, x).MoveToOuterDisposeScope();
            var now = Distances();
            for (int i = 0; i < runs.Length; i++)
            {
                if (runs[i].To is not null) continue;
                int goal = Enumerable.Range(0, attractors.Length).MinBy(j => now[i, j]);
                bool same = points[attractors[goal]].Point.Input.AsSpan().SequenceEqual(points[runs[i].From].Point.Input);
                // A pulse that changes nothing leaves the state where it is: at distance 0, and no nearer than before.
                if (same && now[i, goal] <= arrival && now[i, goal] <= before[i, goal]) runs[i] = runs[i] with { To = attractors[goal], Steps = step };
            }
            before = now;
        }
        return new(points, runs);

        double[,] Distances()
        {
            using var inner = NewDisposeScope();
            return (x.unsqueeze(1) - goals.unsqueeze(0)).norm(2).ToMatrix();
        }
    }
}
