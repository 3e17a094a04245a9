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
/// The report's claims that a notebook tests, a row each: claim, section, statistic, value, verdict, notebook. They are
/// saved where the results of a run go (<see cref="Workbook.Results"/>). Those that came with the workbook, in
/// data/claims, are only replaced by <c>run --update</c>.
/// </summary>
/// <param name="notebook">The notebook's number and name, such as "07-integration-one-channel".</param>
public sealed class Claims(string notebook)
{
    private static readonly string[] Columns = ["claim", "section", "statistic", "value", "verdict", "notebook"];

    private readonly List<string[]> rows = [];

    /// <summary>How many there are, and of which notebook.</summary>
    public override string ToString() => $"{rows.Count} claims of {notebook}";

    /// <summary>
    /// Adds a claim with the verdict that the results give; one with the same words takes the place of the earlier, so
    /// that a cell can be run again.
    /// </summary>
    /// <param name="claim">What the report says, in a sentence.</param>
    /// <param name="section">Where it says so, such as "4.4.1, figure 4".</param>
    /// <param name="statistic">What was measured.</param>
    /// <param name="value">What came out, rounded for reading.</param>
    /// <param name="seen">Whether these results show what the report says.</param>
    /// <param name="notSeen">Whether they show something else. Neither or both: partly.</param>
    public Claims Add(
        string claim, string section, string statistic, FormattableString value, bool seen, bool notSeen) =>
        Add(claim, section, statistic, value, (seen, notSeen) switch
        {
            (true, false) => Verdict.Seen,
            (false, true) => Verdict.NotSeen,
            _ => Verdict.Partly,
        });

    /// <summary>Adds a claim that no result here can show or refute.</summary>
    /// <param name="claim">What the report says, in a sentence.</param>
    /// <param name="section">Where it says so.</param>
    /// <param name="statistic">What was measured, and why it cannot tell.</param>
    /// <param name="value">What came out, rounded for reading.</param>
    public Claims AddOpen(string claim, string section, string statistic, FormattableString value) =>
        Add(claim, section, statistic, value, Verdict.Open);

    private Claims Add(string claim, string section, string statistic, FormattableString value, Verdict verdict)
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
    public DataFrame Show() => Frame(rows);

    /// <summary>
    /// Saves the rows under the notebook's name where the results of this run go, and returns them as a table.
    /// </summary>
    public DataFrame Save()
    {
        Directory.CreateDirectory(Folder(Workbook.Results));
        Tables.Save(Frame(rows), Path.Combine(Folder(Workbook.Results), notebook + ".csv"));
        return Frame(rows);
    }

    /// <summary>The claims of all notebooks, in their order, as they came with the workbook.</summary>
    public static DataFrame All() => Frame(In(Workbook.Data));

    /// <summary>
    /// Where your own last runs of the notebooks came to something else than what came with the workbook: claim, value
    /// and verdict as they came, and here.
    /// </summary>
    public static DataFrame Changed()
    {
        var own = In(Workbook.Results).ToDictionary(row => (row[0], row[5]));
        return Notebooks.Table.Of(In(Workbook.Data)
                .Where(row => own.TryGetValue((row[0], row[5]), out string[]? mine)
                    && !mine[3..5].SequenceEqual(row[3..5]))
                .Select(row => (Came: row, Here: own[(row[0], row[5])])))
            .Column("claim", row => row.Came[0])
            .Column("as it came", row => $"{row.Came[3]} ({row.Came[4]})")
            .Column("here", row => $"{row.Here[3]} ({row.Here[4]})")
            .Column("notebook", row => row.Came[5]);
    }

    private static string Folder(string results) => Path.Combine(results, "claims");

    private static string[][] In(string results) => !Directory.Exists(Folder(results)) ? [] :
        [.. Directory.GetFiles(Folder(results), "*.csv").Order(StringComparer.Ordinal).Select(Tables.Load)
            .SelectMany(table => table.Rows.Select(row => row.Select(value => value?.ToString() ?? "").ToArray()))];

    private static DataFrame Frame(IReadOnlyList<string[]> rows) =>
        new(Columns.Select((name, i) => new StringDataFrameColumn(name, rows.Select(row => row[i]))));

    private static string Words(Verdict verdict) =>
        verdict == Verdict.NotSeen ? "not seen" : verdict.ToString().ToLowerInvariant();
}
