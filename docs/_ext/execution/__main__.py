"""Run what is not stored yet, without Sphinx: python docs/_ext/execution DOCS BUILD"""

import os
import sys
from pathlib import Path

EXT = Path(__file__).parents[1]
sys.path[:1] = [str(EXT), str(EXT.parents[1])]
os.environ.setdefault("MPLBACKEND", "agg")

from execution.runs import run_what_is_new  # noqa: E402

sys.exit(run_what_is_new(Path(sys.argv[1]), Path(sys.argv[2])))
