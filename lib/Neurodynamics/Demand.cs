using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Neurodynamics;

/// <summary>Refuses a wrong argument in one sentence that names it.</summary>
internal static class Demand
{
    /// <summary>More values than these, 16 GB in float64, are a mistake and no wish.</summary>
    private const double MostValues = 1L << 31;

    /// <summary>Neither null nor, where it is a list, with an item that is null.</summary>
    public static void Given(object? value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(value, name);
        if (value is IReadOnlyCollection<object?> items && items.Contains(null))
            throw new ArgumentException($"An item of {name} is null.", name);
    }

    /// <summary>The same for several values, written as a tuple.</summary>
    public static void Given(ITuple values, [CallerArgumentExpression(nameof(values))] string names = "")
    {
        string[] each = names.Trim('(', ')').Split(", ");
        for (int i = 0; i < values.Length; i++) Given(values[i], each[i]);
    }

    /// <summary>A value that is not null, for an option.</summary>
    public static T Some<T>(T? value, string name)
    {
        Given(value, name);
        return value!;
    }

    /// <summary>One of the values that an enumeration declares.</summary>
    public static T Known<T>(T value, string name)
        where T : struct, Enum => Enum.IsDefined(value)
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, $"{name} is one of {string.Join(", ", Enum.GetNames<T>())}.");

    /// <summary>An array or a tensor of these lengths; -1 stands for any length.</summary>
    public static void Shape(
        object? value, ReadOnlySpan<int> expected, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        Given(value, name);
        long[] given = value is Array array
            ? [.. Enumerable.Range(0, array.Rank).Select(array.GetLongLength)]
            : ((Tensor)value!).shape;
        bool fits = given.Length == expected.Length;
        for (int i = 0; fits && i < given.Length; i++) fits = expected[i] < 0 || given[i] == expected[i];
        if (fits) return;
        string[] wanted = Array.ConvertAll(expected.ToArray(), length => length < 0 ? "any" : $"{length}");
        throw new ArgumentException(
            $"Expected {name} of shape [{string.Join(", ", wanted)}], but was given [{string.Join(", ", given)}].",
            name);
    }

    /// <summary>A place among some, counted from 0.</summary>
    public static void Index(int index, int count, [CallerArgumentExpression(nameof(index))] string name = "")
    {
        if (index < 0 || index >= count)
            throw new ArgumentOutOfRangeException(name, index, $"{name} counts from 0, and there are {count}.");
    }

    /// <summary>Sizes whose product is a number of values that memory can hold.</summary>
    public static void Room(params ReadOnlySpan<long> sizes)
    {
        double values = 1;
        foreach (long size in sizes) values *= size;
        if (values > MostValues)
            throw new ArgumentException(
                $"{string.Join(" x ", sizes.ToArray())} values are more than the 2^31 that are allowed: ask for less.");
    }
}
