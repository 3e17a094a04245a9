namespace Neurodynamics.Sweeps;

/// <summary>
/// What a sweep measures on every network: it fills a column of the rows. A new one is one file, with its column as a
/// further part of <see cref="SweepRow"/>, and is found by its type. Make its column nullable: rows that were made
/// before then lack it.
/// </summary>
internal abstract class Statistic
{
    /// <summary>The column's name in a sweep file.</summary>
    public abstract string Column { get; }

    /// <summary>
    /// Whether a row has the column. A column that was added later is missing in rows that were made before: these are
    /// made again.
    /// </summary>
    public abstract bool IsIn(SweepRow row);

    /// <summary>The row with this column filled.</summary>
    public abstract SweepRow Into(SweepRow row, MeasuredNetwork network);
}
