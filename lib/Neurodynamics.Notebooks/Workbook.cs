using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;
using Neurodynamics.Training;
using Plotly.NET;

namespace Neurodynamics.Notebooks;

/// <summary>What a notebook starts with.</summary>
public static class Workbook
{
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
        KernelInvocationContext.Current?.Display(Kernel.HTML(ChartHtml.Plotly()), HtmlFormatter.MimeType);
    }

    /// <summary>The trained networks that came with the workbook, in its folder data/networks.</summary>
    /// <exception cref="DirectoryNotFoundException">The library does not lie in a workbook.</exception>
    public static NetworkStore Networks => new(Path.Combine(Data, "networks"));

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
    public static CancellationToken Stop => KernelInvocationContext.Current?.CancellationToken ?? CancellationToken.None;
}
