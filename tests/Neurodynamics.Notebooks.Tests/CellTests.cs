using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Neurodynamics.Training;
using Xunit;

namespace Neurodynamics.Notebooks.Tests;

/// <summary>What the library does inside a running cell: a kernel whose cells are delegates.</summary>
public sealed class CellTests
{
    private sealed class Cells(Action cell) : Kernel("cells"), IKernelCommandHandler<SubmitCode>
    {
        public Task HandleAsync(SubmitCode command, KernelInvocationContext context)
        {
            cell();
            return Task.CompletedTask;
        }
    }

    private static async Task<(string[] Displays, string[] Updates)> Run(Action cell)
    {
        using var kernel = new Cells(cell);
        var events = new List<KernelEvent>();
        using var listening = kernel.KernelEvents.Subscribe(events.Add);
        await kernel.SendAsync(new SubmitCode("run"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(events, told => told is CommandFailed);
        return ([.. events.OfType<DisplayedValueProduced>().Select(shown => shown.FormattedValues.Single().Value)],
            [.. events.OfType<DisplayedValueUpdated>().Select(shown => shown.FormattedValues.Single().Value)]);
    }

    [Fact]
    public async Task The_first_cell_shows_plotly_once()
    {
        var (displays, _) = await Run(Workbook.Start);
        Assert.Contains(
            "window.neurodynamicsPlotly = module.exports", Assert.Single(displays), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_training_shows_one_bar_and_leaves_one_line_without_times()
    {
        var (displays, updates) = await Run(() =>
        {
            IProgress<TrainingProgress> progress = LiveProgress.Training();
            for (int update = 1; update <= 2000; update++) progress.Report(
                new(update, 2000, 0.002, 0.999, TimeSpan.FromSeconds(update), TimeSpan.FromSeconds(2000 - update)));
        });
        Assert.Contains("<progress max=\"2000\" value=\"1\">", Assert.Single(displays), StringComparison.Ordinal);
        Assert.InRange(updates.Length, 1, 10);
        Assert.Equal("<div>Trained 2000 updates: loss 0.002, accuracy 99.9 %.</div>", updates[^1]);
    }

    [Fact]
    public async Task Work_that_ends_early_says_how_far_it_came()
    {
        var (_, updates) = await Run(() => ((IProgress<int>)LiveProgress.Solving(1000)).Report(64));
        Assert.Equal("<div>Stopped after 64 of 1000 candidates.</div>", updates[^1]);
    }

    [Fact]
    public async Task Threads_may_report_out_of_order()
    {
        var (_, updates) = await Run(() =>
        {
            IProgress<int> progress = LiveProgress.Solving(1000);
            Parallel.For(1, 1001, progress.Report);
        });
        Assert.Equal("<div>Followed 1000 candidates to their end.</div>", updates[^1]);
    }

    [Fact]
    public async Task Nothing_is_shown_where_nothing_is_reported()
    {
        var (displays, updates) = await Run(() => LiveProgress.Training());
        Assert.Empty(displays);
        Assert.Empty(updates);
    }

    [Fact]
    public async Task Stopping_the_cell_stops_its_work()
    {
        // The command that VS Code sends for its stop button.
        // What waits for these must not go on inside the cell, whose thread they are set on.
        const TaskCreationOptions Apart = TaskCreationOptions.RunContinuationsAsynchronously;
        var (started, stopped, updates) =
            (new TaskCompletionSource(Apart), new TaskCompletionSource<bool>(Apart), new List<string>());
        using var kernel = new Cells(() =>
        {
            ((IProgress<int>)LiveProgress.Solving(1000)).Report(64);
            var stop = Workbook.Stop;
            started.SetResult();
            stopped.SetResult(stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(20)));
        });
        using var listening = kernel.KernelEvents.Subscribe(told =>
        {
            if (told is DisplayedValueUpdated update) updates.Add(update.FormattedValues.Single().Value);
        });
        var running = Task.Run(() => kernel.SendAsync(new SubmitCode("run"), TestContext.Current.CancellationToken));
        await started.Task;
        await kernel.SendAsync(new Cancel(), TestContext.Current.CancellationToken);
        await running;
        Assert.True(await stopped.Task);
        Assert.Equal("<div>Stopped after 64 of 1000 candidates.</div>", Assert.Single(updates));
    }

    [Fact]
    public void Outside_a_kernel_progress_and_stop_do_nothing()
    {
        ((IProgress<int>)LiveProgress.Solving(10)).Report(10);
        Assert.False(Workbook.Stop.CanBeCanceled);
    }

    [Fact]
    public void Networks_are_found_from_anywhere()
    {
        Assert.True(Workbook.Networks.Exists("flipflop3-gru"));
        Assert.True(Directory.Exists(Workbook.Data));
    }
}
