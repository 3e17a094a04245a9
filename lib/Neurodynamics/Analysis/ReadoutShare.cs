using Neurodynamics.Models;

namespace Neurodynamics.Analysis;

/// <summary>Which readouts do directions belong to?</summary>
public static class ReadoutShare
{
    /// <summary>
    /// |cos| of the angle between each component and each channel's row of the readout [k, K]; in a last row the length
    /// of the readout row's part within the space of the components, 1 where it lies in it [k + 1, K]. As a direction
    /// of states the row is w dh/dx at the components' mean state (<see cref="Cell.HiddenJacobian"/>): for most cells
    /// the row itself.
    /// </summary>
    /// <param name="pca">The components.</param>
    /// <param name="network">The network.</param>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public static double[,] Of(Pca pca, Network network)
    {
        Demand.Given((pca, network));
        int size = network.Cell.StateSize;
        if (pca.Mean.Length != size || pca.Components.GetLength(1) != size)
            throw new ArgumentException(
                $"The components have {pca.Components.GetLength(1)} values, but the network's states {size}: are they "
                + "of another network?", nameof(pca));
        double[,] weights = Pulled(network.Weight.ToMatrix(), network.HiddenJacobianAt(pca.Mean));
        int components = pca.Components.GetLength(0), channels = weights.GetLength(0);
        double[,] cosines = new double[components + 1, channels];
        for (int channel = 0; channel < channels; channel++)
        {
            double length = Math.Sqrt(Enumerable.Range(0, size).Sum(i => weights[channel, i] * weights[channel, i])),
                within = 0;
            for (int k = 0; k < components; k++)
            {
                double cosine =
                    Enumerable.Range(0, size).Sum(i => weights[channel, i] * pca.Components[k, i]) / length;
                cosines[k, channel] = Math.Abs(cosine);
                within += cosine * cosine;
            }
            cosines[components, channel] = Math.Sqrt(within);
        }
        return cosines;
    }

    /// <summary>Readout rows [K, N] as directions of states: w dh/dx [K, S].</summary>
    private static double[,] Pulled(double[,] weights, double[,] jacobian)
    {
        double[,] pulled = new double[weights.GetLength(0), jacobian.GetLength(1)];
        for (int channel = 0; channel < pulled.GetLength(0); channel++)
            for (int i = 0; i < jacobian.GetLength(0); i++)
                for (int j = 0; j < jacobian.GetLength(1); j++)
                    pulled[channel, j] += weights[channel, i] * jacobian[i, j];
        return pulled;
    }

    /// <summary>|cos| of the angle between the readout's rows of every two channels [K, K].</summary>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public static double[,] BetweenReadouts(Network network)
    {
        Demand.Given(network);
        double[,] weights = network.Weight.ToMatrix();
        double[][] rows = [.. Enumerable.Range(0, network.Channels).Select(weights.Row)];
        return rows.Select(one => rows.Select(other =>
            Math.Abs(Product(one, other)) / Math.Sqrt(Product(one, one) * Product(other, other))).ToArray())
                .ToMatrix(rows.Length);

        static double Product(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
    }
}
