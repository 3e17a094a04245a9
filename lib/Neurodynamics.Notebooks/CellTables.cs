using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.Models;
using Neurodynamics.Tasks;
using Neurodynamics.Training;

namespace Neurodynamics.Notebooks;

/// <summary>Tables about cells and their gates.</summary>
public static class CellTables
{
    /// <summary>
    /// A row per gate of each network: its mean over all units at the steps with a pulse and at those without, and the share of all its values that are nearly shut (below 0.1) and
    /// nearly open (above 0.9). Over the first trials.
    /// </summary>
    /// <param name="networks">Of the library's cells.</param>
    /// <param name="trials">The trials; a step with any input that is not 0 has a pulse.</param>
    /// <param name="count">How many of the trials; default 8.</param>
    public static DataFrame Gates(IReadOnlyList<Network> networks, Trials trials, int count = 8)
    {
        var rows = networks.SelectMany(network => Enumerable.Range(0, Math.Min(count, trials.Count))
                .SelectMany(trial => GateTrace.Of(network.Cell, trials.Inputs, trial).SelectMany(gate => Values(gate, trials, trial).Select(value => (gate.Name, value.Pulse, value.Value))))
                .GroupBy(value => value.Name).Select(gate => (Cell: network.Cell.Title, Gate: gate.Key, Values: gate.ToArray())))
            .ToArray();
        return new(
            new StringDataFrameColumn("cell", rows.Select(row => row.Cell)),
            new StringDataFrameColumn("gate", rows.Select(row => row.Gate)),
            new PrimitiveDataFrameColumn<double>("mean at pulses", rows.Select(row => row.Values.Where(value => value.Pulse).Select(value => value.Value).DefaultIfEmpty(double.NaN).Average())),
            new PrimitiveDataFrameColumn<double>("mean in silence", rows.Select(row => row.Values.Where(value => !value.Pulse).Select(value => value.Value).DefaultIfEmpty(double.NaN).Average())),
            new PrimitiveDataFrameColumn<double>("share nearly shut", rows.Select(row => row.Values.Average(value => value.Value < 0.1 ? 1.0 : 0))),
            new PrimitiveDataFrameColumn<double>("share nearly open", rows.Select(row => row.Values.Average(value => value.Value > 0.9 ? 1.0 : 0))));
    }

    /// <summary>A row per network: cell, units, updates, accuracy on trials set aside with its 95 % confidence interval.</summary>
    /// <param name="networks">Trained networks.</param>
    public static DataFrame Accuracies(IReadOnlyList<TrainedNetwork> networks) => new(
        new StringDataFrameColumn("cell", networks.Select(trained => trained.Network.Cell.Title)),
        new PrimitiveDataFrameColumn<int>("units", networks.Select(trained => trained.Network.Cell.Units)),
        new PrimitiveDataFrameColumn<int>("updates", networks.Select(trained => trained.Record.Updates)),
        new PrimitiveDataFrameColumn<double>("accuracy", networks.Select(trained => trained.Record.Test.Mean)),
        new PrimitiveDataFrameColumn<double>("low", networks.Select(trained => trained.Record.Test.Low)),
        new PrimitiveDataFrameColumn<double>("high", networks.Select(trained => trained.Record.Test.High)));

    private static IEnumerable<(bool Pulse, double Value)> Values(GateTrace gate, Trials trials, int trial) =>
        from step in Enumerable.Range(0, trials.Steps)
        let pulse = Enumerable.Range(0, trials.Channels).Any(channel => trials.Inputs[trial, step, channel] != 0)
        from unit in Enumerable.Range(0, gate.Values.GetLength(1))
        select (pulse, gate.Values[step, unit]);
}
