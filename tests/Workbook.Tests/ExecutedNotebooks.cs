using System.Collections.Concurrent;
using Neurodynamics.Environment;
using Xunit;

[assembly: AssemblyFixture(typeof(Neurodynamics.Workbook.Tests.ExecutedNotebooks))]

namespace Neurodynamics.Workbook.Tests;

/// <summary>
/// Every notebook executed once for all tests that ask, one at a time, into the folder that <c>run</c> uses. Tests that
/// look at figures take this in their constructor and open <see cref="Page"/> after <see cref="ExecuteAsync"/>.
/// </summary>
public sealed class ExecutedNotebooks : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, Lazy<Task<NotebookResult>>> results = new();
    readonly SemaphoreSlim turn = new(1);
    readonly NotebookRunner runner = new(Environment.Workbook.Here());

    public Environment.Workbook Workbook { get; } = Environment.Workbook.Here();

    /// <param name="notebook">A file name in notebooks/, with its ending.</param>
    public Task<NotebookResult> ExecuteAsync(string notebook) =>
        results.GetOrAdd(notebook, name => new Lazy<Task<NotebookResult>>(() => ExecuteInTurnAsync(name))).Value;

    /// <summary>The executed notebook's HTML page.</summary>
    public string Page(string notebook) => Path.Combine(Workbook.Run, Path.ChangeExtension(notebook, ".html"));

    async Task<NotebookResult> ExecuteInTurnAsync(string notebook)
    {
        await turn.WaitAsync();
        try
        {
            return await runner.ExecuteAsync(Path.Combine(Workbook.Notebooks, notebook), Workbook.Run);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        turn.Dispose();
        await runner.DisposeAsync();
    }
}
