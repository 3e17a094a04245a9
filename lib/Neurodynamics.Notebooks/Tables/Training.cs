using Microsoft.Data.Analysis;
using Neurodynamics.Training;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per network: cell, units, updates, accuracy on trials set aside with its 95 % confidence interval.
    /// </summary>
    public static DataFrame Accuracies(IReadOnlyList<TrainedNetwork> networks) => Table.Of(networks)
        .Column("cell", trained => trained.Network.Cell.Title)
        .Column("units", trained => trained.Network.Cell.Units)
        .Column("updates", trained => trained.Record.Updates)
        .Column("accuracy", trained => trained.Record.Test.Mean)
        .Column("low", trained => trained.Record.Test.Low)
        .Column("high", trained => trained.Record.Test.High);

    /// <summary>
    /// A row per network: its file, one step as an equation, units, weights and biases that were trained, and accuracy
    /// on trials set aside.
    /// </summary>
    /// <param name="networks">Names and networks.</param>
    public static DataFrame Forms(IReadOnlyDictionary<string, TrainedNetwork> networks) => Table.Of(networks)
        .Column("network", entry => entry.Key)
        .Column("one step", entry => entry.Value.Network.Cell.Architecture?.Equation ?? "")
        .Column("units", entry => entry.Value.Network.Cell.Units)
        .Column("trained values", entry => entry.Value.Network.parameters().Sum(values => values.numel()))
        .Column("accuracy", entry => entry.Value.Record.Test.Mean);

    /// <summary>
    /// A row per training: accuracy on the trials set aside, with its 95 % interval; updates until the accuracy on
    /// held-out trials first reached each level, and after which it stayed there. Empty where a level was not reached.
    /// </summary>
    /// <param name="records">Names and records of trainings.</param>
    /// <param name="levels">Accuracies, such as 0.95.</param>
    public static DataFrame Trainings(IReadOnlyDictionary<string, TrainingRecord> records, params double[] levels) =>
        Table.Of(records)
        .Column("network", entry => entry.Key)
        .Column("right, %", entry => 100 * entry.Value.Test.Mean)
        .Column("from", entry => 100 * entry.Value.Test.Low)
        .Column("to", entry => 100 * entry.Value.Test.High)
        .Each(levels, (table, level) => table
            .Column($"first {Wording.Percent(level)}", entry => entry.Value.UpdatesTo(level))
            .Column($"stays {Wording.Percent(level)}", entry => entry.Value.UpdatesToStay(level)))
        .Column("updates", entry => entry.Value.Updates);

    /// <summary>
    /// What would have come out had all trainings ended earlier: a row per number of updates, with how many networks
    /// were then at a level on held-out trials, and which was the least accurate. A training that had ended before
    /// counts with its last look.
    /// </summary>
    /// <param name="records">Names and records of trainings.</param>
    /// <param name="level">An accuracy, such as 0.95.</param>
    /// <param name="updates">Numbers of updates.</param>
    public static DataFrame IfStoppedAt(
        IReadOnlyDictionary<string, TrainingRecord> records, double level, params IEnumerable<int> updates) =>
        Table.Of(updates.Select(end => (Updates: end, Networks: records
                .Select(entry => (Name: entry.Key, Accuracy: entry.Value.AccuracyAt(end)))
                .OrderBy(network => network.Accuracy ?? 0).ToArray())))
            .Column("updates", row => row.Updates)
            .Column($"networks at {Wording.Percent(level)}", row =>
                $"{row.Networks.Count(network => network.Accuracy >= level)} of {row.Networks.Length}")
            .Column("least accurate", row => row.Networks.Length == 0 ? "" : row.Networks[0].Name)
            .Column("its accuracy, %", row => row.Networks.Length == 0 ? null : 100 * row.Networks[0].Accuracy);

    /// <summary>
    /// A row per training: about how many seconds passed until the accuracy on held-out trials first reached each level
    /// (empty where it did not), and the seconds and updates of all of it.
    /// </summary>
    /// <param name="records">Names and records of trainings.</param>
    /// <param name="levels">Accuracies, such as 0.95.</param>
    public static DataFrame TrainingTimes(
        IReadOnlyDictionary<string, TrainingRecord> records, params double[] levels) => Table.Of(records)
        .Column("network", entry => entry.Key)
        .Each(levels, (table, level) =>
            table.Column($"seconds to {Wording.Percent(level)}", entry => entry.Value.SecondsTo(level)))
        .Column("seconds in all", entry => entry.Value.Seconds)
        .Column("updates in all", entry => entry.Value.Updates);

    /// <summary>
    /// A row per task and architecture of several trainings with different seeds: how many reached an accuracy on
    /// held-out trials, and the fewest, the median and the most updates that it took them. One that did not reach it
    /// counts as more than all that did.
    /// </summary>
    /// <param name="records">Records of trainings.</param>
    /// <param name="level">The accuracy, such as 0.95.</param>
    public static DataFrame UpdatesTo(IEnumerable<TrainingRecord> records, double level)
    {
        return Table.Of(records.GroupBy(record => (record.Recipe.Task, record.Recipe.Architecture))
                .Select(group => (group.Key, Most: group.Max(record => record.Updates),
                    Updates: group.Select(record => record.UpdatesTo(level)).OrderBy(updates => updates ?? int.MaxValue)
                        .ToArray())))
            .Column("task", group => group.Key.Task.Title)
            .Column("cell", group => group.Key.Architecture.Title)
            .Column($"reached {Wording.Percent(level)}", group =>
                $"{group.Updates.Count(updates => updates is not null)} of {group.Updates.Length}")
            .Column("fewest updates", group => Written(group.Updates[0], group.Most))
            .Column("median", group => Written(group.Updates[(group.Updates.Length - 1) / 2], group.Most))
            .Column("most", group => Written(group.Updates[^1], group.Most));

        static string Written(int? updates, int most) => updates is { } taken ? $"{taken}" : $"more than {most}";
    }

    /// <summary>
    /// A row per trained network: the accuracy on the trials that its training set aside, and what simple rules reach
    /// on the same trials: the sign of the last sample, and a leaky integrator with the leak that does best on other
    /// trials.
    /// </summary>
    /// <param name="networks">Networks and their names.</param>
    /// <param name="leaks">The leaks to choose from.</param>
    public static DataFrame Baselines(
        IReadOnlyDictionary<string, TrainedNetwork> networks, IReadOnlyList<double> leaks) =>
        Table.Of(networks.Select(entry =>
            (Name: entry.Key, entry.Value.Record.Test, Rules: SimpleRules.Of(entry.Value.Record.Recipe, leaks))))
            .Column("network", row => row.Name)
            .Column("last sample, %", row => 100 * row.Rules.LastSample.Mean)
            .Column("best leak", row => row.Rules.BestLeak)
            .Column("leaky integrator, %", row => 100 * row.Rules.Leaky.Mean)
            .Column("network, %", row => 100 * row.Test.Mean);
}
