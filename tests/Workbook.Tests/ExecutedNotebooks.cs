using System.Collections.Concurrent;
using Neurodynamics.Environment;
using Xunit;

[assembly: AssemblyFixture(typeof(Neurodynamics.Workbook.Tests.ExecutedNotebooks))]

namespace Neurodynamics.Workbook.Tests;

/// <summary>
/// Every notebook executed once for all tests that ask, two at a time, into the folder that <c>run</c> uses. Tests that
/// look at figures take this in their constructor and open <see cref="Page"/> after <see cref="ExecuteAsync"/>.
/// </summary>
public sealed class ExecutedNotebooks : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, Lazy<Task<NotebookResult>>> results = new();
    const int AtATime = 2;

    readonly SemaphoreSlim turn = new(AtATime);
    // A browser each, which draws for one at a time.
    readonly ConcurrentBag<NotebookRunner> idle =
        [.. Enumerable.Range(0, AtATime).Select(_ => new NotebookRunner(Environment.Workbook.Here()))];

    public Environment.Workbook Workbook { get; } = Environment.Workbook.Here();

    /// <param name="notebook">A file name in notebooks/, with its ending.</param>
    public Task<NotebookResult> ExecuteAsync(string notebook) =>
        results.GetOrAdd(notebook, name => new Lazy<Task<NotebookResult>>(() => ExecuteInTurnAsync(name))).Value;

    /// <summary>The executed notebook's HTML page.</summary>
    public string Page(string notebook) => Path.Combine(Workbook.Run, Path.ChangeExtension(notebook, ".html"));

    async Task<NotebookResult> ExecuteInTurnAsync(string notebook)
    {
        await turn.WaitAsync();
        idle.TryTake(out var runner);
        try
        {
            return await runner!.ExecuteAsync(Path.Combine(Workbook.Notebooks, notebook), Workbook.Run);
        }
        finally
        {
            idle.Add(runner!);
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        turn.Dispose();
        foreach (var runner in idle) await runner.DisposeAsync();
    }
}
