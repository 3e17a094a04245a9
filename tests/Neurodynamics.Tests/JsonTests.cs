using System.Text.Json;
using System.Text.Json.Nodes;
using Neurodynamics.FixedPoints;
using Neurodynamics.Proofs;
using Neurodynamics.Sweeps;
using Neurodynamics.Tests.FixedPoints;
using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Tests;

public sealed class JsonTests
{
    /// <summary>A row of today and one with columns that were added later.</summary>
    private sealed record Old(string Name, double? Lost, int[] Counts);

    private sealed record Later(string Name, double? Lost, int[] Counts, double? Added, int Settled = 7)
    {
        public double? Beside { get; init; }
    }

    private sealed record Careless(string Name, double? Lost, int[] Counts)
    {
        public double Beside { get; init; }
    }

    /// <summary>The reader quotes what it cannot read: of a file of weights, a screen of signs.</summary>
    [Theory, InlineData("t\u0013\uFFFDPK\u0003\u0004"), InlineData("true as a long word of letters "), InlineData("{ ")]
    public void What_is_no_text_is_refused_in_a_line_whatever_is_in_it(string begins)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "file");
        File.WriteAllText(path, begins + string.Concat(Enumerable.Repeat(begins, 300)));
        foreach (var read in new Action[]
        {
            () => FixedPointSet.Load(path), () => SweepPlan.Load(path), () => SweepRows.Load(path),
            () => ProofCheck.Of(path, Nets.Tanh(new double[1, 1])),
        })
        {
            string message = Assert.Throws<InvalidDataException>(read).Message;
            Assert.InRange(message.Length, 1, 600);
            Assert.DoesNotContain(message, letter => char.IsControl(letter) || letter == '\uFFFD');
        }
    }

    [Fact]
    public void A_column_that_was_added_later_is_missing_from_an_old_row_and_never_0()
    {
        string old = JsonSerializer.Serialize(new Old("a", null, [1]), Json.Options);
        var read = JsonSerializer.Deserialize<Later>(old, Json.Options)!;
        Assert.Equal(("a", null, null, 7, null), (read.Name, read.Lost, read.Added, read.Settled, read.Beside));
        Assert.Contains("beside",
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Careless>(old, Json.Options)).Message);
        Assert.DoesNotContain("beside", JsonSerializer.Serialize(read, Json.Options));
        Assert.Contains("\"beside\": 2", JsonSerializer.Serialize(read with { Beside = 2 }, Json.Options));
    }

    [Fact]
    public void A_value_that_must_be_there_is_asked_for_by_name()
    {
        Refused("counts", """{ "name": "a", "lost": 1 }""");
        Refused("name", """{ "lost": 1, "counts": [] }""");
        Refused("name", """{ "name": null, "lost": 1, "counts": [] }""");
        Refused("counts", """{ "name": "a", "lost": 1, "counts": null }""");

        static void Refused(string member, string text) =>
            Assert.Contains(
                member, Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Old>(text, Json.Options)).Message,
                StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Options_that_are_missing_have_their_defaults() =>
        Assert.Equal(new TrainingOptions { Updates = 3 },
            JsonSerializer.Deserialize<TrainingOptions>("""{ "updates": 3 }""", Json.Options));

    [Fact]
    public void A_row_a_record_and_a_set_without_a_value_are_refused_by_its_name()
    {
        string line = File.ReadLines(Path.Combine(Reference.Root, "data", "sweeps", "three-axes-or-a-cube.jsonl"))
            .First();
        foreach (string path in new[] { "updates", "found.points", "memory.kept", "accuracy.low" })
            Assert.Contains(path.Split('.')[^1],
                Assert.Throws<JsonException>(() => SweepRow.FromLine(Without(line, path))).Message);
        Assert.Null(SweepRow.FromLine(Without(line, "memory.lostAt")).Memory.LostAt);
        // A sweep may leave out a column; who asks for it is told.
        var partial = SweepRow.FromLine(Without(line, "found"));
        Assert.Contains("did not measure Found", Assert.Throws<InvalidOperationException>(() => partial.Found).Message);
        Assert.False(new SweepMeasurement().IsWhole(partial));

        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "set.json");
        new FixedPointSearch().Run(Nets.Tanh(new[,] { { 2.0 } }), new[,] { { 0.1 } }).Save(file);
        File.WriteAllText(file, Without(File.ReadAllText(file), "set.completeness"));
        Assert.Contains("completeness", Assert.Throws<InvalidDataException>(() => FixedPointSet.Load(file)).Message);
    }

    [Fact]
    public void A_null_a_number_or_another_word_where_a_value_of_a_set_must_be_is_refused()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "set.json");
        new FixedPointSearch().Run(Nets.Tanh(new[,] { { 2.0 } }), new[,] { { 0.1 }, { -0.3 } }).Save(file);
        string text = File.ReadAllText(file);
        Hurt(text, changed =>
        {
            File.WriteAllText(file, changed);
            FixedPointSet.Load(file).Save(file);
            return File.ReadAllText(file);
        });
        string line = File.ReadLines(Path.Combine(Reference.Root, "data", "sweeps", "three-axes-or-a-cube.jsonl"))
            .First();
        Hurt(line, changed => SweepRow.FromLine(changed).ToLine());
        string record = File.ReadAllText(
            Path.Combine(Reference.Root, "data", "networks", "flipflop3-gru.json"));
        Hurt(record, changed => JsonSerializer.Serialize(
            JsonSerializer.Deserialize<TrainingRecord>(changed, Json.Options), Json.Options));
    }

    /// <summary>
    /// Puts null, a number, a word of no meaning and lists in the place of each value: what is not refused must be
    /// written again as it was given, or as it was.
    /// </summary>
    private static void Hurt(string text, Func<string, string> again)
    {
        int places = Places(JsonNode.Parse(text)!).Count();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(text), JsonNode.Parse(again(text))));
        for (int i = 0; i < places; i++)
            foreach (string other in new[] { "null", "99", "\"99\"", "[null]", "[[]]" })
            {
                var root = JsonNode.Parse(text)!;
                var place = Places(root).ElementAt(i);
                string path = place.GetPath();
                bool isList = place is JsonArray;
                if (place.GetValueKind() == JsonValueKind.Number && other == "99") continue;
                place.ReplaceWith(JsonNode.Parse(other));
                string changed = root.ToJsonString();
                string back;
                try
                {
                    back = again(changed);
                }
                catch (Exception error) when (error is JsonException or InvalidDataException)
                {
                    continue;
                }
                // A member that may be null is left out where it is, and elements never are.
                if (other == "null" && !path.EndsWith(']')) continue;
                Assert.False(other == "null" || other == "[null]" && isList, $"{path} took {other}");
                // What is computed from other members is written only.
                var read = JsonNode.Parse(back);
                Assert.True(JsonNode.DeepEquals(root, read) || JsonNode.DeepEquals(JsonNode.Parse(text), read),
                    $"{path} took {other}");
            }
    }

    private static IEnumerable<JsonNode> Places(JsonNode node)
    {
        var inner = node switch
        {
            JsonObject one => one.Select(entry => entry.Value),
            JsonArray list => list.Take(2),
            _ => [],
        };
        foreach (var one in inner.OfType<JsonNode>())
        {
            yield return one;
            foreach (var deeper in Places(one)) yield return deeper;
        }
    }

    private static string Without(string json, string path)
    {
        var node = JsonNode.Parse(json)!;
        string[] names = path.Split('.');
        Assert.True(names[..^1].Aggregate(node, (at, name) => at[name]!).AsObject().Remove(names[^1]));
        return node.ToJsonString();
    }
}
