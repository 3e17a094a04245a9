namespace Neurodynamics.Training;

/// <summary>
/// One process at a time trains a network into a place. It holds an empty file open that nobody else may open; the
/// system lets go of it however the process ends. The file stays, since whoever waits has it open too.
/// </summary>
internal sealed class TrainingLock : IDisposable
{
    private readonly FileStream held;

    private TrainingLock(FileStream held) => this.held = held;

    /// <summary>Takes the lock, or waits until who has it ends.</summary>
    /// <param name="path">The file.</param>
    /// <param name="say">Told in a sentence that somebody has it.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The lock, and whether somebody else had it before; null if the waiting was ended.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static (TrainingLock Lock, bool Waited)? Take(
        string path, Action<string>? say, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        for (bool waited = false; ; waited = true)
        {
            try
            {
                return (new(new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)), waited);
            }
            catch (IOException error) when (IsHeld(error))
            {
                if (!waited)
                    say?.Invoke($"{Path.ChangeExtension(path, null)} is being trained elsewhere: waiting for its end.");
                if (cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(200))) return null;
            }
        }
    }

    public void Dispose() => held.Dispose();

    // What the system calls it: EAGAIN of Linux, EWOULDBLOCK of macOS, a sharing violation of Windows.
    private static bool IsHeld(IOException error) => (error.HResult & 0xFFFF) is 11 or 35 or 32;
}
