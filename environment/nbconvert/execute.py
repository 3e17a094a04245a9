"""Configuration of `jupyter nbconvert --execute`.

Prints one JSON line for each event: which code cell is being executed and how it ended. The executed notebook is
cleaned. When a cell throws, or the kernel dies, the notebook is saved as far as it got: nbconvert itself would save
nothing. Cells that were not reached have no output but a line that says so.
"""
import atexit
import json
import os
import signal
import sys
import threading
import time

import nbformat

sys.path.insert(0, os.path.dirname(__file__))
from clean import clean  # noqa: E402, it lies beside this file

executed = None
code_cells = 0
running = None
saved = False


def tell(**event):
    print(json.dumps(event), flush=True)


def on_notebook_start(notebook):
    global executed
    executed = notebook
    if os.path.exists(os.environ["WORKBOOK_CHANGED"]):
        changed = nbformat.read(os.environ["WORKBOOK_CHANGED"], as_version=4)
        for cell, other in zip(notebook.cells, changed.cells):
            cell.source = other.source
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None


def on_cell_execute(cell, cell_index):
    global code_cells, running
    code_cells += 1
    running = cell_index
    tell(cell=code_cells)


def on_end(notebook, resources):
    global saved
    saved = True
    return clean(notebook, resources)


@atexit.register
def save_as_far_as_it_got():
    """Also where the kernel died, of which no hook is told."""
    global saved
    if saved or executed is None:
        return
    saved = True
    for cell in executed.cells[(running if running is not None else -1) + 1:]:
        if cell.cell_type == "code" and cell.source.strip():
            cell.outputs = [nbformat.v4.new_output(
                "stream", name="stderr", text=f"Not run: the notebook stopped in code cell {code_cells}.\n")]
    nbformat.write(clean(executed)[0], os.environ["WORKBOOK_EXECUTED"])


def on_cell_error(cell, cell_index, execute_reply):
    if "raises-exception" in cell.metadata.get("tags", []):
        return
    save_as_far_as_it_got()
    error = execute_reply["content"].get("evalue") or "no message"
    if error == "compilation error":
        # The compiler's own words are not in the reply but in what the cell wrote.
        written = "".join(output.text for output in cell.outputs if output.get("name") == "stderr")
        error = written.strip() or error
    tell(cell=code_cells, error=error)


def end_with_parent(parent):
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


# Who started this may be killed, and then nobody waits for the notebook any more.
threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()

# Python ends at once on SIGTERM, and the kernel, which has a session of its own, would go on. An interrupt ends both.
signal.signal(signal.SIGTERM, signal.default_int_handler)

c = get_config()  # noqa: F821, given by Jupyter
c.NotebookExporter.preprocessors = [on_end]
c.ExecutePreprocessor.kernel_name = "neurodynamics"
c.ExecutePreprocessor.timeout = -1
c.ExecutePreprocessor.startup_timeout = 180
c.ExecutePreprocessor.record_timing = False
c.ExecutePreprocessor.on_notebook_start = on_notebook_start
c.ExecutePreprocessor.on_cell_execute = on_cell_execute
c.ExecutePreprocessor.on_cell_error = on_cell_error
