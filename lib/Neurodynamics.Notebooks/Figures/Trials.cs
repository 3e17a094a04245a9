using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Neurodynamics.Tasks;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// One trial of a task: inputs as bars and targets as lines, where they count; -1 stands for class 0, +1 for class
    /// 1. With as many inputs as targets a panel per channel has both, otherwise the inputs have a panel of their own.
    /// Epochs are shaded.
    /// </summary>
    /// <param name="trials">The trials.</param>
    /// <param name="trial">Which of them, from 0; default the first.</param>
    /// <param name="network">
    /// Draws what this network reads out, if it has a readout: 2 p - 1 with p the probability of class 1, or the value
    /// y where outputs are values; default none.
    /// </param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    public static GenericChart Trial(Trials trials, int trial = 0, Network? network = null, double[]? start = null)
    {
        if (network?.Readout is null) network = null;
        if (trial < 0 || trial >= trials.Count)
            throw new ArgumentOutOfRangeException(
                nameof(trial), trial, $"There are {trials.Count} trials, counted from 0.");
        var (inputs, targets, weights) =
            (trials.Inputs.Trial(trial), trials.Targets.Trial(trial), trials.Weights.Trial(trial));
        double[,]? readout = network is null ? null : Readout(network, inputs, start);
        bool apart = trials.InputSize != trials.Channels;
        int count = trials.Channels + (apart ? 1 : 0);
        var panels =
            new Panels("One trial" + (network is null ? "" : ", and what the network makes of it"), 150 + 130 * count,
            Enumerable.Repeat(1.0, count), sharesX: true)
            { RowGap = 0.05, BarGap = 0.25 };
        panels[0].X.Titled("step").From(0, trials.Steps + 1);
        for (int i = 0; i < trials.Epochs.Count; i++)
            foreach (var panel in panels.All)
                panel.Span(trials.Epochs[i].First[trial] + 0.5, trials.Epochs[i].End[trial] + 0.5,
                    panel == panels[0] ? trials.Epochs[i].Name : "", Nth(i).Paint);
        if (apart)
        {
            panels.OverlayBars();
            Inputs(panels[0], inputs, "input ");
            panels[0].Y.Titled("inputs");
        }
        double[] time = Numbers(1, trials.Steps);
        for (int channel = 0; channel < trials.Channels; channel++)
        {
            var panel = panels[apart ? channel + 1 : channel];
            string hover = $"channel {channel + 1}, step {Hover.X}<br>";
            double[] drawn =
                [-1, 1, .. apart ? [] : inputs.Column(channel), .. readout is null ? [] : readout.Column(channel)];
            panel.Y.Titled($"channel {channel + 1}").Ticks([-1, 0, 1], ["\u22121", "0", "+1"]).ZeroLine()
                .From(1.05 * drawn.Min(), 1.05 * drawn.Max());
            if (!apart) panel.Bars(
                "input", time, inputs.Column(channel), Paint.SkyBlue, $"{hover}input: {Hover.YAs(".3~f")}");
            panel.Line("target", time, targets.Column(channel)
                .Zip(weights.Column(channel), (target, weight) => weight > 0 ? 2 * target - 1 : double.NaN),
                Paint.Vermillion, $"{hover}target: {Hover.YAs(".3~f")}", 2.5, steps: true);
            if (readout is not null)
                panel.Line("readout", time, readout.Column(channel), Paint.Black,
                    $"{hover}readout: {Hover.YAs(".3~f")}", 1.5, Dash.Dot, steps: true);
        }
        return panels.Chart(network?.Cell.Unchecked);
    }

    /// <summary>What a network reads out of one trial's inputs, from -1 for class 0 to 1 for class 1 [T, K].</summary>
    private static double[,] Readout(Network network, double[,] inputs, double[]? start)
    {
        double[,,] trial = new double[1, inputs.GetLength(0), inputs.GetLength(1)];
        inputs.Values().CopyTo(trial.Values());
        double[,] answers = network.Answers(network.Run(trial, start).Trial(0));
        if (network.Outputs == OutputMeaning.Logits)
            foreach (ref double answer in answers.Values()) answer = 2 * answer - 1;
        return answers;
    }

    /// <summary>The inputs of a trial [T, I]: a single one as bars, several as lines.</summary>
    private static void Inputs(Panel panel, double[,] inputs, string name)
    {
        Paint[] paints = [Paint.Blue, Paint.Orange, Paint.Purple, Paint.Green];
        double[] time = Numbers(1, inputs.GetLength(0));
        for (int i = 0; i < inputs.GetLength(1); i++)
        {
            var (paint, hover) = (paints[i % paints.Length], $"{name}{i + 1}, step {Hover.X}: {Hover.Y}");
            if (inputs.GetLength(1) == 1) panel.Bars($"{name}1", time, inputs.Column(i), paint, hover).Opacity(0.75);
            else panel.Line($"{name}{i + 1}", time, inputs.Column(i), paint, hover, 1.5, NthDash(i), steps: true);
        }
        panel.Y.ZeroLine();
        if (inputs.Values().ToArray().All(input => input is -1 or 0 or 1))
            panel.Y.Ticks([-1, 0, 1], ["\u22121", "0", "+1"]);
    }
}
