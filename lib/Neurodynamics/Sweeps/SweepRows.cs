using System.Text;
using System.Text.Json;
using Neurodynamics.Models;
using Neurodynamics.Training;

namespace Neurodynamics.Sweeps;

/// <summary>
/// A folder in which a sweep's runs leave their rows, each a file that is there whole or not at all, so that as many
/// processes as there are can work on one sweep; and their networks, so that a run that was stopped goes on where it
/// was.
/// </summary>
/// <remarks>
/// A row that measured something else than the plan asks for, as when the file was changed since, that lacks a column,
/// or that cannot be read, counts as not there; its network is measured again.
/// </remarks>
/// <param name="plan">The sweep.</param>
/// <param name="folder">The folder; made when the first row is written.</param>
public sealed class SweepRows(SweepPlan plan, string folder)
{
    /// <summary>Reads rows that were merged, each once: a merge of two branches may leave one there twice.</summary>
    /// <param name="path">The file, a row per line.</param>
    /// <exception cref="InvalidDataException">A line is no row.</exception>
    public static IReadOnlyList<SweepRow> Load(string path)
    {
        var rows = new List<SweepRow>();
        foreach (string line in File.ReadLines(path))
        {
            try
            {
                rows.Add(SweepRow.FromLine(line));
            }
            catch (JsonException error)
            {
                throw new InvalidDataException(
                    $"Line {rows.Count + 1} of {path} is no row of a sweep ({Json.Reason(error)}): restore the file, "
                    + "or merge the rows again.", error);
            }
        }
        return [.. rows.DistinctBy(row => (row.Recipe, row.Measured))];
    }

    /// <summary>How many of the plan's rows are there.</summary>
    public override string ToString() => $"{plan.Runs.Count(Has)} of {plan.Runs.Count} rows of a sweep";

    /// <summary>Whether a run's row is there.</summary>
    public bool Has(Recipe run) => Read(run) is not null;

    /// <summary>A run's row; null where it is not there.</summary>
    public SweepRow? Read(Recipe run)
    {
        Demand.Given(run);
        try
        {
            return File.Exists(RowOf(run)) && SweepRow.FromLine(File.ReadAllText(RowOf(run))) is var row
                && plan.Measure.IsWhole(row) && row.Recipe == run
                ? row
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Makes a run's row, or reads it where it is there: trains the network, unless it is there as well, and measures
    /// it.
    /// </summary>
    /// <param name="run">One of the plan's runs.</param>
    /// <param name="progress">Told after every update.</param>
    /// <param name="say">Told in a sentence what it waits for, and what could not be read or written.</param>
    /// <param name="cancellation">Stops it; a training is put aside, and gone on with the next time.</param>
    /// <exception cref="OperationCanceledException">It was stopped; there is no row.</exception>
    public SweepRow Make(Recipe run, IProgress<TrainingProgress>? progress = null, Action<string>? say = null,
        CancellationToken cancellation = default)
    {
        if (Read(run) is { } there) return there;
        var networks = new NetworkStore(Path.Combine(folder, "networks"));
        var trained = networks.Exists(run.Hash)
            ? networks.Load(run.Hash)
            : networks.Train(run.Hash, run, say, progress, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var row = plan.Measure.Of(trained, cancellation);
        Write(row);
        return row;
    }

    /// <summary>
    /// Writes the rows that are there into one file, a line each, in the order of the sweep. Rows that only the file
    /// has, such as others have committed, come into the folder first; those that the sweep does not ask for, or not
    /// any more, stay at the file's end.
    /// </summary>
    /// <param name="path">The file; replaced whole.</param>
    /// <returns>How many of the sweep's rows there are.</returns>
    /// <exception cref="InvalidDataException">A line of the file is no row.</exception>
    public int Merge(string path)
    {
        var known = plan.Runs.ToHashSet();
        var before = File.Exists(path) ? Load(path) : [];
        foreach (var row in before)
            if (known.Contains(row.Recipe) && plan.Measure.IsWhole(row) && !Has(row.Recipe)) Write(row);
        var rows = plan.Runs.Select(Read).OfType<SweepRow>().ToArray();
        var made = rows.Select(row => row.Recipe).ToHashSet();
        WholeFile.Write(path, stream =>
        {
            foreach (var row in rows.Concat(before.Where(row => !made.Contains(row.Recipe))))
                stream.Write(Encoding.UTF8.GetBytes(row.ToLine() + "\n"));
        });
        return rows.Length;
    }

    /// <summary>
    /// How long each run takes on one core of this machine, as busy as it is now: the training judged by a few updates
    /// of one network of its kind, the rest by the rows there are, or else as long again. Of a run whose row is there,
    /// how long it took.
    /// </summary>
    public IReadOnlyList<TimeSpan> ExpectedTimes()
    {
        var update = new Dictionary<(Architecture, int, int, int, int), TimeSpan>();
        var rows = plan.Runs.Select(Read).ToArray();
        var measured = rows.OfType<SweepRow>().GroupBy(row => (row.Recipe.Architecture, row.Recipe.Units))
            .ToDictionary(rows => rows.Key, rows => rows.Average(row => row.AnalysisSeconds));
        return [.. plan.Runs.Zip(rows, (run, row) =>
        {
            if (row is not null) return TimeSpan.FromSeconds(row.TrainingSeconds + row.AnalysisSeconds);
            var kind = (run.Architecture, run.Units, run.Task.OutputSize, run.Training.Steps, run.Training.BatchSize);
            if (!update.TryGetValue(kind, out var one))
                update[kind] = one = Trainer.ExpectedTime(run) / run.Training.Updates;
            var training = one * run.Training.Updates;
            return training + (measured.TryGetValue((run.Architecture, run.Units), out double seconds)
                ? TimeSpan.FromSeconds(seconds)
                : training);
        })];
    }

    private void Write(SweepRow row)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RowOf(row.Recipe))!);
        WholeFile.Write(RowOf(row.Recipe), stream => stream.Write(Encoding.UTF8.GetBytes(row.ToLine() + "\n")));
    }

    private string RowOf(Recipe run) => Path.Combine(folder, "rows", run.Hash + ".json");
}
