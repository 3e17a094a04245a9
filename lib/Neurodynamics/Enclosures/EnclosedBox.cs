namespace Neurodynamics.Enclosures;

/// <summary>What is done with boxes, a side per unknown.</summary>
internal static class EnclosedBox
{
    /// <summary>Cuts away in place what is not in another box; false where nothing is left.</summary>
    public static bool Meet(this Enclosure[] box, IReadOnlyList<Enclosure> other)
    {
        for (int i = 0; i < box.Length; i++)
            if (!box[i].Cut(other[i], out box[i])) return false;
        return true;
    }

    /// <summary>Whether all of another box lies in it.</summary>
    public static bool Holds(this Enclosure[] box, IReadOnlyList<Enclosure> other)
    {
        for (int i = 0; i < box.Length; i++)
            if (!box[i].Contains(other[i])) return false;
        return true;
    }

    /// <summary>Both parts, cut across a side at a member of it.</summary>
    public static (Enclosure[] Low, Enclosure[] High) CutAt(this Enclosure[] box, int side, double at)
    {
        Enclosure[] low = [.. box], high = [.. box];
        (low[side], high[side]) = (new(box[side].Low, at), new(at, box[side].High));
        return (low, high);
    }
}
