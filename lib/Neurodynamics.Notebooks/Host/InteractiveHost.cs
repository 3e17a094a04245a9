using System.Runtime.InteropServices;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace Neurodynamics.Notebooks;

/// <summary>.NET Interactive: the only file that knows its types.</summary>
internal sealed class InteractiveHost : INotebookHost
{
    private PosixSignalRegistration? interrupt;

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

    /// <remarks>
    /// Jupyter's "interrupt" sends SIGINT, which would end .NET Interactive. The kernel is started so that it does not
    /// arrive, and SIGUSR1 comes in its place: it cancels the running cell, as the stop button of the Polyglot
    /// extension does. Windows has no such signals.
    /// </remarks>
    public void StopCellOnInterrupt()
    {
        if (OperatingSystem.IsWindows() || KernelInvocationContext.Current is null) return;
        var (root, user) = (Kernel.Root, (PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30));
        interrupt ??= PosixSignalRegistration.Create(user, signal =>
        {
            signal.Cancel = true;
            _ = root.SendAsync(new Cancel());
        });
    }

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
