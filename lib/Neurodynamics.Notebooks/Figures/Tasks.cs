using Neurodynamics.Notebooks.Charts;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>A quantity of trials, step by step or lag by lag.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Values">As counted in trials.</param>
/// <param name="Expected">What is expected by a formula, at the same places; default none known.</param>
public sealed record Counted(string Name, IReadOnlyList<double> Values, IReadOnlyList<double>? Expected = null)
    : Described;

public static partial class Figures
{
    /// <summary>
    /// One trial of the integration task in three panels: the noise, its discounted sum, and the binary target (the
    /// report's figure 2 has the first and the last).
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="trials">Trials of it.</param>
    /// <param name="trial">Which of them, from 0; default the first.</param>
    /// <param name="channel">Which channel, from 0; default the first.</param>
    public static GenericChart IntegrationTrial(Integration task, Trials trials, int trial = 0, int channel = 0) =>
        IntegrationReadings([("", task)], trials, trial, channel, "One trial of the integration task");

    /// <summary>
    /// The same noise under several readings of the integration task, in three panels: noise, discounted sums, each
    /// divided by its largest modulus where there are several, and targets.
    /// </summary>
    /// <param name="readings">The readings and what to call them.</param>
    /// <param name="trials">Trials of any of them: only the noise is taken.</param>
    /// <param name="trial">Which of them, from 0; default the first.</param>
    /// <param name="channel">Which channel, from 0; default the first.</param>
    /// <param name="title">The title.</param>
    public static GenericChart IntegrationReadings(
        IReadOnlyList<(string Name, Integration Task)> readings, Trials trials, int trial = 0, int channel = 0,
        string title = "The same noise, read differently")
    {
        bool one = readings.Count == 1;
        double[] time = Numbers(1, trials.Steps);
        var panels = new Panels(
            title, one ? 520 : 500 + 40 * readings.Count, [1, 1, one ? 0.45 : 0.35 * readings.Count], sharesX: true);
        panels[0].X.Titled("step").From(0, trials.Steps + 1);
        panels[0].Y.Titled("noise");
        panels[1].Y.Titled(one ? "sum" : "sum / largest");
        panels[0].Line("noise", time, trials.Inputs.Trial(trial).Column(channel), Paint.Grey,
            $"step {Hover.X}<br>noise: {Hover.YAs(".3~f")}", 1.5);
        for (int reading = 0; reading < readings.Count; reading++)
        {
            var (name, task) = readings[reading];
            double[] sums = task.Sums(trials, trial, channel);
            double scale = one ? 1 : sums.Max(Math.Abs), offset = 1.5 * (readings.Count - 1 - reading);
            string label = one ? "" : name + ", ";
            panels[1].Line(one ? "sum" : name, time, sums.Select(sum => sum / scale), Nth(reading).Paint,
                $"{label}step {Hover.X}<br>sum{(one ? "" : ", scaled")}: {Hover.YAs(".3~f")}", dash: NthDash(reading));
            panels[2].Line(one ? "target" : name, time, sums.Select(sum => (sum > 0 ? 1 : 0) + offset), one
                ? Paint.Vermillion
                : Nth(reading).Paint,
                $"{label}step {Hover.X}<br>target: {Hover.Custom}", 2.5, NthDash(reading), steps: true)
                    .Custom(sums.Select(sum => sum > 0 ? 1 : 0));
        }
        panels[2].Y.Titled("target").From(-0.2, 1.2 + 1.5 * (readings.Count - 1))
            .Ticks(readings.SelectMany((_, i) => new[] { 1.5 * i, 1.5 * i + 1 }),
                readings.SelectMany(_ => new[] { "0", "1" }));
        return panels.Chart();
    }

    /// <summary>
    /// What each sample weighs in the sum after several steps, a panel per reading of the integration task.
    /// </summary>
    /// <param name="readings">The readings and what to call them.</param>
    /// <param name="steps">The steps T after which the sum is looked at, counted from 0.</param>
    public static GenericChart DiscountWeights(
        IReadOnlyList<(string Name, Integration Task)> readings, IReadOnlyList<int> steps)
    {
        var panels = new Panels("What a sample weighs in the sum", 380, columns: readings.Count);
        for (int column = 0; column < readings.Count; column++)
        {
            var panel = panels[0, column];
            panel.Caption(readings[column].Name);
            // The longest first, so that a shorter one that covers the same curve is still seen.
            foreach (int i in Enumerable.Range(0, steps.Count).OrderByDescending(i => steps[i]))
            {
                double[] weights = readings[column].Task.Weights(steps[i]);
                panel.Line($"sum after step {steps[i]}", Numbers(0, weights.Length), weights, Nth(i).Paint,
                    $"sum after step {steps[i]}<br>sample {Hover.X} weighs {Hover.YAs(".3~g")}",
                        1.5 + 1.5 * (steps.Count - 1 - i), NthDash(i));
            }
            panel.X.Titled("sample t").From(-2, steps.Max() + 2);
            panel.Y.From(0, 1.05);
        }
        panels[0].Y.Titled("weight");
        return panels.Chart();
    }

    /// <summary>
    /// How often the targets of two readings of a task differ on the same noise, by step: counted in trials as markers,
    /// expected as lines.
    /// </summary>
    /// <param name="pairs">The share of targets that differ after each step, for each pair of readings.</param>
    public static GenericChart Disagreement(IReadOnlyList<Counted> pairs)
    {
        var panels = new Panels("How often the targets differ", 420);
        var panel = panels[0];
        Draw(panel, pairs, first: 1, every: 3, at => $"step {at}", ".1%");
        panel.X.Titled("step").From(0, pairs[0].Values.Count + 1);
        panel.Y.Titled("targets that differ").Percent().From(0, 0.55);
        panel.Level(0.5, "chance");
        return panels.Chart();
    }

    /// <summary>
    /// How long a target stays what it is: the correlation of the target after a step with that some steps later.
    /// Markers are counted in trials, lines are expected.
    /// </summary>
    /// <param name="tasks">The correlation at each lag from 0 on.</param>
    /// <param name="step">The step from which it is counted, from 0.</param>
    public static GenericChart TargetAutocorrelation(IReadOnlyList<Counted> tasks, int step)
    {
        var panels = new Panels("How long a target stays what it is", 420);
        Draw(panels[0], tasks, first: 0, every: 2, at => $"{at} steps later", ".3~f");
        panels[0].X.Titled($"steps after step {step}");
        panels[0].Y.Titled("correlation of targets").From(-0.08, 1.05);
        return panels.Chart();
    }

    /// <summary>
    /// In what share of trials so many channels have been set, by step: areas are counted in trials, the dotted line is
    /// the expectation for all channels.
    /// </summary>
    /// <param name="shares">The share of trials with 0 to K channels set after each step [T, K + 1].</param>
    /// <param name="allExpected">The share expected with all channels set after each step; default none known.</param>
    public static GenericChart ChannelsSet(double[,] shares, IReadOnlyList<double>? allExpected = null)
    {
        var panels = new Panels("How many bits are set", 420);
        double[] time = Numbers(1, shares.GetLength(0));
        Paint[] paints = [Paint.Grey, Paint.SkyBlue, Paint.Orange, Paint.Green, Paint.Purple, Paint.Yellow];
        for (int number = shares.GetLength(1) - 1; number >= 0; number--)
            panels[0].Line(Number.Of(number, "bit"), time, shares.Column(number), paints[number % paints.Length],
                $"step {Hover.X}<br>{number} set in {Hover.YAs(".1%")} of trials", 0.5)
                    .Stacked(paints[number % paints.Length]);
        if (allExpected is not null)
            panels[0].Line("all, expected", time, allExpected, Paint.Black,
                $"step {Hover.X}<br>all set expected in {Hover.YAs(".1%")} of trials", 2, Dash.Dot);
        panels[0].X.Titled("step").From(1, time.Length);
        panels[0].Y.Titled("share of trials").Percent().From(0, 1);
        return panels.Chart();
    }

    /// <summary>
    /// How well a leaky integrator (<see cref="Baselines.Leaky"/>) does at tasks, by what it keeps of its sum at each
    /// step.
    /// </summary>
    /// <param name="tasks">What to call each task, and the share of right decisions with each leak.</param>
    /// <param name="leaks">The leaks.</param>
    public static GenericChart LeakyBaselines(
        IReadOnlyList<(string Name, IReadOnlyList<double> Right)> tasks, IReadOnlyList<double> leaks)
    {
        var panels = new Panels("A leaky integrator at each task", 440);
        for (int i = 0; i < tasks.Count; i++)
            panels[0].Line(tasks[i].Name, leaks, tasks[i].Right, Nth(i).Paint,
                $"{tasks[i].Name}<br>leak {Hover.X}: {Hover.YAs(".2%")} right")
                .Marked(Nth(i).Paint, Nth(i).Symbol, 6);
        panels[0].X.Titled("leak: what is left of the sum after a step");
        panels[0].Y.Titled("right decisions").Percent().From(0.45, 1.02);
        panels[0].Upright(1, "1: plain sum");
        return panels.Chart();
    }

    /// <summary>Markers for what was counted, at every so many places, and a line for what is expected.</summary>
    private static void Draw(
        Panel panel, IReadOnlyList<Counted> lines, int first, int every, Func<string, string> place, string format)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            var (name, values, expected) = lines[i];
            string hover = $"{name}<br>{place(Hover.X)}: {Hover.YAs(format)} ";
            if (expected is not null) panel.Line(
                name, Numbers(first, expected.Count), expected, Nth(i).Paint, hover + "expected");
            int[] shown = [.. Enumerable.Range(0, values.Count).Where(at => at % every == 0)];
            panel.Markers(name, shown.Select(at => (double)(first + at)), shown.Select(at => values[at]), Nth(i).Paint,
                hover + "counted", Nth(i).Symbol, 6);
        }
    }
}
