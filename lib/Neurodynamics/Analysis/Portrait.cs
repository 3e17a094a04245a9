using Neurodynamics.Dynamics;
using Neurodynamics.FixedPoints;
using Neurodynamics.Models;

namespace Neurodynamics.Analysis;

/// <summary>
/// What networks are compared by: the states of their trials, and their fixed points under a constant input.
/// </summary>
/// <param name="Name">The network's name in figures and tables.</param>
/// <param name="Network">The network.</param>
/// <param name="States">Its states in trials [B, T, S].</param>
/// <param name="Set">What the search found.</param>
/// <param name="Points">The fixed points, linearised.</param>
public sealed record Portrait(
    string Name, Network Network, double[,,] States, FixedPointSet Set, IReadOnlyList<Linearisation> Points) : Described
{
    /// <summary>Runs trials and looks for fixed points at zero input, from states of these trials.</summary>
    /// <param name="name">The network's name in figures and tables.</param>
    /// <param name="network">The network.</param>
    /// <param name="inputs">The trials' inputs [B, T, I].</param>
    /// <param name="search">How to look.</param>
    /// <param name="candidates">How many states to start from.</param>
    /// <param name="noise">Standard deviation of the noise on them; default 0.1.</param>
    /// <param name="seed">Seed of the candidates; default 7.</param>
    /// <param name="start">The state before the first step, S values; default the cell's own, zeros for most.</param>
    /// <param name="progress">Told how many candidates have ended.</param>
    /// <param name="cancellation">Stops it with an exception.</param>
    public static Portrait Of(
        string name, Network network, double[,,] inputs, FixedPointSearch search, int candidates, double noise = 0.1,
            long seed = 7, double[]? start = null,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        Demand.Given((network, inputs, search));
        double[,] starts = Candidates.FromTrials(network.Cell, inputs, candidates, seed, noise, start: start);
        var set = search.Run(network.Cell, starts, progress: progress, cancellation: cancellation);
        var points = Linearisation.Of(network.Cell, set.Points, cancellation: cancellation);
        return new(name, network, network.Run(inputs, start), set, points);
    }

    /// <summary>The first three principal components of its fixed points, its trajectories, or both.</summary>
    /// <param name="of">What they are fitted to; default the fixed points.</param>
    public Pca Pca(PcaOf of = PcaOf.Points) => Analysis.Pca.Fit(of, States, Points);

    /// <summary>
    /// Share of the fixed points' variance on the grid of decisions; NaN where the points do not determine one.
    /// </summary>
    public double OnGrid => Grid?.Explained ?? double.NaN;

    /// <summary>
    /// Angles between the grid's directions in degrees: channels 1 and 2, 1 and 3, 2 and 3; NaN without a grid.
    /// </summary>
    public double[] ChannelAngles => Grid?.Angles ?? [double.NaN, double.NaN, double.NaN];

    private DecisionGrid? Grid => DecisionGrid.Fit(Points, Network);
}
