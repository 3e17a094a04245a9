using System.Text.RegularExpressions;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Plotly.NET;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>The figures and tables of the cells and of the plane, on networks small enough to be known.</summary>
public sealed class CellAndPlaneTests
{
    [Theory]
    [InlineData("vanilla")]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("lstm-as-printed")]
    [InlineData("gru-as-printed")]
    public void Every_cell_of_the_report_has_a_drawing_that_tells_its_equation(string architecture) =>
        Assert.Contains("tanh(", GenericChart.toJson(Figures.CellDiagram(Architecture.Named(architecture))),
            StringComparison.Ordinal);

    [Fact]
    public void Cells_without_a_drawing_or_gates_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Figures.CellDiagram(Architecture.GruResetBefore));
        var trials = new FlipFlop { Channels = 1 }.Sample(1, 5, 1);
        Assert.Contains("no gates", Assert.Throws<ArgumentException>(() =>
            Figures.Gates(Network.Create(Architecture.Vanilla, 1, 3, 1, 1), trials)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gates_are_heat_maps_below_a_line_per_channel()
    {
        var trials = new FlipFlop { Channels = 2 }.Sample(1, 5, 1);
        string[] traces = GenericChart.getTraces(Figures.Gates(Network.Create(Architecture.Lstm, 2, 3, 2, 1), trials))
            .Select(trace => trace.type).ToArray();
        Assert.Equal(["scatter", "scatter", "heatmap", "heatmap", "heatmap"], traces);
    }

    [Fact]
    public void Figures_of_a_plane_draw_its_points_by_kind()
    {
        var plane = PhasePlane.Of(RecurrentCell.Create(Architecture.Vanilla, new[,] { { 1.0 }, { 1.0 } },
            new[,] { { 1.25, 0.75 }, { 0.75, 1.25 } }), resolution: 9);
        var points = plane.FixedPoints(6, TestContext.Current.CancellationToken);
        foreach (var chart in new[]
        {
            Figures.PhasePlanes(
                [new("", plane, points, plane.Trajectories(plane.Grid(3), 4, TestContext.Current.CancellationToken))]),
            Figures.SpeedSurface(plane, points),
            Figures.SpeedCut(plane, points, [1, -1]),
        })
            Assert.Equal(
                ["attractor", "saddle"], GenericChart.getTraces(chart).Select(trace => trace.TryGetPropertyValue(
                    "name").Value as string).Where(name => name is "attractor" or "saddle" or "repeller"));
    }

    /// <summary>Of a turn that grows, the eigenvalues are known: growth and turn themselves.</summary>
    [Fact]
    public void Spectra_tell_how_a_mode_grows_and_turns()
    {
        var (along, across) = (1.3 * Math.Cos(0.5), 1.3 * Math.Sin(0.5));
        var points = PhasePlane.Of(RecurrentCell.Create(Architecture.Vanilla, new[,] { { 1.0 }, { 1.0 } },
            new[,] { { along, -across }, { across, along } }), resolution: 9)
            .FixedPoints(6, TestContext.Current.CancellationToken);
        string json = GenericChart.toJson(Figures.Spectra([new("turn", points), new("nothing", [])]));
        foreach (string words in new[] { "|λ| = 1", "repeller", "grows by 1.300 a step", "0.080 turns a step" })
            Assert.Contains(words, Regex.Unescape(json), StringComparison.Ordinal);
    }
}
