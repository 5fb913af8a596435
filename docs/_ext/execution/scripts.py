"""Run scripts, each as a reader would, but without an import of torch for each.

A new Python imports torch and matplotlib once; every script runs in a forked child of it, in an empty folder, with
warnings as errors. `run_scripts` is what to call; `python -m execution.scripts` is what it starts.
"""

import contextlib
import importlib
import io
import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NamedTuple

from execution.fingerprints import EXT
from execution.forks import Job, run_jobs

SHARED = ["torch", "matplotlib.pyplot"]  # no more, or a script that forgets an import could run all the same


class Outcome(NamedTuple):
    """What came of a script: what it printed, how many figures it has left open, which files, and how it failed."""

    printed: str
    figures: int
    files: list[str]
    raised: str  # a traceback, or nothing


def run_scripts(paths: list[Path]) -> dict[Path, Outcome]:
    """Run each script by itself, two at a time, and return what came of it."""
    quiet = {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"}
    env = os.environ | quiet | {"PYTHONPATH": str(EXT)}
    command = [sys.executable, "-m", "execution.scripts", *(str(path.resolve()) for path in paths)]
    said = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout
    outcomes = json.loads(said)
    return {path: Outcome(*outcomes[str(path.resolve())]) for path in paths}


def run_script(path: Path) -> Outcome:
    """Run one script in this process, which nothing else uses afterwards."""
    import matplotlib.pyplot as plt

    raised, printed = "", io.StringIO()
    sys.path.insert(0, str(path.parent))
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        try:
            runpy.run_path(str(path), run_name="__main__")
        except BaseException:  # sys.exit too
            raised = traceback.format_exc()
        return Outcome(printed.getvalue(), len(plt.get_fignums()), os.listdir(folder), raised)


def main(paths: list[str]) -> None:
    for module in SHARED:
        importlib.import_module(module)
    jobs = [Job("script", Path(path), run_script, print) for path in paths]
    runs = {str(job.path): outcome or Outcome("", 0, [], problem) for job, outcome, problem in run_jobs(jobs)}
    json.dump(runs, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
