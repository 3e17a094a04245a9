using System.Globalization;

namespace Neurodynamics.Import;

/// <summary>
/// The arrays in what a pickle holds, by their paths: those of dictionaries and lists joined with "/", attributes of
/// objects with ".". Modules of PyTorch name theirs as their state_dict would.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="remedy">What was expected and what to do where no layer is found.</param>
internal sealed class PickledContent(OpenFile file, string remedy)
{
    private readonly List<SourceArray> arrays = [];
    private readonly List<string> unread = [];
    private readonly Dictionary<string, string> settings = [];
    private readonly Steps steps = new();
    private readonly HashSet<PickledObject> around = [];
    private readonly Dictionary<object, string?> types = new(ReferenceEqualityComparer.Instance);
    private string? found;
    private string? quantised;

    /// <summary>What was found.</summary>
    public FileContent Content => new(arrays, unread)
    {
        Settings = settings,
        Obstacle = quantised is not null
            ? $"{quantised.Shown()} is quantised, but weights in floating point were expected: save the state_dict of "
            + "the network as it was before quantisation"
            : found is not null ? $"it holds {found}, but {remedy}" : null,
    };

    /// <summary>Adds what there is under a name; the file's own has none.</summary>
    public void Add(string name, object? root)
    {
        if (name.Length == 0)
            found = root switch
            {
                PickledObject thing when StoredTensor.Of(thing) is not null => "a single tensor",
                PickledObject or PickledDictionary => null,
                List<object?> or object?[] => "a list",
                null => "None",
                _ => "a single value",
            };
        Walk(name, root, 0, isAttribute: false);
    }

    private void Walk(string name, object? value, int depth, bool isAttribute)
    {
        steps.Take(name, depth);
        switch (value)
        {
            case PickledDictionary dictionary: Entries(dictionary); break;
            case List<object?> list: Items(list); break;
            case object?[] tuple: Items(tuple); break;
            case long or double:
                settings[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
                arrays.Add(new(Leaf(), value is long ? "int64" : "float64", [], [Number(value)]));
                break;
            case bool truth:
                settings[name] = truth ? "true" : "false";
                unread.Add(Leaf());
                break;
            case string text:
                settings[name] = text;
                unread.Add(Leaf());
                break;
            case PickledObject thing: Object(thing); break;
            default: unread.Add(Leaf()); break;
        }

        string Leaf() => name.Length > 0 ? name : Path.GetFileNameWithoutExtension(file.Path);

        string Inside(string separator) => name.Length > 0 ? name + separator : "";

        void Entries(PickledDictionary dictionary)
        {
            foreach (var (key, entry) in dictionary.Entries)
                Walk(Inside("/") + key, entry, depth + 1, isAttribute: false);
        }

        // Numbers in a list are one array.
        void Items(IReadOnlyList<object?> items)
        {
            if (TypeOf(items) is { } type)
                arrays.Add(file.Later(Leaf(), type, [items.Count], _ => [.. items.Select(Number)]));
            else
                for (int i = 0; i < items.Count; i++)
                    Walk($"{Inside("/")}{i}", items[i], depth + 1, isAttribute: false);
            if (items.Count == 0) unread.Add(Leaf());
        }

        void Object(PickledObject thing)
        {
            if (StoredTensor.Of(thing) is { } tensor)
            {
                if (tensor.In(file, Leaf()) is { } array) arrays.Add(array);
                else unread.Add(Leaf());
                if (tensor.Storage.IsQuantised) quantised ??= Leaf();
            }
            else if (PickledArray.Of(thing) is { } numpy)
            {
                if (numpy.In(file, Leaf()) is { } array) arrays.Add(array);
                else if (numpy.Objects is [var single] && numpy.Shape.Length == 0)
                    Walk(name, single, depth + 1, isAttribute);
                else if (numpy.Objects is { } items) Items(items);
                else unread.Add(Leaf());
            }
            else if (thing.Attributes.Any()) Attributes(thing);
            else if (thing.Entries is { } entries) Entries(entries);
            else if (thing.Items is { } items) Items(items);
            else
            {
                // What quantisation packs is an object of its own kind.
                if (name.Contains("_packed_params", StringComparison.Ordinal)) quantised ??= name;
                if (thing.State is not null) found ??= WholeModel(thing);
                unread.Add(Leaf());
            }
        }

        void Attributes(PickledObject thing)
        {
            found ??= WholeModel(thing);
            // An object may know the one that it belongs to.
            if (!around.Add(thing))
            {
                unread.Add(Leaf());
                return;
            }
            string within = Inside(isAttribute ? "." : "/");
            settings[within + "__class__"] = thing.Maker;
            foreach (var (key, attribute) in thing.Attributes)
            {
                if (IsBookkeeping(key)) steps.Take(key, depth);
                else if (key is "_parameters" or "_buffers" or "_modules" && attribute is PickledDictionary own)
                {
                    foreach (var (part, entry) in own.Entries)
                        if (entry is null) steps.Take(part, depth);
                        else Walk(within + part, entry, depth + 1, isAttribute: true);
                }
                else Walk(within + key, attribute, depth + 1, isAttribute: true);
            }
            around.Remove(thing);
        }
    }

    /// <summary>The type of a list that holds nothing but numbers; null where it holds something else.</summary>
    private string? TypeOf(IReadOnlyList<object?> items)
    {
        // The same list may stand in many places.
        if (!types.TryGetValue(items, out string? type))
            types[items] = type = items.Count == 0 ? null : items.All(item => item is long) ? "int64"
                : items.All(item => item is long or double) ? "float64" : null;
        return type;
    }

    private static double Number(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static string WholeModel(PickledObject thing) => $"a whole model (class {thing.Maker.Shown()})";

    /// <summary>What every module of PyTorch has for itself: its hooks, and its parameters a second time.</summary>
    private static bool IsBookkeeping(string attribute) => attribute.StartsWith('_')
        && (attribute.EndsWith("_hooks", StringComparison.Ordinal) || attribute.Contains("_hooks_")
            || attribute is "_is_full_backward_hook" or "_non_persistent_buffers_set" or "_backend"
                or "_flat_weights" or "_flat_weights_names" or "_flat_weight_refs" or "_all_weights"
                or "_compiled_call_impl" or "_data_ptrs");
}
