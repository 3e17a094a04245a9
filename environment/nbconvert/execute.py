"""Configuration of `jupyter nbconvert --execute`.

Prints one JSON line for each event: which code cell is being executed and how it ended. The executed notebook is
cleaned. When a cell throws, the notebook is saved as far as it got: nbconvert itself would save nothing.
"""
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


def tell(**event):
    print(json.dumps(event), flush=True)


def on_notebook_start(notebook):
    global executed
    executed = notebook


def on_cell_execute(cell, cell_index):
    global code_cells
    code_cells += 1
    tell(cell=code_cells)


def on_cell_error(cell, cell_index, execute_reply):
    if "raises-exception" in cell.metadata.get("tags", []):
        return
    nbformat.write(clean(executed)[0], os.environ["WORKBOOK_EXECUTED"])
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
c.NotebookExporter.preprocessors = [clean]
c.ExecutePreprocessor.kernel_name = "neurodynamics"
c.ExecutePreprocessor.timeout = -1
c.ExecutePreprocessor.startup_timeout = 180
c.ExecutePreprocessor.record_timing = False
c.ExecutePreprocessor.on_notebook_start = on_notebook_start
c.ExecutePreprocessor.on_cell_execute = on_cell_execute
c.ExecutePreprocessor.on_cell_error = on_cell_error
