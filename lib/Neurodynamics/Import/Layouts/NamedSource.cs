using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>A layer whose arrays the reader has named by letter (<see cref="ImportOptions.Arrays"/>).</summary>
internal sealed class NamedSource(ArrayFile file, ImportOptions options)
    : LayerSource(file, options, "the named arrays")
{
    private static readonly string Option = ImportOptions.NameOf(nameof(ImportOptions.Arrays));
    private static readonly string Kind = ImportOptions.NameOf(nameof(ImportOptions.Architecture));

    public override FoundLayer Layer()
    {
        using var scope = NewDisposeScope();
        RequireNumbers(Options.Arrays.Values.Select(name => Array(name).Array));
        return Options.Architecture switch
        {
            LeakyArchitecture kind => Rates(kind),
            { } kind when kind.Create(1, 1) is RecurrentCell cell => Gated(kind, cell.GateCount),
            null => throw Refusal(
                $"{Option} says which arrays they are, but not what cell they make: name it in {Kind}, such as "
                + $"new {nameof(Models.Rates)} {{ {nameof(LeakyArchitecture.Leak)} = 0.2 }}, or give trials to "
                + nameof(NetworkFile.LoadByExample)),
            { } kind => throw Refusal(
                $"{Option} cannot name the weights of {kind.Title}: make the cell from the arrays of "
                + nameof(ArrayFile)),
        };
    }

    public override FoundReadout? Readout(FoundLayer layer)
    {
        if (!Options.Arrays.ContainsKey("C")) return null;
        using var scope = NewDisposeScope();
        var weights = Matrix("C", -1, layer.Units);
        int channels = (int)weights.Values.shape[0];
        var bias = Vector("d", channels);
        return new(weights.Values.flatten().ToVector(), bias?.Values.ToVector() ?? new double[channels],
            Activation.Linear, [.. weights.From, .. bias?.From ?? []]);
    }

    private FoundLayer Rates(LeakyArchitecture kind)
    {
        Connection w;
        if (Options.Arrays.ContainsKey("W")) w = Square();
        else
        {
            var (m, n) = (Matrix("m", -1, -1), Matrix("n", -1, -1));
            if (!m.Values.shape.SequenceEqual(n.Values.shape))
                throw Refusal(
                    $"m and n should both be [N, R], but are {Shape(m)} and {Shape(n)}: turn one with ' after its "
                    + "name");
            w = Connection.OfLowRank(m, n, Options.DividesByUnits);
        }
        int units = (int)w.Weights[0].shape[0];
        var b = Options.Arrays.ContainsKey("B") ? Matrix("B", units, -1) : throw Missing("B");
        var leak = Vector("a", units) ?? Vector("a", 1);
        var convention = kind is Models.Rates ? RateConvention.Rates : RateConvention.Currents;
        var inner = Vector("c", units);
        if (inner is not null && convention == RateConvention.Rates)
            throw Refusal($"{Option} names c, but rates have one bias, b: name it b, or {Kind} currents");
        var a = leak is not null ? new Leak(leak.Text, leak.Values, leak.From) { IsShared = leak.Values.numel() == 1 }
            : new("as given", kind.Leaks(units).ToTensor(), []) { IsShared = kind.LastLeak is null };
        var start = Vector("x0", units);
        var layer = new RateEquation(convention, kind.Nonlinearity, w, b, Vector("b", units), inner, a)
            .Layer((int)b.Values.shape[1], units);
        return layer.ReadAs(kind) with
        {
            Start = start?.Values.ToVector(),
            Used = [.. layer.Used, .. start?.From ?? []],
        };

        Connection Square()
        {
            var part = Matrix("W", -1, -1);
            return part.Values.shape[0] == part.Values.shape[1] ? new(part.Text, part.From, part.Values)
                : throw Refusal($"W should be [N, N], but {part.Text} is {Shape(part)}: name another array");
        }
    }

    private FoundLayer Gated(Architecture kind, int gates)
    {
        var w = Matrix("W", -1, -1);
        int units = (int)w.Values.shape[1];
        if (w.Values.shape[0] != gates * units)
            throw Refusal(
                $"W of {kind.Title} should be [{gates} N, N], but {w.Text} is {Shape(w)}: turn it with ' after its "
                + "name, or name another array");
        var b = Matrix("B", gates * units, -1);
        var bias = Vector("b", gates * units);
        return new(kind, (int)b.Values.shape[1], units, new Dictionary<string, double[]>
        {
            ["weight_ih_l0"] = b.Values.flatten().ToVector(),
            ["weight_hh_l0"] = w.Values.flatten().ToVector(),
            ["bias_ih_l0"] = bias?.Values.ToVector() ?? new double[gates * units],
            ["bias_hh_l0"] = new double[gates * units],
        }, [.. w.From, .. b.From, .. bias?.From ?? []]);
    }

    /// <summary>The matrix of a letter, turned where its name ends in ' or where only that fits.</summary>
    private Part Matrix(string letter, int rows, int columns)
    {
        if (!Options.Arrays.TryGetValue(letter, out string? name)) throw Missing(letter);
        var (array, turned) = Array(name);
        if (array.Shape.Count != 2)
            throw Refusal(
                $"{letter} should be a matrix, but {array.Name.Shown()} is {array.ShapeText}: name another array");
        var part = turned ? Parts.Turned(Parts.Matrix(array)) : Parts.Matrix(array);
        if (!Fits(part) && !turned) part = Parts.Turned(part);
        return Fits(part) ? part : throw Refusal(
            $"{letter} should be [{Length(rows)}, {Length(columns)}], but {array.Name.Shown()} is {array.ShapeText}: "
            + "name another array");

        bool Fits(Part one) =>
            (rows < 0 || one.Values.shape[0] == rows) && (columns < 0 || one.Values.shape[1] == columns);

        static string Length(int length) => length < 0 ? "any" : $"{length}";
    }

    private Part? Vector(string letter, int length)
    {
        if (!Options.Arrays.TryGetValue(letter, out string? name)) return null;
        var array = Array(name).Array;
        if (SourceArray.Count(array.Shape) == length) return new(array.Name.Shown(), array.Values.ToTensor(), [array]);
        return letter == "a" && length > 1 ? null : throw Refusal(
            $"{letter} should have {length} values, but {array.Name.Shown()} is {array.ShapeText}: name another array");
    }

    private (SourceArray Array, bool Turned) Array(string name) =>
        File.Find(name) is { } found ? (found, false) : (File[name.TrimEnd('\'')], true);

    private ImportException Missing(string letter) => Refusal(
        $"{Option} names {string.Join(", ", Options.Arrays.Keys)}, but {letter} ({Parts.Letters[letter]}) was "
        + "expected: name its array");

    private static string Shape(Part part) => SourceArray.Text(part.Values.shape.Select(length => (int)length));
}
