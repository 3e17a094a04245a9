using Microsoft.Data.Analysis;

namespace Neurodynamics.Notebooks;

public static partial class Tables
{
    /// <summary>A row per verdict: how many claims have it, and in which notebooks.</summary>
    /// <param name="claims">The table of <see cref="Claims"/>.</param>
    public static DataFrame Verdicts(DataFrame claims) => Table.Of(claims.Rows
            .GroupBy(row => row["verdict"].ToString()!)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal))
        .Column("verdict", group => group.Key)
        .Column("claims", group => group.Count())
        .Column("notebooks", group => string.Join(", ", group
            .Select(row => row["notebook"].ToString()![..2]).Distinct().Order(StringComparer.Ordinal)));
}
