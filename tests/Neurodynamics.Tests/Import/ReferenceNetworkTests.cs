using Neurodynamics.Export;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Import;

/// <summary>Networks that PyTorch trained, against what PyTorch computed with them.</summary>
public sealed class ReferenceNetworkTests
{
    public static TheoryData<string> Names => [.. Reference.Networks];

    [Theory, MemberData(nameof(Names))]
    public void Whole_trials_of_PyTorch_are_reproduced(string name)
    {
        string path = Reference.Network(name + ".npz");
        var check = NetworkFile.Load(path).Check(Trajectory(path), tolerance: 1e-6);
        Assert.True(check.Reproduced, check.ToString());
    }

    [Theory, MemberData(nameof(Names))]
    public void A_step_equals_PyTorchs_in_both_precisions(string name)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        string path = Reference.Network(name + ".npz");
        var (file, cell) = (ArrayFile.Read(path), NetworkFile.Load(path).Cell);
        var candidates = tensor(file["candidates"].ToMatrix())[..64];
        var input = tensor(file["input"].ToMatrix());
        var single = cell.Step(input.to(ScalarType.Float32), candidates.to(ScalarType.Float32));
        Assert.True(Largest(single, file["F_candidates_f32"]) < 1e-6);
        Assert.True(Largest(cell.InDouble().Step(input, candidates), file["F_candidates_f64_first64"]) < 1e-14);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_readout_of_the_fixed_points_is_the_one_found_independently(string name)
    {
        var network = NetworkFile.Load(Reference.Network(name + ".npz")).Network.InDouble();
        var points = ArrayFile.Read(Reference.FixedPoints(name));
        var logits = network.Logits(points["fixed_points"].ToMatrix()).Cast<double>();
        Assert.Equal(points["readout"].Values, logits, (a, b) => Math.Abs(a - b) < 1e-10);
    }

    [Fact]
    public void All_formats_give_the_same_weights()
    {
        using var scratch = new Scratch();
        foreach (string name in new[] { "gru_flipflop3", "lstm_flipflop3" })
        {
            var npz = NetworkFile.Load(Reference.Network(name + ".npz"));
            var pt = NetworkFile.Load(Reference.Network(name + ".full.pt"));
            NetworkExport.SaveSafetensors(npz.Network, scratch.Path("n.safetensors"));
            NetworkExport.SavePyTorch(npz.Network, scratch.Path("n.pt"));
            AssertSame(npz.Network, pt.Network);
            foreach (string written in new[] { "n.safetensors", "n.pt" })
                AssertSame(npz.Network, NetworkFile.Load(scratch.Path(written)).Network);
        }
        foreach (string name in new[] { "gru_flipflop3", "rnn_flipflop3" })
            AssertSame(
                NetworkFile.Load(Reference.Network(name + ".npz")).Cell,
                NetworkFile.Load(Reference.Network(name + ".pt")).Cell);
    }

    [Fact]
    public void What_was_used_and_what_was_not_is_listed()
    {
        var npz = NetworkFile.Load(Reference.Network("rnn_flipflop3.npz"));
        string[] layer = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];
        string[] readout = ["readout.weight", "readout.bias"];
        Assert.Equal([.. layer, .. readout], npz.Used);
        Assert.Equal(
            [
                "input", "candidates", "candidates_noisy", "F_candidates_f32", "F_candidates_f64_first64",
                "sample_traj_inputs", "sample_traj_states",
            ],
            npz.Ignored);
        Assert.Equal(3, npz.Assumptions.Count);
        Assert.Contains("relu", npz.Assumptions[0]);
        Assert.StartsWith("readout.weight is taken to be the last layer: ", npz.Assumptions[1]);
        Assert.StartsWith("The readout's outputs are taken to be values such as -1 and 1", npz.Assumptions[2]);
        Assert.EndsWith("set ImportOptions.Outputs to OutputMeaning.Logits.", npz.Assumptions[2]);
        string lstm = Reference.Network("lstm_flipflop3.full.pt");
        var full = NetworkFile.Load(lstm);
        Assert.Equal([.. layer.Select(name => "rnn." + name), .. readout], full.Used);
        Assert.Empty(full.Ignored);
        Assert.Equal(npz.Assumptions.Skip(1), full.Assumptions);
        Assert.StartsWith("readout.weight is taken to be the last layer: ",
            Assert.Single(NetworkFile.Load(lstm, new() { Outputs = OutputMeaning.Logits }).Assumptions));
        Assert.Empty(NetworkFile.Load(lstm, new() { WithoutReadout = true }).Assumptions);
        var bare = NetworkFile.Load(Reference.Network("gru_flipflop3.pt"));
        Assert.Same(bare.Cell, bare.Network.Cell);
        Assert.Null(bare.Network.Readout);
    }

    [Fact]
    public void Another_cell_of_as_many_gates_can_be_asked_for_and_the_trajectory_tells()
    {
        string path = Reference.Network("gru_flipflop3.npz");
        var trajectory = Trajectory(path);
        foreach (var architecture in new[] { Architecture.GruResetBefore, Architecture.GruAsPrinted })
        {
            var other = NetworkFile.Load(path, new() { Architecture = architecture });
            Assert.Equal(architecture, other.Cell.Architecture);
            var check = other.Check(trajectory);
            Assert.False(check.Reproduced);
            Assert.Contains("NOT reproduced", check.ToString());
        }
        Scratch.Refused(path, new ImportOptions { Architecture = Architecture.Lstm }, "3 gates", "LSTM", "4");
    }

    [Fact]
    public void The_largest_difference_is_reported_with_its_place()
    {
        string path = Reference.Network("gru_flipflop3.npz");
        var trajectory = Trajectory(path);
        double[,,] states = (double[,,])trajectory.States.Clone();
        states[1, 42, 7] += 0.25;
        var check = NetworkFile.Load(path).Check(trajectory with { States = states });
        Assert.False(check.Reproduced);
        Assert.Equal((1, 42, 7), (check.States.Trial, check.States.Step, check.States.Variable));
        Assert.Equal(0.25, check.States.Value, 1e-5);
        states[0, 3, 2] = double.NaN;
        check = NetworkFile.Load(path).Check(trajectory with { States = states });
        Assert.Equal((0, 3, 2), (check.States.Trial, check.States.Step, check.States.Variable));
    }

    [Fact]
    public void Hidden_units_alone_and_outputs_can_be_checked()
    {
        string path = Reference.Network("lstm_flipflop3.npz");
        var imported = NetworkFile.Load(path);
        var whole = Trajectory(path);
        double[,,] hidden = new double[2, 100, 100];
        double[,,] outputs = new double[2, 100, 3];
        var file = ArrayFile.Read(path);
        double[,] weight = file["readout.weight"].ToMatrix();
        double[] bias = file["readout.bias"].Values;
        for (int b = 0; b < 2; b++)
            for (int t = 0; t < 100; t++)
            {
                for (int i = 0; i < 100; i++) hidden[b, t, i] = whole.States[b, t, i];
                for (int k = 0; k < 3; k++)
                {
                    outputs[b, t, k] = bias[k];
                    for (int i = 0; i < 100; i++) outputs[b, t, k] += weight[k, i] * hidden[b, t, i];
                }
            }
        var check = imported.Check(new(whole.Inputs, hidden, outputs));
        Assert.True(check.Reproduced, check.ToString());
        double[,,] shares = new double[2, 100, 3];
        for (int b = 0; b < 2; b++)
            for (int t = 0; t < 100; t++)
            {
                double sum = Enumerable.Range(0, 3).Sum(k => Math.Exp(outputs[b, t, k]));
                for (int k = 0; k < 3; k++) shares[b, t, k] = Math.Exp(outputs[b, t, k]) / sum;
            }
        check = (imported with { OutputActivation = Activation.Softmax }).Check(new(whole.Inputs, hidden, shares));
        Assert.True(check.Reproduced, check.ToString());
        outputs[0, 9, 1] += 1;
        var worst = imported.Check(new(whole.Inputs, hidden, outputs)).Outputs!;
        Assert.Equal((0, 9, 1), (worst.Trial, worst.Step, worst.Variable));
    }

    [Fact]
    public void A_trajectory_can_start_at_any_state()
    {
        string path = Reference.Network("gru_flipflop3.npz");
        var whole = Trajectory(path);
        double[,,] inputs = new double[2, 50, 3], states = new double[2, 50, 100];
        double[,] start = new double[2, 100];
        for (int b = 0; b < 2; b++)
        {
            for (int i = 0; i < 100; i++) start[b, i] = whole.States[b, 49, i];
            for (int t = 0; t < 50; t++)
            {
                for (int i = 0; i < 3; i++) inputs[b, t, i] = whole.Inputs[b, 50 + t, i];
                for (int i = 0; i < 100; i++) states[b, t, i] = whole.States[b, 50 + t, i];
            }
        }
        var imported = NetworkFile.Load(path);
        var check = imported.Check(new(inputs, states, Start: start));
        Assert.True(check.Reproduced, check.ToString());
        Assert.False(imported.Check(new(inputs, states)).Reproduced);
    }

    [Fact]
    public void A_trajectory_of_another_shape_is_refused_with_both_shapes()
    {
        var imported = NetworkFile.Load(Reference.Network("gru_flipflop3.npz"));
        var wrong = Assert.Throws<ArgumentException>(
            () => imported.Check(new(new double[2, 5, 4], new double[2, 5, 100])));
        Assert.Contains("[B, T, 3]", wrong.Message);
        Assert.Contains("[2, 5, 4]", wrong.Message);
        wrong = Assert.Throws<ArgumentException>(() => imported.Check(new(new double[2, 5, 3], new double[2, 4, 100])));
        Assert.Contains("[2, 5, 100]", wrong.Message);
        Assert.Contains("[2, 4, 100]", wrong.Message);
    }

    private static SourceTrajectory Trajectory(string path) =>
        SourceTrajectory.Load(path, "sample_traj_inputs", "sample_traj_states");

    internal static void AssertSame(nn.Module expected, nn.Module actual)
    {
        var there = actual.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        foreach (var (name, parameter) in expected.named_parameters())
            Assert.True(parameter.equal(there[name]).all().item<bool>(), name);
    }

    private static double Largest(Tensor ours, SourceArray theirs)
    {
        var expected = tensor(theirs.ToMatrix());
        return ((ours.to(ScalarType.Float64) - expected).abs() / expected.abs().clamp_min(1)).max().item<double>();
    }
}
