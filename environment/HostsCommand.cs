using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>How a notebook fared in a host.</summary>
/// <param name="Figures">How many figures it has.</param>
/// <param name="Seen">Those that were looked at.</param>
/// <param name="Blocked">Other machines that it asked for, one entry a request.</param>
/// <param name="Failure">What went wrong besides, or null.</param>
sealed record HostResult(string Host, string Notebook, int Figures, IReadOnlyList<SeenFigure> Seen, TimeSpan Time, IReadOnlyList<string> Blocked, string? Failure)
{
    public int Drawn => Seen.Count(figure => figure.Drawn && figure.Shown == figure.Scenes);
    public int Scenes => Seen.Sum(figure => figure.Scenes);
    public int Turned => Seen.Sum(figure => figure.Turned);
    public bool IsWell => Failure is null && Drawn == Figures && Turned == Scenes;
}

sealed class HostsSettings : SetupSettings
{
    [CommandArgument(0, "[host]")]
    [Description("jupyter or vscode; both if omitted.")]
    public string? Host { get; init; }

    [CommandArgument(1, "[notebook]")]
    [Description("In VS Code only notebooks whose file name contains one of these.")]
    public string[] Notebooks { get; init; } = [];
}

/// <summary>Opens the notebooks in the places where readers open them, with nobody at the keyboard, and says what is drawn.</summary>
sealed class HostsCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<HostsSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, HostsSettings settings, CancellationToken cancellation)
    {
        if (settings.Host is not (null or "jupyter" or "vscode"))
        {
            throw new WorkbookException($"There is no host {settings.Host}: name jupyter or vscode, or none for both.");
        }

        await new Setup(workbook, console).RunAsync(tests: true, !settings.NoInstall, cancellation);
        Directory.CreateDirectory(workbook.Hosts);
        foreach (var old in Directory.GetFiles(workbook.Hosts, $"{settings.Host}*.png"))
        {
            File.Delete(old);
        }

        var results = new List<HostResult>();
        if (settings.Host is not "vscode")
        {
            results.Add(Say(await new JupyterHost(workbook).TryAsync(cancellation)));
        }

        if (settings.Host is not "jupyter")
        {
            var code = new VsCodeHost(workbook, console);
            await code.EnsureAsync(cancellation);
            await foreach (var result in code.TryAsync(workbook.FindNotebooks(settings.Notebooks), cancellation))
            {
                results.Add(Say(result));
            }
        }

        Show(results);
        return results.All(result => result.IsWell) ? 0 : 1;
    }

    HostResult Say(HostResult result)
    {
        console.WriteLine($"{result.Host}: {result.Notebook} {(result.IsWell ? "ok" : $"failed: {result.Failure ?? $"{result.Drawn} of {result.Figures} figures drawn, {result.Turned} of {result.Scenes} scenes turned"}")}");
        return result;
    }

    void Show(IReadOnlyList<HostResult> results)
    {
        var table = new Table().Border(console.Profile.Capabilities.Interactive ? TableBorder.Rounded : TableBorder.Ascii).AddColumn("host").AddColumn("notebook");
        foreach (var number in new[] { "figures", "drawn", "3-D scenes", "turned", "requests blocked", "time" })
        {
            table.AddColumn(new TableColumn(number).RightAligned());
        }

        table.AddColumn("verdict");
        foreach (var result in results)
        {
            table.AddRow(result.Host, Markup.Escape(result.Notebook), $"{result.Figures}", $"{result.Drawn}", $"{result.Scenes}", $"{result.Turned}", $"{result.Blocked.Count}",
                FormattableString.Invariant($"{result.Time.TotalSeconds:0} s"), result.IsWell ? "[green]ok[/]" : "[red]failed[/]");
        }

        console.WriteLine();
        console.Write(table);
        if (results.SelectMany(result => result.Blocked).ToHashSet() is { Count: > 0 } machines)
        {
            console.WriteLine($"Asked for and not reached: {string.Join(", ", machines.Order(StringComparer.Ordinal))}");
        }

        console.WriteLine($"Screenshots: {Path.GetRelativePath(System.Environment.CurrentDirectory, workbook.Hosts)}");
    }
}
