using System.IO.Compression;
using PureHDF.Filters;

namespace Neurodynamics.Import;

/// <summary>HDF5's compression of a chunk, which PureHDF inflates however much comes out of it.</summary>
internal sealed class BoundedDeflate : IH5Filter
{
    // Other filters may have put a checksum and a header before.
    private const int Extra = 64;

    private readonly DeflateFilter writer = new();

    public ushort FilterId => writer.FilterId;

    public string Name => writer.Name;

    public Memory<byte> Filter(FilterInfo info)
    {
        if (!info.Flags.HasFlag(H5FilterFlags.Decompress)) return writer.Filter(info);
        using var stream = new ZLibStream(new MemoryStream(info.Buffer.ToArray()), CompressionMode.Decompress);
        byte[] chunk = new byte[checked(info.ChunkSize + Extra)];
        int read = stream.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
        return stream.ReadByte() < 0 ? chunk.AsMemory(0, read)
            : throw new InvalidDataException($"a chunk inflates beyond its {info.ChunkSize} bytes");
    }

    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        writer.GetParameters(chunkDimensions, typeSize, options);
}
