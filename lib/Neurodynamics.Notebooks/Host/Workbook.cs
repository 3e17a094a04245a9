using System.Runtime.InteropServices;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Formatting;
using Neurodynamics.Sweeps;
using Neurodynamics.Training;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>What a notebook starts with.</summary>
public static class Workbook
{
    private static PosixSignalRegistration? interrupt;

    static Workbook() => OneCopy.Ensure();

    /// <summary>
    /// Makes charts and tables show as the last value of a cell, without a network. Call it in the first cell of a notebook: the
    /// cell's output holds plotly.js for all figures of the notebook. Outside a kernel only the formatters are registered.
    /// </summary>
    public static void Start()
    {
        Formatter.Register<GenericChart>(ChartHtml.Of, HtmlFormatter.MimeType);
        Formatter.Register<GenericChart>(ChartHtml.Words, PlainTextFormatter.MimeType);
        Formatter.SetPreferredMimeTypesFor(typeof(GenericChart), HtmlFormatter.MimeType);
        Formatter.Register<DataFrame>(TableText.Html, HtmlFormatter.MimeType);
        Formatter.Register<DataFrame>(TableText.Plain, PlainTextFormatter.MimeType);
        Formatter.SetPreferredMimeTypesFor(typeof(DataFrame), HtmlFormatter.MimeType, PlainTextFormatter.MimeType);
        StopCellOnInterrupt();
        KernelInvocationContext.Current?.Display(Kernel.HTML(ChartHtml.Plotly()), HtmlFormatter.MimeType);
    }

    /// <summary>The trained networks that came with the workbook, in its folder data/networks.</summary>
    /// <exception cref="DirectoryNotFoundException">The library does not lie in a workbook.</exception>
    public static NetworkStore Networks => new(Path.Combine(Data, "networks"));

    /// <summary>A sweep that came with the workbook, in its folder data/sweeps, with the rows there are of it.</summary>
    /// <param name="name">Its name.</param>
    public static Sweep Sweep(string name) => Sweeps.Sweep.Load(Path.Combine(Data, "sweeps"), name);

    /// <summary>The workbook's folder of data, wherever the notebook that runs lies.</summary>
    /// <exception cref="DirectoryNotFoundException">The library does not lie in a workbook.</exception>
    public static string Data
    {
        get
        {
            string library = AppContext.BaseDirectory;
            if (typeof(Workbook).Assembly.Location is { Length: > 0 } location) library = Path.GetDirectoryName(location)!;
            for (var folder = new DirectoryInfo(library); folder is not null; folder = folder.Parent)
                if (Directory.Exists(Path.Combine(folder.FullName, "data", "networks"))) return Path.Combine(folder.FullName, "data");
            throw new DirectoryNotFoundException($"There is no folder data/networks in or above {library}: load the library from lib/bin of the workbook, not from a copy elsewhere.");
        }
    }

    /// <summary>Is cancelled when the reader stops the running cell: hand it to a training or a solver. Never cancelled outside a kernel.</summary>
    /// <remarks>
    /// The Polyglot extension's stop button does it. Jupyter's does not: the kernel answers its message without cancelling anything,
    /// and an interrupt signal ends the kernel.
    /// </remarks>
    public static CancellationToken Stop => KernelInvocationContext.Current?.CancellationToken ?? CancellationToken.None;

    /// <summary>
    /// Jupyter's "interrupt" sends SIGINT, which ends the kernel's host, and nothing here can keep it from that. But the running cell is cancelled
    /// first, as by the stop button of the Polyglot extension, so that a training is put aside and not lost. Windows has no such signal.
    /// </summary>
    private static void StopCellOnInterrupt()
    {
        if (OperatingSystem.IsWindows() || KernelInvocationContext.Current is null) return;
        var root = Kernel.Root;
        interrupt ??= PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            _ = root.SendAsync(new Cancel());
        });
    }
}
