using System.Text;

namespace Neurodynamics.Environment;

/// <summary>Texts and copies that are there whole or not at all, also on a disk that is full.</summary>
static class WorkbookFile
{
    /// <summary>Writes a file.</summary>
    public static void Write(string path, string text) =>
        Put(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Copies a file.</summary>
    public static void Copy(string from, string path) => Put(path, stream =>
    {
        using var source = File.OpenRead(from);
        source.CopyTo(stream);
    });

    static void Put(string path, Action<Stream> write)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            WholeFile.Write(path, write);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new WorkbookException($"{path} could not be written ({failed.Message}) and is as it was.");
        }
    }
}
