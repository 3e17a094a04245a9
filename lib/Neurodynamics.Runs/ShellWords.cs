using System.Text.RegularExpressions;

namespace Neurodynamics.Runs;

/// <summary>
/// The library's messages name its options as C# has them. To people who use the shell they name those of `find`, and
/// what only a notebook can do. The tests compile this file too.
/// </summary>
static partial class ShellWords
{
    /// <summary>The option of `find` for each of ImportOptions.</summary>
    public static readonly IReadOnlyDictionary<string, string> Options = new Dictionary<string, string>
    {
        ["Layer"] = "--layer",
        ["Readout"] = "--readout",
        ["WithoutReadout"] = "--without-readout",
        ["Outputs"] = "--outputs",
        ["Architecture"] = "--cell or --form",
        ["LeaveOut"] = "--leave-out",
        ["Arrays"] = "--letters",
        ["DividesByUnits"] = "1 / N in --form",
    };

    /// <summary>A message of the library in them.</summary>
    public static string Of(string message)
    {
        string text = Parameter().Replace(message, "")
            .Replace("set ImportOptions.DividesByUnits to false", "say \"without 1 / N\" in --form")
            .Replace("set ImportOptions.DividesByUnits to true", "say \"1 / N\" in --form")
            .Replace("new Rates { Leak = 0.2 }", "\"rates, leak 0.2\"")
            .Replace("Gru (after) or GruResetBefore", "gru (after) or gru-reset-before")
            .Replace("OutputMeaning.Logits", "logits");
        text = ByExample().Replace(text, "in --trajectory");
        text = OnlyInCode().Replace(text, "$0 in a notebook");
        return Option().Replace(text, found => Options.GetValueOrDefault(found.Groups[1].Value, found.Value));
    }

    [GeneratedRegex(@"\bImportOptions\.(\w+)")]
    private static partial Regex Option();

    [GeneratedRegex(@"\b(to|for) (NetworkFile\.)?LoadByExample\b")]
    private static partial Regex ByExample();

    [GeneratedRegex(@"\b(TorchScriptCell\.Load|LayeredCell|ArrayFile|a cell of your own)\b")]
    private static partial Regex OnlyInCode();

    // What .NET adds to the message of an ArgumentException.
    [GeneratedRegex(@" \(Parameter '\w+'\)")]
    private static partial Regex Parameter();
}
