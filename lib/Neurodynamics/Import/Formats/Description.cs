using System.Text.Json;

namespace Neurodynamics.Import;

/// <summary>JSON of a file.</summary>
internal static class Description
{
    /// <summary>Parses JSON that is neither too long nor too deep and holds no key twice.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> json) => json.Length <= Limits.DescriptionBytes
        ? JsonElement.Parse(json, new() { MaxDepth = Limits.Depth, AllowDuplicateProperties = false })
        : throw new InvalidDataException($"its description has more than {Limits.DescriptionBytes} bytes");
}
