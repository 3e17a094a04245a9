using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>How fast a network goes round under one input, and how fast its fixed point says that it does.</summary>
/// <param name="Input">The input.</param>
/// <param name="Asked">The period that the task asks for, in steps.</param>
/// <param name="Predicted">2 pi / |arg lambda| of the fastest growing turning mode; NaN where none turns.</param>
/// <param name="Curve">Where it goes round in the end.</param>
public sealed record Turning(double Input, double Asked, double Predicted, InvariantCurve Curve) : Described
{
    /// <summary>The period of the curve that attracts; NaN where there is none.</summary>
    public double Real => Curve.IsAttracting ? Curve.Period : double.NaN;
}

public static partial class Figures
{
    /// <summary>
    /// The period that is asked for, that of the curve on which a network goes round, and that which its fixed point
    /// predicts, by the input; below it the multiplier across the curve.
    /// </summary>
    /// <param name="turnings">One for each input.</param>
    /// <param name="title">Of the figure.</param>
    public static GenericChart Periods(IReadOnlyList<Turning> turnings, string title = "How fast it goes round")
    {
        var panels = new Panels(title, 560, [1, 0.5], sharesX: true) { RowGap = 0.07 };
        double[] inputs = [.. turnings.Select(turning => turning.Input)];
        panels[0].Line("asked for", inputs, turnings.Select(turning => turning.Asked), Paint.Grey,
            $"input {Hover.XAs(".3~f")}<br>asked for: {Hover.YAs(".2f")} steps", 4);
        panels[0].Markers("where it goes round", inputs, turnings.Select(turning => turning.Real), Paint.Blue,
            $"input {Hover.XAs(".3~f")}<br>it goes round in {Hover.YAs(".2f")} steps", MarkShape.Circle, 7);
        panels[0].Markers("by the fixed point", inputs, turnings.Select(turning => turning.Predicted),
            Paint.Vermillion, $"input {Hover.XAs(".3~f")}<br>the fixed point predicts {Hover.YAs(".2f")} steps",
            MarkShape.Diamond, 7);
        panels[0].Y.Titled("period (steps)").FromZero();
        panels[1].Markers("multiplier across", inputs,
            turnings.Select(turning => turning.Curve.IsAttracting ? turning.Curve.Multipliers[1] : double.NaN),
            Paint.Green, $"input {Hover.XAs(".3~f")}<br>a distance shrinks to {Hover.YAs(".1%")} in a turn",
            MarkShape.Square, 6);
        panels[1].Y.Titled("multiplier").From(0, 1.05);
        panels[0].X.Titled("input");
        return panels.Chart();
    }
}
