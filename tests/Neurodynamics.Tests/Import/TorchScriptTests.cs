using System.IO.Compression;
using Neurodynamics.FixedPoints;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Tests.FixedPoints;
using Xunit;
using static TorchSharp.torch;

namespace Neurodynamics.Tests.Import;

/// <summary>Programs that PyTorch 1.13.1 wrote (TorchScript/make.py), and its own numbers beside them.</summary>
public sealed class TorchScriptTests
{
    /// <summary>I, N and S of the programs that are followed in numbers.</summary>
    private static readonly Dictionary<string, (int Inputs, int Units, int States)> Sizes = new()
    {
        ["leaky"] = (2, 6, 6),
        ["gru"] = (2, 4, 4),
        ["gru-traced"] = (2, 4, 4),
        ["lstm"] = (1, 3, 6),
        ["stack"] = (2, 5, 7),
        ["layer"] = (2, 3, 3),
        ["alone"] = (1, 3, 3),
        ["picked"] = (1, 3, 3),
        ["frozen"] = (2, 2, 2),
    };

    public static TheoryData<string> Followed => [.. Sizes.Keys];

    [Theory, MemberData(nameof(Followed))]
    public void A_step_and_its_Jacobians_are_PyTorchs_own(string name)
    {
        using var scope = NewDisposeScope();
        var cell = Load(name).Cell;
        var numbers = Numbers(name);
        var (input, state) = (Values(numbers, "input"), Values(numbers, "state"));
        Near(Values(numbers, "next"), cell.Step(input, state), 1e-15);
        Near(Values(numbers, "state_jacobian"), cell.StateJacobian(input, state), 1e-12);
        Near(Values(numbers, "input_jacobian"), cell.InputJacobian(input, state), 1e-12);
        // One input for all states.
        Near(cell.Step(input[..1].repeat(4, 1), state), cell.Step(input[..1], state), 0);
        Near(cell.Step(input[..1], cell.Step(input[..1], state[..1])).squeeze(0),
            cell.Run(input[..1].repeat(2, 1).unsqueeze(0), state[..1])[0, 1], 1e-15);
    }

    [Theory]
    [InlineData("leaky")]
    [InlineData("gru")]
    [InlineData("gru-traced")]
    [InlineData("lstm")]
    [InlineData("stack")]
    [InlineData("layer")]
    [InlineData("alone")]
    public void It_is_the_librarys_own_cell_with_the_same_weights(string name)
    {
        using var scope = NewDisposeScope();
        var own = Own(name, Numbers(name));
        var (inputs, _, states) = Sizes[name];
        var cell = Load(name, name is "lstm" or "stack" or "leaky" ? null : Enumerable.Repeat(1.0, states)).Cell;
        var (input, state) =
            (Nets.Cloud(9, inputs, 1, seed: 1).ToTensor(), Nets.Cloud(9, states, 1, seed: 2).ToTensor());
        Near(own.Step(input, state), cell.Step(input, state), 1e-15);
        Near(own.StateJacobian(input, state), cell.StateJacobian(input, state), 1e-12);
        Near(own.InputJacobian(input, state), cell.InputJacobian(input, state), 1e-12);

        double[,] candidates = Candidates.Random(own, 64, 0.5, seed: 1);
        var search = new FixedPointSearch { MaxRounds = 1 };
        var (expected, found) = (search.Run(own, candidates), search.Run(cell, candidates));
        Assert.NotEmpty(expected.Points);
        Assert.All(expected.Points, point => Assert.Equal(Certainty.Certified, point.Certificate!.Certainty));
        Assert.Equal(expected.Points.Count, found.Points.Count);
        double[] apart = Distances.ToNearest(found.Points.States(), [.. expected.Points.Select(point => point.State)]);
        Assert.All(apart, distance => Assert.InRange(distance, 0, 1e-9));
        Assert.Equal(found.Points.Count, Distances.Nearest(found.Points.States(),
            [.. expected.Points.Select(point => point.State)]).Distinct().Count());
        Assert.All(found.Points, point =>
        {
            Assert.Equal(Certainty.VerifiedNumerically, point.Certificate!.Certainty);
            Assert.InRange(point.Certificate.ExistenceRadius, 0, 1e-10);
        });
        Assert.Contains(found.Points.Count == 1
            ? "1 fixed point, only verified numerically"
            : $"0 of them certified, {found.Points.Count} only verified numerically", found.ToString());
        foreach (var (a, b) in Linearisation.Of(own, expected.Points).OrderBy(At).Zip(
            Linearisation.Of(cell, found.Points).OrderBy(At)))
            Assert.Equal(a.UnstableModes, b.UnstableModes);

        static double At(Linearisation point) => Math.Round(point.Point.State.Sum(), 7);
    }

    [Fact]
    public void What_a_trace_froze_in_float32_is_named_by_constant_and_by_line()
    {
        var loaded = Load("frozen");
        Assert.Equal(2, loaded.Assumptions.Count);
        Assert.Contains("constant c0", loaded.Assumptions[0]);
        Assert.Contains("float32 [2]", loaded.Assumptions[0]);
        Assert.Contains("Line 11 of code/__torch__.py", loaded.Assumptions[1]);
        Assert.Contains("CONSTANTS.c0", loaded.Assumptions[1]);
        // x' = (1 - a) x + a tanh(W x + b) + 0 u with what float32 has for a = 0.2 and for 1 - a, and not with these.
        var numbers = Numbers("frozen");
        double[,] weights = numbers["recurrent.weight"].ToMatrix();
        double[] x = [0.7, -0.4], next = loaded.Cell.Next([0, 0], x);
        double Next(double a, double rest) => rest * x[0] + a * Math.Tanh(
            weights[0, 0] * x[0] + weights[0, 1] * x[1] + numbers["recurrent.bias"].Values[0]);
        Assert.Equal(Next(0.2f, 1 - 0.2f), next[0], 1e-15);
        Assert.NotEqual(Next(0.2, 0.8), next[0], 1e-10);
        Assert.Empty(Load("gru-traced").Assumptions);
        Assert.Empty(Load("leaky").Assumptions);
        Assert.Empty(Load("layer").Assumptions);
    }

    [Theory]
    [InlineData("one-argument", "received 3 argument")]
    [InlineData("pair", "several values", "torch.cat")]
    [InlineData("text", "no tensor")]
    [InlineData("dropout-always", "called again", "dropout")]
    [InlineData("constant", "Float32", "constant c0")]
    [InlineData("mixed", "same dtype", "line 12 of code/__torch__.py")]
    [InlineData("rounded", "rounds to float32", "line 11 of code/__torch__.py")]
    [InlineData("rounded-at-end", "returns Float32", "line 10 of code/__torch__/")]
    [InlineData("hidden", "no_grad")]
    [InlineData("neighbours", "mixes the states")]
    [InlineData("batch", "shape '[3, 2]'")]
    [InlineData("same", "same state everywhere")]
    public void What_is_no_step_is_refused_in_a_sentence(string name, params string[] phrases)
    {
        string path = File(name + ".pt");
        var error = Assert.Throws<ImportException>(() => TorchScriptCell.Load(path, 1, 2, trusted: true));
        Assert.All(phrases, phrase => Assert.Contains(phrase, error.Message));
        Assert.Contains("state [B, 2] in float64", error.Message);
        Assert.DoesNotContain("\n", error.Message);
        Assert.InRange(error.Message.Length - path.Length, 1, 300);
    }

    [Fact]
    public void Dropout_is_off_outside_training() =>
        Assert.Equal(2, TorchScriptCell.Load(File("dropout.pt"), 1, 2, trusted: true).Cell.Next([0], [1, 2]).Length);

    [Theory]
    [InlineData(1, 4, null, "got 1 expected 2")]
    [InlineData(2, 3, null, "got 3, expected 4")]
    [InlineData(2, 3, 5, "got 5, expected 4")]
    public void Other_sizes_are_refused_in_a_sentence(int inputs, int units, int? states, string phrase) =>
        Assert.Contains(phrase, Assert.Throws<ImportException>(() =>
            TorchScriptCell.Load(File("gru.pt"), inputs, units, states, trusted: true)).Message);

    [Fact]
    public void Nothing_is_loaded_unasked()
    {
        string path = File("gru.pt");
        Assert.Contains("trusted: true", Assert.Throws<ImportException>(() =>
            TorchScriptCell.Load(path, 2, 4)).Message);
        foreach (var read in new Action[] { () => NetworkFile.Load(path), () => ArrayFile.Read(path) })
        {
            string message = Assert.Throws<ImportException>(read).Message;
            Assert.Contains("never run unasked", message);
            Assert.Contains("TorchScriptCell.Load", message);
        }
        Assert.Contains("is no TorchScript program", Assert.Throws<ImportException>(() =>
            TorchScriptCell.Load(File("gru.npz"), 2, 4, trusted: true)).Message);
        Assert.Throws<FileNotFoundException>(() => TorchScriptCell.Load(File("none.pt"), 2, 4, trusted: true));
    }

    /// <summary>Bits that flip where something is stored, and every kind of cut.</summary>
    [Fact]
    public void A_damaged_program_is_refused_in_a_sentence_before_anything_of_it_runs()
    {
        using var scratch = new Scratch();
        byte[] good = System.IO.File.ReadAllBytes(File("frozen.pt"));
        using var zip = ZipFile.OpenRead(File("frozen.pt"));
        foreach (int length in new[] { 1, 30, good.Length / 2, good.Length - 1 })
            Refused(good[..length]);
        for (int place = 64; place < good.Length - 1200; place += 97)
        {
            byte[] bad = [.. good];
            bad[place] ^= 4;
            try
            {
                TorchScriptCell.Load(scratch.Write("flipped.pt", bad), 2, 2, trusted: true);
            }
            catch (ImportException error)
            {
                Assert.DoesNotContain("\n", error.Message);
            }
        }
        // The numbers themselves, wherever they are.
        foreach (string entry in new[] { "data/0", "constants/0", "data.pkl", "constants.pkl" })
            Refused(Flipped(entry));

        void Refused(byte[] bytes)
        {
            string path = scratch.Write("bad.pt", bytes);
            string message = Assert.Throws<ImportException>(() =>
                TorchScriptCell.Load(path, 2, 2, trusted: true)).Message;
            Assert.Matches("damaged|no TorchScript program", message);
            Assert.InRange(message.Length - path.Length, 1, 300);
        }

        byte[] Flipped(string name)
        {
            var entry = zip.Entries.Single(one => one.FullName.EndsWith("/" + name, StringComparison.Ordinal));
            using var content = new MemoryStream();
            using (var stream = entry.Open()) stream.CopyTo(content);
            Assert.Equal(entry.Length, entry.CompressedLength);
            byte[] bad = [.. good];
            bad[good.AsSpan().IndexOf(content.ToArray())] ^= 1;
            return bad;
        }
    }

    [Fact]
    public void A_box_that_is_given_excludes_ghosts_and_is_refused_where_the_step_leaves_it()
    {
        var cell = Load("gru", Enumerable.Repeat(1.0, 4)).Cell;
        var found = new FixedPointSearch { MaxRounds = 1 }.Run(cell, Candidates.Random(cell, 64, 0.5, seed: 1));
        Assert.Null(found.Continua);
        Assert.All(found.Points, point => Assert.Equal(Reach.NotExcluded, point.Reachability!.Reach));
        Assert.NotEqual(CompletenessVerdict.NotApplicable, found.Completeness.Verdict);
        var leaving = Load("gru", Enumerable.Repeat(0.1, 4)).Cell;
        Assert.Contains("leaves the box", Assert.Throws<InvalidOperationException>(() =>
            leaving.InvariantBox([0, 0])).Message);
        Assert.Throws<ArgumentException>(() => Load("gru", [1, 1, 1]));
        Assert.Throws<ArgumentException>(() => Load("gru", [1, 1, 1, double.PositiveInfinity]));
    }

    private static TorchScriptCell Load(string name, IEnumerable<double>? box = null) => TorchScriptCell.Load(
        File(name + ".pt"), Sizes[name].Inputs, Sizes[name].Units, Sizes[name].States, trusted: true,
        box: box?.ToArray());

    private static Cell Own(string name, ArrayFile numbers)
    {
        return name switch
        {
            "leaky" => LeakyCell.Create(new Rates { Nonlinearity = Nonlinearity.Relu, Leak = 0.2 },
                Matrix("input.weight"), Matrix("recurrent.weight"), numbers["recurrent.bias"].Values),
            "alone" => RecurrentCell.Create(Architecture.Vanilla, new double[3, 1], Matrix("recurrent.weight"),
                numbers["recurrent.bias"].Values),
            "stack" => new LayeredCell(Gated(Architecture.Gru, "first."), Gated(Architecture.Lstm, "second.")),
            "layer" => Gated(Architecture.Gru, "layer.", "_l0"),
            "lstm" => Gated(Architecture.Lstm, "cell."),
            _ => Gated(Architecture.Gru, "cell."),
        };

        Cell Gated(Architecture architecture, string prefix, string suffix = "") => RecurrentCell.Create(architecture,
            Matrix($"{prefix}weight_ih{suffix}"), Matrix($"{prefix}weight_hh{suffix}"),
            numbers[$"{prefix}bias_ih{suffix}"].Values, numbers[$"{prefix}bias_hh{suffix}"].Values);

        double[,] Matrix(string array) => numbers[array].ToMatrix();
    }

    private static ArrayFile Numbers(string name) => ArrayFile.Read(File(name + ".npz"));

    private static Tensor Values(ArrayFile numbers, string name) =>
        tensor(numbers[name].Values).view([.. numbers[name].Shape.Select(length => (long)length)]);

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<double>(), 0, tolerance);
    }

    private static string File(string name) =>
        Path.Combine(Reference.Root, "tests", "Neurodynamics.Tests", "TorchScript", name);
}
