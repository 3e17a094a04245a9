"""Takes out of an executed notebook what belongs to the machine or the moment.

Executing an unchanged notebook again then changes next to nothing. As a configuration of `jupyter nbconvert` it cleans
without executing.
"""
import re

KERNEL_TALK = re.compile(
    # The kernel's bootstrap script, the ticks of a package restore, the extensions it found.
    "id='dotnet-interactive-this-cell-|<strong>(Installed Packages|Restore sources)</strong>|^Load(ing|ed) extension")
# The kernel's assemblies were built against older ones of the framework. Compilers of projects say nothing of that.
ASSEMBLY_VERSIONS = re.compile(r"\s*((\(\d+,\d+\): )?warning CS170[12]: .*\s*)+")
NOTEBOOK = {
    "kernelspec": {"display_name": "Neurodynamics (C#)", "language": "C#", "name": "neurodynamics"},
    "language_info": {"file_extension": ".cs", "mimetype": "text/x-csharp", "name": "C#", "pygments_lexer": "csharp"},
    "polyglot_notebook": {
        "kernelInfo": {"defaultKernelName": "csharp", "items": [{"aliases": [], "name": "csharp"}]}},
}
# Both tell an editor with several languages that a cell is C#.
CODE = {"dotnet_interactive": {"language": "csharp"}, "polyglot_notebook": {"kernelName": "csharp"}}


def is_passing(output):
    texts = [text for text in output.get("data", {}).values() if isinstance(text, str)]
    return any(KERNEL_TALK.search(text) for text in texts) or (
        output.get("name") == "stderr" and ASSEMBLY_VERSIONS.fullmatch(output["text"]))


def plain_line_ends(value):
    """The kernel's own HTML has Windows line ends everywhere, printed text only on Windows."""
    if isinstance(value, str):
        return re.sub("\r\n?", "\n", value)
    if isinstance(value, list):
        return [plain_line_ends(item) for item in value]
    if isinstance(value, dict):
        for key in value:
            value[key] = plain_line_ends(value[key])
    return value


def clean(notebook, resources=None):
    for cell in notebook.cells:
        kept = {key: value for key, value in cell.metadata.items() if key in ("tags", "collapsed", "jupyter")}
        cell.metadata = type(cell.metadata)(kept, **(CODE if cell.cell_type == "code" else {}))
        if cell.cell_type == "code":
            cell.outputs = [plain_line_ends(output) for output in cell.outputs if not is_passing(output)]
    notebook.metadata = type(notebook.metadata)(NOTEBOOK)
    notebook.nbformat_minor = 5
    return notebook, resources


if "get_config" in globals():
    c = get_config()  # noqa: F821, given by Jupyter
    c.NotebookExporter.preprocessors = [clean]
