using Neurodynamics.Import;
using Neurodynamics.Models;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>Networks that the names of their arrays give away, and arrays that the reader names.</summary>
public sealed class KnownCodeTests
{
    /// <summary>The usual settings of the code whose names they are made these files.</summary>
    [Theory]
    [InlineData("lowrank1_tanh", "code of low rank")]
    [InlineData("lowrank3_tanh", "code of low rank")]
    [InlineData("lstm_kernel_forget1", "BasicLSTMCell")]
    [InlineData("gru_split", "reset gate before the product")]
    [InlineData("rates_softplus_kernel", "rates with softplus")]
    public void Names_of_known_code_are_enough(string form, string assumed)
    {
        var imported = NetworkFile.Load(Reference.Form(form), new() { LeaveOut = [] });
        Assert.Contains(imported.Assumptions, assumption => assumption.Contains(assumed.Split('\'')[0])
            || assumption.Contains("of low rank"));
        Assert.NotNull(imported.Cell.Unchecked);
        Assert.True(imported.Check(Trials(form), 1e-5).Reproduced);
        Assert.Null(imported.Cell.Unchecked);
    }

    /// <summary>Other settings than the code's usual ones: a check finds out, and the reader can say them.</summary>
    [Theory]
    [InlineData("currents_tanh", "currents, relu, leak 0.1")]
    [InlineData("dale_currents_relu", "currents, relu, leak 0.1")]
    [InlineData("rates_relu", "rates, relu, no leak")]
    [InlineData("lowrank2_relu", "currents, tanh, leak 0.2, 1 / N")]
    public void What_the_names_leave_open_is_assumed_and_can_be_said(string form, string assumed)
    {
        string path = Reference.Form(form);
        var imported = NetworkFile.Load(path);
        Assert.Equal(assumed, imported.Cell.Unchecked);
        Assert.False(imported.Check(Trials(form), 1e-5).Reproduced);
        Assert.Equal(assumed, imported.Cell.Unchecked);

        bool isRelu = form.Contains("relu");
        var f = isRelu ? Nonlinearity.Relu : Nonlinearity.Tanh;
        Architecture kind = form.StartsWith("rates", StringComparison.Ordinal)
            ? new Rates { Nonlinearity = f, Leak = 0.2 } : new Currents { Nonlinearity = f, Leak = 0.2 };
        var said = NetworkFile.Load(path, new() { Architecture = kind });
        Assert.True(said.Check(Trials(form), 1e-5).Reproduced);
        Assert.Null(said.Cell.Unchecked);
        Assert.DoesNotContain(said.Assumptions, assumption => assumption.Contains("equation is taken"));
    }

    [Fact]
    public void The_readout_of_known_code_comes_with_it()
    {
        var imported = NetworkFile.Load(
            Reference.Form("dale_currents_relu"), new() { Architecture = Currents(Nonlinearity.Relu) });
        var file = ArrayFile.Read(Reference.Form("dale_currents_relu"));
        var trials = Trials("dale_currents_relu") with { Outputs = file["outputs"].ToTrials() };
        Assert.True(imported.Check(trials, 1e-5).Reproduced);
        Assert.Equal(file["init_state"].Values, imported.Cell.StartState(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Contains("W_out", imported.Used);
    }

    /// <summary>Without Dale's law PsychRNN saves signs too, of which none is negative, and masks of ones.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PsychRNNs_signs_and_masks_are_its_own(bool dale)
    {
        double[,] w = { { 0.5, -0.3 }, { 0.2, -0.4 } }, mask = { { 1, 1 }, { 0, 1 } };
        double[] b = [-0.7, 0.3], signs = [1, dale ? -1 : 1];
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Doubles(
            Array("W_rec", w), Array("rec_connectivity", mask), new("W_in", "float64", [2, 1], b),
            Array("Dale_rec", new[,] { { signs[0], 0 }, { 0, signs[1] } }), new("b_rec", "float64", [2], [0.1, 0.2]),
            Array("W_out", new[,] { { -0.6, 0.9 } }), Array("Dale_out", new[,] { { signs[0], 0 }, { 0, signs[1] } })));
        var imported = NetworkFile.Load(path);
        double[] state = [0.4, 0.8];
        double Of(double weight, int column) => dale ? Math.Abs(weight) * signs[column] : weight;
        double[] next = [.. Enumerable.Range(0, 2).Select(i => 0.9 * state[i] + 0.1 * (
            Enumerable.Range(0, 2).Sum(j => Of(w[i, j], j) * mask[i, j] * state[j])
            + (dale ? Math.Abs(b[i]) : b[i]) * 0.5 + (i == 0 ? 0.1 : 0.2)))];
        using var scope = TorchSharp.torch.NewDisposeScope();
        double[] step = imported.Cell.Step(new[,] { { 0.5 } }.ToTensor(), new[] { state }.ToMatrix(2).ToTensor())
            .squeeze(0).ToVector();
        Assert.Equal(next, step, (x, y) => Math.Abs(x - y) < 1e-14);
        Assert.Equal(new[] { Of(-0.6, 0), Of(0.9, 1) },
            imported.Network.Readout!.weight.detach().flatten().ToVector());
    }

    [Fact]
    public void Shapes_that_do_not_fit_the_names_are_refused_with_a_way_on()
    {
        using var scratch = new Scratch();
        Scratch.Refused(scratch.Write("n.npz", Npz.Archive(
            ("W_rec", Npz.Ramp(4, 4)), ("W_in", Npz.Ramp(3, 2)), ("b_rec", Npz.Ramp(4)))), "PsychRNN", "LoadByExample");
        Scratch.Refused(scratch.Write("m.npz", Npz.Archive(
            ("W_rec", Npz.Ramp(4, 4)), ("W_in", Npz.Ramp(4, 2)), ("b_rec", Npz.Ramp(4)))),
            new ImportOptions { Architecture = Architecture.Gru }, "PsychRNN", "ImportOptions.Arrays");
    }

    [Theory]
    [InlineData("W_rec", true)]
    [InlineData("W_rec", false)]
    [InlineData("b_rec", false)]
    public void Damage_that_shows_in_the_values_is_not_taken_for_shapes_that_do_not_fit(string at, bool isOfShape)
    {
        using var scratch = new Scratch();
        var zip = new HandZip();
        foreach (var (name, array) in new[]
        {
            ("W_rec", isOfShape ? Npz.Ramp(4, 4, 1) : Npz.Ramp(4, 4)), ("W_in", Npz.Ramp(4, 2)), ("b_rec", Npz.Ramp(4)),
        })
            // Another sum than that of its bytes.
            if (name == at && !isOfShape) zip.Add($"{name}.npy", HandZip.Deflated(array, 0), array.Length);
            else zip.Add($"{name}.npy", array);
        string path = scratch.Write("n.npz", zip.Bytes());
        Scratch.Refused(path, isOfShape ? "the shapes do not fit together" : "truncated or damaged");
        Assert.NotNull(Assert.Throws<ImportException>(() => NetworkFile.Load(path)).InnerException);
    }

    [Fact]
    public void Arrays_that_the_reader_names_make_the_cell_that_was_asked_for()
    {
        var options = new ImportOptions
        {
            Arrays = Letters(("W", "w_rec"), ("B", "w_in"), ("b", "bias"), ("a", "a")),
            Architecture = new Rates { Nonlinearity = Nonlinearity.Logistic },
        };
        var form = ArrayFile.Read(Reference.Form("rates_sigmoid_tau"));
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Doubles(
            form["w_rec"], form["w_in"], form["bias"],
            new("a", "float64", [24], [.. form["tau"].Values.Select(tau => form["dt"].Values[0] / tau)])));
        var imported = NetworkFile.Load(path, options);
        Assert.True(imported.Check(Trials("rates_sigmoid_tau"), 1e-12).Reproduced);
        Assert.Equal(["w_rec", "w_in", "bias", "a"], imported.Used);

        Scratch.Refused(path, options with { Architecture = null }, "ImportOptions.Architecture");
        Scratch.Refused(path, options with { Arrays = Letters(("B", "w_in")) }, "m");
        Scratch.Refused(path, options with { Arrays = Letters(("W", "w_rec")) }, "B (input weights)");
        Scratch.Refused(path, options with { Arrays = Letters(("W", "w_in"), ("B", "w_in")) }, "[N, N]");
        Scratch.Refused(path, options with { Arrays = Letters(("W", "w_rec"), ("B", "bias")) }, "matrix");
        Scratch.Refused(path, options with { Arrays = Letters(("W", "x"), ("B", "w_in")) }, "holds no array named x");
        Scratch.Refused(
            path, options with { Arrays = Letters(("W", "w_rec"), ("B", "w_in"), ("c", "bias")) }, "one bias");
    }

    [Fact]
    public void A_name_with_a_stroke_is_turned_and_gated_cells_can_be_named_too()
    {
        var form = ArrayFile.Read(Reference.Form("vanilla_transposed"));
        var options = new ImportOptions
        {
            Arrays = Letters(("W", "W'"), ("B", "U"), ("b", "b")),
            Architecture = Architecture.Vanilla,
        };
        var imported = NetworkFile.Load(Reference.Form("vanilla_transposed"), options);
        Assert.True(imported.Check(Trials("vanilla_transposed"), 1e-5).Reproduced);
        var unturned = NetworkFile.Load(Reference.Form("vanilla_transposed"),
            options with { Arrays = Letters(("W", "W"), ("B", "U"), ("b", "b")) });
        Assert.False(unturned.Check(Trials("vanilla_transposed"), 1e-5).Reproduced);
        Assert.Equal(24, form["W"].Shape[0]);
    }

    [Fact]
    public void Low_rank_and_a_readout_can_be_named()
    {
        var imported = NetworkFile.Load(Reference.Form("lowrank3_tanh"), new()
        {
            Arrays = Letters(("m", "m"), ("n", "n"), ("B", "wi"), ("c", "b"), ("x0", "h0"), ("C", "wo")),
            Architecture = Currents(Nonlinearity.Tanh),
            LeaveOut = ["h0"],
        });
        Assert.Equal(3, ((LeakyArchitecture)imported.Cell.Architecture!).Rank);
        Assert.Equal(1, imported.Network.Channels);
    }

    /// <summary>
    /// The same names are saved with both scales: where only one lets units hear each other, it is that.
    /// </summary>
    [Theory]
    [InlineData(1, null, "1 / N")]
    [InlineData(100, null, "without 1 / N")]
    [InlineData(1, false, null)]
    [InlineData(100, true, null)]
    public void The_scale_of_low_rank_is_told_by_its_size_or_by_the_reader(double by, bool? said, string? assumed)
    {
        const int units = 100;
        var imported = LoadLowRank(units, by, said);
        bool divides = said ?? by == 1;
        double[,] w = ((LeakyCell)imported.Cell).RecurrentWeights();
        Assert.Equal(divides ? 1.5 / by / units * 2 : 1.5 / by * 2, w[0, 1], 1e-12);
        Assert.Equal(divides ? 3.0 / units : 3, imported.Network.Readout!.weight[0, 0].item<double>(), 1e-12);
        if (assumed is null) Assert.DoesNotContain("/ N", imported.Cell.Unchecked);
        else Assert.EndsWith($"leak 0.2, {assumed}", imported.Cell.Unchecked);
        Assert.Equal(assumed is not null, imported.Assumptions.Any(one => one.Contains("DividesByUnits")));
        var named = NetworkFile.Load(LowRankFile(units, by), new()
        {
            Arrays = Letters(("m", "m"), ("n", "n"), ("B", "wi")),
            DividesByUnits = said,
            LeaveOut = ["h0"],
            Architecture = Currents(Nonlinearity.Tanh),
        });
        Assert.Equal(w, ((LeakyCell)named.Cell).RecurrentWeights());
        Assert.Equal(assumed, named.Cell.Unchecked);
    }

    /// <summary>
    /// Programs store n as [N, 1], [1, N] or N values, with a scale of the readout under a name of its own.
    /// </summary>
    [Theory]
    [InlineData(4, 1)]
    [InlineData(1, 4)]
    [InlineData(4)]
    public void Vectors_of_rank_one_may_lie_any_way(params int[] shape)
    {
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Doubles(
            new("rnn.w_inp", "float64", [1, 4], [1, 2, 3, 4]), new("rnn.w_inp_scale", "float64", [1], [2]),
            new("rnn.m", "float64", [4, 1], [1, 2, 3, 4]), new("rnn.n", "float64", shape, [5, 6, 7, 8]),
            new("rnn.w_out", "float64", [4, 1], [1, 0, -1, 2]), new("rnn.w_out_scale", "float64", [1, 1], [3])));
        var imported = NetworkFile.Load(path);
        double[,] w = ((LeakyCell)imported.Cell).RecurrentWeights();
        Assert.All(Enumerable.Range(0, 16), at => Assert.Equal((at / 4 + 1) * (at % 4 + 5) / 4.0, w[at / 4, at % 4]));
        Assert.Equal([0.75, 0, -0.75, 1.5], imported.Network.Readout!.weight.detach().flatten().ToVector());
        Assert.Empty(imported.Ignored);
        Assert.Contains("readout of rates", imported.Assumptions[0]);
        var reads = NetworkFile.Load(path, new() { Architecture = new Currents { ReadsRates = false } });
        Assert.False(((Currents)reads.Cell.Architecture!).ReadsRates);
    }

    /// <summary>Each population draws its weights from one basis, on its own units.</summary>
    [Fact]
    public void Populations_are_put_together()
    {
        double[] basis = [1, 2, 3, 4, 5, 6, 7, 8], supports = [1, 1, 0, 0, 0, 0, 1, 1];
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Doubles(
            new("gaussian_basis", "float64", [2, 4], basis), new("supports", "float64", [2, 4], supports),
            new("wi_weights", "float64", [1, 2, 2], [1, 0, 0, 1]), new("m_weights", "float64", [1, 2, 2], [1, 1, 2, 0]),
            new("n_weights", "float64", [1, 2, 2], [0, 0.1, 0, 0]), new("n_biases", "float64", [1, 2], [0, -1]),
            new("h0_weights", "float64", [2, 2], [0, 0, 0, 1]), new("wo_weights", "float64", [1, 2, 2], [1, 0, 0, 0])));
        var imported = NetworkFile.Load(path);
        var cell = (LeakyCell)imported.Cell;
        double[] m = [6, 8, 6, 8], n = [0.5, 0.6, -1, -1];
        double[,] w = cell.RecurrentWeights();
        Assert.All(Enumerable.Range(0, 16), at => Assert.Equal(m[at / 4] * n[at % 4], w[at / 4, at % 4], 1e-14));
        Assert.Equal([1, 2, 7, 8], cell.InputWeights.detach().flatten().ToVector());
        Assert.Equal([1, 2, 0, 0], imported.Network.Readout!.weight.detach().flatten().ToVector());
        Assert.Equal([0, 0, 7, 8], cell.StartState());
        Assert.Equal(imported.Used.Distinct(), imported.Used);
        Assert.Contains("leave it out", Assert.Throws<ImportException>(
            () => NetworkFile.Load(path, new() { DividesByUnits = true })).Message);
    }

    private static ImportedNetwork LoadLowRank(int units, double by, bool? divides) =>
        NetworkFile.Load(LowRankFile(units, by), new() { DividesByUnits = divides });

    private static string LowRankFile(int units, double by)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("neurodynamics-import-").FullName, "n.npz");
        SourceArray Constant(string name, double value, params int[] shape) =>
            new(name, "float64", shape, [.. Enumerable.Repeat(value, (int)SourceArray.Count(shape))]);
        File.WriteAllBytes(path, Npz.Doubles(Constant("wi", 0.5, 1, units), Constant("si", 2, 1),
            Constant("m", 1.5, units, 1), Constant("n", 2 / by, units, 1), Constant("wo", 1, units, 1),
            Constant("so", 3, 1), Constant("h0", 0, units)));
        return path;
    }

    private static SourceArray Array(string name, double[,] values) =>
        new(name, "float64", [values.GetLength(0), values.GetLength(1)], [.. values.Cast<double>()]);

    private static Currents Currents(Nonlinearity f) => new() { Nonlinearity = f, Leak = 0.2 };

    private static Dictionary<string, string> Letters(params (string Letter, string Array)[] letters) =>
        letters.ToDictionary(one => one.Letter, one => one.Array);

    private static SourceTrajectory Trials(string form)
    {
        var file = ArrayFile.Read(Reference.Form(form));
        return new(file["inputs"].ToTrials(), file["states"].ToTrials(), null, file.Find("start")?.ToMatrix());
    }
}
