using System.Text.Json.Nodes;
using CliWrap;
using CliWrap.Buffered;
using Neurodynamics.Environment;
using Neurodynamics.Pictures;
using PuppeteerSharp;

namespace Neurodynamics.Hosts;

/// <summary>
/// A copy of the first notebook in a real Jupyter Notebook, used as a reader does: run all, turn, change a value, run a
/// cell again and again, save, and open again.
/// </summary>
sealed class JupyterHost(Workbook workbook)
{
    const string Notebook = "00-start-here";
    const string Loaded = "window.Jupyter && Jupyter.notebook && Jupyter.notebook._fully_loaded";

    string Folder => Path.Combine(workbook.Hosts, "jupyter");

    public async Task<HostResult> TryAsync(CancellationToken cancellation)
    {
        long started = TimeProvider.System.GetTimestamp();
        const string remedy = "install Jupyter Notebook 6 (Debian's package jupyter-notebook).";
        string program = OnPath.Find("jupyter-notebook")
            ?? throw new WorkbookException($"jupyter-notebook is not on the PATH: {remedy}");
        var asked = await Cli.Wrap(program).WithArguments("--version").ExecuteBufferedAsync(cancellation);
        string version = asked.StandardOutput.Trim();
        if (!version.StartsWith("6.", StringComparison.Ordinal))
            throw new WorkbookException($"This test needs Jupyter Notebook 6, and {version} is installed: {remedy}");

        Directory.CreateDirectory(Folder);
        string copy = Path.Combine(Folder, $"{Notebook}.ipynb");
        File.Copy(Path.Combine(workbook.Notebooks, $"{Notebook}.ipynb"), copy, overwrite: true);
        // The copy lies elsewhere than the notebook, so the library's folder is named in full.
        string setup = await File.ReadAllTextAsync(Path.Combine(workbook.Notebooks, "setup.dib"), cancellation);
        await File.WriteAllTextAsync(Path.Combine(Folder, "setup.dib"),
            setup.Replace("../lib/bin", workbook.Library.Replace('\\', '/')), cancellation);

        await using var server = await LocalServer.StartAsync(
            (port, password) => Cli.Wrap(program)
                .WithArguments(["--no-browser", "--ip=127.0.0.1", $"--port={port}", "--port-retries=0",
                    $"--notebook-dir={Folder}", "--allow-root"])
                // Not among its arguments, which every user of the machine can read.
                .WithEnvironmentVariables(variables => NotebookRunner.Isolate(workbook, variables)
                    .Set("JUPYTER_TOKEN", password)
                    .Set("JUPYTER_DATA_DIR", Path.Combine(workbook.Jupyter, "data"))),
            Path.Combine(workbook.Logs, "jupyter-notebook.log"), cancellation);
        await using var page = await HostPage.OpenAsync();
        var seen = new List<SeenFigure>();
        try
        {
            await page.Page.GoToAsync(new Uri(server.Address, $"?token={server.Password}").AbsoluteUri);
            await WorkAsync(page, new Uri(server.Address, $"notebooks/{Notebook}.ipynb"), copy, seen);
            return Result(null);
        }
        catch (Exception failure) when (failure is WorkbookException or BrowserException or PuppeteerException)
        {
            await page.PictureAsync(Path.Combine(workbook.Hosts, "jupyter-failure.png"));
            return Result(failure.Message);
        }

        HostResult Result(string? failure) => new(
            "jupyter", Notebook, 3, seen, TimeProvider.System.GetElapsedTime(started), page.Blocked, failure);
    }

    async Task WorkAsync(HostPage page, Uri address, string file, List<SeenFigure> seen)
    {
        var frame = page.Page.MainFrame;
        await page.Page.GoToAsync(address.AbsoluteUri, WaitUntilNavigation.DOMContentLoaded);
        await page.UntilAsync(
            $"{Loaded} && Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected()", "the kernel to start");

        // A notebook from elsewhere is not trusted: its scripts are taken out.
        await page.UntilAsync(
            "[...document.querySelectorAll('.neurodynamics-figure img')].filter(i => i.naturalWidth > 0).length === 3",
            "the stills of a notebook that is not trusted");
        await page.Page.ClickAsync("#celllink");
        await page.Page.ClickAsync("#run_all_cells");
        await RanAsync(page, "all cells to run");
        foreach (string key in await KeysAsync(page))
        {
            await frame.EvaluateFunctionAsync(
                "key => document.querySelector(`[data-figure='${key}']`).scrollIntoView({ block: 'center' })", key);
            seen.Add(await page.LookAsync(frame, key));
            await page.PictureAsync(Path.Combine(workbook.Hosts, $"jupyter-{seen.Count}.png"));
        }

        // A value is changed in its cell, and what depends on it follows.
        int parameters = await CellAsync(page, "var candidateCount = 1024");
        string fewer = (await TextAsync(page, parameters))
            .Replace("var candidateCount = 1024", "var candidateCount = 200 ");
        await TypeAsync(page, parameters, fewer);
        await RunAsync(page, parameters);
        int search = await CellAsync(page, "var found = ");
        await RunAsync(page, search);
        string output = await page.Page.EvaluateExpressionAsync<string>(
            $"Jupyter.notebook.get_cell({search}).output_area.element.text()");
        Demand(output.Contains("200 candidates"), "a changed value does not reach the search");

        // Two more figures of the reader's own; the last is run twenty times.
        foreach (string? title in new[] { "once", "again" })
        {
            await page.Page.EvaluateExpressionAsync("Jupyter.notebook.insert_cell_at_bottom('code'), 0");
            int last = await page.Page.EvaluateExpressionAsync<int>("Jupyter.notebook.ncells() - 1");
            await TypeAsync(page, last, $"Figures.FixedPoints(points, network, pca, states, title: \"{title}\")");
            await RunAsync(page, last);
        }

        int again = await page.Page.EvaluateExpressionAsync<int>("Jupyter.notebook.ncells() - 1");
        for (int run = 0; run < 20; run++)
        {
            await RunAsync(page, again);
            await page.UntilAsync($"Jupyter.notebook.get_cell({again}).element[0].querySelector('canvas')",
                $"the figure to be drawn in its run {run + 1}");
        }

        await page.PictureAsync(Path.Combine(workbook.Hosts, "jupyter-rerun.png"));
        await AllAliveAsync(page, 5, "after twenty runs of one cell");

        await page.PressAsync("Control", "s");
        await page.UntilAsync("!Jupyter.notebook.dirty", "the notebook to be saved");
        string saved = await File.ReadAllTextAsync(file);
        int figures = JsonNode.Parse(saved)!["cells"]!.AsArray()
            .Count(cell => cell!["outputs"]?.ToJsonString().Contains("data-figure") ?? false);
        Demand(saved.Contains("var candidateCount = 200") && figures == 5,
            "the saved notebook lacks what was done in it");

        await page.Page.GoToAsync(address.AbsoluteUri, WaitUntilNavigation.DOMContentLoaded);
        await page.UntilAsync(Loaded, "the saved notebook to open");
        // Jupyter Notebook 6 signs a notebook before it gives new cells their ids, so one with new cells comes back
        // untrusted: a click away from its figures.
        if (!await page.Page.EvaluateExpressionAsync<bool>("Jupyter.notebook.trusted"))
        {
            await page.Page.ClickAsync("#notification_trusted");
            await page.UntilAsync("document.querySelector('.modal.in .btn-danger')", "the question whether to trust");
            await page.Page.EvaluateExpressionAsync("window.before = true");
            await page.Page.ClickAsync(".modal.in .btn-danger");
            await page.UntilAsync(
                $"!window.before && {Loaded} && Jupyter.notebook.trusted", "the trusted notebook to open");
        }

        await AllAliveAsync(page, 5, "in the saved notebook");
        await page.PictureAsync(Path.Combine(workbook.Hosts, "jupyter-reopened.png"));
    }

    /// <summary>
    /// Demands that every figure is drawn when it is in view, that the browser took no scene away, and that no more
    /// scenes live than may.
    /// </summary>
    static async Task AllAliveAsync(HostPage page, int figures, string when)
    {
        await page.UntilAsync(
            $"document.querySelectorAll('.neurodynamics-figure').length === {figures}", $"{figures} figures {when}");
        for (int figure = 0; figure < figures; figure++)
        {
            string box = $"document.querySelectorAll('.neurodynamics-figure')[{figure}]";
            await page.Page.EvaluateExpressionAsync($"{box}.scrollIntoView({{ block: 'center' }}), 0");
            await page.UntilAsync($"{box}.querySelector('.main-svg')", $"figure {figure + 1} {when}");
        }

        await Task.Delay(500);
        int lost = await page.Page.EvaluateExpressionAsync<int>("""
            [...document.querySelectorAll('.gl-container canvas')]
              .filter(canvas => canvas.getContext('webgl').isContextLost()).length
            """);
        Demand(lost == 0 && !page.LostAScene, $"{lost} scenes are lost {when}");
        Demand(await page.Page.EvaluateExpressionAsync<bool>("neurodynamics.live <= neurodynamics.limit"),
            $"too many scenes are alive {when}");
    }

    static void Demand(bool well, string otherwise)
    {
        if (!well) throw new WorkbookException(otherwise);
    }

    static Task<string[]> KeysAsync(HostPage page) => page.Page.EvaluateExpressionAsync<string[]>(
        "[...document.querySelectorAll('.neurodynamics-figure')].map(box => box.dataset.figure)");

    static Task<int> CellAsync(HostPage page, string text) => page.Page.EvaluateFunctionAsync<int>("""
        text => Jupyter.notebook.get_cells()
          .findIndex(cell => cell.cell_type === 'code' && cell.get_text().includes(text))
        """, text);

    static Task<string> TextAsync(HostPage page, int cell) =>
        page.Page.EvaluateExpressionAsync<string>($"Jupyter.notebook.get_cell({cell}).get_text()");

    static async Task TypeAsync(HostPage page, int cell, string text)
    {
        await page.Page.EvaluateExpressionAsync($"Jupyter.notebook.get_cell({cell}).element[0].scrollIntoView(), 0");
        var editor = (IElementHandle)await page.Page.EvaluateExpressionHandleAsync(
            $"Jupyter.notebook.get_cell({cell}).element[0].querySelector('.CodeMirror-lines')");
        await editor.ClickAsync();
        await page.PressAsync("Control", "a");
        await page.Page.Keyboard.SendCharacterAsync(text);
        Demand(await TextAsync(page, cell) == text, "what is typed into a cell does not arrive there");
    }

    static async Task RunAsync(HostPage page, int cell)
    {
        await page.Page.EvaluateExpressionAsync($"Jupyter.notebook.select({cell}), Jupyter.notebook.focus_cell(), 0");
        await page.PressAsync("Control", "Enter");
        await RanAsync(page, $"cell {cell + 1} to run");
    }

    static async Task RanAsync(HostPage page, string what)
    {
        await page.UntilAsync("""
            Jupyter.notebook.get_cells()
              .every(cell => cell.cell_type !== 'code' || typeof cell.input_prompt_number === 'number')
            """, what, 600_000);
        string? error = await page.Page.EvaluateExpressionAsync<string?>(
            "(document.querySelector('.output_error') || {}).innerText || null");
        Demand(error is null, $"a cell failed: {error?.Split('\n')[0]}");
    }
}
