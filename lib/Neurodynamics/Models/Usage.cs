namespace Neurodynamics.Models;

/// <summary>
/// Who works with weights, and whether they are still there: a module that is disposed of while it works frees them
/// when the work is done, since native code would read freed memory and end the process.
/// </summary>
/// <param name="owner">What has the weights.</param>
/// <param name="free">Frees them.</param>
internal sealed class Usage(object owner, Action free)
{
    private readonly Lock gate = new();
    private int works;
    private bool isUnwanted, isFreed;

    /// <summary>Keeps the weights until what this returns is disposed of.</summary>
    /// <exception cref="ObjectDisposedException">They are there no more.</exception>
    public Work Begin()
    {
        lock (gate)
        {
            Check();
            works++;
        }
        return new(this);
    }

    /// <summary>Refuses a module whose weights are there no more.</summary>
    public void Check() => ObjectDisposedException.ThrowIf(isFreed, owner);

    /// <summary>Frees the weights, now or when the last work is done.</summary>
    public void End()
    {
        lock (gate)
        {
            isUnwanted = true;
            if (isFreed || works > 0) return;
            isFreed = true;
        }
        free();
    }

    /// <summary>A work under way.</summary>
    public readonly struct Work(Usage usage) : IDisposable
    {
        /// <summary>Ends it.</summary>
        public void Dispose()
        {
            lock (usage.gate)
            {
                usage.works--;
                if (!usage.isUnwanted) return;
            }
            usage.End();
        }
    }
}
