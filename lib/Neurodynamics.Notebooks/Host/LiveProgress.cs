using System.Diagnostics;
using System.Globalization;
using System.Net;
using Neurodynamics.Training;

namespace Neurodynamics.Notebooks;

/// <summary>
/// A bar in the output of the running cell while work goes on, and one line once it has ended or the cell was stopped.
/// Make a new one for each piece of work. Outside a kernel it does nothing. The last line holds no times, so that
/// running a notebook again does not change it.
/// </summary>
public sealed class LiveProgress : IProgress<TrainingProgress>, IProgress<int>
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock gate = new();
    private readonly INotebookCell? cell = Workbook.Host.Running;
    private readonly CancellationToken stop = Workbook.Stop;
    private readonly int candidates;
    private readonly Stopwatch sinceShown = new();
    private Action<string>? replace;
    private (int Value, int Of, string Result, string Remaining) last;
    private bool finished;

    private LiveProgress(int candidates)
    {
        this.candidates = candidates;
        cell?.WhenDone(Finish);
        stop.Register(Finish);
    }

    /// <summary>How far the work is.</summary>
    public override string ToString() => $"Progress: {last.Value} of {last.Of}";

    /// <summary>For a training. Where a saved network is loaded instead, nothing is shown.</summary>
    public static LiveProgress Training() => new(0);

    /// <summary>For a solver.</summary>
    /// <param name="candidates">How many candidates it follows.</param>
    public static LiveProgress Solving(int candidates) => new(candidates);

    /// <inheritdoc/>
    public void Report(TrainingProgress value) => Advance(value.Update, value.Updates,
        $": loss {Wording.Of(value.Loss, "G3")}"
        + (value.Accuracy is { } accuracy ? $", accuracy {Wording.Of(100 * accuracy, "0.0")} %" : ""),
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
        string bar = string.Create(
            CultureInfo.InvariantCulture, $"<progress max=\"{last.Of}\" value=\"{last.Value}\"></progress> ");
        string html = $"<div>{(finished ? "" : bar)}{WebUtility.HtmlEncode(words)}</div>";
        if (replace is null) replace = cell!.Display(html);
        else replace(html);
    }

    private string Words()
    {
        var (thing, whole) = candidates == 0 ? ("update", "Trained") : ("candidate", "Followed");
        bool all = last.Value >= last.Of;
        string reached = $"{last.Value} of {Number.Of(last.Of, thing)}";
        if (!finished) return $"{(candidates == 0 ? "Training" : "Solving")}: {reached}{last.Result}{last.Remaining}";
        // A training that is good enough ends before its last update, and that is no interruption.
        if (!all && (stop.IsCancellationRequested || candidates > 0)) return $"Stopped after {reached}{last.Result}.";
        string end = candidates == 0 ? "" : last.Value == 1 ? " to its end" : " to their end";
        return $"{whole} {Number.Of(last.Value, thing)}{last.Result}{end}.";
    }

    private static string Duration(TimeSpan time) => time.TotalSeconds < 90
        ? $"{Wording.Of(Math.Ceiling(time.TotalSeconds))} s"
        : $"{Wording.Of(time.TotalMinutes)} min";
}
