using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Analysis;

namespace Neurodynamics.Notebooks;

/// <summary>A DataFrame as HTML and as plain text, the same in every culture.</summary>
internal static class TableText
{
    /// <summary>Rows shown at most; default 100.</summary>
    public const int MostRows = 100;

    /// <summary>
    /// A line above a table. It is no part of the values: files, and tables made of this one, do not have it.
    /// </summary>
    public static ConditionalWeakTable<DataFrame, string> Captions { get; } = [];

    public static string Html(DataFrame table)
    {
        var (columns, shown) = (table.Columns.ToArray(), Shown(table));
        var html = new StringBuilder("""
            <style>
            .neurodynamics-table{border-collapse:collapse;font-variant-numeric:tabular-nums}
            .neurodynamics-table th,.neurodynamics-table td{padding:2px 10px;text-align:left}
            .neurodynamics-table th,.neurodynamics-table td{border-bottom:1px solid rgba(128,128,128,.3)}
            .neurodynamics-table .number{text-align:right}
            </style>

            """);
        if (Captions.TryGetValue(table, out string? caption))
            html.Append("<p>").Append(WebUtility.HtmlEncode(caption)).Append("</p>\n");
        html.Append("<table class=\"neurodynamics-table\"><thead><tr>");
        foreach (var column in columns) html.Append("<th").Append(Class(column)).Append('>')
            .Append(WebUtility.HtmlEncode(column.Name)).Append("</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        for (long row = 0; row < shown; row++)
        {
            html.Append("<tr>");
            foreach (var column in columns)
            {
                var (read, exact) = (Read(column[row]), Exact(column[row]));
                html.Append("<td").Append(Class(column));
                if (read != exact) html.Append(" title=\"").Append(WebUtility.HtmlEncode(exact)).Append('"');
                html.Append('>').Append(WebUtility.HtmlEncode(IsNumber(column) ? read.Replace('-', '\u2212') : read))
                    .Append("</td>");
            }
            html.Append("</tr>\n");
        }
        html.Append("</tbody></table>");
        if (Note(table) is { } note) html.Append("\n<p>").Append(note).Append("</p>");
        return html.ToString();
    }

    public static string Plain(DataFrame table)
    {
        var (columns, shown) = (table.Columns.ToArray(), Shown(table));
        var lines = new List<string[]> { columns.Select(column => column.Name).ToArray() };
        for (long row = 0; row < shown; row++) lines.Add([.. columns.Select(column => Read(column[row]))]);
        int[] widths = [.. columns.Select((_, i) => lines.Max(line => line[i].Length))];
        var text = lines.Select(
            line => string.Join("  ", line.Select(
                (cell, i) => IsNumber(columns[i]) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
        if (Captions.TryGetValue(table, out string? caption)) text = text.Prepend(caption);
        return string.Join("\n", Note(table) is { } note ? text.Append(note) : text);
    }

    private static long Shown(DataFrame table) => Math.Min(MostRows, table.Rows.Count);

    private static string? Note(DataFrame table) => table.Rows.Count switch
    {
        0 => "The table has no rows.",
        > MostRows => string.Create(CultureInfo.InvariantCulture,
            $"The first {MostRows} of {table.Rows.Count} rows; the table itself holds them all."),
        _ => null,
    };

    private static string Class(DataFrameColumn column) => IsNumber(column) ? " class=\"number\"" : "";

    private static bool IsNumber(DataFrameColumn column) => column.IsNumericColumn();

    /// <summary>Four significant digits, with an exponent where a reader would count zeros.</summary>
    private static string Read(object? value) => value switch
    {
        double number => Rounded(number),
        float number => Rounded(number),
        decimal number => Rounded((double)number),
        _ => Exact(value),
    };

    private static string Rounded(double number) => Math.Abs(number) switch
    {
        0 => "0",
        double.NaN => "\u2013",                    // nothing to measure
        double.PositiveInfinity => number.ToString(CultureInfo.InvariantCulture),
        >= 1e6 or < 1e-4 => number.ToString("0.00e+0", CultureInfo.InvariantCulture),
        >= 1000 => number.ToString("0", CultureInfo.InvariantCulture),
        var size => Math.Round(number, 3 - Math.Min(3, (int)Math.Floor(Math.Log10(size))))
            .ToString("0.#######", CultureInfo.InvariantCulture),
    };

    private static string Exact(object? value) => value switch
    {
        null => "",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
