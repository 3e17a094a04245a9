using Neurodynamics.Models;
using TorchSharp.PyBridge;

namespace Neurodynamics.Export;

/// <summary>Networks for other frameworks; <see cref="Import.NetworkFile"/> reads them.</summary>
public static class NetworkExport
{
    /// <summary>
    /// Writes a network as safetensors, with PyTorch's names under rnn and readout. An existing file is replaced once
    /// the new one is whole.
    /// </summary>
    /// <remarks>
    /// The file does not say which form of a cell it is: load a reset-before or printed cell with
    /// <see cref="Import.ImportOptions.Architecture"/>. Nor does it say what outputs mean: load a network of logits
    /// with <see cref="Import.ImportOptions.Outputs"/>.
    /// </remarks>
    /// <param name="network">The network.</param>
    /// <param name="path">The file, .safetensors by custom.</param>
    /// <exception cref="InvalidDataException">A weight is not finite. Nothing is written.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed of. Nothing is written.</exception>
    public static void SaveSafetensors(Network network, string path) =>
        Save(network, path, stream => network.save_safetensors(stream, leaveOpen: true));

    /// <summary>
    /// Writes a network as a zip state_dict for PyTorch's torch.load, with PyTorch's names under rnn and readout. An
    /// existing file is replaced once the new one is whole.
    /// </summary>
    /// <inheritdoc cref="SaveSafetensors"/>
    /// <param name="network">The network.</param>
    /// <param name="path">The file, .pt by custom.</param>
    public static void SavePyTorch(Network network, string path) =>
        Save(network, path, stream => network.save_py(stream, leaveOpen: true));

    private static void Save(Network network, string path, Action<Stream> write)
    {
        Demand.Given(network);
        // A disposed module has no parameters, and would be written as an empty file without an error.
        bool gone = !network.Cell.parameters().Any() || network.parameters().Any(parameter => parameter.IsInvalid);
        ObjectDisposedException.ThrowIf(gone, network);
        network.RequireFinite($"The network for {path}");
        WholeFile.Write(path, write);
    }
}
