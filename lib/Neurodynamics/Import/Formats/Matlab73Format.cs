namespace Neurodynamics.Import;

/// <summary>
/// MATLAB's .mat of version 7.3: HDF5 after 512 bytes of MATLAB's own. Its arrays are column by column, so that HDF5
/// has their axes the other way round.
/// </summary>
internal sealed class Matlab73Format : FileFormat
{
    private const int UserBlock = 512;

    public override string Name => "MATLAB .mat file of version 7.3";

    public override bool Matches(OpenFile file) => file.StartsWith("MATLAB 7.3 MAT-f"u8);

    public override FileContent Read(OpenFile file)
    {
        var content = Hdf5Format.Read(file, again => again.Stream, UserBlock);
        var names = content.Arrays.Select(array => array.Name).ToHashSet();
        List<SourceArray> arrays = [];
        List<string> unread = [.. content.Unread];
        foreach (var array in content.Arrays)
        {
            string folder = array.Name[..(array.Name.LastIndexOf('/') + 1)];
            // Cells and objects are behind references, and a sparse matrix is in pieces.
            if (array.Name.StartsWith('#') || names.Contains(folder + "ir") && names.Contains(folder + "jc"))
                unread.Add(array.Name);
            else arrays.Add(new(array.Name, array.Type, [.. array.Shape.Reverse()],
                () => Elements.ByRows(array.Values, [.. array.Shape.Reverse()])));
        }
        return new(arrays, unread);
    }
}
