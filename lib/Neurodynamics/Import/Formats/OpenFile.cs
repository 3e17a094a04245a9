using System.IO.Compression;

namespace Neurodynamics.Import;

/// <summary>A file that is open for reading, as a format sees it.</summary>
public sealed class OpenFile : IDisposable
{
    private readonly byte[] start = new byte[16];
    private readonly int length;
    private readonly DateTime written;
    private ZipArchive? zip;
    private long asked;

    internal OpenFile(string path)
    {
        Path = path;
        // A pipe would be waited for, and a device has no end. Neither has a length.
        if (new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path).Length == 0)
            throw new ImportException(
                $"{path} is empty, or a pipe or device, but a file of weights was expected: export it again.");
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
        written = File.GetLastWriteTimeUtc(path);
        length = Stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        Stream.Position = 0;
        IsZip = StartsWith("PK\u0003\u0004"u8) || StartsWith("PK\u0005\u0006"u8);
        Kind = IsZip ? "zip archive" : "file of arrays";
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Its bytes, from the first.</summary>
    public Stream Stream { get; }

    /// <summary>Its zip archive; null where it is none.</summary>
    public ZipArchive? Zip => zip ??= IsZip ? ZipEntries.Open(Stream) : null;

    internal bool IsZip { get; }

    /// <summary>What it seems to be, as messages call it.</summary>
    internal string Kind { get; set; }

    /// <summary>What it seems to be, and its name.</summary>
    public override string ToString() => $"{Kind} {System.IO.Path.GetFileName(Path)}";

    /// <summary>Whether certain bytes stand at a place among the first 16.</summary>
    public bool StartsWith(ReadOnlySpan<byte> bytes, int at = 0) =>
        at <= length && start.AsSpan(at..length).StartsWith(bytes);

    /// <summary>Whether its zip archive has an entry whose name, without folders, ends like this.</summary>
    public bool HasEntry(string end) =>
        Zip?.Entries.Any(entry => entry.Name.EndsWith(end, StringComparison.Ordinal)) == true;

    /// <summary>An array that is read when its values are first asked for, from the file opened again.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">NumPy's name of its precision.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="read">Reads the values. An exception means that the file is damaged.</param>
    public SourceArray Later(string name, string type, IReadOnlyList<int> shape, Func<OpenFile, double[]> read)
    {
        long count = SourceArray.Count(shape);
        return new(name, type, shape, () => Read(Path, again =>
        {
            again.Kind = Kind;
            if (again.written != written)
                throw new ImportException($"{Path} was written to while it was read: import it again.");
            if (count > (Limits.ArrayBytes - asked) / sizeof(double))
                throw new ImportException(
                    $"{Path}: with {name.Shown()} of shape {SourceArray.Text(shape)} the arrays take more than "
                    + $"{Limits.ArrayBytes >> 30} GB, but a network of fewer units was expected: export its weights "
                    + "alone.");
            double[] values = read(again);
            asked += count * sizeof(double);
            return values.LongLength == count ? values : throw new InvalidDataException(
                $"{name.Shown()} should have {count} values and has {values.LongLength}");
        }));
    }

    /// <summary>Opens a file and reads of it. Every error becomes one sentence.</summary>
    /// <exception cref="ImportException">It cannot be opened, or is empty, truncated or damaged.</exception>
    internal static T Read<T>(string path, Func<OpenFile, T> read)
    {
        using var file = new OpenFile(path);
        try
        {
            return read(file);
        }
        catch (Exception error) when (error is not ImportException)
        {
            throw new ImportException(
                $"{path} cannot be read as the {file.Kind} it seems to be ({ImportException.FirstSentence(error)}): "
                + "it is truncated or damaged, so copy or export it again.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        zip?.Dispose();
        Stream.Dispose();
    }
}
