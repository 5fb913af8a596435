"""Doctests of the package and of the pages: every `>>>` in a docstring or in a ```pycon block is run.

Why no library: Sphinx's doctest builder would read and run the whole site first. sybil (tried with 10.1) gives all
docstrings of a module one namespace, so an example that lacks its own first lines passes, and still needs a loop like
ours outside pytest. The standard library's doctest takes the closing fence of a Markdown block for expected output.

    python docs/_ext/doctests.py DOCS
"""

import doctest
import importlib
import io
import pkgutil
import re
import sys
from pathlib import Path

import told_shapes
from execution.forks import Failure

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
BLOCK = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pages(docs: Path) -> list[Path]:
    """Return the Markdown pages that people wrote, in order."""
    return sorted(p for p in docs.glob("**/*.md") if not p.relative_to(docs).parts[0].startswith("_"))


def examples(docs: Path) -> str:
    """Return the text of all examples on the pages: what must change for them to run again."""
    return "".join(block[0] for page in pages(docs) for block in BLOCK.finditer(page.read_text(encoding="utf-8")))


def page_tests(path: Path) -> list[doctest.DocTest]:
    """Return the ```pycon blocks of a page; they share one namespace, as a reader would type them."""
    text, names = path.read_text(encoding="utf-8"), {}
    parser = doctest.DocTestParser()
    tests = []
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        tests.append(parser.get_doctest(block[1], names, path.name, str(path), line))
        tests[-1].globs = names
    return tests


def module_tests() -> list[doctest.DocTest]:
    """Return the doctests of all modules of nwlesson."""
    import nwlesson

    finder = doctest.DocTestFinder(exclude_empty=True)
    modules = [importlib.import_module(f"nwlesson.{m.name}") for m in pkgutil.iter_modules(nwlesson.__path__)]
    return [test for module in modules for test in finder.find(module) if test.examples]


def run_all(docs: Path) -> int:
    """Run all doctests and return how many examples there were; raise Failure if one fails."""
    report = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    for test in [*module_tests(), *(test for page in pages(docs) for test in page_tests(page))]:
        runner.run(told_shapes.in_doctest(test), out=report.write, clear_globs=False)
    results = runner.summarize(verbose=False)
    if results.failed:
        raise Failure(report.getvalue())
    return results.attempted


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    try:
        print(f"{run_all(Path(sys.argv[1]).resolve())} examples, all as printed")
    except Failure as failure:
        sys.exit(str(failure))
