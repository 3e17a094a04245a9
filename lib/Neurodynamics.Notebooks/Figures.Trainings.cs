using System.Globalization;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Plotly.NET;
using Plotly.NET.TraceObjects;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>How loss (logarithmic) and accuracy on held-out trials went in several trainings: a column per task, a line per architecture.</summary>
    /// <param name="records">The records of the trainings.</param>
    /// <param name="lowest">Where the axis of the accuracy begins; default 0.85.</param>
    /// <param name="level">An accuracy to draw a dashed line at; default the report's 0.95.</param>
    public static GenericChart Trainings(IReadOnlyCollection<TrainingRecord> records, double lowest = 0.85, double level = 0.95)
    {
        var tasks = records.GroupBy(record => record.Recipe.Task).ToArray();
        var panels = new Panels(records.Count == 1 ? "A training" : $"{records.Count} trainings", 560, [1, 1], tasks.Length, rowGap: 0.07, columnGap: 0.05);
        double[] losses = [.. records.SelectMany(record => record.Curve.Select(point => point.Loss)).Where(loss => loss > 0).DefaultIfEmpty(1)];
        double[] range = [Math.Log10(losses.Min()) - 0.2, Math.Log10(losses.Max()) + 0.2];
        for (int column = 0; column < tasks.Length; column++)
        {
            foreach (var record in tasks[column])
            {
                string name = record.Recipe.Architecture.Title;
                var (colour, _) = Look(record.Recipe.Architecture);
                var updates = record.Curve.Select(point => (double)point.Update).ToArray();
                panels.Line(0, column, name, updates, record.Curve.Select(point => point.Loss), colour, name + ", update %{x}<br>loss: %{y:.3~g}", 1.5);
                panels.Line(1, column, name, updates, record.Curve.Select(point => point.Accuracy), colour, name + ", update %{x}<br>accuracy: %{y:.2%}", 1.5);
            }
            panels.Head(0, column, tasks[column].Key.Title);
            panels.Y(0, column).With("type", "log").With("exponentformat", "power").With("dtick", range[1] - range[0] > 1 ? 1 : "D2").With("range", range).With("showticklabels", column == 0);
            panels.Y(1, column).With("tickformat", ".0%").With("range", new[] { lowest, 1.005 }).With("showticklabels", column == 0);
            panels.X(0, column).With("rangemode", "tozero").With("showticklabels", false);
            panels.X(1, column).With("rangemode", "tozero").With("title", Style.Title("update"));
            panels.Level(1, column, level, column == tasks.Length - 1 ? string.Create(CultureInfo.InvariantCulture, $"{100 * level:0.##} %") : "");
        }
        panels.Y(0).With("title", Style.Title("loss"));
        panels.Y(1).With("title", Style.Title("accuracy"));
        return panels.Chart();
    }

    /// <summary>Accuracy of networks on the trials that their trainings set aside, with 95 % intervals over trials: a row per network.</summary>
    /// <param name="records">The records of the trainings.</param>
    /// <param name="levels">Accuracies to draw dashed lines at.</param>
    public static GenericChart TestAccuracies(IReadOnlyCollection<TrainingRecord> records, params double[] levels)
    {
        var panels = new Panels("Accuracy on trials set aside", 180 + 30 * records.Count, [1]);
        var names = records.Select(record => $"{record.Recipe.Task.Title}: {record.Recipe.Architecture.Title}").ToArray();
        // The first on top.
        var rows = records.Select((record, i) => (Record: record, Place: records.Count - 1.0 - i)).ToArray();
        foreach (var group in rows.GroupBy(row => row.Record.Recipe.Architecture))
        {
            string name = group.Key.Title;
            var (colour, symbol) = Look(group.Key);
            panels.Markers(0, 0, name, group.Select(row => row.Record.Test.Mean), group.Select(row => row.Place), colour, "%{customdata}", symbol, 9)
                .With("customdata", group.Select(row => row.Record.Test.ToString()).ToArray())
                .With("error_x", new Error().With("type", "data").With("symmetric", false).With("color", colour)
                    .With("array", group.Select(row => Style.Drawn(row.Record.Test.High - row.Record.Test.Mean)).ToArray())
                    .With("arrayminus", group.Select(row => Style.Drawn(row.Record.Test.Mean - row.Record.Test.Low)).ToArray()));
        }
        panels.X(0).With("tickformat", ".0%").With("title", Style.Title("right decisions"));
        panels.Y(0).With("tickvals", rows.Select(row => row.Place).ToArray()).With("ticktext", names).With("automargin", true).With("zeroline", false).With("range", new[] { -0.7, records.Count - 0.3 });
        foreach (double level in levels) panels.Upright(0, 0, level, string.Create(CultureInfo.InvariantCulture, $" {100 * level:0.##} %"));
        return panels.Chart();
    }
}
