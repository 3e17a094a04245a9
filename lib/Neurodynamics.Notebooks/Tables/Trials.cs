using System.Globalization;
using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tasks;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per discount factor: how many samples make up a share of the variance of the sum, and which, in both
    /// readings of the report's formula.
    /// </summary>
    /// <param name="gammas">The discount factors.</param>
    /// <param name="share">The share, in (0, 1].</param>
    /// <param name="step">After which step, counted from 0.</param>
    public static DataFrame Horizons(IReadOnlyList<double> gammas, double share, int step)
    {
        // The weights are the same in both readings, in opposite order.
        return Table.Of(gammas)
            .Column("gamma", gamma => gamma)
            .Column("as printed", gamma => Which("the first", gamma))
            .Column("leaky", gamma => Which("the last", gamma))
            .Column("samples by then", _ => step + 1);

        string Which(string end, double gamma) =>
            $"{(gamma == 1 ? "any" : end)} {new Integration { Gamma = gamma }.Horizon(share, step)}";
    }

    /// <summary>
    /// How good the linear picture is at equal distance and at equal error: a row per network with the median error at
    /// some distances, as a share of the displacement, the distance at which it comes to the limit, the median distance
    /// of the trials' steps from the nearest point, and the share of steps that are nearer than that reach.
    /// </summary>
    /// <param name="networks">The networks.</param>
    /// <param name="distances">Distances; the errors have to be known there.</param>
    public static DataFrame LinearErrors(IReadOnlyList<LinearView> networks, params IReadOnlyList<double> distances) =>
        Table.Of(networks)
            .Column("network", network => network.Name)
            .Each(distances, (table, distance) => table.Column(
                string.Create(CultureInfo.InvariantCulture, $"error at distance {distance:G3}"), network =>
                LinearError.Medians(network.Errors).MinBy(at => Math.Abs(Math.Log(at.Distance / distance))).Error))
            .Column("reach", network => network.Reach)
            .Column("median distance of trials", network => network.Steps.Select(step => step.Distance).Median())
            .Column("steps within reach", network => network.Within);

    /// <summary>
    /// How well the nearest point's linearisation forecasts single steps of trials: a row for all steps, for those
    /// under the points' own input, for the others, and for those within the linear picture's reach. Each has its
    /// number as a share of all, the medians of distance, motion and error, and the error as a share of the motion.
    /// </summary>
    /// <param name="forecasts">The steps.</param>
    /// <param name="reach">The distance up to which the linear picture counts as good.</param>
    public static DataFrame Forecasts(IReadOnlyList<StepForecast> forecasts, double reach)
    {
        (string Name, Func<StepForecast, bool> Holds)[] groups =
        [
            ("all steps", _ => true),
            ("silent steps", step => step.Silent),
            ("steps with input", step => !step.Silent),
            ("within reach", step => step.Distance <= reach),
            ("within reach, and silent", step => step.Silent && step.Distance <= reach),
        ];
        return Table.Of(groups.Select(group => (group.Name, Steps: forecasts.Where(group.Holds).ToArray()))
                // Where no step is silent, there is nothing to say about silent ones.
                .Where(group => group.Steps.Length > 0 || !group.Name.Contains("silent", StringComparison.Ordinal)))
            .Column("steps", group => group.Name)
            .Column("share", group => group.Steps.Length / (double)forecasts.Count)
            .Column("median distance", group => group.Steps.Select(step => step.Distance).Median())
            .Column("median motion", group => group.Steps.Select(step => step.Motion).Median())
            .Column("median error", group => group.Steps.Select(step => step.Error).Median())
            .Column("error / motion", group => group.Steps.Select(step => step.Error / step.Motion).Median());
    }

    /// <summary>
    /// A row per network: trials, how many came to an attractor of the list after their end, how many different
    /// attractors, how many different answers are read out at rest, and the shares of trials in which that is the
    /// network's answer at the trial's end, and the task's. Where no network has a readout, nothing is read out.
    /// </summary>
    /// <param name="networks">The name of each network and where its trials settled.</param>
    public static DataFrame Settled(IReadOnlyList<(string Name, IReadOnlyList<Settling> Trials)> networks) =>
        Table.Of(networks)
        .Column("network", entry => entry.Name)
        .Column("trials", entry => entry.Trials.Count)
        .Column("came to an attractor", entry => entry.Trials.Count(trial => trial.Attractor is not null))
        .Column("different attractors", entry => entry.Trials.Select(trial => trial.Attractor).OfType<int>().Distinct()
            .Count())
        .When(networks.Any(entry => entry.Trials.Any(trial => trial.Answer.Length > 0)), table => table
            .Column("different readouts", entry => entry.Trials.Select(trial => trial.Settled).Distinct().Count())
            .Column("reads the answer", entry => Share(entry.Trials, trial => trial.KeepsAnswer))
            .Column("reads the target", entry => Share(entry.Trials, trial => trial.KeepsTarget)));

    private static double Share(IReadOnlyList<Settling> trials, Func<Settling, bool> holds) =>
        trials.Any(trial => trial.Answer.Length > 0) ? trials.Count(holds) / (double)trials.Count : double.NaN;

    /// <summary>
    /// A row per network: the share of decisions that are right when the network makes them and when its linearisations
    /// do, and the share in which both decide alike.
    /// </summary>
    /// <param name="networks">
    /// The name of each network, and its own decisions compared with those of <see cref="LocalLinear"/>.
    /// </param>
    public static DataFrame Decisions(IReadOnlyList<(string Name, Agreement Agreement)> networks) => Table.Of(networks)
        .Column("network", entry => entry.Name)
        .Column("network right", entry => entry.Agreement.First)
        .Column("linearisations right", entry => entry.Agreement.Second)
        .Column("both alike", entry => entry.Agreement.Alike);

    /// <summary>
    /// How steps approach the points under their own inputs, beside the nearest points without input and, of steps with
    /// input, the points under the inputs of other steps: medians of the distance from the state after the step, and of
    /// the cosine between the step and the way there. A row per kind of goal and of step.
    /// </summary>
    /// <param name="steps">The steps.</param>
    /// <param name="own">What a solver returned for <see cref="TrialSteps.UnderOwnInputs"/>.</param>
    /// <param name="points">The points without input.</param>
    public static DataFrame OwnInputs(TrialSteps steps, FixedPointSolution own, IReadOnlyList<StatePoint> points)
    {
        double[,] nearest = steps.Nearest(points);
        int[] found = [.. Enumerable.Range(0, steps.Count).Where(i => own.Endings[i] == Ending.FixedPoint)];
        int[] driven = [.. found.Where(i => steps.Inputs.Row(i).Any(value => value != 0))];
        double[,] others = (double[,])own.States.Clone();
        foreach (var (i, step) in driven.Index())
        {
            int next = driven[(i + 1) % driven.Length];
            for (int s = 0; s < others.GetLength(1); s++) others[step, s] = own.States[next, s];
        }
        (string Goal, Approach Approach)[] rows =
        [
            ("all steps: nearest point without input", Approach.Of(steps, nearest, found)),
            ("all steps: point under own input", Approach.Of(steps, own.States, found)),
            ("steps with input: nearest point without input", Approach.Of(steps, nearest, driven)),
            ("steps with input: point under own input", Approach.Of(steps, own.States, driven)),
            ("steps with input: point under another step's input", Approach.Of(steps, others, driven)),
        ];
        return Table.Of(rows).Assuming(own.Problem.Cell.Unchecked)
            .Column("goal", row => row.Goal)
            .Column("steps", row => row.Approach.Steps)
            .Column("median distance after", row => row.Approach.MedianDistance)
            .Column("median cosine", row => row.Approach.MedianCosine);
    }
}
