using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    // Of the readings that a figure compares, in their order.
    private static readonly (string Colour, string Dash, string Symbol)[] ByReading =
        [(Style.Blue, "solid", "circle"), (Style.Vermillion, "solid", "diamond"), (Style.Green, "solid", "square"), (Style.Purple, "solid", "triangle-up"), (Style.Orange, "solid", "cross")];

    /// <summary>One trial of the integration task in three panels: the noise, its discounted sum, and the binary target (the report's figure 2 has the first and the last).</summary>
    /// <param name="task">The task.</param>
    /// <param name="trials">Trials of it.</param>
    /// <param name="trial">Which of them, from 0; default the first.</param>
    /// <param name="channel">Which channel, from 0; default the first.</param>
    public static GenericChart IntegrationTrial(Integration task, Trials trials, int trial = 0, int channel = 0) =>
        IntegrationReadings([("", task)], trials, trial, channel, "One trial of the integration task");

    /// <summary>The same noise under several readings of the integration task, in three panels: noise, discounted sums, each divided by its largest modulus where there are several, and targets.</summary>
    /// <param name="readings">The readings and what to call them.</param>
    /// <param name="trials">Trials of any of them: only the noise is taken.</param>
    /// <param name="trial">Which of them, from 0; default the first.</param>
    /// <param name="channel">Which channel, from 0; default the first.</param>
    /// <param name="title">The title.</param>
    public static GenericChart IntegrationReadings(IReadOnlyList<(string Name, Integration Task)> readings, Trials trials, int trial = 0, int channel = 0, string title = "The same noise, read differently")
    {
        bool one = readings.Count == 1;
        var time = Enumerable.Range(1, trials.Steps).Select(step => (double)step).ToArray();
        var panels = new Panels(title, one ? 520 : 500 + 40 * readings.Count, one ? [1, 1, 0.45] : [1, 1, 0.35 * readings.Count]);
        panels.Line(0, 0, "noise", time, time.Select((_, t) => (double)trials.Inputs[trial, t, channel]), Style.Grey, "step %{x}<br>noise: %{y:.3~f}", 1.5);
        for (int reading = 0; reading < readings.Count; reading++)
        {
            var (name, task) = readings[reading];
            var (colour, _, _) = ByReading[reading % ByReading.Length];
            var sums = task.Sums(trials, trial, channel);
            double scale = one ? 1 : sums.Max(Math.Abs), offset = 1.5 * (readings.Count - 1 - reading);
            string label = one ? "" : name + ", ";
            panels.Line(1, 0, one ? "sum" : name, time, sums.Select(sum => sum / scale), one ? Style.Blue : colour, $"{label}step %{{x}}<br>sum{(one ? "" : ", scaled")}: %{{y:.3~f}}");
            panels.Line(2, 0, one ? "target" : name, time, sums.Select(sum => (sum > 0 ? 1 : 0) + offset), one ? Style.Vermillion : colour, $"{label}step %{{x}}<br>target: %{{customdata}}", 2.5, shape: "hvh")
                .With("customdata", sums.Select(sum => sum > 0 ? 1 : 0).ToArray());
        }
        panels.Y(0).With("title", Style.Title("noise"));
        panels.Y(1).With("title", Style.Title(one ? "sum" : "sum / largest"));
        panels.Y(2).With("title", Style.Title("target")).With("range", new[] { -0.2, 1.2 + 1.5 * (readings.Count - 1) })
            .With("tickvals", readings.SelectMany((_, i) => new[] { 1.5 * i, 1.5 * i + 1 }).ToArray()).With("ticktext", readings.SelectMany(_ => new[] { "0", "1" }).ToArray());
        for (int row = 0; row < 3; row++) panels.X(row).With("range", new double[] { 0, trials.Steps + 1 }).With("showticklabels", row == 2);
        panels.X(2).With("title", Style.Title("step"));
        return panels.Chart();
    }

    /// <summary>What each sample weighs in the sum after several steps, a panel per reading of the integration task.</summary>
    /// <param name="readings">The readings and what to call them.</param>
    /// <param name="steps">The steps T after which the sum is looked at, counted from 0.</param>
    public static GenericChart DiscountWeights(IReadOnlyList<(string Name, Integration Task)> readings, IReadOnlyList<int> steps)
    {
        var panels = new Panels("What a sample weighs in the sum", 380, [1], readings.Count);
        for (int column = 0; column < readings.Count; column++)
        {
            panels.Head(0, column, readings[column].Name);
            // The longest first, so that a shorter one that covers the same curve is still seen.
            foreach (int i in Enumerable.Range(0, steps.Count).OrderByDescending(i => steps[i]))
            {
                var weights = readings[column].Task.Weights(steps[i]);
                panels.Line(0, column, $"sum after step {steps[i]}", Enumerable.Range(0, weights.Length).Select(t => (double)t), weights, ByReading[i % ByReading.Length].Colour,
                    $"sum after step {steps[i]}<br>sample %{{x}} weighs %{{y:.3~g}}", 1.5 + 1.5 * (steps.Count - 1 - i));
            }
            panels.X(0, column).With("title", Style.Title("sample t")).With("range", new[] { -2.0, steps.Max() + 2 });
            panels.Y(0, column).With("range", new[] { 0, 1.05 });
        }
        panels.Y(0).With("title", Style.Title("weight"));
        return panels.Chart();
    }

    /// <summary>How often readings of the integration task differ in their target on the same noise, by step: markers are counted in trials, lines are 1/pi arccos of the sums' correlation.</summary>
    /// <param name="readings">The readings and what to call them; every pair is compared.</param>
    /// <param name="count">Trials to count in.</param>
    /// <param name="steps">Steps of each.</param>
    /// <param name="seed">Seed of the noise.</param>
    public static GenericChart Disagreement(IReadOnlyList<(string Name, Integration Task)> readings, int count, int steps, long seed)
    {
        var panels = new Panels("How often the targets differ", 420, [1]);
        var sampled = readings.Select(reading => reading.Task.Sample(count, steps, seed)).ToArray();
        for (int i = 0, pair = 0; i < readings.Count; i++)
            for (int j = i + 1; j < readings.Count; j++, pair++)
            {
                var (colour, _, symbol) = ByReading[pair % ByReading.Length];
                string name = $"{readings[i].Name} / {readings[j].Name}";
                var counted = sampled[i].Disagreement(sampled[j]);
                var (first, second) = (readings[i].Task, readings[j].Task);
                panels.Line(0, 0, name, Enumerable.Range(1, steps).Select(step => (double)step), Enumerable.Range(0, steps).Select(step => first.Disagreement(second, step)), colour, name + "<br>step %{x}: %{y:.1%} expected");
                var shown = Enumerable.Range(0, steps).Where(step => step % 3 == 0).ToArray();
                panels.Markers(0, 0, name, shown.Select(step => step + 1.0), shown.Select(step => counted[step]), colour, name + "<br>step %{x}: %{y:.1%} counted", symbol, 6);
            }
        panels.X(0).With("title", Style.Title("step")).With("range", new double[] { 0, steps + 1 });
        panels.Y(0).With("title", Style.Title("targets that differ")).With("tickformat", ".0%").With("range", new[] { 0, 0.55 });
        panels.Level(0, 0, 0.5, "chance");
        return panels.Chart();
    }

    /// <summary>
    /// In what share of flip-flop trials so many channels have had a pulse, by step: areas are counted in trials, the dotted line is the expectation for all channels,
    /// (1 - (1 - p)^t)^K.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="trials">Trials of it.</param>
    public static GenericChart ChannelsSet(FlipFlop task, Trials trials)
    {
        var panels = new Panels("How many bits are set", 420, [1]);
        var share = trials.ChannelsSet();
        var time = Enumerable.Range(1, trials.Steps).Select(step => (double)step).ToArray();
        string[] colours = [Style.Grey, Style.SkyBlue, Style.Orange, Style.Green, Style.Purple, Style.Yellow];
        for (int set = 0; set <= trials.Channels; set++)
        {
            int number = trials.Channels - set;
            panels.Line(0, 0, number == 1 ? "1 bit" : $"{number} bits", time, time.Select((_, t) => share[t, number]), colours[number % colours.Length], $"step %{{x}}<br>{number} set in %{{y:.1%}} of trials", 0.5)
                .With("stackgroup", "one").With("fillcolor", colours[number % colours.Length]);
        }
        if (!task.PulseAtStart)
            panels.Line(0, 0, "all, expected", time, time.Select(step => Math.Pow(1 - Math.Pow(1 - task.PulseProbability, step), trials.Channels)), Style.Black, "step %{x}<br>all set expected in %{y:.1%} of trials", 2, "dot");
        panels.X(0).With("title", Style.Title("step")).With("range", new double[] { 1, trials.Steps });
        panels.Y(0).With("title", Style.Title("share of trials")).With("tickformat", ".0%").With("range", new[] { 0.0, 1 });
        return panels.Chart();
    }

    /// <summary>How long a target stays what it is: the correlation of the target after a step with that some steps later. Markers are counted in trials, lines are what is expected.</summary>
    /// <param name="tasks">Tasks and what to call them.</param>
    /// <param name="count">Trials to count in.</param>
    /// <param name="step">The step from which it is counted, from 0.</param>
    /// <param name="lags">Lags up to this one.</param>
    /// <param name="seed">Seed of the trials.</param>
    public static GenericChart TargetAutocorrelation(IReadOnlyList<(string Name, TrialTask Task)> tasks, int count, int step, int lags, long seed)
    {
        var panels = new Panels("How long a target stays what it is", 420, [1]);
        for (int i = 0; i < tasks.Count; i++)
        {
            var (name, task) = tasks[i];
            var (colour, _, symbol) = ByReading[i % ByReading.Length];
            var trials = task.Sample(count, step + lags + 1, seed);
            Func<int, double>? expected = task switch
            {
                Integration integration => lag => integration.Autocorrelation(step, lag),
                FlipFlop flipFlop => lag => Math.Pow(1 - flipFlop.PulseProbability, lag),
                _ => null,
            };
            if (expected is not null)
                panels.Line(0, 0, name, Enumerable.Range(0, lags + 1).Select(lag => (double)lag), Enumerable.Range(0, lags + 1).Select(expected), colour, name + "<br>%{x} steps later: %{y:.3~f} expected");
            var shown = Enumerable.Range(0, lags + 1).Where(lag => lag % 2 == 0).ToArray();
            panels.Markers(0, 0, name, shown.Select(lag => (double)lag), shown.Select(lag => trials.Autocorrelation(step, lag)), colour, name + "<br>%{x} steps later: %{y:.3~f} counted", symbol, 7);
        }
        panels.X(0).With("title", Style.Title($"steps after step {step}"));
        panels.Y(0).With("title", Style.Title("correlation of targets")).With("range", new[] { -0.08, 1.05 });
        return panels.Chart();
    }

    /// <summary>How well a leaky integrator (<see cref="Baselines.Leaky"/>) does at tasks, by what it keeps of its sum at each step.</summary>
    /// <param name="tasks">Trials of tasks, what to call them, and the noise on the sum where it is read.</param>
    /// <param name="leaks">The leaks to try.</param>
    public static GenericChart LeakyBaselines(IReadOnlyList<(string Name, Trials Trials, double Noise)> tasks, IReadOnlyList<double> leaks)
    {
        var panels = new Panels("A leaky integrator at each task", 440, [1]);
        for (int i = 0; i < tasks.Count; i++)
        {
            var (colour, _, symbol) = ByReading[i % ByReading.Length];
            var (name, trials, noise) = tasks[i];
            panels.Line(0, 0, name, leaks, leaks.Select(leak => Baselines.Leaky(trials, leak, noise).Mean), colour, name + "<br>leak %{x}: %{y:.2%} right")
                .With("mode", "lines+markers").With("marker", new Marker().With("symbol", symbol).With("size", 6).With("color", colour));
        }
        panels.X(0).With("title", Style.Title("leak: what is left of the sum after a step"));
        panels.Y(0).With("title", Style.Title("right decisions")).With("tickformat", ".0%").With("range", new[] { 0.45, 1.02 });
        panels.Upright(0, 0, 1, " 1: plain sum");
        return panels.Chart();
    }
}
