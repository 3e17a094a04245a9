using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Neurodynamics.Environment;

/// <summary>
/// Takes out of an executed notebook what belongs to the machine or the moment, and writes it in one fixed form, so that
/// executing an unchanged notebook again gives next to no difference.
/// </summary>
public static partial class NotebookCleaner
{
    static readonly JsonSerializerOptions Form = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The notebook cleaned, as the text of its file.</summary>
    /// <param name="notebook">The text of an executed .ipynb file.</param>
    public static string Clean(string notebook)
    {
        var root = JsonNode.Parse(notebook)!.AsObject();
        var cells = root["cells"]!.AsArray();
        for (var i = 0; i < cells.Count; i++)
        {
            CleanCell(cells[i]!.AsObject(), i);
        }

        root["metadata"] = Metadata();
        root["nbformat"] = 4;
        root["nbformat_minor"] = 5;
        return Sorted(root)!.ToJsonString(Form) + "\n";
    }

    /// <summary>Members in alphabetical order, as Jupyter itself writes them.</summary>
    static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    static void CleanCell(JsonObject cell, int index)
    {
        // Kept when there is one: an id that moves with the cell keeps differences small when a cell is put in between.
        cell["id"] ??= $"cell-{index + 1}";
        var metadata = cell["metadata"] as JsonObject ?? [];
        foreach (var passing in metadata.Where(entry => entry.Key is not ("tags" or "collapsed" or "jupyter")).Select(entry => entry.Key).ToArray())
        {
            metadata.Remove(passing);
        }

        if (cell["outputs"] is JsonArray outputs)
        {
            // Two things only tell an editor with several languages that this cell is C#.
            metadata["dotnet_interactive"] = new JsonObject { ["language"] = "csharp" };
            metadata["polyglot_notebook"] = new JsonObject { ["kernelName"] = "csharp" };
            foreach (var passing in outputs.Where(IsPassing).ToArray())
            {
                outputs.Remove(passing);
            }

            foreach (var output in outputs)
            {
                output!.AsObject().Remove("transient");
                UnifyLineEndings(output);
            }
        }

        cell["metadata"] = metadata;
    }

    /// <summary>What the kernel says of itself: its bootstrap script, the ticks of a package restore, the extensions it found.</summary>
    static bool IsPassing(JsonNode? output) =>
        output?["data"] is JsonObject data && data.Any(entry => KernelTalk().IsMatch(Text(entry.Value)))
        || output?["name"]?.GetValue<string>() == "stderr" && OnlyAssemblyVersions().IsMatch(Text(output["text"]));

    /// <summary>The kernel's own HTML has line ends of Windows everywhere, text that a cell prints only on Windows.</summary>
    static void UnifyLineEndings(JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var member in members.ToArray())
                {
                    if (Unified(member.Value) is { } text)
                    {
                        members[member.Key] = text;
                    }
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    if (Unified(items[i]) is { } text)
                    {
                        items[i] = text;
                    }
                }

                break;
        }

        static string? Unified(JsonNode? node)
        {
            if (node is JsonValue value && value.TryGetValue<string>(out var text))
            {
                return text.Contains('\r') ? text.ReplaceLineEndings("\n") : null;
            }

            if (node is not null)
            {
                UnifyLineEndings(node);
            }

            return null;
        }
    }

    static string Text(JsonNode? lines) => lines switch
    {
        JsonArray array => string.Concat(array.Select(line => line!.GetValue<string>())),
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => "",
    };

    static JsonObject Metadata() => new()
    {
        ["kernelspec"] = new JsonObject { ["display_name"] = Kernel.DisplayName, ["language"] = "C#", ["name"] = Kernel.Name },
        ["language_info"] = new JsonObject { ["file_extension"] = ".cs", ["mimetype"] = "text/x-csharp", ["name"] = "C#", ["pygments_lexer"] = "csharp" },
        ["polyglot_notebook"] = new JsonObject
        {
            ["kernelInfo"] = new JsonObject
            {
                ["defaultKernelName"] = "csharp",
                ["items"] = new JsonArray(new JsonObject { ["aliases"] = new JsonArray(), ["name"] = "csharp" }),
            },
        },
    };

    [GeneratedRegex("id='dotnet-interactive-this-cell-|<strong>(Installed Packages|Restore sources)</strong>|^Load(ing|ed) extension")]
    private static partial Regex KernelTalk();

    // The kernel's assemblies were built against older ones of the framework. Compilers of projects are silent about that.
    [GeneratedRegex(@"^\s*((\(\d+,\d+\): )?warning CS170[12]: .*\s*)+$")]
    private static partial Regex OnlyAssemblyVersions();
}
