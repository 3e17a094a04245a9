using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Plotly.NET;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>Figures and tables of networks without a readout, and of those whose outputs are values.</summary>
public sealed class OutputsTests
{
    private const string NotChecked = "form not checked (PyTorch's GRU)";

    private static readonly Network Bare = new(Sample.Network.Cell);

    /// <summary>The sample with outputs of about 1 and -1 at its attractors.</summary>
    private static readonly Network Valued = new(Sample.Network.Cell, Scaled(Sample.Network), OutputMeaning.Values);

    private static readonly Lazy<IReadOnlyList<Branch>> Branches = new(() =>
        new Continuation { MaxStep = 0.01, MaxSteps = 30 }.FollowAll(
            Sample.Network.Cell, [(FixedPoint)Sample.Points[0].Point], [1, 1, 1]));

    private static readonly double[,] States = Sample.Solution.States;

    private static readonly FixedPointSet Found = Sample.Portrait.Set;

    /// <summary>Where the fixed points are [M, S].</summary>
    private static double[,] Places
    {
        get
        {
            double[,] places = new double[Sample.Points.Count, 100];
            for (int i = 0; i < Sample.Points.Count; i++)
                for (int j = 0; j < 100; j++) places[i, j] = Sample.Points[i].Point.State[j];
            return places;
        }
    }

    private static Portrait Portrait(Network network) => Sample.Portrait with { Network = network };

    private static PulseResponses Pulses() => PulseResponses.Of(
        Sample.Network.Cell, Sample.Points, PulseResponses.OneChannelEach(3));

    private static readonly Dictionary<string, Func<Network, GenericChart>> Charts = new()
    {
        ["trial"] = network => Figures.Trial(Sample.Trials, 3, network),
        ["gates"] = network => Figures.Gates(network, Sample.Trials),
        ["points"] = network => Figures.FixedPoints(Sample.Points, network, Sample.Pca, Sample.States),
        ["points by readout"] = network =>
            Figures.FixedPoints(Sample.Points, network, Sample.Pca, colourBy: ColourBy.Readout),
        ["among"] = network => Figures.Among(
            Sample.Points, network, Sample.Pca, Sample.States, "ends", [.. Sample.Points.Select(point => point.Point)]),
        ["transitions"] = network => Figures.Transitions(Sample.Graph, network, Sample.Pca, ColourBy.Readout),
        ["planes"] = network => Figures.Planes(Sample.Graph, network, [("one", Sample.Pca)]),
        ["side by side"] = network => Figures.SideBySide([Portrait(network)]),
        ["moduli"] = network => Figures.Moduli([Portrait(network)]),
        ["ends"] = network => Figures.Ends([Sample.Solution], [Sample.Points], network, Sample.Pca, "ends"),
        ["branches"] = network => Figures.Branches(Branches.Value, network),
        ["clouds"] = network => Figures.Clouds([new("cloud", States)], network, Sample.Pca, "clouds"),
        ["shape"] = network => Figures.ShapeOf(States, "cloud", network, "shape"),
    };

    private static readonly Dictionary<string, Func<Network, DataFrame>> Frames = new()
    {
        ["points"] = network => Tables.FixedPoints(Sample.Points, network),
        ["found"] = network => Tables.Found([Portrait(network)]),
        ["by set"] = network => Tables.BySet([new("one", network, Found)]),
        ["by input"] = network => Tables.ByInput([Found], network),
        ["connections"] = network => Tables.Connections(Sample.Graph, network),
        ["neighbours"] = network => Tables.Neighbours(Sample.Graph, network),
        ["pulses"] = network => Tables.Pulses(Pulses(), network),
        ["folds"] = network => Tables.Folds(Branches.Value, network),
        ["gates"] = network => Tables.Gates([network], Sample.Trials, 1),
        ["grid"] = network => Tables.Grid([Portrait(network)]),
        ["variance"] = network => Tables.ExplainedVariance([Portrait(network)]),
        ["descents"] = network => Tables.Descents([Sample.Solution], [Found], network),
        ["settled"] = network =>
            Tables.Settled([("one", Settling.Of(network, Sample.Points, Sample.Trials, steps: 10))]),
    };

    private static readonly Dictionary<string, Action> AboutReadouts = new()
    {
        ["undecided"] = () => Tables.Undecided(Sample.Points, Bare),
        ["decided"] = () => Tables.Decided([Portrait(Bare)]),
        ["axes"] = () => Tables.ReadoutAxes(Sample.Pca, Bare),
        ["angles"] = () => Tables.ReadoutAngles(Bare),
        ["held pulses"] = () => Tables.HeldPulses([Pulses()], Bare),
        ["in readouts"] = () => Figures.InReadouts([new("cloud", States)], Bare, "clouds"),
    };

    public static TheoryData<string> ChartNames => [.. Charts.Keys];

    public static TheoryData<string> FrameNames => [.. Frames.Keys];

    public static TheoryData<string> Refusals => [.. AboutReadouts.Keys];

    [Theory, MemberData(nameof(ChartNames))]
    public void A_figure_of_a_network_without_a_readout_leaves_it_out(string name)
    {
        string json = GenericChart.toJson(Charts[name](Bare));
        foreach (string word in new[] { "readout", "logit", "p = ", "p(", "y = ", "<b></b>" })
            Assert.DoesNotContain(word, json.Replace("Readouts", ""), StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(JsonNode.Parse(json)!["data"]!.AsArray());
    }

    [Theory, MemberData(nameof(ChartNames))]
    public void A_figure_of_values_speaks_of_neither_probabilities_nor_logits(string name)
    {
        string json = GenericChart.toJson(Charts[name](Valued));
        foreach (string word in new[] { "logit", "p = ", "p(", "p of " })
            Assert.DoesNotContain(word, json, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(FrameNames))]
    public void A_table_of_a_network_without_a_readout_leaves_it_out(string name)
    {
        var (with, without) = (Frames[name](Sample.Network), Frames[name](Bare));
        Assert.Equal(with.Rows.Count, without.Rows.Count);
        string[] left = [.. with.Columns.Select(column => column.Name).Except(without.Columns.Select(one => one.Name))];
        Assert.Equal(name switch
        {
            "points" => ["readout", "p1", "p2", "p3"],
            "by set" => ["p at attractor"],
            "by input" => ["attractors read out"],
            "connections" or "neighbours" => ["channels that differ"],
            "folds" => ["one point", "the other"],
            "descents" => ["readout as at the start", "patterns read out"],
            "settled" => ["different readouts", "reads the answer", "reads the target"],
            _ => [],
        }, left);
        Assert.Empty(without.Columns.Select(column => column.Name).Except(with.Columns.Select(one => one.Name)));
    }

    [Theory, MemberData(nameof(Refusals))]
    public void What_is_about_readouts_alone_says_that_there_is_none(string name) => Assert.StartsWith(
        "This network has no readout: give it one",
        Assert.Throws<InvalidOperationException>(AboutReadouts[name]).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_a_readout_points_are_coloured_by_their_unstable_modes()
    {
        Assert.Equal(
            GenericChart.toJson(Figures.FixedPoints(Sample.Points, Bare, Sample.Pca)),
            GenericChart.toJson(Figures.FixedPoints(Sample.Points, Bare, Sample.Pca, colourBy: ColourBy.Readout)));
        var connections = Tables.Connections(Sample.Graph, Bare);
        Assert.Equal(Sample.Graph.Edges().Select(edge => $"{edge.First + 1}"),
            connections.Rows.Select(row => (string)row[0]));
    }

    [Fact]
    public void Values_have_their_own_columns_and_scale_from_minus_one_to_one()
    {
        var table = Tables.FixedPoints(Sample.Points, Valued);
        double[,] answers = Valued.Logits(Places);
        for (int i = 0; i < Sample.Points.Count; i++) Assert.Equal(answers[i, 1], (double)table["y2"][i], 1e-12);
        Assert.Equal(answers[0, 0], (double)Tables.BySet([new("one", Valued, Found)])["y at attractor"][0], 1e-12);
        // Of a network that has both kinds, the table has probabilities.
        var both = Tables.BySet([new("one", Valued, Found), new("two", Sample.Network, Found), new("no", Bare, Found)]);
        double[] read = [.. Enumerable.Range(0, 3).Select(row => (double)both["p at attractor"][row])];
        Assert.Equal(Math.Clamp((1 + answers[0, 0]) / 2, 0, 1), read[0], 1e-12);
        Assert.True(read[1] is > 0.9 or < 0.1 && double.IsNaN(read[2]));

        var one = new Network(Sample.Network.Cell, Scaled(Sample.Network, channels: 1), OutputMeaning.Values);
        foreach (var (network, title, low) in new[] { (one, "readout", -1.0), (Logits(one), "p(class 1)", 0.0) })
        {
            var bar = Bars(Figures.FixedPoints(Sample.Points, network, Sample.Pca, colourBy: ColourBy.Readout)).First();
            Assert.Equal((title, low, 1.0),
                ((string)bar["colorbar"]!["title"]!["text"]!, (double)bar["cmin"]!, (double)bar["cmax"]!));
        }
        var clouds = Bars(Figures.Clouds([new("cloud", States)], one, Sample.Pca, "clouds")).First();
        Assert.Equal((-1.0, 1.0), ((double)clouds["cmin"]!, (double)clouds["cmax"]!));
        Assert.Contains("readout of channel 2", GenericChart.toJson(
            Figures.InReadouts([new("cloud", States)], Valued, "clouds")), StringComparison.Ordinal);
        Assert.Contains("(y = ", GenericChart.toJson(Figures.FixedPoints(Sample.Points, Valued, Sample.Pca)),
            StringComparison.Ordinal);
        var held = Holding.Of(one, States, 3, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(OutputMeaning.Values, held.Outputs);
        Assert.DoesNotContain("logit", GenericChart.toJson(Figures.Held(held)), StringComparison.Ordinal);
        Assert.Contains("logit", GenericChart.toJson(Figures.Held(held with { Outputs = OutputMeaning.Logits })),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_trial_shows_the_values_themselves()
    {
        double[,,] readouts = Valued.Readouts(Sample.Trials.Inputs);
        var lines = JsonNode.Parse(GenericChart.toJson(Figures.Trial(Sample.Trials, 3, Valued)))!["data"]!.AsArray()
            .Where(trace => (string?)trace!["name"] == "readout").ToArray();
        Assert.Equal(3, lines.Length);
        for (int channel = 0; channel < 3; channel++)
            Assert.Equal(readouts[3, 59, channel], (double)lines[channel]!["y"]![59]!, 1e-3);
    }

    [Theory, MemberData(nameof(ChartNames))]
    public void A_figure_says_what_is_not_checked_in_a_line_of_its_own(string name)
    {
        var imported = Sample.Imported();
        var (plain, said) = (Layout(Charts[name](Sample.Network)), Layout(Charts[name](imported.Network)));
        Assert.Equal($"{plain["title"]!["text"]}<br><span style=\"font-size:13px\">{NotChecked}</span>",
            (string)said["title"]!["text"]!);
        // The line takes nothing from the rest: both are higher by as much.
        Assert.Equal((int)said["height"]! - (int)plain["height"]!,
            (int)said["margin"]!["t"]! - (int)plain["margin"]!["t"]!);
        Assert.Equal((1 - (double)plain["title"]!["y"]!) * (int)plain["height"]!,
            (1 - (double)said["title"]!["y"]!) * (int)said["height"]!, 1e-9);

        Assert.True(imported.Check(new(Sample.Trials.Inputs, Sample.States)).Reproduced);
        Assert.Equal(GenericChart.toJson(Charts[name](Sample.Network)),
            GenericChart.toJson(Charts[name](imported.Network)));

        static JsonNode Layout(GenericChart chart) => JsonNode.Parse(GenericChart.toJson(chart))!["layout"]!;
    }

    /// <summary>A leaky cell saved from a subclass of nn.RNNCell is read as one without a leak.</summary>
    [Fact]
    public void A_network_from_a_file_says_what_is_not_checked_of_it_wherever_its_points_are_shown()
    {
        var network = NetworkFile.Load(Path.Combine(Workbook.Data, "..", "tests", "Neurodynamics.Tests", "FieldCases",
            "c02_leaky.pt")).Network;
        var found = new FixedPointSearch().Run(network.Cell, new double[1, network.Cell.StateSize],
            cancellation: TestContext.Current.CancellationToken);
        var points = Linearisation.Of(
            network.Cell, found.Points, cancellation: TestContext.Current.CancellationToken);
        const string said = "form not checked (tanh, no leak)";
        Assert.Contains(said, found.ToString(), StringComparison.Ordinal);
        Assert.StartsWith(said, TableText.Plain(Tables.FixedPoints(points, network)), StringComparison.Ordinal);
        Assert.Contains($"<p>{said}</p>", TableText.Html(Tables.Summary(points)), StringComparison.Ordinal);
        Assert.Contains(said, GenericChart.toJson(Figures.LeadingEigenvalues(points)), StringComparison.Ordinal);
    }

    /// <summary>Figures and tables of points alone know it from the points.</summary>
    [Fact]
    public void Figures_and_tables_of_points_and_searches_say_it_until_the_network_is_checked()
    {
        var imported = Sample.Imported();
        var cell = imported.Cell;
        var found = new FixedPointSearch { MaxRounds = 1 }.Run(
            cell, Candidates.FromTrials(cell, Sample.Trials.Inputs, 64, seed: 3),
            cancellation: TestContext.Current.CancellationToken);
        var points = Linearisation.Of(cell, found.Points, cancellation: TestContext.Current.CancellationToken);
        Dictionary<string, Func<string>> all = new()
        {
            ["certificates"] = () => GenericChart.toJson(Figures.Certificates(found.Points)),
            ["ends"] = () => GenericChart.toJson(Figures.Ends([("Newton", found.Solution!)])),
            ["tolerance"] = () => GenericChart.toJson(Figures.Tolerance([("Newton", found.Solution!)], 27)),
            ["accepted ends"] = () => GenericChart.toJson(
                Figures.Accepted([("Newton", found.Solution!)], points, Sample.Pca, [1e-2, 1e-26])),
            ["accepted"] = () => TableText.Plain(
                Tables.Accepted([AcceptedEnds.Of(found.Solution!, points, tolerance: 1e-2)])),
            ["eigenvalues"] = () => GenericChart.toJson(Figures.LeadingEigenvalues(points)),
            ["summary"] = () => TableText.Plain(Tables.Summary(points)),
            ["plane"] = () => TableText.Html(Tables.PlanePoints(points)),
            ["rounds"] = () => TableText.Plain(Tables.Rounds(found)),
            ["continua"] = () => TableText.Plain(Tables.Continua(found)),
            ["endings"] = () => TableText.Plain(Tables.Endings(found.Solution!)),
            ["doubtful"] = () => TableText.Plain(Tables.Doubtful(cell, found.SlowPoints)),
            ["completeness"] = () => TableText.Html(Tables.Completeness([("all", found.Completeness)])),
            ["solvers"] = () => TableText.Html(Tables.Solvers([("Newton", found.Solution!)], found.Points)),
        };
        // JSON and HTML each have an apostrophe of their own.
        Assert.All(all, one => Assert.Contains(NotChecked, WebUtility.HtmlDecode(Text(one.Value()))));
        Assert.True(imported.Check(new(Sample.Trials.Inputs, Sample.States)).Reproduced);
        Assert.All(all, one => Assert.DoesNotContain("not checked", one.Value(), StringComparison.Ordinal));

        static string Text(string json) => json.Replace("\\u0027", "'", StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(FrameNames))]
    public void A_table_says_what_is_not_checked_in_a_line_above_it(string name)
    {
        // A table of settled trials is of what became of them, and does not know the network.
        if (name == "settled") return;
        var imported = Sample.Imported();
        var (plain, said) = (Frames[name](Sample.Network), Frames[name](imported.Network));
        Assert.Equal($"{NotChecked}\n{TableText.Plain(plain)}", TableText.Plain(said));
        Assert.Equal(TableText.Html(plain).Replace("<table", "<p>form not checked (PyTorch&#39;s GRU)</p>\n<table",
            StringComparison.Ordinal), TableText.Html(said));
        Assert.Equal(plain.Columns.Select(column => column.Name), said.Columns.Select(column => column.Name));

        Assert.True(imported.Check(new(Sample.Trials.Inputs, Sample.States)).Reproduced);
        Assert.Equal(TableText.Html(plain), TableText.Html(Frames[name](imported.Network)));
    }

    private static Network Logits(Network network) => new(network.Cell, network.Readout);

    private static IEnumerable<JsonNode> Bars(GenericChart chart) =>
        JsonNode.Parse(GenericChart.toJson(chart))!["data"]!.AsArray()
            .Select(trace => trace!["marker"]).Where(marker => marker?["cmin"] is not null).Select(marker => marker!);

    /// <summary>The first rows of a network's readout, so scaled that the largest output at a point is 1.</summary>
    private static Linear Scaled(Network network, int channels = 3)
    {
        double most = network.Logits(Places).Cast<double>().Max(Math.Abs);
        var readout = nn.Linear(100, channels);
        using var frozen = no_grad();
        readout.weight.copy_(network.Readout!.weight.narrow(0, 0, channels) / most);
        readout.bias!.copy_(network.Readout.bias!.narrow(0, 0, channels) / most);
        return readout;
    }
}
