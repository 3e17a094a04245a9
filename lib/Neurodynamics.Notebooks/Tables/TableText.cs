using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Data.Analysis;

namespace Neurodynamics.Notebooks;

/// <summary>A DataFrame as HTML and as plain text, the same in every culture.</summary>
internal static partial class TableText
{
    /// <summary>Rows shown at most; default 100.</summary>
    public const int MostRows = 100;

    /// <summary>
    /// A line above a table. It is no part of the values: files, and tables made of this one, do not have it.
    /// </summary>
    public static ConditionalWeakTable<DataFrame, string> Captions { get; } = [];

    /// <param name="table">The table.</param>
    /// <param name="rows">Rows shown at most.</param>
    /// <param name="of">How many there are, where the table holds the first ones only.</param>
    public static string Html(DataFrame table, int rows = MostRows, long? of = null)
    {
        var (columns, shown) = (Columns(table), Shown(table, rows));
        var html = new StringBuilder("""
            <style>
            .neurodynamics-table{border-collapse:collapse;font-variant-numeric:tabular-nums}
            .neurodynamics-table th,.neurodynamics-table td{padding:2px 10px}
            .neurodynamics-table th,.neurodynamics-table td{border-bottom:1px solid rgba(128,128,128,.3)}
            </style>

            """);
        if (Captions.TryGetValue(table, out string? caption))
            html.Append("<p>").Append(WebUtility.HtmlEncode(caption)).Append("</p>\n");
        html.Append("<table class=\"neurodynamics-table\"><thead><tr>");
        foreach (var column in columns) html.Append("<th").Append(column.Align).Append('>')
            .Append(WebUtility.HtmlEncode(column.Name)).Append("</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        for (long row = 0; row < shown; row++)
        {
            html.Append("<tr>");
            foreach (var column in columns)
            {
                var (read, exact) = (column.Read(row), Exact(column.Values[row]));
                html.Append("<td").Append(column.Align);
                if (read != exact) html.Append(" title=\"").Append(WebUtility.HtmlEncode(exact)).Append('"');
                html.Append('>').Append(WebUtility.HtmlEncode(Minus().Replace(read, "\u2212"))).Append("</td>");
            }
            html.Append("</tr>\n");
        }
        html.Append("</tbody></table>");
        if (Note(table, rows, of) is { } note) html.Append("\n<p>").Append(note).Append("</p>");
        return html.ToString();
    }

    /// <inheritdoc cref="Html"/>
    public static string Plain(DataFrame table, int rows = MostRows, long? of = null)
    {
        var (columns, shown) = (Columns(table), Shown(table, rows));
        var lines = new List<string[]> { columns.Select(column => column.Name).ToArray() };
        for (long row = 0; row < shown; row++) lines.Add([.. columns.Select(column => column.Read(row))]);
        int[] widths = [.. columns.Select((_, i) => lines.Max(line => line[i].Length))];
        var text = lines.Select(
            line => string.Join("  ", line.Select(
                (cell, i) => columns[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
        if (Captions.TryGetValue(table, out string? caption)) text = text.Prepend(caption);
        return string.Join("\n", Note(table, rows, of) is { } note ? text.Append(note) : text);
    }

    private static long Shown(DataFrame table, int rows) => Math.Min(rows, table.Rows.Count);

    private static string? Note(DataFrame table, int rows, long? of) => table.Rows.Count == 0 ? "The table has no rows."
        : (of ?? table.Rows.Count) <= rows ? null
        : string.Create(CultureInfo.InvariantCulture, $"The first {rows} of {of ?? table.Rows.Count} rows")
            + (of is null ? "; the table itself holds them all." : ".");

    private static Column[] Columns(DataFrame table) => [.. table.Columns.Select(column => new Column(column))];

    /// <summary>
    /// Minus signs: before a number, in an exponent, and in a readout, but not in a name or between two words.
    /// </summary>
    [GeneratedRegex(@"(?<!\w)-(?=\d)|(?<=\de)-(?=\d)|(?<=^[+0-]*)-(?=[+0-]*$)"
        + @"|(?<=(?<!\S)[+0-]+)-(?=[+0-]*(?!\S))|(?<!\S)-(?=[+0-]+(?!\S))")]
    private static partial Regex Minus();

    private static string Exact(object? value) => value switch
    {
        null => "",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>
    /// A column and how its numbers are written: all with as many significant digits as the one that needs most, at
    /// most four, and whole numbers as whole numbers.
    /// </summary>
    private sealed class Column
    {
        private const int MostDigits = 4;
        private readonly int digits;

        public Column(DataFrameColumn values)
        {
            Values = values;
            double[] numbers = [.. Enumerable.Range(0, (int)Math.Min(MostRows, values.Length))
                .Select(row => Number(values[row])).OfType<double>()
                .Where(value => double.IsFinite(value) && value != 0)];
            // No digits but the whole number's own.
            digits = numbers.All(value => value == Math.Truncate(value) && !HasExponent(value)) ? 0
                : numbers.Select(Needed).DefaultIfEmpty(0).Max();
        }

        public DataFrameColumn Values { get; }

        public string Name => Values.Name;

        public bool IsNumber => Values.IsNumericColumn();

        // In the element itself: the style sheets of hosts align cells too.
        public string Align => $" style=\"text-align:{(IsNumber ? "right" : "left")}\"";

        public string Read(long row) => Number(Values[row]) switch
        {
            null => Exact(Values[row]),
            0 => "0",
            double.NaN => "\u2013",                    // nothing to measure
            double.PositiveInfinity => "\u221e",
            double.NegativeInfinity => "\u2212\u221e",
            { } number when HasExponent(number) => Scientific(number, digits),
            { } number => number.ToString($"F{Decimals(number)}", CultureInfo.InvariantCulture),
        };

        private static double? Number(object? value) => value switch
        {
            double number => number,
            float number => number,
            decimal number => (double)number,
            _ => null,
        };

        /// <summary>Whether a reader would have to count zeros.</summary>
        private static bool HasExponent(double number) => Math.Abs(number) is >= 1e6 or < 1e-4;

        /// <summary>Digits that a number has, and all that are shown where it has more.</summary>
        private static int Needed(double number)
        {
            string shown = Scientific(number, MostDigits);
            double rounded = double.Parse(shown, CultureInfo.InvariantCulture);
            return Math.Abs(rounded - number) > 1e-12 * Math.Abs(number) ? MostDigits
                : shown.Split('e')[0].TrimEnd('0').Count(char.IsAsciiDigit);
        }

        private static string Scientific(double number, int digits) =>
            number.ToString(digits > 1 ? $"0.{new string('0', digits - 1)}e+0" : "0e+0", CultureInfo.InvariantCulture);

        /// <summary>Digits after the point: what is left of the significant ones, after rounding to them.</summary>
        private int Decimals(double number) => digits == 0 ? 0 : Math.Max(0, digits - 1
            - int.Parse(Scientific(number, Math.Max(2, digits)).Split('e')[1], CultureInfo.InvariantCulture));
    }
}
