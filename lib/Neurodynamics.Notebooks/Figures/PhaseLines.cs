using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>A phase line among others.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Line">The line.</param>
/// <param name="Points">Its fixed points, linearised, of the same cell of one state variable.</param>
public sealed record LineView(string Title, PhaseLine Line, IReadOnlyList<Linearisation> Points) : Described;

public static partial class Figures
{
    /// <summary>
    /// Phase lines: the step that a cell of one state variable makes from every state, a curve for each input, with its
    /// fixed points where a curve crosses 0.
    /// </summary>
    /// <param name="lines">A curve each.</param>
    /// <param name="title">Of the figure.</param>
    /// <param name="variable">What the state variable is called, such as k.</param>
    public static GenericChart PhaseLines(
        IReadOnlyList<LineView> lines, string title = "Phase line", string variable = "x")
    {
        var panels = new Panels(title, 440);
        var panel = panels[0];
        for (int i = 0; i < lines.Count; i++)
        {
            var (name, line, _) = lines[i];
            panel.Line(name, line.Axis, line.Steps, Nth(i).Paint,
                $"{name}<br>{variable} {Hover.XAs(".3~f")}: step {Hover.YAs("+.3~f")}", dash: NthDash(i));
        }
        foreach (var kind in lines.SelectMany(view => view.Points.Select(point => (view.Title, Point: point)))
            .GroupBy(at => at.Point.UnstableModes).OrderBy(kind => kind.Key))
            panel.Markers(kind.Key == 0 ? "attractor" : "repeller",
                [.. kind.Select(at => new[] { at.Point.Point.State[0], 0 })],
                kind.Key == 0 ? Paint.Black : Paint.White, null, MarkShape.Circle, 11)
                .Outlined(Paint.Black, 1.5).Hovers(kind.Select(at =>
                    $"{at.Title}: {at.Point.Kind} at {variable} = {Wording.Of(at.Point.Point.State[0], Signed)}<br>"
                    + $"λ = {Wording.Of(at.Point.Modes[0].Eigenvalue.Real, Signed)}"));
        panel.X.Titled(variable);
        panel.Y.Titled($"step {variable}\u2032 \u2212 {variable}").ZeroLine();
        return panels.Chart();
    }

    /// <summary>Three digits behind the point, and a minus sign.</summary>
    private const string Signed = "0.000;\u22120.000";
}
