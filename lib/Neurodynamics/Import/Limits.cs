namespace Neurodynamics.Import;

/// <summary>
/// How much of a file is followed, far above what networks need, so that a small damaged or malicious file can neither
/// hang the import nor exhaust the memory.
/// </summary>
internal static class Limits
{
    /// <summary>Levels of groups, dictionaries and lists, and of JSON.</summary>
    public const int Depth = 64;

    /// <summary>Names in a file; everything that is visited on the way to them counts.</summary>
    public const int Visits = 50_000;

    /// <summary>Characters of all names together, where each has those of what is around it.</summary>
    public const long NameCharacters = 1 << 26;

    /// <summary>Bytes of a pickle, a description or a header.</summary>
    public const int DescriptionBytes = 1 << 25;

    /// <summary>Bytes of the header of an .npy, as in NumPy.</summary>
    public const int NpyHeaderBytes = 10_000;

    /// <summary>Steps of a pickle, each of which may make an object.</summary>
    public const int PickleSteps = 4_000_000;

    /// <summary>Characters of a key or of the name of a class in a pickle, which may come many times.</summary>
    public const int PickledName = 1_000;

    /// <summary>Layers in the description of a model.</summary>
    public const int Layers = 4_000;

    /// <summary>Reads of an HDF5 file before its arrays' values.</summary>
    public const int Reads = 20_000_000;

    /// <summary>Chunks of an HDF5 array, each of which is looked up on its own.</summary>
    public const int Chunks = 100_000;

    /// <summary>Parts of rows that lie together in the chunks of an HDF5 array, each copied on its own.</summary>
    public const int Parts = 10_000_000;

    /// <summary>
    /// Bytes of all arrays that are read of a file, as float64. Reading takes about three times the memory.
    /// </summary>
    public const long ArrayBytes = 1L << 30;

    /// <summary>Bytes that deflate makes of one, at most.</summary>
    public const int Inflation = 1032;

    /// <summary>Characters of a name in a message.</summary>
    public const int ShownCharacters = 60;
}

/// <summary>Counts the steps of a walk through what a file names, and refuses one without end.</summary>
internal sealed class Steps
{
    private int visits;
    private long characters;

    /// <summary>One step to a name, so many levels down.</summary>
    /// <exception cref="InvalidDataException">It is one too many.</exception>
    public void Take(string name, int depth)
    {
        if (depth > Limits.Depth) throw new InvalidDataException($"it is nested deeper than {Limits.Depth} levels");
        if (++visits > Limits.Visits) throw new InvalidDataException($"it names more than {Limits.Visits} things");
        if ((characters += name.Length) > Limits.NameCharacters)
            throw new InvalidDataException($"its names have more than {Limits.NameCharacters} characters");
    }
}
