using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Models;

/// <summary>
/// Sixteen networks in the forms of public code, put together by hand from their arrays: each reproduces the trials
/// that NumPy ran in double precision from the equations, which are in forms.json.
/// </summary>
public sealed class FormTests
{
    private const double Leak = 0.2;

    /// <summary>NumPy's sums and ours round otherwise, and no more than that differs.</summary>
    private const double Rounding = 1e-12;

    public static TheoryData<string> Forms =>
    [
        "currents_tanh", "rates_relu", "rates_softplus_kernel", "dale_currents_relu", "rates_sigmoid_tau",
        "vanilla_transposed", "vanilla_relu", "lstm_kernel_forget1", "gru_split", "gru_two_layers", "lowrank1_tanh",
        "lowrank2_tanh_4", "lowrank2_tanh_ring", "lowrank3_tanh", "lowrank2_tanh_cycle", "lowrank2_relu",
    ];

    public static TheoryData<string> WithPoints =>
        ["lowrank1_tanh", "lowrank2_tanh_4", "lowrank2_tanh_ring", "lowrank3_tanh", "lowrank2_tanh_cycle"];

    [Theory, MemberData(nameof(Forms))]
    public void A_form_reproduces_its_trials_to_rounding(string name)
    {
        var file = ArrayFile.Read(Reference.Form(name));
        var network = Build(name, file);
        bool hasOutputs = file.Arrays.Any(array => array.Name == "outputs");
        bool hasStart = file.Arrays.Any(array => array.Name == "start");
        var trials = new SourceTrajectory(file["inputs"].ToTrials(), file["states"].ToTrials(),
            hasOutputs ? file["outputs"].ToTrials() : null, hasStart ? file["start"].ToMatrix() : null);
        var check = TrajectoryCheck.Run(network, trials, Rounding);
        Assert.True(check.Reproduced, check.ToString());
        Assert.Equal(hasOutputs, check.Outputs is not null);
        // A start that is the cell's own gives the same.
        if (hasStart) Assert.True(TrajectoryCheck.Run(network, trials with { Start = null }, Rounding).Reproduced);
    }

    [Theory, MemberData(nameof(WithPoints))]
    public void All_fixed_points_of_a_form_of_low_rank_are_found(string name)
    {
        var file = ArrayFile.Read(Reference.Form(name));
        var cell = Build(name, file).Cell;
        double[,] states = Candidates.FromStates(file["states"].ToTrials(), 200, seed: 1, noise: 0.3);
        var found = new FixedPointSearch { SlowCandidates = 0 }.Run(cell, states);
        double[,] expected = file["fixed_points"].ToMatrix();
        Assert.Equal(expected.GetLength(0), found.Points.Count);
        for (int i = 0; i < expected.GetLength(0); i++)
            Assert.Contains(found.Points, point => point.State.Distance(expected.Row(i)) < 1e-9);
        Assert.All(found.Points, point => Assert.Equal(Certainty.Certified, point.Certificate!.Certainty));
        Assert.Equal(CompletenessVerdict.Consistent, found.Completeness.Verdict);
    }

    internal static Network Build(string name, ArrayFile file)
    {
        double[,] Matrix(string array) => file[array].ToMatrix();
        double[] Values(string array) => file[array].Values;

        return name switch
        {
            "currents_tanh" => Joined(LeakyCell.Create(
                new Currents { Leak = Leak }, Matrix("W_in"), Matrix("W_rec"), Values("b_rec")), Matrix("W_out")),
            "rates_relu" => Joined(LeakyCell.Create(new Rates { Leak = Leak, Nonlinearity = Nonlinearity.Relu },
                Matrix("rnn.input2h.weight"), Matrix("rnn.h2h.weight"),
                Sum(Values("rnn.input2h.bias"), Values("rnn.h2h.bias"))), Matrix("fc.weight"), Values("fc.bias")),
            "rates_softplus_kernel" => Rows(Matrix("rnn/leaky_rnn_cell/kernel"), 3) is var (inputs, recurrent)
                ? new(LeakyCell.Create(new Rates { Leak = Leak, Nonlinearity = Nonlinearity.Softplus },
                    Turned(inputs), Turned(recurrent), Values("rnn/leaky_rnn_cell/bias"))) : null!,
            "dale_currents_relu" => Joined(LeakyCell.Create(
                new Currents { Leak = Leak, Nonlinearity = Nonlinearity.Relu, Inhibitory = 0 }, Matrix("W_in"),
                Product(Matrix("W_rec"), Matrix("Dale_rec")), Values("b_rec"), start: Values("init_state")),
                Matrix("W_out"), Values("b_out")),
            "rates_sigmoid_tau" => new(LeakyCell.Create(new Rates { Nonlinearity = Nonlinearity.Logistic },
                Matrix("w_in"), Matrix("w_rec"), Values("bias"),
                [.. Values("tau").Select(tau => Values("dt")[0] / tau)])),
            "vanilla_transposed" => new(LeakyCell.Create(
                new Rates(), Turned(Matrix("U")), Turned(Matrix("W")), Values("b"))),
            "vanilla_relu" => new(LeakyCell.Create(new Rates { Nonlinearity = Nonlinearity.Relu },
                Matrix("weight_ih_l0"), Matrix("weight_hh_l0"),
                Sum(Values("bias_ih_l0"), Values("bias_hh_l0")))),
            "lstm_kernel_forget1" => Lstm(Matrix("rnn/basic_lstm_cell/kernel"), Values("rnn/basic_lstm_cell/bias")),
            "gru_split" => Split(file),
            "gru_two_layers" => new(new LayeredCell(
                [.. Enumerable.Range(0, 2).Select(i => RecurrentCell.Create(Architecture.Gru,
                    Matrix($"weight_ih_l{i}"), Matrix($"weight_hh_l{i}"), Values($"bias_ih_l{i}"),
                    Values($"bias_hh_l{i}")))])),
            _ => new(LeakyCell.CreateLowRank(
                new Currents { Leak = Leak, Nonlinearity = Nonlinearity.Named(name.Split('_')[1]) },
                Scaled(Matrix("wi"), Values("si")), Matrix("m"), Matrix("n"), innerBias: Values("b"),
                start: Values("h0"))),
        };
    }

    /// <summary>Gates i j f o of [u, h] K + b, with 1 added to f: ours are i f j o.</summary>
    private static Network Lstm(double[,] kernel, double[] bias)
    {
        int units = bias.Length / 4;
        var (inputs, recurrent) = Rows(kernel, kernel.GetLength(0) - units);
        double[] forgetting = [.. bias.Select((value, i) => i / units == 2 ? value + 1 : value)];
        return new(RecurrentCell.Create(
            Architecture.Lstm, Turned(inputs), Turned(recurrent), forgetting, gates: "igfo"));
    }

    /// <summary>h' = z h + (1 - z) c with the reset gate before the product; r and z, then c.</summary>
    private static Network Split(ArrayFile file) => new(RecurrentCell.Create(Architecture.GruResetBefore,
        Below(file["wRUX"].ToMatrix(), file["wCX"].ToMatrix()), Below(file["wRUH"].ToMatrix(), file["wCH"].ToMatrix()),
        [.. file["bRU"].Values, .. file["bC"].Values]));

    private static Network Joined(Cell cell, double[,] weights, double[]? bias = null)
    {
        var readout = nn.Linear(
            weights.GetLength(1), weights.GetLength(0), hasBias: bias is not null, dtype: ScalarType.Float64);
        using var frozen = no_grad();
        readout.weight.copy_(tensor(weights));
        if (bias is not null) readout.bias!.copy_(tensor(bias));
        return new(cell, readout);
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[,] Turned(double[,] a) =>
        Filled(a.GetLength(1), a.GetLength(0), (i, j) => a[j, i]);

    private static double[,] Product(double[,] a, double[,] b) => Filled(a.GetLength(0), b.GetLength(1), (i, j) =>
        Enumerable.Range(0, a.GetLength(1)).Sum(k => a[i, k] * b[k, j]));

    private static double[,] Below(double[,] a, double[,] b) => Filled(a.GetLength(0) + b.GetLength(0),
        a.GetLength(1), (i, j) => i < a.GetLength(0) ? a[i, j] : b[i - a.GetLength(0), j]);

    private static (double[,] Above, double[,] Below) Rows(double[,] a, int count) =>
        (Filled(count, a.GetLength(1), (i, j) => a[i, j]),
            Filled(a.GetLength(0) - count, a.GetLength(1), (i, j) => a[i + count, j]));

    /// <summary>Input k enters as u_k s_k w_k: B [N, I].</summary>
    private static double[,] Scaled(double[,] wi, double[] si) =>
        Filled(wi.GetLength(1), wi.GetLength(0), (i, k) => si[k] * wi[k, i]);

    private static double[,] Filled(int rows, int columns, Func<int, int, double> value)
    {
        double[,] filled = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) filled[i, j] = value(i, j);
        return filled;
    }
}
