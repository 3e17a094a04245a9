using System.Globalization;
using System.Runtime.InteropServices;
using CliWrap;

namespace Neurodynamics.Environment;

/// <summary>The program whose processes compute, one long computation each on one core, and tell how far they are.</summary>
sealed class RunsProgram(Workbook workbook)
{
    /// <summary>What keeps a process to one core.</summary>
    public static readonly IReadOnlyDictionary<string, string?> OneCore = new Dictionary<string, string?> { ["OMP_NUM_THREADS"] = "1", ["DOTNET_PROCESSOR_COUNT"] = "1" };

    public string Path => System.IO.Path.Combine(workbook.Root, "lib", "Neurodynamics.Runs", "bin", "Release", "Neurodynamics.Runs.dll");

    /// <summary>What the program answers, line by line.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(string[] arguments, CancellationToken cancellation)
    {
        var lines = new List<string>();
        var (exitCode, complaint) = await RunAsync(arguments, (_, _) => { }, lines.Add, cancellation);
        return exitCode == 0 ? lines : throw new WorkbookException(complaint);
    }

    /// <summary>Runs it to its end. Cancelled, it is asked to stop, so that it can put its training aside, and ended the hard way when it does not.</summary>
    /// <param name="arguments">What to do.</param>
    /// <param name="at">Told how many updates of how many a training has made.</param>
    /// <param name="say">Told every other line.</param>
    /// <returns>The exit code, and the first line of complaint.</returns>
    public async Task<(int ExitCode, string Complaint)> RunAsync(string[] arguments, Action<int, int> at, Action<string> say, CancellationToken cancellation)
    {
        var complaint = "";
        using var kill = new CancellationTokenSource();
        await using var patience = cancellation.Register(() => kill.CancelAfter(TimeSpan.FromSeconds(20)));
        var command = Cli.Wrap("dotnet").WithArguments([Path, .. arguments])
            .WithEnvironmentVariables(OneCore)
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(Hear))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(line => complaint = complaint.Length == 0 ? line : complaint));
        var running = OperatingSystem.IsWindows() ? command.ExecuteAsync(kill.Token, cancellation) : command.ExecuteAsync(kill.Token);
        await using var terminate = cancellation.Register(() => Terminate(running.ProcessId));
        var ended = await running;
        if (ended.ExitCode != 0)
        {
            await Programs.LetInterruptArriveAsync(cancellation);
        }

        return (ended.ExitCode, complaint.Length > 0 || ended.ExitCode == 0 ? complaint : $"it ended with exit code {ended.ExitCode} and did not say why");

        // Not an interrupt: a shell has what it starts in the background ignore that, and with it all that comes of it.
        static void Terminate(int process)
        {
            if (!OperatingSystem.IsWindows())
            {
                Kill(process, SIGTERM);
            }
        }

        void Hear(string line)
        {
            // "update/updates loss accuracy seconds-left" on the way, a sentence at the end.
            var words = line.Split(' ')[0].Split('/');
            if (words.Length == 2 && int.TryParse(words[0], CultureInfo.InvariantCulture, out var update) && int.TryParse(words[1], CultureInfo.InvariantCulture, out var updates))
            {
                at(update, updates);
            }
            else
            {
                say(line);
            }
        }
    }

    const int SIGTERM = 15;

    [DllImport("libc", EntryPoint = "kill")]
    static extern int Kill(int process, int signal);
}
