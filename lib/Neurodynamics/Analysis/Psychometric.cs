using Neurodynamics.Models;
using Neurodynamics.Tasks;

namespace Neurodynamics.Analysis;

/// <summary>How often a network answers +1, by the coherence of one stream in one context.</summary>
/// <param name="Context">Which stream counts.</param>
/// <param name="Varied">The stream whose coherence is meant; the other one is drawn anew in every trial.</param>
/// <param name="Coherences">The coherences, the most negative first.</param>
/// <param name="Share">The share of trials with a readout above 0 at the last step, for each of them.</param>
public sealed record Psychometric(
    ContextDecision.Context Context, ContextDecision.Context Varied, double[] Coherences, double[] Share) : Described
{
    /// <summary>
    /// How much the answer depends on the stream: the share at the largest coherence less that at the most negative
    /// one, 1 where it decides alone and 0 where it does not matter.
    /// </summary>
    public double Weight => Share[^1] - Share[0];

    /// <summary>The curves of both streams in both contexts.</summary>
    /// <param name="network">A network for the task.</param>
    /// <param name="task">The task.</param>
    /// <param name="steps">T, steps of each trial.</param>
    /// <param name="trials">Trials for each coherence; default 200.</param>
    /// <param name="seed">Seed of noise and of the other stream; default 1.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public static IReadOnlyList<Psychometric> Of(Network network, ContextDecision task, int steps, int trials = 200,
        long seed = 1, CancellationToken cancellation = default)
    {
        Demand.Given((network, task));
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        double[] coherences = task.Coherences();
        Demand.Room(coherences.Length, trials, steps, task.InputSize);
        var curves = new List<Psychometric>();
        foreach (var context in Enum.GetValues<ContextDecision.Context>())
            foreach (var varied in Enum.GetValues<ContextDecision.Context>())
            {
                cancellation.ThrowIfCancellationRequested();
                var random = Seeds.Random(seed, $"{context} {varied}");
                var conditions = coherences.SelectMany(coherence => Enumerable.Range(0, trials).Select(_ =>
                {
                    double other = coherences[random.Next(coherences.Length)];
                    return varied == ContextDecision.Context.Motion
                        ? new ContextDecision.Condition(context, coherence, other) : new(context, other, coherence);
                })).ToList();
                double[] answers = network.Readouts(task.Of(conditions, steps, seed).Inputs).AtStep(^1).Column(0);
                curves.Add(new(context, varied, coherences,
                    [.. answers.Chunk(trials).Select(some => some.Count(answer => answer > 0) / (double)trials)]));
            }
        return curves;
    }
}
