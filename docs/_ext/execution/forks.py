"""Run jobs in forked children: what this process has imported, every child has too, and what a child does stays there.

Why no library: concurrent.futures gives up all jobs when one child dies, and does not say which it was.
"""

import multiprocessing
import multiprocessing.connection
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

WORKERS = 2
FORK = multiprocessing.get_context("fork")


class Failure(Exception):
    """A job failed, and the message says all that its author needs: file, line and what was wrong."""


class Job(NamedTuple):
    """Something to run; `run(path)` is called in a child, and `keep(result)` with what it returned, here."""

    kind: str
    path: Path
    run: Callable[[Path], Any]
    keep: Callable[[Any], None]


def run_jobs(jobs: list[Job]) -> Iterator[tuple[Job, Any, str | None]]:
    """Yield each job with its result or, where it failed, with the words that say why, as they come."""
    running: dict = {}
    waiting = list(jobs)
    while waiting or running:
        while waiting and len(running) < WORKERS:
            job = waiting.pop(0)
            child, receive = start(job)
            running[receive] = child, job
        for receive in multiprocessing.connection.wait(list(running)):
            child, job = running.pop(receive)
            yield job, *outcome(child, receive, job)


def start(job: Job):
    """Start the child of a job; return it and the end of the pipe where its outcome arrives."""
    receive, send = FORK.Pipe(duplex=False)
    child = FORK.Process(target=lambda: send.send(attempt(job)))
    child.start()
    send.close()  # the child's copy is then the only one, and its end is seen here
    return child, receive


def attempt(job: Job) -> tuple[Any, str | None]:
    """Run a job in this process, which is its child; return the result, or what went wrong."""
    import torch

    torch.set_num_threads(1)
    try:
        return job.run(job.path), None
    except Failure as failure:
        return None, str(failure)
    except Exception:
        return None, traceback.format_exc()


def outcome(child, receive, job: Job) -> tuple[Any, str | None]:
    """Return what a child has sent; a child that died without a word is a failure too."""
    try:
        result = receive.recv()
    except EOFError:
        child.join()
        return None, f"{job.path}: its process ended with {child.exitcode} and no result"
    child.join()
    return result
