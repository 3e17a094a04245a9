namespace Neurodynamics.Notebooks;

/// <summary>
/// What the workbook needs of the program that runs notebooks. <see cref="InteractiveHost"/> is the only one today.
/// </summary>
internal interface INotebookHost
{
    /// <summary>The cell that runs now on this thread; null outside a kernel.</summary>
    INotebookCell? Running { get; }

    /// <summary>
    /// Says how values of a type, and of those that derive from it, are shown as the last value of a cell.
    /// </summary>
    /// <param name="type">The type; the most special one counts.</param>
    /// <param name="html">As HTML, which is preferred.</param>
    /// <param name="plain">As text, for viewers without HTML.</param>
    /// <param name="both">Whether an output holds the text beside the HTML.</param>
    void Show(Type type, Func<object, string> html, Func<object, string> plain, bool both);

    /// <summary>
    /// Loads Plotly.NET's extension, which says how its charts are shown: what is said of them later holds instead.
    /// </summary>
    void LoadPlotly();

    /// <summary>
    /// From now on Jupyter's interrupt cancels the running cell, and a cell that does not end then is aborted.
    /// </summary>
    void LetCellsBeStopped();
}

/// <summary>A running cell.</summary>
internal interface INotebookCell
{
    /// <summary>Cancelled when the reader stops the cell.</summary>
    CancellationToken Stop { get; }

    /// <summary>Adds HTML to the cell's output.</summary>
    /// <returns>Puts other HTML in its place.</returns>
    Action<string> Display(string html);

    /// <summary>Calls back when the cell's work has ended, while its output is still open.</summary>
    void WhenDone(Action done);
}
