using System.Globalization;
using System.Numerics;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>The eigenvalues at some points, among others.</summary>
/// <param name="Title">What the network or the point is called.</param>
/// <param name="Points">The points, linearised.</param>
public sealed record SpectrumView(string Title, IReadOnlyList<Linearisation> Points) : Described;

public static partial class Figures
{
    /// <summary>
    /// Eigenvalues of the Jacobian in the complex plane with the unit circle, a panel per network: inside it a mode
    /// decays, outside it grows, and off the real axis it turns. Markers show the kind of the point.
    /// </summary>
    /// <param name="spectra">A panel each, two in a row.</param>
    public static GenericChart Spectra(IReadOnlyList<SpectrumView> spectra)
    {
        int columns = Math.Clamp(spectra.Count, 1, 2), rows = Math.Max(1, (spectra.Count + columns - 1) / columns);
        var panels = new Panels("Eigenvalues and the unit circle", columns == 1 ? 560 : 130 + 370 * rows,
            Enumerable.Repeat(1.0, rows), columns)
        {
            RowGap = 0.14,
            ColumnGap = 0.09,
            Legend = Legend.Below,
            Left = 60,
        };
        double[][] circle = [.. Enumerable.Range(0, 181).Select(i => 2 * Math.PI * i / 180)
            .Select(angle => new[] { Math.Cos(angle), Math.Sin(angle) })];
        double reach = 1.15 * spectra.SelectMany(view => view.Points).SelectMany(point => point.Eigenvalues)
            .Where(Complex.IsFinite).Select(value => value.Magnitude).Append(1).Max();
        for (int i = 0; i < spectra.Count; i++)
        {
            var panel = panels[i / columns, i % columns];
            panel.Caption(spectra[i].Title);
            panel.X.Titled("real part of λ").From(-reach, reach).ZeroLine();
            panel.Y.Titled(i % columns == 0 ? "imaginary part of λ" : null).From(-reach, reach).ZeroLine()
                .AsLongAs(panel.X);
            panel.Line("|λ| = 1", circle, Paint.MiddleGrey, width: 1.5);
            foreach (var kind in spectra[i].Points.Where(point => point.IsFinite).GroupBy(point => point.UnstableModes))
            {
                var (symbol, paint, size) = Look(kind.Key);
                var (point, values) = (kind.First(), kind.SelectMany(point => point.Eigenvalues).ToArray());
                bool open = symbol is MarkShape.DiamondOpen or MarkShape.SquareOpen;
                panel.Markers(
                        point.Kind == "saddle" ? Kind(kind.Key) : point.Kind, values.Select(value => value.Real),
                        values.Select(value => value.Imaginary), paint, null, symbol, size + 1)
                    .Outlined(open ? paint : Paint.White, open ? 2 : 1)
                    .Hovers(values.Select(value => $"<b>{point.Kind}</b><br>{OfMode(value)}"));
            }
        }
        return panels.Chart(spectra.SelectMany(view => view.Points).Select(point => point.Unchecked));
    }

    /// <summary>What an eigenvalue says of its mode, in a hover.</summary>
    private static string OfMode(Complex value)
    {
        var mode = new Mode(value, [], []);
        string pace = value.Magnitude switch
        {
            1 => "neither grows nor decays",
            > 1 => Said($"grows by {value.Magnitude:0.000} a step"),
            _ => Said($"decays with a time constant of {mode.TimeConstant:0.0} steps"),
        };
        string turns = mode.Frequency == 0 ? "" : Said($"<br>{mode.Frequency:0.000} turns a step");
        return $"λ = {Wording.Of(value)}<br>{pace}{turns}";

        static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }
}
