using static TorchSharp.torch;

namespace Neurodynamics.Models;

/// <summary>
/// Glorot and Bengio's uniform initialisation (2010). TorchSharp's own takes no generator, and so no seed of our own.
/// </summary>
internal static class Glorot
{
    /// <summary>Fills a weight matrix [outputs, inputs] from (-b, b), b = sqrt(6 / (inputs + outputs)).</summary>
    public static void Fill(Tensor weights, Generator generator)
    {
        double bound = Math.Sqrt(6.0 / (weights.shape[0] + weights.shape[1]));
        weights.uniform_(-bound, bound, generator);
    }
}
