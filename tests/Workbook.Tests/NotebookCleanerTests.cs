using System.Text.Json.Nodes;
using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

public sealed class NotebookCleanerTests
{
    static JsonNode Clean(string cells, string metadata = "{}") =>
        JsonNode.Parse(NotebookCleaner.Clean($$"""{"cells": [{{cells}}], "metadata": {{metadata}}, "nbformat": 4, "nbformat_minor": 4}"""))!;

    static JsonArray OutputsOf(string outputs) =>
        Clean($$"""{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [{{outputs}}], "source": ["1"]}""")["cells"]![0]!["outputs"]!.AsArray();

    static string Html(string html) => $$"""{"data": {"text/html": [{{JsonValue.Create(html).ToJsonString()}}]}, "metadata": {}, "output_type": "display_data"}""";

    [Theory]
    [InlineData("\r\n<div>\r\n    <div id='dotnet-interactive-this-cell-$CACHE_BUSTER$' style='display: none'></div><script></script></div>")]
    [InlineData("<div><div></div><div></div><div><strong>Installed Packages</strong><ul><li><span>CsCheck, 5.0.1</span></li></ul></div></div>")]
    public void WhatTheKernelSaysOfItselfGoes(string html) => Assert.Empty(OutputsOf(Html(html)));

    [Theory]
    [InlineData("\nwarning CS1701: Assuming assembly reference 'A' matches 'B'\n\n", 0)]
    [InlineData("\nwarning CS1701: Assuming assembly reference 'A' matches 'B'\n(1,5): warning CS0219: assigned but never used\n", 1)]
    [InlineData("Parameter 6 was incorrect on entry to DLASWP", 1)]
    public void OfTheWarningsOnlyThoseOfAssemblyVersionsGo(string written, int kept) =>
        Assert.Equal(kept, OutputsOf($$"""{"name": "stderr", "output_type": "stream", "text": [{{JsonValue.Create(written).ToJsonString()}}]}""").Count);

    [Fact]
    public void FiguresTablesAndPrintsStay() =>
        Assert.Equal(3, OutputsOf($$"""{{Html("<script>figure</script>")}}, {{Html("<table></table>")}}, {"name": "stdout", "output_type": "stream", "text": ["q = 1e-12\n"]}""").Count);

    [Fact]
    public void LineEndsOfWindowsBecomePlain() =>
        Assert.Equal("a\nb", OutputsOf(Html("a\r\nb"))[0]!["data"]!["text/html"]![0]!.GetValue<string>());

    [Fact]
    public void TimesAndEditorsNotesGoAndTagsStay()
    {
        var metadata = Clean("""
            {"cell_type": "code", "execution_count": 1, "outputs": [], "source": [],
             "metadata": {"tags": ["raises-exception"], "execution": {"iopub.execute_input": "2026"}, "vscode": {"languageId": "csharp"}}}
            """)["cells"]![0]!["metadata"]!.AsObject();

        Assert.Equal(["dotnet_interactive", "polyglot_notebook", "tags"], metadata.Select(entry => entry.Key));
    }

    [Fact]
    public void AnIdIsKeptAndAMissingOneIsGiven()
    {
        var cells = Clean("""{"cell_type": "markdown", "id": "title", "metadata": {}, "source": []}, {"cell_type": "markdown", "metadata": {}, "source": []}""")["cells"]!;

        Assert.Equal("title", cells[0]!["id"]!.GetValue<string>());
        Assert.Equal("cell-2", cells[1]!["id"]!.GetValue<string>());
    }

    [Fact]
    public void EveryNotebookAsksForTheWorkbooksKernelInCSharp()
    {
        var metadata = Clean("", """{"kernelspec": {"name": ".net-csharp"}, "language_info": {"version": "13.0"}}""")["metadata"]!;

        Assert.Equal("neurodynamics", metadata["kernelspec"]!["name"]!.GetValue<string>());
        Assert.Equal("C#", metadata["kernelspec"]!["language"]!.GetValue<string>());
        Assert.Equal("csharp", metadata["polyglot_notebook"]!["kernelInfo"]!["defaultKernelName"]!.GetValue<string>());
        Assert.Null(metadata["language_info"]!["version"]);
    }

    [Fact]
    public void ACleanNotebookStaysAsItIs()
    {
        var once = NotebookCleaner.Clean("""{"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# λ < 1 & “stable”\n"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}""");

        Assert.Equal(once, NotebookCleaner.Clean(once));
        Assert.Contains("# λ < 1 & “stable”", once);
        Assert.DoesNotContain('\r', once);
        Assert.EndsWith("}\n", once);
    }
}
