using System.ComponentModel;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>
/// Exports every notebook as it was committed or last saved, with its outputs, to one page each that needs nothing
/// else, and an index of them. Nothing is executed.
/// </summary>
[Verb("share", "", "~/fixed-points")]
[Description("Export every saved notebook to one page that needs nothing else, with an index; nothing is executed.")]
sealed partial class ShareCommand(Workbook workbook, IAnsiConsole console) : AsyncCommand<ShareCommand.Settings>
{
    public sealed class Settings : SetupSettings
    {
        [CommandArgument(0, "[folder]"), Description("Where the pages go; .workbook/share if omitted.")]
        public string? Folder { get; init; }
    }

    public override async Task<int> ExecuteAsync(
        CommandContext context, Settings settings, CancellationToken cancellation)
    {
        await new SystemPrograms(workbook, console).EnsureAsync(Purpose.Run, !settings.NoInstall, cancellation);
        string folder = Path.GetFullPath(settings.Folder ?? workbook.Share);
        if (File.Exists(folder)) throw new WorkbookException($"{folder} is a file: name a folder for the pages.");
        Directory.CreateDirectory(folder);
        await using var runner = new NotebookRunner(workbook);
        var entries = new StringBuilder();
        foreach (string notebook in workbook.FindNotebooks())
        {
            string name = Path.GetFileNameWithoutExtension(notebook);
            console.WriteLine(name);
            if (await runner.ExportAsync(notebook, folder, cancellation) is { } failure)
                throw new WorkbookException(failure);

            entries.Append(Entry(name, await File.ReadAllTextAsync(notebook, cancellation)));
        }

        string index = Path.Combine(folder, "index.html");
        WorkbookFile.Write(index, Index(entries.ToString()));
        console.WriteLine($"Pages and index: {Workbook.FromHere(folder)}");
        return 0;
    }

    static string Entry(string name, string notebook)
    {
        var cells = JsonNode.Parse(notebook)!["cells"]!.AsArray();
        string first = string.Concat(
            cells.FirstOrDefault()?["source"] is JsonArray lines
                ? lines.Select(line => line!.GetValue<string>())
                : []);
        string title = Encode(Title().Match(first) is { Success: true } match ? match.Groups[1].Value : name);
        string question = Encode(Question().Match(first).Groups[1].Value.ReplaceLineEndings(" "));
        string time = Encode(RunTime().Match(first).Groups[1].Value.ReplaceLineEndings(" "));
        string runTime = time.Length > 0 ? $"<br><small>Run time: {time}</small>" : "";
        string picture = Picture(cells, Stills.Of(notebook)) is { } still ? $"""<img alt="" src="{still.WebP}">""" : "";
        return $"""
            <a href="{Uri.EscapeDataString(name)}.html">{picture}<span><b>{title}</b><br>{question}{runTime}</span></a>

            """;
    }

    /// <summary>
    /// The figure that the notebook is for: that of the cell with the tag "gallery", and otherwise the last.
    /// </summary>
    static StillPicture? Picture(JsonArray cells, Dictionary<string, StillPicture> all)
    {
        string? outputs = cells.FirstOrDefault(cell => cell!["metadata"]?["tags"] is JsonArray tags
            && tags.Any(tag => tag?.GetValue<string>() == "gallery"))?["outputs"]?.ToJsonString();
        return all.FirstOrDefault(still => outputs?.Contains(still.Key, StringComparison.Ordinal) == true).Value
            ?? all.Values.LastOrDefault();
    }

    static string Encode(string text) => WebUtility.HtmlEncode(text.Replace("**", "").Trim());

    static string Index(string entries) => $$"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>Unfolding recurrent networks</title>
        <style>
        body{font:16px/1.45 sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
        main{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(20rem,100%),1fr));gap:1.2rem}
        a{display:flex;flex-direction:column;gap:.7rem;padding:.9rem;border:1px solid #ddd;border-radius:6px}
        a{color:inherit;text-decoration:none}a:hover b{text-decoration:underline}
        img{width:100%;height:13rem;object-fit:contain}
        </style></head><body>
        <h1>Unfolding recurrent networks, one fixed point at a time</h1>
        <main>
        {{entries}}</main></body></html>

        """;

    [GeneratedRegex(@"^# (.+)$", RegexOptions.Multiline)]
    private static partial Regex Title();

    [GeneratedRegex(@"\*\*Question\.\*\*\s+([^\n]+(?:\n(?!\n)[^\n]+)*)")]
    private static partial Regex Question();

    [GeneratedRegex(@"Run time: (.+?)\.(?:\s|$)", RegexOptions.Singleline)]
    private static partial Regex RunTime();
}
