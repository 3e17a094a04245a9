namespace Neurodynamics.Pictures;

/// <summary>Finds programs on the PATH.</summary>
internal static class OnPath
{
    /// <summary>The first of these programs that is there; null where none is.</summary>
    public static string? Find(params string[] names)
    {
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat"] : [""];
        string[] folders = (System.Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return (from name in names
                from folder in folders
                from ending in endings
                let path = Path.Combine(folder, name + ending)
                where File.Exists(path)
                select path).FirstOrDefault();
    }
}
