using Neurodynamics.Models;
using Neurodynamics.Tasks;

namespace Neurodynamics.Analysis;

/// <summary>Decisions that two runs through the same trials make, over all targets that count.</summary>
/// <param name="First">Share of the first run's decisions that are right.</param>
/// <param name="Second">Share of the second run's.</param>
/// <param name="Alike">Share in which both decide alike.</param>
public sealed record Agreement(double First, double Second, double Alike) : Described
{
    /// <summary>Compares what a network reads out of two runs.</summary>
    /// <param name="network">The network whose readout decides.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="first">States of one run through them [B, T, S], such as the network's own.</param>
    /// <param name="second">States of the other, such as that of <see cref="LocalLinear"/>.</param>
    public static Agreement Of(Network network, Trials trials, double[,,] first, double[,,] second)
    {
        Demand.Given((network, trials));
        network.RequireReadout();
        Demand.Shape(trials.Targets, [-1, -1, network.Channels], nameof(trials));
        Demand.Shape(first, [trials.Count, trials.Steps, network.Cell.StateSize]);
        Demand.Shape(second, [trials.Count, trials.Steps, network.Cell.StateSize]);
        var (one, other) = (network.Logits(first.Rows()), network.Logits(second.Rows()));
        int counted = 0, right = 0, otherRight = 0, alike = 0;
        foreach (var (trial, step, channel) in trials.Decided())
        {
            int row = trial * trials.Steps + step;
            bool target = trials.Targets[trial, step, channel] > 0.5;
            bool a = one[row, channel] > 0, b = other[row, channel] > 0;
            counted++;
            if (a == target) right++;
            if (b == target) otherRight++;
            if (a == b) alike++;
        }
        return new((double)right / counted, (double)otherRight / counted, (double)alike / counted);
    }
}
