using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;

namespace Neurodynamics.Notebooks;

/// <summary>What there is to compare between networks: the trials, the states that they lead through, and the fixed points under a constant input.</summary>
/// <param name="Name">The network's name in figures and tables.</param>
/// <param name="Network">The network.</param>
/// <param name="States">Its states in trials [B, T, S].</param>
/// <param name="Set">What the search found.</param>
/// <param name="Points">The fixed points, linearised.</param>
public sealed record Portrait(string Name, Network Network, double[,,] States, FixedPointSet Set, IReadOnlyList<Linearisation> Points)
{
    /// <summary>Runs trials of the network's own task and looks for its fixed points at zero input, from states of these trials.</summary>
    /// <param name="name">The network's name in figures and tables.</param>
    /// <param name="trained">The network, with the recipe that names its task.</param>
    /// <param name="search">How to look.</param>
    /// <param name="candidates">States to start from.</param>
    /// <param name="noise">Standard deviation of the noise on them; default 0.1.</param>
    /// <param name="trials">Trials of 100 steps; default 128.</param>
    /// <param name="seed">Seed of trials and candidates; default 7.</param>
    public static Portrait Of(string name, TrainedNetwork trained, FixedPointSearch search, int candidates, double noise = 0.1, int trials = 128, long seed = 7)
    {
        var network = trained.Network;
        var inputs = trained.Record.Recipe.Task.Sample(trials, steps: 100, seed).Inputs;
        var set = search.Run(network.Cell, Candidates.FromTrials(network.Cell, inputs, candidates, seed, noise),
            progress: LiveProgress.Solving(candidates), cancellation: Workbook.Stop);
        return new(name, network, network.Run(inputs), set, Linearisation.Of(network.Cell, set.Points));
    }

    /// <summary>The first three principal components of its fixed points, its trajectories, or both.</summary>
    /// <param name="of">Fitted to what; default the fixed points.</param>
    public Pca Pca(PcaOf of = PcaOf.Points) => Analysis.Pca.Fit(of, States, Points);

    /// <summary>Share of the fixed points' variance that lies on a grid: place = centre + sum over the first three channels of s d, with s = -1, 0 or +1 as the channel is read out, and the best d for each channel. NaN where the points do not determine three directions.</summary>
    public double OnGrid => Decisions?.Explained ?? double.NaN;

    /// <summary>Angles in degrees between the directions d of <see cref="OnGrid"/>, in the whole state space: channels 1 and 2, 1 and 3, 2 and 3; NaN where there are none.</summary>
    public double[] ChannelAngles => Decisions is { } fit
        ? [Vectors.Angle(fit.Directions[0], fit.Directions[1]), Vectors.Angle(fit.Directions[0], fit.Directions[2]), Vectors.Angle(fit.Directions[1], fit.Directions[2])]
        : [double.NaN, double.NaN, double.NaN];

    private DecisionGrid? Decisions => DecisionGrid.Fit(Points, Network, Points.Select(point => point.Point.State).ToMatrix(Network.Cell.StateSize));
}

/// <summary>How places of points move with the decisions of the first three channels, by least squares: place = centre + sum over channels of s d.</summary>
/// <param name="Directions">d of each channel, as long as half the way from one sign to the other.</param>
/// <param name="Explained">Share of the places' variance on the grid.</param>
internal sealed record DecisionGrid(double[][] Directions, double Explained)
{
    /// <summary>Fits the grid; null where there are fewer than three channels, or the decisions do not determine three directions.</summary>
    /// <param name="points">The points.</param>
    /// <param name="network">Their network.</param>
    /// <param name="places">Where they are, in whatever coordinates [M, D].</param>
    public static DecisionGrid? Fit(IReadOnlyList<Linearisation> points, Network network, double[,] places) =>
        network.Channels < 3 || points.Count < 4 ? null
            : Fit([.. PointFacts.Of(points, network).Select(point => point.Readout[..3].Select(sign => sign switch { '+' => 1.0, '-' => -1.0, _ => 0.0 }).ToArray())], places);

    /// <summary>Fits the grid to given decisions [M][3] of -1, 0 and +1.</summary>
    public static DecisionGrid? Fit(double[][] signs, double[,] places)
    {
        int count = signs.Length, dimensions = places.GetLength(1);
        var centred = signs.Select(row => row.ToArray()).ToArray();
        for (int k = 0; k < 3; k++)
        {
            double mean = signs.Average(row => row[k]);
            foreach (var row in centred) row[k] -= mean;
        }
        double[][] normal = [.. Enumerable.Range(0, 3).Select(j => Enumerable.Range(0, 3).Select(k => centred.Sum(row => row[j] * row[k])).ToArray())];
        double whole = Determinant(normal);
        if (!(Math.Abs(whole) > 1e-6)) return null;
        var directions = Enumerable.Range(0, 3).Select(_ => new double[dimensions]).ToArray();
        double total = 0, rest = 0;
        for (int axis = 0; axis < dimensions; axis++)
        {
            double mean = Enumerable.Range(0, count).Average(i => places[i, axis]);
            double[] right = [.. Enumerable.Range(0, 3).Select(j => Enumerable.Range(0, count).Sum(i => centred[i][j] * places[i, axis]))];
            // Cramer's rule.
            for (int k = 0; k < 3; k++)
                directions[k][axis] = Determinant([.. normal.Select((row, j) => row.Select((value, column) => column == k ? right[j] : value).ToArray())]) / whole;
            for (int i = 0; i < count; i++)
            {
                double off = places[i, axis] - mean, left = off - Enumerable.Range(0, 3).Sum(k => centred[i][k] * directions[k][axis]);
                (total, rest) = (total + off * off, rest + left * left);
            }
        }
        return new(directions, total > 0 ? 1 - rest / total : double.NaN);
    }

    internal static double Determinant(double[][] m) =>
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}
