using System.Globalization;
using Microsoft.Data.Analysis;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

public sealed class TableFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neurodynamics-").FullName;

    private readonly CultureInfo culture = CultureInfo.CurrentCulture;

    public void Dispose()
    {
        CultureInfo.CurrentCulture = culture;
        Directory.Delete(folder, recursive: true);
    }

    private string Path => System.IO.Path.Combine(folder, "table.csv");

    [Theory, InlineData("de-DE"), InlineData("en-US"), InlineData("ar-SA"), InlineData("")]
    public void Row_24_A_table_comes_back_to_the_last_bit_in_every_culture(string name)
    {
        CultureInfo.CurrentCulture = new(name);
        var table = new DataFrame(
            new PrimitiveDataFrameColumn<double>("q", [1.5e-13, -0.25, 0, -0.0, 20.7, double.NaN,
                double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, 0.1 + 0.2, 1e300, 3]),
            new PrimitiveDataFrameColumn<double>("whole", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.0]),
            new PrimitiveDataFrameColumn<int>(
                "steps", [289203891, -1, 0, 1, 2, 3, 4, 5, 6, 7, int.MaxValue, int.MinValue]),
            new PrimitiveDataFrameColumn<long>("updates, all", [289203891, 1L << 40, 0, 1, 2, 3, 4, 5, 6, 7, 8, -9]),
            new PrimitiveDataFrameColumn<bool>("real", Enumerable.Range(0, 12).Select(i => i % 3 == 0)),
            new StringDataFrameColumn("a \"text\"", ["+-+", "a, b", "say \"no\"", "two\nlines", "two\r\nlines", "",
                " space ", "1.5", "17", "true", "\u2212\u03bb", "\"\""]),
            new StringDataFrameColumn("digits", Enumerable.Range(0, 12).Select(i => $"{i}")));
        Tables.Save(table, Path);
        AssertSame(table, Tables.Load(Path));
        Assert.Contains("\n1.5E-13,1.0,289203891,289203891,true,\"+-+\",\"0\"\n-0.25,2.0,-1,", File.ReadAllText(Path),
            StringComparison.Ordinal);
        Assert.Equal([Path], Directory.GetFiles(folder));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void A_table_of_points_comes_back(int count)
    {
        CultureInfo.CurrentCulture = new("de-DE");
        var table = Tables.FixedPoints([.. Sample.Points.Take(count)], Sample.Network);
        Tables.Save(table, Path);
        var loaded = Tables.Load(Path);
        Assert.Equal(count, loaded.Rows.Count);
        if (count > 0) AssertSame(table, loaded);
        else Assert.Equal(table.Columns.Select(column => column.Name), loaded.Columns.Select(column => column.Name));
        Assert.Contains(table.Columns, column => column.Name == "marginal modes");
    }

    [Fact]
    public void Missing_values_stay_missing()
    {
        var table = new DataFrame(
            new PrimitiveDataFrameColumn<int>("attractor", [3, null, 5]),
            new PrimitiveDataFrameColumn<double>("radius", [null, 0.5, double.NaN]),
            new PrimitiveDataFrameColumn<bool>("certified", [null, true, false]),
            new StringDataFrameColumn("reason", ["", null!, "step limit"]));
        Tables.Save(table, Path);
        AssertSame(table, Tables.Load(Path));
        var single = new DataFrame(new PrimitiveDataFrameColumn<int>("attractor", [null, 3, null]));
        Tables.Save(single, Path);
        AssertSame(single, Tables.Load(Path));
    }

    [Fact]
    public void A_file_of_another_program_is_read()
    {
        File.WriteAllText(Path, "point,kind,q\r\n1,attractor,3\r\n2,saddle,1e-9\r\n");
        var table = Tables.Load(Path);
        Assert.Equal([typeof(int), typeof(string), typeof(double)], table.Columns.Select(column => column.DataType));
        Assert.Equal([2, "saddle", 1e-9], table.Rows[1]);
    }

    [Fact]
    public void What_cannot_be_saved_or_loaded_is_told_in_a_sentence_and_the_old_file_stays()
    {
        File.WriteAllText(Path, "old");
        var error = Assert.Throws<ArgumentException>(
            () => Tables.Save(new(new PrimitiveDataFrameColumn<float>("loss", [0.1f])), Path));
        Assert.Contains("\"loss\" is of Single", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Path));
        File.WriteAllText(Path, "");
        Assert.Contains(
            "is empty", Assert.Throws<InvalidDataException>(() => Tables.Load(Path)).Message, StringComparison.Ordinal);
    }

    private static void AssertSame(DataFrame expected, DataFrame actual)
    {
        Assert.Equal(expected.Columns.Select(column => (column.Name, column.DataType)),
            actual.Columns.Select(column => (column.Name, column.DataType)));
        Assert.Equal(expected.Rows.Count, actual.Rows.Count);
        for (int i = 0; i < expected.Columns.Count; i++)
            for (long row = 0; row < expected.Rows.Count; row++)
                Assert.Equal(Bits(expected.Columns[i][row]), Bits(actual.Columns[i][row]));

        static object? Bits(object? value) => value is double number ? BitConverter.DoubleToInt64Bits(number) : value;
    }
}
