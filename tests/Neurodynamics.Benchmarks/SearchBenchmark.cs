using BenchmarkDotNet.Attributes;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;

namespace Neurodynamics.Benchmarks;

/// <summary>
/// From the 1024 plain and 1024 noisy candidates of a reference network to its certified fixed points and what can be
/// said of their completeness.
/// </summary>
public class SearchBenchmark
{
    private Cell cell = null!;
    private double[] input = null!;
    private double[,] candidates = null!;

    [Params("gru_flipflop3", "rnn_flipflop3", "lstm_flipflop3", "gru_integ1", "gru_integ3")]
    public string Network { get; set; } = "";

    [GlobalSetup]
    public void Load()
    {
        string file = Path.Combine(Data.Folder, "reference", "networks", Network + ".npz");
        cell = NetworkFile.Load(file).Cell.InDouble();
        var arrays = ArrayFile.Read(file);
        input = arrays["input"].Values;
        candidates = Data.Stack(arrays["candidates"].ToMatrix(), arrays["candidates_noisy"].ToMatrix());
    }

    [Benchmark(Description = "search, certify, count")]
    public int Search() => new FixedPointSearch().Run(cell, candidates, input).Points.Count;
}

/// <summary>
/// What a search costs where a cell says nothing of itself: the reference GRU's own cell beside its step alone, with
/// the same box and without one, from the same 1024 candidates.
/// </summary>
public class StepAloneBenchmark
{
    private Cell own = null!, boxed = null!, alone = null!;
    private double[,] candidates = null!;

    [GlobalSetup]
    public void Load()
    {
        string file = Path.Combine(Data.Folder, "reference", "networks", "gru_flipflop3.npz");
        own = NetworkFile.Load(file).Cell.InDouble();
        double[]? box = own.InvariantBox(new double[own.InputSize]);
        boxed = Cell.From(own.Step, own.InputSize, own.Units, box: box);
        alone = Cell.From(own.Step, own.InputSize, own.Units);
        candidates = ArrayFile.Read(file)["candidates"].ToMatrix();
    }

    [Benchmark(Baseline = true, Description = "own cell")]
    public int Own() => new FixedPointSearch().Run(own, candidates).Points.Count;

    [Benchmark(Description = "its step, with a box")]
    public int Boxed() => new FixedPointSearch().Run(boxed, candidates).Points.Count;

    [Benchmark(Description = "its step alone")]
    public int Alone() => new FixedPointSearch().Run(alone, candidates).Points.Count;
}

/// <summary>
/// Newton alone, from states of random GRUs and the reference GRU: how time grows with candidates and with units.
/// </summary>
public class ScalingBenchmark
{
    private FixedPointProblem problem = null!;

    /// <summary>Units x candidates.</summary>
    [Params("25x1024", "50x1024", "100x1024", "200x1024", "400x1024", "800x1024", "100x64", "100x512",
        "100x2048", "100x8192")]
    public string Size { get; set; } = "";

    [GlobalSetup]
    public void Build()
    {
        int units = int.Parse(Size.Split('x')[0]), count = int.Parse(Size.Split('x')[1]);
        var cell = new Gru(3, units, TorchSharp.torch.ScalarType.Float64);
        cell.Initialise(seed: 1);
        var random = new Random(1);
        double[,] states = new double[count, units];
        for (int i = 0; i < count; i++)
            for (int j = 0; j < units; j++) states[i, j] = 2 * random.NextDouble() - 1;
        problem = new(cell, new double[3], states);
    }

    /// <summary>
    /// One Newton step of every candidate: what grows with N is not how many steps a network happens to need.
    /// </summary>
    [Benchmark(Description = "one Newton step of all")]
    public double Step() => new NewtonSolver { MaxSteps = 1, MaxDampedSteps = 0 }.Solve(problem).Speeds[0];
}

internal static class Data
{
    /// <summary>The workbook's folder of data, above this program.</summary>
    public static string Folder
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
                if (Directory.Exists(Path.Combine(folder.FullName, "data", "reference")))
                    return Path.Combine(folder.FullName, "data");
            throw new DirectoryNotFoundException(
                "The benchmarks run from inside the workbook's folder, in which data/reference lies.");
        }
    }

    public static double[,] Stack(double[,] a, double[,] b)
    {
        double[,] both = new double[a.GetLength(0) + b.GetLength(0), a.GetLength(1)];
        Array.Copy(a, both, a.Length);
        Array.Copy(b, 0, both, a.Length, b.Length);
        return both;
    }
}
