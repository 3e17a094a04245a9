using Microsoft.Data.Analysis;

namespace Neurodynamics.Notebooks;

/// <summary>
/// The workbook's tables. Each is a DataFrame with exact values. As the last value of a cell it is shown rounded, with
/// the exact digits of each value in its tooltip.
/// </summary>
public static partial class Tables
{
    /// <summary>
    /// Saves a table as CSV, whole or not at all. <see cref="Load"/> gives every value back to the last bit, in every
    /// culture: text is in quotes, integers have no decimal point, doubles have one or an exponent, and missing values
    /// are empty.
    /// </summary>
    /// <param name="table">Of text, bool, int, long and double.</param>
    /// <param name="path">The file; replaced if it exists.</param>
    public static void Save(DataFrame table, string path) =>
        WholeFile.Write(path, stream => TableFile.Write(table, stream));

    /// <summary>
    /// Loads a table that <see cref="Save"/> wrote, or any CSV with commas, decimal points and a line of column names.
    /// A column takes the first type that fits all its values: bool, int, long, double, text. A column without any
    /// value is text.
    /// </summary>
    public static DataFrame Load(string path) => TableFile.Read(path);
}
