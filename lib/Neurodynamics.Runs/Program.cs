using System.Globalization;
using System.Runtime.InteropServices;
using Neurodynamics.Training;
using Spectre.Console.Cli;

// One long computation per process: `environment` starts as many as there are cores, and shows what they say.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var app = new CommandApp();
app.Configure(configuration =>
{
    configuration.SetApplicationName("Neurodynamics.Runs");
    configuration.SetExceptionHandler((error, _) =>
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    });
    configuration.AddCommand<Neurodynamics.Runs.TrainCommand>("train").WithDescription("Train one of the networks that come with the workbook.");
    configuration.AddCommand<Neurodynamics.Runs.SweepCommand>("sweep").WithDescription("Make one row of a sweep.");
    configuration.AddCommand<Neurodynamics.Runs.SweepRunsCommand>("sweep-runs").WithDescription("List the runs of a sweep, or merge its rows.");
    configuration.AddCommand<Neurodynamics.Runs.ListCommand>("list").WithDescription("Name the networks that come with the workbook.");
});
return await app.RunAsync(args, stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
