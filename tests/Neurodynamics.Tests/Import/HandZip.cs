using System.IO.Compression;
using System.Text;
using ICSharpCode.SharpZipLib.Checksum;

namespace Neurodynamics.Tests.Import;

/// <summary>A zip archive written field by field, so that it may say what is not so.</summary>
internal sealed class HandZip
{
    private readonly MemoryStream entries = new(), directory = new();
    private int count;

    /// <summary>The entries of another archive but one, as they are.</summary>
    public static HandZip Of(byte[] archive, string without = "")
    {
        var copy = new HandZip();
        foreach (var (name, bytes) in Entries(archive).Where(entry => entry.Name != without)) copy.Add(name, bytes);
        return copy;
    }

    /// <summary>The entries of an archive.</summary>
    public static (string Name, byte[] Bytes)[] Entries(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive));
        return
        [
            .. zip.Entries.Select(entry =>
            {
                byte[] bytes = new byte[entry.Length];
                using var stream = entry.Open();
                stream.ReadExactly(bytes);
                return (entry.FullName, bytes);
            }),
        ];
    }

    public HandZip Add(string name, byte[] bytes, bool deflated = false) =>
        deflated ? Add(name, Deflated(bytes, 0), bytes.Length, Sum(bytes))
            : Put(name, bytes, 0, bytes.Length, Sum(bytes));

    /// <summary>An entry of deflated bytes that is said to have that size and sum.</summary>
    public HandZip Add(string name, byte[] deflated, long size, uint sum = 1) => Put(name, deflated, 8, size, sum);

    /// <summary>
    /// Entries in entries, each of which inflates to the headers of those in it and then to the same bytes.
    /// </summary>
    public HandZip AddNested(int entries, byte[] deflated, long size)
    {
        byte[] inside = deflated;
        List<(string Name, int Length, long Size, int FromEnd)> all = [];
        for (int i = 0; i < entries; i++)
        {
            string name = $"nested{i}";
            byte[] local = Local(name, 8, 1, inside.Length, size);
            all.Add((name, inside.Length, size, inside.Length + local.Length));
            // A stored block of deflate quotes the header.
            if (i < entries - 1)
                inside = [0, .. Short(local.Length), .. Short(~local.Length), .. local, .. inside];
            else inside = [.. local, .. inside];
            size += local.Length;
        }
        this.entries.Write(inside);
        foreach (var (name, length, said, fromEnd) in all)
            Name(name, 8, 1, length, said, this.entries.Length - fromEnd);
        return this;
    }

    public byte[] Bytes() =>
    [
        .. entries.ToArray(), .. directory.ToArray(), .. "PK\u0005\u0006"u8, .. new byte[4], .. Short(count),
        .. Short(count), .. Int(directory.Length), .. Int(entries.Length), 0, 0,
    ];

    /// <summary>Deflate's code for bytes and then so many MB of zeros.</summary>
    public static byte[] Deflated(byte[] head, int megabytes)
    {
        byte[] first = Flushed(head), zeros = Flushed(new byte[1 << 20]);
        using var stream = new MemoryStream();
        stream.Write(first);
        for (int i = 0; i < megabytes; i++) stream.Write(zeros);
        stream.Write([3, 0]);
        return stream.ToArray();
    }

    private static byte[] Flushed(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using var deflate = new DeflateStream(stream, CompressionLevel.Optimal);
        deflate.Write(bytes);
        deflate.Flush();
        return stream.ToArray();
    }

    private static uint Sum(byte[] bytes)
    {
        var sum = new Crc32();
        sum.Update(bytes);
        return (uint)sum.Value;
    }

    private HandZip Put(string name, byte[] raw, int method, long size, uint sum)
    {
        long at = entries.Length;
        entries.Write([.. Local(name, method, sum, raw.Length, size), .. raw]);
        Name(name, method, sum, raw.Length, size, at);
        return this;
    }

    private void Name(string name, int method, uint sum, int length, long size, long at)
    {
        count++;
        directory.Write(
        [
            .. "PK\u0001\u0002"u8, 20, 0, .. Fields(name, method, sum, length, size), .. new byte[10], .. Int(at),
            .. Encoding.ASCII.GetBytes(name),
        ]);
    }

    private static byte[] Local(string name, int method, uint sum, int length, long size) =>
        [.. "PK\u0003\u0004"u8, .. Fields(name, method, sum, length, size), .. Encoding.ASCII.GetBytes(name)];

    private static byte[] Fields(string name, int method, uint sum, int length, long size) =>
    [
        20, 0, 0, 0, .. Short(method), 0, 0, 33, 0, .. Int(sum), .. Int(length), .. Int(size), .. Short(name.Length),
        0, 0,
    ];

    private static byte[] Short(int value) => BitConverter.GetBytes((ushort)value);

    private static byte[] Int(long value) => BitConverter.GetBytes((uint)value);
}
