"""Run tools/build_site.py in a fork of this process, which has imported what takes most of the time of a small build.

Started by test_build.py. Reads the folder of a project and settings, a line of JSON, writes what the build said to the
file `said` in that folder, and answers with the exit code.
"""

import json
import os
import runpy
import sys
from pathlib import Path

import fontTools.subset  # noqa: F401

sys.path.append(str(Path(__file__).parents[1] / "tools"))
import build_site

build_site.import_libraries()


def build(folder, settings, options):
    os.chdir(folder)
    os.environ.update(settings)
    said = os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for output in (1, 2):
        os.dup2(said, output)
    sys.path.insert(0, folder)
    sys.argv = ["tools/build_site.py", "html", *options]
    runpy.run_path(sys.argv[0], run_name="__main__")


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        build(*json.loads(line), sys.argv[1:])
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
