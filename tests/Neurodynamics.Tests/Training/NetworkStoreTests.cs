using System.Text.Json.Nodes;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using TorchSharp.PyBridge;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Training;

public sealed class NetworkStoreTests : IDisposable
{
    private static readonly Recipe Small = new()
    {
        Units = 4,
        Task = new Integration { Channels = 1, Gamma = 0.9, Discount = Discount.Leaky },
        Training = new() { Updates = 3, BatchSize = 2, Steps = 4 },
    };

    private readonly TemporaryFolder folder = new();
    private readonly List<string> said = [];

    private NetworkStore Store => new(folder.Path);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_saved_network_comes_back_bit_by_bit_with_its_record()
    {
        var trained = Trainer.Train(Small);
        Store.Save("net", trained);
        var loaded = Store.LoadOrTrain("net", Small, say: said.Add);
        Assert.Equal(TrainerTests.Weights(trained), TrainerTests.Weights(loaded));
        Assert.Equal(trained.Record.Recipe, loaded.Record.Recipe);
        Assert.Equal(trained.Record.Curve, loaded.Record.Curve);
        Assert.Equal(trained.Record.Test, loaded.Record.Test);
        Assert.Equal(["Loaded net."], said);
        Assert.Equal(["net.json", "net.safetensors"], Files());
    }

    [Fact]
    public void A_network_of_another_recipe_is_never_loaded_in_its_place_nor_overwritten()
    {
        Store.Save("net", Trainer.Train(Small));
        byte[] before = File.ReadAllBytes(Path.Combine(folder.Path, "net.safetensors"));
        var task = new Integration { Channels = 1, Gamma = 0.8, Discount = Discount.Leaky };
        var other = Small with { Units = 5, Task = task };

        Assert.Equal(other, Store.LoadOrTrain("net", other, say: said.Add).Record.Recipe);
        Assert.Contains("units: 4 -> 5", said[0]);
        Assert.EndsWith("This takes about 1 s.", said[0]);
        Assert.Contains("task.gamma: 0.9 -> 0.8", said[0]);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(folder.Path, "net.safetensors")));

        Assert.Equal(other, Store.LoadOrTrain("net", other, say: said.Add).Record.Recipe);
        Assert.StartsWith($"Loaded local/net-{other.Hash}", said[1]);
    }

    [Fact]
    public void A_cancelled_training_saves_no_network_and_the_next_call_goes_on()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Equal(Stop.Cancelled, Store.LoadOrTrain("net", Small, cancellation: stop.Token).Record.Stop);
        Assert.False(Store.Exists($"local/net-{Small.Hash}"));
        var trained = Store.LoadOrTrain("net", Small, say: said.Add);
        Assert.StartsWith("Going on with", said[0]);
        Assert.Equal(TrainerTests.Weights(Trainer.Train(Small)), TrainerTests.Weights(trained));
        Assert.Equal([$"net-{Small.Hash}.json", $"net-{Small.Hash}.safetensors"], Files());
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_refused()
    {
        var trained = Trainer.Train(Small);
        Store.Save("net", trained);
        using (no_grad()) trained.Network.Readout!.weight.fill_(float.NaN);
        Assert.Contains(
            "readout.weight", Assert.Throws<InvalidDataException>(() => Store.Save("net", trained)).Message);
        Store.Load("net");
        trained.Network.save_safetensors(Path.Combine(folder.Path, "net.safetensors"));
        string record = Path.Combine(folder.Path, "net.json");
        var json = JsonNode.Parse(File.ReadAllText(record))!;
        json.AsObject().Remove("sha256");
        File.WriteAllText(record, json.ToJsonString());
        Assert.Contains("readout.weight", Assert.Throws<InvalidDataException>(() => Store.Load("net")).Message);
    }

    [Fact]
    public void Weights_of_another_training_are_not_taken_for_those_of_the_record()
    {
        Store.Save("one", Trainer.Train(Small));
        Store.Save("other", Trainer.Train(Small with { Seed = 2 }));
        File.Copy(Path.Combine(folder.Path, "other.safetensors"), Path.Combine(folder.Path, "one.safetensors"), true);
        Assert.Contains("is not the file that", Assert.Throws<InvalidDataException>(() => Store.Load("one")).Message);
    }

    [Theory]
    [InlineData("../net")]
    [InlineData("local/../../net")]
    [InlineData("/net")]
    public void A_name_does_not_lead_out_of_the_folder(string name) => Assert.Contains("leads out of it",
        Assert.Throws<ArgumentException>(() => Store.Save(name, Trainer.Train(Small))).Message);

    [Fact]
    public void A_network_that_cannot_be_saved_is_returned_and_says_so()
    {
        string place = Path.Combine(folder.Path, "net.safetensors");
        var trained = Store.Train("net", Small, said.Add, new TrainerTests.Told(at =>
        {
            if (at.Update == Small.Training.Updates) Directory.CreateDirectory(place);
        }));
        Assert.Equal(Stop.Updates, trained.Record.Stop);
        Assert.Contains("could not be saved", trained.NotSaved);
        Assert.Equal(trained.NotSaved, Assert.Single(said));
    }

    [Fact]
    public async Task Of_two_that_train_one_network_one_trains_and_the_other_waits_and_loads()
    {
        int updates = 0;
        var slow = Small with { Training = Small.Training with { Updates = 400 } };
        TrainedNetwork Made() => Store.LoadOrTrain("net", slow, say: text => { lock (said) said.Add(text); },
            progress: new TrainerTests.Told(_ => Interlocked.Increment(ref updates)));
        var both = await Task.WhenAll(Task.Run(Made), Task.Run(Made));
        Assert.Equal(TrainerTests.Weights(both[0]), TrainerTests.Weights(both[1]));
        Assert.Equal(400, updates);
        Assert.Contains(said, text => text.EndsWith("waiting for its end.", StringComparison.Ordinal));
        Assert.Equal([$"net-{slow.Hash}.json", $"net-{slow.Hash}.safetensors"], Files());
    }

    [Theory]
    [InlineData("net.safetensors", 0)]
    [InlineData("net.safetensors", 100)]
    [InlineData("net.json", 0)]
    [InlineData("net.json", 100)]
    public void A_truncated_file_is_named_in_one_sentence(string file, int length)
    {
        Store.Save("net", Trainer.Train(Small));
        string path = Path.Combine(folder.Path, file);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => Store.Load("net")).Message);
    }

    [Fact]
    public void A_missing_network_is_named() =>
        Assert.Contains("nothing.json", Assert.Throws<FileNotFoundException>(() => Store.Load("nothing")).Message);

    private string[] Files() => [.. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetFileName(file)!).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
        .Order()];
}
