using System.Globalization;
using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>
/// A convention for the arrays of a recurrent layer: their names, layouts and the cell they make. Each is one file of
/// this folder; nothing else lists them.
/// </summary>
/// <remarks>
/// For a convention of your own, in a notebook cell too, derive from this and keep a constructor without arguments. The
/// names of the arrays decide, whatever the format of the file.
/// </remarks>
public abstract class LayerLayout
{
    /// <summary>
    /// What it looks for, such as "PyTorch's names (rnn.weight_ih_l0)": part of the message when no layer is found.
    /// </summary>
    public abstract string Expected { get; }

    /// <summary><see cref="Expected"/>.</summary>
    public sealed override string ToString() => Expected;

    /// <summary>The layers of this convention in a file, none of them read yet.</summary>
    public abstract IReadOnlyList<LayerSource> Find(ArrayFile file, ImportOptions options);

    internal static IReadOnlyList<LayerLayout> All => Kinds.All<LayerLayout>(layout => layout.Expected);
}

/// <summary>A recurrent layer that a convention found in a file.</summary>
/// <param name="file">The file.</param>
/// <param name="options">What the file leaves open.</param>
/// <param name="name">What <see cref="ImportOptions.Layer"/> calls it.</param>
public abstract class LayerSource(ArrayFile file, ImportOptions options, string name)
{
    /// <summary>What <see cref="ImportOptions.Layer"/> calls it.</summary>
    public string Name { get; } = name;

    /// <summary>Its name.</summary>
    public sealed override string ToString() => $"Layer {Name}";

    /// <summary>The file.</summary>
    protected ArrayFile File { get; } = file;

    /// <summary>What the file leaves open.</summary>
    protected ImportOptions Options { get; } = options;

    /// <summary>Reads the layer.</summary>
    /// <exception cref="ImportException">An array is missing, left over, of another shape or not finite.</exception>
    public abstract FoundLayer Layer();

    /// <summary>Reads the readout; null where no linear layer reads the units.</summary>
    /// <exception cref="ImportException">There are several, or an array does not fit.</exception>
    public virtual FoundReadout? Readout(FoundLayer layer) => null;

    /// <summary>An error for a sentence that says what was expected, what came and what to do.</summary>
    protected ImportException Refusal(string sentence) => File.Refusal(sentence);

    /// <summary>Refuses an array that has none of some shapes.</summary>
    protected void RequireShape(SourceArray array, string remedy, params int[][] expected)
    {
        if (!expected.Any(shape => array.HasShape(shape)))
            throw Refusal(
                $"{array.Name.Shown()} has the shape {array.ShapeText}, but "
                + $"{string.Join(" or ", expected.Select(SourceArray.Text))} was expected: {remedy}");
    }

    /// <summary>Refuses whole numbers, and values that are not finite.</summary>
    protected void RequireNumbers(IEnumerable<SourceArray> arrays)
    {
        foreach (var array in arrays)
        {
            if (!array.IsFloating)
                throw Refusal(
                    $"{array.Name.Shown()} holds {array.Type.Shown()}, but weights in floating point were expected: "
                    + "export them as float32 or float64");
            int place = Array.FindIndex(array.Values, value => !double.IsFinite(value));
            if (place >= 0)
                throw Refusal(
                    $"{array.Name.Shown()} holds {array.Values[place].ToString(CultureInfo.InvariantCulture)} at "
                    + $"position {place}, but finite weights were expected: train or export the network again");
        }
    }
}

/// <summary>A recurrent layer as its cell takes it.</summary>
/// <param name="Architecture">What makes the cell.</param>
/// <param name="Inputs">I.</param>
/// <param name="Units">N.</param>
/// <param name="Parameters">The values of every parameter of the cell, row by row, by its name there.</param>
/// <param name="Used">The arrays of the file that it took.</param>
public sealed record FoundLayer(
    Architecture Architecture, int Inputs, int Units, IReadOnlyDictionary<string, double[]> Parameters,
    IReadOnlyList<SourceArray> Used) : Described
{
    /// <summary>What had to be assumed, in sentences.</summary>
    public IReadOnlyList<string> Assumptions { get; init; } = [];

    /// <summary>
    /// What of that concerns the cell's equations, in a few words such as "tanh, no leak": figures, tables and
    /// sentences say it until a trajectory has checked it (<see cref="Cell.Unchecked"/>). Null where the file says it
    /// all.
    /// </summary>
    public string? Unchecked { get; init; }

    /// <summary>Layers one above the other, which this stands for; none for a layer by itself.</summary>
    internal IReadOnlyList<FoundLayer> Layers { get; private init; } = [];

    /// <summary>Whether the source's trials have an LSTM's states as [c, h], where the library's are [h, c].</summary>
    internal bool CellFirst { get; init; }

    /// <summary>Whether W is m n' / N, of low rank: then what a readout sees is over N too.</summary>
    internal bool DividesByUnits { get; init; }

    /// <summary>Whether <see cref="ImportOptions.DividesByUnits"/> decides that.</summary>
    internal bool IsScaleOpen { get; init; }

    /// <summary>The same where a readout sees what it does of another cell: of currents rates, or x itself.</summary>
    internal FoundLayer ReadAs(Architecture other) => (Architecture, other) is (Currents made, Currents asked)
        ? this with
        {
            Architecture = made with { ReadsRates = asked.ReadsRates, ReadsPlainRates = asked.ReadsPlainRates },
        }
        : this;

    /// <summary>Several layers as one.</summary>
    internal static FoundLayer Layered(IReadOnlyList<FoundLayer> layers) => layers[^1] with
    {
        Inputs = layers[0].Inputs,
        Used = [.. layers.SelectMany(layer => layer.Used).Distinct()],
        Assumptions = [.. layers.SelectMany(layer => layer.Assumptions)],
        Layers = layers,
    };

    /// <summary>The cell.</summary>
    internal Cell Build(ScalarType precision)
    {
        if (Layers.Count > 0) return Stacked(precision);
        using var frozen = no_grad();
        if (Start is { } start && Architecture is LeakyArchitecture leaky)
            return (this with
            {
                Architecture = leaky with { LearnedStart = true },
                Parameters = new Dictionary<string, double[]>(Parameters) { ["start"] = start },
                Start = null,
            }).Build(precision);
        var cell = Architecture.Create(Inputs, Units, precision);
        foreach (var (name, parameter) in cell.named_parameters()) parameter.Fill(Parameters[name]);
        foreach (var (name, buffer) in cell.named_buffers())
            if (Parameters.TryGetValue(name, out double[]? values)) buffer.Fill(values);
        cell.GivenStart = Start;
        cell.Unchecked = Unchecked;
        return cell;
    }

    /// <summary>The state before the first step, where it is not zero.</summary>
    internal double[]? Start { get; init; }

    private LayeredCell Stacked(ScalarType precision)
    {
        var cells = new List<Cell>();
        int first = 0;
        foreach (var layer in Layers)
        {
            var cell = layer.Build(precision);
            if (Start is { } start)
            {
                cell.Dispose();
                cell = (layer with { Start = start[first..(first + cell.StateSize)] }).Build(precision);
            }
            first += cell.StateSize;
            cells.Add(cell);
        }
        return new(cells);
    }

    /// <summary>States in the library's order from those in the source's, and the other way round.</summary>
    internal Tensor Ordered(Tensor states) => CellFirst ? cat(states.chunk(2, -1).Reverse().ToArray(), -1) : states;
}

/// <summary>A linear readout.</summary>
/// <param name="Weight">Weight [K, N], row by row.</param>
/// <param name="Bias">Bias [K].</param>
/// <param name="Activation">What the source applies to the outputs W h + b.</param>
/// <param name="Used">The arrays of the file that it took.</param>
public sealed record FoundReadout(
    double[] Weight, double[] Bias, Activation Activation, IReadOnlyList<SourceArray> Used) : Described
{
    /// <summary>What had to be assumed, in sentences.</summary>
    public IReadOnlyList<string> Assumptions { get; init; } = [];
}
