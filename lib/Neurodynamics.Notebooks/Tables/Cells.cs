using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Tasks;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per gate of each network: its mean over all units at the steps with a pulse and at those without, and the
    /// share of all its values that are nearly shut (below 0.1) and nearly open (above 0.9). Over the first trials.
    /// </summary>
    /// <param name="networks">Of cells with gates.</param>
    /// <param name="trials">The trials; a step with any input that is not 0 has a pulse.</param>
    /// <param name="count">How many of the trials; default 8.</param>
    /// <param name="start">The state before the first step, S values; default each cell's own, zeros for most.</param>
    public static DataFrame Gates(
        IReadOnlyList<Network> networks, Trials trials, int count = 8, double[]? start = null) =>
        Table.Of(networks.SelectMany(
            network => GateUse.Of(network.Cell, trials, count, start), (network, use) => (network.Cell, Use: use)))
            .Assuming(networks.Select(network => network.Cell.Unchecked))
            .Column("cell", row => row.Cell.Title)
            .Column("gate", row => row.Use.Gate)
            .Column("mean at pulses", row => row.Use.AtPulses)
            .Column("mean in silence", row => row.Use.InSilence)
            .Column("share nearly shut", row => row.Use.NearlyShut)
            .Column("share nearly open", row => row.Use.NearlyOpen);
}
