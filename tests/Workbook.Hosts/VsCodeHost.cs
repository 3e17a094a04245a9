using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using CliWrap;
using Neurodynamics.Environment;
using Neurodynamics.Pictures;
using PuppeteerSharp;
using Spectre.Console;

namespace Neurodynamics.Hosts;

/// <summary>
/// The committed notebooks in a real VS Code: code-server, which is VS Code in a browser, built here from its npm
/// package. It shows notebooks; without the Jupyter extension it runs no cell.
/// </summary>
sealed partial class VsCodeHost(Workbook workbook, IAnsiConsole console)
{
    /// <summary>Pixels from the middle of the window within which a figure is close enough to be put there.</summary>
    const int Near = 400;

    string Folder => Path.Combine(workbook.Made, "vscode");
    string Server => Path.Combine(Folder, "node_modules", "code-server");
    string Stamp => Path.Combine(Folder, "made-from.json");

    /// <summary>package.json and, with the hash of every package, package-lock.json.</summary>
    string Locked => Path.Combine(workbook.Root, "tests", "Workbook.Hosts", "vscode");
    string Copies => Path.Combine(workbook.Hosts, "vscode");

    /// <summary>Installs the server where it is not there.</summary>
    public async Task EnsureAsync(CancellationToken cancellation)
    {
        string node = Needed("node", "Node.js 20 (nodejs.org, with npm)");
        string wanted = await File.ReadAllTextAsync(Path.Combine(Locked, "package-lock.json"), cancellation);
        if (File.Exists(Stamp) && await File.ReadAllTextAsync(Stamp, cancellation) == wanted)
            return;

        string npmProgram = Needed("npm", "npm, which comes with Node.js");
        var npm = Cli.Wrap(npmProgram).WithEnvironmentVariables(variables => variables
            // Built here against the headers that lie beside node: the module's own script would download.
            .Set("npm_config_nodedir", Path.GetDirectoryName(Path.GetDirectoryName(node)))
            .Set("npm_config_build_from_source", "true"));
        string ripgrep = Needed("rg", "ripgrep (Debian's package ripgrep)");
        Needed("g++", "a C++ compiler (Debian's package build-essential)");
        Needed("make", "make (Debian's package build-essential)");
        console.WriteLine($"Installing code-server in {Workbook.FromHere(Folder)}; this takes some minutes.");
        Directory.CreateDirectory(Folder);
        foreach (string file in Directory.GetFiles(Locked))
            File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)), overwrite: true);
        string code = Path.Combine(Server, "lib", "vscode");
        // What the lock file names and nothing else; code-server brings one of its own for what it runs.
        await NpmAsync(Folder, "ci", "--ignore-scripts");
        // Of all modules with a native part the server starts without any but this.
        await NpmAsync(Folder, "rebuild", "argon2");
        await NpmAsync(code, "ci", "--omit=dev", "--ignore-scripts", "--legacy-peer-deps");
        string link = Path.Combine(code, "node_modules", "@vscode", "ripgrep", "bin", "rg");
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.Delete(link);
        File.CreateSymbolicLink(link, ripgrep);
        await File.WriteAllTextAsync(Stamp, wanted, cancellation);

        Task NpmAsync(string folder, params string[] arguments) => Programs.RunAsync(
            workbook, npm.WithArguments(["--prefix", folder, .. arguments, "--no-audit", "--no-fund"]),
            "code-server could not be installed:", cancellation);
    }

    static string Needed(string program, string what) => OnPath.Find(program)
        ?? throw new WorkbookException($"{program} is not on the PATH: install {what}.");

    public async IAsyncEnumerable<HostResult> TryAsync(
        IReadOnlyList<string> notebooks, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Copies: an editor may save what it opens.
        Directory.CreateDirectory(Copies);
        foreach (string notebook in notebooks)
            File.Copy(notebook, Path.Combine(Copies, Path.GetFileName(notebook)), overwrite: true);

        Directory.CreateDirectory(Path.Combine(Folder, "user", "User"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "user", "User", "settings.json"),
            """{ "workbench.startupEditor": "none", "remote.autoForwardPorts": false }""", cancellation);
        await using var server = await LocalServer.StartAsync(
            (port, password) => Cli.Wrap(Needed("node", "Node.js 20")).WithArguments([
                Path.Combine(Server, "out", "node", "entry.js"),
                "--bind-addr", $"127.0.0.1:{port}", "--auth", "password", "--disable-workspace-trust",
                "--disable-telemetry", "--disable-update-check",
                "--user-data-dir", Path.Combine(Folder, "user"), "--extensions-dir", Path.Combine(Folder, "extensions"),
                "--config", Path.Combine(Folder, "config.yaml")])
                .WithEnvironmentVariables(variables => variables.Set("PASSWORD", password)),
            Path.Combine(workbook.Logs, "code-server.log"), cancellation);
        foreach (string notebook in notebooks)
            yield return await TryAsync(server, notebook, cancellation);
    }

    async Task<HostResult> TryAsync(LocalServer server, string notebook, CancellationToken cancellation)
    {
        long started = TimeProvider.System.GetTimestamp();
        string name = Path.GetFileNameWithoutExtension(notebook);
        var keys = Figure().Matches(await File.ReadAllTextAsync(notebook, cancellation))
            .Select(match => match.Groups[1].Value).ToHashSet();
        int count = keys.Count;
        var seen = new List<SeenFigure>();
        await using var page = await HostPage.OpenAsync();
        try
        {
            await OpenAsync(page, server, Path.GetFileName(notebook));
            await ScrollAsync(page, async frame =>
            {
                foreach (string? key in keys.ToArray())
                {
                    if (await MissedAsync(page, frame, key) is { } far && Math.Abs(far) < Near)
                    {
                        keys.Remove(key);
                        seen.Add(await LookAsync(page, frame, key));
                        await page.PictureAsync(Path.Combine(workbook.Hosts, $"vscode-{name}-{seen.Count}.png"));
                    }
                }
            }, cancellation);
            return Result(page.LostAScene ? "the browser took a scene away because there were too many" : null);
        }
        catch (Exception failure) when (failure is WorkbookException or BrowserException or PuppeteerException)
        {
            await page.PictureAsync(Path.Combine(workbook.Hosts, $"vscode-{name}-failure.png"));
            return Result(failure.Message);
        }

        HostResult Result(string? failure) => new(
            "vscode", name, count, seen, TimeProvider.System.GetElapsedTime(started), page.Blocked, failure);
    }

    async Task OpenAsync(HostPage page, LocalServer server, string file)
    {
        await page.Page.GoToAsync(new Uri(server.Address, "login").AbsoluteUri);
        await page.Page.TypeAsync("input[name=password]", server.Password);
        await Task.WhenAll(page.Page.WaitForNavigationAsync(), page.Page.Keyboard.PressAsync("Enter"));
        await page.Page.GoToAsync(new Uri(server.Address, $"?folder={Uri.EscapeDataString(Copies)}").AbsoluteUri,
            WaitUntilNavigation.DOMContentLoaded);
        await page.UntilAsync(
            "document.querySelector('.explorer-folders-view .monaco-list-row')", "VS Code to open the folder");
        await page.PressAsync("Control", "p");
        await page.UntilAsync("document.activeElement.closest('.quick-input-widget')", "the box for a file's name");
        await page.Page.Keyboard.SendCharacterAsync(file);
        await page.UntilAsync($"""
            [...document.querySelectorAll('.quick-input-list .monaco-list-row')]
              .some(row => row.innerText.includes('{file}'))
            """, "VS Code to find the notebook");
        await page.PressAsync("Enter");
        await page.UntilAsync(
            "document.querySelector('.notebookOverlay .monaco-list-row')", "VS Code to show the notebook");
    }

    /// <summary>From the notebook's start to its end, with the wheel. Every step is looked at.</summary>
    static async Task ScrollAsync(HostPage page, Func<IFrame, Task> look, CancellationToken cancellation)
    {
        for (int still = 0; still < 4;)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var frame in page.Page.Frames
                .Where(frame => !frame.Detached && frame != page.Page.MainFrame).ToArray())
            {
                if (await frame.EvaluateExpressionAsync<bool>("!!document.querySelector('.neurodynamics-figure')"))
                    await look(frame);
            }

            still = await WheelAsync(page, 500) ? 0 : still + 1;
        }
    }

    /// <summary>Scrolls; whether anything moved.</summary>
    static async Task<bool> WheelAsync(HostPage page, decimal pixels)
    {
        const string top = "document.querySelector('.notebookOverlay .cell-list-container .monaco-list-rows')"
            + ".getBoundingClientRect().top";
        // At the left of the cells: over a 3-D scene the wheel would zoom it.
        decimal[] gutter = await page.Page.EvaluateExpressionAsync<decimal[]>("""
            (() => {
              const box = document.querySelector('.notebookOverlay').getBoundingClientRect();
              return [box.left + 8, box.top + box.height / 2];
            })()
            """);
        decimal before = await page.Page.EvaluateExpressionAsync<decimal>(top);
        await page.Page.Mouse.MoveAsync(gutter[0], gutter[1]);
        await page.Page.Mouse.WheelAsync(0, pixels);
        await Task.Delay(800);
        return await page.Page.EvaluateExpressionAsync<decimal>(top) != before;
    }

    /// <summary>
    /// Puts a figure in the middle and looks at it; again if outputs above it grew meanwhile and moved it.
    /// </summary>
    static async Task<SeenFigure> LookAsync(HostPage page, IFrame frame, string key)
    {
        var seen = new SeenFigure(false, 0, 0, 0);
        for (int attempt = 0; attempt < 3 && !seen.IsWell; attempt++)
        {
            for (int step = 0; step < 5; step++)
                if (await MissedAsync(page, frame, key) is not { } far || Math.Abs(far) <= 60
                    || !await WheelAsync(page, far))
                    break;

            seen = await page.LookAsync(frame, key);
        }

        return seen;
    }

    /// <summary>
    /// How far below the middle of the window a figure's middle is, or null if it is not shown. The frame of all
    /// outputs is as high as the notebook, so only the whole page knows.
    /// </summary>
    static async Task<decimal?> MissedAsync(HostPage page, IFrame frame, string key)
    {
        await using var figure = await frame.QuerySelectorAsync($"[data-figure='{key}']");
        const string visible = "box => box.checkVisibility({ visibilityProperty: true })";
        return figure is not null && await figure.EvaluateFunctionAsync<bool>(visible)
            && await figure.BoundingBoxAsync() is { } box
            ? box.Y + box.Height / 2 - page.Page.Viewport.Height / 2
            : null;
    }

    [GeneratedRegex("data-figure=\\\\\"([0-9a-f]+)")]
    private static partial Regex Figure();
}
