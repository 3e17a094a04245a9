namespace Neurodynamics;

/// <summary>Files that are there whole or not at all. The commands compile this too.</summary>
internal static class WholeFile
{
    /// <summary>
    /// Writes a file beside its place and moves it there; where writing fails, what was there before stays. Of several
    /// that write at once the last one's is there, whole.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="before">Where what was there before is kept; default nowhere.</param>
    public static void Write(string path, Action<Stream> write, string? before = null)
    {
        string beside = $"{path}.{Path.GetRandomFileName()}.partial";
        try
        {
            using (var stream = File.Create(beside))
            {
                write(stream);
                // On the disk before the old one goes, also where the power fails.
                stream.Flush(flushToDisk: true);
            }
            if (before is not null && File.Exists(path)) Replacement.Put(path, before);
            Replacement.Put(beside, path);
        }
        finally
        {
            File.Delete(beside);
        }
        foreach (string stale in Directory.GetFiles(
            Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path) + ".*.partial"))
            if (File.GetLastWriteTimeUtc(stale) < DateTime.UtcNow - Stale) File.Delete(stale);
    }

    /// <summary>A file that nobody has written to for so long was left by a process that was killed.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromHours(1);
}
