using Microsoft.Data.Analysis;
using Neurodynamics.Models;

namespace Neurodynamics.Notebooks;

/// <summary>A table in the making: a row per thing, and columns with a name and a value of each thing.</summary>
/// <remarks>It turns into a DataFrame where one is expected. A missing value is null.</remarks>
internal sealed class Table<T>(IReadOnlyList<T> rows)
{
    private readonly List<DataFrameColumn> columns = [];
    private string? caption;

    public Table<T> Column(string name, Func<T, string?> value) =>
        With(new StringDataFrameColumn(name, rows.Select(value)));

    public Table<T> Column(string name, Func<T, int> value) =>
        With(new PrimitiveDataFrameColumn<int>(name, rows.Select(value)));

    public Table<T> Column(string name, Func<T, int?> value) =>
        With(new PrimitiveDataFrameColumn<int>(name, rows.Select(value)));

    public Table<T> Column(string name, Func<T, double> value) =>
        With(new PrimitiveDataFrameColumn<double>(name, rows.Select(value)));

    public Table<T> Column(string name, Func<T, double?> value) =>
        With(new PrimitiveDataFrameColumn<double>(name, rows.Select(value)));

    /// <summary>Columns for each of some items, such as the channels.</summary>
    public Table<T> Each<TItem>(IEnumerable<TItem> items, Func<Table<T>, TItem, Table<T>> add) =>
        items.Aggregate(this, add);

    /// <summary>Columns that only some tables have.</summary>
    public Table<T> When(bool wanted, Func<Table<T>, Table<T>> add) => wanted ? add(this) : this;

    /// <summary>Says above the table what is not checked of the networks that it is about.</summary>
    public Table<T> Assuming(params IEnumerable<string?> assumed)
    {
        caption = Form.NotChecked(assumed);
        return this;
    }

    public static implicit operator DataFrame(Table<T> table)
    {
        var frame = new DataFrame(table.columns);
        if (table.caption is { } line) TableText.Captions.Add(frame, line);
        return frame;
    }

    private Table<T> With(DataFrameColumn column)
    {
        columns.Add(column);
        return this;
    }
}

/// <summary>Begins tables.</summary>
internal static class Table
{
    /// <summary>A table with a row for each thing, without columns yet.</summary>
    public static Table<T> Of<T>(IEnumerable<T> rows) => new([.. rows]);
}
