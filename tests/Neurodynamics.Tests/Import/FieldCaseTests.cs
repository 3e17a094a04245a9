using Neurodynamics.Import;
using Neurodynamics.Models;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>What broke for users of such tools, as small files, by the row of the list that they stand in.</summary>
public sealed class FieldCaseTests
{
    /// <summary>Rows 26, 29, 34, 35 and 36: without what lies beside the weights it would be another network.</summary>
    [Theory]
    [InlineData("c31_leaky_alpha.pt", "rnn.alpha", "LeakyCell.Create")]
    [InlineData("c06_weightdrop.pt", "rnn.weight_hh_l0_raw", "weight drop")]
    [InlineData("c22_h0.pt", "latent_ics", "give it as start")]
    [InlineData("c24_stacked.keras", "gru_cell_1", "LayeredCell")]
    [InlineData("c30_layernorm_gru.pt", "cell.ln_hh", "train without it")]
    public void What_belongs_to_the_cell_is_not_put_aside_in_silence(string file, string array, string advice)
    {
        var error = Assert.Throws<ImportException>(() => NetworkFile.Load(Path(file)));
        Assert.Contains(array, error.Message);
        Assert.Contains(advice, error.Message);
        Assert.Contains("ImportOptions.LeaveOut", error.Message);
        Assert.InRange(error.Message.Length - Path(file).Length, 1, 300);
    }

    [Fact]
    public void What_the_reader_leaves_out_is_left_out_and_a_name_that_is_none_is_refused()
    {
        var imported = NetworkFile.Load(Path("c31_leaky_alpha.pt"), new() { LeaveOut = ["rnn.alpha"] });
        Assert.Equal(Architecture.Vanilla, imported.Cell.Architecture);
        Assert.Equal(["rnn.alpha"], imported.Ignored);
        var wrong = Assert.Throws<ImportException>(() =>
            NetworkFile.Load(Path("c31_leaky_alpha.pt"), new() { LeaveOut = ["alpha"] }));
        Assert.Contains("no array of that name", wrong.Message);
        Assert.Throws<ArgumentNullException>(() => new ImportOptions { LeaveOut = null! });
    }

    /// <summary>Rows 25 and 26, without trials: what only a trajectory can tell is said.</summary>
    [Theory]
    [InlineData("c01_lfads.ckpt", "reset gate after the product")]
    [InlineData("c02_leaky.pt", "no leak")]
    public void What_a_file_cannot_say_is_named_as_an_assumption(string file, string assumed) =>
        Assert.Contains(NetworkFile.Load(Path(file)).Assumptions, assumption => assumption.Contains(assumed));

    [Theory]
    [InlineData("optimizer/alpha")]
    [InlineData("hyper_parameters/dt")]
    [InlineData("normal")]
    [InlineData("assignment")]
    [InlineData("rnn.h")]
    public void What_does_not_belong_to_the_cell_is_ignored(string name)
    {
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Archive([.. Npz.Gru("rnn."), (name, Npz.Ramp(3))]));
        Assert.Contains(name, NetworkFile.Load(path).Ignored);
    }

    [Theory]
    [InlineData("rnn.h0")]
    [InlineData("rnn.init_state")]
    [InlineData("tau")]
    [InlineData("rnn.rec_mask")]
    [InlineData("Dale_rec")]
    [InlineData("rnn.parametrizations.weight_hh_l0.original0")]
    [InlineData("rnn.layer_norm.weight")]
    public void Every_kind_of_belonging_is_refused(string name)
    {
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Archive([.. Npz.Gru("rnn."), (name, Npz.Ramp(3))]));
        Scratch.Refused(path, name, "LeaveOut");
    }

    private static string Path(string file) =>
        System.IO.Path.Combine(Reference.Root, "tests", "Neurodynamics.Tests", "FieldCases", file);
}
