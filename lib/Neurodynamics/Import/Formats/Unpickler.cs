using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Neurodynamics.Import;

/// <summary>
/// Python's pickles, protocols 0 to 5, as data: dictionaries, lists, tuples, numbers, text, bytes, and what would be
/// objects (<see cref="PickledObject"/>). No class is looked up and nothing is called, whatever a pickle names.
/// </summary>
/// <remarks>
/// A library's unpickler calls what it is told to, from a table that is to be filled beforehand; since protocol 4 the
/// names of classes are known only while it runs.
/// </remarks>
/// <param name="bytes">One pickle or several, one after the other.</param>
/// <param name="persistent">
/// What stands for an object that is stored elsewhere, from what the pickle says of it; none if omitted.
/// </param>
internal sealed class Unpickler(ReadOnlyMemory<byte> bytes, Func<object?, object?>? persistent = null)
{
    private const int Digits = 250, WholeBytes = 100;

    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<uint, object?> memo = [];
    private readonly Dictionary<(string, string), PickledName> names = [];
    private int steps;

    /// <summary>Where the next pickle begins.</summary>
    public int Position { get; private set; }

    /// <summary>The classes and functions that were named so far.</summary>
    public IReadOnlyCollection<PickledName> Names => names.Values;

    /// <summary>The object of the next pickle.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or takes too long.</exception>
    public object? Load()
    {
        stack.Clear();
        marks.Clear();
        memo.Clear();
        while (true)
        {
            if (++steps > Limits.PickleSteps)
                throw new InvalidDataException($"its pickle has more than {Limits.PickleSteps} steps");
            char code = (char)Take(1)[0];
            if (code == '.') return Pop();
            Run(code);
        }
    }

    private void Run(char code)
    {
        switch (code)
        {
            case '\u0080': Take(1); break;
            case '\u0095': Take(8); break;
            case '(': marks.Add(stack.Count); break;
            case '0':
                if (marks.Count > 0 && marks[^1] == stack.Count) marks.RemoveAt(marks.Count - 1);
                else Pop();
                break;
            case '1': PopMarked(); break;
            case '2': stack.Add(Top); break;

            case 'N': stack.Add(null); break;
            case '\u0088': stack.Add(true); break;
            case '\u0089': stack.Add(false); break;
            case 'K': stack.Add((long)Take(1)[0]); break;
            case 'M': stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 'J': stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case 'G': stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case '\u008a': stack.Add(Whole(Take(Length(1)))); break;
            case '\u008b': stack.Add(Whole(Take(Length(4)))); break;
            case 'I':
                stack.Add(Line(Digits) switch { "00" => false, "01" => true, var digits => Whole(digits) });
                break;
            case 'L': stack.Add(Whole(Line(Digits).TrimEnd('L'))); break;
            case 'F':
                stack.Add(double.Parse(Line(Digits), NumberStyles.Float, CultureInfo.InvariantCulture));
                break;

            case 'X': stack.Add(Text(4)); break;
            case '\u008c': stack.Add(Text(1)); break;
            case '\u008d': stack.Add(Text(8)); break;
            case 'S': stack.Add(Line().Trim().Trim('\'', '"')); break;
            case 'V': stack.Add(Line()); break;
            // Python 2's text is bytes too: one character each.
            case 'T': stack.Add(Encoding.Latin1.GetString(Take(Length(4)))); break;
            case 'U': stack.Add(Encoding.Latin1.GetString(Take(Length(1)))); break;
            case 'B': stack.Add(Bytes(4)); break;
            case 'C': stack.Add(Bytes(1)); break;
            case '\u008e' or '\u0096': stack.Add(Bytes(8)); break;

            case ')': stack.Add(Array.Empty<object?>()); break;
            case '\u0085': Tuple(1); break;
            case '\u0086': Tuple(2); break;
            case '\u0087': Tuple(3); break;
            case 't': stack.Add(PopMarked()); break;
            case ']': stack.Add(new List<object?>()); break;
            case 'l': stack.Add(new List<object?>(PopMarked())); break;
            case 'a': Append([Pop()]); break;
            case 'e': Append(PopMarked()); break;
            case '}': stack.Add(new PickledDictionary()); break;
            case 'd':
                object?[] entries = PopMarked();
                stack.Add(new PickledDictionary());
                Put(entries);
                break;
            case 's':
                object? value = Pop();
                Put([Pop(), value]);
                break;
            case 'u': Put(PopMarked()); break;
            case '\u008f': stack.Add(Set([])); break;
            case '\u0091': stack.Add(Set(PopMarked())); break;
            case '\u0090': Append(PopMarked()); break;

            case 'c': stack.Add(Named(Line(), Line())); break;
            case '\u0093':
                object? name = Pop();
                stack.Add(Pop() is string module && name is string text ? Named(module, text)
                    : throw new InvalidDataException("its pickle names a class by something else than text"));
                break;
            case '\u0082': Extension(1); break;
            case '\u0083': Extension(2); break;
            case '\u0084': Extension(4); break;
            case 'R' or '\u0081':
                object? arguments = Pop();
                Make(Pop(), arguments);
                break;
            case '\u0092':
                Pop();
                arguments = Pop();
                Make(Pop(), arguments);
                break;
            case 'i':
                var named = Named(Line(), Line());
                Make(named, PopMarked());
                break;
            case 'o':
                object?[] all = PopMarked();
                if (all.Length == 0) throw Empty();
                Make(all[0], all[1..]);
                break;
            case 'b': Build(Pop()); break;
            case 'Q': Persist(Pop()); break;
            case 'P': Persist(Line()); break;

            case 'p': memo[uint.Parse(Line(Digits), CultureInfo.InvariantCulture)] = Top; break;
            case 'q': memo[Take(1)[0]] = Top; break;
            case 'r': memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top; break;
            case '\u0094': memo[(uint)memo.Count] = Top; break;
            case 'g': Recall(uint.Parse(Line(Digits), CultureInfo.InvariantCulture)); break;
            case 'h': Recall(Take(1)[0]); break;
            case 'j': Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            default: throw new InvalidDataException($"its pickle has the opcode {(int)code}, which is not known here");
        }
    }

    private object? Top => stack.Count > Floor ? stack[^1] : throw Empty();

    private int Floor => marks.Count > 0 ? marks[^1] : 0;

    private object? Pop()
    {
        object? top = Top;
        stack.RemoveAt(stack.Count - 1);
        return top;
    }

    private object?[] PopMarked()
    {
        if (marks.Count == 0) throw Empty();
        object?[] items = CollectionsMarshal.AsSpan(stack)[marks[^1]..].ToArray();
        stack.RemoveRange(marks[^1], items.Length);
        marks.RemoveAt(marks.Count - 1);
        return items;
    }

    private void Tuple(int count)
    {
        object?[] items = new object?[count];
        for (int i = count - 1; i >= 0; i--) items[i] = Pop();
        stack.Add(items);
    }

    private void Append(ReadOnlySpan<object?> items)
    {
        var list = Top switch
        {
            List<object?> top => top,
            PickledObject thing => thing.Items ??= [],
            _ => throw new InvalidDataException("its pickle appends to what is no list"),
        };
        list.AddRange(items);
    }

    private void Put(ReadOnlySpan<object?> entries)
    {
        var dictionary = Top switch
        {
            PickledDictionary top => top,
            PickledObject thing => thing.Entries ??= new(),
            _ => throw new InvalidDataException("its pickle puts an entry into what is no dictionary"),
        };
        for (int i = 0; i < entries.Length; i += 2) dictionary.Set(entries[i], entries[i + 1]);
    }

    private void Make(object? maker, object? arguments) => stack.Add(
        maker is PickledName { IsDictionary: true } && arguments is object?[] and []
            ? new PickledDictionary() : new PickledObject(maker, arguments));

    /// <summary>One object per name, however often it is named.</summary>
    private PickledName Named(string module, string name)
    {
        if (module.Length + name.Length > Limits.PickledName)
            throw new InvalidDataException(
                $"a class in its pickle has a name of {module.Length + name.Length} characters");
        if (!names.TryGetValue((module, name), out var known)) names[(module, name)] = known = new(module, name);
        return known;
    }

    private void Build(object? state)
    {
        if (Top is PickledObject thing) thing.State = state;
        // A state_dict carries notes on versions, which nothing needs.
        else if (Top is not PickledDictionary)
            throw new InvalidDataException("its pickle gives a state to what is no object");
    }

    private void Persist(object? id) => stack.Add(persistent is null
        ? throw new InvalidDataException("its pickle refers to what is stored elsewhere") : persistent(id));

    private void Recall(uint place) => stack.Add(memo.TryGetValue(place, out object? known)
        ? known : throw new InvalidDataException($"its pickle recalls the object {place}, which is not there"));

    private void Extension(int size) =>
        stack.Add(Named("copyreg", $"extension {Convert.ToHexString(Take(size))}"));

    private static PickledObject Set(object?[] items) =>
        new(new PickledName("builtins", "set"), null) { Items = [.. items] };

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - Position) throw new InvalidDataException("its pickle is cut off");
        var taken = bytes.Span.Slice(Position, count);
        Position += count;
        return taken;
    }

    /// <summary>A length in so many bytes, the lowest first.</summary>
    private int Length(int size)
    {
        var taken = Take(size);
        ulong length = 0;
        for (int i = size - 1; i >= 0; i--) length = length << 8 | taken[i];
        return (int)Math.Min(length, int.MaxValue);
    }

    private string Text(int size) => Encoding.UTF8.GetString(Take(Length(size)));

    private ReadOnlyMemory<byte> Bytes(int size)
    {
        int length = Length(size);
        Take(length);
        return bytes.Slice(Position - length, length);
    }

    private string Line(int most = int.MaxValue)
    {
        int end = bytes.Span[Position..].IndexOf((byte)'\n');
        if (end < 0 || end > most) throw new InvalidDataException("a line of its pickle is too long or cut off");
        string line = Encoding.UTF8.GetString(Take(end));
        Take(1);
        return line;
    }

    private static object Whole(ReadOnlySpan<byte> bytes) => bytes.Length <= WholeBytes ? Whole(new BigInteger(bytes))
        : throw new InvalidDataException($"its pickle has a number of {bytes.Length} bytes");

    private static object Whole(string digits) =>
        Whole(BigInteger.Parse(digits, NumberStyles.Integer, CultureInfo.InvariantCulture));

    private static object Whole(BigInteger value) =>
        value >= long.MinValue && value <= long.MaxValue ? (long)value : value;

    private static InvalidDataException Empty() => new("its pickle takes from an empty stack");
}
