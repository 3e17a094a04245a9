using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Neurodynamics.Training;

namespace Neurodynamics.Notebooks;

/// <summary>
/// A bar in the output of the running cell while work goes on, and one line once it has ended or the cell was stopped. Make a new
/// one for each piece of work. Outside a kernel it does nothing. The last line tells no times, so that running a notebook again
/// does not change it.
/// </summary>
public sealed class LiveProgress : IProgress<TrainingProgress>, IProgress<int>
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock gate = new();
    private readonly KernelInvocationContext? cell = KernelInvocationContext.Current;
    private readonly CancellationToken stop = Workbook.Stop;
    private readonly int candidates;
    private readonly Stopwatch sinceShown = new();
    private DisplayedValue? display;
    private (int Value, int Of, string Result, string Remaining) last;
    private bool finished;

    private LiveProgress(int candidates)
    {
        this.candidates = candidates;
        // Not OnComplete: by then the cell's output is closed.
        cell?.KernelEvents.Subscribe(new Observer(told =>
        {
            if (told is ReturnValueProduced or CommandSucceeded or CommandFailed) Finish();
        }));
        stop.Register(Finish);
    }

    /// <summary>For a training. Where a saved network is loaded instead, nothing is shown.</summary>
    public static LiveProgress Training() => new(0);

    /// <summary>For a solver.</summary>
    /// <param name="candidates">How many candidates it follows.</param>
    public static LiveProgress Solving(int candidates) => new(candidates);

    /// <inheritdoc/>
    public void Report(TrainingProgress value) => Advance(value.Update, value.Updates,
        string.Create(CultureInfo.InvariantCulture, $": loss {value.Loss:G3}") + (value.Accuracy is { } accuracy ? string.Create(CultureInfo.InvariantCulture, $", accuracy {100 * accuracy:0.0} %") : ""),
        $", about {Duration(value.Remaining)} left");

    /// <inheritdoc/>
    public void Report(int value) => Advance(value, candidates, "", "");

    private void Advance(int value, int of, string result, string remaining)
    {
        if (cell is null) return;
        lock (gate)
        {
            // A solver's threads may report out of order.
            if (finished || value <= last.Value) return;
            last = (value, of, result, remaining);
            if (value >= of) Finish();
            else if (!sinceShown.IsRunning || sinceShown.Elapsed >= Pause) Show();
        }
    }

    private void Finish()
    {
        lock (gate)
        {
            if (finished || last.Value == 0) return;
            finished = true;
            Show();
        }
    }

    private void Show()
    {
        sinceShown.Restart();
        string words = Words();
        var html = Kernel.HTML(finished
            ? $"<div>{WebUtility.HtmlEncode(words)}</div>"
            : string.Create(CultureInfo.InvariantCulture, $"<div><progress max=\"{last.Of}\" value=\"{last.Value}\"></progress> {WebUtility.HtmlEncode(words)}</div>"));
        if (display is null) display = cell!.Display(html, HtmlFormatter.MimeType);
        // Published here, since a displayed value that is told to update itself while the cell ends writes to the console instead.
        else cell!.Publish(new DisplayedValueUpdated(html, display.DisplayId, cell.Command, [new FormattedValue(HtmlFormatter.MimeType, html.ToString())]));
    }

    private string Words()
    {
        var (things, whole) = candidates == 0 ? ("updates", "Trained") : ("candidates", "Followed");
        bool all = last.Value >= last.Of;
        string reached = string.Create(CultureInfo.InvariantCulture, $"{last.Value} of {last.Of} {things}"), done = string.Create(CultureInfo.InvariantCulture, $"{last.Value} {things}");
        if (!finished) return $"{(candidates == 0 ? "Training" : "Solving")}: {reached}{last.Result}{last.Remaining}";
        // A training that is good enough ends before its last update, and that is no interruption.
        if (!all && (stop.IsCancellationRequested || candidates > 0)) return $"Stopped after {reached}{last.Result}.";
        return $"{whole} {done}{last.Result}{(candidates > 0 ? " to their end" : "")}.";
    }

    private static string Duration(TimeSpan time) => time.TotalSeconds < 90
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min");

    private sealed class Observer(Action<KernelEvent> told) : IObserver<KernelEvent>
    {
        public void OnNext(KernelEvent value) => told(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
