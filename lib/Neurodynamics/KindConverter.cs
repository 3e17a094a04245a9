using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Neurodynamics;

/// <summary>
/// Writes one of several kinds as an object of its name and its options, and reads it again: "name" first, then every
/// public property that can be set. A kind without options may be written as its name alone.
/// </summary>
/// <param name="what">What it is one of, such as "an architecture".</param>
/// <param name="nameAlone">Whether a kind without options is written as its name.</param>
internal abstract class KindConverter<T>(string what, bool nameAlone) : JsonConverter<T>
    where T : class
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        try
        {
            if (reader.TokenType == JsonTokenType.String) return Named(reader.GetString()!);
            var node = reader.TokenType == JsonTokenType.StartObject ? JsonNode.Parse(ref reader)!.AsObject() : [];
            if (node["name"]?.GetValue<string>() is not { } name)
                throw new JsonException($"{what} is its name, or an object with a \"name\" and options.");
            node.Remove("name");
            return (T)node.Deserialize(Named(name).GetType(), options)!;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            throw new JsonException(error.Message, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        var chosen = options.GetTypeInfo(value.GetType()).Properties
            .Where(option => option.Set is not null
                && option.ShouldSerialize?.Invoke(value, option.Get!(value)) != false).ToArray();
        if (nameAlone && chosen.Length == 0)
        {
            writer.WriteStringValue(NameOf(value));
            return;
        }
        writer.WriteStartObject();
        writer.WriteString("name", NameOf(value));
        foreach (var option in chosen)
        {
            writer.WritePropertyName(option.Name);
            JsonSerializer.Serialize(writer, option.Get!(value), option.PropertyType, options);
        }
        writer.WriteEndObject();
    }

    protected abstract string NameOf(T kind);

    /// <exception cref="ArgumentException">There is none of that name.</exception>
    protected abstract T Named(string name);
}
