using Microsoft.Data.Analysis;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per mode of some points, the unstable ones or the first few: what the point reads out, the eigenvalue, how
    /// well each input pushes the mode (|cos| between a column of B and the left vector), and how well each channel's
    /// readout sees it (|cos| between its row and the right vector). Of a complex pair one row.
    /// </summary>
    /// <param name="points">The points, fixed or slow.</param>
    /// <param name="network">The network.</param>
    /// <param name="first">
    /// How many modes of each point, largest |lambda| first; default those that are unstable, of some points none.
    /// </param>
    /// <exception cref="InvalidOperationException">The network has no readout.</exception>
    public static DataFrame Modes(IReadOnlyList<Linearisation> points, Network network, int? first = null)
    {
        network.RequireReadout();
        var facts = PointFacts.Of(points, network);
        return Table.Of(facts.SelectMany(point =>
            {
                var line = point.Linearisation;
                var (pushed, seen) = (line.InputAlignment(), line.ReadoutAlignment(network));
                return line.Modes.Index().Where(mode => mode.Item.Eigenvalue.Imaginary >= 0
                        && (first is { } count ? mode.Index < count : mode.Item.IsUnstable))
                    .Select(mode => (point.Readout, mode.Index, mode.Item.Eigenvalue, Pushed: pushed, Seen: seen));
            }))
            .Assuming(network.Cell.Unchecked)
            .Column("point reads out", row => row.Readout)
            .Column("eigenvalue", row => Wording.Of(row.Eigenvalue))
            .Each(Enumerable.Range(0, network.Cell.InputSize), (table, k) =>
                table.Column($"pushed by input {k + 1}", row => row.Pushed[row.Index, k]))
            .Each(Enumerable.Range(0, network.Channels), (table, k) =>
                table.Column($"seen by readout {k + 1}", row => row.Seen[row.Index, k]));
    }
}
