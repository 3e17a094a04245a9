using System.Text.Json.Nodes;
using Neurodynamics.Models;
using Neurodynamics.Proofs;
using Neurodynamics.Tests.FixedPoints;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Proofs;

public sealed class ProofCheckTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => System.IO.Path.Combine(folder.Path, "proof.json");

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Networks =>
        ["rank 2", "rank 1, rates, rounded", "three tanh", "two GRU", "two LSTM"];

    [Theory, MemberData(nameof(Networks))]
    public void What_the_prover_proves_the_check_confirms(string name)
    {
        var (cell, prover) = Network(name);
        var proof = prover.Run(cell, [0.3]);
        proof.Save(Path, cell);
        var check = ProofCheck.Of(Path, cell);
        Assert.True(check.Holds, check.Message);
        Assert.Equal(proof.Points.Count, check.Points);
        Assert.Contains("the only fixed point", check.Message);
        // Of another network it is no proof.
        using (no_grad())
            foreach (var parameter in cell.parameters()) parameter.mul_(1.3);
        Assert.False(ProofCheck.Of(Path, cell).Holds);
    }

    [Theory]
    [InlineData("a point is left out", "is not proven")]
    [InlineData("a point stands twice", "may be one")]
    [InlineData("a point is moved", "is not where the file says")]
    [InlineData("a box around a point is too large", "exactly one")]
    [InlineData("a part is left out", "missing")]
    [InlineData("a part is called empty", "not proven to be empty")]
    [InlineData("a part is given to another point", "not proven to be at point")]
    [InlineData("a part too many", "more parts")]
    [InlineData("a cut beside its part", "outside of what it cuts")]
    [InlineData("another input", "not")]
    [InlineData("a side too few", "is no box")]
    public void What_was_tampered_with_is_no_proof(string how, string why)
    {
        var (cell, prover) = Network("rank 2");
        var proof = prover.Run(cell, [0.3]);
        Assert.True(proof.Points.Count > 2);
        proof.Save(Path, cell);
        var file = JsonNode.Parse(File.ReadAllText(Path))!.AsObject();
        var (points, cuts) = (file["points"]!.AsArray(), file["cuts"]!.AsArray());
        int atPoint = Enumerable.Range(0, cuts.Count).First(i => (string)cuts[i]!["part"]! == "p");
        int cut = Enumerable.Range(0, cuts.Count).First(i => (string)cuts[i]!["part"]! == "c");
        switch (how)
        {
            case "a point is left out": points.RemoveAt(points.Count - 1); break;
            case "a point stands twice": points.Add(points[0]!.DeepClone()); break;
            case "a point is moved": Move(points[0]!["at"]![0]!.AsArray(), 1e-6); break;
            case "a box around a point is too large": Widen(points[0]!["around"]![0]!.AsArray(), 3); break;
            case "a part is left out": cuts.RemoveAt(cuts.Count - 1); break;
            case "a part is called empty": cuts[atPoint]!["part"] = "e"; break;
            case "a part is given to another point":
                cuts[atPoint]!["of"] = ((int)cuts[atPoint]!["of"]! + 1) % points.Count;
                break;
            case "a part too many": cuts.Add(new JsonObject { ["part"] = "e" }); break;
            case "a cut beside its part": cuts[cut]!["at"] = 1e3; break;
            case "another input": file["input"]![0] = 3.0; break;
            case "a side too few": points[0]!["at"]!.AsArray().RemoveAt(0); break;
        }
        File.WriteAllText(Path, file.ToJsonString());
        var check = ProofCheck.Of(Path, cell);
        Assert.False(check.Holds);
        Assert.StartsWith("No: ", check.Message);
        Assert.Contains(why, check.Message);

        static void Move(JsonArray side, double by)
        {
            (side[0], side[1]) = ((double)side[0]! + by, (double)side[1]! + by);
        }

        static void Widen(JsonArray side, double by)
        {
            (side[0], side[1]) = ((double)side[0]! - by, (double)side[1]! + by);
        }
    }

    /// <summary>
    /// k = tanh(2 k) has its outer points at +-0.9575. A file that leaves them out, and calls the parts where they are
    /// empty, would hold of a first box from -0.9 to 0.9: the first box is the cell's, and all of it.
    /// </summary>
    [Fact]
    public void Points_near_the_ends_of_the_first_box_cannot_be_left_out()
    {
        var cell = LeakyCell.CreateLowRank(new Currents { Leak = 0.3 }, new double[1, 1], new[,] { { 2.0 } },
            new[,] { { 1.0 } });
        var proof = new Prover().Run(cell);
        proof.Save(Path, cell);
        var whole = ProofFile.Read(Path);
        Assert.True(ProofCheck.Of(Path, cell).Holds);
        int middle = Enumerable.Range(0, 3).Single(i => Math.Abs(whole.Points[i].At[0][0]) < 0.1);
        ProofFile.Cut[] parts = [.. whole.Cuts.Select(cut => cut.Part != "p" ? cut
            : cut.Of == middle ? cut with { Of = 0 } : new("e"))];
        (whole with { Points = [whole.Points[middle]], Cuts = parts }).Write(Path);
        Assert.Contains("not proven to be empty", ProofCheck.Of(Path, cell).Message);
    }

    [Fact]
    public void What_is_no_proof_is_not_written_or_read()
    {
        var (cell, prover) = Network("rank 2");
        var part = (prover with { MaxBoxes = 3 }).Run(cell, [0.3]);
        Assert.Contains("complete", Assert.Throws<InvalidOperationException>(() => part.Save(Path, cell)).Message);
        var proof = prover.Run(cell, [0.3]);
        Assert.Contains("more than 3 parts", Assert.Throws<InvalidOperationException>(
            () => proof.Save(Path, cell, maxParts: 3)).Message);
        var (other, _) = Network("three tanh");
        Assert.Contains("no equation of 2 unknowns", Assert.Throws<InvalidOperationException>(
            () => proof.Save(Path, other)).Message);
        Assert.False(File.Exists(Path));
        File.WriteAllText(Path, "{}");
        Assert.Throws<InvalidDataException>(() => ProofCheck.Of(Path, cell));
        File.WriteAllText(Path, "not json");
        Assert.Throws<InvalidDataException>(() => ProofCheck.Of(Path, cell));
    }

    private static (Cell Cell, Prover Prover) Network(string name)
    {
        switch (name)
        {
            case "rank 2":
                return (LeakyCell.CreateLowRank(new Currents { Leak = 0.3 }, Nets.Cloud(30, 1, 1, seed: 1),
                    Nets.Cloud(30, 2, 1, seed: 2), Scaled(Nets.Cloud(30, 2, 1, seed: 2), 4)), new());
            case "rank 1, rates, rounded":
                return (LeakyCell.CreateLowRank(new Rates { Nonlinearity = Nonlinearity.Logistic },
                    Nets.Cloud(20, 1, 1, seed: 1), Nets.Cloud(20, 1, 1, seed: 2),
                    Scaled(Nets.Cloud(20, 1, 1, seed: 2), 9)), new() { Weights = WeightsAre.RoundedToFloat32 });
            case "three tanh": return (Nets.Normal(3, gain: 3, seed: 4), new());
            default:
                return (Nets.Random(name.EndsWith("GRU") ? Architecture.Gru : Architecture.Lstm, 2, 2, seed: 6), new());
        }
    }

    private static double[,] Scaled(double[,] values, double by)
    {
        for (int i = 0; i < values.GetLength(0); i++)
            for (int j = 0; j < values.GetLength(1); j++) values[i, j] *= by;
        return values;
    }
}
