using System.Reflection;

namespace Neurodynamics;

/// <summary>
/// The kinds of a thing, such as the architectures or the tasks: every concrete subtype in the loaded assemblies. So a
/// new kind is a new type and nothing else, in a notebook's cell too.
/// </summary>
internal static class Kinds
{
    /// <summary>
    /// One of each kind, made without arguments, the library's first. Of kinds with one name the newest stands for all,
    /// as when a notebook's cell was run again.
    /// </summary>
    /// <param name="name">The name by which two are the same kind.</param>
    public static IReadOnlyList<T> All<T>(Func<T, string> name)
        where T : class
    {
        var newest = new OrderedDictionary<string, T>();
        foreach (var kind in Of<T>.Library.Concat(Others<T>())) newest[name(kind)] = kind;
        return [.. newest.Values];
    }

    /// <summary>
    /// The kind of a name, the newest of several; null where there is none. The library's own are found at once.
    /// </summary>
    public static T? Find<T>(string wanted, Func<T, string> name)
        where T : class =>
        Array.Find(Of<T>.Library, kind => name(kind) == wanted)
        ?? Others<T>().LastOrDefault(kind => name(kind) == wanted);

    /// <summary>
    /// Those of assemblies that use the library: a program of one's own, and a notebook's cells in the order of their
    /// runs.
    /// </summary>
    private static IEnumerable<T> Others<T>()
        where T : class
    {
        string? library = typeof(Kinds).Assembly.GetName().Name;
        return AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => assembly.GetReferencedAssemblies().Any(reference => reference.Name == library))
            .SelectMany(In<T>);
    }

    private static IEnumerable<T> In<T>(Assembly assembly)
        where T : class
    {
        Type?[] types;
        try
        {
            types = assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partial)
        {
            types = partial.Types;
        }
        foreach (var type in types)
            if (type is { IsAbstract: false } && type.IsAssignableTo(typeof(T)) && type.GetConstructor([]) is not null)
                yield return (T)Activator.CreateInstance(type)!;
    }

    private static class Of<T>
        where T : class
    {
        public static readonly T[] Library = [.. In<T>(typeof(Kinds).Assembly)];
    }
}
