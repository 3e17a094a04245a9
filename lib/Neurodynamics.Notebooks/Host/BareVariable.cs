using System.Collections;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;
using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.FixedPoints;
using static TorchSharp.torch;

namespace Neurodynamics.Notebooks;

/// <summary>
/// A result as the last value of a cell: a sentence that says what it is, and a small table of what it holds, however
/// large it is. Every type of the library has this; a few have a table of their own.
/// </summary>
internal static class BareVariable
{
    private const int Rows = 12, Columns = 8, Letters = 120, LettersOfCell = 40;

    /// <summary>Arrays of states and other numbers.</summary>
    private static readonly Type[] Arrays =
    [
        typeof(double[]), typeof(double[,]), typeof(double[,,]), typeof(double[][]), typeof(Complex[]), typeof(int[]),
        typeof(bool[]), typeof(string[]), typeof(IEnumerable<double>), typeof(IEnumerable<double[]>),
        typeof(IEnumerable<double[,]>),
    ];

    /// <summary>Every public type of both libraries that a variable can hold.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. new[] { typeof(FixedPointSet).Assembly, typeof(BareVariable).Assembly }
            .SelectMany(library => library.GetExportedTypes())
            .Where(type => !type.IsEnum && !type.IsInterface && !(type.IsAbstract && type.IsSealed)
                && !type.IsSubclassOf(typeof(Delegate)) && !type.IsSubclassOf(typeof(Exception)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    /// <summary>Registers them all, and lists of them.</summary>
    public static void Show(INotebookHost host)
    {
        foreach (var type in Arrays.Concat(Types.SelectMany(
            type => new[] { type, typeof(IEnumerable<>).MakeGenericType(type) })))
            host.Show(type, Html, Plain, both: true);
    }

    private static string Html(object value)
    {
        string html = $"<p>{WebUtility.HtmlEncode(Sentence(value))}</p>\n";
        if (TableOf(value) is var (table, of)) html += TableText.Html(table, Rows, of);
        return value is FixedPointSet set && Picture(set) is { } picture ? $"{html}\n{picture}" : html;
    }

    private static string Plain(object value) => TableOf(value) is var (table, of)
        ? $"{Sentence(value)}\n{TableText.Plain(table, Rows, of)}" : Sentence(value);

    private static string Sentence(object value) => value switch
    {
        Claims or nn.Module => value.ToString()!,
        IEnumerable many => InWords.ShapeOf(many),
        _ => value.ToString()!,
    };

    /// <summary>A table, which may end after the rows that are shown, and how many there are; or null.</summary>
    private static (DataFrame Table, long? Of)? TableOf(object value) => value switch
    {
        FixedPointSet set => (Tables.Found([.. set.Points, .. set.SlowPoints, .. set.Unreachable]), null),
        IEnumerable<Linearisation> points => (Tables.FixedPoints([.. points]), null),
        IEnumerable<StatePoint> points => (Tables.Found([.. points]), null),
        Linearisation point => (Modes(point.Modes), null),
        IEnumerable<Mode> modes => (Modes([.. modes]), null),
        Claims claims => (claims.Show(), null),
        nn.Module module => (Weights(module), null),
        Array { Rank: > 1 } numbers => Slices(numbers),
        IEnumerable many => Items([.. many.Cast<object?>()]),
        _ => Held(value),
    };

    /// <summary>What a search found, drawn in the components of its own states.</summary>
    private static string? Picture(FixedPointSet set)
    {
        double[][] states = [.. set.Points.Select(point => point.State),
            .. (set.Continua ?? []).SelectMany(continuum => continuum.States)];
        states = [.. states.Where(state => state.All(double.IsFinite))];
        return states.Length == 0 ? null : ChartHtml.Of(Figures.Found(set, Pca.Fit(states.ToMatrix(states[0].Length))));
    }

    private static DataFrame Modes(IReadOnlyList<Mode> modes) => Table.Of(modes.Index())
        .Column("mode", mode => mode.Index + 1)
        .Column("eigenvalue", mode => Wording.Of(mode.Item.Eigenvalue))
        .Column("|\u03bb|", mode => mode.Item.Eigenvalue.Magnitude)
        .Column("time constant, steps", mode => mode.Item.TimeConstant)
        .Column("turns per step", mode => mode.Item.Frequency)
        .Column("condition", mode => mode.Item.Condition);

    private static DataFrame Weights(nn.Module module) => Table.Of(module.named_parameters())
        .Column("weights", one => one.name)
        .Column("values", one => InWords.Part(one.parameter, Letters))
        .Column("precision", one => one.parameter.IsInvalid ? "" : one.parameter.dtype.ToString());

    /// <summary>A row per property: its name and its value, or of what type and shape that is.</summary>
    private static (DataFrame Table, long? Of)? Held(object value)
    {
        var held = Properties(value.GetType()).Select(property => (property.Name, Value: ValueOf(property, value)))
            .Where(one => one.Value is not null).ToArray();
        return held.Length == 0 ? null : (Table.Of(held)
            .Column("holds", one => InWords.Spaced(one.Name))
            .Column("value", one => InWords.Part(one.Value, Letters, values: true)), null);
    }

    /// <summary>A row per item: its properties where these are few, otherwise what it is in words.</summary>
    private static (DataFrame Table, long? Of) Items(object?[] items)
    {
        object?[] shown = [.. items.Take(Rows)];
        Type?[] kinds = [.. shown.Select(item => item?.GetType()).Distinct()];
        PropertyInfo[] properties = kinds is [{ } kind] && Types.Contains(kind) ? [.. Properties(kind)] : [];
        var table = Table.Of(shown.Index()).Column("item", one => one.Index + 1);
        return (properties.Length is 0 or > Columns
            ? table.Column("value", one => InWords.Part(one.Item, Letters, values: true))
            : table.Each(properties, (columns, property) => columns.Column(
                InWords.Spaced(property.Name), one => InWords.Part(ValueOf(property, one.Item!), LettersOfCell))),
            items.Length);
    }

    /// <summary>A row per row of a matrix; of more dimensions, per row of the first matrices.</summary>
    private static (DataFrame Table, long? Of) Slices(Array numbers)
    {
        int[] lengths = [.. Enumerable.Range(0, numbers.Rank).Select(numbers.GetLength)];
        long rows = lengths[..^1].Aggregate(1L, (all, length) => all * length);
        return (Table.Of(Enumerable.Range(0, (int)Math.Min(Rows, rows)))
            .Column("row", row => string.Join(", ", Place(row)))
            .Each(Enumerable.Range(0, Math.Min(Columns, lengths[^1])), (table, column) =>
                table.Column($"{column}", row => Convert.ToDouble(
                    numbers.GetValue([.. Place(row), column]), CultureInfo.InvariantCulture)))
            .When(Columns < lengths[^1], table => table.Column($"... {lengths[^1] - 1}", _ => "...")), rows);

        int[] Place(int row)
        {
            int[] place = new int[lengths.Length - 1];
            for (int axis = place.Length - 1; axis >= 0; row /= lengths[axis--]) place[axis] = row % lengths[axis];
            return place;
        }
    }

    /// <summary>The library's own public properties, without those that compute more than a number or a word.</summary>
    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0
                && property.DeclaringType!.Assembly.GetName().Name!.StartsWith(nameof(Neurodynamics),
                    StringComparison.Ordinal)
                && (InWords.IsStored(property) || IsSmall(property.PropertyType)));

    private static bool IsSmall(Type type) =>
        Nullable.GetUnderlyingType(type) is { } value ? IsSmall(value)
            : type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Complex);

    /// <summary>Its value; null where it has none to give.</summary>
    private static object? ValueOf(PropertyInfo property, object of)
    {
        try
        {
            return property.GetValue(of) is var value and not Delegate ? value : null;
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }
}
