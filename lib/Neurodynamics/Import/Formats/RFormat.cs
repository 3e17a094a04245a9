using System.IO.Compression;

namespace Neurodynamics.Import;

/// <summary>R's .rds and .RData, mostly gzipped.</summary>
internal sealed class RFormat() : RefusedFormat(
    "is a file of R, but a file of arrays was expected: save it in R with `np <- reticulate::import(\"numpy\")` and "
    + "`np$savez(\"network.npz\", W = W, b = b)`")
{
    public override string Name => "R file";

    public override bool Matches(OpenFile file)
    {
        byte[] start = new byte[5];
        file.Stream.Position = 0;
        try
        {
            bool isPacked = file.StartsWith([0x1F, 0x8B]);
            using var unpacked = new GZipStream(file.Stream, CompressionMode.Decompress, leaveOpen: true);
            int there = (isPacked ? unpacked : file.Stream).ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            return there == start.Length && (start is [(byte)'R', (byte)'D', (byte)'X' or (byte)'A', _, (byte)'\n']
                || start is [(byte)'X' or (byte)'A', (byte)'\n', 0 or (byte)'2' or (byte)'3', ..]);
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            file.Stream.Position = 0;
        }
    }
}
