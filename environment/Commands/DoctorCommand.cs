using System.ComponentModel;
using System.Runtime.InteropServices;
using Neurodynamics.Notebooks;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

[Verb("doctor"), Description("Say what is there, what is missing and what to do; change nothing.")]
sealed class DoctorCommand(Workbook workbook, IAnsiConsole console) : Command
{
    const string SetUp = "dotnet run --project environment -- setup";

    public override int Execute(CommandContext context, CancellationToken cancellation)
    {
        bool well = true;
        console.WriteLine($"Workbook in {workbook.Root}, .NET {System.Environment.Version} "
            + $"on {RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})");
        // After a complete set-up all is well: these are for single verbs, which ask for them.
        foreach (var (name, use, verbs, present) in SystemPrograms.Survey())
            console.WriteLine(present ? $"  there    {name}: {use}"
                : $"  not there  {name}: {use}, which only {verbs} needs: {SystemPrograms.Remedy([name])}");

        string library = Path.Combine(workbook.Library, "Neurodynamics.Notebooks.dll");
        Say(File.Exists(library), "library", "is what the notebooks compute with", SetUp);
        if (NativeShim.IsNeeded)
            Say(new NativeShim(workbook).IsPresent, "libstdc++ shim",
                "makes TorchSharp load on this system's older libstdc++", SetUp);
        if (File.Exists(library))
        {
            bool loads = TorchLoads(out string error);
            Say(loads, "TorchSharp's native library", loads ? "loads" : $"does not load ({error})", SetUp);
        }

        var kernel = new Kernel(workbook);
        Say(kernel.IsPresent, "kernel", "executes the notebooks' cells", SetUp);
        const string register = "dotnet run --project environment -- kernel";
        string registration = Kernel.UserFolder();
        if (!File.Exists(Path.Combine(registration, "kernel.json")))
            console.WriteLine("  not set  registration for VS Code and Jupyter, needed only to open notebooks there: "
                + register);
        else
        {
            string? host = Kernel.RegisteredHost(registration);
            bool starts = host is not null && File.Exists(host);
            Say(starts, "registration", host == kernel.Host ? $"is for VS Code and Jupyter, in {registration}"
                : host is null ? $"in {registration} cannot be read"
                : $"in {registration} starts the kernel of another clone, {host}"
                    + (starts ? "" : ", which is not there"), register);
        }

        return well ? 0 : 1;

        void Say(bool present, string name, string use, string remedy)
        {
            well &= present;
            console.WriteLine(present ? $"  there    {name}: {use}" : $"  MISSING  {name}: {use}. Do: {remedy}");
        }
    }

    bool TorchLoads(out string error)
    {
        try
        {
            NativeLibrary.Load(Path.Combine(workbook.Library, NativeTorch.File));
            error = "";
            return true;
        }
        catch (Exception unloadable) when (unloadable is DllNotFoundException or BadImageFormatException)
        {
            error = unloadable.Message.Split('\n').Last(line => line.Trim().Length > 0).Trim();
            return false;
        }
    }
}
