using System.Runtime.InteropServices;
using Neurodynamics.Environment;
using Neurodynamics.Hosts;
using Neurodynamics.Pictures;
using Spectre.Console;

// Opens the notebooks in the places where readers open them, with nobody at the keyboard, and checks what is drawn.
// Started by `dotnet run --project environment -- hosts` after the set-up: jupyter, vscode or both, then notebooks.
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var workbook = Workbook.Here();
var console = AnsiConsole.Console;
if (Console.IsOutputRedirected) console.Profile.Width = 200;
string host = args is [var named, ..] ? named : "both";
var results = new List<HostResult>();
try
{
    Directory.CreateDirectory(workbook.Hosts);
    foreach (string old in Directory.GetFiles(workbook.Hosts, host == "both" ? "*.png" : $"{host}*.png"))
        File.Delete(old);
    if (host != "vscode") Add(await new JupyterHost(workbook).TryAsync(stop.Token));
    if (host != "jupyter")
    {
        var code = new VsCodeHost(workbook, console);
        await code.EnsureAsync(stop.Token);
        await foreach (var result in code.TryAsync(workbook.FindNotebooks([.. args.Skip(1)]), stop.Token))
            Add(result);
    }
}
catch (Exception failure) when (failure is WorkbookException or BrowserException)
{
    console.WriteLine(failure.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}

Show();
return results.All(result => result.IsWell) ? 0 : 1;

void Add(HostResult result)
{
    results.Add(result);
    console.WriteLine($"{result.Host}: {result.Notebook} {result.Verdict}");
}

void Show()
{
    var table = new Table()
        .Border(console.Profile.Capabilities.Interactive ? TableBorder.Rounded : TableBorder.Ascii)
        .AddColumn("host").AddColumn("notebook");
    foreach (string number in new[] { "figures", "drawn", "3-D scenes", "turned", "requests blocked", "time" })
        table.AddColumn(new TableColumn(number).RightAligned());
    table.AddColumn("verdict");
    foreach (var result in results)
        table.AddRow(result.Host, Markup.Escape(result.Notebook), $"{result.Figures}", $"{result.Drawn}",
            $"{result.Scenes}", $"{result.Turned}", $"{result.Blocked.Count}",
            FormattableString.Invariant($"{result.Time.TotalSeconds:0} s"),
            result.IsWell ? "[green]ok[/]" : "[red]failed[/]");

    console.WriteLine();
    console.Write(table);
    if (results.SelectMany(result => result.Blocked).ToHashSet() is { Count: > 0 } machines)
        console.WriteLine(
            $"Requested but not reached: {string.Join(", ", machines.Order(StringComparer.Ordinal))}");
    console.WriteLine($"Screenshots: {Workbook.FromHere(workbook.Hosts)}");
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
