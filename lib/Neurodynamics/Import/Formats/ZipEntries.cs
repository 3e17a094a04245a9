using System.IO.Compression;
using System.Text;
using ICSharpCode.SharpZipLib.Checksum;
using SharpZip = ICSharpCode.SharpZipLib.Zip;

namespace Neurodynamics.Import;

/// <summary>Entries of a zip archive, each held to the length and the CRC-32 that the archive gives.</summary>
internal static class ZipEntries
{
    /// <summary>An archive whose directory and entries have the same names, none of them twice.</summary>
    public static ZipArchive Open(Stream stream)
    {
        RequireSameNames(stream);
        stream.Position = 0;
        var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        var (names, steps) = (new HashSet<string>(), new Steps());
        foreach (var entry in zip.Entries)
        {
            steps.Take(entry.FullName, 0);
            if (!names.Add(entry.FullName))
                throw new InvalidDataException($"the entry {entry.FullName.Shown()} is there twice");
        }
        return zip;
    }

    // A name stands in the directory and before the entry, and a checksum covers neither.
    private static void RequireSameNames(Stream stream)
    {
        const int Fixed = 30, LengthAt = 26;
        using var directory = new SharpZip.ZipFile(stream, leaveOpen: true);
        byte[] header = new byte[Fixed];
        foreach (SharpZip.ZipEntry entry in directory)
        {
            stream.Position = entry.Offset;
            stream.ReadExactly(header);
            byte[] name = new byte[BitConverter.ToUInt16(header, LengthAt)];
            stream.ReadExactly(name);
            if (!name.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(entry.Name)))
                throw new InvalidDataException(
                    $"the directory calls an entry {entry.Name.Shown()}, which has another name itself");
        }
    }

    /// <summary>All bytes of an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="most">How many bytes it may have.</param>
    public static byte[] ReadAll(this ZipArchiveEntry entry, long most = Limits.DescriptionBytes)
    {
        // What is there decides about the memory, not only what the archive says.
        most = Math.Min(most, Limits.Inflation * entry.CompressedLength);
        if (entry.Length > Math.Min(most, Array.MaxLength))
            throw new InvalidDataException(
                $"the entry {entry.FullName.Shown()} should have at most {most} bytes and has {entry.Length}");
        byte[] bytes = new byte[entry.Length];
        using var stream = entry.OpenChecked();
        stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        stream.Finish();
        return bytes;
    }

    /// <summary>
    /// Whether the archive has no checksum at all, as after PyTorch's set_crc32_options(False). Where one entry has
    /// one, a zero is damage.
    /// </summary>
    public static bool HasNoChecksums(this ZipArchive zip) =>
        zip.Entries.Count > 1 && zip.Entries.All(entry => entry.Crc32 == 0);

    public static CheckedStream OpenChecked(this ZipArchiveEntry entry) => new(entry);
}

/// <summary>The bytes of an entry, counted and summed up.</summary>
internal sealed class CheckedStream(ZipArchiveEntry entry) : Stream
{
    private readonly Stream inner = entry.Open();
    private readonly Crc32 sum = new();
    private long count;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => count; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = inner.Read(buffer, offset, count);
        sum.Update(new ArraySegment<byte>(buffer, offset, read));
        if ((this.count += read) > entry.Length)
            throw new InvalidDataException(
                $"the entry {entry.FullName.Shown()} has more than the {entry.Length} bytes that it should have");
        return read;
    }

    /// <summary>Reads the rest, and refuses an entry of another length or sum than the archive says.</summary>
    public void Finish()
    {
        CopyTo(Null);
        if (count != entry.Length)
            throw new InvalidDataException(
                $"the entry {entry.FullName.Shown()} should have {entry.Length} bytes and has {count}");
        if ((uint)sum.Value != entry.Crc32 && !entry.Archive.HasNoChecksums())
            throw new InvalidDataException($"the entry {entry.FullName.Shown()} does not have its checksum");
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
