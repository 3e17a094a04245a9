using System.Text.Json.Nodes;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>What a run leaves out of an executed notebook, on one notebook that has something of everything.</summary>
public sealed class NotebookCleaningTests(NotebookCleaningTests.Cleaned notebook)
    : IClassFixture<NotebookCleaningTests.Cleaned>
{
    public sealed class Cleaned : IAsyncLifetime
    {
        public JsonNode Once { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Once = await Nbconvert.CleanAsync(Unclean);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    static readonly string Unclean = new JsonObject
    {
        ["cells"] = new JsonArray(
            Code("kernel-talk",
                Html("\r\n<div>\r\n  <div id='dotnet-interactive-this-cell-$CACHE_BUSTER$'></div></div>"),
                Html("<div><div></div><div><strong>Installed Packages</strong><ul><li>CsCheck</li></ul></div></div>"),
                Html("Loading extension script from `extension.dib`")),
            Code("assembly-versions", Stderr("\nwarning CS1701: Assuming assembly reference 'A' matches 'B'\n\n")),
            Code("warnings", Stderr("\nwarning CS1701: Assuming 'A' matches 'B'\n(1,5): warning CS0219: never used\n")),
            Code("native", Stderr("Parameter 6 was incorrect on entry to DLASWP")),
            Code("results", Html("<script>figure</script>"), Html("<table></table>"), Stream("stdout", "q = 1e-12\n")),
            Code("line-ends", Html("a\r\nb")),
            Code("metadata"),
            new JsonObject
            {
                ["cell_type"] = "markdown",
                ["id"] = "title",
                ["metadata"] = new JsonObject { ["vscode"] = new JsonObject() },
                ["source"] = new JsonArray("# λ < 1 & “stable”\n"),
            }),
        ["metadata"] = new JsonObject
        {
            ["kernelspec"] = new JsonObject { ["name"] = ".net-csharp", ["display_name"] = ".NET (C#)" },
            ["language_info"] = new JsonObject { ["name"] = "C#", ["version"] = "13.0" },
        },
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
    }.ToJsonString();

    [Theory]
    [InlineData("kernel-talk", 0)]
    [InlineData("assembly-versions", 0)]
    [InlineData("warnings", 1)]
    [InlineData("native", 1)]
    [InlineData("results", 3)]
    public void OnlyWhatTheKernelSaysAboutItselfAndItsAssembliesGoes(string cell, int kept) =>
        Assert.Equal(kept, Cell(cell)["outputs"]!.AsArray().Count);

    [Fact]
    public void WindowsLineEndsBecomePlain() =>
        Assert.Equal("a\nb", string.Concat(Cell("line-ends")["outputs"]![0]!["data"]!["text/html"]!.AsArray()));

    [Fact]
    public void TimesAndEditorsNotesGoAndTagsStay()
    {
        Assert.Equal(["dotnet_interactive", "polyglot_notebook", "tags"],
            Cell("metadata")["metadata"]!.AsObject().Select(entry => entry.Key));
        Assert.Empty(Cell("title")["metadata"]!.AsObject());
    }

    [Fact]
    public void EveryNotebookAsksForTheWorkbooksKernelInCSharp()
    {
        var metadata = notebook.Once["metadata"]!;

        Assert.Equal(Environment.Kernel.Name, metadata["kernelspec"]!["name"]!.GetValue<string>());
        Assert.Equal(Environment.Kernel.DisplayName, metadata["kernelspec"]!["display_name"]!.GetValue<string>());
        Assert.Equal("C#", metadata["kernelspec"]!["language"]!.GetValue<string>());
        Assert.Equal("csharp",
            metadata["polyglot_notebook"]!["kernelInfo"]!["defaultKernelName"]!.GetValue<string>());
        Assert.Null(metadata["language_info"]!["version"]);
    }

    [Fact]
    public async Task ACleanNotebookStaysAsItIs()
    {
        string once = notebook.Once.ToJsonString();

        Assert.Equal(once, (await Nbconvert.CleanAsync(once)).ToJsonString());
        Assert.Equal("# λ < 1 & “stable”\n", Cell("title")["source"]![0]!.GetValue<string>());
    }

    JsonNode Cell(string id) => notebook.Once["cells"]!.AsArray().Single(cell => $"{cell!["id"]}" == id)!;

    static JsonObject Code(string id, params JsonNode[] outputs) => new()
    {
        ["cell_type"] = "code",
        ["execution_count"] = 1,
        ["id"] = id,
        ["metadata"] = JsonNode.Parse("""
            {"tags": ["raises-exception"], "execution": {"iopub.execute_input": "2026"}, "vscode": {"languageId": "c"}}
            """),
        ["outputs"] = new JsonArray(outputs),
        ["source"] = new JsonArray("1"),
    };

    static JsonObject Html(string html) => new()
    {
        ["data"] = new JsonObject { ["text/html"] = new JsonArray(html) },
        ["metadata"] = new JsonObject(),
        ["output_type"] = "display_data",
    };

    static JsonObject Stderr(string text) => Stream("stderr", text);

    static JsonObject Stream(string name, string text) =>
        new() { ["name"] = name, ["output_type"] = "stream", ["text"] = new JsonArray(text) };
}
