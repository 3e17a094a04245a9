using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Neurodynamics.Export;
using TorchSharp.PyBridge;

namespace Neurodynamics.Training;

/// <summary>
/// A folder of trained networks. Each is two files: NAME.safetensors with the weights (PyTorch's names, rnn.* and
/// readout.*) and NAME.json with how it was made. What is trained here goes into the subfolder "local"; the files that
/// came with the workbook are never overwritten.
/// </summary>
/// <param name="folder">The folder.</param>
public sealed class NetworkStore(string folder)
{
    private const string Local = "local";

    /// <summary>Loads the network of a recipe, or trains it where there is none yet.</summary>
    /// <param name="name">Name of the network's files.</param>
    /// <param name="recipe">What is asked for. A network made by another recipe is never loaded in its place.</param>
    /// <param name="retrain">Train even where a file exists; the result goes into a file of its own.</param>
    /// <param name="say">Told in one sentence where the network comes from, and why.</param>
    /// <param name="progress">Told after every update of a training.</param>
    /// <param name="cancellation">
    /// Stops a training; the best network so far is returned and the training put aside, to be gone on with by the next
    /// call.
    /// </param>
    public TrainedNetwork LoadOrTrain(string name, Recipe recipe, bool retrain = false, Action<string>? say = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        Demand.Given(recipe);
        string own = Path.Combine(Local, $"{name}-{recipe.Hash}");
        string reason = "there is no saved network of that name";
        if (retrain)
            reason = "a new training was asked for";
        else if (Exists(name))
        {
            var differences = ReadRecord(name).Recipe is var saved && saved == recipe
                ? []
                : recipe.DifferencesFrom(saved);
            if (differences.Count == 0)
            {
                say?.Invoke($"Loaded {name}.");
                return Load(name);
            }
            reason = $"the saved {name} has another recipe ({string.Join("; ", differences)})";
        }
        if (!retrain && Exists(own))
        {
            say?.Invoke($"Loaded {own.Replace('\\', '/')}, because {reason}.");
            return Load(own);
        }
        say?.Invoke(File.Exists(Unfinished(own))
            ? $"Going on with the unfinished training of {own.Replace('\\', '/')}."
            : $"Training {own.Replace('\\', '/')}, because {reason}. This takes about "
                + $"{Words(Trainer.ExpectedTime(recipe))}.");
        return Train(own, recipe, say, progress, cancellation);
    }

    /// <summary>
    /// Trains a network into this folder; files of its name are replaced once the training is complete.
    /// </summary>
    /// <param name="name">Name of the network's files.</param>
    /// <param name="recipe">How to make it.</param>
    /// <param name="say">Told in a sentence what it waits for, and what could not be read or written.</param>
    /// <param name="progress">Told after every update.</param>
    /// <param name="cancellation">
    /// Stops the training; the best network so far is returned and the training put aside, to be gone on with by the
    /// next call.
    /// </param>
    /// <remarks>
    /// Where another process trains into the same files, this one waits for it, and loads what it made where that has
    /// the same recipe.
    /// </remarks>
    public TrainedNetwork Train(string name, Recipe recipe, Action<string>? say = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        Demand.Given(recipe);
        if (TrainingLock.Take(Of(name, ".lock"), say, cancellation) is not var (held, waited))
            return Trainer.Train(recipe, progress, cancellation: cancellation);
        using (held)
        {
            if (waited && Exists(name) && ReadRecord(name).Recipe == recipe) return Load(name);
            var trained = Trainer.Train(recipe, progress, Unfinished(name), say, cancellation);
            if (trained.Record.Stop == Stop.Cancelled) return trained;
            try
            {
                Save(name, trained);
                TrainingRun.Forget(Unfinished(name));
                return trained;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                string why = $"The network could not be saved as {WeightsOf(name)} ({error.Message}).";
                say?.Invoke(why);
                return trained with { NotSaved = why };
            }
        }
    }

    /// <summary>Whether both files of a network are there.</summary>
    public bool Exists(string name) => File.Exists(WeightsOf(name)) && File.Exists(RecordOf(name));

    /// <summary>Whether a file is the record of a training, as far as its first level of names tells.</summary>
    /// <param name="path">The file; it may not exist.</param>
    public static bool IsRecord(string path)
    {
        Demand.Given(path);
        try
        {
            return File.Exists(path) && JsonNode.Parse(File.ReadAllText(path)) is JsonObject record
                && record.ContainsKey("recipe");
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Loads a network by its name.</summary>
    /// <exception cref="FileNotFoundException">One of the two files is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file cannot be read as what it should be, or a weight is not finite.
    /// </exception>
    public TrainedNetwork Load(string name)
    {
        var record = ReadRecord(name);
        var network = record.Recipe.Create();
        try
        {
            network.load_safetensors(WeightsOf(name));
        }
        catch (Exception error) when (error is not FileNotFoundException)
        {
            throw new InvalidDataException(
                $"{WeightsOf(name)} does not hold the weights of its recipe ({error.Message}): restore it, or train it "
                + "again.", error);
        }
        if (record.Sha256 is { } written && written != HashOf(WeightsOf(name)))
            throw new InvalidDataException(
                $"{WeightsOf(name)} is not the file that {RecordOf(name)} was written with: restore both, or train it "
                + "again.");
        network.RequireFinite(WeightsOf(name));
        return new(network, record);
    }

    /// <summary>
    /// Saves a network and how it was made. Each file is written beside its place and moved there whole.
    /// </summary>
    public void Save(string name, TrainedNetwork trained)
    {
        Demand.Given(trained);
        Directory.CreateDirectory(Path.GetDirectoryName(WeightsOf(name))!);
        NetworkExport.SaveSafetensors(trained.Network, WeightsOf(name));
        WholeFile.Write(RecordOf(name), stream =>
            stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
                trained.Record with { Sha256 = HashOf(WeightsOf(name)) }, Json.Options) + "\n")));
    }

    private static string Words(TimeSpan time) => time.TotalMinutes < 1.5
        ? $"{Math.Max(1, Math.Round(time.TotalSeconds))} s"
        : $"{Math.Round(time.TotalMinutes)} minutes";

    private TrainingRecord ReadRecord(string name)
    {
        string path = RecordOf(name);
        if (!File.Exists(path))
            throw new FileNotFoundException(
                $"{path} is not there: a network is two files, .safetensors and .json. {Known()}", path);
        try
        {
            return JsonSerializer.Deserialize<TrainingRecord>(File.ReadAllText(path), Json.Options)
                ?? throw new JsonException("it is empty");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{path} is not the record of a training ({Json.Reason(error)}): restore it, or delete both "
                + "files and train again.", error);
        }
    }

    /// <summary>Which networks there are.</summary>
    public override string ToString() => $"Networks in {Path.GetFileName(Path.GetFullPath(folder))}. {Known()}";

    /// <summary>Which networks there are, in a sentence.</summary>
    private string Known()
    {
        string[] names = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories)
                .Select(file => Path.ChangeExtension(Path.GetRelativePath(folder, file), null).Replace('\\', '/'))
                .Where(Exists).Order(StringComparer.Ordinal)]
            : [];
        return names.Length == 0 ? "There is no network in this folder." : $"There are {string.Join(", ", names)}.";
    }

    private static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private string Unfinished(string name) => Of(name, ".training");

    private string WeightsOf(string name) => Of(name, ".safetensors");

    private string RecordOf(string name) => Of(name, ".json");

    private string Of(string name, string ending)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        string path = Path.GetFullPath(Path.Combine(folder, name + ending));
        string inside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        return path.StartsWith(inside, StringComparison.Ordinal)
            ? Path.Combine(folder, name + ending)
            : throw new ArgumentException($"A network's name lies in its folder, and {name} leads out of it.",
                nameof(name));
    }
}
