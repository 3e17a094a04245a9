using BenchmarkDotNet.Attributes;
using Neurodynamics.Models;
using Neurodynamics.Proofs;

namespace Neurodynamics.Benchmarks;

/// <summary>
/// Proving all fixed points of a ReLU network of low rank by its regions: m and b are normal, and n too, with m added,
/// times 3. What each proved is written below its table.
/// </summary>
public class RegionBenchmark
{
    private LeakyCell cell = null!;
    private CompletenessProof proof = null!;

    [Params("60, 2", "300, 2", "60, 3", "60, 4")]
    public string UnitsAndRank { get; set; } = "";

    [GlobalSetup]
    public void Build()
    {
        int[] both = [.. UnitsAndRank.Split(", ").Select(int.Parse)];
        var (units, rank, random) = (both[0], both[1], new Random(1));
        double[,] m = random.Normal(units, rank), n = random.Normal(units, rank);
        for (int i = 0; i < units; i++)
            for (int r = 0; r < rank; r++) n[i, r] = 3 * (n[i, r] + m[i, r]);
        double[] bias = [.. random.Normal(units, 1).Cast<double>()];
        cell = LeakyCell.CreateLowRank(
            new Currents { Nonlinearity = Nonlinearity.Relu }, new double[units, 1], m, n, bias);
    }

    [Benchmark(Description = "prove by regions")]
    public int Prove() => (proof = new Prover().Run(cell)).Points.Count;

    [GlobalCleanup]
    public void Tell() => Console.WriteLine($"// {UnitsAndRank}: {proof.Message}");
}
