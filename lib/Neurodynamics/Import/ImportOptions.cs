using Neurodynamics.Models;

namespace Neurodynamics.Import;

/// <summary>What a file leaves open about its network.</summary>
public sealed record ImportOptions : Described
{
    /// <summary>
    /// Which recurrent layer, where the file holds several: what its names begin with, such as "model.gru" or
    /// "encoder". Default: the only one.
    /// </summary>
    public string? Layer { get; init; }

    /// <summary>
    /// Which readout, where several linear layers read the units: what its names begin with, such as "fc" or
    /// "decoder.2". Default: the only one.
    /// </summary>
    public string? Readout { get; init; }

    /// <summary>Take no readout even where there is one. Default: false.</summary>
    public bool WithoutReadout { get; init; }

    /// <summary>
    /// What the readout's outputs mean, which a file of weights does not say. Default: logits where a sigmoid or
    /// softmax follows them in the file, values after tanh where tanh does, otherwise values such as -1 and 1. Only
    /// decisions, labels and colours depend on it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the meanings.</exception>
    public OutputMeaning? Outputs
    {
        get;
        init => field = value is { } meaning ? Demand.Known(meaning, nameof(Outputs)) : null;
    }

    /// <summary>
    /// Which cell. Default: the standard one of the number of gates (1 vanilla RNN, 3 GRU, 4 LSTM), or the one that a
    /// Keras file names. Set it for the reset-before GRU and for the cells as printed, whose weights look the same.
    /// </summary>
    public Architecture? Architecture { get; init; }

    /// <summary>
    /// Arrays that look as if they belonged to the cell, such as "rnn.alpha", and are no part of the network. Default:
    /// none, and a file with one that cannot be used is refused.
    /// </summary>
    public IReadOnlyList<string> LeaveOut
    {
        get;
        init => field = [.. Demand.Some(value, nameof(LeaveOut))];
    } = [];

    /// <summary>
    /// Which array stands for which letter of the equation, such as "rnn.h2h.weight" for "W". Letters: W and B (weights
    /// of units and inputs), b and c (bias outside and inside f), m and n (W = m n' / N), a (leak), x0 (state before
    /// the first step), C and d (readout). Default: none, and names and shapes decide.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such letter.</exception>
    public IReadOnlyDictionary<string, string> Arrays
    {
        get;
        init
        {
            Demand.Given(value, nameof(Arrays));
            if (value.Keys.FirstOrDefault(letter => !Parts.Letters.ContainsKey(letter)) is { } odd)
                throw new ArgumentException(
                    $"Letters of an equation are {string.Join(", ", Parts.Letters.Keys)}, and not \"{odd}\".",
                    nameof(Arrays));
            field = value.ToDictionary();
        }
    } = new Dictionary<string, string>();

    /// <summary>
    /// Whether W of low rank is m n' / N, and what a readout sees is over N too (true), or m n' and as it is (false).
    /// Default: m n' / N, as most code has it, unless units would then hardly hear each other, and m n' where they
    /// would. Which it was is among the assumptions. Refused where W is of full rank, or the file says its scale.
    /// </summary>
    public bool? DividesByUnits { get; init; }

    /// <summary>An option as messages name it.</summary>
    internal static string NameOf(string option) => $"{nameof(ImportOptions)}.{option}";
}
