using System.Globalization;
using System.Text.Json.Nodes;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Plotly.NET;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

public sealed class TaskFigureTests
{
    private static readonly Integration Plain = new() { Channels = 1 },
        Leaky = Plain with { Gamma = 0.9, Discount = Discount.Leaky };
    private static readonly FlipFlop Flips = new() { Channels = 2 };
    private static readonly (string, Integration)[] Readings = [("plain", Plain), ("leaky", Leaky)];
    private static readonly Trials Noise = Plain.Sample(50, 30, 1);

    private static readonly TrainingRecord[] Records =
    [
        Record(Architecture.Vanilla, 1, [0.8, 0.96]), Record(Architecture.Vanilla, 2, [0.7, 0.9]),
            Record(Architecture.Vanilla, 3, [0.97, 0.99]), Record(Architecture.Gru, 1, [0.96, 0.99]),
    ];

    private static readonly Dictionary<string, Func<GenericChart>> Charts = new()
    {
        ["integration"] = () => Figures.IntegrationTrial(Plain, Noise),
        ["readings"] = () => Figures.IntegrationReadings(Readings, Noise),
        ["weights"] = () => Figures.DiscountWeights(Readings, [5, 20]),
        ["trial"] = () => Figures.Trial(Flips.Sample(3, 30, 1), 2),
        ["disagreement"] = () =>
            Figures.Disagreement([new("plain / leaky", Noise.Disagreement(Leaky.Sample(50, 30, 1)), [0.1, 0.2])]),
        ["channels set"] = () => Figures.ChannelsSet(Flips.Sample(50, 30, 1).ChannelsSet(), [0.1, 0.2, 0.5]),
        ["autocorrelation"] = () =>
            Figures.TargetAutocorrelation([new("a", [1, 0.5, 0.3], [1, 0.6, 0.36]), new("b", [1, 0.9])], 5),
        ["baselines"] = () => Figures.LeakyBaselines([("plain", [0.6, 0.9]), ("noisy", [0.5, 0.8])], [0.5, 1]),
        ["trainings"] = () => Figures.Trainings(Records),
        ["accuracies"] = () => Figures.TestAccuracies(Records, 0.95),
    };

    public static IEnumerable<TheoryDataRow<string>> EveryFigure =>
        Charts.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory, MemberData(nameof(EveryFigure))]
    public void A_figure_has_something_in_every_panel_and_is_the_same_in_every_culture(string name)
    {
        string json = GenericChart.toJson(Charts[name]());
        var figure = JsonNode.Parse(json)!;
        var axes = figure["layout"]!.AsObject().Where(entry => entry.Key.StartsWith("yaxis", StringComparison.Ordinal))
            .Select(entry => "y" + entry.Key["yaxis".Length..]).ToHashSet();
        Assert.Equal(axes.Order(), figure["data"]!.AsArray().Select(trace => trace!["yaxis"]!.GetValue<string>())
            .Distinct().Order());
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(json, GenericChart.toJson(Charts[name]()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_target_of_the_figure_is_the_target_of_the_trial()
    {
        var target =
            JsonNode.Parse(GenericChart.toJson(Figures.IntegrationTrial(Plain, Noise, trial: 3)))!["data"]!.AsArray()
                .Single(trace => trace!["name"]!.GetValue<string>() == "target")!;
        Assert.Equal(Enumerable.Range(0, 30).Select(step => (double)Noise.Targets[3, step, 0]), target["y"]!.AsArray()
            .Select(value => value!.GetValue<double>()));
    }

    [Fact]
    public void A_training_that_never_got_there_counts_as_slower_than_all_that_did()
    {
        var table = Tables.UpdatesTo(Records, 0.95);
        Assert.Equal(["Vanilla", "2 of 3", "100", "200", "more than 200"], new[] { "cell", "reached 95 %",
            "fewest updates", "median", "most" }.Select(name => (string)table[name][0]));
        Assert.Equal("1 of 1", table["reached 95 %"][1]);
    }

    [Fact]
    public void What_was_not_reached_is_missing_in_the_table()
    {
        var table = Tables.Trainings(
            new Dictionary<string, TrainingRecord> { ["a"] = Records[0], ["b"] = Records[1] }, 0.95);
        Assert.Equal(200, table["first 95 %"][0]);
        Assert.Null(table["first 95 %"][1]);
        Assert.Null(Tables.TrainingTimes(
            new Dictionary<string, TrainingRecord> { ["b"] = Records[1] }, 0.95)["seconds to 95 %"][0]);
    }

    [Fact]
    public void Trainings_that_end_earlier_count_with_their_last_look()
    {
        var table = Tables.IfStoppedAt(
            new Dictionary<string, TrainingRecord> { ["a"] = Records[0], ["b"] = Records[1] }, 0.95, 50, 100, 5000);
        Assert.Equal(["0 of 2", "0 of 2", "1 of 2"], table["networks at 95 %"].Cast<string>());
        Assert.Equal(["a", "b", "b"], table["least accurate"].Cast<string>());
        Assert.Equal([null, 70.0, 90.0], table["its accuracy, %"].Cast<double?>());
    }

    private static TrainingRecord Record(Architecture architecture, long seed, double[] accuracies) => new(
        new Recipe { Architecture = architecture, Task = Plain, Seed = seed }, 200, Stop.Updates,
        [.. accuracies.Select((accuracy, i) => new CurvePoint(100 * (i + 1), 1 - accuracy, accuracy))],
            new(accuracies[^1], accuracies[^1] - 0.01, 1, 512), 10);
}
