using Neurodynamics.Analysis;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>Mean ways along targeted axes, of the trials that are alike in something.</summary>
/// <param name="Title">What they have in common, such as "motion +0.5".</param>
/// <param name="Level">Where between the least (-1) and the largest (+1) that lies: it decides the colour.</param>
/// <param name="Way">Along each axis, by step [T, R].</param>
public sealed record TargetedWay(string Title, double Level, double[,] Way) : Described;

public static partial class Figures
{
    /// <summary>
    /// Psychometric curves: how often a network answers +1, by the coherence of either stream, a panel per context.
    /// </summary>
    /// <param name="curves">The curves.</param>
    /// <param name="title">Of the figure.</param>
    public static GenericChart Psychometric(
        IReadOnlyList<Psychometric> curves, string title = "Which stream decides")
    {
        var contexts = curves.GroupBy(curve => curve.Context).ToArray();
        var panels = new Panels(title, 420, columns: Math.Max(1, contexts.Length));
        for (int i = 0; i < contexts.Length; i++)
        {
            var panel = panels[0, i];
            panel.Caption($"{contexts[i].Key} counts");
            panel.X.Titled("coherence").ZeroLine();
            panel.Y.From(-0.04, 1.04).Percent();
            foreach (var curve in contexts[i])
            {
                string name = $"by {curve.Varied.ToString().ToLowerInvariant()}";
                var (paint, symbol) = Nth((int)curve.Varied);
                panel.Line(name, curve.Coherences, curve.Share, paint,
                    $"{name}: coherence {Hover.XAs("+.3~f")}<br>answer +1 in {Hover.YAs(".1%")} of trials")
                    .Marked(paint, symbol, 8);
            }
            panel.Level(0.5, i == 0 ? "chance" : "");
        }
        panels[0].Y.Titled("answers of +1");
        return panels.Chart();
    }

    /// <summary>
    /// What one step of each input leaves in the readout (<see cref="Selection.Effects"/>), a panel per input and a bar
    /// per point.
    /// </summary>
    /// <param name="selections">A bar each: what it is called, such as the context, and the selection.</param>
    /// <param name="inputs">The inputs to show, from 0, and what they are called.</param>
    /// <param name="title">Of the figure.</param>
    public static GenericChart Selections(IReadOnlyList<(string Name, Selection Selection)> selections,
        IReadOnlyList<(int Input, string Name)> inputs, string title = "What an input leaves in the readout")
    {
        var panels = new Panels(title, 400) { BarGap = 0.3 };
        for (int i = 0; i < selections.Count; i++)
        {
            var (name, selection) = selections[i];
            panels[0].Bars(name, inputs.Select((_, place) => (double)place),
                inputs.Select(input => selection.Effects[input.Input]), Nth(i).Paint, null).Hatched(i)
                .Hovers(inputs.Select(input =>
                    $"{name}, {input.Name}: {Wording.Of(selection.Effects[input.Input], Signed)}"));
        }
        panels[0].X.Categories([.. inputs.Select(input => input.Name)]).Titled("input").NoZeroLine();
        panels[0].Y.Titled("readout per step of size 1").ZeroLine();
        return panels.Chart();
    }

    /// <summary>
    /// Ways along targeted axes: the first axis across, a panel for each of the others, and a curve for the mean of the
    /// trials that are alike. Orange is the least level, blue the largest; a dot is the end.
    /// </summary>
    /// <param name="axes">The axes.</param>
    /// <param name="panels">
    /// A panel each: its caption, the axis that it shows against the first, and its curves.
    /// </param>
    /// <param name="title">Of the figure.</param>
    public static GenericChart Targeted(TargetedAxes axes,
        IReadOnlyList<(string Caption, int Axis, IReadOnlyList<TargetedWay> Ways)> panels, string title)
    {
        int columns = Math.Min(2, panels.Count), rows = (panels.Count + columns - 1) / columns;
        var drawn = new Panels(title, 140 + 330 * rows, Enumerable.Repeat(1.0, rows), columns)
        { RowGap = 0.14, ColumnGap = 0.11 };
        for (int i = 0; i < panels.Count; i++)
        {
            var panel = drawn[i / columns, i % columns];
            var (caption, axis, ways) = panels[i];
            panel.Caption(caption);
            panel.X.Titled($"along {axes.Names[0]}");
            panel.Y.Titled($"along {axes.Names[axis]}");
            foreach (var (name, level, way) in ways)
            {
                var paint = Paint.Between(level);
                string sense = level < 0 ? "against" : "for";
                panel.Line(sense, way.Column(0), way.Column(axis), paint,
                    $"{name}<br>({Hover.XAs(".2f")}, {Hover.YAs(".2f")})", 2,
                    level < 0 ? Dash.Dash : Dash.Solid);
                panel.Markers("end", [[way[way.GetLength(0) - 1, 0], way[way.GetLength(0) - 1, axis]]], paint,
                    $"{name}, at the end", size: 8).Outlined(Paint.White, 1).NotInLegend();
            }
        }
        return drawn.Chart();
    }
}
