using CliWrap;
using Neurodynamics.Runs;

namespace Neurodynamics.Environment;

/// <summary>The program that computes: one long computation a process, on one core unless it is alone.</summary>
sealed class RunsProgram(Workbook workbook)
{
    /// <summary>Keeps a process to one core.</summary>
    public static readonly IReadOnlyDictionary<string, string?> OneCore =
        new Dictionary<string, string?> { ["OMP_NUM_THREADS"] = "1", ["DOTNET_PROCESSOR_COUNT"] = "1" };

    /// <summary>Leaves a process all cores, a thread of its own on each.</summary>
    static readonly IReadOnlyDictionary<string, string?> AllCores =
        new Dictionary<string, string?> { ["OMP_NUM_THREADS"] = "1" };

    /// <summary>As many processes at once as there are cores.</summary>
    public static ParallelOptions OnAllCores(CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = System.Environment.ProcessorCount, CancellationToken = cancellation };

    public string Path { get; } = System.IO.Path.Combine(
        workbook.Root, "lib", "Neurodynamics.Runs", "bin", "Release", "Neurodynamics.Runs.dll");

    /// <summary>All lines of one kind that the program answers.</summary>
    public async Task<IReadOnlyList<T>> AskAsync<T>(string[] arguments, CancellationToken cancellation)
        where T : RunLine
    {
        var lines = new List<RunLine>();
        string? failure = await RunAsync(arguments, lines.Add, cancellation);
        return failure is null ? [.. lines.OfType<T>()] : throw new WorkbookException(failure);
    }

    /// <summary>
    /// Runs it to its end. Cancelled, the program is asked to stop, so that it can put its training aside, and killed
    /// where it has not ended after 20 seconds.
    /// </summary>
    /// <param name="hear">Gets every line but a failure.</param>
    /// <param name="onAllCores">Whether it has all cores to itself; default one.</param>
    /// <returns>Why it failed; null where it did not.</returns>
    public async Task<string?> RunAsync(
        string[] arguments, Action<RunLine> hear, CancellationToken cancellation, bool onAllCores = false)
    {
        string? failure = null, complaint = null;
        using var kill = new CancellationTokenSource();
        await using var patience = cancellation.Register(() => kill.CancelAfter(TimeSpan.FromSeconds(20)));
        var command = Cli.Wrap("dotnet").WithArguments([Path, .. arguments])
            .WithEnvironmentVariables(onAllCores ? AllCores : OneCore)
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(Hear))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(line => complaint ??= line));
        var running = OperatingSystem.IsWindows()
            ? command.ExecuteAsync(kill.Token, cancellation)
            : command.ExecuteAsync(kill.Token);
        await using var terminate = cancellation.Register(() => Programs.Terminate(running.ProcessId));
        var ended = await running;
        if (ended.ExitCode == 0) return null;
        await Programs.LetInterruptArriveAsync(cancellation);
        return failure ?? complaint ?? $"it ended with exit code {ended.ExitCode} and did not say why";

        void Hear(string text)
        {
            if (RunLine.Read(text) is Failed failed) failure = failed.Why;
            else if (RunLine.Read(text) is { } line) hear(line);
        }
    }
}
