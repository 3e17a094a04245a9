using Neurodynamics.Models;

namespace Neurodynamics.Dynamics;

/// <summary>What a pulse does to a network that rests in an attractor.</summary>
/// <param name="From">The attractor, its index in the list of points.</param>
/// <param name="Input">The input during the pulse, I values.</param>
/// <param name="Held">Steps that the pulse lasts.</param>
/// <param name="To">
/// The attractor reached afterwards, an index in the list of points; null where none was reached.
/// </param>
/// <param name="Steps">Steps under the attractor's own input until it was reached, or until the limit.</param>
public sealed record PulseResponse(int From, double[] Input, int Held, int? To, int Steps) : Described;

/// <summary>
/// Pulses from every attractor: the input changes for some steps and is then the attractor's own again, and the state
/// goes where that leads.
/// </summary>
/// <param name="Points">The points, as given.</param>
/// <param name="Responses">A response for each attractor and pulse, by attractor.</param>
public sealed record PulseResponses(IReadOnlyList<Linearisation> Points, IReadOnlyList<PulseResponse> Responses)
    : Described
{
    /// <summary>
    /// A pulse of +1 and one of -1 on each channel alone, and none on the others: 2 K inputs, +1 first.
    /// </summary>
    /// <param name="channels">K, at least 1.</param>
    /// <param name="height">Size of the pulses; default 1.</param>
    public static IReadOnlyList<double[]> OneChannelEach(int channels, double height = 1)
    {
        Demand.Room(2, channels, channels);
        return
        [
            .. from channel in Enumerable.Range(0, channels)
               from sign in new[] { 1, -1 }
               select Enumerable.Range(0, channels).Select(other => other == channel ? sign * height : 0.0).ToArray(),
        ];
    }

    /// <summary>Gives every pulse to the network in every attractor.</summary>
    /// <param name="cell">The cell; it is analysed in float64.</param>
    /// <param name="points">Its points, of which those without unstable modes are started from and arrived at.</param>
    /// <param name="pulses">The inputs during a pulse, each of I values.</param>
    /// <param name="held">Steps that a pulse lasts; default 1.</param>
    /// <param name="arrival">Euclidean distance from an attractor at which a state has arrived; default 0.01.</param>
    /// <param name="maxSteps">Steps after the pulse at most; default 2000.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    /// <exception cref="ArgumentException">A pulse does not fit the cell.</exception>
    public static PulseResponses Of(
        Cell cell, IReadOnlyList<Linearisation> points, IReadOnlyList<double[]> pulses, int held = 1,
            double arrival = 0.01, int maxSteps = 2000, CancellationToken cancellation = default)
    {
        Demand.Given((cell, points, pulses));
        ArgumentOutOfRangeException.ThrowIfNegative(held);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        if (pulses.FirstOrDefault(pulse => pulse.Length != cell.InputSize) is { } misfit)
            throw new ArgumentException(
                $"The cell has {cell.InputSize} inputs, but a pulse holds {misfit.Length} values.", nameof(pulses));
        int[] attractors = [.. Enumerable.Range(0, points.Count).Where(i => points[i].IsAttractor)];
        var runs = attractors.SelectMany(
            _ => pulses, (from, pulse) => new PulseResponse(from, pulse, held, null, maxSteps)).ToArray();
        if (runs.Length == 0) return new(points, runs);

        double[,] states = runs.Select(run => points[run.From].Point.State).ToMatrix(cell.StateSize);
        double[,] pulsed = new ConstantInput(cell, runs.Select(run => run.Input).ToMatrix(cell.InputSize))
            .After(states, held, cancellation);
        var own = new ConstantInput(cell, runs.Select(run => points[run.From].Point.Input).ToMatrix(cell.InputSize));
        var arrivals = own.Arrivals(pulsed, [.. attractors.Select(i => Goal.At(points[i].Point, arrival))], maxSteps,
            cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new(points, [.. runs.Zip(arrivals, (run, end) =>
            end.Goal is { } goal ? run with { To = attractors[goal], Steps = end.Steps } : run)]);
    }
}
