using System.Globalization;
using Neurodynamics.Sweeps;
using Neurodynamics.Tests.Training;
using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Tests.Sweeps;

public sealed class SweepRowsTests : IDisposable
{
    private const string PlanText = """
        {
          "base": { "units": 8, "task": { "name": "flip-flop", "channels": 1 },
            "training": { "updates": 20, "batchSize": 8, "steps": 12, "evaluateEvery": 7, "learningRate": 0.02 } },
          "seeds": 3,
          "measure": { "trials": 16, "descentCandidates": 8, "descentSteps": 20, "candidates": 16, "holdSteps": 20 },
          "cells": [{ "name": "base" }]
        }
        """;

    private static readonly SweepPlan Plan = SweepPlan.Parse(PlanText);

    private static readonly Lazy<SweepRow> First = new(() =>
    {
        using var folder = new TemporaryFolder();
        return new SweepRows(Plan, folder.Path).Make(Plan.Runs[0]);
    });

    private readonly TemporaryFolder folder = new();

    private SweepRows Rows => new(Plan, folder.Path);

    private string Merged => Path.Combine(folder.Path, "merged.jsonl");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_row_is_one_line_and_comes_back_from_it_in_any_culture()
    {
        var before = CultureInfo.CurrentCulture;
        string line = First.Value.ToLine();
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            var row = SweepRow.FromLine(line);
            Assert.Equal(line, row.ToLine());
            Assert.True(First.Value.SameAs(row));
            Assert.Equal((Plan.Runs[0], Plan.Runs[0].Hash), (row.Recipe, row.Run));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void Rows_are_the_same_whatever_time_they_took_and_different_where_anything_else_is()
    {
        Assert.True(First.Value.SameAs(First.Value with { TrainingSeconds = 1e6, AnalysisSeconds = 1e6 }));
        var found = First.Value.Found;
        Assert.True(SameWith(found with { SlowestTimeConstant = found.SlowestTimeConstant * (1 + 1e-12) }));
        Assert.False(SameWith(found with { SlowestTimeConstant = found.SlowestTimeConstant * 1.001 }));
        Assert.False(SameWith(found with { Points = found.Points + 1 }));
        Assert.False(First.Value.SameAs(First.Value with { Recipe = Plan.Runs[1] }));
        Assert.False(First.Value.SameAs(First.Value with { Updates = 19 }));
        Assert.False(First.Value.SameAs(First.Value with { Clouds = [.. First.Value.Clouds!.Skip(1)] }));

        static bool SameWith(FoundFacts changed) => First.Value.SameAs(First.Value with { Found = changed });
    }

    [Fact]
    public void A_run_that_was_stopped_in_training_goes_on_and_gives_the_row_of_one_that_was_not()
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() =>
            Rows.Make(Plan.Runs[0], new TrainerTests.Told(now => { if (now.Update == 9) stop.Cancel(); }),
                cancellation: stop.Token));
        Assert.False(Rows.Has(Plan.Runs[0]));
        int? first = null;
        var row = Rows.Make(Plan.Runs[0], new TrainerTests.Told(now => first ??= now.Update));
        Assert.Equal(10, first);
        Assert.True(First.Value.SameAs(row), $"{First.Value.ToLine()}\n{row.ToLine()}");
    }

    [Fact]
    public void A_training_that_was_put_aside_and_damaged_is_told_of()
    {
        string networks = Path.Combine(folder.Path, "networks");
        Directory.CreateDirectory(networks);
        File.WriteAllText(Path.Combine(networks, $"{Plan.Runs[0].Hash}.training"), "damaged");
        var said = new List<string>();
        Assert.True(First.Value.SameAs(Rows.Make(Plan.Runs[0], say: said.Add)));
        Assert.Contains("is damaged", Assert.Single(said));
    }

    [Fact]
    public void A_run_that_was_stopped_while_it_was_measured_leaves_its_network_and_no_row()
    {
        using var stop = new CancellationTokenSource();
        new NetworkStore(Path.Combine(folder.Path, "networks")).Train(Plan.Runs[0].Hash, Plan.Runs[0]);
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => Rows.Make(Plan.Runs[0], cancellation: stop.Token));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "rows")));
        Assert.True(First.Value.SameAs(
            Rows.Make(Plan.Runs[0], new TrainerTests.Told(_ => Assert.Fail("It was trained again.")))));
    }

    [Fact]
    public void A_row_that_was_not_written_to_its_end_is_none()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "rows"));
        File.WriteAllText(
            Path.Combine(folder.Path, "rows", $"{Plan.Runs[0].Hash}.json.partial"), First.Value.ToLine()[..100]);
        Assert.False(Rows.Has(Plan.Runs[0]));
        Assert.Null(Rows.Read(Plan.Runs[0]));
        Assert.Equal(0, Rows.Merge(Merged));
        Rows.Make(Plan.Runs[0]);
        Assert.True(First.Value.SameAs(Rows.Read(Plan.Runs[0])!));
    }

    [Fact]
    public void A_row_that_cannot_be_read_is_made_again()
    {
        Put(First.Value);
        File.WriteAllText(Path.Combine(folder.Path, "rows", $"{Plan.Runs[0].Hash}.json"), "");
        Assert.False(Rows.Has(Plan.Runs[0]));
        Assert.True(First.Value.SameAs(Rows.Make(Plan.Runs[0])));
        Assert.True(Rows.Has(Plan.Runs[0]));
    }

    [Fact]
    public void Rows_that_the_sweep_does_not_ask_for_stay_in_the_merged_file()
    {
        var measuredOtherwise =
            First.Value with { Run = Plan.Runs[1].Hash, Recipe = Plan.Runs[1], Measured = new SweepMeasurement().Hash };
        var stranger = First.Value with { Run = "00000000", Recipe = First.Value.Recipe with { Seed = 77 } };
        File.WriteAllLines(Merged, [stranger.ToLine(), measuredOtherwise.ToLine()]);
        Put(First.Value);
        Assert.Equal(1, Rows.Merge(Merged));
        Assert.Equal([First.Value.ToLine(), stranger.ToLine(), measuredOtherwise.ToLine()], File.ReadAllLines(Merged));
        // Measured as the sweep asks for, a row takes the place of the other.
        Put(measuredOtherwise with { Measured = Plan.Measure.Hash });
        Assert.Equal(2, Rows.Merge(Merged));
        Assert.Equal(3, File.ReadAllLines(Merged).Length);
    }

    [Fact]
    public void A_row_that_is_there_is_not_made_again()
    {
        Put(First.Value with { AnalysisSeconds = 1234 });
        Assert.Equal(1234,
            Rows.Make(Plan.Runs[0], new TrainerTests.Told(_ => Assert.Fail("It was trained again."))).AnalysisSeconds);
        Assert.Equal(1234 + First.Value.TrainingSeconds, Rows.ExpectedTimes()[0].TotalSeconds, 1e-6);
    }

    [Fact]
    public void A_row_that_measured_something_else_is_made_again_from_its_network()
    {
        Put(First.Value with { Measured = new SweepMeasurement().Hash, AnalysisSeconds = 1234 });
        new NetworkStore(Path.Combine(folder.Path, "networks")).Train(Plan.Runs[0].Hash, Plan.Runs[0]);
        Assert.False(Rows.Has(Plan.Runs[0]));
        Assert.True(First.Value.SameAs(
            Rows.Make(Plan.Runs[0], new TrainerTests.Told(_ => Assert.Fail("It was trained again.")))));
        Assert.True(Rows.Has(Plan.Runs[0]));
    }

    [Fact]
    public void Merged_rows_stand_in_the_order_of_the_sweep_whichever_came_first()
    {
        foreach (var run in Plan.Runs.Reverse()) Put(First.Value with { Run = run.Hash, Recipe = run });
        Assert.Equal(3, Rows.Merge(Merged));
        Assert.Equal(Plan.Runs, SweepRows.Load(Merged).Select(row => row.Recipe));
    }

    [Fact]
    public void Rows_that_only_the_merged_file_has_are_kept_and_not_made_again()
    {
        var elsewhere = First.Value with { Run = Plan.Runs[1].Hash, Recipe = Plan.Runs[1], AnalysisSeconds = 1234 };
        File.WriteAllLines(Merged, [elsewhere.ToLine()]);
        Put(First.Value);
        Assert.Equal(2, Rows.Merge(Merged));
        Assert.Equal([First.Value.ToLine(), elsewhere.ToLine()], File.ReadAllLines(Merged));
        Assert.Equal(1234, Rows.Read(Plan.Runs[1])!.AnalysisSeconds);
    }

    [Fact]
    public void A_row_that_stands_twice_is_one_and_a_row_in_another_runs_file_is_none()
    {
        string line = First.Value.ToLine();
        File.WriteAllLines(Merged, [line, line]);
        Assert.Equal(1, Rows.Merge(Merged));
        Assert.Equal([line], File.ReadAllLines(Merged));
        File.WriteAllText(Path.Combine(folder.Path, "rows", $"{Plan.Runs[1].Hash}.json"), line);
        Assert.False(Rows.Has(Plan.Runs[1]));
        File.WriteAllText(Path.Combine(folder.Path, "rows", $"{Plan.Runs[1].Hash}.json"), "{}");
        Assert.False(Rows.Has(Plan.Runs[1]));
    }

    [Fact]
    public void A_sweep_has_a_row_that_stands_twice_once_and_no_row_of_another_recipe()
    {
        // As if the two recipes had one hash.
        var stranger =
            First.Value with { Run = Plan.Runs[1].Hash, Recipe = First.Value.Recipe with { Seed = 77 } };
        File.WriteAllText(Path.Combine(folder.Path, "twice.json"), PlanText);
        string rows = Path.Combine(folder.Path, "twice.jsonl");
        File.WriteAllLines(rows, [First.Value.ToLine(), stranger.ToLine(), First.Value.ToLine()]);
        Assert.Equal(2, SweepRows.Load(rows).Count);
        Assert.Equal([Plan.Runs[0]],
            Assert.Single(Sweep.Load(folder.Path, "twice").Groups).Rows.Select(row => row.Recipe));
        Assert.Equal(1, Rows.Merge(rows));
        Assert.Equal([First.Value.ToLine(), stranger.ToLine()], File.ReadAllLines(rows));
    }

    [Fact]
    public void A_line_that_is_no_row_is_named_and_nothing_is_lost()
    {
        string[] lines = [First.Value.ToLine(), "{ \"run\": "];
        File.WriteAllLines(Merged, lines);
        Assert.StartsWith($"Line 2 of {Merged} is no row of a sweep",
            Assert.Throws<InvalidDataException>(() => Rows.Merge(Merged)).Message);
        Assert.Equal(lines, File.ReadAllLines(Merged));
    }

    [Fact]
    public void Every_committed_row_is_found_by_its_recipe_and_written_as_it_was_read()
    {
        string sweeps = Path.Combine(Reference.Root, "data", "sweeps");
        string file = Path.Combine(sweeps, "three-axes-or-a-cube.jsonl");
        string[] lines = File.ReadAllLines(file);
        var rows = SweepRows.Load(file);
        Assert.Equal(233, rows.Count);
        Assert.Equal(lines, rows.Select(row => row.ToLine()));
        Assert.All(rows, row => Assert.Equal(row.Run, row.Recipe.Hash));
        var plan = SweepPlan.Load(Path.Combine(sweeps, "three-axes-or-a-cube.json"));
        Assert.All(rows, row => Assert.Equal(row.Measured, plan.Measure.Hash));
        Assert.Equal(233, Sweep.Load(sweeps, "three-axes-or-a-cube").Groups.SelectMany(group => group.Rows)
            .DistinctBy(row => row.Run).Count());
        Assert.All(Directory.GetFiles(sweeps, "*.jsonl"), merged => Assert.Equal(SweepRows.Load(merged).Count,
            Sweep.Load(sweeps, Path.GetFileNameWithoutExtension(merged)).Groups.SelectMany(group => group.Rows)
                .DistinctBy(row => row.Run).Count()));
    }

    private void Put(SweepRow row)
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "rows"));
        File.WriteAllText(Path.Combine(folder.Path, "rows", $"{row.Run}.json"), row.ToLine() + "\n");
    }
}
