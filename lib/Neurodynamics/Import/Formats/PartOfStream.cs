using System.Runtime.CompilerServices;

namespace Neurodynamics.Import;

/// <summary>
/// A part of a file for a library that follows addresses in it. One that goes in circles is stopped: by the number of
/// reads, and by how deep the calls are nested, which would end the process.
/// </summary>
internal sealed class PartOfStream(Stream whole, long begin, long length) : Stream
{
    private int reads;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (++reads > Limits.Reads) throw new InvalidDataException($"it takes more than {Limits.Reads} reads");
        long left = length - Position;
        if (Position < 0 || left <= 0) return 0;
        if (whole.Position != begin + Position) whole.Position = begin + Position;
        int read = whole.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        Position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => length + offset,
    };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
