using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Neurodynamics.Sweeps;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// How many fixed points networks have, against the number of channels of their task: a mark per network, beside
    /// the 3^K places of a grid with three a side and the 2^K of its corners. A panel per task. A filled mark has
    /// exactly a grid's points, each index as often, all certified, and no sign that one is missing.
    /// </summary>
    /// <param name="groups">Networks trained on tasks of one to several channels.</param>
    /// <param name="title">Title.</param>
    public static GenericChart SweepSizes(IReadOnlyList<SweepGroup> groups, string title)
    {
        Demand.Given(groups);
        SweepRow[] networks = [.. groups.SelectMany(group => group.Rows)];
        var tasks = networks.GroupBy(row => row.Recipe.Task.Name).ToArray();
        var panels = new Panels(title, 460, columns: Math.Max(1, tasks.Length))
        {
            Legend = Legend.Below,
            ColumnGap = 0.05,
        };
        string[] architectures = [.. networks.Select(ArchitectureName).Distinct().Order()];
        foreach (var (column, task) in tasks.Index())
        {
            var panel = panels[0, column];
            panel.Caption(task.Key);
            double[] sizes = [.. task.Select(row => (double)row.Recipe.Task.OutputSize).Distinct().Order()];
            panel.Line("3 to the power of K", sizes, sizes.Select(size => Math.Pow(3, size)), Paint.Black,
                $"a grid in {Hover.X} dimensions: {Hover.Y} places", 1.5, Dash.Dash);
            panel.Line("2 to the power of K", sizes, sizes.Select(size => Math.Pow(2, size)), Paint.Grey,
                $"its corners: {Hover.Y}", 1.5, Dash.Dot);
            foreach (var (i, architecture) in architectures.Index())
            {
                var (paint, symbol) = Nth(i);
                SweepRow[] rows = [.. task.Where(row => ArchitectureName(row) == architecture)
                    .OrderBy(row => row.Recipe.Task.OutputSize).ThenBy(row => row.Recipe.Seed)];
                panel.Markers(architecture, rows.Select(Beside), rows.Select(row => (double)row.Found.Points), paint,
                    Hover.Custom, symbol, 8).Custom(rows.Select(row =>
                        $"{architecture}, {Number.Of(row.Recipe.Task.OutputSize, "channel")}, seed {row.Recipe.Seed}: "
                        + $"{100 * row.Accuracy.Mean:0.0} % right<br>{Number.Of(row.Found.Points, "fixed point")}, by "
                        + $"index {string.Join(", ", row.Found.ByIndex)}<br>"
                        + (row.IsCubeOfMemories ? "exactly a grid's" : "not a grid's")))
                    .Shaped(rows.Select(row => row.IsCubeOfMemories ? symbol : Enum.Parse<MarkShape>($"{symbol}Open")));

                // Architectures and seeds beside each other.
                double Beside(SweepRow row) => row.Recipe.Task.OutputSize
                    + 0.24 * (i - (architectures.Length - 1) / 2.0) + 0.018 * ((row.Recipe.Seed - 1) % 10 - 4.5);
            }
            panel.X.Titled("K, channels of the task").Ticks(sizes, sizes.Select(size => $"{size}"));
            double[] powers = [.. sizes.Select(size => Math.Pow(3, size))];
            panel.Y.Titled(column == 0 ? "fixed points" : null).Logarithmic()
                .Ticks(powers, powers.Select(power => $"{power}"));
        }
        return panels.Chart();

        static string ArchitectureName(SweepRow row) => $"{row.Recipe.Architecture}".ToLowerInvariant();
    }
}
