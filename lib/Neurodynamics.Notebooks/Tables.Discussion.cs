using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// What the nearest point's linearisation tells of single steps of trials, a row for all steps, for those under the points' own input, for the
    /// others, and for those inside the radius of the nearest point: number, share of all, medians of distance, motion and error, and the error as a share of the motion.
    /// </summary>
    /// <param name="forecasts">The steps.</param>
    public static DataFrame Forecasts(IReadOnlyList<StepForecast> forecasts)
    {
        (string Name, StepForecast[] Steps)[] groups =
        [
            ("all steps", [.. forecasts]),
            ("silent steps", [.. forecasts.Where(step => step.Silent)]),
            ("steps with input", [.. forecasts.Where(step => !step.Silent)]),
            ("inside the radius", [.. forecasts.Where(step => step.Distance <= step.Radius)]),
            ("inside, and silent", [.. forecasts.Where(step => step.Silent && step.Distance <= step.Radius)]),
        ];
        // Where no step is silent, nothing is to be told of silent ones.
        groups = [.. groups.Where(group => group.Steps.Length > 0 || !group.Name.Contains("silent", StringComparison.Ordinal))];
        return new(
            new StringDataFrameColumn("steps", groups.Select(group => group.Name)),
            new PrimitiveDataFrameColumn<double>("share", groups.Select(group => group.Steps.Length / (double)forecasts.Count)),
            new PrimitiveDataFrameColumn<double>("median distance", groups.Select(group => Median(group.Steps.Select(step => step.Distance)))),
            new PrimitiveDataFrameColumn<double>("median motion", groups.Select(group => Median(group.Steps.Select(step => step.Motion)))),
            new PrimitiveDataFrameColumn<double>("median error", groups.Select(group => Median(group.Steps.Select(step => step.Error)))),
            new PrimitiveDataFrameColumn<double>("error / motion", groups.Select(group => Median(group.Steps.Select(step => step.Error / step.Motion)))));
    }

    /// <summary>
    /// A row per network: trials, how many came to an attractor of the list after their end, how many different ones, how many different answers are read out at rest, and
    /// the shares of trials in which that is the network's answer at the trial's end, and the task's.
    /// </summary>
    /// <param name="networks">Name of each network and where its trials settled.</param>
    public static DataFrame Settled(IReadOnlyList<(string Name, IReadOnlyList<Settling> Trials)> networks) => new(
        new StringDataFrameColumn("network", networks.Select(entry => entry.Name)),
        new PrimitiveDataFrameColumn<int>("trials", networks.Select(entry => entry.Trials.Count)),
        new PrimitiveDataFrameColumn<int>("came to an attractor", networks.Select(entry => entry.Trials.Count(trial => trial.Attractor is not null))),
        new PrimitiveDataFrameColumn<int>("different attractors", networks.Select(entry => entry.Trials.Where(trial => trial.Attractor is not null).Select(trial => trial.Attractor).Distinct().Count())),
        new PrimitiveDataFrameColumn<int>("different readouts", networks.Select(entry => entry.Trials.Select(trial => trial.Settled).Distinct().Count())),
        new PrimitiveDataFrameColumn<double>("reads the answer", networks.Select(entry => entry.Trials.Count(trial => trial.KeepsAnswer) / (double)entry.Trials.Count)),
        new PrimitiveDataFrameColumn<double>("reads the target", networks.Select(entry => entry.Trials.Count(trial => trial.KeepsTarget) / (double)entry.Trials.Count)));

    /// <summary>
    /// A row per network: the share of decisions, over all trials, steps and channels that count, that are right when the network makes them and when its
    /// linearisations do, and the share in which both decide alike.
    /// </summary>
    /// <param name="networks">Name, network, trials, and the states [B, T, S] of a run by <see cref="LocalLinear"/>.</param>
    public static DataFrame Decisions(IReadOnlyList<(string Name, Network Network, Trials Trials, double[,,] Linear)> networks)
    {
        var shares = networks.Select(entry => Agreement.Of(entry.Network, entry.Trials, entry.Network.Run(entry.Trials.Inputs), entry.Linear)).ToArray();
        return new(
            new StringDataFrameColumn("network", networks.Select(entry => entry.Name)),
            new PrimitiveDataFrameColumn<double>("network right", shares.Select(share => share.First)),
            new PrimitiveDataFrameColumn<double>("linearisations right", shares.Select(share => share.Second)),
            new PrimitiveDataFrameColumn<double>("both alike", shares.Select(share => share.Alike)));
    }

    /// <summary>
    /// What the points under the steps' own inputs tell of the steps, beside the nearest points without input: medians of the distance from the state
    /// after the step, and of the cosine between the step and the way there. A row per kind of goal and of step.
    /// </summary>
    /// <param name="steps">The steps.</param>
    /// <param name="own">What a solver returned for <see cref="TrialSteps.UnderOwnInputs"/>.</param>
    /// <param name="points">The points without input.</param>
    public static DataFrame OwnInputs(TrialSteps steps, FixedPointSolution own, IReadOnlyList<StatePoint> points)
    {
        var (silentGoals, ownGoals) = (Goals(steps, points), own.States);
        var (towardsSilent, towardsOwn) = (steps.CosinesTowards(silentGoals), steps.CosinesTowards(ownGoals));
        var found = Enumerable.Range(0, steps.Count).Where(i => own.Endings[i] == Ending.FixedPoint).ToArray();
        var driven = found.Where(i => Enumerable.Range(0, steps.Inputs.GetLength(1)).Any(j => steps.Inputs[i, j] != 0)).ToArray();
        (string Name, int[] Steps, double[,] Goals, double[] Cosines)[] rows =
        [
            ("all steps: nearest point without input", found, silentGoals, towardsSilent),
            ("all steps: point under own input", found, ownGoals, towardsOwn),
            ("steps with input: nearest point without input", driven, silentGoals, towardsSilent),
            ("steps with input: point under own input", driven, ownGoals, towardsOwn),
        ];
        return new(
            new StringDataFrameColumn("goal", rows.Select(row => row.Name)),
            new PrimitiveDataFrameColumn<int>("steps", rows.Select(row => row.Steps.Length)),
            new PrimitiveDataFrameColumn<double>("median distance after", rows.Select(row => Median(row.Steps.Select(i => steps.After.Row(i).Distance(row.Goals.Row(i)))))),
            new PrimitiveDataFrameColumn<double>("median cosine", rows.Select(row => Median(row.Steps.Select(i => row.Cosines[i]).Where(double.IsFinite)))));
    }

    /// <summary>A row per verdict: how many claims have it, and in which notebooks.</summary>
    /// <param name="claims">The table of <see cref="Claims"/>.</param>
    public static DataFrame Verdicts(DataFrame claims)
    {
        var groups = claims.Rows.GroupBy(row => row["verdict"].ToString()!).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).ToArray();
        return new(
            new StringDataFrameColumn("verdict", groups.Select(group => group.Key)),
            new PrimitiveDataFrameColumn<int>("claims", groups.Select(group => group.Count())),
            new StringDataFrameColumn("notebooks", groups.Select(group => string.Join(", ", group.Select(row => row["notebook"].ToString()![..2]).Distinct().Order(StringComparer.Ordinal)))));
    }

    /// <summary>The nearest of the points to the state before each step.</summary>
    private static double[,] Goals(TrialSteps steps, IReadOnlyList<StatePoint> points) =>
        Enumerable.Range(0, steps.Count).Select(i => points.MinBy(point => Enumerable.Range(0, point.State.Length).Sum(j => (steps.Before[i, j] - point.State[j]) * (steps.Before[i, j] - point.State[j])))!.State)
            .ToMatrix(steps.Before.GetLength(1));
}
