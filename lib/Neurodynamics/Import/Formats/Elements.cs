namespace Neurodynamics.Import;

/// <summary>Numbers from bytes, by NumPy's names of their types.</summary>
internal static class Elements
{
    /// <summary>One number.</summary>
    public static double Value(string type, ReadOnlySpan<byte> bytes, bool bigEndian = false)
    {
        ulong bits = 0;
        for (int i = 0; i < bytes.Length; i++)
            bits |= (ulong)bytes[bigEndian ? bytes.Length - 1 - i : i] << (8 * i);
        return type switch
        {
            "float64" => BitConverter.UInt64BitsToDouble(bits),
            "float32" => BitConverter.UInt32BitsToSingle((uint)bits),
            "float16" => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
            "bfloat16" => BitConverter.UInt32BitsToSingle((uint)bits << 16),
            "int64" => (long)bits,
            "int32" => (int)bits,
            "int16" => (short)bits,
            "int8" => (sbyte)bits,
            _ => bits,
        };
    }
}
