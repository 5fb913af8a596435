"""Run what the site shows, once: lessons, facts and doctests, in parallel, before Sphinx reads a page.

Why no library: MyST-NB starts a kernel for each page and imports torch in each; it also takes a page for fresh
when only the package has changed. Here one process imports torch and forks a child for each task, and
everything is stored under a fingerprint of the package. MyST-NB then finds all it needs in its cache.

    python docs/_ext/execution.py DOCS BUILD     runs what is not stored yet
"""

import gc
import hashlib
import importlib
import json
import multiprocessing
import multiprocessing.connection
import os
import shutil
import sys
import traceback
from importlib.metadata import version
from pathlib import Path

from sphinx.application import Sphinx

EXT = Path(__file__).parent
ROOT = EXT.parents[1]
WORKERS = 2
FORK = multiprocessing.get_context("fork")
SHARED = ["torch", "matplotlib.pyplot", "matplotlib_inline.backend_inline", "nwlesson", "figures", "nbformat.v4"]
SHARED += ["IPython.core.interactiveshell", "ipykernel.inprocess", "ipykernel.inprocess.ipkernel"]


def fingerprint(more: str = "") -> str:
    """Return a short hash of everything a result depends on besides the code that asks for it."""
    versions = f"{sys.version_info[:2]} {version('torch')} {version('matplotlib')} {version('scikit-learn')}"
    digest = hashlib.sha256((versions + more).encode())
    sources = [p for p in (ROOT / "nwlesson").iterdir() if p.suffix in {".py", ".mplstyle", ".json"}]
    for path in sorted([*sources, EXT / "figures.py", EXT / "execution.py"]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def cache_folder(build: Path) -> Path:
    return build / "executed" / fingerprint()


def facts_file(docs: Path, build: Path) -> Path:
    source = (docs / "facts.py").read_text(encoding="utf-8")
    return build / "facts" / f"{fingerprint(source)}.json"


def read_notebook(path: Path):
    """Return a MyST page as a notebook, or None where nothing in it runs."""
    from myst_nb.core.config import NbParserConfig
    from myst_nb.core.read import create_nb_reader
    from myst_parser.config.main import MdParserConfig

    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), MdParserConfig(), NbParserConfig(), text)
    return reader and reader.read(text)


def run_notebook(path: Path):
    """Run the cells of a page in this process and return the notebook with what they printed and drew."""
    from figures import to_svg
    from ipykernel.inprocess import InProcessKernelManager
    from matplotlib.figure import Figure
    from nbformat.v4 import output_from_msg
    from traitlets.config import Config

    os.chdir(path.parent)
    manager = InProcessKernelManager(config=Config({"HistoryManager": {"enabled": False}}))
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    shell = manager.kernel.shell
    shell.enable_matplotlib("inline")
    for formatter in shell.display_formatter.formatters.values():
        formatter.pop(Figure, None)
    shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, to_svg)
    notebook = read_notebook(path)
    lines = notebook.metadata["source_map"]
    for cell, line in zip(notebook.cells, lines):
        if cell.cell_type != "code":
            continue
        client.execute(cell.source)
        cell.outputs = []
        for message in client.iopub_channel.get_msgs():
            if message["msg_type"] in {"stream", "display_data", "execute_result", "error"}:
                cell.outputs.append(output_from_msg(message))
            elif message["msg_type"] == "execute_input":
                cell.execution_count = message["content"]["execution_count"]
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if errors:
            trace = "\n".join(errors[0].traceback)
            raise RuntimeError(f"{path}:{line}: this cell failed\n{cell.source}\n{trace}")
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    return notebook


def compute_facts(docs: Path) -> dict[str, str]:
    """Run docs/facts.py and return its table."""
    namespace: dict = {}
    source = docs / "facts.py"
    exec(compile(source.read_text(encoding="utf-8"), source, "exec"), namespace)
    return namespace["facts"]()


def _task(job: tuple[str, Path]):
    """Do one job in a child process; return its result or the words that say what failed."""
    import doctests
    import torch

    torch.set_num_threads(1)
    kind, path = job
    try:
        if kind == "facts":
            return job, compute_facts(path), None
        if kind == "doctests":
            return job, doctests.run_all(path), None
        return job, run_notebook(path), None
    except Exception as error:
        known = isinstance(error, (RuntimeError, doctests.DoctestFailed))
        return job, None, str(error) if known else traceback.format_exc()


def run_jobs(jobs: list[tuple[str, Path]]):
    """Yield what `_task` says of each job; each has a child of its own, so that one that dies is noticed."""
    running: dict = {}
    while jobs or running:
        while jobs and len(running) < WORKERS:
            job, jobs = jobs[0], jobs[1:]
            receive, send = FORK.Pipe(duplex=False)
            child = FORK.Process(target=lambda job=job, send=send: send.send(_task(job)))
            child.start()
            send.close()  # the child's copy is then the only one, and its end is seen here
            running[receive] = child, job
        for receive in multiprocessing.connection.wait(list(running)):
            child, job = running.pop(receive)
            try:
                yield receive.recv()
                child.join()
            except EOFError:
                child.join()
                yield job, None, f"{job[1]}: its process ended with {child.exitcode} and no result"


def main(docs: Path, build: Path) -> int:
    """Run everything that is not stored; return 1 and say what failed if something did."""
    import doctests
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    docs, build = docs.resolve(), build.resolve()
    cache, facts = get_cache(str(cache_folder(build))), facts_file(docs, build)
    tester = Path(doctests.__file__).read_text(encoding="utf-8")
    tested = build / "doctested" / fingerprint(doctests.examples(docs) + tester)
    jobs = [] if facts.exists() else [("facts", docs)]
    jobs += [] if tested.exists() else [("doctests", docs)]
    for path in doctests.pages(docs):
        notebook = read_notebook(path)
        if notebook is None:
            continue
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            jobs.append(("notebook", path))
    if not jobs:
        return 0
    for module in SHARED:  # imported here, once, so that every forked child has it
        importlib.import_module(module)
    failures = 0
    for (kind, path), result, problem in run_jobs(jobs):
        print(f"ran {kind} {path.relative_to(docs) if kind == 'notebook' else ''}", flush=True)
        if problem:
            failures += 1
            print(problem, file=sys.stderr, flush=True)
        elif kind == "notebook":
            cache.cache_notebook_bundle(CacheBundleIn(result, str(path)), check_validity=False, overwrite=True)
        else:
            target = facts if kind == "facts" else tested
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return 1 if failures else 0


def start(app: Sphinx, config) -> None:
    """Start the runs beside Sphinx, which builds the gallery in the meantime."""
    build = Path(config.lesson_build)
    config.nb_execution_cache_path = str(cache_folder(build))
    config.lesson_facts = str(facts_file(Path(app.srcdir), build))
    config.lesson_fingerprint = fingerprint("".join(p.read_text(encoding="utf-8") for p in sorted(EXT.rglob("*.py"))))
    _forget_what_was_generated(Path(app.srcdir), build / "generated-from")
    gc.freeze()  # what is loaded stays: sphinx-gallery collects garbage after every block, which took seconds
    os.environ["IPYTHONDIR"] = str(build / "ipython")  # IPython writes nothing to the reader's home
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # or the kernel's debugger warns in every child
    app._lesson_runs = FORK.Process(target=lambda: sys.exit(main(Path(app.srcdir), build)))
    app._lesson_runs.start()


def _forget_what_was_generated(docs: Path, stamp: Path) -> None:
    """Delete the pages of gallery and API when the package or the list of scripts has changed.

    sphinx-gallery sees only that one of its own scripts has changed, and neither it nor autosummary removes a page
    whose script or function is gone.
    """
    scripts = " ".join(path.name for path in sorted(docs.glob("gallery/*.py")))
    now = f"{fingerprint()} {scripts}"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != now:
        for folder in "examples", "reference/generated", "reference/backreferences":
            shutil.rmtree(docs / folder, ignore_errors=True)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(now, encoding="utf-8")


def wait(app: Sphinx) -> None:
    """Wait for the runs before the first page is read; nothing is built from what failed."""
    app._lesson_runs.join()
    if app._lesson_runs.exitcode != 0:
        sys.exit("what the pages show could not be run; see above for file and line")


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    app.add_config_value("lesson_facts", "", "env", [str])
    app.add_config_value("lesson_fingerprint", "", "env", [str])
    app.connect("config-inited", start)
    app.connect("builder-inited", wait, priority=900)  # after sphinx-gallery, which runs at 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    sys.path[:0] = [str(EXT), str(ROOT)]
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
