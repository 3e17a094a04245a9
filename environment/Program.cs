using System.Reflection;
using System.Runtime.InteropServices;
using Neurodynamics.Environment;
using Neurodynamics.Pictures;
using Neurodynamics.Runs;
using Spectre.Console;
using Spectre.Console.Cli;

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var console = AnsiConsole.Console;
if (Console.IsOutputRedirected)
{
    // A log has no width of its own; wrapped lines in it cannot be searched.
    console.Profile.Width = 200;
    console.Profile.Capabilities.Interactive = false;
}

var app = new CommandApp();
app.Configure(configuration =>
{
    configuration.ConfigureConsole(console);
    configuration.Settings.Registrar.RegisterInstance(Workbook.Here());
    configuration.SetApplicationName("dotnet run --project environment --");
    foreach (var command in typeof(Workbook).Assembly.GetTypes().Where(type => type.IsDefined(typeof(VerbAttribute))))
        command.GetCustomAttribute<VerbAttribute>()!.Add(configuration, command);
    configuration.UseStrictParsing();
    configuration.PropagateExceptions();
});

try
{
    return await app.RunAsync(Joined(args), stop.Token);
}
catch (Exception failure) when (failure is WorkbookException or BrowserException)
{
    return Fail(failure.Message);
}
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
{
    return Fail($"A file or folder cannot be read or written ({failure.Message.TrimEnd('.')}): name one that you may "
        + "write to, or use a clone of your own where it is the workbook's.");
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped. Nothing is left half done: run the same command again when you like.");
    return 130;
}
catch (CommandAppException misspelt)
{
    return Fail($"{Mended(misspelt.Message, args)}\n"
        + "Run `dotnet run --project environment -- --help` to see all commands.");
}

// Spectre knows neither the option of a value that it cannot read, nor that a verb has had all its words.
static string Mended(string message, string[] args)
{
    if (message.Split('\'') is not [var start, var word, ..]) return message;
    if (start == "Failed to convert ")
    {
        string option = args.FirstOrDefault(one => one.EndsWith($"={word}", StringComparison.Ordinal))?.Split('=')[0]
            ?? args.ElementAtOrDefault(Array.IndexOf(args, word) - 1) ?? "An option";
        return $"{option} takes a number of its kind, and not \"{word}\".";
    }
    return start is "Unknown command " or "Could not match " && args[0] != word
        ? $"\"{word}\" is one word too many for {args[0]}: `{args[0]} --help` says what it takes."
        : message;
}

// A failure is for people; a script that asked for JSON gets it as an event, too.
int Fail(string why)
{
    Console.Error.WriteLine(why);
    if (args.Contains("--json")) new Failed(why).Say();
    return 1;
}

// An argument that begins with dashes counts as an option unless it follows "=", but sbatch's options are a value.
static string[] Joined(string[] args) =>
    Array.IndexOf(args, "--slurm-options") is >= 0 and var at && at + 1 < args.Length
        ? [.. args[..at], $"{args[at]}={args[at + 1]}", .. args[(at + 2)..]]
        : args;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
