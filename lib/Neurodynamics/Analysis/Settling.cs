using Neurodynamics.Models;
using Neurodynamics.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace Neurodynamics.Analysis;

/// <summary>Where a trial settles once no more input comes, and what that place reads out: whether attractors tell what the network holds.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Attractor">The attractor that it came to, an index in the list of points; null where it came to none of them.</param>
/// <param name="Answer">Signs that the network reads out at the trial's end, a character per channel: + where p is above 0.5, otherwise -.</param>
/// <param name="Target">Signs that the task asks for there; ? for a channel that does not count or is not decided.</param>
/// <param name="Settled">Signs that the network reads out after the silence.</param>
public sealed record Settling(int Trial, int? Attractor, string Answer, string Target, string Settled)
{
    /// <summary>Whether the answer at the trial's end is the one that the place of rest reads out, on all channels that count.</summary>
    public bool KeepsAnswer => Agree(Answer, Settled);

    /// <summary>Whether the place of rest reads out what the task asks for, on all channels that count.</summary>
    public bool KeepsTarget => Agree(Target, Settled);

    /// <summary>Runs trials to their end, and on without input until they rest.</summary>
    /// <param name="network">The network.</param>
    /// <param name="points">Its fixed points without input.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="steps">Silent steps; default 2000, about thirteen of the slowest time constants of the workbook's integrators with one channel.</param>
    /// <param name="arrival">Distance from an attractor that counts as there; default 0.01.</param>
    public static IReadOnlyList<Settling> Of(Network network, IReadOnlyList<Linearisation> points, Trials trials, int steps = 2000, double arrival = 0.01)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var exact = network.InDouble();
        var state = exact.Cell.Run(tensor(trials.Inputs).to(ScalarType.Float64)).select(1, trials.Steps - 1);
        var answers = Signs(state);
        var silence = zeros(1, network.Cell.InputSize, dtype: ScalarType.Float64);
        for (int step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            state = exact.Cell.Step(silence, state).MoveToOuterDisposeScope();
        }
        var settled = Signs(state);
        int[] attractors = [.. Enumerable.Range(0, points.Count).Where(i => points[i].IsAttractor)];
        var reached = new int?[trials.Count];
        if (attractors.Length > 0)
        {
            var (distance, index) = cdist(state, tensor(attractors.Select(i => points[i].Point.State).ToList().ToMatrix(network.Cell.StateSize))).min(1);
            var (near, which) = (distance.ToVector(), index.data<long>().ToArray());
            for (int i = 0; i < reached.Length; i++) reached[i] = near[i] <= arrival ? attractors[which[i]] : null;
        }
        return [.. Enumerable.Range(0, trials.Count).Select(i => new Settling(i, reached[i], answers[i], Target(i), settled[i]))];

        string[] Signs(Tensor states)
        {
            var logits = exact.Logits(states).ToMatrix();
            return [.. Enumerable.Range(0, trials.Count).Select(i => string.Concat(logits.Row(i).Select(logit => logit > 0 ? '+' : '-')))];
        }

        string Target(int trial) => string.Concat(Enumerable.Range(0, trials.Channels).Select(channel =>
            !trials.IsDecided(trial, trials.Steps - 1, channel) ? '?' : trials.Targets[trial, trials.Steps - 1, channel] > 0.5 ? '+' : '-'));
    }

    private bool Agree(string said, string settled) => Enumerable.Range(0, Target.Length).All(i => Target[i] == '?' || said[i] == settled[i]);
}
