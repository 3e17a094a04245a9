using System.Globalization;
using Microsoft.Data.Analysis;

namespace Neurodynamics.Notebooks;

/// <summary>Whether we see what the report says.</summary>
public enum Verdict
{
    /// <summary>Our results show it too.</summary>
    Seen,

    /// <summary>Part of it, or only for some of the networks: the statistic tells which.</summary>
    Partly,

    /// <summary>Our results show something else.</summary>
    NotSeen,

    /// <summary>Our results can neither show nor refute it.</summary>
    Open,
}

/// <summary>
/// The report's claims that a notebook tests, a row each: claim, section, statistic, value, verdict, notebook. Saved in
/// data/claims when the notebook runs; the last notebook shows all of them in one table.
/// </summary>
/// <param name="notebook">The notebook's number and name, such as "07-integration-one-channel".</param>
public sealed class Claims(string notebook)
{
    private static readonly string[] Columns = ["claim", "section", "statistic", "value", "verdict", "notebook"];

    private readonly List<string[]> rows = [];

    /// <summary>
    /// Adds a claim; one with the same words takes the place of the earlier, so that a cell can be run again.
    /// </summary>
    /// <param name="claim">What the report says, in a sentence.</param>
    /// <param name="section">Where it says so, such as "4.4.1, figure 4".</param>
    /// <param name="statistic">What was measured.</param>
    /// <param name="value">What came out, rounded for reading.</param>
    /// <param name="verdict">Whether we see what the report says.</param>
    public Claims Add(string claim, string section, string statistic, FormattableString value, Verdict verdict)
    {
        string[] row =
            [claim, section, statistic, value.ToString(CultureInfo.InvariantCulture), Words(verdict), notebook];
        int known = rows.FindIndex(other => other[0] == claim);
        if (known < 0) rows.Add(row);
        else rows[known] = row;
        return this;
    }

    /// <summary>
    /// The rows so far as a table, which is not saved: for a notebook's own suppositions, which are not the report's.
    /// </summary>
    public DataFrame Show() => Table(rows);

    /// <summary>Saves the rows in data/claims under the notebook's name, and returns them as a table.</summary>
    public DataFrame Save()
    {
        string folder = Path.Combine(Workbook.Data, "claims");
        Directory.CreateDirectory(folder);
        Tables.Save(Table(rows), Path.Combine(folder, notebook + ".csv"));
        return Table(rows);
    }

    /// <summary>The claims of all notebooks, in their order.</summary>
    public static DataFrame All()
    {
        string folder = Path.Combine(Workbook.Data, "claims");
        var tables = Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal).Select(Tables.Load)
            : [];
        return Table(
            [.. tables.SelectMany(
                table => table.Rows.Select(row => row.Select(value => value?.ToString() ?? "").ToArray()))]);
    }

    private static DataFrame Table(IReadOnlyList<string[]> rows) =>
        new(Columns.Select((name, i) => new StringDataFrameColumn(name, rows.Select(row => row[i]))));

    private static string Words(Verdict verdict) =>
        verdict == Verdict.NotSeen ? "not seen" : verdict.ToString().ToLowerInvariant();
}
