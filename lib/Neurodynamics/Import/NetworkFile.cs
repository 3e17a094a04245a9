using Neurodynamics.Models;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>Networks from other frameworks; <see cref="Export.NetworkExport"/> writes them.</summary>
public static partial class NetworkFile
{
    /// <summary>
    /// Reads a recurrent layer, or several that are stacked, and, where there is one, its linear readout. The file may
    /// be a PyTorch state_dict of any age, a checkpoint dictionary that holds one, a whole module, an agent's archive,
    /// safetensors, an .npz, pickle or .mat with PyTorch's names, or a Keras 2 or 3 file. Weights come out in PyTorch's
    /// names, layouts and gate order.
    /// </summary>
    /// <remarks>
    /// A layer is found by its weight_ih_l0 (PyTorch) or its recurrent kernel (Keras), the readout as the linear
    /// layer that reads N units. A layer without bias gets zeros. A state_dict of nn.RNN does not say whether it was
    /// built with relu; tanh is assumed, unless a whole module says it or <see cref="ImportOptions.Architecture"/> is
    /// <see cref="Rates"/>. <see cref="FileFormat"/> and <see cref="LayerLayout"/> take formats and
    /// conventions of your own.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file leaves open; nothing if omitted.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ImportException">
    /// The file cannot be read, or does not hold exactly one plain layer. One sentence says what to do.
    /// </exception>
    public static ImportedNetwork Load(string path, ImportOptions? options = null)
    {
        options ??= new();
        var file = ArrayFile.Read(path);
        var layouts = LayerLayout.All;
        List<LayerSource> sources = options.Arrays.Count > 0 ? [new NamedSource(file, options)]
            : [.. layouts.SelectMany(layout => layout.Find(file, options))];
        if (sources.Count == 0)
            throw file.Refusal((file.Obstacle
                ?? $"no recurrent layer was found in {ArrayFile.Listed(file.Arrays.Select(array => array.Name))}: "
                + $"expected are {string.Join(", or ", layouts.Select(layout => layout.Expected))}")
                + (file.Arrays.Count > 1 ? $"; other names need trials, for {nameof(LoadByExample)}" : ""));
        var source = file.Only(
            sources, one => one.Name, options.Layer, "recurrent layers", nameof(ImportOptions.Layer));
        var layer = source.Layer();
        if (options.DividesByUnits is not null && !layer.IsScaleOpen)
            throw file.Refusal(
                $"{ImportOptions.NameOf(nameof(ImportOptions.DividesByUnits))} was given, but it is for W of low rank "
                + "whose scale the file leaves open, which this file does not: leave it out");
        var readout = options.WithoutReadout ? null : source.Readout(layer);
        var start = Belongings.StartIn(file, [.. layer.Used, .. readout?.Used ?? []], options, layer);
        if (start is not null) layer = layer with { Start = start.Values, Used = [.. layer.Used, start] };
        SourceArray[] used = [.. layer.Used.Concat(readout?.Used ?? []).Distinct()];
        Belongings.Require(file, used, options, sources.Count > 1 ? source.Name : "");
        var precision = used.Any(array => array.Type == "float64") ? ScalarType.Float64 : ScalarType.Float32;

        using var frozen = no_grad();
        var cell = layer.Build(precision);
        string[] names = [.. used.Select(array => array.Name)];
        return new(
            cell, Joined(cell, readout, options, precision), readout?.Activation ?? Activation.Linear, file.Format,
            names, [.. file.Arrays.Select(array => array.Name).Except(names), .. file.Unread],
            [
                .. file.Assumptions, .. layer.Assumptions, .. AssumedOf(start), .. readout?.Assumptions ?? [],
                .. AssumedOf(readout, options),
            ]);
    }

    private static Network Joined(Cell cell, FoundReadout? readout, ImportOptions options, ScalarType precision)
    {
        if (readout is null) return new(cell);
        var linear = nn.Linear(cell.Units, readout.Bias.Length, dtype: precision);
        linear.weight.Fill(readout.Weight);
        linear.bias!.Fill(readout.Bias);
        return new(cell, linear, options.Outputs ?? readout.Activation switch
        {
            Activation.Linear => OutputMeaning.Values,
            Activation.Tanh => OutputMeaning.TanhValues,
            _ => OutputMeaning.Logits,
        });
    }

    private static IEnumerable<string> AssumedOf(SourceArray? start)
    {
        if (start is not null)
            yield return
                $"{start.Name.Shown()} is taken to be the state before the first step, from where trials begin.";
    }

    /// <summary>What the outputs are taken to mean, where neither the file nor the reader says it.</summary>
    private static IEnumerable<string> AssumedOf(FoundReadout? readout, ImportOptions options)
    {
        string option = ImportOptions.NameOf(nameof(options.Outputs));
        if (readout is null || options.Outputs is not null) yield break;
        if (readout.Activation == Activation.Linear)
            yield return "The readout's outputs are taken to be values such as -1 and 1, and read by sign: where they "
                + $"are logits, of which a sigmoid makes probabilities, set {option} to "
                + $"{nameof(OutputMeaning)}.{nameof(OutputMeaning.Logits)}.";
        if (readout.Activation == Activation.Tanh)
            yield return "The readout ends in tanh, and its outputs are taken to be values such as -1 and 1, read by "
                + $"sign: where they mean something else, set {option}.";
        if (readout.Activation == Activation.Softmax)
            yield return "The readout ends in softmax, and its outputs are taken to be logits of a sigmoid per "
                + $"channel: where they mean something else, set {option}.";
    }
}
