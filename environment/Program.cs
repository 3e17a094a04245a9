using System.Runtime.InteropServices;
using Neurodynamics.Environment;
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
    configuration.AddCommand<RunCommand>("run").WithDescription("Set up, execute the notebooks and export each to one HTML page in .workbook/run.").WithExample("run").WithExample("run", "start-here", "--update");
    configuration.AddCommand<ShareCommand>("share").WithDescription("Export every saved notebook to one page that needs nothing else, with an index of them; nothing is executed.").WithExample("share").WithExample("share", "~/fixed-points");
    configuration.AddCommand<TestCommand>("test").WithDescription("Set up and run all tests.").WithExample("test").WithExample("test", "--fast");
    configuration.AddCommand<SetupCommand>("setup").WithDescription("Only set up: programs, packages, build and kernel.");
    configuration.AddCommand<TrainCommand>("train").WithDescription("Train the networks that come with the workbook again, as many at once as there are cores.").WithExample("train").WithExample("train", "flipflop3", "--update");
    configuration.AddCommand<SweepCommand>("sweep").WithDescription("Make the rows of a sweep declared in data/sweeps, as many at once as there are cores, or as a Slurm job array.").WithExample("sweep").WithExample("sweep", "three-axes-or-a-cube").WithExample("sweep", "three-axes-or-a-cube", "--slurm", "--slurm-options", "\"--time=02:00:00\"");
    configuration.AddCommand<KernelCommand>("kernel").WithDescription("Register the workbook's kernel for VS Code and Jupyter of this user, or take that away with --remove.");
    configuration.AddCommand<HostsCommand>("hosts").WithDescription("Open the notebooks in a real Jupyter Notebook and a real VS Code, in a headless browser, and say what is drawn.").WithExample("hosts").WithExample("hosts", "jupyter");
    configuration.AddCommand<DoctorCommand>("doctor").WithDescription("Say what is there, what is missing and what to do; change nothing.");
    configuration.PropagateExceptions();
});

try
{
    return await app.RunAsync(Joined(args), stop.Token);
}
catch (WorkbookException failure)
{
    console.WriteLine(failure.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    console.WriteLine("Stopped. Nothing is left half done: run the same command again to go on.");
    return 130;
}
catch (CommandAppException misspelt)
{
    console.WriteLine(misspelt.Message);
    console.WriteLine("Run `dotnet run --project environment -- --help` to see what there is.");
    return 1;
}

// What begins with dashes is taken for an option, unless it stands behind "=": but sbatch's options are the value of one.
static string[] Joined(string[] args) =>
    Array.IndexOf(args, "--slurm-options") is >= 0 and var at && at + 1 < args.Length ? [.. args[..at], $"{args[at]}={args[at + 1]}", .. args[(at + 2)..]] : args;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
