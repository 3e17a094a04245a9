using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Neurodynamics.Environment;

/// <summary>One run of a sweep.</summary>
/// <param name="Number">From 1, in the order of the sweep.</param>
/// <param name="Name">What it is in the sweep file.</param>
/// <param name="Expected">How long it takes on one core, or took.</param>
/// <param name="Done">Whether its row is there.</param>
public sealed record SweepRun(int Number, string Name, TimeSpan Expected, bool Done);

/// <summary>How a run gets on.</summary>
/// <param name="Run">The run.</param>
/// <param name="Share">The share of its training that is done.</param>
/// <param name="Said">What it said at its end, or why it failed; null on the way.</param>
/// <param name="Failed">Whether it failed.</param>
public sealed record SweepNews(SweepRun Run, double Share, string? Said = null, bool Failed = false);

/// <summary>A declared sweep on this machine: what is to be done, done by as many processes at once as there are cores.</summary>
public sealed class SweepWork
{
    readonly RunsProgram program;
    readonly string text;
    readonly SemaphoreSlim turn = new(1);

    /// <param name="workbook">The workbook.</param>
    /// <param name="sweep">A name, of data/sweeps/NAME.json, or a file.</param>
    /// <param name="folder">Another folder for rows and networks than the workbook's own; the merged rows go there too.</param>
    /// <exception cref="WorkbookException">There is no such sweep.</exception>
    public SweepWork(Workbook workbook, string sweep, string? folder = null)
    {
        program = new RunsProgram(workbook);
        var named = Path.Combine(workbook.Sweeps, $"{sweep}.json");
        Plan = File.Exists(named) ? named : File.Exists(sweep) ? Path.GetFullPath(sweep)
            : throw new WorkbookException($"There is no sweep {sweep}: name a file, or one of data/sweeps ({string.Join(", ", All(workbook).Select(one => one.Name))}).");
        // Read once: runs go by their number in it, and it may be edited before all are made.
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
        foreach (var file in Directory.Exists(workbook.Sweeps) ? Directory.GetFiles(workbook.Sweeps, "*.json").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            yield return (Path.GetFileNameWithoutExtension(file), Purpose(file));
        }

        static string Purpose(string file)
        {
            try
            {
                return JsonNode.Parse(File.ReadAllText(file), documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true })?["purpose"]?.ToString() ?? "";
            }
            catch (System.Text.Json.JsonException broken)
            {
                return $"(is no JSON: {broken.Message})";
            }
        }
    }

    /// <summary>All runs, in the order of the sweep.</summary>
    public async Task<IReadOnlyList<SweepRun>> RunsAsync(CancellationToken cancellation)
    {
        return [.. (await AskAsync(cancellation)).Select(Read)];

        static SweepRun Read(string line)
        {
            // "number hash expected-seconds done name"
            var words = line.Split(' ', 5);
            return new SweepRun(int.Parse(words[0], CultureInfo.InvariantCulture), words[4], TimeSpan.FromSeconds(double.Parse(words[2], CultureInfo.InvariantCulture)), words[3] == "done");
        }
    }

    /// <summary>Brings all rows that are there into one file, and rows of that file that were made elsewhere into the folder; says how many there are.</summary>
    public async Task<string> MergeAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            return string.Join(' ', await AskAsync(cancellation, "--merge", Merged));
        }
        finally
        {
            turn.Release();
        }
    }

    async Task<IReadOnlyList<string>> AskAsync(CancellationToken cancellation, params string[] more)
    {
        var plan = KeepPlan();
        try
        {
            return await program.AskAsync(["sweep-runs", plan, Folder, .. more], cancellation);
        }
        catch (WorkbookException refused)
        {
            throw new WorkbookException(refused.Message.Replace(plan, Plan));
        }
    }

    /// <summary>Makes the rows of some runs, and merges after each. A run that fails leaves the others alone.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="tell">Told how each gets on.</param>
    /// <returns>The runs that failed, with their complaint.</returns>
    public async Task<IReadOnlyList<SweepNews>> MakeAsync(IEnumerable<SweepRun> runs, Action<SweepNews> tell, CancellationToken cancellation)
    {
        var (plan, failed) = (KeepPlan(), new List<SweepNews>());
        await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = System.Environment.ProcessorCount, CancellationToken = cancellation }, async (run, stop) =>
        {
            var said = "";
            tell(new SweepNews(run, 0));
            var (exitCode, complaint) = await program.RunAsync(Arguments(plan, $"{run.Number}"), (update, updates) => tell(new SweepNews(run, (double)update / updates)), line => said = line[(line.IndexOf(": ", StringComparison.Ordinal) + 1)..].TrimStart(), stop);
            var news = exitCode == 0 ? new SweepNews(run, 1, said) : new SweepNews(run, 1, complaint, Failed: true);
            if (news.Failed)
            {
                lock (failed)
                {
                    failed.Add(news);
                }
            }
            else
            {
                await MergeAsync(stop);
            }

            tell(news);
        });
        return failed;
    }

    /// <summary>What a process is to do that makes a row.</summary>
    internal string[] Arguments(string plan, string run) => ["sweep", plan, Folder, run];

    /// <summary>Keeps the sweep file as it was read beside the rows.</summary>
    internal string KeepPlan()
    {
        var kept = Path.Combine(Folder, $"{Name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8]}.json");
        if (!File.Exists(kept))
        {
            Write(kept, text);
        }

        return kept;
    }

    /// <summary>Writes a file beside its place and moves it there whole.</summary>
    internal static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var beside = $"{path}.{Path.GetRandomFileName()}.partial";
        File.WriteAllText(beside, text);
        File.Move(beside, path, overwrite: true);
    }
}
