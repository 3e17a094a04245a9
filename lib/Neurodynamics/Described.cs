using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Neurodynamics;

/// <summary>
/// A result or an option that says what it is in a line, in a debugger and as text: its type and what it holds, and of
/// arrays their type and shape.
/// </summary>
public abstract record Described
{
    /// <summary>Such as "Retention: right double[3], moved double[3], bits 3".</summary>
    public sealed override string ToString() => InWords.Of(this);
}

/// <summary>Things in a line for readers, the same in every culture.</summary>
internal static class InWords
{
    private const int FewValues = 5, LongestPart = 80, Longest = 300;

    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(bool)] = "bool",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(string)] = "string",
    };

    /// <summary>Its type and what it holds.</summary>
    public static string Of(object thing)
    {
        var type = thing.GetType();
        string held = string.Join(", ", type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => IsStored(property) && property.CanRead)
            .Select(property => (property.Name, Value: property.GetValue(thing)))
            .Where(one => one.Value is not (null or Delegate))
            .Select(one => $"{Spaced(one.Name)} {Part(one.Value, LongestPart)}"));
        string name = Title(type);
        return held.Length == 0 ? name : Cut($"{name}: {held}", Longest);
    }

    /// <summary>A value inside a line: a number, a word, or the type and shape of what has many.</summary>
    /// <param name="value">The value.</param>
    /// <param name="most">Letters at most.</param>
    /// <param name="values">Whether the first few values of an array follow.</param>
    public static string Part(object? value, int most, bool values = false) => value switch
    {
        null => "none",
        string text => Cut(text, most),
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        Complex number => number.Imaginary == 0 ? Part(number.Real, most)
            : $"{Part(number.Real, most)} {(number.Imaginary < 0 ? "-" : "+")} "
                + $"{Part(Math.Abs(number.Imaginary), most)}i",
        Tensor tensor => tensor.IsInvalid ? "disposed tensor" : $"tensor [{string.Join(", ", tensor.shape)}]",
        Delegate => "a function",
        IEnumerable many => Many(many, most, values),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        ITuple tuple => Cut($"({string.Join(", ", Enumerable.Range(0, tuple.Length)
            .Select(i => Part(tuple[i], most)))})", most),
        // What says nothing of itself says its type.
        _ => value.ToString() is { } text && text != value.GetType().ToString() ? Cut(text, most)
            : NameOf(value.GetType()),
    };

    /// <summary>A type as C# writes it, without its namespace.</summary>
    public static string NameOf(Type type)
    {
        if (type.IsArray) return $"{NameOf(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } value) return $"{NameOf(value)}?";
        if (Names.TryGetValue(type, out string? name)) return name;
        return type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
            : type.Name;
    }

    /// <summary>A type's name as a sentence begins, such as "Fixed point".</summary>
    public static string Title(Type type) => Capital(Spaced(NameOf(type)));

    /// <summary>A name of several words as words, such as "saddle index".</summary>
    public static string Spaced(string name) => string.Concat(name.Select((letter, i) =>
        (i > 0 && char.IsUpper(letter) && !char.IsUpper(name[i - 1]) ? " " : "")
        + (i + 1 < name.Length && char.IsUpper(name[i + 1]) ? letter : char.ToLowerInvariant(letter))));

    /// <summary>Type and shape of what has many values, such as "double[27, 100]" or "FixedPoint[27]".</summary>
    public static string ShapeOf(IEnumerable many)
    {
        var type = many.GetType();
        if (type.IsArray && type.GetElementType() is { } inner)
        {
            string lengths = string.Join(
                ", ", Enumerable.Range(0, type.GetArrayRank()).Select(((Array)many).GetLength));
            // A jagged array's own length comes first.
            int bracket = NameOf(inner).IndexOf('[', StringComparison.Ordinal);
            return bracket < 0 ? $"{NameOf(inner)}[{lengths}]" : NameOf(inner).Insert(bracket, $"[{lengths}]");
        }
        var item = type.GetInterfaces().FirstOrDefault(one => one.IsGenericType
            && one.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
        // What is not counted may go on without an end.
        int? count = many is ICollection all ? all.Count : type.GetProperty("Count")?.GetValue(many) as int?;
        return $"{(item is null ? "object" : NameOf(item))}[{count}]";
    }

    private static string Many(IEnumerable many, int most, bool values)
    {
        object?[] first = [.. many.Cast<object?>().Take(FewValues + 1)];
        bool plain = first.All(item => item is double or int or long or bool or string or Complex or Enum or null);
        if (many is IDictionary map)
            return Cut(string.Join(", ", map.Keys.Cast<object>().Take(FewValues)
                .Select(key => $"{Part(key, most)}: {Part(map[key], most)}"))
                + (map.Count > FewValues ? ", ..." : ""), most);
        if (!values || !plain || first.Length == 0) return ShapeOf(many);
        string told = string.Join(", ", first.Take(FewValues).Select(item => Part(item, most)));
        return Cut($"{ShapeOf(many)}: {told}{(first.Length > FewValues ? ", ..." : "")}", most);
    }

    /// <summary>Whether a property holds its value and does not compute it.</summary>
    public static bool IsStored(PropertyInfo property) => property.GetIndexParameters().Length == 0
        && property.DeclaringType!.GetField($"<{property.Name}>k__BackingField",
            BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 3)] + "...";

    /// <summary>Words as a sentence begins.</summary>
    public static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
