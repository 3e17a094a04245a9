using Spectre.Console.Cli;

namespace Neurodynamics.Environment;

/// <summary>Makes a command class a verb of this program. Its help text is the class's Description.</summary>
/// <param name="name">What the user types.</param>
/// <param name="examples">Command lines for the help, one a string: "", "start-here --update".</param>
[AttributeUsage(AttributeTargets.Class)]
sealed class VerbAttribute(string name, params string[] examples) : Attribute
{
    public void Add(IConfigurator configuration, Type command)
    {
        // Spectre takes the command only as a type argument.
        var add = typeof(IConfigurator).GetMethod(nameof(IConfigurator.AddCommand))!.MakeGenericMethod(command);
        var verb = (ICommandConfigurator)add.Invoke(configuration, [name])!;
        foreach (string example in examples)
            verb.WithExample([name, .. example.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
    }
}
