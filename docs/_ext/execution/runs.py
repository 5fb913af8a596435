"""Which jobs there are, which of them are not stored yet, and where their results are kept."""

import importlib
import sys
from functools import partial
from pathlib import Path

import doctests
import told_shapes

from execution.facts import are_fresh, compute_facts, fact_files, keep_facts, read_facts
from execution.fingerprints import fingerprint
from execution.forks import Failure, Job, run_jobs
from execution.notebook import read_notebook, run_notebook

SHARED = ["torch", "matplotlib.pyplot", "nwlesson", "figures", "nbformat.v4", "IPython.core.interactiveshell"]


def cache_folder(build: Path) -> Path:
    """Return where MyST-NB finds the lessons that have run."""
    return build / "executed" / fingerprint()


def fact_jobs(docs: Path, build: Path) -> list[Job]:
    """Return a job for each file of facts that has changed."""
    changed = [path for path in fact_files(docs) if not are_fresh(path, build)]
    return [Job("facts", path, compute_facts, partial(keep_facts, path, build)) for path in changed]


def doctest_jobs(docs: Path, build: Path) -> list[Job]:
    """Return a job for the examples of docstrings and pages, if one of them has changed."""
    code = [Path(module.__file__).read_text(encoding="utf-8") for module in (doctests, told_shapes)]
    text = "".join([doctests.examples(docs), *code])
    stamp = build / "doctested" / fingerprint(text)
    return [] if stamp.exists() else [Job("doctests", docs, doctests.run_all, partial(keep_stamp, stamp))]


def keep_stamp(stamp: Path, examples: int) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(f"{examples} examples\n", encoding="utf-8")


def notebook_jobs(docs: Path, build: Path) -> list[Job]:
    """Return a job for each page whose code has changed."""
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    cache = get_cache(str(cache_folder(build)))

    def is_stored(notebook) -> bool:
        try:
            return bool(cache.match_cache_notebook(notebook))
        except KeyError:
            return False

    def keep(path: Path, notebook) -> None:
        cache.cache_notebook_bundle(CacheBundleIn(notebook, str(path)), check_validity=False, overwrite=True)

    pages = {path: read_notebook(path) for path in doctests.pages(docs)}
    changed = [path for path, notebook in pages.items() if notebook and not is_stored(notebook)]
    return [Job("notebook", path, run_notebook, partial(keep, path)) for path in changed]


def import_what_is_shared() -> None:
    """Import, once, what the jobs need, so that every forked child has it."""
    for module in SHARED:
        importlib.import_module(module)
    from torch import optim, zeros

    optim.SGD([zeros(1)])  # with the first optimizer torch imports what it needs for all, for a second and a half


def run_what_is_new(docs: Path, build: Path) -> int:
    """Run everything that is not stored; return 1 and say what failed if something did."""
    docs, build = docs.resolve(), build.resolve()
    jobs = [*fact_jobs(docs, build), *doctest_jobs(docs, build), *notebook_jobs(docs, build)]
    if jobs:
        import_what_is_shared()
    failures = 0
    for job, result, problem in run_jobs(jobs):
        print(f"ran {job.kind} {job.path.relative_to(docs).as_posix()}", flush=True)
        if problem:
            failures += 1
            print(problem, file=sys.stderr, flush=True)
        else:
            job.keep(result)
    return 1 if failures else check_table(docs, build)


def check_table(docs: Path, build: Path) -> int:
    """Return 1 and say so if the files of facts do not fit together."""
    try:
        read_facts(docs, build)
    except Failure as failure:
        print(failure, file=sys.stderr, flush=True)
        return 1
    return 0
