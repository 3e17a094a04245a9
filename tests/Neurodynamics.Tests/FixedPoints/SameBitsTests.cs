using System.Text.Json;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tasks;
using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Tests.FixedPoints;

public sealed class SameBitsTests
{
    [Theory]
    [InlineData("flipflop3-gru")]
    [InlineData("flipflop3-lstm")]
    public void One_seed_gives_the_same_bits_wherever_arrays_lie_in_memory(string name)
    {
        var network = new NetworkStore(Path.Combine(Reference.Root, "data", "networks")).Load(name).Network;
        var random = new Random(1);
        var kept = new List<byte[]>();
        string[] all = [.. Enumerable.Range(0, 6).Select(_ =>
        {
            // What is allocated next lies elsewhere, and otherwise with regard to 16, 32 and 64 bytes.
            for (int i = 0; i < 50; i++) kept.Add(new byte[random.Next(1, 200)]);
            double[,,] inputs = new FlipFlop { Channels = 3 }.Sample(8, 40, 1).Inputs;
            double[,] states = Candidates.FromTrials(network.Cell, inputs, 64, 2, noise: 0.1);
            var set = new FixedPointSearch { MaxRounds = 3, Seed = 3 }.Run(network.Cell, states);
            var lines = Linearisation.Of(network.Cell, set.Points);
            return JsonSerializer.Serialize(set.Points.Select(point => new
            {
                point.State,
                point.Speed,
                Ball = point.Certificate is { } proof ? $"{proof:R}" : "",
            })) + JsonSerializer.Serialize(lines.Select(line => line.Eigenvalues.Select(l => (l.Real, l.Imaginary)
                .ToString())));
        })];
        Assert.All(all, one => Assert.Equal(all[0], one));
    }
}
