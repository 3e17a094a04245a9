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
        using (no_grad()) trained.Network.Readout.weight.fill_(float.NaN);
        Assert.Contains(
            "readout.weight", Assert.Throws<InvalidDataException>(() => Store.Save("net", trained)).Message);
        Store.Load("net");
        trained.Network.save_safetensors(Path.Combine(folder.Path, "net.safetensors"));
        Assert.Contains("readout.weight", Assert.Throws<InvalidDataException>(() => Store.Load("net")).Message);
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
        .Select(file => Path.GetFileName(file)!).Order()];
}
