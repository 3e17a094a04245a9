using System.Diagnostics;
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

    /// <summary>
    /// Runs a search and saves what it found: where the variable names a file, this is the other process of the next
    /// test.
    /// </summary>
    [Fact]
    public void A_search_saves_its_set()
    {
        using var folder = new TemporaryFolder();
        string file = Environment.GetEnvironmentVariable(Place) ?? Path.Combine(folder.Path, "set.json");
        Search(file);
        Assert.NotEmpty(FixedPointSet.Load(file).Points);
    }

    [Fact]
    public async Task One_seed_saves_the_same_bytes_in_another_process()
    {
        using var folder = new TemporaryFolder();
        string here = Path.Combine(folder.Path, "here.json"), there = Path.Combine(folder.Path, "there.json");
        Search(here);
        string[] test = ["-noColor", "-method", $"{typeof(SameBitsTests).FullName}.{nameof(A_search_saves_its_set)}"];
        string me = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(me) == "dotnet") test = [typeof(SameBitsTests).Assembly.Location, .. test];
        using var other = Process.Start(new ProcessStartInfo(me, test)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Place] = there },
        })!;
        var said = other.StandardOutput.ReadToEndAsync();
        await other.StandardError.ReadToEndAsync();
        await other.WaitForExitAsync();
        Assert.True(other.ExitCode == 0, await said);
        Assert.Equal(File.ReadAllBytes(here), File.ReadAllBytes(there));
    }

    private const string Place = "NEURODYNAMICS_TESTS_SET";

    private static void Search(string file)
    {
        var network = new NetworkStore(Path.Combine(Reference.Root, "data", "networks")).Load("flipflop3-gru").Network;
        double[,,] inputs = new FlipFlop { Channels = 3 }.Sample(8, 40, 1).Inputs;
        double[,] states = Candidates.FromTrials(network.Cell, inputs, 64, 2, noise: 0.1);
        new FixedPointSearch { MaxRounds = 3, Seed = 3 }.Run(network.Cell, states).Save(file);
    }
}
