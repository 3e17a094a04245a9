using System.Globalization;
using System.Runtime.InteropServices;
using Neurodynamics.Runs;
using Spectre.Console.Cli;

// One long computation per process: `environment` starts as many as there are cores, and shows what they say.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
var app = new CommandApp();
app.Configure(configuration =>
{
    configuration.SetApplicationName("Neurodynamics.Runs");
    configuration.SetExceptionHandler((error, _) =>
    {
        if (error is OperationCanceledException) return 130;
        new Failed(ShellWords.Of(error.Message)).Say();
        return 1;
    });
    configuration.AddCommand<TrainCommand>("train");
    configuration.AddCommand<SweepCommand>("sweep");
    configuration.AddCommand<SweepRunsCommand>("sweep-runs");
    configuration.AddCommand<ListCommand>("list");
    configuration.AddCommand<FindCommand>("find");
});
return await app.RunAsync(args, stop.Token);

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
