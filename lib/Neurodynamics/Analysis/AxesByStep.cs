using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;

namespace Neurodynamics.Analysis;

/// <summary>
/// How many states of a flip-flop lie nearest to an axis of its channels after some steps of a trial, against how many
/// must have been told at most one bit by then.
/// </summary>
/// <param name="Steps">
/// Steps of the trial so far, from 1; null where each trial is looked at after a number of steps of its own.
/// </param>
/// <param name="Expected">
/// The probability that at most one channel was told: see <see cref="ChannelAxes.AtMostOneTold"/>.
/// </param>
/// <param name="Told">In how many trials that was so.</param>
/// <param name="Raw">How many states have at most one coordinate beyond 1/2, as trials visit them.</param>
/// <param name="Descended">The same at every stop that Algorithm 1 passed with all states, and at its end.</param>
/// <param name="Distinct">How many of the states are different.</param>
public sealed record AxesByStep(
    int? Steps, double Expected, Proportion Told, Proportion Raw, IReadOnlyList<AxesAtStop> Descended, int Distinct)
    : Described
{
    /// <summary>
    /// The counts of several networks, looked at after the same steps, as one: at each step, at the stops that all of
    /// them passed and at the end, where the mean squares are averaged. Networks without counts are left out.
    /// </summary>
    /// <param name="curves">The counts of each network.</param>
    /// <exception cref="ArgumentException">They were looked at after other steps.</exception>
    public static IReadOnlyList<AxesByStep> Together(IReadOnlyList<IReadOnlyList<AxesByStep>> curves)
    {
        Demand.Given(curves);
        IReadOnlyList<AxesByStep>[] counted = [.. curves.Where(curve => curve.Count > 0)];
        if (counted.Length == 0) return [];
        if (counted.Any(curve => !curve.Select(at => at.Steps).SequenceEqual(counted[0].Select(at => at.Steps))))
            throw new ArgumentException("The networks were looked at after other steps: give some that were looked at "
                + "alike.", nameof(curves));
        return [.. counted[0].Select((first, k) =>
        {
            AxesByStep[] all = [.. counted.Select(curve => curve[k])];
            return first with
            {
                Told = Sum(all.Select(at => at.Told)),
                Raw = Sum(all.Select(at => at.Raw)),
                Distinct = all.Sum(at => at.Distinct),
                Descended = [.. first.Descended.Select(end => all.Select(at =>
                        at.Descended.FirstOrDefault(one => one.Stop == end.Stop)).OfType<AxesAtStop>().ToArray())
                    .Where(ends => ends.Length == all.Length)
                    .Select(ends => new AxesAtStop(ends[0].Stop, ends.Max(end => end.Step),
                        ends.Average(end => end.MeanSquare), Sum(ends.Select(end => end.Near))))],
            };
        })];

        static Proportion Sum(IEnumerable<Proportion> shares) =>
            shares.Aggregate((sum, one) => new(sum.Count + one.Count, sum.Total + one.Total));
    }

    /// <summary>Counts at some steps, over trials of their own: no two states of a step share a trial.</summary>
    /// <param name="network">A network that was trained on the flip-flop.</param>
    /// <param name="task">The flip-flop.</param>
    /// <param name="descent">Algorithm 1, which all states go through together to its step limit.</param>
    /// <param name="steps">After how many steps to look, each at least 1.</param>
    /// <param name="stops">Mean squares at which the descent is looked at on its way; default none.</param>
    /// <param name="over">
    /// The length of trials over which one more row spreads evenly, each trial after steps of its own; default no such
    /// row.
    /// </param>
    /// <param name="trials">How many trials; default 64.</param>
    /// <param name="seed">Seed of the trials.</param>
    /// <param name="cancellation">Stops the descent where it is.</param>
    /// <returns>
    /// A row per step, then that over whole trials; none where the bits do not determine a direction for each channel.
    /// </returns>
    public static IReadOnlyList<AxesByStep> Of(Network network, FlipFlop task, GradientDescent descent,
        IReadOnlyList<int> steps, IReadOnlyList<double>? stops = null, int? over = null, int trials = 64, long seed = 0,
        CancellationToken cancellation = default)
    {
        Demand.Given((network, task, descent, steps));
        foreach (int step in steps.Append(over ?? 1))
            ArgumentOutOfRangeException.ThrowIfLessThan(step, 1, nameof(steps));
        if (steps.Count == 0 && over is null) return [];
        var shown = task.Sample(trials, steps.Append(over ?? 1).Max(), seed);
        // What is looked at: the step, and of each trial the number of steps that it has had.
        (int? Step, int[] At)[] looks =
        [
            .. steps.Select(step => ((int?)step, Enumerable.Repeat(step, trials).ToArray())),
            .. over is { } length
                ? [((int?)null, Enumerable.Range(0, trials)
                    .Select(trial => 1 + (int)((long)trial * length / trials)).ToArray())]
                : Array.Empty<(int?, int[])>(),
        ];
        double[,,] bits = ChannelAxes.Bits(task, shown), states = network.Run(shown.Inputs);
        if (ChannelAxes.Fit(states.Rows(), bits.Rows()) is not { } axes) return [];
        double[][] raw = [.. looks.SelectMany(look => look.At.Select((step, trial) =>
            Enumerable.Range(0, states.GetLength(2)).Select(i => states[trial, step - 1, i]).ToArray()))];
        var waiting = new Queue<double>((stops ?? []).OrderDescending());
        var seen = new List<(double? Stop, DescentSnapshot Now, double[][] States)>();
        (descent with { StopBelow = 0, Watch = Look, WatchEvery = 5 }).Solve(
            new(network.Cell, new double[network.Cell.InputSize], raw.ToMatrix(network.Cell.StateSize)),
            cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        return [.. looks.Select((look, k) => new AxesByStep(
            look.Step, look.At.Average(step => ChannelAxes.AtMostOneTold(task, step)),
            Proportion.Of([.. look.At.Index()], at => Enumerable.Range(0, shown.Channels)
                .Count(channel => bits[at.Index, at.Item - 1, channel] != 0) <= 1),
            Near(raw, k),
            [.. seen.Select(one =>
                new AxesAtStop(one.Stop, one.Now.Step, one.Now.Loss, Near(one.States, k)))],
            Merged.Copies(raw.Skip(k * trials).Take(trials)).Count))];

        void Look(DescentSnapshot now)
        {
            while (waiting.TryPeek(out double stop) && now.Loss <= stop)
                seen.Add((waiting.Dequeue(), now, now.States.Split()));
            if (now.Step == descent.MaxSteps) seen.Add((null, now, now.States.Split()));
        }

        Proportion Near(double[][] all, int look) => Proportion.Of(
            axes.Near(all.Skip(look * trials).Take(trials).ToMatrix(network.Cell.StateSize)), near => near);
    }
}

/// <summary>How many states are nearest to an axis when Algorithm 1 is somewhere.</summary>
/// <param name="Stop">The mean square that it just passed; null at its step limit.</param>
/// <param name="Step">Its step.</param>
/// <param name="MeanSquare">Mean square of a state variable's change in one step, over all candidates.</param>
/// <param name="Near">How many states have at most one coordinate beyond 1/2.</param>
public sealed record AxesAtStop(double? Stop, int Step, double MeanSquare, Proportion Near) : Described;
