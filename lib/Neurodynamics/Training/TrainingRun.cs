using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Neurodynamics.Models;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace Neurodynamics.Training;

/// <summary>All that a training has in hand between two updates, and how it is put aside and taken up again.</summary>
internal sealed class TrainingRun : IDisposable
{
    private const string WeightsFile = "network.safetensors", BestFile = "best.safetensors", AdamFile = "adam.pt",
        StateFile = "state.json";
    private readonly Dictionary<string, Tensor> best = [];

    private TrainingRun(Recipe recipe)
    {
        Recipe = recipe;
        Network = recipe.Create();
        Freeze(recipe.Training.Frozen);
        Adam = new HeldAdam(
            Network.parameters().Where(parameter => parameter.requires_grad), recipe.Training.LearningRate);
    }

    public Recipe Recipe { get; }

    public Network Network { get; }

    public HeldAdam Adam { get; }

    public int Updates { get; set; }

    public List<CurvePoint> Curve { get; private set; } = [];

    public double BestAccuracy { get; private set; } = double.NegativeInfinity;

    public double SecondsBefore { get; private set; }

    public static TrainingRun Start(Recipe recipe) => new(recipe);

    /// <summary>
    /// Takes up what <see cref="PutAside"/> left; null where there is nothing, or of another recipe. A file that is
    /// damaged is set aside, and the one before it taken.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="recipe">The recipe that is to be trained.</param>
    /// <param name="say">Told in a sentence what is damaged and where it lies now.</param>
    /// <exception cref="IOException">A file cannot be read at present; it stays where it is.</exception>
    public static TrainingRun? Resume(string file, Recipe recipe, Action<string>? say)
    {
        foreach (string path in new[] { file, Before(file) }.Where(File.Exists))
        {
            try
            {
                return Read(path, recipe);
            }
            // A full disk says nothing of the file.
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"The training that was put aside in {path} cannot be read ({error.Message}): "
                    + $"close what holds it open, or make room in {Path.GetTempPath()}, and start it again.", error);
            }
            // An option that the library does not know, or take any more, is an argument.
            catch (Exception error) when (error is InvalidDataException or JsonException or ArgumentException)
            {
                string damaged = $"{path}.damaged";
                Replacement.Put(path, damaged);
                say?.Invoke($"The training that was put aside in {Path.GetFileName(path)} is damaged and now lies in "
                    + $"{damaged}; it starts from {(path == file && File.Exists(Before(file)) ? "the one before"
                        : "its first update")}.");
            }
        }
        return null;
    }

    /// <summary>
    /// Writes everything into one file, which is there whole or not at all. The one before it stays beside it.
    /// </summary>
    public void PutAside(string file, TimeSpan elapsed)
    {
        var folder = Directory.CreateTempSubdirectory("neurodynamics-");
        try
        {
            Network.save_safetensors(Path.Combine(folder.FullName, WeightsFile));
            if (best.Count > 0) Safetensors.SaveStateDict(Path.Combine(folder.FullName, BestFile), best);
            Adam.save_py(Path.Combine(folder.FullName, AdamFile));
            var state = new State(
                Recipe, Updates, Curve, best.Count > 0 ? BestAccuracy : null, SecondsBefore + elapsed.TotalSeconds);
            File.WriteAllText(
                Path.Combine(folder.FullName, StateFile), JsonSerializer.Serialize(state, Json.Options) + "\n");
            using var all = new MemoryStream();
            ZipFile.CreateFromDirectory(folder.FullName, all, CompressionLevel.NoCompression, false);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            WholeFile.Write(file, stream =>
            {
                stream.Write(SHA256.HashData(all.GetBuffer().AsSpan(0, (int)all.Length)));
                all.WriteTo(stream);
            }, Before(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Removes what was put aside, when the training is complete.</summary>
    public static void Forget(string file)
    {
        File.Delete(file);
        File.Delete(Before(file));
    }

    /// <summary>Adds an entry to the curve, and keeps the weights if none were better on held-out trials.</summary>
    public void Note(double loss, double accuracy)
    {
        Curve.Add(new(Updates, loss, accuracy));
        if (accuracy > BestAccuracy) Keep(accuracy);
    }

    /// <summary>
    /// Puts the best weights so far into the network; where there was no look at held-out trials yet, it stays as it
    /// is.
    /// </summary>
    public void TakeBest()
    {
        if (best.Count > 0) Network.load_state_dict(best);
    }

    /// <summary>The network outlives the run.</summary>
    public void Dispose()
    {
        Adam.Dispose();
        foreach (var weights in best.Values) weights.Dispose();
    }

    private void Freeze(string? names)
    {
        var known = Network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        foreach (string name in (names ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            (known.GetValueOrDefault(name) ?? throw new ArgumentException(
                $"{nameof(TrainingOptions.Frozen)} names {name}, but the parameters of {Recipe.Architecture} are "
                + $"{string.Join(", ", known.Keys)}.")).requires_grad = false;
        if (known.Values.All(parameter => !parameter.requires_grad))
            throw new ArgumentException(
                $"{nameof(TrainingOptions.Frozen)} names every parameter, so that nothing can learn: leave one out.");
    }

    private static string Before(string file) => $"{file}.before";

    private static TrainingRun? Read(string path, Recipe recipe)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int hash = Math.Min(SHA256.HashSizeInBytes, bytes.Length);
        if (!SHA256.HashData(bytes.AsSpan(hash)).AsSpan().SequenceEqual(bytes.AsSpan(0, hash)))
            throw new InvalidDataException("The file is not what was written.");
        var folder = Directory.CreateTempSubdirectory("neurodynamics-");
        try
        {
            using (var stream = new MemoryStream(bytes, hash, bytes.Length - hash))
                ZipFile.ExtractToDirectory(stream, folder.FullName);
            var state = JsonSerializer.Deserialize<State>(
                File.ReadAllText(Path.Combine(folder.FullName, StateFile)), Json.Options)!;
            if (state.Recipe != recipe) return null;
            var run = new TrainingRun(recipe)
            {
                Updates = state.Updates,
                Curve = [.. state.Curve],
                SecondsBefore = state.Seconds,
            };
            if (state.BestAccuracy is { } accuracy)
            {
                run.Network.load_safetensors(Path.Combine(folder.FullName, BestFile));
                run.Keep(accuracy);
            }
            run.Network.load_safetensors(Path.Combine(folder.FullName, WeightsFile));
            run.Adam.load_py(Path.Combine(folder.FullName, AdamFile));
            return run;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Keep(double accuracy)
    {
        BestAccuracy = accuracy;
        foreach (var (name, values) in Network.state_dict())
        {
            if (best.TryGetValue(name, out var old)) old.Dispose();
            best[name] = values.detach().clone().DetachFromDisposeScope();
        }
    }

    private sealed record State(
        Recipe Recipe, int Updates, IReadOnlyList<CurvePoint> Curve, double? BestAccuracy, double Seconds);
}
