# Run this cell first: it installs what is missing.
import importlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

wheel = "nwlesson-0.0.0-py3-none-any.whl"  # the package of the lesson
site = ""
page = ""
needs = {"torch": "torch"}  # name in Python: name for pip

missing = [name for module, name in needs.items() if not find_spec(module)]
if find_spec("nwlesson"):
    print("nwlesson is installed already.")
elif Path(wheel).exists():  # beside this notebook
    missing.append(wheel)
elif Path("..", wheel).exists():  # in the folder above, as in the zip
    missing.append(f"../{wheel}")
elif site:
    missing.append(site + wheel)
else:
    missing.clear()  # without the package nothing runs

if missing:
    print("Installing", *missing)
    command = [sys.executable, "-m", "pip", "install", "--quiet", *missing]
    pip = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    print(pip.stdout, pip.stderr, "Done." if pip.returncode == 0 else "This did not work.")
    importlib.invalidate_caches()

if not find_spec("nwlesson"):
    raise ModuleNotFoundError(f"Download {wheel} from {page}, put it beside this notebook, and run this cell again.")
