using System.Buffers.Binary;
using System.Text;

namespace Neurodynamics.Import;

/// <summary>Goes through the opcodes of a pickle without running it.</summary>
internal static class PickleClasses
{
    private const string WithoutArgument =
        "(012NRabd}elost]uQ)\u0081\u0085\u0086\u0087\u0088\u0089\u008f\u0090\u0091\u0092\u0093\u0094\u0097\u0098";

    // For each removed mark the library copies its whole stack. Pickles have them only for tuples in themselves.
    private const int Marks = 1_000;

    private const int Digits = 1_000;

    /// <summary>
    /// The classes that a pickle names by its opcodes GLOBAL and INST. Refuses one that is cut off or takes too long.
    /// </summary>
    public static HashSet<(string Module, string Name)> In(ReadOnlySpan<byte> pickle)
    {
        HashSet<(string, string)> classes = [];
        var (at, marks) = (0, 0);
        for (int step = 0; ; step++)
        {
            if (step > Limits.PickleSteps)
                throw new InvalidDataException($"its pickle has more than {Limits.PickleSteps} steps");
            char code = (char)pickle[at++];
            if (code == '1' && ++marks > Marks) throw new InvalidDataException("its pickle removes too many marks");
            long length = code switch
            {
                '.' => 0,
                'K' or 'h' or 'q' or '\u0080' or '\u0082' => 1,
                'M' or '\u0083' => 2,
                'J' or 'j' or 'r' or '\u0084' => 4,
                'G' or '\u0095' => 8,
                'U' or 'C' or '\u008a' or '\u008c' => 1 + pickle[at],
                'T' or 'X' or 'B' or '\u008b' => 4 + (long)BinaryPrimitives.ReadUInt32LittleEndian(pickle[at..]),
                '\u008d' or '\u008e' or '\u0096' =>
                    8 + (long)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt64LittleEndian(pickle[at..])),
                'F' or 'I' or 'L' or 'g' or 'p' => Line(pickle[at..], Digits).Length + 1,
                'S' or 'V' or 'P' => Line(pickle[at..]).Length + 1,
                'c' or 'i' => 0,
                _ when WithoutArgument.Contains(code) => 0,
                _ => throw new InvalidDataException($"its pickle has the unknown opcode {(int)code}"),
            };
            if (length > pickle.Length - at) throw new InvalidDataException("its pickle is cut off");
            at += (int)length;
            if (code == '.') return classes;
            if (code is not ('c' or 'i')) continue;
            var module = Line(pickle[at..]);
            var name = Line(pickle[(at + module.Length + 1)..]);
            at += module.Length + name.Length + 2;
            classes.Add((Encoding.UTF8.GetString(module), Encoding.UTF8.GetString(name)));
        }
    }

    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> bytes, int most = int.MaxValue)
    {
        int end = bytes.IndexOf((byte)'\n');
        return end >= 0 && end <= most ? bytes[..end]
            : throw new InvalidDataException("a line of its pickle is too long or cut off");
    }
}
