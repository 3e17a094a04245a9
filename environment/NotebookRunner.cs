using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using CliWrap.Builders;
using CliWrap.EventStream;
using Neurodynamics.Pictures;
using PuppeteerSharp;

namespace Neurodynamics.Environment;

/// <summary>How far a notebook is: which of its code cells is running, counted from 1 as Jupyter does.</summary>
public sealed record NotebookProgress(string Notebook, int Cell, int Cells);

/// <summary>How the execution of a notebook ended.</summary>
/// <param name="Notebook">Its file name without the ending.</param>
/// <param name="Cells">The number of its code cells.</param>
/// <param name="Time">The wall time, with starting the kernel and exporting the page.</param>
/// <param name="Failure">One sentence naming the notebook and the code cell that threw, or null.</param>
/// <param name="Stills">How many of its figures have a picture beside them, and how many have none.</param>
/// <param name="NoStills">Why no picture could be taken at all, in a sentence, or null.</param>
public sealed record NotebookResult(
    string Notebook, int Cells, TimeSpan Time, string? Failure, (int Shown, int Missing) Stills = default,
    string? NoStills = null)
{
    /// <summary>How many of the claims that it checks hold.</summary>
    public int ClaimsHeld { get; init; }

    /// <summary>The claims that it checks and that do not hold, a sentence each.</summary>
    public IReadOnlyList<string> ClaimsFailed { get; init; } = [];
}

/// <summary>Executes notebooks in the workbook's kernel through Jupyter, and exports each to one HTML page.</summary>
public sealed partial class NotebookRunner(Workbook workbook) : IAsyncDisposable
{
    /// <summary>What Jupyter says of a kernel that was gone before its first answer.</summary>
    const string NeverStarted = "Kernel died before replying to kernel_info";

    IBrowser? browser;
    string? noBrowser;

    /// <summary>Without a browser notebooks are executed all the same, and their figures have no stills.</summary>
    public static bool CanTakeStills => HeadlessBrowser.Find() is not null;

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
    }

    /// <summary>
    /// Executes a notebook, with its own folder as the working directory. The executed and cleaned notebook and its
    /// page go to <paramref name="folder"/>, and so do the claims that it saves; the notebook itself is not touched.
    /// </summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="folder">Where the results go.</param>
    /// <param name="progress">Told when a code cell begins.</param>
    /// <param name="changes">Values to change in the copy that is executed: see <see cref="ChangedNotebook"/>.</param>
    /// <param name="cancellation">Stops the run.</param>
    public async Task<NotebookResult> ExecuteAsync(
        string notebook, string folder, IProgress<NotebookProgress>? progress = null,
        IReadOnlyCollection<string>? changes = null, CancellationToken cancellation = default)
    {
        long started = TimeProvider.System.GetTimestamp();
        string name = Path.GetFileNameWithoutExtension(notebook);
        string shown = Path.Combine(folder, $"{name}.ipynb");
        string changed = Path.Combine(folder, $"{name}.changed.json");
        Directory.CreateDirectory(folder);
        foreach (string? old in new[] { shown, Path.ChangeExtension(shown, ".html"), changed })
            File.Delete(old);

        var stills = (0, 0);
        int cells;
        try
        {
            string text = await File.ReadAllTextAsync(notebook, cancellation);
            cells = CountCodeCells(text);
            if (changes is { Count: > 0 }) WorkbookFile.Write(changed, ChangedNotebook.With(text, changes));
        }
        catch (Exception unreadable)
            when (unreadable is JsonException or NullReferenceException or InvalidOperationException)
        {
            return Result(0, $"{name}: the file cannot be read as a notebook. {unreadable.Message}");
        }

        string? failure = null;
        int cell = 0;
        string lastError = "";
        var command = Nbconvert("--to", "notebook", "--execute", "--config",
                Path.Combine(workbook.Nbconvert, "execute.py"), "--output-dir", folder, notebook)
            .WithEnvironmentVariables(variables => Isolate(workbook, variables)
                .Set("WORKBOOK_EXECUTED", shown).Set("WORKBOOK_CHANGED", changed).Set("WORKBOOK_RESULTS", folder));
        // Seen on a busy machine: a kernel dies before it is asked anything, perhaps because two that start at once
        // choose the same port. That says nothing about the notebook, so it gets a second attempt.
        for (int attempt = 1;
             attempt == 1 || (attempt == 2 && cell == 0 && lastError.EndsWith(NeverStarted, StringComparison.Ordinal));
             attempt++)
        {
            failure = null;
            await foreach (var happened in command.ListenAsync(cancellation))
            {
                switch (happened)
                {
                    case StandardOutputCommandEvent { Text: ['{', ..] line }:
                        var told = JsonNode.Parse(line)!;
                        cell = told["cell"]!.GetValue<int>();
                        if (told["error"]?.GetValue<string>() is { } error)
                            failure = $"{name}, code cell {cell}: {FirstLine(error)}";
                        else progress?.Report(new NotebookProgress(name, cell, cells));

                        break;
                    case StandardErrorCommandEvent { Text: var line } when !string.IsNullOrWhiteSpace(line):
                        lastError = line;
                        break;
                    case ExitedCommandEvent { ExitCode: not 0 }:
                        await Programs.LetInterruptArriveAsync(cancellation);
                        string where = cell == 0 ? "before its first code cell" : $"code cell {cell}";
                        failure ??= $"{name}, {where}: {FirstLine(lastError)}";
                        break;
                }
            }
        }

        File.Delete(changed);
        if (File.Exists(shown)) failure ??= await ExportAsync(shown, folder, cancellation);

        if (File.Exists(Path.ChangeExtension(shown, ".html")))
        {
            try
            {
                browser ??= noBrowser is null ? await HeadlessBrowser.LaunchAsync() : null;
                stills = browser is null
                    ? (0, Stills.Missing(await File.ReadAllTextAsync(shown, cancellation)))
                    : await Stills.AddAsync(browser, shown, notebook);
            }
            catch (Exception broken) when (broken is BrowserException or PuppeteerException or TimeoutException)
            {
                // The browser does not work, or no longer: the notebook is complete without it.
                // One that did not start is not started again.
                noBrowser = browser is null ? broken.Message : null;
                if (browser is not null) await browser.DisposeAsync();
                browser = null;
                stills = (0, Stills.Missing(await File.ReadAllTextAsync(shown, cancellation)));
            }
        }

        return Result(cells, failure);

        NotebookResult Result(int count, string? why)
        {
            string executed = File.Exists(shown) ? File.ReadAllText(shown) : "";
            return new(name, count, TimeProvider.System.GetElapsedTime(started), why, stills, noBrowser)
            {
                ClaimsHeld = ClaimHeld().Count(executed),
                ClaimsFailed = [.. ClaimFailed().Matches(executed)
                    .Select(match => JsonSerializer.Deserialize<string>($"\"{match.Groups["sentence"].Value}\"")!)],
            };
        }
    }

    /// <summary>Exports an executed notebook to one page in a folder; the failure in a sentence, or null.</summary>
    public async Task<string?> ExportAsync(string notebook, string folder, CancellationToken cancellation)
    {
        var export = await Nbconvert("--to", "html", "--template", "workbook",
                $"--TemplateExporter.extra_template_basedirs={workbook.Nbconvert}", "--output-dir", folder, notebook)
            .WithEnvironmentVariables(variables => Isolate(workbook, variables))
            .ExecuteBufferedAsync(cancellation);
        if (export.ExitCode == 0) return null;

        await Programs.LetInterruptArriveAsync(cancellation);
        string name = Path.GetFileNameWithoutExtension(notebook);
        return $"{name}: the export to HTML failed. {export.StandardError.Trim().Split('\n')[^1]}";
    }

    Command Nbconvert(params string[] arguments) =>
        Cli.Wrap(OnPath.Find("jupyter-nbconvert") ?? throw new WorkbookException(
                "jupyter-nbconvert is not on the PATH: install it with "
                + $"`{SystemPrograms.Remedy(["jupyter-nbconvert"])}`."))
            .WithArguments(arguments)
            .WithWorkingDirectory(workbook.Notebooks)
            .WithValidation(CommandResultValidation.None);

    /// <summary>The workbook's own kernel and no configuration of the user's: the same run on every machine.</summary>
    public static EnvironmentVariablesBuilder Isolate(Workbook workbook, EnvironmentVariablesBuilder variables) =>
        variables
        .Set("JUPYTER_PATH", workbook.Jupyter)
        .Set("JUPYTER_CONFIG_DIR", Path.Combine(workbook.Jupyter, "config"))
        .Set("JUPYTER_RUNTIME_DIR", Path.Combine(workbook.Jupyter, "runtime"));

    static int CountCodeCells(string notebook) =>
        JsonNode.Parse(notebook)!["cells"]!.AsArray()
            .Count(cell => $"{cell!["cell_type"]!}" == "code"
                && !string.IsNullOrWhiteSpace(ChangedNotebook.Source(cell)));

    // As the library's CheckedClaim writes them, in a file of JSON.
    [GeneratedRegex("""<div data-check=\\"holds\\">""")]
    private static partial Regex ClaimHeld();

    [GeneratedRegex("""Not so here: (?<sentence>(?:[^"\\]|\\.)*?) If you changed a value""")]
    private static partial Regex ClaimFailed();

    static string FirstLine(string text) => text.Trim().Split('\n')[0].Trim();
}
