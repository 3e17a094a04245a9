using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neurodynamics;

/// <summary>How the library writes JSON: readable, invariant, enums by name.</summary>
internal static class Json
{
    public static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Eight hexadecimal digits that differ between values that are written differently.</summary>
    public static string Hash<T>(T value) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(value, Options)))[..8];
}
