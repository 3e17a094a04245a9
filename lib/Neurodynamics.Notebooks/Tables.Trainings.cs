using System.Globalization;
using Microsoft.Data.Analysis;
using Neurodynamics.Training;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per training: accuracy on the trials set aside, with its 95 % interval; updates until the accuracy on held-out trials first was each level, and from which on it
    /// stayed there. Empty where a level was not reached.
    /// </summary>
    /// <param name="records">Names and records of trainings.</param>
    /// <param name="levels">Accuracies, such as 0.95.</param>
    public static DataFrame Trainings(IReadOnlyDictionary<string, TrainingRecord> records, params double[] levels) => new(
    [
        new StringDataFrameColumn("network", records.Keys),
        new PrimitiveDataFrameColumn<double>("right, %", records.Values.Select(record => 100 * record.Test.Mean)),
        new PrimitiveDataFrameColumn<double>("from", records.Values.Select(record => 100 * record.Test.Low)),
        new PrimitiveDataFrameColumn<double>("to", records.Values.Select(record => 100 * record.Test.High)),
        .. levels.SelectMany(level => new DataFrameColumn[]
        {
            new PrimitiveDataFrameColumn<int>($"first {Percent(level)}", records.Values.Select(record => record.UpdatesTo(level))),
            new PrimitiveDataFrameColumn<int>($"stays {Percent(level)}", records.Values.Select(record => record.UpdatesToStay(level))),
        }),
        new PrimitiveDataFrameColumn<int>("updates", records.Values.Select(record => record.Updates)),
    ]);

    /// <summary>A row per training: seconds of all of it, and about how many of them passed until the accuracy on held-out trials first was each level; empty where it was not reached.</summary>
    /// <param name="records">Names and records of trainings.</param>
    /// <param name="levels">Accuracies, such as 0.95.</param>
    public static DataFrame TrainingTimes(IReadOnlyDictionary<string, TrainingRecord> records, params double[] levels) => new(
    [
        new StringDataFrameColumn("network", records.Keys),
        .. levels.Select(level => new PrimitiveDataFrameColumn<double>($"seconds to {Percent(level)}", records.Values.Select(record => record.SecondsTo(level)))),
        new PrimitiveDataFrameColumn<double>("seconds in all", records.Values.Select(record => record.Seconds)),
        new PrimitiveDataFrameColumn<int>("updates in all", records.Values.Select(record => record.Updates)),
    ]);

    /// <summary>
    /// A row per task and architecture of several trainings with different seeds: how many reached an accuracy on held-out trials, and the fewest, the median and the most updates
    /// that it took them; one that did not reach it counts as more than all that did.
    /// </summary>
    /// <param name="records">Records of trainings.</param>
    /// <param name="level">The accuracy, such as 0.95.</param>
    public static DataFrame UpdatesTo(IEnumerable<TrainingRecord> records, double level)
    {
        var groups = records.GroupBy(record => (record.Recipe.Task, record.Recipe.Architecture))
            .Select(group => (group.Key, Updates: group.Select(record => record.UpdatesTo(level)).OrderBy(updates => updates ?? int.MaxValue).ToArray(), Most: group.Max(record => record.Updates))).ToArray();
        return new(
            new StringDataFrameColumn("task", groups.Select(group => group.Key.Task.Title)),
            new StringDataFrameColumn("cell", groups.Select(group => group.Key.Architecture.Title)),
            new StringDataFrameColumn($"reached {Percent(level)}", groups.Select(group => $"{group.Updates.Count(updates => updates is not null)} of {group.Updates.Length}")),
            new StringDataFrameColumn("fewest updates", groups.Select(group => Written(group.Updates[0], group.Most))),
            new StringDataFrameColumn("median", groups.Select(group => Written(group.Updates[(group.Updates.Length - 1) / 2], group.Most))),
            new StringDataFrameColumn("most", groups.Select(group => Written(group.Updates[^1], group.Most))));

        static string Written(int? updates, int most) => string.Create(CultureInfo.InvariantCulture, $"{(updates is null ? $"more than {most}" : updates)}");
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##} %");
}
