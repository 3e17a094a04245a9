using System.Globalization;
using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>
    /// A row per tolerance: how many ends are accepted, how many of the fixed points of each saddle index they are at,
    /// and how many of them are at none.
    /// </summary>
    /// <param name="accepted">What each tolerance accepts, of one search.</param>
    public static DataFrame Accepted(IReadOnlyList<AcceptedEnds> accepted)
    {
        var indices = accepted.SelectMany(one => one.Points).Select(point => point.UnstableModes).Distinct().Order();
        return Table.Of(accepted).Assuming(accepted.SelectMany(one => one.Points).Select(point => point.Unchecked))
            .Column("q at most", one => one.Tolerance.ToString("0e+0", CultureInfo.InvariantCulture))
            .Column("candidates accepted", one => one.Candidates.Count)
            .Column("at no fixed point", one => one.Elsewhere)
            .Each(indices, (table, index) => table.Column(
                index == 0 ? "attractors seen" : $"saddles with {index} unstable seen",
                one => $"{one.Reached(index)} of {one.Points.Count(point => point.UnstableModes == index)}"));
    }
}
