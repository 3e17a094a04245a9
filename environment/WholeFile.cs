namespace Neurodynamics.Environment;

/// <summary>Files that are there whole or not at all, also on a disk that is full.</summary>
static class WholeFile
{
    /// <summary>Writes a file beside its place, then moves it there.</summary>
    public static void Write(string path, string text) => Put(path, beside => File.WriteAllText(beside, text));

    /// <summary>Copies a file beside its place, then moves the copy there.</summary>
    public static void Copy(string from, string path) => Put(path, beside => File.Copy(from, beside));

    static void Put(string path, Action<string> write)
    {
        string beside = $"{path}.{Path.GetRandomFileName()}.partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            write(beside);
            Replacement.Put(beside, path);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new WorkbookException($"{path} could not be written ({failed.Message}) and is as it was.");
        }
        finally
        {
            if (File.Exists(beside)) File.Delete(beside);
        }
    }
}
