using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Neurodynamics.Environment;

/// <summary>A notebook in which values were changed, as a reader would change them in the cells.</summary>
public static partial class ChangedNotebook
{
    /// <summary>Changes values where they are first assigned, in code cells from the top.</summary>
    /// <param name="notebook">The notebook's JSON.</param>
    /// <param name="changes">
    /// NAME=VALUE each, such as <c>silence=3</c> or <c>Channels=2</c>. The value is C#; text needs no quotation marks
    /// where the old value is text.
    /// </param>
    /// <returns>The changed notebook, which says at its top what was changed.</returns>
    /// <exception cref="WorkbookException">A change has no value, or no cell assigns its name.</exception>
    public static string With(string notebook, IEnumerable<string> changes)
    {
        var root = JsonNode.Parse(notebook)!;
        var cells = root["cells"]!.AsArray();
        var code = cells.Where(cell => $"{cell!["cell_type"]}" == "code").Select(cell => cell!).ToList();
        var said = new List<string>();
        foreach (string change in changes)
        {
            string[] parts = change.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is not [{ Length: > 0 } name, { Length: > 0 } value])
                throw new WorkbookException($"--set {change} is not NAME=VALUE, such as --set silence=3.");
            said.Add(Change(code, name, value) ?? throw new WorkbookException(
                $"--set {change}: no cell of this notebook assigns {name}. Its cells assign {Assigned(code)}."));
        }
        if (cells.FirstOrDefault(cell => $"{cell!["cell_type"]}" == "markdown") is { } top)
            SetSource(top, $"{Source(top)}\n\n> **Run with** {string.Join(", ", said)}.");
        return root.ToJsonString(Written);
    }

    /// <summary>A cell's text.</summary>
    public static string Source(JsonNode cell) =>
        cell["source"] is JsonArray lines
            ? string.Concat(lines.Select(line => line!.GetValue<string>()))
            : cell["source"]!.GetValue<string>();

    static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    static void SetSource(JsonNode cell, string source) => cell["source"] = source;

    /// <summary>What was changed, in words; null where nothing assigns the name.</summary>
    static string? Change(IEnumerable<JsonNode> code, string name, string value)
    {
        foreach (var cell in code)
        {
            string source = Source(cell);
            // Not in a comment: nothing before it on its line begins one.
            var found = Regex.Match(
                source, $@"^(?:(?!//).)*?(?<![\w.]){Regex.Escape(name)}\s*=(?![=>])\s*", RegexOptions.Multiline);
            if (!found.Success) continue;
            int start = found.Index + found.Length, end = EndOfValue(source, start);
            string old = source[start..end];
            if (old.StartsWith('"') && !value.StartsWith('"')) value = $"\"{value}\"";
            SetSource(cell, source[..start] + value + source[end..]);
            return $"`{name} = {value}` instead of `{old}`";
        }
        return null;
    }

    /// <summary>
    /// Where an expression ends: at the first semicolon, comma or bracket that belongs to no part of it.
    /// </summary>
    static int EndOfValue(string source, int start)
    {
        int at = start, depth = 0;
        for (; at < source.Length; at++)
        {
            char sign = source[at];
            if (source.AsSpan(at).StartsWith("//"))
            {
                if (depth == 0) break;
                while (at < source.Length && source[at] != '\n') at++;
                continue;
            }

            if (sign == '"')
            {
                do at++;
                while (at < source.Length && (source[at] != '"' || source[at - 1] == '\\'));
            }
            else if (sign is '(' or '[' or '{') depth++;
            else if (depth == 0 && (sign is ';' or ',' or ')' or ']' or '}')) break;
            else if (sign is ')' or ']' or '}') depth--;
        }
        return start + source[start..Math.Min(at, source.Length)].TrimEnd().Length;
    }

    static string Assigned(IEnumerable<JsonNode> code) => string.Join(", ", code
        .SelectMany(cell => Assignment().Matches(Source(cell))).Select(match => match.Groups["name"].Value).Distinct());

    [GeneratedRegex(@"^\s*(?:[\w<>\[\],]+\s+)?(?<name>\w+)\s*=(?![=>])", RegexOptions.Multiline)]
    private static partial Regex Assignment();
}
