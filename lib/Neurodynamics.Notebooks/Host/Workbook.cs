using System.Runtime.InteropServices;
using Microsoft.Data.Analysis;
using Neurodynamics.Analysis;
using Neurodynamics.Sweeps;
using Neurodynamics.Training;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>What a notebook starts with.</summary>
public static class Workbook
{
    /// <summary>The folder of data, where it was said.</summary>
    private static string? used;

    static Workbook() => OneCopy.Ensure();

    internal static INotebookHost Host { get; } = new InteractiveHost();

    /// <summary>
    /// Makes charts, tables and every result of the library show as the last value of a cell, without a network. Call
    /// it in the first cell of a notebook: that cell's output holds plotly.js for all figures of the notebook. Outside
    /// a kernel only the formatters are registered.
    /// </summary>
    public static void Start()
    {
        BareVariable.Show(Host);
        // Before ours, which draws the same charts in every host, with stills and in a dark theme.
        Host.LoadPlotly();
        ShowOthers();
        Host.LetCellsBeStopped();
        Host.Running?.Display(ChartHtml.Plotly());
    }

    /// <summary>
    /// Charts and tables, which other extensions show as well: the formatter that is registered last is used.
    /// </summary>
    private static void ShowOthers()
    {
        Show<GenericChart>(ChartHtml.Of, ChartHtml.Words, both: false);
        Show<DataFrame>(table => TableText.Html(table), table => TableText.Plain(table), both: true);
        Show<CheckedClaim>(claim => claim.Html, claim => claim.ToString(), both: true);

        static void Show<T>(Func<T, string> html, Func<T, string> plain, bool both) =>
            Host.Show(typeof(T), value => html((T)value), value => plain((T)value), both);
    }

    /// <summary>
    /// The same where the library was loaded from a package, beside which lie neither data nor libtorch: both are taken
    /// from a workbook.
    /// </summary>
    /// <param name="folder">The workbook's folder, set up.</param>
    /// <exception cref="DirectoryNotFoundException">There is no workbook that is set up in that folder.</exception>
    public static void Start(string folder)
    {
        string data = Path.Combine(folder, "data"), torch = Path.Combine(folder, "lib", "bin", NativeTorch.File);
        if (!Directory.Exists(Path.Combine(data, "networks")) || !File.Exists(torch))
            throw new DirectoryNotFoundException($"{folder} is no workbook that is set up: where it was moved, set it "
                + "up there and load the package from its feed.");
        // What is loaded already, TorchSharp finds by its name. Its own search would copy half a gigabyte.
        NativeLibrary.Load(torch);
        used = data;
        Start();
        // Extensions of other packages come after this one: Microsoft.Data.Analysis' own shows tables too.
        Host.Running?.WhenDone(ShowOthers);
    }

    /// <summary>The trained networks that came with the workbook, in its folder data/networks.</summary>
    /// <exception cref="DirectoryNotFoundException">The library does not lie in a workbook.</exception>
    public static NetworkStore Networks => new(Path.Combine(Data, "networks"));

    /// <summary>
    /// A sweep that came with the workbook, in its folder data/sweeps, with the rows that it has so far.
    /// </summary>
    /// <param name="name">Its name.</param>
    public static Sweep Sweep(string name) => Sweeps.Sweep.Load(Path.Combine(Data, "sweeps"), name);

    /// <summary>
    /// What the measure of shapes told of made-up clouds, in the workbook's folder data/shapes: its error rates.
    /// </summary>
    public static IReadOnlyList<ShapeErrors> ShapeErrors =>
        Analysis.ShapeErrors.Load(Path.Combine(Data, "shapes", "error-rates.jsonl"));

    /// <summary>The workbook's folder of data, wherever the running notebook lies.</summary>
    /// <exception cref="DirectoryNotFoundException">The library does not lie in a workbook.</exception>
    public static string Data
    {
        get
        {
            if (used is not null) return used;
            string library = AppContext.BaseDirectory;
            if (typeof(Workbook).Assembly.Location is { Length: > 0 } location) library =
                Path.GetDirectoryName(location)!;
            for (var folder = new DirectoryInfo(library); folder is not null; folder = folder.Parent)
                if (Directory.Exists(Path.Combine(folder.FullName, "data", "networks"))) return Path.Combine(
                    folder.FullName, "data");
            throw new DirectoryNotFoundException(
                $"There is no folder data/networks in or above {library}: load the library from lib/bin of the "
                + "workbook, or give Workbook.Start the workbook's folder.");
        }
    }

    /// <summary>
    /// The folder for what this run of a notebook finds: the one that the command <c>run</c> names in the variable
    /// WORKBOOK_RESULTS, else .workbook/results, which git ignores.
    /// </summary>
    public static string Results => Environment.GetEnvironmentVariable("WORKBOOK_RESULTS") is { Length: > 0 } named
        ? named : Path.Combine(Path.GetDirectoryName(Data)!, ".workbook", "results");

    /// <summary>
    /// Cancelled when the reader stops the running cell: pass it to a training or a solver. Never cancelled outside a
    /// kernel.
    /// </summary>
    /// <remarks>
    /// The stop button of the Polyglot extension cancels it, and so does Jupyter's interrupt, but on Windows. A cell
    /// that does not look at it is aborted after ten seconds.
    /// </remarks>
    public static CancellationToken Stop => Host.Running?.Stop ?? CancellationToken.None;
}
