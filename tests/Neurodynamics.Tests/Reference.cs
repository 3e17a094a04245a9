namespace Neurodynamics.Tests;

/// <summary>Networks and fixed points that the library did not make (data/reference/README.md).</summary>
internal static class Reference
{
    public static string[] Networks { get; } =
        ["gru_flipflop3", "rnn_flipflop3", "lstm_flipflop3", "gru_integ1", "gru_integ3"];

    public static string Network(string file) => Path.Combine(Folder, "networks", file);

    public static string FixedPoints(string name) => Path.Combine(Folder, "fixed-points", name + ".npz");

    /// <summary>A network in a form of public code, with trials that NumPy ran through it.</summary>
    public static string Form(string name) => Path.Combine(Folder, "forms", name + ".npz");

    /// <summary>The workbook's folder.</summary>
    public static string Root { get; } = Find();

    private static string Folder => Path.Combine(Root, "data", "reference");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Neurodynamics.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException(
            "The tests run from inside the workbook's folder, beside which data/reference lies.");
    }
}
