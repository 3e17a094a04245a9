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
        Adam = new HeldAdam(Network.parameters(), recipe.Training.LearningRate);
    }

    public Recipe Recipe { get; }

    public Network Network { get; }

    public HeldAdam Adam { get; }

    public int Updates { get; set; }

    public List<CurvePoint> Curve { get; private set; } = [];

    public double BestAccuracy { get; private set; } = double.NegativeInfinity;

    public double SecondsBefore { get; private set; }

    public static TrainingRun Start(Recipe recipe) => new(recipe);

    /// <summary>Takes up what <see cref="PutAside"/> left; null where there is nothing, or of another recipe.</summary>
    /// <exception cref="InvalidDataException">
    /// What is there cannot be read, as when another version of the library left it.
    /// </exception>
    public static TrainingRun? Resume(string folder, Recipe recipe)
    {
        string path = Path.Combine(folder, StateFile);
        if (!File.Exists(path)) return null;
        State state;
        try
        {
            state = JsonSerializer.Deserialize<State>(File.ReadAllText(path), Json.Options)!;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"The training that was put aside in {folder} cannot be gone on with ({error.Message}): "
                + "delete that folder to train from the start.", error);
        }
        if (state.Recipe != recipe) return null;
        var run = new TrainingRun(recipe)
        {
            Updates = state.Updates,
            Curve = [.. state.Curve],
            SecondsBefore = state.Seconds,
        };
        if (state.BestAccuracy is { } accuracy)
        {
            run.Network.load_safetensors(Path.Combine(folder, BestFile));
            run.Keep(accuracy);
        }
        run.Network.load_safetensors(Path.Combine(folder, WeightsFile));
        run.Adam.load_py(Path.Combine(folder, AdamFile));
        return run;
    }

    /// <summary>Writes everything into a folder beside its place and moves it there whole.</summary>
    public void PutAside(string folder, TimeSpan elapsed)
    {
        string beside = folder + ".partial";
        if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        Directory.CreateDirectory(beside);
        Network.save_safetensors(Path.Combine(beside, WeightsFile));
        if (best.Count > 0) Safetensors.SaveStateDict(Path.Combine(beside, BestFile), best);
        Adam.save_py(Path.Combine(beside, AdamFile));
        var state = new State(
            Recipe, Updates, Curve, best.Count > 0 ? BestAccuracy : null, SecondsBefore + elapsed.TotalSeconds);
        File.WriteAllText(Path.Combine(beside, StateFile), JsonSerializer.Serialize(state, Json.Options) + "\n");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.Move(beside, folder);
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

    private void Keep(double accuracy)
    {
        BestAccuracy = accuracy;
        foreach (var (name, parameter) in Network.named_parameters())
        {
            if (best.TryGetValue(name, out var old)) old.Dispose();
            best[name] = parameter.detach().clone().DetachFromDisposeScope();
        }
    }

    private sealed record State(
        Recipe Recipe, int Updates, IReadOnlyList<CurvePoint> Curve, double? BestAccuracy, double Seconds);
}
