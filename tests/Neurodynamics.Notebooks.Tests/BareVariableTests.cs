using System.Globalization;
using System.Numerics;
using Microsoft.DotNet.Interactive.Formatting;
using Neurodynamics.FixedPoints;
using Neurodynamics.Tasks;
using Neurodynamics.Tests;
using Neurodynamics.Tests.FixedPoints;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>A variable's name as the last line of a cell, and in a debugger: a few lines that say what it is.</summary>
public sealed class BareVariableTests : IDisposable
{
    private const int MostBytes = 20_000, LongestSentence = 700;

    private readonly TemporaryFolder folder = new();
    private readonly ArgumentSamples samples;

    public BareVariableTests()
    {
        Workbook.Start();
        samples = new(units: 2, channels: 1, trials: 3, steps: 5, folder.Path);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_public_type_says_what_it_is_in_a_sentence()
    {
        string[] faults = [.. BareVariable.Types.Select(type => (type, Thing: SampleOf(type)))
            .Select(one => (one.type.Name, Fault: one.Thing is null ? one.type.IsAbstract ? null : "no sample"
                : FaultOf(() => one.Thing.ToString()!, LongestSentence)))
            .Where(one => one.Fault is not null).Select(one => $"{one.Name}: {one.Fault}")];
        Assert.True(faults.Length == 0, string.Join("\n", faults));
    }

    [Fact]
    public void Every_public_type_and_a_list_of_it_is_shown_in_a_little()
    {
        string[] faults = [.. BareVariable.Types.Select(SampleOf).OfType<object>()
            .SelectMany(thing => new[] { thing, ListOf(thing) })
            .SelectMany(thing => new[] { HtmlFormatter.MimeType, PlainTextFormatter.MimeType }
                .Select(mime => (Name: InWords.NameOf(thing.GetType()),
                    Fault: FaultOf(() => thing.ToDisplayString(mime), MostBytes))))
            .Where(one => one.Fault is not null).Select(one => $"{one.Name}: {one.Fault}")];
        Assert.True(faults.Length == 0, string.Join("\n", faults));

        static object ListOf(object thing)
        {
            var list = Array.CreateInstance(thing.GetType(), 30);
            for (int i = 0; i < list.Length; i++) list.SetValue(thing, i);
            return list;
        }
    }

    public static TheoryData<string> Large => [.. Many.Keys];

    private static readonly Dictionary<string, (Func<object> Value, string Says)> Many = new()
    {
        ["points"] = (() => Sample.Points, $"Linearisation[{Sample.Points.Count}]"),
        ["one point"] = (() => Sample.Points[0], "Attractor, unstable modes 0 of 100"),
        ["its modes"] = (() => Sample.Points[0].Modes, "Mode[100]"),
        ["a state"] = (() => Sample.Points[0].Point.State, "double[100]"),
        ["found"] = (() => Sample.Portrait.Set, $"{Sample.Points.Count} fixed points"),
        ["found, many"] = (() => Found(2000), "2000 fixed points"),
        ["its points"] = (() => Found(2000).Points, "FixedPoint[2000]"),
        ["states"] = (() => Nets.Cloud(5000, 100, 1, 1), "double[5000, 100]"),
        ["states of trials"] = (() => Sample.States, "double[16, 60, 100]"),
        ["rows of states"] = (() => new[] { new double[100_000], new double[100_000] }, "double[2][]"),
        ["a list of states"] = (() => new List<double[,]> { Nets.Cloud(500, 100, 1, 1) }, "double[,][1]"),
        ["eigenvalues"] = (() => Sample.Points[0].Eigenvalues, "Complex[100]"),
        ["candidates' ends"] = (() => Sample.Solution, "256 candidates: "),
        ["network"] = (() => Sample.Network, "GRU with 3 inputs and 100 units"),
        ["trials"] = (() => new FlipFlop { Channels = 3 }.Sample(500, 300, 1), "Trials: 500 of 300 steps"),
        ["record"] = (() => Sample.Record, "GRU with 100 units on flip flop"),
        ["components"] = (() => Sample.Pca, "double[3, 100]"),
        ["graph"] = (() => Sample.Graph, $"Linearisation[{Sample.Points.Count}]"),
        ["several sets"] = (() => new[] { Found(200), Found(200), Found(200) }, "FixedPointSet[3]"),
        ["portrait"] = (() => Sample.Portrait, "Portrait"),
    };

    [Theory, MemberData(nameof(Large))]
    public void What_is_large_is_shown_in_a_little(string name)
    {
        var (value, says) = Many[name];
        object thing = value();
        Assert.Null(FaultOf(() => thing.ToDisplayString(HtmlFormatter.MimeType), MostBytes));
        Assert.Contains(says, thing.ToDisplayString(HtmlFormatter.MimeType), StringComparison.Ordinal);
        Assert.Contains(says, thing.ToDisplayString(PlainTextFormatter.MimeType), StringComparison.Ordinal);
        Assert.Contains(HtmlFormatter.MimeType, Formatter.GetPreferredMimeTypesFor(thing.GetType()));
    }

    [Fact]
    public void What_a_search_found_is_a_sentence_a_table_and_a_picture()
    {
        string html = Sample.Portrait.Set.ToDisplayString(HtmlFormatter.MimeType);
        Assert.Contains($"<p>{Sample.Points.Count} fixed points, ", html, StringComparison.Ordinal);
        Assert.Contains("<table", html, StringComparison.Ordinal);
        Assert.Contains($"The first 12 of {Sample.Points.Count} rows", html, StringComparison.Ordinal);
        Assert.Contains("neurodynamics.show(", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_an_array_are_those_of_the_array()
    {
        double[,] matrix = { { 0.5, -2 }, { 1e-9, 3 } };
        string plain = matrix.ToDisplayString(PlainTextFormatter.MimeType);
        Assert.Equal(["double[2, 2]", "row 0 1", "0 0.5 -2", "1 1e-9 3"],
            plain.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
                .Select(line => line.Replace("0.5e+0", "0.5")));
        Assert.Equal("1 + 2i", InWords.Part(new Complex(1, 2), 20));
        Assert.Equal("double[3]: 1, 2, 3", InWords.Part(new double[] { 1, 2, 3 }, 40, values: true));
    }

    private object? SampleOf(Type type) =>
        type == typeof(LiveProgress) ? LiveProgress.Training() : samples.Thing(type);

    private static FixedPointSet Found(int count)
    {
        double[,] states = Nets.Cloud(count, 100, 1, 1);
        return Sample.Portrait.Set with
        {
            Points = [.. Enumerable.Range(0, count).Select(i => new FixedPoint(states.Row(i), [0, 0, 0], 1e-30, 1))],
        };
    }

    /// <summary>What is wrong with a text; null where there is nothing.</summary>
    private static string? FaultOf(Func<string> make, int most)
    {
        string text = make();
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            return text.Contains("System.", StringComparison.Ordinal) ? $"names a type of .NET: {Cut(text)}"
                : text.Contains("Neurodynamics.", StringComparison.Ordinal) ? $"is a type's full name: {Cut(text)}"
                : text.Contains("dni-", StringComparison.Ordinal) ? $"is the kernel's own list: {Cut(text)}"
                : text.Length > most ? $"has {text.Length} letters: {Cut(text)}"
                : text.Length == 0 ? "is empty"
                : make() != text ? $"is another text in German: {Cut(text)}, {Cut(make())}"
                : null;
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static string Cut(string text) => text[..Math.Min(300, text.Length)].ReplaceLineEndings(" ");
    }
}
