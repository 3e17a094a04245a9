using Neurodynamics.Environment;
using Neurodynamics.Import;
using Neurodynamics.Runs;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>What the verb `find` starts: a file in, one page and the points out.</summary>
public sealed class FindTests : IDisposable
{
    static readonly Environment.Workbook Workbook = Environment.Workbook.Here();
    readonly string folder = Directory.CreateTempSubdirectory("find-").FullName;

    /// <summary>Notebook 11 finds the same with this file: two attractors and a saddle under each cue.</summary>
    [Fact]
    public async Task ALaboratorysFileBecomesAPageWithProvenPoints()
    {
        var (failure, found) = await FindAsync(
            Reference("laboratories", "context.npz"), "--inputs=0,0,1,0", "--inputs=0,0,0,1");

        Assert.Null(failure);
        Assert.True(found!.Reproduced);
        Assert.Null(found.Unchecked);
        Assert.Equal([[2, 1], [2, 1]], found.Found.Select(under => under.ByUnstableModes));
        Assert.All(found.Found, under => Assert.True(under.ProvenComplete));
        foreach (var (index, under) in found.Found.Index())
        {
            var arrays = ArrayFile.Read(Path.Combine(folder, $"context-{index + 1}.npz"));
            Assert.Equal([1.0, 1, 1], arrays["certified"].Values);
            Assert.Equal([1.0], arrays["proven_complete"].Values);
            Assert.Equal(under.Input, arrays["input"].Values.Take(4));
            Assert.True(File.Exists(Path.Combine(folder, under.Files[1])));
        }
        string page = await File.ReadAllTextAsync(found.Page, TestContext.Current.CancellationToken);
        Assert.Contains("1 channel read out", page);
        Assert.Contains("Proven complete", page);
        Assert.Contains("neurodynamics.show", page);
        Assert.DoesNotContain("src=\"http", page);
    }

    [Fact]
    public async Task TrialsOfAnotherNetworkAreNotReproducedAndThePageSaysSo()
    {
        var (failure, found) = await FindAsync(Reference("networks", "gru_flipflop3.npz"),
            $"--trajectory={Reference("networks", "rnn_flipflop3.npz")}",
            "--arrays=sample_traj_inputs,sample_traj_states", "--candidates=64");

        Assert.Null(failure);
        Assert.False(found!.Reproduced);
        Assert.NotNull(found.Unchecked);
        string page = await File.ReadAllTextAsync(found.Page, TestContext.Current.CancellationToken);
        Assert.Contains("another network than yours", page);
    }

    [Theory]
    [InlineData("--inputs=1,2", "has 2 values, but the network has 4 inputs")]
    [InlineData("--inputs=1,x,0,0", "\"x\" in --inputs \"1,x,0,0\" is no number")]
    [InlineData("--arrays=inputs", "takes two or three names")]
    [InlineData("--outputs=odds", "logits, values or tanh-values")]
    [InlineData("--candidates=0", "at least 1 candidate")]
    public async Task WrongOptionsGetASentence(string option, string words)
    {
        var (failure, found) = await FindAsync(Reference("laboratories", "context.npz"), option);

        Assert.Null(found);
        Assert.Contains(words, failure);
        Assert.Empty(Directory.GetFiles(folder));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    async Task<(string? Failure, FoundPoints? Found)> FindAsync(string network, params string[] options)
    {
        FoundPoints? found = null;
        string? failure = await new RunsProgram(Workbook).RunAsync(["find", network, folder, .. options],
            line => found = line as FoundPoints ?? found, TestContext.Current.CancellationToken);
        return (failure, found);
    }

    static string Reference(params string[] path) => Path.Combine([Workbook.Root, "data", "reference", .. path]);
}
