using System.Globalization;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Neurodynamics.Training;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

public static partial class Figures
{
    /// <summary>
    /// How loss (logarithmic) and accuracy went while a network was trained, with its accuracy on trials set aside.
    /// </summary>
    /// <param name="record">The record of the training.</param>
    public static GenericChart Training(TrainingRecord record)
    {
        var panels = new Panels($"{record.Recipe.Architecture.Title} with {record.Recipe.Units} units in training", 480,
            [1, 1], sharesX: true)
        {
            RowGap = 0.08,
            Legend = Legend.None,
        };
        var (loss, accuracy, test) = (panels[0], panels[1], record.Test);
        double[] updates = [.. record.Curve.Select(point => (double)point.Update)];
        loss.Line("loss", updates, record.Curve.Select(point => point.Loss), Paint.Blue,
            $"update {Hover.X}<br>loss: {Hover.YAs(".3~g")}").Marked(Paint.Blue);
        accuracy.Line("accuracy", updates, record.Curve.Select(point => point.Accuracy), Paint.Vermillion,
            $"update {Hover.X}<br>accuracy: {Hover.YAs(".2%")}")
            .Marked(Paint.Vermillion, MarkShape.Diamond);
        loss.X.Titled("update").FromZero();
        loss.Y.Titled("loss").Logarithmic();
        if (record.Curve.Max(point => point.Loss) <= 10 * record.Curve.Min(point => point.Loss)) loss.Y.WithinDecades()
            .Format(".1~g");
        accuracy.Y.Titled("accuracy").Percent();
        if (test.Trials > 0)
            accuracy.Level(test.Mean, string.Create(CultureInfo.InvariantCulture,
                $"on {test.Trials} trials set aside: {100 * test.Mean:0.00} %"), below: true);
        return panels.Chart();
    }

    /// <summary>
    /// How loss (logarithmic) and accuracy on held-out trials went in several trainings: a column per task, a line per
    /// architecture.
    /// </summary>
    /// <param name="records">The records of the trainings.</param>
    /// <param name="lowest">Where the axis of the accuracy begins; default 0.85.</param>
    /// <param name="level">An accuracy to draw a dashed line at; default the report's 0.95.</param>
    public static GenericChart Trainings(
        IReadOnlyCollection<TrainingRecord> records, double lowest = 0.85, double level = 0.95)
    {
        var tasks = records.GroupBy(record => record.Recipe.Task).ToArray();
        var panels = new Panels(
            records.Count == 1 ? "A training" : $"{records.Count} trainings", 560, [1, 1], tasks.Length, sharesX: true)
        {
            RowGap = 0.07,
            ColumnGap = 0.05,
        };
        double[] losses = [.. records.SelectMany(record => record.Curve.Select(point => point.Loss))
            .Where(loss => loss > 0).DefaultIfEmpty(1)];
        Architecture[] architectures = [.. records.Select(record => record.Recipe.Architecture).Distinct()];
        double margin = Math.Pow(10, 0.2), low = losses.Min() / margin, high = losses.Max() * margin;
        for (int column = 0; column < tasks.Length; column++)
        {
            var (loss, accuracy) = (panels[0, column], panels[1, column]);
            foreach (var record in tasks[column])
            {
                string name = record.Recipe.Architecture.Title;
                Paint paint = record.Recipe.Architecture.Mark.Hue;
                var dash = NthDash(Array.IndexOf(architectures, record.Recipe.Architecture));
                double[] updates = [.. record.Curve.Select(point => (double)point.Update)];
                loss.Line(name, updates, record.Curve.Select(point => point.Loss), paint,
                    $"{name}, update {Hover.X}<br>loss: {Hover.YAs(".3~g")}", 1.5, dash);
                accuracy.Line(name, updates, record.Curve.Select(point => point.Accuracy), paint,
                    $"{name}, update {Hover.X}<br>accuracy: {Hover.YAs(".2%")}", 1.5, dash);
            }
            loss.Caption(tasks[column].Key.Title);
            loss.X.Titled("update").FromZero();
            loss.Y.Logarithmic().From(low, high).NoTickLabels(column > 0);
            if (high <= 10 * low) loss.Y.WithinDecades();
            accuracy.Y.Percent().From(lowest, 1.005).NoTickLabels(column > 0);
            accuracy.Level(level, column == tasks.Length - 1 ? Percent(level) : "");
        }
        panels[0].Y.Titled("loss");
        panels[1].Y.Titled("accuracy");
        return panels.Chart();
    }

    /// <summary>
    /// Accuracy of networks on the trials that their trainings set aside, with 95 % intervals over trials: a row per
    /// network.
    /// </summary>
    /// <param name="records">The records of the trainings.</param>
    /// <param name="levels">Accuracies to draw dashed lines at.</param>
    public static GenericChart TestAccuracies(IReadOnlyCollection<TrainingRecord> records, params double[] levels)
    {
        var panels = new Panels("Accuracy on trials set aside", 180 + 30 * records.Count);
        var panel = panels[0];
        // The first on top.
        var rows = records.Reverse().Select((record, i) => (record.Recipe, record.Test, Place: (double)i)).ToArray();
        foreach (var group in rows.GroupBy(row => row.Recipe.Architecture).Reverse())
            panel.Markers(group.Key.Title, group.Select(row => row.Test.Mean), group.Select(row => row.Place),
                group.Key.Mark.Hue, Hover.Custom, group.Key.Mark.Shape, 9)
                .Custom(group.Select(row => row.Test.ToString()))
                .Errors(group.Select(row => row.Test.Mean - row.Test.Low),
                    group.Select(row => row.Test.High - row.Test.Mean), group.Key.Mark.Hue);
        panel.X.Percent().Titled("right decisions");
        panel.Y.Categories([.. rows.Select(row => $"{row.Recipe.Task.Title}: {row.Recipe.Architecture.Title}")], 0.7)
            .Roomy().NoZeroLine();
        foreach (double level in levels) panel.Upright(level, Percent(level));
        return panels.Chart();
    }
}
