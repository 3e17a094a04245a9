using System.Text.Json;
using System.Text.RegularExpressions;

namespace Neurodynamics.Import;

/// <summary>One layer in the description of a Keras model.</summary>
/// <param name="Class">Its class, such as "LSTM".</param>
/// <param name="Name">Its name, after those of the models around it. Keras 2 stores its weights under it.</param>
/// <param name="Path">The path under which Keras 3 stores its weights: class names and counts.</param>
/// <param name="Options">What it was built with.</param>
/// <param name="Wrapper">Class of the layer around it, such as "Bidirectional", if there is one.</param>
/// <param name="Inputs">
/// The names in what a layer of a graph reads, among them those of layers; null in a Sequential.
/// </param>
internal sealed record KerasConfig(
    string Class, string Name, string Path, JsonElement Options, string? Wrapper, IReadOnlySet<string>? Inputs)
{
    /// <summary>Whether it is a model with layers of its own.</summary>
    public bool IsModel => Member(Options, "layers") is not null;

    /// <summary>The path of the model that it is in.</summary>
    private string Holder => Path[..Path.LastIndexOf("layers/", StringComparison.Ordinal)];

    /// <summary>Class and name as messages show them.</summary>
    public string Title => $"{Class} {Name}".Shown();

    /// <summary>Its own name, without those of the models around it.</summary>
    private string OwnName => Name[(Name.LastIndexOf('/') + 1)..];

    /// <summary>Whether it is inside another layer.</summary>
    public bool IsIn(KerasConfig other) => Path.StartsWith(other.Path + "/", StringComparison.Ordinal);

    /// <summary>The layers that read this one, among all of a model. What is around this one counts as it.</summary>
    public IEnumerable<KerasConfig> Followers(IReadOnlyList<KerasConfig> all)
    {
        var siblings = all.Where(config => config.Wrapper is null && config.Holder == Holder).ToList();
        int own = siblings.FindIndex(config => Path == config.Path || IsIn(config));
        if (own < 0) return [];
        return siblings.Any(config => config.Inputs is not null)
            ? siblings.Where(config => config.Inputs?.Contains(siblings[own].OwnName) == true)
            : siblings.Skip(own + 1).Take(1);
    }

    private static IEnumerable<string> Texts(JsonElement inputs) => inputs.ValueKind switch
    {
        JsonValueKind.String => [inputs.GetString()!],
        JsonValueKind.Array => inputs.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => inputs.EnumerateObject().SelectMany(inner => Texts(inner.Value)),
        _ => [],
    };

    /// <summary>All layers of a model, also those inside others.</summary>
    public static List<KerasConfig> Read(JsonElement model)
    {
        List<KerasConfig> layers = [];
        var steps = new Steps();
        if (Member(model, "config") is { } config) Walk(config, "", "");
        return layers;

        void Walk(JsonElement holder, string path, string names)
        {
            // A Sequential of the first Keras 2 versions is the list itself.
            var list = holder.ValueKind == JsonValueKind.Array ? holder : Member(holder, "layers");
            if (list is not { ValueKind: JsonValueKind.Array } all) return;
            Dictionary<string, int> counts = [];
            foreach (var layer in all.EnumerateArray())
            {
                string snake = Snake(Text(layer, "class_name") ?? "");
                int count = counts[snake] = counts.GetValueOrDefault(snake, -1) + 1;
                Add(layer, $"{path}layers/{snake}{(count == 0 ? "" : $"_{count}")}", null, null, names);
            }
        }

        // Keras 2 stores weights under the names of all models around a layer but the outermost.
        void Add(JsonElement layer, string path, string? wrapper, string? outerName, string names)
        {
            if (Text(layer, "class_name") is not { } type || Member(layer, "config") is not { } config) return;
            string name = outerName ?? names + (Text(config, "name") ?? Text(layer, "name") ?? "");
            var inputs = Member(layer, "inbound_nodes");
            bool reads = inputs is { ValueKind: JsonValueKind.Array } nodes && nodes.GetArrayLength() > 0;
            steps.Take(name + path, 0);
            if (layers.Count == Limits.Layers)
                throw new InvalidDataException($"its description has more than {Limits.Layers} layers");
            layers.Add(new(type, name, path, config, wrapper, reads ? Texts(inputs!.Value).ToHashSet() : null));
            // A wrapper's weights lie under the wrapper's name.
            Wrapped("layer", type == "Bidirectional" ? "forward_layer" : "layer");
            Wrapped("cell", "cell");
            Walk(config, path + "/", name + "/");

            void Wrapped(string key, string place)
            {
                if (Member(config, key) is { ValueKind: JsonValueKind.Object } inner)
                    Add(inner, $"{path}/{place}", type, name, names);
            }
        }
    }

    /// <summary>The activation under a key, as text.</summary>
    public string Activation(string key) => Member(Options, key) switch
    {
        null or { ValueKind: JsonValueKind.Null } => "linear",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { } other => Text(other, "class_name") is { } type && type != "function"
            ? type.ToLowerInvariant() : Text(other, "config") ?? "a function of its own",
    };

    public bool? Flag(string key) => Member(Options, key) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => null,
    };

    private static JsonElement? Member(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) ? value : null;

    private static string? Text(JsonElement element, string key) =>
        Member(element, key) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>
    /// Keras' rule for names from classes: SimpleRNN is simple_rnn, GRU is gru, TimeDistributed is time_distributed.
    /// </summary>
    private static string Snake(string type) =>
        AfterLower.Replace(BeforeWord.Replace(type, "$1_$2"), "$1_$2").ToLowerInvariant();

    private static readonly Regex BeforeWord = new("(.)([A-Z][a-z]+)", RegexOptions.NonBacktracking);

    private static readonly Regex AfterLower = new("([a-z])([A-Z])", RegexOptions.NonBacktracking);
}
