using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

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
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { MissingIsMissing } },
    };

    /// <summary>Eight hexadecimal digits that differ between values that are written differently.</summary>
    public static string Hash<T>(T value) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(value, Options)))[..8];

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
                || !property.PropertyType.IsValueType && (property.AssociatedParameter?.IsNullable ?? property.IsSetNullable);
            property.IsRequired = !mayBeNull;
            if (mayBeNull && property.AssociatedParameter is null) property.ShouldSerialize = (_, value) => value is not null;
        }
    }
}
