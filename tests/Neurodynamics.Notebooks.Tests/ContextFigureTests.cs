using System.Text.Json.Nodes;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Plotly.NET;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>Figures of decisions, phase lines, waves and bifurcations: what is drawn is what was computed.</summary>
public sealed class ContextFigureTests
{
    [Fact]
    public void Psychometric_curves_have_a_panel_per_context_and_a_line_per_stream()
    {
        var curves = Psychometric.Of(
            Network.Create(new Currents { Leak = 0.2 }, 4, 6, 1, seed: 1), new ContextDecision(), 30, trials: 5,
            cancellation: TestContext.Current.CancellationToken);
        var lines = Data(Figures.Psychometric(curves))
            .Where(trace => (string?)trace["mode"] == "lines+markers").ToList();
        Assert.Equal(4, lines.Count);
        foreach (var (line, curve) in lines.Zip(curves))
        {
            Assert.Equal(curve.Share, Numbers(line["y"]));
            Assert.Equal(curve.Coherences, Numbers(line["x"]));
        }
        Assert.Equal(["x", "x", "x2", "x2"], lines.Select(line => (string?)line["xaxis"] ?? "x"));
    }

    [Fact]
    public void A_phase_line_is_drawn_with_its_points_on_zero()
    {
        var cell = LeakyCell.CreateLowRank(new Currents { Leak = 0.2 }, new double[5, 1], new double[,]
            { { 1 }, { 1 }, { 1 }, { 1 }, { 1 } }, new double[,] { { 2 }, { 2 }, { 2 }, { 2 }, { 2 } }).Reduced();
        var line = PhaseLine.Of(cell, [0], 2, 5);
        // k' = 0.8 k + 0.2 * 2 tanh(k).
        Assert.Equal(
            line.Axis.Select(k => 0.4 * Math.Tanh(k) - 0.2 * k), line.Steps, (a, b) => Math.Abs(a - b) < 1e-12);
        double[,] starts = { { -1.9 }, { 0.1 }, { 1.9 } };
        var points = Linearisation.Of(cell, new FixedPointSearch()
            .Run(cell, starts, cancellation: TestContext.Current.CancellationToken).Points,
            cancellation: TestContext.Current.CancellationToken);
        var data = Data(Figures.PhaseLines([new("rest", line, points)], variable: "k"));
        Assert.Equal(line.Steps, Numbers(data.Single(trace => (string?)trace["name"] == "rest")["y"]), IsDrawn);
        var marks = data.Where(trace => (string?)trace["mode"] == "markers").ToList();
        Assert.Equal(["attractor", "repeller"], marks.Select(trace => (string?)trace["name"]).Order());
        Assert.All(marks, trace => Assert.All(Numbers(trace["y"]), y => Assert.Equal(0, y)));
    }

    [Fact]
    public void Selections_are_bars_of_the_effects()
    {
        var network = Network.Create(new Rates { Leak = 0.3 }, 2, 4, 1, seed: 1).InDouble();
        var point = Linearisation.Of(network.Cell, [new FixedPoint(new double[4], [0, 0], 0, 0)],
            cancellation: TestContext.Current.CancellationToken)[0];
        var selection = Selection.Of(network, point);
        var bars = Data(Figures.Selections([("here", selection)], [(0, "left"), (1, "right")]))
            .Single(trace => (string?)trace["type"] == "bar");
        Assert.Equal(selection.Effects, Numbers(bars["y"]), IsDrawn);
    }

    [Fact]
    public void Periods_leave_out_inputs_without_a_curve()
    {
        var round = new InvariantCurve(new double[20, 2], [0], 12, [1, 0.5]);
        var rests = new InvariantCurve(new double[2, 2], [0], double.PositiveInfinity, [0.9, 0.5]);
        var data = Data(Figures.Periods([new(0.25, 13, 11, round), new(0.5, 10, double.NaN, rests)]));
        var real = data.Single(trace => (string?)trace["name"] == "where it goes round");
        Assert.Equal(12, (double)real["y"]![0]!);
        Assert.Equal("NaN", real["y"]![1]!.ToString());
    }

    [Fact]
    public void Targeted_ways_end_in_a_dot_where_they_end()
    {
        var axes = new TargetedAxes(["choice", "motion"], new double[2, 3], new double[2, 4], [3, 3]);
        double[,] way = { { 0, 0 }, { 1, 2 }, { 3, 4 } };
        var data = Data(Figures.Targeted(axes, [("motion counts", 1, [new("+0.5", 1, way)])], "ways"));
        var end = data.Single(trace => (string?)trace["mode"] == "markers");
        Assert.Equal((3.0, 4.0), ((double)end["x"]![0]!, (double)end["y"]![0]!));
    }

    [Fact]
    public void Bifurcations_have_a_mark_by_kind()
    {
        var cell = Cell.From((u, x) => u.neg() * x.tanh(), 1, 1);
        var branch = new Continuation().Follow(
            cell, new([0], [0.5], 0, 1), [1.5], cancellation: TestContext.Current.CancellationToken);
        string json = GenericChart.toJson(Figures.Branches([branch], new(cell)));
        Assert.Contains("flip at 1.0000", json, StringComparison.Ordinal);
        Assert.Contains("a turn in 2.0 steps", json, StringComparison.Ordinal);
    }

    /// <summary>Figures have five digits.</summary>
    private static bool IsDrawn(double computed, double drawn) =>
        Math.Abs(computed - drawn) <= 1e-4 * Math.Abs(computed);

    private static IReadOnlyList<JsonNode> Data(GenericChart chart) =>
        [.. JsonNode.Parse(GenericChart.toJson(chart))!["data"]!.AsArray().Select(trace => trace!)];

    private static double[] Numbers(JsonNode? values) => [.. values!.AsArray().Select(value => (double)value!)];
}
