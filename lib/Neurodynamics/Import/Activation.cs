using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>
/// What the source network applies to its readout's outputs W h + b, which the library's networks give.
/// </summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    Linear,

    /// <summary>The logistic function, per channel.</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent, per channel.</summary>
    Tanh,

    /// <summary>Softmax over channels.</summary>
    Softmax,
}

internal static class Activations
{
    public static Tensor Of(this Activation activation, Tensor logits) => activation switch
    {
        Activation.Linear => logits,
        Activation.Sigmoid => sigmoid(logits),
        Activation.Tanh => tanh(logits),
        Activation.Softmax => softmax(logits, -1),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
