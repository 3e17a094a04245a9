using System.Buffers.Binary;
using ICSharpCode.SharpZipLib.Zip;

namespace Neurodynamics.Import;

/// <summary>Keras 3: a zip archive of the weights in HDF5 and the model's description in JSON.</summary>
internal sealed class Keras3Format : FileFormat
{
    private const string WeightsName = "model.weights.h5";

    public override string Name => "Keras .keras file";

    public override bool Matches(OpenFile file) => file.Zip?.GetEntry(WeightsName) is not null;

    public override FileContent Read(OpenFile file)
    {
        var content = Hdf5Format.Read(file, Weights(file));
        return file.Zip!.GetEntry("config.json") is { } config
            ? content with { Configuration = Description.Parse(config.ReadAll()) }
            : content;
    }

    /// <summary>
    /// Opens the weights. Keras stores them as they are, so that what no layer needs stays in the file; the memory
    /// takes them where they were compressed afterwards.
    /// </summary>
    private static Func<OpenFile, Stream> Weights(OpenFile file)
    {
        using var zip = new ZipFile(file.Stream, leaveOpen: true);
        var entry = zip.GetEntry(WeightsName);
        if (entry.CompressionMethod != CompressionMethod.Stored)
        {
            byte[] bytes = file.Zip!.GetEntry(WeightsName)!.ReadAll(Limits.ArrayBytes);
            return _ => new MemoryStream(bytes);
        }
        using (var whole = file.Zip!.GetEntry(WeightsName)!.OpenChecked()) whole.Finish();
        // The bytes follow the local header, which ends in a name and a field of these lengths.
        byte[] header = new byte[30];
        file.Stream.Position = entry.Offset;
        file.Stream.ReadExactly(header);
        long begin = entry.Offset + header.Length + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26))
            + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
        return again => new PartOfStream(again.Stream, begin, entry.Size);
    }
}
