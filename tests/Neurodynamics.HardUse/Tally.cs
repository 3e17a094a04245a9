using Spectre.Console;

namespace Neurodynamics.HardUse;

/// <summary>How attempts ended: a table with a row for each kind of attempt and a column for each outcome.</summary>
/// <param name="outcomes">The outcomes, each with whether it is a fault.</param>
sealed class Tally(params (string Name, bool IsFault)[] outcomes)
{
    readonly SortedDictionary<string, int[]> counts = [];
    readonly Dictionary<string, string> examples = [];

    public void Add(string kind, string outcome, string example)
    {
        int column = Array.FindIndex(outcomes, known => known.Name == outcome);
        if (!counts.TryGetValue(kind, out int[]? row)) counts[kind] = row = new int[outcomes.Length];
        row[column]++;
        if (outcomes[column].IsFault) examples.TryAdd($"{kind}, {outcome}", example);
    }

    /// <summary>Shows the table, and an example of each fault.</summary>
    /// <returns>How many faults there were.</returns>
    public int Show()
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected) console.Profile.Width = 200;
        var table = new Table().Border(TableBorder.Ascii).AddColumn("kind")
            .AddColumn(new TableColumn("tried").RightAligned());
        foreach (var (name, _) in outcomes) table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var (kind, row) in counts)
            table.AddRow([Markup.Escape(kind), $"{row.Sum()}", .. row.Select(count => $"{count}")]);
        int[] all = [.. outcomes.Select((_, column) => counts.Values.Sum(row => row[column]))];
        table.AddRow(["all", $"{all.Sum()}", .. all.Select(count => $"{count}")]);
        console.Write(table);
        foreach (var (what, example) in examples) console.WriteLine($"{what}: {example}");
        return all.Where((_, column) => outcomes[column].IsFault).Sum();
    }
}
