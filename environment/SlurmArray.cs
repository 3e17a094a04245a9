using CliWrap;
using Neurodynamics.Pictures;

namespace Neurodynamics.Environment;

/// <summary>A job array that was submitted.</summary>
/// <param name="Job">Its number, as squeue and scancel take it.</param>
/// <param name="Runs">The numbers of the runs, such as "1-4,6".</param>
/// <param name="Count">How many runs there are.</param>
/// <param name="Log">Folder of what the runs say.</param>
public sealed record SlurmJobs(string Job, string Runs, int Count, string Log);

/// <summary>
/// A sweep as a Slurm job array, a run per task: one core each, requeued when its node fails, and asked to stop a
/// minute before a time limit, so that a training is put aside. The clone must lie where all nodes see it.
/// </summary>
public sealed class SlurmArray(Workbook workbook, SweepWork sweep)
{
    /// <summary>Submits runs; those that wait or run already are left out.</summary>
    /// <param name="runs">Runs without a row.</param>
    /// <param name="options">More options for sbatch, such as "--partition=short --time=02:00:00".</param>
    /// <returns>What was submitted; null where everything is in the queue already.</returns>
    /// <exception cref="WorkbookException">There is no Slurm, or it refused.</exception>
    public async Task<SlurmJobs?> SubmitAsync(
        IEnumerable<SweepRun> runs, string options, CancellationToken cancellation)
    {
        if (OnPath.Find("sbatch") is null)
            throw new WorkbookException("There is no sbatch here: run this where you submit jobs to your Slurm "
                + "cluster, or without --slurm on the cores of this machine.");

        string plan = sweep.KeepPlan();
        string script = Path.ChangeExtension(plan, ".sh");
        WorkbookFile.Write(script, Script(plan));
        var queued = await QueuedAsync(script, cancellation);
        int[] numbers = runs.Select(run => run.Number).Where(number => !queued.Contains(number)).Order().ToArray();
        if (numbers.Length == 0) return null;

        string array = Ranges(numbers), log = Path.Combine(sweep.Folder, "slurm");
        Directory.CreateDirectory(log);
        string said = await Programs.RunAsync(
            workbook,
            Cli.Wrap("sbatch").WithArguments(["--parsable", $"--array={array}", $"--job-name=sweep-{sweep.Name}",
                $"--output={Path.Combine(log, "%A_%a.log")}",
                .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), script]),
            "Slurm refused the job array: change --slurm-options according to what it says.",
            cancellation);
        return new SlurmJobs(said.Trim().Split(';')[0], array, numbers.Length, log);
    }

    /// <summary>The job script. The shell becomes the process, so that a signal to the job reaches it.</summary>
    string Script(string plan) => $"""
        #!/bin/sh
        # Made by `sweep {sweep.Name} --slurm`. Each task of the array makes one row.
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=1
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --signal=B:TERM@60
        export {string.Join(' ', RunsProgram.OneCore.Select(variable => $"{variable.Key}={variable.Value}"))}
        exec {string.Join(' ', Command(plan).Select(Quote))} "$SLURM_ARRAY_TASK_ID"

        """;

    /// <summary>The command of a run, up to its number.</summary>
    string[] Command(string plan) =>
        [OnPath.Find("dotnet") ?? "dotnet", new RunsProgram(workbook).Path, .. sweep.Arguments(plan, "")[..^1]];

    /// <summary>The runs that the queue already has, of this script.</summary>
    async Task<HashSet<int>> QueuedAsync(string script, CancellationToken cancellation)
    {
        string queue = await Programs.RunAsync(
            workbook, Cli.Wrap("squeue").WithArguments(["--me", "--noheader", "--array", "--format=%K %o"]),
            "Slurm did not say what is in its queue: try `squeue --me`.", cancellation);
        return [.. queue.Split('\n').Select(line => line.Split(' ', 2))
            .Where(words => words.Length == 2 && words[1].Trim() == script).Select(words => int.Parse(words[0]))];
    }

    /// <summary>Numbers as sbatch takes them: 1, 2, 3 and 5 are "1-3,5".</summary>
    static string Ranges(IEnumerable<int> numbers) => string.Join(',', numbers
        .Select((number, at) => (Number: number, Before: number - at))
        .GroupBy(pair => pair.Before, pair => pair.Number)
        .Select(range => range.First() == range.Last() ? $"{range.First()}" : $"{range.First()}-{range.Last()}"));

    static string Quote(string word) => $"'{word.Replace("'", "'\\''")}'";
}
