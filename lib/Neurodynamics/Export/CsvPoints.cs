using System.Globalization;
using Neurodynamics.Import;

namespace Neurodynamics.Export;

/// <summary>
/// CSV: a row per point, the same in every culture. Numbers have all their digits; NaN, Inf and -Inf are what NumPy,
/// MATLAB and R take for such.
/// </summary>
internal sealed class CsvPoints : PointFormat
{
    public override string Ending => ".csv";

    public override void Write(IReadOnlyList<SourceArray> arrays, Stream stream)
    {
        int points = arrays[0].Shape[0];
        (SourceArray Array, int Columns)[] shown =
        [
            .. arrays.Where(IsOfPoints).Select(
                array => (array, array.Shape.Skip(1).Aggregate(1, (all, length) => all * length)))
        ];
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(string.Join(',', shown.SelectMany(one => Names(one.Array, one.Columns)).Prepend("point")));
        for (int point = 0; point < points; point++)
            writer.WriteLine(string.Join(',', shown.SelectMany(one => Enumerable.Range(0, one.Columns)
                .Select(column => Written(one.Array.Values[point * one.Columns + column])))
                .Prepend((point + 1).ToString(CultureInfo.InvariantCulture))));
    }

    /// <summary>Whether it has a number, or one for each variable, of every point.</summary>
    private static bool IsOfPoints(SourceArray array) =>
        array.Name is not (PointFile.Complete or PointFile.Found)
        && array.Shape.Count <= (array.Type == "complex128" ? 3 : 2);

    private static IEnumerable<string> Names(SourceArray array, int columns) => array.Shape.Count == 1 ? [array.Name]
        : Enumerable.Range(0, columns).Select(i => array.Type == "complex128"
            ? FormattableString.Invariant($"{array.Name}_{i / 2 + 1}_{(i % 2 == 0 ? "re" : "im")}")
            : FormattableString.Invariant($"{array.Name}_{i + 1}"));

    private static string Written(double value) => double.IsPositiveInfinity(value) ? "Inf"
        : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
