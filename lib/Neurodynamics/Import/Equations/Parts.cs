using static TorchSharp.torch;

namespace Neurodynamics.Import;

/// <summary>What an equation may have at a place, made of a file's arrays.</summary>
/// <param name="Text">How it is made, in the arrays' names: "W_rec", "W_rec'", "|W_rec| Dale_rec".</param>
/// <param name="Values">A vector or a matrix in float64.</param>
/// <param name="From">The arrays.</param>
internal sealed record Part(string Text, Tensor Values, IReadOnlyList<SourceArray> From)
{
    /// <summary>How alike the names of the arrays are, 0 for one array and less where they differ.</summary>
    public int Alikeness { get; init; }

    /// <summary>How many characters the names of arrays have in common, up to the last / or . there.</summary>
    public static int BeginAlike(IReadOnlyList<SourceArray> arrays)
    {
        string first = arrays[0].Name;
        int common = arrays.Min(array => first.Zip(array.Name).TakeWhile(pair => pair.First == pair.Second).Count());
        return first[..common].LastIndexOfAny(['/', '.']) + 1;
    }

    /// <summary>The sum of two.</summary>
    public Part Plus(Part other) => new($"{Text} + {other.Text}", Values.Plus(other.Values), [.. From, .. other.From]);

    /// <summary>Columns, each with a scale of its own.</summary>
    public Part Scaled(Part scale) =>
        new($"{Text} diag({scale.Text})", Values * scale.Values, [.. From, .. scale.From]);

    /// <summary>Entry by entry under a mask.</summary>
    public Part Masked(Part mask) => new($"({Text} * {mask.Text})", Values * mask.Values, [.. From, .. mask.From]);

    /// <summary>Whether it shares an array with another.</summary>
    public bool Shares(Part? other) => other is not null && From.Intersect(other.From).Any();
}

/// <summary>A file's arrays, by what their shapes let them be.</summary>
/// <param name="arrays">The arrays that may be used.</param>
/// <param name="roles">Which array a reader has named for which letter of an equation.</param>
internal sealed class Parts(IReadOnlyList<SourceArray> arrays, IReadOnlyDictionary<string, string> roles)
{
    /// <summary>Letters of an equation that may be named, and what they stand for.</summary>
    public static readonly IReadOnlyDictionary<string, string> Letters = new Dictionary<string, string>
    {
        ["W"] = "recurrent weights",
        ["B"] = "input weights",
        ["b"] = "bias",
        ["c"] = "bias inside f",
        ["m"] = "m of W = m n' / N",
        ["n"] = "n of W = m n' / N",
        ["a"] = "leak",
        ["x0"] = "state before the first step",
        ["C"] = "readout weights",
        ["d"] = "readout bias",
    };

    /// <summary>The arrays.</summary>
    public IReadOnlyList<SourceArray> Arrays => arrays;

    /// <summary>Some of the arrays.</summary>
    public Parts Of(IReadOnlyList<SourceArray> some) => new(some, roles);

    /// <summary>The others.</summary>
    public Parts Without(IReadOnlyList<SourceArray> taken) => Of([.. arrays.Except(taken)]);

    /// <summary>
    /// Vectors of a length: arrays of so many values. Those of zeros change nothing, and are left out.
    /// </summary>
    public IReadOnlyList<Part> Vectors(int length, string role = "") =>
    [
        .. Allowed(role).Where(array => SourceArray.Count(array.Shape) == length
                && (length == 1 || array.Shape.Max() == length) && !IsZero(array))
            .Select(array => new Part(Name(array), array.Values.ToTensor(), [array])),
    ];

    /// <summary>Whether a reader has named an array for a letter.</summary>
    public bool IsGiven(string letter) => roles.ContainsKey(letter);

    /// <summary>Whether an array holds zeros alone.</summary>
    public static bool IsZero(SourceArray array) => Array.TrueForAll(array.Values, value => value == 0);

    /// <summary>Whether an array holds ones alone, as a scale or mask that changes nothing does.</summary>
    public static bool IsOne(SourceArray array) => Array.TrueForAll(array.Values, value => value == 1);

    /// <summary>Matrices of a shape, as they are and turned.</summary>
    public IReadOnlyList<Part> Matrices(int rows, int columns, string role = "") =>
    [
        .. Allowed(role).Where(array => array.HasShape(rows, columns)).Select(Matrix),
        .. Allowed(role).Where(array => array.HasShape(columns, rows)).Select(array => Turned(Matrix(array))),
    ];

    /// <summary>An array of two dimensions.</summary>
    public static Part Matrix(SourceArray array) => new(Name(array), array.ToMatrix().ToTensor(), [array]);

    /// <summary>A matrix turned.</summary>
    public static Part Turned(Part matrix) =>
        matrix with { Text = matrix.Text + "'", Values = matrix.Values.t().contiguous() };

    /// <summary>The arrays for a letter: the one that was named, or all that were not named for another.</summary>
    private IEnumerable<SourceArray> Allowed(string role) => roles.TryGetValue(role, out string? named)
        ? arrays.Where(array => array.Name == named)
        : arrays.Where(array => !roles.Values.Contains(array.Name));

    private static string Name(SourceArray array) => array.Name.Shown();
}
