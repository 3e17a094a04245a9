using System.Text.RegularExpressions;
using Xunit;

namespace Neurodynamics.Workbook.Tests;

static partial class MachinePath
{
    public static void IsNotIn(string notebook, string text)
    {
        string home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        foreach (string root in new[] { Environment.Workbook.Here().Root, home })
            Assert.False(root.Length > 1 && text.Contains(root, StringComparison.Ordinal),
                $"{notebook} holds the path {root} of this machine.");

        var path = HomeFolder().Match(text);
        Assert.False(path.Success, $"{notebook} holds a path of a machine: {path.Value}");
    }

    [GeneratedRegex(@"(/home/|/Users/|/root/|[A-Z]:\\\\Users\\\\)[\w.-]+")]
    private static partial Regex HomeFolder();
}
