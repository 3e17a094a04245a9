using System.Buffers.Binary;

namespace Neurodynamics.Import;

/// <summary>MATLAB's .mat of version 4, which no program of today writes unless it is asked to.</summary>
internal sealed class Matlab4Format() : RefusedFormat(
    "is a MATLAB file of version 4, but one of version 5 or newer was expected: load it in MATLAB or Octave, and save "
    + "it with `save('-v7', 'network.mat')`")
{
    public override string Name => "MATLAB .mat file of version 4";

    // Type, rows, columns, whether it is complex, the length of a name, and the name, which ends in 0.
    public override bool Matches(OpenFile file)
    {
        byte[] start = new byte[20 + LongestName];
        file.Stream.Position = 0;
        int there = file.Stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Stream.Position = 0;
        return there > 20
            && (IsOne(BinaryPrimitives.ReadInt32LittleEndian) || IsOne(BinaryPrimitives.ReadInt32BigEndian));

        bool IsOne(Reader word)
        {
            var (type, length) = (word(start), word(start.AsSpan(16)));
            return type is >= 0 and < 5_000 && type % 100 <= 52 && type % 10 <= 2
                && word(start.AsSpan(4)) >= 0 && word(start.AsSpan(8)) >= 0 && word(start.AsSpan(12)) is 0 or 1
                && length is > 1 and <= LongestName && start.AsSpan(20, length).IndexOf((byte)0) == length - 1
                && char.IsAsciiLetter((char)start[20]);
        }
    }

    private const int LongestName = 64;

    private delegate int Reader(ReadOnlySpan<byte> bytes);
}
