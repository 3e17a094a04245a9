using System.Globalization;
using System.Numerics;
using System.Text;

namespace Neurodynamics.Import;

/// <summary>A class or function that a pickle names. Nothing here has one.</summary>
internal sealed class PickledName(string module, string name)
{
    private readonly string full = $"{module}.{name}";

    /// <summary>Whether it makes a plain dictionary when it is called with nothing.</summary>
    public bool IsDictionary { get; } =
        (module, name) is ("collections", "OrderedDict") or ("builtins" or "__builtin__", "dict");

    public string Name => name;

    public override string ToString() => full;
}

/// <summary>A dictionary of a pickle, in its order.</summary>
internal sealed class PickledDictionary
{
    private OrderedDictionary<(bool IsText, string Text), object?>? entries;

    /// <summary>The entries, each by its key as text.</summary>
    public IEnumerable<(string Key, object? Value)> Entries =>
        entries?.Select(entry => (entry.Key.Text, entry.Value)) ?? [];

    /// <summary>The value of a key that is text; null where there is none.</summary>
    public object? this[string key] => entries?.GetValueOrDefault((true, key));

    public bool Has(string key) => entries?.ContainsKey((true, key)) == true;

    /// <exception cref="InvalidDataException">The key is too long.</exception>
    public void Set(object? key, object? value)
    {
        string text = TextOf(key);
        if (text.Length > Limits.PickledName)
            throw new InvalidDataException($"a key in its pickle has {text.Length} characters");
        (entries ??= [])[(key is string, text)] = value;
    }

    private static string TextOf(object? key) => key switch
    {
        string text => text,
        null => "None",
        bool or long or double or BigInteger => Convert.ToString(key, CultureInfo.InvariantCulture)!,
        PickledName name => name.ToString(),
        _ => "an object",
    };
}

/// <summary>
/// What a pickle makes of a class or function and arguments, as data: nothing is called. A list or dictionary of a
/// class of its own has items or entries, and an object has a state.
/// </summary>
/// <param name="maker">The class or function.</param>
/// <param name="arguments">What it would be called with.</param>
internal sealed class PickledObject(object? maker, object? arguments)
{
    /// <summary>The class or function as "module.name".</summary>
    public string Maker => ((maker, Arguments) switch
    {
        // What the oldest protocols write for an object of a class.
        (PickledName { Name: "_reconstructor" }, [PickledName first, ..]) => first,
        _ => maker,
    })?.ToString() ?? "";

    public object?[] Arguments => arguments as object?[] ?? [];

    public object? State { get; set; }

    public List<object?>? Items { get; set; }

    public PickledDictionary? Entries { get; set; }

    /// <summary>The attributes of an object, with those of its slots.</summary>
    public IEnumerable<(string Name, object? Value)> Attributes => State switch
    {
        PickledDictionary attributes => attributes.Entries,
        object?[] and [var attributes, PickledDictionary slots] when attributes is null or PickledDictionary =>
            ((attributes as PickledDictionary)?.Entries ?? []).Concat(slots.Entries),
        _ => [],
    };

    /// <summary>Bytes, also as old protocols write them; null where it is something else.</summary>
    public static ReadOnlyMemory<byte>? BytesOf(object? value) => value switch
    {
        ReadOnlyMemory<byte> all => all,
        string text => Encoding.Latin1.GetBytes(text),
        PickledObject { Maker: "_codecs.encode" or "builtins.bytearray", Arguments: [string text, ..] } =>
            Encoding.Latin1.GetBytes(text),
        PickledObject { Maker: "builtins.bytearray", Arguments: [ReadOnlyMemory<byte> all] } => all,
        _ => null,
    };
}
