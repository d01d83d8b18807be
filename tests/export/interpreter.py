"""Runs Python files one after the other, each as a program of its own: `python interpreter.py`, a path a line on stdin.

The SDKs take seconds to import. Here they are imported once for all files; everything else a file has to bring along.
"""

import contextlib
import io
import json
import runpy
import sys
import traceback

for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            runpy.run_path(line.strip(), run_name="__main__")
        except SystemExit as left:
            said.write(f"exit code {left.code}")
        except Exception:
            traceback.print_exc()
    print(json.dumps(said.getvalue()), flush=True)
