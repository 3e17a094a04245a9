using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using CliWrap;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>Sets up, then runs `dotnet test`, and counts from its reports, not from what it prints.</summary>
[Verb("test", "", "--fast"), Description("Set up and run all tests.")]
sealed class TestCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<TestCommand.Settings>
{
    public sealed class Settings : SetupSettings
    {
        [CommandOption("--fast"), Description("Leave out the tests that execute notebooks and open a browser.")]
        public bool Fast { get; init; }
    }

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        var purpose = settings.Fast ? Purpose.Open : Purpose.Test;
        await new Setup(workbook, console).RunAsync(purpose, !settings.NoInstall, cancellation, tests: true);
        console.WriteLine();
        string reports = Path.Combine(workbook.Made, "tests", "reports");
        if (Directory.Exists(reports)) Directory.Delete(reports, recursive: true);
        string modules = settings.Fast ? "Neurodynamics*.Tests.dll" : "*.Tests.dll";
        // Two projects at a time: the library's tests keep one core busy, and so does the kernel of a notebook.
        var ended = await Cli.Wrap("dotnet")
            .WithArguments(["test", "--test-modules", $"tests/*/bin/Release/{modules}",
                "--max-parallel-test-modules", "2", "--output", "Detailed", "--no-progress", "--no-ansi",
                "--results-directory", reports, "--report-xunit-ctrf"])
            .WithWorkingDirectory(workbook.Root)
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(console.WriteLine))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(console.WriteLine))
            .ExecuteAsync(cancellation);
        if (ended.ExitCode != 0) await Programs.LetInterruptArriveAsync(cancellation);

        string[] written = Directory.Exists(reports) ? Directory.GetFiles(reports) : [];
        var tests = written.SelectMany(Tests).ToLookup(test => $"{test["status"]}");
        string[] failures = [.. tests["failed"].Concat(tests["other"]).Select(Words)];
        int passed = tests["passed"].Count(), skipped = tests["skipped"].Concat(tests["pending"]).Count();
        // A host that crashed, or a project whose tests are not found, proves nothing.
        if (failures.Length == 0 && (ended.ExitCode != 0 || passed == 0))
            failures = [$"`dotnet test` ended with exit code {ended.ExitCode} and named no test that failed; "
                + "see above which project did not run its tests to their end."];

        // Once more and last of all: nobody finds a failure among hundreds of lines.
        foreach (string failure in failures) console.WriteLine($"\nFAILED {failure}");
        console.WriteLine($"\n{passed} passed, {failures.Length} failed{(skipped > 0 ? $", {skipped} skipped" : "")}");
        return failures.Length == 0 ? 0 : 1;
    }

    /// <summary>The tests of a report; none of one that cannot be read, as one with a message of odd letters.</summary>
    static IEnumerable<JsonNode> Tests(string report)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(report))!["results"]!["tests"]!.AsArray().OfType<JsonNode>();
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>A test's name, what it said and where.</summary>
    static string Words(JsonNode test) =>
        string.Join('\n', new[] { test["name"], test["message"], test["trace"] }.Where(part => part is not null));
}
