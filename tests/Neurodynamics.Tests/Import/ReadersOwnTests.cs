using System.Globalization;
using Neurodynamics.Import;
using Neurodynamics.Models;
using Neurodynamics.Tests.Models;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>What a new format and a new convention cost: one type each, found wherever it is declared.</summary>
public sealed class ReadersOwnTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void A_format_of_ones_own_is_found_and_read()
    {
        var file = ArrayFile.Read(scratch.Write("states.tsv", "0.5\t-1\t3\n2\t1e-3\t0\n"u8.ToArray()));
        Assert.Equal(new double[,] { { 0.5, -1, 3 }, { 2, 1e-3, 0 } }, file["states"].ToMatrix());
        Assert.Equal("table of tabs", file.Format.ToString());
        string words = scratch.Write("words.tsv", "one\ttwo\n"u8.ToArray());
        Scratch.Refused(words, "cannot be read as the table of tabs it seems to be");
        Scratch.Refused(scratch.Write("n.pt", [1]), "another kind", "table of tabs");
    }

    [Fact]
    public void A_convention_of_ones_own_makes_the_cell_it_names_from_any_format()
    {
        // Two leaky rate units: r' = (1 - a) r + a tanh(J r + B u), with a = 0.5, J = [[0, 1], [-2, 0]] and B = [1, 0].
        string path = scratch.Write("rates.npz", Npz.Archive(
            ("J", Npz.Float32([2, 2], 0, 1, -2, 0)), ("B", Npz.Float32([2, 1], 1, 0)),
            ("wOut", Npz.Float32([1, 2], 3, 4)), ("alpha", Npz.Float32([], 0.5)), ("notes", Npz.Ramp(3))));
        var imported = NetworkFile.Load(path);
        Assert.Equal(new LeakyTanh.Kind { Leak = 0.5 }, imported.Cell.Architecture);
        double[] next = imported.Cell.InDouble().Next([0.25], [0.5, -1]);
        Assert.Equal(0.25 + 0.5 * Math.Tanh(-1 + 0.25), next[0], 1e-12);
        Assert.Equal(-0.5 + 0.5 * Math.Tanh(-2 * 0.5), next[1], 1e-12);
        Assert.Equal([3 * 0.5 - 4], imported.Network.Logits(new[,] { { 0.5, -1.0 } }).Cast<double>());
        Assert.Equal(["J", "B", "alpha", "wOut"], imported.Used);
        Assert.Equal(["notes"], imported.Ignored);
        Assert.Equal("NumPy .npz file", imported.Format.Name);
        string other = scratch.Write("o.npz", Npz.Archive(("a", Npz.Ramp(2))));
        Scratch.Refused(other, "no recurrent layer", "rate networks by J and B");
    }

    [Fact]
    public void Layers_of_two_conventions_in_one_file_are_told_apart_by_name()
    {
        string path = scratch.Write("both.npz", Npz.Archive(
            [.. Npz.Gru("rnn."), ("J", Npz.Ramp(2, 2)), ("B", Npz.Ramp(2, 1)), ("alpha", Npz.Float32([], 0.5))]));
        Scratch.Refused(path, "2 recurrent layers", "rnn", "rates", "ImportOptions.Layer");
        Assert.Equal(Architecture.Gru, NetworkFile.Load(path, new() { Layer = "rnn" }).Cell.Architecture);
        Assert.Equal(2, NetworkFile.Load(path, new() { Layer = "rates" }).Cell.Units);
    }

    [Fact]
    public void The_names_of_the_arrays_decide_whatever_the_format()
    {
        // Keras' kernel, recurrent kernel and bias, saved with np.savez: h' = tanh(2 u + 0.5 h + 0.25).
        string path = scratch.Write("keras.npz", Npz.Archive(
            ("rnn/cell/kernel", Npz.Float32([1, 1], 2)), ("rnn/cell/recurrent_kernel", Npz.Float32([1, 1], 0.5)),
            ("rnn/cell/bias", Npz.Float32([1], 0.25))));
        var imported = NetworkFile.Load(path);
        Assert.Equal(Architecture.Vanilla, imported.Cell.Architecture);
        Assert.Equal(Math.Tanh(2 * 0.1 + 0.5 * -0.3 + 0.25), imported.Cell.InDouble().Next([0.1], [-0.3])[0], 1e-12);
    }
}

/// <summary>A table of numbers with tabs between them.</summary>
internal sealed class TableOfTabs : FileFormat
{
    public override string Name => "table of tabs";

    public override bool Matches(OpenFile file) => Path.GetExtension(file.Path) == ".tsv";

    public override FileContent Read(OpenFile file)
    {
        using var reader = new StreamReader(file.Stream);
        string[] rows = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var cells = rows.SelectMany(row => row.Split('\t'));
        double[] values = [.. cells.Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        string name = Path.GetFileNameWithoutExtension(file.Path);
        return new([new(name, "float64", [rows.Length, values.Length / rows.Length], values)], []);
    }
}

/// <summary>Leaky rate networks as many papers name them: J, B, wOut and the leak alpha.</summary>
internal sealed class RateNames : LayerLayout
{
    public override string Expected => "rate networks by J and B";

    public override IReadOnlyList<LayerSource> Find(ArrayFile file, ImportOptions options) =>
        file.Find("J") is { } j && file.Find("B") is { } b ? [new Source(file, options, j, b)] : [];

    private sealed class Source(ArrayFile file, ImportOptions options, SourceArray j, SourceArray b)
        : LayerSource(file, options, "rates")
    {
        public override FoundLayer Layer()
        {
            int units = j.Shape[0];
            RequireShape(j, "save J as a square matrix", [units, units]);
            RequireNumbers([j, b]);
            var parameters = new Dictionary<string, double[]>
            {
                ["weight_ih_l0"] = b.Values,
                ["weight_hh_l0"] = j.Values,
                ["bias_ih_l0"] = new double[units],
                ["bias_hh_l0"] = new double[units],
            };
            var alpha = File["alpha"];
            return new(new LeakyTanh.Kind { Leak = alpha.Values[0] }, b.Shape[1], units, parameters, [j, b, alpha]);
        }

        public override FoundReadout? Readout(FoundLayer layer) => File.Find("wOut") is { } weight
            ? new(weight.Values, new double[weight.Shape[0]], Activation.Linear, [weight]) : null;
    }
}
