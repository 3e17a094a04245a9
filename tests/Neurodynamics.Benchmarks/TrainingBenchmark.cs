using BenchmarkDotNet.Attributes;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Neurodynamics.Benchmarks;

/// <summary>
/// One update of each architecture, by the library's cell and by libtorch's own layer: batch 64, 100 steps, 100 units,
/// one thread.
/// </summary>
public class TrainingBenchmark
{
    private readonly Tensor inputs, targets;
    private Network network = null!;
    private nn.Module layer = null!;
    private Linear readout = null!;
    private Adam oursAdam = null!, layersAdam = null!;

    public TrainingBenchmark()
    {
        var trials = new FlipFlop { PulseAtStart = true }.Sample(64, 100, seed: 1);
        (inputs, targets) = (tensor(trials.Inputs), tensor(trials.Targets));
    }

    [Params("vanilla", "lstm", "gru")]
    public string Architecture { get; set; } = "";

    [GlobalSetup]
    public void Build()
    {
        network = Network.Create(Models.Architecture.Named(Architecture), 3, 100, 3, seed: 1);
        layer = Architecture switch
        {
            "vanilla" => nn.RNN(3, 100, batchFirst: true),
            "lstm" => nn.LSTM(3, 100, batchFirst: true),
            _ => nn.GRU(3, 100, batchFirst: true),
        };
        layer.load_state_dict(network.Cell.state_dict());
        readout = nn.Linear(100, 3);
        oursAdam = optim.Adam(network.parameters());
        layersAdam = optim.Adam([.. layer.parameters(), .. readout.parameters()]);
    }

    [Benchmark(Baseline = true, Description = "libtorch's layer")]
    public float Layer()
    {
        using var scope = NewDisposeScope();
        var hidden = layer switch
        {
            RNN rnn => rnn.call(inputs).Item1,
            LSTM lstm => lstm.call(inputs).Item1,
            _ => ((GRU)layer).call(inputs).Item1,
        };
        return Update(readout.call(hidden), layersAdam);
    }

    [Benchmark(Description = "the library's cell")]
    public float Library()
    {
        using var scope = NewDisposeScope();
        return Update(network.Logits(network.Run(inputs)), oursAdam);
    }

    private float Update(Tensor logits, Adam adam)
    {
        var loss = nn.functional.binary_cross_entropy_with_logits(logits, targets);
        adam.zero_grad();
        loss.backward();
        adam.step();
        return loss.item<float>();
    }
}
