namespace Neurodynamics.Hosts;

/// <summary>How a notebook fared in a host.</summary>
/// <param name="Figures">How many figures it has.</param>
/// <param name="Seen">Those that were looked at.</param>
/// <param name="Blocked">Other machines that it asked for, one entry a request.</param>
/// <param name="Failure">What else went wrong, or null.</param>
sealed record HostResult(
    string Host, string Notebook, int Figures, IReadOnlyList<SeenFigure> Seen, TimeSpan Time,
    IReadOnlyList<string> Blocked, string? Failure)
{
    public int Drawn => Seen.Count(figure => figure.Drawn && figure.Shown == figure.Scenes);
    public int Scenes => Seen.Sum(figure => figure.Scenes);
    public int Turned => Seen.Sum(figure => figure.Turned);
    public bool IsWell => Failure is null && Drawn == Figures && Turned == Scenes;
    public string Verdict => IsWell ? "ok"
        : $"failed: {Failure ?? $"{Drawn} of {Figures} figures drawn, {Turned} of {Scenes} scenes turned"}";
}
