using System.Globalization;
using Neurodynamics.HardUse;
using Spectre.Console.Cli;

// Uses the library as badly as can be, each attempt in a process that may die of it, and counts how it took it.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var app = new CommandApp();
app.Configure(configuration =>
{
    configuration.SetApplicationName("hard-use");
    configuration.AddCommand<FilesCommand>("files");
    configuration.AddCommand<TrainingsCommand>("trainings");
    configuration.AddCommand<ShapesCommand>("shapes");
    configuration.AddCommand<FilesCommand.Worker>("load").IsHidden();
    configuration.AddCommand<TrainingsCommand.Worker>("train").IsHidden();
});
return app.Run(args);
