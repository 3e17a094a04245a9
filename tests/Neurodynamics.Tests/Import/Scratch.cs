using Neurodynamics.Import;
using Xunit;

namespace Neurodynamics.Tests.Import;

/// <summary>A folder of one test's own.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("neurodynamics-import-");

    public string Folder => folder.FullName;

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path(name), bytes);
        return Path(name);
    }

    /// <summary>
    /// Asserts that a file is refused with one sentence that holds each of the phrases, and that nothing is written.
    /// </summary>
    public static void Refused(string path, params string[] phrases) => Refused(path, null, phrases);

    public static void Refused(string path, ImportOptions? options, params string[] phrases)
    {
        string folder = Directory.Exists(path) ? path : System.IO.Path.GetDirectoryName(path)!;
        string[] Beside() => Directory.GetFileSystemEntries(folder);
        string[] before = Beside();
        var error = Assert.Throws<ImportException>(() => NetworkFile.Load(path, options));
        Assert.Equal(before, Beside());
        foreach (string phrase in phrases) Assert.Contains(phrase, error.Message);
        string said = error.Message.Replace(path, "FILE");
        Assert.DoesNotContain('\n', said);
        Assert.EndsWith(".", said);
        Assert.InRange(said.Length, 1, 300);
        Assert.DoesNotContain(said, char.IsControl);
        Assert.DoesNotContain(". ", said.Replace("e.g. ", ""));
    }

    public void Dispose() => folder.Delete(recursive: true);
}
