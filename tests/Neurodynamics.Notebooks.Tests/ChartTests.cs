using System.Text.Json.Nodes;
using Neurodynamics.Models;
using Neurodynamics.Notebooks.Charts;
using Neurodynamics.Tasks;
using Plotly.NET;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>The layer that figures are drawn with: what it tells plotly.js.</summary>
public sealed class ChartTests
{
    private static JsonNode Json(GenericChart chart) => JsonNode.Parse(GenericChart.toJson(chart))!;

    private static double[] Numbers(JsonNode? node) => [.. node!.AsArray().Select(value => (double)value!)];

    private static Panels Drawn(double[] heights, int columns = 1, bool sharesX = false)
    {
        var panels = new Panels("test", 400, heights, columns, sharesX) { RowGap = 0.1, ColumnGap = 0.2 };
        foreach (var panel in panels.All) panel.Line("line", [1, 2], [1, 10], Paint.Blue, null);
        return panels;
    }

    [Fact]
    public void On_a_logarithmic_axis_values_are_in_the_units_of_the_data()
    {
        var panels = Drawn([1]);
        // In whatever order: the axis may become logarithmic after something was written on it.
        panels[0].Level(27, "twenty-seven");
        panels[0].Upright(1000, "a thousand");
        panels[0].Y.From(1, 100).Logarithmic();
        panels[0].X.Logarithmic();
        var layout = Json(panels.Chart())["layout"]!;
        Assert.Equal([0, 2], Numbers(layout["yaxis"]!["range"]));
        // plotly.js takes lines in the units of the data, and text as its logarithm.
        var lines = layout["shapes"]!.AsArray();
        Assert.Equal([27.0, 1000], [(double)lines[0]!["y0"]!, (double)lines[1]!["x0"]!]);
        var words = layout["annotations"]!.AsArray();
        Assert.Equal([Math.Log10(27), 3], [(double)words[0]!["y"]!, (double)words[1]!["x"]!]);
    }

    [Fact]
    public void Panels_fill_the_figure_in_their_shares_with_gaps_between()
    {
        var layout = Json(Drawn([1, 2], columns: 2).Chart())["layout"]!;
        Assert.Equal([0.7, 1], Numbers(layout["yaxis"]!["domain"]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0, 0.6], Numbers(layout["yaxis3"]!["domain"]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0, 0.4], Numbers(layout["xaxis"]!["domain"]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.6, 1], Numbers(layout["xaxis4"]!["domain"]), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void A_shared_axis_lies_below_the_lowest_panel_and_what_is_not_drawn_has_no_axes()
    {
        var shared = Json(Drawn([1, 1], sharesX: true).Chart())["layout"]!;
        Assert.Equal("y2", (string)shared["xaxis"]!["anchor"]!);
        Assert.Null(shared["xaxis2"]);
        var panels = new Panels("test", 400, columns: 2);
        panels[0].Markers("dot", [1], [1], Paint.Blue, null);
        Assert.Null(Json(panels.Chart())["layout"]!["xaxis2"]);
    }

    [Fact]
    public void A_name_is_in_the_legend_once_and_an_empty_one_never()
    {
        var panels = Drawn([1, 1]);
        panels[0].Line("other", [1], [1], Paint.Green, null);
        panels[0].Line("", [1], [1], Paint.Green, null);
        var traces = Json(panels.Chart())["data"]!.AsArray();
        Assert.Equal(["line", "other"], traces.Where(trace => (bool)trace!["showlegend"]!)
            .Select(trace => (string)trace!["name"]!));
        // Those of one name are switched on and off together.
        Assert.Equal(["line", "line", null, null], traces.Select(trace => (string?)trace!["legendgroup"]));
    }

    [Fact]
    public void A_scale_of_colours_has_one_bar_for_all_that_share_it()
    {
        var panels = new Panels("test", 400, columns: 2);
        var scale = new Scale("values", 0, 1);
        foreach (var panel in panels.All) panel.Markers("dots", [1, 2], [1, 2], Paint.Grey, null)
            .Coloured([0, 1], scale);
        var markers = Json(panels.Chart())["data"]!.AsArray().Select(trace => trace!["marker"]!)
            // But for that of the legend.
            .Where(marker => marker["color"] is JsonArray).ToArray();
        Assert.Equal([true, false], markers.Select(marker => (bool)marker["showscale"]!));
        Assert.All(markers, marker => Assert.Equal([0.0, 1], [(double)marker["cmin"]!, (double)marker["cmax"]!]));
    }

    [Fact]
    public void Points_of_fewer_coordinates_lie_in_a_plane_and_nothing_breaks_a_line()
    {
        var space = new Space("test", 400);
        space.Add().Line("way", [[1, 2], null, [3.00004, 4]], Paint.Ink, 1);
        var trace = Json(space.Chart())["data"]![0]!;
        Assert.Equal([1, 3], trace["x"]!.AsArray().Where(
            value => value!.GetValueKind() == System.Text.Json.JsonValueKind.Number).Select(value => (double)value!));
        Assert.Equal(3, trace["x"]!.AsArray().Count);
        Assert.Equal(0, (double)trace["z"]![2]!);
    }

    [Fact]
    public void Every_shape_of_a_marker_has_a_name_that_plotly_knows()
    {
        var panels = new Panels("test", 400);
        foreach (var shape in Enum.GetValues<MarkShape>()) panels[0]
            .Markers($"{shape}", [1], [1], Paint.Blue, null, shape);
        Assert.Equal(
            ["circle", "circle-open", "cross", "diamond", "diamond-open", "square", "square-open", "star",
                "triangle-up", "x"],
            Json(panels.Chart())["data"]!.AsArray().Select(trace => (string)trace!["marker"]!["symbol"]!)
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_trial_of_any_task_shows_its_inputs_apart_its_epochs_and_no_masked_target()
    {
        // Two inputs and one target, which counts in the response only.
        var (inputs, targets, weights) = (new double[2, 6, 2], new double[2, 6, 1], new double[2, 6, 1]);
        (inputs[1, 2, 1], targets[1, 4, 0], targets[1, 5, 0], weights[1, 4, 0], weights[1, 5, 0]) = (0.5, 1, 1, 1, 1);
        var trials = new Trials(
            inputs, targets, weights)
        { Epochs = [new("stimulus", [0, 2], [2, 3]), new("response", [3, 4], [6, 6])] };
        var chart = Json(Figures.Trial(trials, 1));
        var traces = chart["data"]!.AsArray();
        Assert.Equal(["input 1", "input 2", "target"], traces.Select(trace => (string)trace!["name"]!));
        Assert.Equal(["y", "y", "y2"], traces.Select(trace => (string)trace!["yaxis"]!));
        Assert.Equal([4, 5], Enumerable.Range(0, 6)
            .Where(step => traces[2]!["y"]![step]!.GetValueKind() == System.Text.Json.JsonValueKind.Number));
        var spans = chart["layout"]!["shapes"]!.AsArray().Where(shape => (string)shape!["yref"]! == "y domain")
            .ToArray();
        Assert.Equal([2.5, 4.5], spans.Select(span => (double)span!["x0"]!));
        Assert.Equal([3.5, 6.5], spans.Select(span => (double)span!["x1"]!));
        Assert.Equal(["stimulus", "response"], chart["layout"]!["annotations"]!.AsArray()
            .Select(note => (string)note!["text"]!));
    }

    [Fact]
    public void Side_by_side_are_no_more_scenes_than_networks() =>
        Assert.Equal(
            ["scene", "scene2"], Json(Figures.SideBySide([Sample.Portrait, Sample.Portrait]))["layout"]!.AsObject()
            .Select(entry => entry.Key).Where(key => key.StartsWith("scene", StringComparison.Ordinal)));
}
