using Neurodynamics.Models;

namespace Neurodynamics.Analysis;

/// <summary>Which readouts do directions belong to?</summary>
public static class ReadoutShare
{
    /// <summary>
    /// |cos| of the angle between each component and each channel's row of the readout [k, K]; in a last row the length
    /// of the readout row's part within the space of the components, 1 where it lies in it [k + 1, K].
    /// </summary>
    /// <param name="pca">The components.</param>
    /// <param name="network">The network.</param>
    public static double[,] Of(Pca pca, Network network)
    {
        Demand.Given((pca, network));
        double[,] weights = network.Readout.weight.ToMatrix();
        int components = pca.Components.GetLength(0), channels = weights.GetLength(0), units = weights.GetLength(1);
        if (pca.Components.GetLength(1) < units)
            throw new ArgumentException(
                $"The components have {pca.Components.GetLength(1)} values, but the readout reads {units} units: are "
                + "they of another network?", nameof(pca));
        double[,] cosines = new double[components + 1, channels];
        for (int channel = 0; channel < channels; channel++)
        {
            double length = Math.Sqrt(Enumerable.Range(0, units).Sum(i => weights[channel, i] * weights[channel, i])),
                within = 0;
            for (int k = 0; k < components; k++)
            {
                double cosine =
                    Enumerable.Range(0, units).Sum(i => weights[channel, i] * pca.Components[k, i]) / length;
                cosines[k, channel] = Math.Abs(cosine);
                within += cosine * cosine;
            }
            cosines[components, channel] = Math.Sqrt(within);
        }
        return cosines;
    }

    /// <summary>|cos| of the angle between the readout's rows of every two channels [K, K].</summary>
    public static double[,] BetweenReadouts(Network network)
    {
        Demand.Given(network);
        double[,] weights = network.Readout.weight.ToMatrix();
        double[][] rows = [.. Enumerable.Range(0, network.Channels).Select(weights.Row)];
        return rows.Select(one => rows.Select(other =>
            Math.Abs(Product(one, other)) / Math.Sqrt(Product(one, one) * Product(other, other))).ToArray())
                .ToMatrix(rows.Length);

        static double Product(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
    }
}
