using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Neurodynamics.Tasks;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// A drawing of one step of a cell (the report's figure 1). Boxes are layers with weights, circles act unit by
    /// unit, and hovering shows the equation of each.
    /// </summary>
    /// <param name="architecture">An architecture with a drawing.</param>
    public static GenericChart CellDiagram(Architecture architecture) => architecture.Diagram is { } diagram
        ? new Drawing(diagram).Chart()
        : throw new ArgumentException(
            $"There is no drawing of {architecture.Title}: give its architecture a Diagram.", nameof(architecture));

    /// <summary>
    /// What the gates of a network do during a trial: the input on top, a heat map of units by steps per gate below.
    /// Units are in the order of their mean value.
    /// </summary>
    /// <param name="network">Of a cell with gates.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="trial">Which of them, from 0; default the first.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    public static GenericChart Gates(Network network, Trials trials, int trial = 0, double[]? start = null)
    {
        var gates = GateTrace.Of(network.Cell, trials.Inputs, trial, start);
        if (gates.Count == 0) throw new ArgumentException($"{network.Cell.Title} has no gates.", nameof(network));
        const double gap = 0.04, input = 0.16;
        var panels = new Panels($"Gates of the {network.Cell.Title} over one trial", 190 + 190 * gates.Count,
            [input, .. gates.Select(_ => (1 - input - gap * gates.Count) / gates.Count)], sharesX: true)
        {
            RowGap = gap,
            BarGap = 0.2,
            Legend = Legend.AboveRight,
        };
        panels.OverlayBars();
        Inputs(panels[0], trials.Inputs.Trial(trial), "channel ");
        panels[0].X.Titled("step").From(0.5, trials.Steps + 0.5);
        panels[0].Y.Titled("input");
        var open = new Scale("open", 0, 1);
        double[] time = Numbers(1, trials.Steps);
        for (int gate = 0; gate < gates.Count; gate++)
        {
            var (name, values) = (gates[gate].Name, gates[gate].Values);
            int[] order = [.. Enumerable.Range(0, values.GetLength(1)).OrderBy(unit => values.Column(unit).Average())];
            panels[gate + 1].Y.Titled($"{name}<br>units").NoTicks();
            panels[gate + 1]
                .HeatMap(name, time, [.. order.Select(unit => values.Column(unit).Select(share => Math.Round(share, 2))
                    .ToArray())], open, $"{name} of unit {Hover.Custom}, step {Hover.X}: {Hover.ZAs(".2f")}")
                .Custom(order.Select(unit => time.Select(_ => unit + 1).ToArray()));
        }
        return panels.Chart(network.Cell.Unchecked);
    }

    /// <summary>How far pairs of networks come apart on the same trials, step by step: a line per pair.</summary>
    /// <param name="pairs">
    /// A name, and the mean distance of the states after each step: see <see cref="Distances.Relative"/>.
    /// </param>
    public static GenericChart Apart(IReadOnlyList<(string Name, double[] Distances)> pairs)
    {
        var panels = new Panels("How far the states of the printed equations are from the standard ones", 360)
        {
            Legend = Legend.BottomRight,
        };
        for (int i = 0; i < pairs.Count; i++)
        {
            var (name, distances) = pairs[i];
            panels[0].Line(name, Numbers(1, distances.Length), distances, Nth(i).Paint,
                $"{name}, step {Hover.X}: {Hover.YAs(".3f")}", 2.5, NthDash(i));
        }
        panels[0].X.Titled("step").FromZero();
        panels[0].Y.Titled("distance / length of the state").FromZero();
        return panels.Chart();
    }
}
