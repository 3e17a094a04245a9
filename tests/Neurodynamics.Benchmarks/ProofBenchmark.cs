using BenchmarkDotNet.Attributes;
using Neurodynamics.Models;
using Neurodynamics.Proofs;

namespace Neurodynamics.Benchmarks;

/// <summary>
/// Proving a list of fixed points complete, by rank: tanh networks of 700 units whose m is normal, and n too, with
/// twice m and half a random mixture of m added. How many boxes each took is written below its table.
/// </summary>
public class ProofBenchmark
{
    private const int Units = 700;

    private LeakyCell cell = null!;
    private CompletenessProof proof = null!;

    [Params(1, 2, 3, 4, 5)]
    public int Rank { get; set; }

    [Params(1, 2)]
    public int Seed { get; set; }

    [GlobalSetup]
    public void Build() => cell = Random(Rank, Seed);

    [Benchmark(Description = "prove complete")]
    public int Prove() => (proof = new Prover().Run(cell)).Boxes.Count;

    [GlobalCleanup]
    public void Tell() => Console.WriteLine($"// rank {Rank}, seed {Seed}: {proof.Message}");

    private static LeakyCell Random(int rank, int seed)
    {
        var random = new Random(seed);
        double[,] m = random.Normal(Units, rank), n = random.Normal(Units, rank), mixture = random.Normal(rank, rank);
        for (int i = 0; i < Units; i++)
            for (int r = 0; r < rank; r++)
            {
                n[i, r] += 2 * m[i, r];
                for (int s = 0; s < rank; s++) n[i, r] += mixture[r, s] * m[i, s] / 2;
            }
        return LeakyCell.CreateLowRank(new Currents(), new double[Units, 1], m, n);
    }
}
