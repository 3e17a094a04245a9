using Neurodynamics.Models;
using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>Networks from elsewhere, and back: files of PyTorch, NumPy and Keras.</summary>
public static class NetworkFile
{
    /// <summary>
    /// Reads one recurrent layer and, where there is one, its linear readout from a PyTorch zip state_dict or a checkpoint dictionary that holds one, from
    /// safetensors, from an .npz with PyTorch's names, or from a Keras 2 or 3 file. Weights come out in PyTorch's names, layouts and gate order.
    /// </summary>
    /// <remarks>
    /// The layer is found by its weight_ih_l0 (PyTorch) or recurrent kernel (Keras), the readout as the linear layer that reads N units. A layer
    /// without bias gets zeros. PyTorch's nn.RNN does not save whether it was built with relu; tanh is assumed.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file leaves open; nothing if omitted.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ImportException">The file cannot be read, or does not hold exactly one plain layer; one sentence says what to do.</exception>
    public static ImportedNetwork Load(string path, ImportOptions? options = null)
    {
        options ??= new();
        var file = ArrayFile.Read(path);
        LayerFinder finder = file.Format is "HDF5 file" or "Keras 3 file" && !PyTorchLayers.Has(file)
            ? new KerasLayers(file, options) : new PyTorchLayers(file, options);
        var layer = finder.Layer();
        var readout = options.WithoutReadout ? null : finder.Readout(layer);
        SourceArray[] used = [.. layer.Used, .. readout?.Used ?? []];
        var precision = used.Any(array => array.Type == "float64") ? ScalarType.Float64 : ScalarType.Float32;

        using var frozen = no_grad();
        var cell = RecurrentCell.Create(layer.Architecture, layer.Inputs, layer.Units, precision);
        Fill(cell.WeightIh, layer.WeightIh);
        Fill(cell.WeightHh, layer.WeightHh);
        Fill(cell.BiasIh, layer.BiasIh);
        Fill(cell.BiasHh, layer.BiasHh);
        Network? network = null;
        if (readout is not null)
        {
            var linear = nn.Linear(layer.Units, readout.Channels, dtype: precision);
            Fill(linear.weight, readout.Weight);
            Fill(linear.bias!, readout.Bias);
            network = new(cell, linear);
        }
        string[] names = [.. used.Select(array => array.Name)];
        return new(cell, network, readout?.Activation ?? Activation.Linear, file.Format, names,
            [.. file.Arrays.Select(array => array.Name).Except(names), .. file.Unread], [.. layer.Assumptions, .. readout?.Assumptions ?? []]);
    }

    /// <summary>
    /// Writes a network as safetensors: rnn.* and readout.*, PyTorch's names. A file of that name is replaced, once the new one is whole.
    /// </summary>
    /// <remarks>No file says which form of a cell it is: load a reset-before or printed cell with <see cref="ImportOptions.Architecture"/>.</remarks>
    /// <param name="network">The network.</param>
    /// <param name="path">The file, .safetensors by custom.</param>
    /// <exception cref="InvalidDataException">A weight is not finite. Nothing is written.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed of. Nothing is written.</exception>
    public static void SaveSafetensors(Network network, string path) => Place(network, path, stream => network.save_safetensors(stream, leaveOpen: true));

    /// <summary>
    /// Writes a network as a zip state_dict that PyTorch's torch.load reads: rnn.* and readout.*. A file of that name is replaced, once the new one is whole.
    /// </summary>
    /// <inheritdoc cref="SaveSafetensors"/>
    /// <param name="network">The network.</param>
    /// <param name="path">The file, .pt by custom.</param>
    public static void SavePyTorch(Network network, string path) => Place(network, path, stream => network.save_py(stream, leaveOpen: true));

    private static void Fill(Tensor parameter, double[] values)
    {
        using var source = tensor(values);
        using var shaped = source.reshape(parameter.shape);
        parameter.copy_(shaped);
    }

    private static void Place(Network network, string path, Action<Stream> write)
    {
        // A module that is gone has no parameters any more, and would be written as an empty file without a word.
        ObjectDisposedException.ThrowIf(!network.Cell.parameters().Any() || network.parameters().Any(parameter => parameter.IsInvalid), network);
        network.RequireFinite($"The network for {path}");
        WholeFile.Write(path, write);
    }
}
