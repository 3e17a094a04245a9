using Neurodynamics.Models;

namespace Neurodynamics.Import;

/// <summary>A layer whose weights hold one matrix of N units per gate, as PyTorch's and Keras' layers do.</summary>
internal abstract class GatedLayer(ArrayFile file, ImportOptions options, string name)
    : LayerSource(file, options, name)
{
    private static readonly Architecture[] Plain = [Architecture.Vanilla, Architecture.Gru, Architecture.Lstm];

    /// <summary>I, N and G, and the usual cell of so many gates.</summary>
    protected readonly record struct Sizes(int Inputs, int Units, int Gates, Architecture Usual)
    {
        public int Rows => Gates * Units;
    }

    /// <summary>Ends the refusal of a bidirectional layer, before the remedy.</summary>
    protected const string OneDirection =
        "a layer of one direction was expected, since only that is a map from state to state:";

    protected string Title => Name.Length == 0 ? "the layer" : Name.Shown();

    /// <summary>Sizes from the shapes of the weights.</summary>
    /// <param name="byInputs">Weights of the inputs.</param>
    /// <param name="byUnits">Recurrent weights.</param>
    /// <param name="gatedAxis">The axis along which the gates lie: 0 (PyTorch) or 1 (Keras).</param>
    protected Sizes Measure(SourceArray byInputs, SourceArray byUnits, int gatedAxis)
    {
        string shapes = $"the weights of {Title} have the shapes {byInputs.ShapeText} and {byUnits.ShapeText}, but";
        const string remedy = "export a plain RNN, GRU or LSTM layer";
        if (byInputs.Shape.Count != 2 || byUnits.Shape.Count != 2)
        {
            string expected = gatedAxis == 0 ? "[G N, I] and [G N, N]" : "[I, G N] and [N, G N]";
            throw Refusal($"{shapes} matrices {expected} were expected: {remedy}");
        }
        var (inputs, units) = (byInputs.Shape[1 - gatedAxis], byUnits.Shape[1 - gatedAxis]);
        int rows = byUnits.Shape[gatedAxis];
        int gates = units > 0 && rows % units == 0 ? rows / units : 0;
        var usual = Plain.FirstOrDefault(plain => GatesOf(plain) == gates);
        if (usual is null || byInputs.Shape[gatedAxis] != rows)
            throw Refusal(
                $"{shapes} 1, 3 or 4 gates of N units were expected, the same for inputs and units: {remedy}");
        return inputs > 0 ? new(inputs, units, gates, usual)
            : throw Refusal($"{shapes} at least one input was expected: export a layer that has inputs");
    }

    /// <summary>The layer, with the cell that was asked for instead of the usual one if it has as many gates.</summary>
    /// <param name="sizes">Its sizes.</param>
    /// <param name="usual">The cell unless another is asked for.</param>
    /// <param name="parameters">
    /// Weights [G N, I] and [G N, N], then biases [G N] or null for zeros, in PyTorch's gate order.
    /// </param>
    /// <param name="used">The arrays of the file that it took.</param>
    /// <param name="asked">The cell that was asked for; default the reader's option.</param>
    protected FoundLayer Found(
        Sizes sizes, Architecture usual, double[]?[] parameters, IReadOnlyList<SourceArray> used,
        Architecture? asked = null)
    {
        asked ??= Options.Architecture;
        if (asked is not null && GatesOf(asked) != sizes.Gates)
            throw Refusal(
                $"{Title} has {sizes.Gates} gates, but {asked}, which was asked for, has {GatesOf(asked)}: "
                + "name another architecture, or none");
        string[] names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];
        return new(
            asked ?? usual, sizes.Inputs, sizes.Units,
            names.Zip(parameters, (name, values) => (name, values ?? new double[sizes.Rows])).ToDictionary(), used);
    }

    /// <summary>G of an architecture; 0 where its cells do not hold their weights by gate.</summary>
    private static int GatesOf(Architecture architecture)
    {
        using var cell = architecture.Create(1, 1);
        return (cell as RecurrentCell)?.GateCount ?? 0;
    }
}
