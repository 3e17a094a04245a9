using System.Text.Json;
using Neurodynamics.Models;
using Neurodynamics.Sweeps;
using Neurodynamics.Tasks;
using Xunit;

namespace Neurodynamics.Tests.Sweeps;

public sealed class SweepPlanTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{ "base": null, "cells": [{ "name": "a" }] }""")]
    [InlineData("""{ "base": {}, "cells": null }""")]
    [InlineData("""{ "base": {}, "cells": [null] }""")]
    [InlineData("""{ "base": {}, "cells": [{ "name": null }] }""")]
    [InlineData("""{ "base": {}, "cells": [{ "name": "a\nb" }] }""")]
    [InlineData("""{ "base": {}, "measure": null, "cells": [{ "name": "a" }] }""")]
    [InlineData("""{ "base": {}, "cells": [{ "name": "a", "set": null }] }""")]
    [InlineData("""{ "base": {}, "cells": [{ "name": "a", "vary": { "units": null } }] }""")]
    [InlineData("""{ "base": {}, "seeds": 2000000000, "cells": [{ "name": "a" }] }""")]
    [InlineData("""{ "base": { "units": 2147483648 }, "cells": [{ "name": "a" }] }""")]
    public void A_file_that_is_no_sweep_is_refused_in_one_sentence(string text)
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "plan.json");
        File.WriteAllText(file, text);
        string said = Assert.Throws<InvalidDataException>(() => SweepPlan.Load(file)).Message;
        Assert.StartsWith($"{file} is not a sweep: ", said, StringComparison.Ordinal);
        Assert.InRange(said.Length, 0, 300 + file.Length);
        Assert.DoesNotContain('\n', said);
    }

    private const string Base =
        """ "base": { "units": 8, "task": { "name": "flip-flop", "channels": 1 }, "training": { "updates": 20 } } """;

    private static SweepPlan Parse(string rest) => SweepPlan.Parse($"{{ {Base}, {rest} }}");

    [Fact]
    public void Every_combination_of_what_a_cell_varies_is_a_cell_with_all_seeds()
    {
        var plan = Parse(
            """
            "seeds": 3, "cells": [{ "name": "base" },
            { "name": "both", "vary": { "architecture": ["vanilla", "lstm"], "units": [4, 5] }, "seeds": 2 }]
            """);
        Assert.Equal(3 + 4 * 2, plan.Runs.Count);
        Assert.Equal(["base", "both, vanilla, units 4", "both, vanilla, units 5", "both, lstm, units 4",
            "both, lstm, units 5"], plan.Cells.Select(cell => cell.Title));
        Assert.Equal([1, 2, 3], plan.Cells[0].Runs.Select(run => run.Seed));
        Assert.Equal((Architecture.Lstm, 4, 2), (plan.Runs[8].Architecture, plan.Runs[8].Units, plan.Runs[8].Seed));
        Assert.Equal("both, lstm, units 4, seed 2", plan.Title(plan.Runs[8]));
        Assert.All(plan.Runs, run => Assert.Equal(20, run.Training.Updates));
    }

    [Fact]
    public void A_cell_may_change_what_the_base_leaves_at_its_default_and_put_another_task_in_its_place()
    {
        var plan = Parse(
            """
            "seeds": 1, "cells": [{ "name": "other", "set":
            { "task": { "name": "integration", "channels": 2 }, "training.targetAccuracy": 0.9 } }]
            """);
        Assert.Equal((new Integration { Channels = 2 }, 0.9),
            ((Integration)plan.Runs[0].Task, plan.Runs[0].Training.TargetAccuracy));
    }

    [Fact]
    public void What_the_file_does_not_say_is_as_documented()
    {
        var plan = Parse(""" "cells": [{ "name": "base" }] """);
        Assert.Equal(10, plan.Runs.Count);
        Assert.Equal(new SweepMeasurement().Candidates, plan.Measure.Candidates);
        Assert.Equal(new SweepMeasurement().Stops, plan.Measure.Stops);
    }

    [Fact]
    public void A_recipe_that_two_cells_share_runs_once()
    {
        var plan = Parse(
            """ "seeds": 2, "cells": [{ "name": "base" }, { "name": "units", "vary": { "units": [8, 9] } }] """);
        Assert.Equal(3, plan.Cells.Count);
        Assert.Equal(4, plan.Runs.Count);
        Assert.Equal("base, seed 2", plan.Title(plan.Cells[1].Runs[1]));
    }

    /// <summary>The first two numbers of updates, counted up, whose recipes have one hash.</summary>
    [Fact]
    public void Two_recipes_of_one_hash_are_refused_by_their_names()
    {
        static string Cells(int updates) => $$"""
            "seeds": 1, "cells": [{ "name": "one", "set": { "training.updates": 29980 } },
            { "name": "other", "set": { "training.updates": {{updates}} } }]
            """;
        string message = Assert.Throws<JsonException>(() => Parse(Cells(139601))).Message;
        Assert.Contains("ae4af8f1 is by chance that of \"one, seed 1\" and of \"other, seed 1\"", message);
        Assert.Equal(2, Parse(Cells(139602)).Runs.Count);
        Assert.Single(Parse(Cells(29980)).Runs);
    }

    [Fact]
    public void Comments_and_trailing_commas_are_read_over() =>
        Assert.Single(Parse("""
            // One seed is enough.
            "seeds": 1, /* and one cell */ "cells": [{ "name": "base", },],
            """).Runs);

    [Theory]
    [InlineData("""{ "name": "odd", "set": { "training.los": 1 } }""",
        "the cell \"odd\" changes training.los, but there is no los in updates, ")]
    [InlineData(
        """{ "name": "odd", "vary": { "trainin.loss": [1] } }""", "there is no trainin in architecture, units, ")]
    [InlineData("""{ "name": "odd", "set": { "seed": 4 } }""", "there is no seed in ")]
    [InlineData("""{ "name": "odd", "set": { "task.gamma": 0.9 } }""", "there is no gamma in ")]
    [InlineData("""{ "name": "odd", "set": { "architecture": "grue" } }""", "architecture")]
    [InlineData("""{ "name": "odd", "set": { "units": 0 } }""", "at least 1 unit")]
    [InlineData("""{ "name": "odd", "set": { "units": "many" } }""", "units")]
    [InlineData("""{ "name": "odd", "set": { "task": { "channels": 3 } } }""", "the cell \"odd\" makes no recipe: ")]
    [InlineData("""{ "name": "odd", "set": { "task": { "name": "integration", "gama": 1 } } }""", "gama")]
    [InlineData("""{ "name": "odd", "vary": { "units": [] } }""", "varies units over no values")]
    [InlineData("""{ "name": "odd", "seeds": 0 }""", "has 0 seeds: it needs at least 1")]
    [InlineData("""{ "name": "odd" }, { "name": "odd" }""", "two cells are called \"odd\"")]
    public void What_a_cell_gets_wrong_is_refused_by_its_name(string cells, string told)
    {
        string message = Assert.Throws<JsonException>(() => Parse($""" "cells": [{cells}] """)).Message;
        Assert.Contains("odd", message);
        Assert.Contains(told, message);
    }

    [Theory]
    [InlineData("""{ "base": {}, "cells": [] }""", "it has no cells")]
    [InlineData("""{ "base": {}, "cels": [] }""", "cels")]
    [InlineData("""{ "cells": [{ "name": "base" }] }""", "base")]
    [InlineData("""{ "base": {}, "measure": { "noise": -1 }, "cells": [{ "name": "base" }] }""", "Noise is at least 0")]
    [InlineData("", "is not a sweep")]
    public void A_file_that_is_no_sweep_is_named(string text, string told)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "odd.json");
        File.WriteAllText(path, text);
        string message = Assert.Throws<InvalidDataException>(() => SweepPlan.Load(path)).Message;
        Assert.StartsWith($"{path} is not a sweep: ", message);
        Assert.Contains(told, message);
    }

    [Fact]
    public void The_sweeps_that_come_with_the_workbook_are_sweeps()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string sweeps = Path.Combine(folder.FullName, "data", "sweeps");
            if (!Directory.Exists(sweeps)) continue;
            Assert.All(Directory.GetFiles(sweeps, "*.json"), path => Assert.NotEmpty(SweepPlan.Load(path).Runs));
            return;
        }
        Assert.Fail("data/sweeps was not found above the test.");
    }
}
