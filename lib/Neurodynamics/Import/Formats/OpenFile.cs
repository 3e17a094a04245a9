using System.IO.Compression;

namespace Neurodynamics.Import;

/// <summary>A file that is open for reading, as a format sees it.</summary>
public sealed class OpenFile : IDisposable
{
    private readonly byte[] start = new byte[16];
    private readonly int length;
    private ZipArchive? zip;

    /// <exception cref="ImportException">It cannot be opened, or is empty.</exception>
    internal OpenFile(string path)
    {
        Path = path;
        try
        {
            Stream = File.OpenRead(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImportException(
                $"{path} cannot be opened ({ImportException.FirstSentence(error)}): "
                + "make it readable to you, and close what holds it.", error);
        }
        length = Stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        Stream.Position = 0;
        IsZip = StartsWith("PK\u0003\u0004"u8) || StartsWith("PK\u0005\u0006"u8);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Its bytes, from the first.</summary>
    public Stream Stream { get; }

    /// <summary>Its zip archive; null where it is none.</summary>
    public ZipArchive? Zip => zip ??= IsZip ? new(Stream, ZipArchiveMode.Read, leaveOpen: true) : null;

    internal bool IsZip { get; }

    internal bool IsEmpty => length == 0;

    /// <summary>Whether certain bytes stand at a place among the first 16.</summary>
    public bool StartsWith(ReadOnlySpan<byte> bytes, int at = 0) =>
        at <= length && start.AsSpan(at..length).StartsWith(bytes);

    /// <summary>Whether its zip archive has an entry whose name, without folders, ends like this.</summary>
    public bool HasEntry(string end) =>
        Zip?.Entries.Any(entry => entry.Name.EndsWith(end, StringComparison.Ordinal)) == true;

    /// <inheritdoc/>
    public void Dispose()
    {
        zip?.Dispose();
        Stream.Dispose();
    }
}
