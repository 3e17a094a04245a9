using Neurodynamics.Models;

namespace Neurodynamics.Import;

/// <summary>What a file cannot tell about its network, or leaves open.</summary>
public sealed record ImportOptions
{
    /// <summary>
    /// Which recurrent layer, where the file holds several: what its names begin with, such as "model.gru" or "encoder". Default: the only one.
    /// </summary>
    public string? Layer { get; init; }

    /// <summary>
    /// Which readout, where several linear layers read the units: what its names begin with, such as "fc" or "decoder.2". Default: the only one.
    /// </summary>
    public string? Readout { get; init; }

    /// <summary>Take no readout even where there is one. Default: false.</summary>
    public bool WithoutReadout { get; init; }

    /// <summary>
    /// Which cell. Default: the standard one of the number of gates (1 vanilla RNN, 3 GRU, 4 LSTM), or the one that a Keras file names. To be said for
    /// the forms that a file of weights cannot be told from: the reset-before GRU and the cells as printed.
    /// </summary>
    public Architecture? Architecture { get; init; }
}
