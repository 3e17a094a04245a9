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

    /// <summary>Numbers one after the other.</summary>
    /// <param name="type">NumPy's name of their type.</param>
    /// <param name="size">Bytes of one.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="bigEndian">Whether the highest byte of a number is the first.</param>
    public static double[] Values(string type, int size, ReadOnlySpan<byte> bytes, bool bigEndian = false)
    {
        double[] values = new double[bytes.Length / size];
        for (int i = 0; i < values.Length; i++) values[i] = Value(type, bytes.Slice(i * size, size), bigEndian);
        return values;
    }

    /// <summary>Values that are stored column by column, the first index fastest, row by row.</summary>
    /// <param name="values">The values.</param>
    /// <param name="shape">The shape of the array.</param>
    /// <param name="together">How many numbers make a value: 2 where it is complex.</param>
    public static double[] ByRows(double[] values, IReadOnlyList<int> shape, int together = 1)
    {
        double[] rows = new double[values.Length];
        foreach (var (row, column) in Places(values.Length, shape, together))
            values.AsSpan(column, together).CopyTo(rows.AsSpan(row));
        return rows;
    }

    /// <summary>The other way round: values row by row as they are stored column by column.</summary>
    /// <param name="values">The values.</param>
    /// <param name="shape">The shape of the array.</param>
    public static double[] ByColumns(double[] values, IReadOnlyList<int> shape)
    {
        double[] columns = new double[values.Length];
        foreach (var (row, column) in Places(values.Length, shape, 1)) columns[column] = values[row];
        return columns;
    }

    /// <summary>Where each value is, row by row and column by column.</summary>
    private static IEnumerable<(int Row, int Column)> Places(int count, IReadOnlyList<int> shape, int together)
    {
        int[] index = new int[shape.Count], strides = new int[shape.Count];
        for (int axis = 0, stride = together; axis < strides.Length; stride *= shape[axis++]) strides[axis] = stride;
        for (int i = 0; i < count; i += together)
        {
            int place = 0;
            for (int axis = 0; axis < index.Length; axis++) place += index[axis] * strides[axis];
            yield return (i, place);
            for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) index[axis] = 0;
        }
    }
}
