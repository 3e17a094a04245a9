using System.Text.Json.Nodes;
using CliWrap;
using Spectre.Console;

namespace Neurodynamics.Environment;

/// <summary>How tests ended.</summary>
/// <param name="Passed">How many passed.</param>
/// <param name="Skipped">How many were skipped.</param>
/// <param name="Failures">The name of each that failed, and what it said.</param>
public sealed record TestCount(int Passed, int Skipped, IReadOnlyList<string> Failures)
{
    public static TestCount None { get; } = new(0, 0, []);

    public static TestCount operator +(TestCount a, TestCount b) => new(a.Passed + b.Passed, a.Skipped + b.Skipped, [.. a.Failures, .. b.Failures]);

    public override string ToString() => $"{Passed} passed, {Failures.Count} failed{(Skipped > 0 ? $", {Skipped} skipped" : "")}";
}

/// <summary>Runs the test projects one after the other and counts from their reports, not from what they print.</summary>
sealed class TestRunner(Workbook workbook, IAnsiConsole console)
{
    /// <summary>The project that executes notebooks and looks at them in a browser: slow, so it comes last.</summary>
    const string Slow = "Workbook.Tests";

    public async Task<TestCount> RunAsync(bool fast, CancellationToken cancellation)
    {
        var projects = Directory.GetFiles(workbook.Tests, "*.Tests.csproj", SearchOption.AllDirectories)
            .OrderBy(project => Path.GetFileNameWithoutExtension(project) == Slow)
            .ThenBy(project => project, StringComparer.Ordinal)
            .Where(project => !fast || Path.GetFileNameWithoutExtension(project) != Slow);
        var total = TestCount.None;
        foreach (var project in projects)
        {
            total += await RunProjectAsync(project, cancellation);
        }

        return total;
    }

    async Task<TestCount> RunProjectAsync(string project, CancellationToken cancellation)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var report = Path.Combine(workbook.Made, "tests", $"{name}.json");
        Directory.CreateDirectory(Path.GetDirectoryName(report)!);
        File.Delete(report);
        console.WriteLine();
        console.WriteLine(name);

        var ended = await Cli.Wrap("dotnet")
            .WithArguments([Path.Combine(Path.GetDirectoryName(project)!, "bin", "Release", $"{name}.dll"),
                "-noLogo", "-noColor", "-reporter", "verbose", "-result-ctrf", report])
            .WithWorkingDirectory(workbook.Root)
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(Say))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(console.WriteLine))
            .ExecuteAsync(cancellation);
        if (ended.ExitCode != 0)
        {
            await Programs.LetInterruptArriveAsync(cancellation);
        }

        var count = Count(report);
        if (count.Failures.Count == 0 && (ended.ExitCode != 0 || count.Passed + count.Skipped == 0))
        {
            // Counted as one failure: a host that crashed, or a project whose tests are not found, proves nothing.
            count += TestCount.None with { Failures = [$"{name} ended with exit code {ended.ExitCode} and {(count.Passed == 0 ? "no test ran" : "did not say which test failed")}."] };
        }

        return count;
    }

    void Say(string line)
    {
        // One line a test is enough: how it ended.
        if (!line.EndsWith("[STARTING]", StringComparison.Ordinal))
        {
            console.WriteLine(line);
        }
    }

    static TestCount Count(string report)
    {
        try
        {
            var tests = JsonNode.Parse(File.ReadAllText(report))!["results"]!["tests"]!.AsArray().ToLookup(test => test!["status"]!.GetValue<string>());
            return new TestCount(tests["passed"].Count(), tests["skipped"].Concat(tests["pending"]).Count(), [.. tests["failed"].Concat(tests["other"]).Select(Failure)]);
        }
        catch (Exception missing) when (missing is IOException or System.Text.Json.JsonException or NullReferenceException)
        {
            return TestCount.None;
        }

        static string Failure(JsonNode? test) => string.Join('\n', new[] { test!["name"], test["message"], test["trace"] }.Where(part => part is not null));
    }
}
