"""Make the virtual environment of the Makefile, or mend what a failure or another tool left, and fill it.

Why no library: this runs before there is any. Its syntax is old, so that an old Python can say that it is too old.

    python3 tools/setup_environment.py .venv torch==2.13.0 [INDEX-OF-TORCH]
"""

import platform
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 14)  # there is a torch for these
LOCK = "docs/requirements.lock"
PROOF = "import furo, matplotlib, myst_nb, nwlesson, sklearn, sphinx_gallery, torch"
ASK = "import sys; print(*sys.version_info[:2])"


def unsupported(version, system, machine):
    """Say in one sentence why there is no torch for this Python or machine; "" if there is one."""
    found = ".".join(map(str, version))
    if version < OLDEST:
        return f"nwlesson needs Python 3.11 or newer, but this is {found}; name another: make html PYTHON=python3.12"
    if version > NEWEST:
        return f"there is no torch for Python {found} yet; name an older one: make html PYTHON=python3.14"
    if (system, machine) == ("Darwin", "x86_64"):
        return "there is no torch for Macs with an Intel processor any more; read the site that is online"
    return ""


def python_of(venv):
    return venv / "bin" / "python"


def output(*command):
    """What a command prints, or nothing where it cannot run."""
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        return ""


def version_of(venv):
    """The version of Python in an environment, as (3, 12); () where none answers."""
    return tuple(int(part) for part in output(str(python_of(venv)), "-c", ASK).split())


def sees_the_system(venv):
    """Was it made with --system-site-packages? Then it stays so, for it holds a torch of the reader's own."""
    text = (venv / "pyvenv.cfg").read_text(encoding="utf-8").replace(" ", "").lower()
    return "include-system-site-packages=true" in text


def make(venv):
    """Make the environment with this Python, or make it anew; pip comes in a second step, which can be repeated."""
    if venv.is_symlink() or (venv.exists() and not (venv / "pyvenv.cfg").exists()):
        sys.exit(f"{venv} is there, but it is no environment with a Python that runs; delete it and try again")
    problem = unsupported(sys.version_info[:2], platform.system(), platform.machine())
    if problem:
        sys.exit(problem)
    options = ["--system-site-packages"] if venv.exists() and sees_the_system(venv) else []
    if venv.exists():
        print(f"{venv} has no Python between 3.11 and 3.14 that runs: it is made anew")
        shutil.rmtree(venv)
    if subprocess.call([sys.executable, "-m", "venv", "--without-pip", *options, str(venv)]):
        sys.exit(f"{sys.executable} cannot make the environment {venv}")


def add_pip(venv):
    """Put pip into an environment that came without, as those of uv do."""
    python = str(python_of(venv))
    if not output(python, "-m", "pip", "--version") and not output(python, "-m", "ensurepip", "--default-pip"):
        sys.exit(f"{venv} has no pip, and Python cannot add it: on Debian and Ubuntu, apt-get install python3-venv")


def fill(venv, torch, index):
    """Install what the site needs, and prove that it can be imported before anybody takes it for done."""
    pip = [str(python_of(venv)), "-m", "pip", "install", "--quiet"]
    for what in (
        ["--require-hashes", "-r", LOCK],
        [*(["--index-url", index] if index else []), torch],
        ["--no-deps", "--no-build-isolation", "--editable", "."],
    ):
        if subprocess.call(pip + what):
            sys.exit("pip could not install everything; what it said stands above, and the next make goes on from here")
    if subprocess.call([str(python_of(venv)), "-c", PROOF]):
        sys.exit(
            f"what pip has installed cannot be imported from {venv}; is there a setting for pip (pip config list)?"
        )


def main(venv, torch, index=""):
    venv = Path(venv)
    print(f"Setting up {venv} (once, a few minutes)", flush=True)
    if not OLDEST <= version_of(venv) <= NEWEST:
        make(venv)
    add_pip(venv)
    fill(venv, torch, index)


if __name__ == "__main__":
    main(*sys.argv[1:])
