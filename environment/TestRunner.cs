using System.Text.Json.Nodes;
using CliWrap;
using Spectre.Console;

namespace Neurodynamics.Environment;

/// <summary>How many tests ended how.</summary>
public sealed record TestCount(int Passed, int Failed, int Skipped)
{
    public static TestCount operator +(TestCount a, TestCount b) => new(a.Passed + b.Passed, a.Failed + b.Failed, a.Skipped + b.Skipped);

    public override string ToString() => $"{Passed} passed, {Failed} failed{(Skipped > 0 ? $", {Skipped} skipped" : "")}";
}

/// <summary>Runs the test projects one after the other and counts from their reports, not from what they print.</summary>
sealed class TestRunner(Workbook workbook, IAnsiConsole console)
{
    /// <summary>The project that executes notebooks and looks at them in a browser: slow, so it comes last.</summary>
    const string Slow = "Workbook.Tests";

    public async Task<TestCount> RunAsync(bool fast, CancellationToken cancellation)
    {
        var projects = Directory.GetFiles(workbook.Tests, "*.csproj", SearchOption.AllDirectories)
            .OrderBy(project => Path.GetFileNameWithoutExtension(project) == Slow)
            .ThenBy(project => project, StringComparer.Ordinal)
            .Where(project => !fast || Path.GetFileNameWithoutExtension(project) != Slow);
        var total = new TestCount(0, 0, 0);
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
        if (count.Failed == 0 && (ended.ExitCode != 0 || count.Passed + count.Skipped == 0))
        {
            // Counted as one failure: a host that crashed, or a project whose tests are not found, proves nothing.
            console.WriteLine($"{name} ended with exit code {ended.ExitCode} and {(count.Passed == 0 ? "no test ran" : "did not say which test failed")}.");
            count += new TestCount(0, 1, 0);
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
            var summary = JsonNode.Parse(File.ReadAllText(report))!["results"]!["summary"]!;
            int Of(string ending) => summary[ending]?.GetValue<int>() ?? 0;
            return new TestCount(Of("passed"), Of("failed") + Of("other"), Of("skipped") + Of("pending"));
        }
        catch (Exception missing) when (missing is IOException or System.Text.Json.JsonException or NullReferenceException)
        {
            return new TestCount(0, 0, 0);
        }
    }
}
