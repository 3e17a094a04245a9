using System.Collections;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Razorvine.Pickle;
using Razorvine.Pickle.Objects;

namespace Neurodynamics.Import;

/// <summary>PyTorch's zip format: a pickle of dictionaries, and each tensor's storage in an entry of its own.</summary>
/// <remarks>
/// PyBridge reads only a flat dictionary of tensors that own their whole storage. Weights from a GPU are often views
/// into one flat buffer, and a checkpoint nests dictionaries: hence these constructors on the same pickle library.
/// Every unknown class becomes an inert object, whatever its arguments, so nothing in a file is executed and nothing
/// beside the weights stops the import.
/// </remarks>
internal sealed partial class PyTorchZipFormat : FileFormat
{
    public const string SaveAdvice = "`torch.save(model.state_dict(), \"network.pt\")`";

    private const string Pickle = "data.pkl";

    private static readonly Lock OneAtATime = new();

    public override string Name => "PyTorch .pt file";

    public override bool Matches(OpenFile file) => file.HasEntry(Pickle) && !file.HasEntry(TorchScriptFormat.Mark);

    public override FileContent Read(OpenFile file)
    {
        var zip = file.Zip!;
        var pickle = zip.Entries.First(entry => entry.Name == Pickle);
        object? root = new TensorUnpickler(zip, pickle.FullName[..^Pickle.Length]).Load(pickle.ReadAll());
        if (root is not Hashtable)
            throw new ImportException($"{file.Path} holds {Described(root)}, but {Remedy}.");

        List<SourceArray> arrays = [];
        List<string> unread = [];
        string? model = null;
        Walk("", root);
        return new(
            [.. arrays.OrderBy(array => array.Name, StringComparer.Ordinal)], [.. unread.Order(StringComparer.Ordinal)])
        {
            Obstacle = model is null ? null : $"it holds {WholeModel(model)}, but {Remedy}",
        };

        void Walk(string name, object? value)
        {
            if (value is View { Storage.Size: > 0 } view) arrays.Add(view.Read(name));
            else if (value is Inert thing)
            {
                if (thing.HasState) model ??= thing.ClassName;
                unread.Add(name);
            }
            else if (value is IDictionary dictionary and not IDictionary<string, object>)
                foreach (DictionaryEntry entry in dictionary)
                    Walk(name.Length == 0 ? $"{entry.Key}" : $"{name}/{entry.Key}", entry.Value);
            else if (value is IList list && value is not string)
                for (int i = 0; i < list.Count; i++) Walk($"{name}/{i}", list[i]);
            else
            {
                if (value is ClassDict unknown) model ??= unknown.ClassName;
                unread.Add(name);
            }
        }
    }

    private const string Remedy = $"a state_dict was expected: save it with {SaveAdvice}";

    private static string WholeModel(string type) => $"a whole model (class {type})";

    private static string Described(object? root) => root switch
    {
        Inert thing => WholeModel(thing.ClassName),
        ClassDict thing => WholeModel(thing.ClassName),
        View => "a single tensor",
        null => "None",
        _ => $"a Python {root.GetType().Name}",
    };

    /// <summary>The bytes of one storage. An unknown type has size 0.</summary>
    private sealed record Storage(string Type, int Size, byte[] Bytes, bool BigEndian);

    /// <summary>A tensor: a strided view of a storage, offset and strides in elements.</summary>
    private sealed record View(Storage Storage, long Offset, int[] Shape, long[] Strides)
    {
        public SourceArray Read(string name)
        {
            int count = Shape.Aggregate(1, (product, length) => checked(product * length));
            if (count > 0)
            {
                long last = Offset + Shape.Select((length, axis) => (length - 1) * Strides[axis]).Sum();
                if (Offset < 0 || Strides.Any(stride => stride < 0) || (last + 1) * Storage.Size > Storage.Bytes.Length)
                    throw new InvalidDataException($"{name} reaches beyond its storage");
            }
            double[] values = new double[count];
            int[] index = new int[Shape.Length];
            for (int i = 0; i < count; i++)
            {
                long place = Offset;
                for (int axis = 0; axis < index.Length; axis++) place += index[axis] * Strides[axis];
                values[i] = Element(Storage.Bytes.AsSpan((int)place * Storage.Size, Storage.Size));
                for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == Shape[axis]; axis--) index[axis] = 0;
            }
            return new(name, Storage.Type, Shape, values);
        }

        private double Element(ReadOnlySpan<byte> bytes)
        {
            ulong bits = 0;
            for (int i = 0; i < bytes.Length; i++)
                bits |= (ulong)bytes[Storage.BigEndian ? bytes.Length - 1 - i : i] << (8 * i);
            return Storage.Type switch
            {
                "float64" => BitConverter.UInt64BitsToDouble(bits),
                "float32" => BitConverter.UInt32BitsToSingle((uint)bits),
                "float16" => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
                "bfloat16" => BitConverter.UInt32BitsToSingle((uint)bits << 16),
                "int64" => (long)bits,
                "int32" => (int)bits,
                "int16" => (short)bits,
                "int8" => (sbyte)bits,
                _ => bits,
            };
        }
    }

    private sealed class TensorUnpickler(ZipArchive zip, string folder) : Unpickler
    {
        private readonly Dictionary<string, Storage> storages = [];
        private readonly bool bigEndian =
            zip.GetEntry(folder + "byteorder") is { } order && order.ReadAll().AsSpan().StartsWith("big"u8);

        /// <summary>
        /// Loads with this file's constructors in the library's table, which PyBridge writes to as well, and restores
        /// the table.
        /// </summary>
        public object? Load(byte[] pickle)
        {
            lock (OneAtATime)
            {
                // The file's unknown classes, and ours in place of PyBridge's.
                var constructors = Classes().Matches(Encoding.Latin1.GetString(pickle))
                    .Select(match => new UnknownClass(match.Groups["module"].Value, match.Groups["name"].Value))
                    .Where(unknown => !objectConstructors.ContainsKey(unknown.FullName))
                    .DistinctBy(unknown => unknown.FullName)
                    .ToDictionary(unknown => unknown.FullName, unknown => (IObjectConstructor)unknown);
                foreach (var (name, constructor) in Constructors) constructors[name] = constructor;
                var before = constructors.Keys.ToDictionary(
                    name => name, name => objectConstructors.TryGetValue(name, out var known) ? known : null);
                try
                {
                    foreach (var (name, constructor) in constructors) objectConstructors[name] = constructor;
                    return loads(pickle);
                }
                finally
                {
                    foreach (var (name, constructor) in before)
                        if (constructor is null) objectConstructors.Remove(name);
                        else objectConstructors[name] = constructor;
                }
            }
        }

        protected override object persistentLoad(object pid)
        {
            // ("storage", class of the storage, name of its entry, device, number of elements)
            object[] parts = (object[])pid;
            string key = (string)parts[2];
            if (storages.TryGetValue(key, out var known)) return known;
            string kind = parts[1] is UnknownClass unknown ? unknown.Name : ((ClassDictConstructor)parts[1]).name;
            (string type, int size) = kind switch
            {
                "DoubleStorage" => ("float64", 8),
                "FloatStorage" => ("float32", 4),
                "HalfStorage" => ("float16", 2),
                "BFloat16Storage" => ("bfloat16", 2),
                "LongStorage" => ("int64", 8),
                "IntStorage" => ("int32", 4),
                "ShortStorage" => ("int16", 2),
                "CharStorage" => ("int8", 1),
                "ByteStorage" => ("uint8", 1),
                "BoolStorage" => ("bool", 1),
                _ => (kind, 0),
            };
            var entry = zip.GetEntry($"{folder}data/{key}")
                ?? throw new InvalidDataException($"the entry data/{key} is missing");
            return storages[key] = new(type, size, entry.ReadAll(), bigEndian);
        }

        private static readonly Dictionary<string, IObjectConstructor> Constructors = new()
        {
            // (storage, offset, shape, strides, ...)
            ["torch._utils._rebuild_tensor_v2"] = new Constructor(args => new View(
                (Storage)args[0], Convert.ToInt64(args[1]), [.. ((object[])args[2]).Select(Convert.ToInt32)],
                [.. ((object[])args[3]).Select(Convert.ToInt64)])),
            // (tensor, requires_grad, hooks)
            ["torch._utils._rebuild_parameter"] = new Constructor(args => args[0]),
            ["collections.OrderedDict"] = new Constructor(_ => new OrderedDict()),
        };
    }

    private sealed class Constructor(Func<object[], object> build) : IObjectConstructor
    {
        public object construct(object[] args) => build(args);
    }

    /// <summary>A class that a pickle names (with its opcode GLOBAL) and that nothing here knows.</summary>
    private sealed class UnknownClass(string module, string name) : IObjectConstructor
    {
        public string Name => name;

        public string FullName => $"{module}.{name}";

        public object construct(object[] args) => new Inert(FullName);
    }

    /// <summary>
    /// Stands for an object of an unknown class. It takes entries and a state, as dictionaries and objects get them,
    /// and does nothing.
    /// </summary>
    private sealed class Inert(string className) : Hashtable
    {
        public string ClassName => className;

        public bool HasState { get; private set; }

        public void __setstate__(object _) => HasState = true;
    }

    // Looks at every c, since the byte before may end a word. Other bytes that look like a class are found too, which
    // does no harm.
    [GeneratedRegex(@"(?=c(?<module>[\w.]+)\n(?<name>[\w.]+)\n)")]
    private static partial Regex Classes();

    /// <summary>
    /// The class of a state_dict. The pickle passes version notes to __setstate__, which nothing needs.
    /// </summary>
    private sealed class OrderedDict : Hashtable
    {
        public void __setstate__(Hashtable _) { }
    }
}
