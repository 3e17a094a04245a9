using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>What broke for users of such tools, as small files, by the row of the list that they stand in.</summary>
public sealed class FieldCaseTests
{
    /// <summary>Rows 26, 35 and 36: without what lies beside the weights it would be another network.</summary>
    [Theory]
    [InlineData("c31_leaky_alpha.pt", "rnn.alpha", "LoadByExample")]
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

    /// <summary>Row 25: a GRU of another form under PyTorch's names is recognised by its trials.</summary>
    [Fact]
    public void Trials_tell_a_GRU_of_another_form()
    {
        var trials = SourceTrajectory.Load(Path("c01_traj.npz"));
        Assert.False(NetworkFile.Load(Path("c01_lfads.ckpt")).Check(trials).Reproduced);
        var imported = NetworkFile.LoadByExample(Path("c01_lfads.ckpt"), trials);
        Assert.Equal(Architecture.GruResetBefore, imported.Cell.Architecture);
        Assert.Contains("gates in the order z r n", imported.Example!.Best.Equation);
        Assert.True(imported.Check(trials, 1e-13).Reproduced);
        var found = new FixedPointSearch().Run(imported.Cell, Candidates.FromStates(trials.States, 100, 1, noise: 0.5));
        Assert.Equal(3, found.Points.Count);
        double[][] attractors = [[-0.982753, 0.788168], [0.942298, -0.975498]];
        foreach (double[] state in (double[][])[.. attractors, [-0.121088, -0.176946]])
        {
            var point = Assert.Single(found.Points, point => point.State.Distance(state) < 1e-5);
            Assert.Equal(attractors.Contains(state) ? 0 : 1, Linearisation.Of(imported.Cell, [point])[0].UnstableModes);
        }
    }

    /// <summary>Row 26: trials tell a leak, or that the file's is one.</summary>
    [Theory]
    [InlineData("c02_leaky.pt", "a = 0.1 (estimated)")]
    [InlineData("c31_leaky_alpha.pt", "a = rnn.alpha")]
    public void Trials_tell_a_leak(string file, string leak)
    {
        var trials = SourceTrajectory.Load(Path("c02_traj.npz"));
        var imported = NetworkFile.LoadByExample(Path(file), trials);
        Assert.Contains(leak, imported.Example!.Best.Equation);
        var found = new FixedPointSearch().Run(imported.Cell, Candidates.FromStates(trials.States, 50, 1, noise: 0.5));
        var point = Assert.Single(found.Points);
        Assert.Equal(0, point.State[0], 1e-12);
        Assert.Equal(0.75, Linearisation.Of(imported.Cell, [point])[0].Eigenvalues[0].Real, 1e-12);
    }

    /// <summary>Row 29: trials choose the raw weights, and not the copy with entries dropped.</summary>
    [Theory]
    [InlineData("c06_weightdrop.pt")]
    [InlineData("c06_weightdrop_only_raw.pt")]
    public void Trials_choose_the_weights_before_weight_drop(string file)
    {
        var imported = NetworkFile.LoadByExample(Path(file), SourceTrajectory.Load(Path("c06_traj.npz")));
        Assert.Contains("W = rnn.weight_hh_l0_raw", imported.Example!.Best.Equation);
        Assert.InRange(imported.Example.Best.Error, 0, 1e-13);
    }

    /// <summary>Row 33: both are checked, and what was taken is said.</summary>
    [Theory]
    [InlineData("c20_batch_first.npz", false)]
    [InlineData("c20_time_first.npz", true)]
    public void Trials_may_be_time_first(string file, bool timeFirst)
    {
        var trials = SourceTrajectory.Load(Path(file));
        var check = NetworkFile.Load(Path("c04_state.pt")).Check(trials, 1e-13);
        Assert.True(check.Reproduced);
        Assert.Equal(timeFirst, check.TimeFirst);
        Assert.Equal(timeFirst, check.ToString().Contains("time first"));
        var example = NetworkFile.LoadByExample(Path("c04_state.pt"), trials);
        Assert.Equal(timeFirst, example.Assumptions.Any(said => said.Contains("time first")));
    }

    /// <summary>Row 34: a trained initial state is where trials begin, by name as by example.</summary>
    [Fact]
    public void A_trained_initial_state_is_where_trials_begin()
    {
        var file = ArrayFile.Read(Path("c22_traj.npz"));
        var trials = new SourceTrajectory(file["inputs"].ToTrials(), file["states"].ToTrials());
        double[] start = ArrayFile.Read(Path("c22_h0.pt"))["latent_ics"].Values;
        foreach (var imported in new[]
        {
            NetworkFile.Load(Path("c22_h0.pt")), NetworkFile.LoadByExample(Path("c22_h0.pt"), trials),
            NetworkFile.LoadByExample(Path("c22_h0.pt"), trials with { Start = file["h0"].ToMatrix() }),
        })
        {
            Assert.Equal(start, imported.Cell.StartState());
            Assert.True(imported.Check(trials, 1e-15).Reproduced);
            Assert.Contains("latent_ics", imported.Used);
            // Copies begin there too, and what bounds the states holds it.
            Assert.Equal(start, imported.Network.InDouble().Cell.StartState());
            Assert.Equal(start, imported.Cell.As(Architecture.Gru).StartState());
            double[] box = imported.Cell.InvariantBox([0])!;
            Assert.All(start.Zip(box), pair => Assert.InRange(Math.Abs(pair.First), 0, pair.Second));
        }
    }

    [Theory]
    [InlineData("tau")]
    [InlineData("rnn.rec_mask")]
    [InlineData("Dale_rec")]
    [InlineData("rnn.parametrizations.weight_hh_l0.scale")]
    [InlineData("rnn.layer_norm.weight")]
    public void Every_kind_of_belonging_is_refused(string name)
    {
        using var scratch = new Scratch();
        string path = scratch.Write("n.npz", Npz.Archive([.. Npz.Gru("rnn."), (name, Npz.Ramp(3))]));
        Scratch.Refused(path, name, "LeaveOut");
    }

    /// <summary>Row 27: only the whole module says that nn.RNN was built with relu. PyTorch 1.13 wrote it.</summary>
    [Fact]
    public void A_whole_module_with_relu_is_a_ReLU_network()
    {
        var whole = NetworkFile.Load(Path("c03_relu_whole.pt"));
        Assert.Equal(new Rates { Nonlinearity = Nonlinearity.Relu }, whole.Cell.Architecture);
        Assert.DoesNotContain(whole.Assumptions, said => said.Contains("tanh"));
        var trials = SourceTrajectory.Load(Path("c03_traj.npz"));
        Assert.True(whole.Check(trials, 1e-14).Reproduced);

        var found = new FixedPointSearch().Run(whole.Cell, Candidates.FromStates(trials.States, 60, 1, noise: 0.5));
        RequirePoint(whole.Cell, found, [2, 0], [0.5, 0]);
        RequirePoint(whole.Cell, found, [0, 2], [0.5, 0]);
        RequirePoint(whole.Cell, found, [2.0 / 3, 2.0 / 3], [1.5, -0.5]);
        Assert.Equal(3, found.Points.Count);

        // The state_dict alone does not say it; the trials show it, and the reader can.
        var state = NetworkFile.Load(Path("c03_relu_state.pt"));
        Assert.Equal(Architecture.Vanilla, state.Cell.Architecture);
        Assert.Contains(state.Assumptions, said => said.Contains("whether nn.RNN was built with relu"));
        Assert.False(state.Check(trials).Reproduced);
        var asked = NetworkFile.Load(
            Path("c03_relu_state.pt"), new() { Architecture = new Rates { Nonlinearity = Nonlinearity.Relu } });
        Assert.True(asked.Check(trials, 1e-14).Reproduced);
    }

    /// <summary>Row 28, with both files by PyTorch 1.13.</summary>
    [Fact]
    public void The_old_format_and_the_new_hold_the_same_network()
    {
        var (now, old) = (NetworkFile.Load(Path("c04_state.pt")), NetworkFile.Load(Path("c05_legacy_state.pt")));
        ReferenceNetworkTests.AssertSame(now.Network, old.Network);
        Assert.Equal("PyTorch .pt file of the old format", old.Format.Name);
        RequireThreePoints(old.Cell);
    }

    /// <summary>Python's pickle holds a tensor's numbers as a file of the old format; PyTorch 1.13 wrote it.</summary>
    [Fact]
    public void A_plain_pickle_of_tensors_is_read()
    {
        var plain = NetworkFile.Load(Path("torch_pickled.pkl"));
        ReferenceNetworkTests.AssertSame(NetworkFile.Load(Path("c04_state.pt")).Network, plain.Network);
        Assert.Equal("Python pickle", plain.Format.Name);
    }

    [Fact]
    public void A_folder_of_npy_files_is_one_network()
    {
        using var scratch = new Scratch();
        scratch.Write("wI.npy", Npz.Ramp(3, 2));
        scratch.Write("wR.npy", Npz.Ramp(3, 3));
        scratch.Write("bR.npy", Npz.Ramp(3));
        var imported = NetworkFile.Load(scratch.Folder);
        Assert.Equal(Architecture.Vanilla, imported.Cell.Architecture);
        Assert.Equal((2, 3), (imported.Cell.InputSize, imported.Cell.Units));
        scratch.Write("bR.npy", [1, 2, 3]);
        Assert.Contains("bR.npy", Assert.Throws<ImportException>(() => NetworkFile.Load(scratch.Folder)).Message);
    }

    /// <summary>
    /// Row 28: the same network as a whole module in the old format, with the source text of its class, by the tests'
    /// own writer.
    /// </summary>
    [Fact]
    public void A_whole_module_of_the_old_format_is_read_and_its_source_text_stays_text()
    {
        using var scratch = new Scratch();
        var plain = ArrayFile.Read(Path("c04_state.pt"));
        var saved = new TorchZip();
        TorchZip.Tensor Stored(string name) => saved.Whole64(name, [.. plain[name].Shape], plain[name].Values);
        TorchZip.Instance Module(
            string type, string prefix, string[] parameters, Dictionary<string, object> more) => new(
            "torch.nn.modules", type, new(more)
            {
                ["_parameters"] = parameters.ToDictionary(name => name, name => (object)Stored(prefix + name)),
                ["_modules"] = new Dictionary<string, object>(),
            }, Source: "import os\nos.system('touch executed')\n");
        var net = new TorchZip.Instance("__main__", "Net", new()
        {
            ["_modules"] = new Dictionary<string, object>
            {
                ["rnn"] = Module("RNN", "rnn.", ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"],
                    new() { ["mode"] = "RNN_TANH", ["hidden_size"] = 2 }),
                ["out"] = Module("Linear", "out.", ["weight", "bias"], new() { ["in_features"] = 2 }),
            },
        }, Source: "class Net: pass");
        string path = scratch.Write("old.pt", saved.BuildOld(net));
        var imported = NetworkFile.Load(path);
        ReferenceNetworkTests.AssertSame(NetworkFile.Load(Path("c04_state.pt")).Network, imported.Network);
        RequireThreePoints(imported.Cell);
        Assert.Equal(["old.pt"], Directory.GetFiles(scratch.Folder).Select(System.IO.Path.GetFileName));
        Assert.Equal("RNN_TANH", ArrayFile.Read(path).Settings["rnn.mode"]);
        Assert.Equal("torch.nn.modules.RNN", ArrayFile.Read(path).Settings["rnn.__class__"]);
    }

    /// <summary>
    /// Row 29: the raw weights are those of evaluation, whether or not a copy with entries dropped is there.
    /// </summary>
    [Theory]
    [InlineData("c06_weightdrop.pt", "not its copy")]
    [InlineData("c06_weightdrop_only_raw.pt", "weight drop")]
    public void Weight_drop_is_read_as_it_is_evaluated(string file, string said)
    {
        var imported = NetworkFile.Load(Path(file));
        Assert.Contains(imported.Assumptions, assumption => assumption.Contains(said));
        var trials = SourceTrajectory.Load(Path("c06_traj.npz"));
        Assert.True(imported.Check(trials, 1e-14).Reproduced);
        var found = new FixedPointSearch().Run(
            imported.Cell, Candidates.FromStates(trials.States, 400, 1, noise: 0.3));
        Assert.Equal(9, found.Points.Count);
    }

    /// <summary>Row 30.</summary>
    [Fact]
    public void One_bias_is_read_as_one_and_said()
    {
        var imported = NetworkFile.Load(Path("c15_one_bias.npz"));
        Assert.Contains("bias_ih_l0 is the only bias", string.Concat(imported.Assumptions));
        Assert.Equal(["bias_ih_l0", "weight_hh_l0", "weight_ih_l0"], imported.Used.Order());
        RequireThreePoints(imported.Cell);
    }

    /// <summary>Row 31. Python wrote them.</summary>
    [Theory]
    [InlineData("c18_dict.pkl")]
    [InlineData("c18_dict.npy")]
    public void A_dictionary_of_arrays_that_was_pickled_is_read(string name)
    {
        var file = ArrayFile.Read(Path(name));
        Assert.Equal(new double[,] { { 1, 0 }, { 0, 1 } }, file["W_rec"].ToMatrix());
        if (name.EndsWith(".npy")) Assert.Equal(new double[,] { { 1 }, { 1 } }, file["W_in"].ToMatrix());
        Assert.Empty(file.Unread);
    }

    /// <summary>Row 32: MATLAB stores column by column.</summary>
    [Theory]
    [InlineData("c19_v5.mat", 0)]
    [InlineData("c19_v73.mat", 0.3)]
    public void MATLAB_is_read_with_its_axes_right(string name, double above)
    {
        var file = ArrayFile.Read(Path(name));
        Assert.Equal(new double[,] { { 1 }, { 1 } }, file["weight_ih_l0"].ToMatrix());
        Assert.Equal(new[,] { { 2, above }, { 0, 0.5 } }, file["weight_hh_l0"].ToMatrix());
        Assert.Equal(Architecture.Vanilla, NetworkFile.Load(Path(name)).Cell.Architecture);
    }

    /// <summary>Row 40: what stable-baselines3 writes, with tests' own files in it.</summary>
    [Fact]
    public void A_policy_in_an_archive_of_an_RL_library_is_read()
    {
        using var scratch = new Scratch();
        var other = new TorchZip();
        byte[] optimizer = other.Build(new Dictionary<string, object> { ["alpha"] = other.Whole("a", [1], 1) });
        byte[] data = System.Text.Encoding.UTF8.GetBytes("{\"n_envs\": 4}");
        string Archive(string policy) => scratch.Write("agent.zip", new HandZip().Add("data", data)
            .Add("pytorch_variables.pth", other.Build("none")).Add("policy.pth", File.ReadAllBytes(Path(policy)))
            .Add("policy.optimizer.pth", optimizer).Bytes());
        foreach (string policy in new[] { "c04_state.pt", "c05_legacy_state.pt" })
        {
            var imported = NetworkFile.Load(Archive(policy));
            ReferenceNetworkTests.AssertSame(NetworkFile.Load(Path(policy)).Network, imported.Network);
            Assert.Contains("policy/rnn.weight_hh_l0", imported.Used);
            Assert.Contains("data", imported.Ignored);
        }
        Scratch.Refused(Archive("c03_traj.npz"), "policy holds no state_dict");
    }

    /// <summary>
    /// Row 40: what can be computed exactly from a reparametrised state_dict is. PyTorch 1.13 wrote the files, and what
    /// it computes from them.
    /// </summary>
    [Theory]
    [InlineData("torch_weight_norm.pt", "normed", "weight_hh_l0_g", "as weight_norm does")]
    [InlineData("torch_pruned.pt", "pruned", "weight_hh_l0_mask", "")]
    public void Weights_that_a_file_holds_in_parts_are_put_together(
        string name, string expected, string used, string said)
    {
        var imported = NetworkFile.Load(Path(name));
        var weights = imported.Cell.named_parameters().Single(one => one.name == "weight_hh_l0").parameter;
        double[] right = ArrayFile.Read(Path("torch_weights.npz"))[expected].Values;
        double[] read = [.. weights.to(TorchSharp.torch.float64).data<double>()];
        for (int i = 0; i < right.Length; i++) Assert.Equal(right[i], read[i], 1e-15);
        Assert.Contains(used, imported.Used);
        Assert.Contains(said, string.Concat(imported.Assumptions));
    }

    /// <summary>
    /// Row 40: what only its own code can follow is refused with what to call. PyTorch 1.13 wrote the files.
    /// </summary>
    [Theory]
    [InlineData("torch_orthogonal.pt", "parametrizations.weight_hh_l0.original", "remove_parametrizations(layer, ")]
    [InlineData("torch_spectral.pt", "weight_hh_l0_orig", "remove_spectral_norm(layer, ")]
    [InlineData("torch_quantised.pt", "quantised", "before quantisation")]
    [InlineData("torch_quantised_readout.pt", "out._packed_params", "before quantisation", "WithoutReadout")]
    public void A_reparametrised_or_quantised_state_dict_gets_advice_that_fits(string name, params string[] phrases) =>
        Scratch.Refused(Path(name), phrases);

    /// <summary>Two stacked layers of GRUs, as PyTorch 1.13 saved and ran them.</summary>
    [Fact]
    public void Stacked_layers_of_a_whole_module_are_one_cell()
    {
        var imported = NetworkFile.Load(Path("torch_stacked_whole.pt"));
        Assert.Equal(new Stacked { Layer = Architecture.Gru, Layers = 2 }, imported.Cell.Architecture);
        var trials = SourceTrajectory.Load(Path("torch_stacked_traj.npz"), outputs: "outputs");
        Assert.True(imported.Check(trials, 1e-14).Reproduced, imported.Check(trials).ToString());
        // As a state_dict names them, and what the module says of itself.
        var file = ArrayFile.Read(Path("torch_stacked_whole.pt"));
        string[] named = ["rnn.weight_ih_l0", "rnn.bias_hh_l1", "out.weight"];
        Assert.All(named, name => Assert.NotNull(file.Find(name)));
        Assert.Equal(("GRU", "2", "false", "0"), (file.Settings["rnn.mode"], file.Settings["rnn.num_layers"],
            file.Settings["rnn.batch_first"], file.Settings["rnn.dropout"]));
        Assert.Throws<ImportException>(() =>
            NetworkFile.Load(Path("torch_stacked_whole.pt"), new() { Architecture = new Stacked { Layers = 3 } }));
    }

    /// <summary>The network of c04_state.pt: tanh, W = diag(2, 0.5), as in row 9.</summary>
    private static void RequireThreePoints(Cell cell)
    {
        double[,] grid = { { 0.9, 0.1 }, { -0.9, 0.1 }, { 0.1, -0.1 }, { -0.2, 0.4 } };
        var found = new FixedPointSearch().Run(cell, grid);
        RequirePoint(cell, found, [0, 0], [2, 0.5]);
        RequirePoint(cell, found, [0.957504, 0], [0.166372, 0.5]);
        RequirePoint(cell, found, [-0.957504, 0], [0.166372, 0.5]);
        Assert.Equal(3, found.Points.Count);
    }

    private static void RequirePoint(Cell cell, FixedPointSet found, double[] state, double[] eigenvalues)
    {
        var point = Assert.Single(found.Points, point => point.State.Distance(state) < 1e-5);
        double[] read = [.. Linearisation.Of(cell, [point])[0].Eigenvalues.Select(value => value.Real).Order()];
        double[] right = [.. eigenvalues.Order()];
        for (int i = 0; i < right.Length; i++) Assert.Equal(right[i], read[i], 1e-5);
    }

    /// <summary>A file of the cases.</summary>
    internal static string Path(string file) =>
        System.IO.Path.Combine(Reference.Root, "tests", "Neurodynamics.Tests", "FieldCases", file);
}
