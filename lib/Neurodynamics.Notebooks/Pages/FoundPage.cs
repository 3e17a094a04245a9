using System.Net;
using System.Text;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Proofs;
using Plotly.NET;

namespace Neurodynamics.Notebooks.Pages;

/// <summary>What a search found under one constant input.</summary>
/// <param name="Set">What was found, and the input.</param>
/// <param name="Points">Its fixed points.</param>
/// <param name="Standing">What is known of the list.</param>
/// <param name="Ends">Where runs from states of trials end; null where the search was stopped.</param>
/// <param name="Files">The names of the files with the points, which lie beside the page.</param>
internal sealed record FoundUnder(FixedPointSet Set, IReadOnlyList<Linearisation> Points, Standing Standing,
    RunEnds? Ends, IReadOnlyList<string> Files);

/// <summary>
/// A network from a file to a page that needs nothing else: what was read, the check against trials, the picture, and
/// under each constant input the fixed points and what is known of the list.
/// </summary>
internal static class FoundPage
{
    private const string Style = """
        <style>
        body{font-family:system-ui,sans-serif;line-height:1.45;max-width:1100px;margin:24px auto;padding:0 16px}
        section{overflow-x:auto}
        li{overflow-wrap:anywhere}
        .warning{border-left:4px solid #D55E00;padding-left:10px}
        </style>
        """;

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What it is about, such as the file's name.</param>
    /// <param name="imported">The network.</param>
    /// <param name="isRecorded">Whether the record of its training says its form.</param>
    /// <param name="check">The check against trials of the source; null where there were none.</param>
    /// <param name="from">Where the search started, in a sentence.</param>
    /// <param name="visited">States of trials [B, T, S], for the picture.</param>
    /// <param name="found">What was found, an entry for each constant input.</param>
    /// <param name="reduced">Where states and points are those of a network's few dimensions, these.</param>
    public static void Save(string path, string name, ImportedNetwork imported, bool isRecorded, TrajectoryCheck? check,
        string from, double[,,] visited, IReadOnlyList<FoundUnder> found, ReducedCell? reduced = null) =>
        WholeFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(
            Html(name, imported, isRecorded, check, from, visited, found, reduced))));

    /// <summary>The check in words, or why there is none.</summary>
    public static string Words(TrajectoryCheck? check, bool isRecorded) => check?.ToString()
        ?? (isRecorded ? "The record of its training says its form."
            : "There were no trials of the source to check it against.");

    /// <summary>What is not known of a cell's form, and what to do; null where it is known.</summary>
    public static string? NotChecked(Cell cell) => cell.Unchecked is not { } open ? null
        : $"Form not checked: {open}. " + (cell is LeakyCell ? "Say another with --form, in such words."
            : "Give trials with --trajectory to check it.");

    private static string Html(string name, ImportedNetwork imported, bool isRecorded, TrajectoryCheck? check,
        string from, double[,,] visited, IReadOnlyList<FoundUnder> found, ReducedCell? reduced)
    {
        var (network, cell) = (imported.Network, imported.Cell);
        var page = new StringBuilder($"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
            <meta name="viewport" content="width=device-width"><title>Fixed points of {Text(name)}</title>
            {Style}</head>
            <body>
            {ChartHtml.Plotly()}
            <h1>Fixed points of {Text(name)}</h1>
            <h2>What was read</h2>
            <ul>
            """);
        Item($"{imported.Format}: {cell.Title}, {Number.Of(cell.InputSize, "input")}, "
            + $"{Number.Of(cell.Units, "unit")}, {Number.Of(network.Channels, "channel")} read out.");
        Item($"Used: {string.Join(", ", imported.Used)}.");
        Item($"Left aside: {(imported.Ignored.Count == 0 ? "nothing" : string.Join(", ", imported.Ignored))}.");
        Item($"Assumed: {(imported.Assumptions.Count == 0 ? "nothing." : string.Join(" ", imported.Assumptions))}");
        if (imported.Example is { } example) Item(example.ToString());
        page.Append("</ul>\n<h2>Check</h2>\n");
        Paragraph(Words(check, isRecorded), warns: check is null ? !isRecorded : !check.Reproduced);
        if (check is { Reproduced: false })
            Paragraph("What follows are the fixed points of another network than yours.", warns: true);
        if (NotChecked(cell) is { } open) Paragraph(open, warns: true);
        page.Append("<h2>Fixed points</h2>\n");
        Paragraph(from);
        if (reduced is not null)
            Paragraph($"W is of rank {reduced.StateSize}, so what lasts happens in as many dimensions, k: all fixed "
                + "points are there, with the same unstable modes. Kinds, eigenvalues, speeds and radii below are "
                + $"those in k. The other {cell.Units - reduced.StateSize} modes of the network shrink by a factor of "
                + $"{Wording.Of(1 - reduced.Leak, "G4")} at every step.");
        var chart = Chart(found, visited, network, reduced);
        page.Append(ChartHtml.Of(chart)).Append('\n');
        foreach (var under in found)
        {
            page.Append("<section>\n<h3>Input (").Append(Wording.Of(under.Set.Input)).Append(")</h3>\n");
            Paragraph(under.Set.ToString());
            Paragraph(under.Standing.Message);
            if (under.Ends is { } ends) Paragraph(ends.ToString());
            // States are read out in units; what else is known of them is shown as it is in k.
            var rows = reduced is null ? under.Points
                : [.. under.Points.Select(point => point with
                {
                    Point = point.Point with { State = reduced.ToUnits(point.Point).State },
                })];
            page.Append(TableText.Html(Tables.FixedPoints(rows, network))).Append('\n');
            Paragraph($"With all digits, eigenvectors and Jacobians: {string.Join(", ", under.Files)}.");
            page.Append("</section>\n");
        }
        return page.Append("</body>\n</html>\n").ToString();

        void Item(string text) => page.Append("<li>").Append(Text(text)).Append("</li>\n");

        void Paragraph(string text, bool warns = false) =>
            page.Append(warns ? "<p class=\"warning\">" : "<p>").Append(Text(text)).Append("</p>\n");
    }

    /// <summary>Points and trials: of rank 1 and 2 with the flow that they are the rests of.</summary>
    private static GenericChart Chart(
        IReadOnlyList<FoundUnder> found, double[,,] visited, Network network, ReducedCell? reduced)
    {
        Linearisation[] all = [.. found.SelectMany(under => under.Points)];
        string title = found.Count == 1 ? $"Fixed points under the input ({Wording.Of(found[0].Set.Input)})"
            : "Fixed points under each constant input";
        var curves = found.SelectMany(under => under.Ends?.Curve?.States.Cast<double>() ?? []);
        double extent = 1.15 * all.SelectMany(point => point.Point.State).Concat(visited.Cast<double>())
            .Concat(curves).Select(Math.Abs).DefaultIfEmpty(0).Max();
        if (extent == 0) extent = 1;
        return reduced?.StateSize switch
        {
            1 => Figures.PhaseLines([.. found.Select(under => new LineView(Name(under),
                PhaseLine.Of(reduced, under.Set.Input, extent), under.Points))], title, "k"),
            2 => Figures.PhasePlanes([.. found.Select(under =>
            {
                var plane = PhasePlane.Of(reduced, under.Set.Input, extent);
                return new PlaneView(found.Count == 1 ? "" : Name(under), plane, under.Points,
                    plane.Trajectories(plane.Grid(10), 60));
            })], title, "k"),
            null => Figures.FixedPoints(all, network, Pca.OfTrials(visited), visited,
                network.Channels > 0 ? ColourBy.Readout : ColourBy.UnstableModes, title),
            _ => Figures.FixedPoints(all, new(reduced), Pca.OfTrials(visited), visited, title: title),
        };

        static string Name(FoundUnder under) => $"input ({Wording.Of(under.Set.Input)})";
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
