using Neurodynamics.Environment;
using Neurodynamics.Runs;
using Neurodynamics.Sweeps;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>A tiny sweep, a process per run: on this machine, and as a job array of a real Slurm.</summary>
public sealed class SweepTests : IDisposable
{
    /// <summary>Six runs; the first trains for long enough to be stopped on its way.</summary>
    const string Tiny = """
        {
          "purpose": "A test.",
          "base": {
            "units": 8, "task": { "name": "flip-flop", "channels": 1 },
            "training": { "updates": 20, "batchSize": 8, "steps": 12, "learningRate": 0.02 }
          },
          "seeds": 5,
          "measure": { "trials": 16, "descentCandidates": 8, "descentSteps": 20, "candidates": 16, "holdSteps": 20 },
          "cells": [{ "name": "longer", "set": { "training.updates": 3000 }, "seeds": 1 }, { "name": "base" }]
        }
        """;

    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("workbook-sweep-");

    public void Dispose() => folder.Delete(recursive: true);

    SweepWork Sweep(string name, string text = Tiny)
    {
        string file = Path.Combine(folder.FullName, "tiny.json");
        File.WriteAllText(file, text);
        return new SweepWork(Workbook, file, Path.Combine(folder.FullName, name));
    }

    [Fact]
    public async Task ASweepIsTheSameOnThisMachineAndAsASlurmJobArrayOfWhichAJobIsKilledAndRequeued()
    {
        Assert.SkipWhen(SlurmCluster.Reason is not null, SlurmCluster.Reason ?? "");
        var cancellation = TestContext.Current.CancellationToken;
        var here = Sweep("here");
        var there = Sweep("there");
        await using (var cluster = await SlurmCluster.StartAsync(cancellation))
        {
            var runs = await there.RunsAsync(cancellation);
            Assert.Equal(6, runs.Count);
            var slurm = new SlurmArray(Workbook, there);
            var jobs = (await slurm.SubmitAsync(runs, "--time=00:10:00", cancellation))!;
            Assert.Equal("1-6", jobs.Runs);
            Assert.Equal(6, jobs.Count);
            Assert.Null(await slurm.SubmitAsync(runs, "", cancellation));

            string log = Path.Combine(jobs.Log, $"{jobs.Job}_1.log");
            await cluster.UntilAsync(
                "the first run trains", () => Task.FromResult(Said(log).Contains("\"updates\":3000")), cancellation);
            Assert.Empty(await SlurmCluster.AskAsync("scontrol", "requeue", $"{jobs.Job}_1"));
            await cluster.UntilAsync("its training was put aside",
                () => Task.FromResult(Unfinished(there).Length >= 1), cancellation);
            await cluster.UntilAsync("the queue is empty",
                async () => (await SlurmCluster.AskAsync("squeue", "--noheader")).Trim().Length == 0, cancellation);

            Assert.Empty(Unfinished(there));
            Assert.All(await there.RunsAsync(cancellation), run => Assert.True(run.Done,
                $"{run.Name} has no row: {Said(Path.Combine(jobs.Log, $"{jobs.Job}_{run.Number}.log"))}"));
            Assert.StartsWith("6 of 6 rows", await there.MergeAsync(cancellation));
            // It went on from there: each of the first updates is reported once.
            Assert.Single(Said(log).Split('\n'),
                line => RunLine.Read(line) is TrainingAt { Update: 30, Updates: 3000 });
        }

        Assert.Empty(await here.MakeAsync(await here.RunsAsync(cancellation), _ => { }, cancellation));
        Assert.All(SweepRows.Load(here.Merged).Zip(SweepRows.Load(there.Merged)), pair => Assert.True(
            pair.First.SameAs(pair.Second), $"{pair.First.ToLine()}\n{pair.Second.ToLine()}"));
        Assert.Equal(6, File.ReadAllLines(here.Merged).Length);
    }

    [Fact]
    public async Task AStoppedSweepGoesOnWhereItWas()
    {
        var sweep = Sweep("stopped");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var runs = await sweep.RunsAsync(stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sweep.MakeAsync(runs.Take(1), news =>
        {
            if (news.Share > 0.1) stop.Cancel();
        }, stop.Token));
        Assert.Single(Unfinished(sweep));

        // Whoever writes at the sweep file changes nothing of what is being made.
        File.WriteAllText(sweep.Plan, "{ \"base\": ");
        double first = 0.0;
        Assert.Empty(await sweep.MakeAsync(runs.Take(2),
            news => first = first == 0 && news.Run.Number == 1 ? news.Share : first,
            TestContext.Current.CancellationToken));
        Assert.InRange(first, 0.1, 0.99);
        Assert.Equal(2, SweepRows.Load(sweep.Merged).Count);
    }

    [Fact]
    public async Task ARunThatFailsIsNamedAndTheOthersGoOn()
    {
        var sweep = Sweep("failing", """
            {
              "base": {
                "units": 8, "task": { "name": "flip-flop", "channels": 1 },
                "training": { "updates": 20, "batchSize": 8, "steps": 12 }
              },
              "seeds": 1,
              "measure": {
                "trials": 16, "descentCandidates": 8, "descentSteps": 20, "candidates": 16, "holdSteps": 20
              },
              "cells": [
                { "name": "too fast", "set": { "training.loss": "squared-error", "training.learningRate": 1e30 } },
                { "name": "base" }
              ]
            }
            """);
        var cancellation = TestContext.Current.CancellationToken;
        var failed = await sweep.MakeAsync(await sweep.RunsAsync(cancellation), _ => { }, cancellation);

        Assert.Equal("too fast, seed 1", Assert.Single(failed).Run.Name);
        Assert.StartsWith("The loss became ", failed[0].Said);
        Assert.Single(SweepRows.Load(sweep.Merged));
    }

    [Fact]
    public async Task RowsThatCannotBeMergedAreToldOfOnceAndTheRunsGoOn()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var sweep = Sweep("conflict");
        Directory.CreateDirectory(sweep.Folder);
        await File.WriteAllTextAsync(sweep.Merged, "<<<<<<< ours\n", cancellation);
        var said = new List<string>();
        Assert.Empty(await sweep.MakeAsync((await sweep.RunsAsync(cancellation)).Skip(1), Hear, cancellation));

        Assert.Equal(5, said.Count);
        Assert.Single(said, text => text.Contains("is no row of a sweep"));
        Assert.All((await sweep.RunsAsync(cancellation)).Skip(1), run => Assert.True(run.Done));
        var refused = await Assert.ThrowsAsync<WorkbookException>(() => sweep.MergeAsync(cancellation));
        Assert.Contains("is no row of a sweep", refused.Message);
        File.Delete(sweep.Merged);
        Assert.StartsWith("5 of 6 rows", await sweep.MergeAsync(cancellation));

        void Hear(SweepNews news)
        {
            if (news.Said is not { } text) return;
            lock (said) said.Add(text);
        }
    }

    [Fact]
    public async Task ADamagedTrainingIsToldOfWithTheRow()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var sweep = Sweep("damaged");
        var runs = (await sweep.RunsAsync(cancellation)).Skip(1).Take(1).ToArray();
        string? said = null;
        Assert.Empty(await sweep.MakeAsync(runs, news => said = news.Said ?? said, cancellation));
        Assert.DoesNotContain("is damaged", said);

        string row = Assert.Single(Directory.GetFiles(Path.Combine(sweep.Folder, "rows")));
        string networks = Path.Combine(sweep.Folder, "networks");
        Directory.Delete(networks, recursive: true);
        Directory.CreateDirectory(networks);
        await File.WriteAllTextAsync(
            Path.Combine(networks, $"{Path.GetFileNameWithoutExtension(row)}.training"), "damaged", cancellation);
        File.Delete(row);
        Assert.Empty(await sweep.MakeAsync(runs, news => said = news.Said ?? said, cancellation));
        Assert.Contains("is damaged", said);
    }

    [Fact]
    public async Task AMisspeltSweepIsRefusedInOneSentence()
    {
        var sweep = Sweep("misspelt", Tiny.Replace("training.updates", "training.updtes"));

        var refused = await Assert.ThrowsAsync<WorkbookException>(
            () => sweep.RunsAsync(TestContext.Current.CancellationToken));
        Assert.Contains(
            "the cell \"longer\" changes training.updtes, but there is no updtes in updates, ", refused.Message);
        refused = Assert.Throws<WorkbookException>(() => new SweepWork(Workbook, "none"));
        Assert.Contains("three-axes-or-a-cube", refused.Message);
    }

    /// <summary>The trainings that were put aside.</summary>
    static string[] Unfinished(SweepWork sweep) =>
        Path.Combine(sweep.Folder, "networks") is var networks && Directory.Exists(networks)
            ? Directory.GetFiles(networks, "*.training")
            : [];

    static string Said(string log) => File.Exists(log) ? File.ReadAllText(log) : "";
}
