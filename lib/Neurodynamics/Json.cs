using System.Collections;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Neurodynamics.Sweeps;
using Neurodynamics.Tasks;
using Neurodynamics.Training;

namespace Neurodynamics;

/// <summary>How the library reads and writes JSON: readable, invariant, enums by name.</summary>
internal static class Json
{
    public static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { MissingIsMissing, NoNullInside } },
    };

    /// <summary>
    /// The members that every hash names. Rows and networks are stored under these hashes, so the list is closed: a
    /// member that is not in it is named only where it is not at its default, and a type that is not in it has no such
    /// members.
    /// </summary>
    private static readonly Dictionary<Type, string[]> Named = new()
    {
        [typeof(Recipe)] = ["architecture", "units", "task", "training", "seed"],
        [typeof(TrainingOptions)] =
            ["updates", "batchSize", "steps", "loss", "learningRate", "clipNorm", "targetAccuracy", "evaluateEvery"],
        [typeof(FlipFlop)] = ["pulseProbability", "pulseAtStart", "beforeFirstPulse", "channels"],
        [typeof(Integration)] = ["gamma", "discount", "channels"],
        [typeof(SweepMeasurement)] =
            ["trials", "descentCandidates", "earlySteps", "descentSteps", "stops", "candidates", "noise", "holdSteps"],
    };

    /// <summary>
    /// The same without what <see cref="Named"/> leaves out: what is hashed, and how rows are written.
    /// </summary>
    public static readonly JsonSerializerOptions Stored = new(Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers = { MissingIsMissing, NoNullInside, WithoutDefaults },
        },
    };

    /// <summary>
    /// What is wrong with a file, in a line. The reader quotes what it cannot read, and of a file that is no text that
    /// would be all of it.
    /// </summary>
    public static string Reason(Exception error)
    {
        // .NET tells the value of an argument in a line of its own.
        string line = error is JsonException ? error.Message : error.Message.Split('\n')[0].TrimEnd();
        return line.Length <= 400 && !line.Any(letter => char.IsControl(letter) || letter == '\uFFFD')
            ? line : "it holds no JSON text.";
    }

    /// <summary>
    /// Eight hexadecimal digits: the same for values that are written the same, and for two others by chance, once in
    /// four billion pairs. They stay what they are when an option is added, as long as it is at its default.
    /// </summary>
    public static string Hash<T>(T value) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(value, Stored)))[..8];

    private static void WithoutDefaults(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.IsAbstract || type.Type.GetConstructor([]) is null)
            return;
        object defaults = Activator.CreateInstance(type.Type)!;
        foreach (var property in type.Properties)
        {
            if (Named.GetValueOrDefault(type.Type, []).Contains(property.Name) || property.Get is not { } get) continue;
            string usual = Text(get(defaults));
            property.ShouldSerialize = (_, value) => Text(value) != usual;

            string Text(object? value) => JsonSerializer.Serialize(value, property.PropertyType, Options);
        }
    }

    /// <summary>
    /// A record with a constructor holds results. What it lacks is never read as 0: it must be there, or it may be
    /// null. What may be null and was added beside the constructor is left out where it is null, so that old files stay
    /// as they are. A type without constructor parameters holds options. What it lacks has its default.
    /// </summary>
    private static void MissingIsMissing(JsonTypeInfo type)
    {
        if (type.Properties.All(property => property.AssociatedParameter is null)) return;
        foreach (var property in type.Properties)
        {
            if (property.Set is null || property.AssociatedParameter is { HasDefaultValue: true }) continue;
            bool mayBeNull = Nullable.GetUnderlyingType(property.PropertyType) is not null
                || !property.PropertyType.IsValueType
                    && (property.AssociatedParameter?.IsNullable ?? property.IsSetNullable);
            property.IsRequired = !mayBeNull;
            if (mayBeNull && property.AssociatedParameter is null)
                property.ShouldSerialize = (_, value) => value is not null;
        }
    }

    /// <summary>
    /// Elements of lists and dictionaries that may not be null are asked for too: the serializer looks at members only.
    /// </summary>
    private static void NoNullInside(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return;
        var context = new NullabilityInfoContext();
        var inside = (from property in type.Properties
                      where property.Get is not null && property.AttributeProvider is PropertyInfo
                      select (property.Name, property.Get,
                          Declared: context.Create((PropertyInfo)property.AttributeProvider!))).ToArray();
        type.OnDeserialized = read =>
        {
            foreach (var (name, get, declared) in inside)
                if (HoldsNull(get(read), declared))
                    throw new JsonException($"\"{name}\" of {type.Type.Name} holds a null where a value must be.");
        };

        static bool HoldsNull(object? value, NullabilityInfo declared)
        {
            if (value is not IEnumerable all
                || (declared.ElementType ?? declared.GenericTypeArguments.LastOrDefault()) is not { } element
                || element.Type.IsValueType) return false;
            return (value is IDictionary entries ? entries.Values : all).Cast<object?>()
                .Any(one => one is null ? element.ReadState == NullabilityState.NotNull : HoldsNull(one, element));
        }
    }
}
