"""Runs cells in the workbook's kernel, as Jupyter does, and interrupts some of them.

Prints a JSON line for each: what it was, how the kernel replied, and what the cell showed.
"""
import json
import queue
import sys
import time

from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name="neurodynamics")
manager.start_kernel(cwd=sys.argv[1])
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=180)


def run(what, code, interrupt_after=None):
    request = client.execute(code)
    shown, reply, interrupted, start = [], None, False, time.time()
    while time.time() - start < 120:
        if interrupt_after is not None and not interrupted and time.time() - start > interrupt_after:
            manager.interrupt_kernel()
            interrupted = True
        try:
            message = client.get_iopub_msg(timeout=0.2)
        except queue.Empty:
            continue
        if message["parent_header"].get("msg_id") != request:
            continue
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            break
        content = message["content"]
        shown.append(content.get("text") or content.get("evalue") or content.get("data", {}).get("text/plain")
                     or content.get("data", {}).get("text/html", ""))
    try:
        while reply is None or reply["parent_header"].get("msg_id") != request:
            reply = client.get_shell_msg(timeout=30)
    except queue.Empty:
        reply = {"content": {"status": "none"}}
    print(json.dumps({"what": what, "status": reply["content"]["status"], "shown": "".join(shown),
                      "alive": manager.is_alive()}), flush=True)


try:
    manager.interrupt_kernel()
    time.sleep(5)
    run("before the first cell", "var kept = 41;")
    run("start", "#!import setup.dib")
    manager.interrupt_kernel()
    time.sleep(5)  # On a busy machine a signal comes late, and would stop the next cell.
    run("nothing running", "display(kept)")
    run("training", """
        var live = Trainer.Train(
            new Recipe { Units = 20, Training = new() { Updates = 1_000_000 } }, cancellation: Workbook.Stop);
        display($"{live.Record.Stop}");
        """, interrupt_after=8)
    run("endless loop", "var n = 0; while (true) n++;", interrupt_after=3)
    run("after", "display(kept + 1)")
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
