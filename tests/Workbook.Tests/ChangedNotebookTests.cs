using System.Text.Json.Nodes;
using Neurodynamics.Environment;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

/// <summary>Values of a notebook changed from the command line.</summary>
public sealed class ChangedNotebookTests
{
    const string Cell = """
        // limit = 1 is a comment
        var recipe = new Recipe
        {
            Units = 100,                    // hidden units
            Task = new FlipFlop { Channels = 3, PulseProbability = 0.1 },
            Seed = 1                        // it is last, "in" braces }
        };
        var name = "flipflop3-gru";         // a name; with a semicolon
        var W = new[,] { { 2.0, 0.2 }, { 0.2, 2.0 } };
        var (nudge, push) = (-0.5, -0.6);
        var limit = Units == 3 ? f(1, g(2)) : 0;
        """;

    [Theory]
    [InlineData("Units=25", "    Units = 25,                    // hidden units")]
    [InlineData("Channels=2", "    Task = new FlipFlop { Channels = 2, PulseProbability = 0.1 },")]
    [InlineData("PulseProbability=0", "    Task = new FlipFlop { Channels = 3, PulseProbability = 0 },")]
    [InlineData("Seed=2", "    Seed = 2                        // it is last, \"in\" braces }")]
    [InlineData("recipe=null", "var recipe = null;")]
    [InlineData("name=other", "var name = \"other\";         // a name; with a semicolon")]
    [InlineData("W=new[,] { { 1.0 } }", "var W = new[,] { { 1.0 } };")]
    [InlineData("(nudge, push)=(0, -1)", "var (nudge, push) = (0, -1);")]
    [InlineData("limit = 7", "var limit = 7;")]
    public void AValueIsChangedWhereItIsAssigned(string change, string expected)
    {
        string[] before = Cell.Split('\n'), after = Changed(Cell, change).Split('\n');

        Assert.Equal(expected, Assert.Single(after.Except(before)));
    }

    [Fact]
    public void WhatIsNotAssignedIsRefusedWithTheNamesThatAre()
    {
        var refused = Assert.Throws<WorkbookException>(() => Changed(Cell, "silense=3"));

        Assert.Contains("no cell of this notebook assigns silense", refused.Message);
        Assert.Contains("recipe, Units, Task, Seed, name, W, limit", refused.Message);
        Assert.Contains("NAME=VALUE", Assert.Throws<WorkbookException>(() => Changed(Cell, "silence")).Message);
    }

    static string Changed(string cell, string change)
    {
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray(new JsonObject { ["cell_type"] = "code", ["source"] = cell }),
        };
        var cells = JsonNode.Parse(ChangedNotebook.With(notebook.ToJsonString(), [change]))!["cells"]!;
        return ChangedNotebook.Source(cells[0]!);
    }
}
