using BenchmarkDotNet.Attributes;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Benchmarks;

/// <summary>What autograd costs beside a closed form: the Jacobians of 8 states of one cell, both ways.</summary>
public class JacobianBenchmark
{
    private Cell closed = null!, own = null!;
    private Tensor input = null!, states = null!;

    [Params(128, 512)]
    public int Units { get; set; }

    [Params("vanilla", "gru")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Build()
    {
        closed = Architecture.Named(Kind).Create(3, Units, ScalarType.Float64);
        closed.Initialise(seed: 1);
        own = Cell.From(closed.Step, 3, Units);
        input = zeros(1, 3, dtype: ScalarType.Float64);
        states = rand(8, Units, dtype: ScalarType.Float64);
    }

    [Benchmark(Baseline = true, Description = "closed form")]
    public void Closed() => closed.StateJacobian(input, states).Dispose();

    [Benchmark(Description = "autograd")]
    public void Autograd() => own.StateJacobian(input, states).Dispose();
}
