"""The facts of a file in docs/facts, and the table of all facts: name -> what the reader sees."""

import importlib
import json
import sys
from pathlib import Path
from typing import NamedTuple

from execution.fingerprints import fingerprint
from execution.forks import Failure


class Fact(NamedTuple):
    """A fact as it stands on a page, and the stored file that it comes from."""

    value: str
    stored: Path


def fact_files(docs: Path) -> list[Path]:
    """Return the files that hold facts: one for each lesson, or page, that introduces some."""
    return [path for path in sorted(docs.glob("facts/*.py")) if path.stem != "shared"]


def measurements(docs: Path) -> str:
    """Return the text of what `make bench` has stored."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(docs.glob("facts/*.json")))


def facts_fingerprint(path: Path) -> str:
    """Return a hash of everything that the facts of a file depend on."""
    files = [path, *path.parent.glob("shared.py")]
    return fingerprint(measurements(path.parents[1]) + "".join(file.read_text(encoding="utf-8") for file in files))


def compute_facts(path: Path) -> dict[str, str]:
    """Run a file of facts and return its table."""
    sys.path.insert(0, str(path.parents[1]))
    return importlib.import_module(f"facts.{path.stem}").facts()


def stored_facts(path: Path, build: Path) -> Path:
    """Return where the facts of a file are stored; beside it lies the fingerprint that they were computed with."""
    return build / "facts" / f"{path.stem}.json"


def are_fresh(path: Path, build: Path) -> bool:
    stored = stored_facts(path, build)
    stamp = stored.with_suffix(".fingerprint")
    return stored.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == facts_fingerprint(path)


def keep_facts(path: Path, build: Path, table: dict[str, str]) -> None:
    """Store the facts of a file; values that are as before are not written again, and no page is read for them."""
    stored, text = stored_facts(path, build), json.dumps(table, indent=1)
    stored.parent.mkdir(parents=True, exist_ok=True)
    if not stored.exists() or stored.read_text(encoding="utf-8") != text:
        stored.write_text(text, encoding="utf-8")
    stored.with_suffix(".fingerprint").write_text(facts_fingerprint(path), encoding="utf-8")


def read_facts(docs: Path, build: Path) -> dict[str, Fact]:
    """Return the table of all stored facts; a name that two files define is an error."""
    table: dict[str, Fact] = {}
    for path in fact_files(docs):
        stored = stored_facts(path, build)
        for name, value in json.loads(stored.read_text(encoding="utf-8")).items():
            if name in table:
                raise Failure(f"the fact {name!r} is in {path.name} and in {table[name].stored.stem}.py")
            table[name] = Fact(value, stored)
    return table
