using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.DotNet.Interactive;
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
    private readonly int candidates;
    private readonly Stopwatch sinceShown = new();
    private DisplayedValue? display;
    private (int Value, int Of, string Result, string Remaining) last;
    private bool finished;

    private LiveProgress(int candidates)
    {
        this.candidates = candidates;
        cell?.OnComplete(_ =>
        {
            lock (gate) Finish();
        });
    }

    /// <summary>For a training. Where a saved network is loaded instead, nothing is shown.</summary>
    public static LiveProgress Training() => new(0);

    /// <summary>For a solver.</summary>
    /// <param name="candidates">How many candidates it follows.</param>
    public static LiveProgress Solving(int candidates) => new(candidates);

    /// <inheritdoc/>
    public void Report(TrainingProgress value) => Advance(value.Update, value.Updates,
        string.Create(CultureInfo.InvariantCulture, $": loss {value.Loss:G3}, accuracy {100 * value.Accuracy:0.0} %"),
        string.Create(CultureInfo.InvariantCulture, $", about {Duration(value.Remaining)} left"));

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
        if (finished || last.Value == 0) return;
        finished = true;
        Show();
    }

    private void Show()
    {
        sinceShown.Restart();
        string words = Words();
        var html = Kernel.HTML(finished
            ? $"<div>{WebUtility.HtmlEncode(words)}</div>"
            : string.Create(CultureInfo.InvariantCulture, $"<div><progress max=\"{last.Of}\" value=\"{last.Value}\"></progress> {WebUtility.HtmlEncode(words)}</div>"));
        if (display is null) display = cell!.Display(html, HtmlFormatter.MimeType);
        else display.Update(html);
    }

    private string Words()
    {
        bool training = candidates == 0;
        string amount = string.Create(CultureInfo.InvariantCulture, $"{last.Value}{(last.Value < last.Of ? $" of {last.Of}" : "")} {(training ? "updates" : "candidates")}");
        string verb = !finished ? (training ? "Training" : "Solving") + ":" : last.Value < last.Of ? "Stopped after" : training ? "Trained" : "Followed";
        return $"{verb} {amount}{last.Result}{(!finished ? last.Remaining : !training && last.Value >= last.Of ? " to their end." : ".")}";
    }

    private static string Duration(TimeSpan time) => time.TotalSeconds < 90
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min");
}
