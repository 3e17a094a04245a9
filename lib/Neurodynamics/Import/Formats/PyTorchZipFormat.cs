using System.Collections;
using System.IO.Compression;
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
internal sealed class PyTorchZipFormat : FileFormat
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
        var steps = new Steps();
        string? model = null;
        Walk("", root, 0);
        return new(
            [.. arrays.OrderBy(array => array.Name, StringComparer.Ordinal)], [.. unread.Order(StringComparer.Ordinal)])
        {
            Obstacle = model is null ? null : $"it holds {WholeModel(model)}, but {Remedy}",
        };

        void Walk(string name, object? value, int depth)
        {
            steps.Take(name, depth);
            if (value is View { Storage.Size: > 0 } view) arrays.Add(view.In(file, name));
            else if (value is Inert thing)
            {
                if (thing.HasState) model ??= thing.ClassName;
                unread.Add(name);
            }
            else if (value is IDictionary dictionary and not IDictionary<string, object>)
                foreach (DictionaryEntry entry in dictionary)
                    Walk(name.Length == 0 ? $"{entry.Key}" : $"{name}/{entry.Key}", entry.Value, depth + 1);
            else if (value is IList list && value is not string)
                for (int i = 0; i < list.Count; i++) Walk($"{name}/{i}", list[i], depth + 1);
            else
            {
                if (value is ClassDict unknown) model ??= unknown.ClassName;
                unread.Add(name);
            }
        }
    }

    private const string Remedy = $"a state_dict was expected: save it with {SaveAdvice}";

    private static string WholeModel(string type) => $"a whole model (class {type.Shown()})";

    private static string Described(object? root) => root switch
    {
        Inert thing => WholeModel(thing.ClassName),
        ClassDict thing => WholeModel(thing.ClassName),
        View => "a single tensor",
        null => "None",
        _ => $"a Python {root.GetType().Name}",
    };

    /// <summary>One storage, in an entry of its own. An unknown type has size 0.</summary>
    private sealed record Storage(string Type, int Size, string Entry, long Bytes, bool BigEndian);

    /// <summary>A tensor: a strided view of a storage, offset and strides in elements.</summary>
    private sealed record View(Storage Storage, long Offset, int[] Shape, long[] Strides)
    {
        public SourceArray In(OpenFile file, string name)
        {
            if (Shape.Length != Strides.Length)
                throw new InvalidDataException($"{name.Shown()} does not have one stride for each axis");
            if (SourceArray.Count(Shape) > 0)
            {
                long last = Offset;
                for (int axis = 0; axis < Shape.Length; axis++)
                    last = checked(last + (Shape[axis] - 1) * Strides[axis]);
                if (Offset < 0 || Strides.Any(stride => stride < 0) || last >= Storage.Bytes / Storage.Size)
                    throw new InvalidDataException($"{name.Shown()} reaches beyond its storage");
            }
            return file.Later(name, Storage.Type, Shape, again => Read(
                again.Zip!.GetEntry(Storage.Entry)!.ReadAll(Limits.ArrayBytes)));
        }

        private double[] Read(byte[] bytes)
        {
            double[] values = new double[SourceArray.Count(Shape)];
            int[] index = new int[Shape.Length];
            for (int i = 0; i < values.Length; i++)
            {
                long place = Offset;
                for (int axis = 0; axis < index.Length; axis++) place += index[axis] * Strides[axis];
                values[i] = Elements.Value(
                    Storage.Type, bytes.AsSpan(checked((int)(place * Storage.Size)), Storage.Size), Storage.BigEndian);
                for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == Shape[axis]; axis--) index[axis] = 0;
            }
            return values;
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
                // The file's classes, and ours in place of the library's and of PyBridge's.
                var constructors = PickleClasses.In(pickle)
                    .Concat(objectConstructors.Keys.Select(name => (
                        Module: name[..name.LastIndexOf('.')], Name: name[(name.LastIndexOf('.') + 1)..])))
                    .Select(one => new UnknownClass(one.Module, one.Name)).DistinctBy(unknown => unknown.FullName)
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
                ?? throw new InvalidDataException($"the entry data/{key.Shown()} is missing");
            if (Convert.ToInt64(parts[4]) * size > entry.Length)
                throw new InvalidDataException($"the entry data/{key.Shown()} is shorter than its {parts[4]} numbers");
            return storages[key] = new(type, size, entry.FullName, entry.Length, bigEndian);
        }

        private static readonly Dictionary<string, IObjectConstructor> Constructors = new()
        {
            // (storage, offset, shape, strides, ...)
            ["torch._utils._rebuild_tensor_v2"] = new Constructor(args => new View(
                (Storage)args[0], Convert.ToInt64(args[1]),
                SourceArray.ShapeOf("a tensor", ((object[])args[2]).Select(Convert.ToInt64)),
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

    /// <summary>
    /// The class of a state_dict. The pickle passes version notes to __setstate__, which nothing needs.
    /// </summary>
    private sealed class OrderedDict : Hashtable
    {
        public void __setstate__(Hashtable _) { }
    }
}
