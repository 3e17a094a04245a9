namespace Neurodynamics.Enclosures;

/// <summary>
/// Until it is disposed of, matrices that this thread computes take memory that is used again afterwards: large arrays
/// that live shortly cost a collection each. A matrix that is asked for anything later refuses.
/// </summary>
internal sealed class Lease : IDisposable
{
    /// <summary>Values that a thread keeps at most, 64 MB.</summary>
    private const long Most = 1 << 23;

    [ThreadStatic]
    private static Lease? current;

    [ThreadStatic]
    private static Dictionary<int, Stack<double[]>>? free;

    [ThreadStatic]
    private static long kept;

    private readonly List<double[]> taken = [];
    private readonly Lease? outer = current;

    private Lease() { }

    /// <summary>The one that holds on this thread, if any does.</summary>
    public static Lease? Current => current;

    /// <summary>Whether its memory may be in use again.</summary>
    public bool IsOver { get; private set; }

    /// <summary>From now on.</summary>
    public static Lease Begin() => current = new();

    /// <summary>Memory that is written before it is read.</summary>
    public static double[] Unset(int length)
    {
        if (current is null) return GC.AllocateUninitializedArray<double>(length);
        double[] values;
        if (free is not null && free.TryGetValue(length, out var stack) && stack.TryPop(out double[]? known))
        {
            values = known;
            kept -= length;
        }
        else
        {
            values = GC.AllocateUninitializedArray<double>(length);
        }
        current.taken.Add(values);
        return values;
    }

    /// <summary>Zeros.</summary>
    public static double[] Zeros(int length)
    {
        double[] values = Unset(length);
        Array.Clear(values);
        return values;
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        (current, IsOver) = (outer, true);
        free ??= [];
        foreach (double[] values in taken)
        {
            if (kept + values.Length > Most) continue;
            if (!free.TryGetValue(values.Length, out var stack)) free[values.Length] = stack = [];
            stack.Push(values);
            kept += values.Length;
        }
    }
}
