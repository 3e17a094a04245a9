using Neurodynamics.Dynamics;
using Neurodynamics.Models;
using Neurodynamics.Tasks;

namespace Neurodynamics.Analysis;

/// <summary>
/// Where a trial settles once no more input comes, and what the network reads out there. Without a readout the signs
/// are empty.
/// </summary>
/// <param name="Trial">The trial.</param>
/// <param name="Attractor">
/// The attractor that it came to, an index in the list of points; null where it came to none of them.
/// </param>
/// <param name="Answer">
/// Signs that the network reads out at the trial's end, a character per channel: + where the output is above 0,
/// otherwise -.
/// </param>
/// <param name="Target">
/// Signs that the task asks for there; ? for a channel that does not count or is not decided.
/// </param>
/// <param name="Settled">Signs that the network reads out after the silence.</param>
public sealed record Settling(int Trial, int? Attractor, string Answer, string Target, string Settled) : Described
{
    /// <summary>
    /// Whether the answer at the trial's end is still read out after the silence, on all channels that count.
    /// </summary>
    public bool KeepsAnswer => Agree(Answer, Settled);

    /// <summary>
    /// Whether the network reads out after the silence what the task asks for, on all channels that count.
    /// </summary>
    public bool KeepsTarget => Agree(Target, Settled);

    /// <summary>Runs trials to their end, and on without input until they rest.</summary>
    /// <param name="network">The network; it is run in float64.</param>
    /// <param name="points">Its fixed points without input.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="steps">
    /// Silent steps; default 2000, about thirteen of the slowest time constants of the workbook's integrators with one
    /// channel.
    /// </param>
    /// <param name="arrival">Distance from an attractor that counts as there; default 0.01.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public static IReadOnlyList<Settling> Of(
        Network network, IReadOnlyList<Linearisation> points, Trials trials, int steps = 2000, double arrival = 0.01,
        double[]? start = null, CancellationToken cancellation = default)
    {
        Demand.Given((network, points, trials));
        bool reads = network.Readout is not null;
        if (reads) Demand.Shape(trials.Targets, [-1, -1, network.Channels], nameof(trials));
        var exact = network.InDouble();
        int last = trials.Steps - 1;
        double[,] end = exact.Run(trials.Inputs, start).AtStep(^1);
        double[,] rest = new ConstantInput(exact.Cell).After(end, steps, cancellation);
        int[] attractors = [.. Enumerable.Range(0, points.Count).Where(i => points[i].IsAttractor)];
        double[][] places = [.. attractors.Select(i => points[i].Point.State)];
        double[] apart = Distances.ToNearest(rest, places);
        int[] nearest = Distances.Nearest(rest, places);
        var (answers, settled) = (Signs(end), Signs(rest));
        return [.. Enumerable.Range(0, trials.Count).Select(i =>
            new Settling(i, apart[i] <= arrival ? attractors[nearest[i]] : null, answers[i], Target(i), settled[i]))];

        string[] Signs(double[,] states)
        {
            if (!reads) return [.. Enumerable.Repeat("", trials.Count)];
            double[,] logits = exact.Logits(states);
            return [.. Enumerable.Range(0, trials.Count)
                .Select(i => string.Concat(logits.Row(i).Select(logit => logit > 0 ? '+' : '-')))];
        }

        string Target(int trial) => !reads ? "" : string.Concat(Enumerable.Range(0, trials.Channels).Select(channel =>
            !trials.IsDecided(trial, last, channel) ? '?' : trials.Targets[trial, last, channel] > 0.5 ? '+' : '-'));
    }

    private bool Agree(string said, string settled) =>
        Enumerable.Range(0, Target.Length).All(i => Target[i] == '?' || said[i] == settled[i]);
}
