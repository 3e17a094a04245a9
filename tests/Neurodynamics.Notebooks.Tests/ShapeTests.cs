using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Sweeps;
using Neurodynamics.Training;
using Plotly.NET;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>Figures and tables of shapes, of one network and over the networks of a sweep.</summary>
public sealed class ShapeTests
{
    public ShapeTests() => Workbook.Start();

    private static double[,] Cube => Sample.Points.Select(line => line.Point).ToList().States();

    private static JsonNode Json(GenericChart chart) =>
        JsonNode.Parse(Regex.Match(chart.ToDisplayString(HtmlFormatter.MimeType),
            @"neurodynamics\.show\(""[0-9a-f]{12}"", (.*)\);").Groups[1].Value)!;

    [Fact]
    public void A_cube_is_drawn_with_the_twelve_edges_that_fit_it_and_named_in_title_and_table()
    {
        var chart = Json(Figures.ShapeOf(Cube, "fixed points", Sample.Network, "Memories"));
        Assert.StartsWith("Memories: cube (", (string)chart["layout"]!["title"]!["text"]!, StringComparison.Ordinal);
        var frame = Assert.Single(chart["data"]!.AsArray(), trace => (string)trace!["mode"]! == "lines");
        Assert.Equal(12 * 3, frame!["x"]!.AsArray().Count);
        Assert.Equal(12, frame["x"]!.AsArray()
            .Count(value => value is null || value.GetValueKind() == System.Text.Json.JsonValueKind.String));

        var table = Tables.Shapes([("points", Cube), ("few", new double[3, 4])]);
        Assert.Equal("cube", table["shape"][0]);
        Assert.Equal(Cube.GetLength(0), table["how many"][0]);
        Assert.Equal("too few", table["shape"][1]);
        // Three copies of one state.
        Assert.Equal((3, 1), ((int)table["how many"][1], (int)table["different"][1]));
    }

    [Fact]
    public void A_sweep_is_told_group_by_group_with_what_its_rows_say()
    {
        var sweep = Made();
        Assert.Equal(["small, vanilla", "small, gru", "units 4"], sweep.Groups.Select(group => group.Name));
        var shapes = Tables.SweepShapes(sweep["small"], SweepCloud.Candidates);
        Assert.Equal([2, 1], Values(shapes, "cube"));
        Assert.Equal([0, 1], Values(shapes, "axes"));
        Assert.Equal("34 to 100 %", shapes["cube, 95 % interval"][0]);
        Assert.Equal("1000 (10 to 1990)", Tables.SweepMemory(sweep["small"])["slowest time constant"][0]);
        Assert.Equal("1 of 2 (9 to 91 %)", Tables.SweepFound(sweep["small"])["a cube's, all"][0]);
        Assert.Equal("2 of 2", Tables.SweepSpeeds(sweep["small"])["reached by"][0]);
        Assert.Equal("0 of 2", Tables.SweepSpeeds(sweep["small"], 0.01)["reached by"][0]);
        Assert.Contains("there are small, units", Assert.Throws<ArgumentException>(() => sweep["large"]).Message,
            StringComparison.Ordinal);

        Assert.Equal("3 of 4 (30 to 95 %)",
            $"{SweepGroup.Together(sweep["small"]).Shape(SweepCloud.Candidates, ShapeKind.Cube)}");

        var chart = Json(Figures.SweepShapes(sweep["small", "units"], [SweepCloud.Candidates], "Shapes"));
        var bars = chart["data"]!.AsArray();
        Assert.Equal(3 * 2, bars.Count);
        Assert.Equal(3 * 100.0, bars.Sum(bar => bar!["x"]!.AsArray().Sum(share => (double)share!)));
        Assert.Equal(2, bars.Count(bar => (bool)bar!["showlegend"]!));
    }

    /// <summary>A filled mark has exactly the 27 points of a grid in three dimensions.</summary>
    [Fact]
    public void The_size_of_a_task_is_held_beside_a_grid_of_as_many_dimensions()
    {
        var sweep = Made();
        var table = Tables.SweepSizes(sweep["small"]);
        Assert.Equal([27, 27], Values(table, "a grid's points"));
        Assert.Equal(["8 12 6 1", "8 12 6 1"], table["a grid's, by index"].Cast<string>());
        var rows = sweep["small"].SelectMany(group => group.Rows).ToList();
        var chart = Json(Figures.SweepSizes(sweep["small"], "Sizes"));
        var networks = chart["data"]!.AsArray().Where(trace => $"{trace!["mode"]}" == "markers").ToList();
        Assert.Equal(rows.Select(row => (double)row.Found.Points).Order(),
            networks.SelectMany(trace => trace!["y"]!.AsArray().Select(y => (double)y!)).Order());
        var symbols = networks.SelectMany(trace => trace!["marker"]!["symbol"]!.AsArray())
            .Select(symbol => $"{symbol}");
        Assert.Equal(rows.Count(row => row.IsCubeOfMemories),
            symbols.Count(symbol => !symbol.EndsWith("-open", StringComparison.Ordinal)));
    }

    /// <summary>Only the first network of each group was looked at under ones.</summary>
    [Fact]
    public void Constant_inputs_are_told_of_the_networks_that_were_looked_at()
    {
        var table = Tables.SweepUnderOnes(Made()["small"]);
        Assert.Equal([1, 1], Values(table, "seeds"));
        Assert.Equal(["1", "1"], table["fixed points under ones"].Cast<string>());
        Assert.Equal(["1 of 1 (21 to 100 %)", "1 of 1 (21 to 100 %)"], table["candidates there a cube"].Cast<string>());
    }

    private static int[] Values(DataFrame table, string column) =>
        [.. Enumerable.Range(0, (int)table.Rows.Count).Select(row => (int)table[column][row])];

    /// <summary>
    /// Three groups of two seeds; the second network of the second group has axes, the second of each another number of
    /// points.
    /// </summary>
    private static Sweep Made()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "made.json"), """
                { "base": { "units": 2 }, "seeds": 2, "cells": [
                  { "name": "small", "vary": { "architecture": ["vanilla", "gru"] } },
                  { "name": "units", "vary": { "units": [4] } } ] }
                """);
            var plan = SweepPlan.Load(Path.Combine(folder.FullName, "made.json"));
            File.WriteAllLines(
                Path.Combine(folder.FullName, "made.jsonl"), plan.Runs.Select(Row).Select(row => row.ToLine()));
            return Sweep.Load(folder.FullName, "made");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static SweepRow Row(Recipe recipe)
    {
        bool first = recipe.Seed == 1;
        var shape = !first && recipe.Architecture == Models.Architecture.Gru && recipe.Units == 2
            ? ShapeKind.Axes
            : ShapeKind.Cube;
        int points = first ? 27 : 8;
        return new(recipe.Hash, new SweepMeasurement().Hash, recipe, 10, Training.Stop.Updates, new(1, 0.9, 1, 8), 1, 1)
        {
            Memory = new(100, 1, null),
            Found = new(
                points, first ? [8, 12, 6, 1] : [8, 0, 0, 0], points, 0, first
                    ? 10
                    : 1990, 0, 0, CompletenessVerdict.Consistent, 8, 8),
            Descent = [new(null, 0, 0.1, 1, 1, 0.5)],
            Clouds =
            [
                new(SweepCloud.Candidates.Name, 10, 1, 1, [90, 90, 90], [])
                {
                    Scores = new Dictionary<ShapeKind, double> { [shape] = 5 },
                },
                .. first ? [UnderOnes(SweepCloud.UnderOnes, 1), UnderOnes(SweepCloud.DescentUnderOnes, 60)]
                    : Array.Empty<CloudFacts>(),
            ],
            Axes = [],
        };

        static CloudFacts UnderOnes(SweepCloud cloud, int points) => new(cloud.Name, points, 1, 1, [], [])
        {
            Scores = new Dictionary<ShapeKind, double> { [ShapeKind.Cube] = 5 },
        };
    }
}
