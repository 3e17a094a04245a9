using System.Globalization;
using Microsoft.Data.Analysis;
using nietras.SeparatedValues;

namespace Neurodynamics.Notebooks;

/// <summary>
/// A DataFrame as a CSV file (RFC 4180, UTF-8) that says of which kind each value is: text stands in quotes, integers
/// without a decimal point, doubles with one or with an exponent, and what is missing is empty. The same in every
/// culture.
/// </summary>
/// <remarks>
/// Microsoft.Data.Analysis' own reader takes every number for a float of 24 bits unless it is told the type of every
/// column.
/// </remarks>
internal static class TableFile
{
    public static void Write(DataFrame table, Stream stream)
    {
        foreach (var column in table.Columns)
            if (column is not (StringDataFrameColumn or PrimitiveDataFrameColumn<bool> or PrimitiveDataFrameColumn<int>
                or PrimitiveDataFrameColumn<long> or PrimitiveDataFrameColumn<double>))
                throw new ArgumentException(
                    $"A table's file holds text, bool, int, long and double, but column \"{column.Name}\" is of "
                    + $"{column.DataType.Name}: convert it first.", nameof(table));
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(string.Join(',', table.Columns.Select(column => Quoted(column.Name))));
        for (long row = 0; row < table.Rows.Count; row++)
            writer.WriteLine(string.Join(',', table.Columns.Select(column => Written(column[row]))));
    }

    public static DataFrame Read(string path)
    {
        // Quotes are kept: they tell text from numbers.
        using var reader = Sep.New(',').Reader(options => options with { HasHeader = false, Unescape = false })
            .FromFile(path);
        List<string>[]? columns = null;
        foreach (var row in reader)
        {
            columns ??= [.. Enumerable.Range(0, row.ColCount).Select(_ => new List<string>())];
            for (int i = 0; i < columns.Length; i++) columns[i].Add(row[i].ToString());
        }
        return new((columns ?? throw new InvalidDataException(
            $"{path} is empty: a table's file has at least a line of column names."))
                .Select(column => Column(Unquoted(column[0])!, column[1..])));
    }

    private static DataFrameColumn Column(string name, List<string> values)
    {
        string[] present = [.. values.Where(value => value.Length > 0)];
        if (present.Length == 0) return Text();
        if (present.All(value => value is "true" or "false")) return new PrimitiveDataFrameColumn<bool>(
            name, values.Select(value => value.Length == 0 ? (bool?)null : value == "true"));
        if (present.All(
            value => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
            return new PrimitiveDataFrameColumn<int>(name, values.Select(
                value => value.Length == 0 ? (int?)null : int.Parse(value, CultureInfo.InvariantCulture)));
        if (present.All(
            value => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)))
            return new PrimitiveDataFrameColumn<long>(name, values.Select(
                value => value.Length == 0 ? (long?)null : long.Parse(value, CultureInfo.InvariantCulture)));
        if (present.All(value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
            return new PrimitiveDataFrameColumn<double>(name, values.Select(value => value.Length == 0
                ? (double?)null
                : double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture)));
        return Text();

        DataFrameColumn Text() => new StringDataFrameColumn(name, values.Select(Unquoted));
    }

    private static string Written(object? value) => value switch
    {
        null => "",
        string text => Quoted(text),
        bool flag => flag ? "true" : "false",
        double number => Written(number.ToString("R", CultureInfo.InvariantCulture)),
        _ => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
    };

    /// <summary>A whole double with the point that an integer has not.</summary>
    private static string Written(string number) =>
        number.Any(letter => letter is not ('-' or (>= '0' and <= '9'))) ? number : number + ".0";

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string? Unquoted(string value) =>
        value.Length == 0 ? null : value.Length > 1 && value[0] == '"' && value[^1] == '"'
            ? value[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
            : value;
}
