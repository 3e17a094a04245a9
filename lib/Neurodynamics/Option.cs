namespace Neurodynamics;

/// <summary>Values that an option may have.</summary>
internal static class Option
{
    /// <summary>A positive value, or an exception that names the option.</summary>
    public static double Positive(double value, string name) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is positive.");

    /// <summary>A value that is at least something, or an exception that names the option. NaN is refused.</summary>
    public static T AtLeast<T>(T least, T value, string name) where T : IComparable<T> => value.CompareTo(least) >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least {least}.");
}
