using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neurodynamics.Runs;

namespace Neurodynamics.Environment;

/// <summary>One run of a sweep.</summary>
/// <param name="Number">From 1, in the order of the sweep.</param>
/// <param name="Name">What it is in the sweep file.</param>
/// <param name="Expected">How long it takes, or took, on one core.</param>
/// <param name="Done">Whether its row exists.</param>
public sealed record SweepRun(int Number, string Name, TimeSpan Expected, bool Done);

/// <summary>News of a run.</summary>
/// <param name="Share">The share of its training that is done.</param>
/// <param name="Said">What it said at its end, or why it failed; null on the way.</param>
/// <param name="Failed">Whether it failed.</param>
public sealed record SweepNews(SweepRun Run, double Share, string? Said = null, bool Failed = false);

/// <summary>A declared sweep on this machine, made by as many processes at once as there are cores.</summary>
public sealed class SweepWork
{
    readonly RunsProgram program;
    readonly string text;
    readonly SemaphoreSlim turn = new(1);

    /// <param name="sweep">A name, of data/sweeps/NAME.json, or a file.</param>
    /// <param name="folder">For rows, networks and merged rows, in place of the workbook's own folders.</param>
    /// <exception cref="WorkbookException">There is no such sweep.</exception>
    public SweepWork(Workbook workbook, string sweep, string? folder = null)
    {
        program = new RunsProgram(workbook);
        string named = Path.Combine(workbook.Sweeps, $"{sweep}.json");
        Plan = File.Exists(named) ? named : File.Exists(sweep) ? Path.GetFullPath(sweep)
            : throw new WorkbookException($"There is no sweep {sweep}: name a file, or one of data/sweeps "
                + $"({string.Join(", ", All(workbook).Select(one => one.Name))}).");
        // Read once: runs go by their number in it, and someone may edit it before all are made.
        text = File.ReadAllText(Plan);
        Name = Path.GetFileNameWithoutExtension(Plan);
        Folder = Path.GetFullPath(folder ?? Path.Combine(workbook.SweepRuns, Name));
        Merged = folder is null ? Path.ChangeExtension(Plan, ".jsonl") : Path.Combine(Folder, $"{Name}.jsonl");
    }

    public string Name { get; }

    /// <summary>The sweep file.</summary>
    public string Plan { get; }

    /// <summary>Where rows and networks go.</summary>
    public string Folder { get; }

    /// <summary>The file of all rows.</summary>
    public string Merged { get; }

    /// <summary>The sweeps that come with the workbook, and what each is for.</summary>
    public static IEnumerable<(string Name, string Purpose)> All(Workbook workbook)
    {
        string[] files = Directory.Exists(workbook.Sweeps) ? Directory.GetFiles(workbook.Sweeps, "*.json") : [];
        return files.Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileNameWithoutExtension(file), Purpose(file)));

        static string Purpose(string file)
        {
            try
            {
                var lenient = new JsonDocumentOptions
                {
                    CommentHandling = JsonCommentHandling.Skip,
                    AllowTrailingCommas = true,
                };
                return JsonNode.Parse(File.ReadAllText(file), documentOptions: lenient)?["purpose"]?.ToString() ?? "";
            }
            catch (JsonException broken)
            {
                return $"(not JSON: {broken.Message})";
            }
        }
    }

    /// <summary>All runs, in the order of the sweep.</summary>
    public async Task<IReadOnlyList<SweepRun>> RunsAsync(CancellationToken cancellation) =>
        [.. from run in await AskAsync<Planned>(cancellation)
            select new SweepRun(run.Number, run.Name, TimeSpan.FromSeconds(run.Seconds), run.Done)];

    /// <summary>
    /// Collects all finished rows in one file, and brings rows of that file that were made elsewhere into the folder.
    /// </summary>
    /// <returns>How many rows there are, in words.</returns>
    public async Task<string> MergeAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var merged = (await AskAsync<Merged>(cancellation, "--merge", Merged)).Single();
            return $"{merged.Rows} of {merged.Runs} rows in {merged.File}";
        }
        finally
        {
            turn.Release();
        }
    }

    async Task<IReadOnlyList<T>> AskAsync<T>(CancellationToken cancellation, params string[] more) where T : RunLine
    {
        string plan = KeepPlan();
        try
        {
            return await program.AskAsync<T>(["sweep-runs", plan, Folder, .. more], cancellation);
        }
        catch (WorkbookException refused)
        {
            throw new WorkbookException(refused.Message.Replace(plan, Plan));
        }
    }

    /// <summary>
    /// Makes the rows of some runs, and merges after each. If one fails, the others go on. So they do where the rows
    /// cannot be merged, as in a conflict of git; <see cref="MergeAsync"/> says afterwards what is still wrong.
    /// </summary>
    /// <param name="tell">Gets the news of each run; the first one that cannot be merged says why.</param>
    /// <returns>The runs that failed, with their complaint.</returns>
    public async Task<IReadOnlyList<SweepNews>> MakeAsync(
        IEnumerable<SweepRun> runs, Action<SweepNews> tell, CancellationToken cancellation)
    {
        string plan = KeepPlan();
        string? refused = null;
        var failed = new List<SweepNews>();
        await Parallel.ForEachAsync(runs, RunsProgram.OnAllCores(cancellation), async (run, stop) =>
        {
            string said = "";
            tell(new SweepNews(run, 0));
            string? failure = await program.RunAsync(Arguments(plan, $"{run.Number}"), Hear, stop);
            if (failure is null)
            {
                string? why = await RefusalAsync(stop);
                // It stays so until someone mends it: once is enough.
                if (Interlocked.Exchange(ref refused, why) != why && why is not null)
                    said += $". Its row is made, but cannot be merged, and the other runs go on: {why}";
            }

            var news = new SweepNews(run, 1, failure ?? said, Failed: failure is not null);
            if (news.Failed)
            {
                lock (failed)
                {
                    failed.Add(news);
                }
            }

            tell(news);

            void Hear(RunLine line)
            {
                if (line is TrainingAt at) tell(new SweepNews(run, (double)at.Update / at.Updates));
                else if (line is Finished finished) said = finished.Summary;
            }
        });
        return failed;

        // Why the rows cannot be merged; null where they are.
        async Task<string?> RefusalAsync(CancellationToken stop)
        {
            try
            {
                await MergeAsync(stop);
                return null;
            }
            catch (WorkbookException refusal)
            {
                return refusal.Message;
            }
        }
    }

    /// <summary>The arguments of a process that makes a row.</summary>
    internal string[] Arguments(string plan, string run) => ["sweep", plan, Folder, run];

    /// <summary>Keeps the sweep file as it was read beside the rows.</summary>
    internal string KeepPlan()
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
        string kept = Path.Combine(Folder, $"{Name}-{hash}.json");
        if (!File.Exists(kept)) WorkbookFile.Write(kept, text);

        return kept;
    }
}
