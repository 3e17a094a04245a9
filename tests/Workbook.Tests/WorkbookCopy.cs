namespace Neurodynamics.Workbook.Tests;

/// <summary>A copy of the workbook's sources, like a fresh clone, so that no other test's library changes.</summary>
sealed class WorkbookCopy : IDisposable
{
    static readonly Environment.Workbook Original = Environment.Workbook.Here();

    /// <param name="name">Its folder.</param>
    /// <param name="folders">What of the workbook it has, besides the files at the root.</param>
    public WorkbookCopy(string name, params string[] folders)
    {
        Workbook = new(Path.Combine(Original.Made, "tests", name));
        Clear();
        var files = folders.Select(folder => Path.Combine(Original.Root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => !Path.GetRelativePath(Original.Root, file).Split(Path.DirectorySeparatorChar)
                .Any(part => part is "bin" or "obj"))
            .Concat(Directory.GetFiles(Original.Root)).Append(Original.Start);
        foreach (string? file in files)
        {
            string target = Path.Combine(Workbook.Root, Path.GetRelativePath(Original.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    public Environment.Workbook Workbook { get; }

    public void Dispose() => Clear();

    void Clear()
    {
        if (Directory.Exists(Workbook.Root)) Directory.Delete(Workbook.Root, recursive: true);
    }
}
