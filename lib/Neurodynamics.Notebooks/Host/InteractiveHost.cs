using System.Runtime;
using System.Runtime.InteropServices;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET.Interactive;

namespace Neurodynamics.Notebooks;

/// <summary>.NET Interactive: the only file that knows its types.</summary>
internal sealed class InteractiveHost : INotebookHost
{
    /// <summary>How long a cancelled cell may take to end by itself: a training puts itself aside first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private bool stoppable;

    public INotebookCell? Running => KernelInvocationContext.Current is { } context ? new Cell(context) : null;

    public void Show(Type type, Func<object, string> html, Func<object, string> plain, bool both)
    {
        Formatter.Register(type, (value, writer) => writer.Write(html(value)), HtmlFormatter.MimeType);
        // The second is what a list of variables shows.
        foreach (string text in new[] { PlainTextFormatter.MimeType, PlainTextSummaryFormatter.MimeType })
            Formatter.Register(type, (value, writer) => writer.Write(plain(value)), text);
        string[] preferred = both ? [HtmlFormatter.MimeType, PlainTextFormatter.MimeType] : [HtmlFormatter.MimeType];
        Formatter.SetPreferredMimeTypesFor(type, preferred);
    }

    public void LoadPlotly()
    {
        if (KernelInvocationContext.Current is null) return;
        ((IKernelExtension)new FormatterKernelExtension()).OnLoadAsync(Kernel.Root).GetAwaiter().GetResult();
    }

    /// <remarks>
    /// Jupyter's "interrupt" sends SIGINT, which would end .NET Interactive. The kernel is started so that it does not
    /// arrive, and SIGUSR1 comes in its place: it cancels the running cell, as the stop button of the Polyglot
    /// extension does. Windows has no such signals.
    /// </remarks>
    public void LetCellsBeStopped()
    {
        if (stoppable || KernelInvocationContext.Current is null) return;
        stoppable = true;
        var root = Kernel.Root;
        root.FindKernelByName("csharp")?.AddMiddleware(RunStoppable);
        if (OperatingSystem.IsWindows()) return;
        // Held by the process, which ends with it.
        _ = GCHandle.Alloc(PosixSignalRegistration.Create((PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30), signal =>
        {
            signal.Cancel = true;
            _ = root.SendAsync(new Cancel());
        }));
    }

    /// <summary>
    /// Runs a cell on a thread that is aborted where the cell was cancelled and does not end by itself: a loop of the
    /// reader's own would keep the kernel from taking another cell.
    /// </summary>
    private static Task RunStoppable(
        KernelCommand command, KernelInvocationContext context, KernelPipelineContinuation next) =>
        command is not SubmitCode ? next(command, context) : Task.Run(() =>
        {
            using var deaf = new CancellationTokenSource();
            using var patience = context.CancellationToken.Register(() => deaf.CancelAfter(Patience));
            // Made for such hosts. The process may be left in any state, so only as a last resort.
#pragma warning disable SYSLIB0046
            ControlledExecution.Run(() => next(command, context).GetAwaiter().GetResult(), deaf.Token);
#pragma warning restore SYSLIB0046
        });

    private sealed class Cell(KernelInvocationContext context) : INotebookCell
    {
        public CancellationToken Stop => context.CancellationToken;

        public Action<string> Display(string html)
        {
            var shown = context.Display(Kernel.HTML(html), HtmlFormatter.MimeType);
            // Published here: a displayed value that updates itself while the cell ends writes to the console instead.
            return text => context.Publish(new DisplayedValueUpdated(
                Kernel.HTML(text), shown.DisplayId, context.Command,
                    [new FormattedValue(HtmlFormatter.MimeType, text)]));
        }

        // Not OnComplete: by then the cell's output is closed.
        public void WhenDone(Action done) => context.KernelEvents.Subscribe(new Observer(done));
    }

    private sealed class Observer(Action done) : IObserver<KernelEvent>
    {
        public void OnNext(KernelEvent value)
        {
            if (value is ReturnValueProduced or CommandSucceeded or CommandFailed) done();
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
