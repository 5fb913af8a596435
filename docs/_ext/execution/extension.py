"""The runs beside Sphinx: started when the configuration is read, waited for before the first page is.

Not promised to stay, tried by tests/test_versions.py: the place of MyST-NB's settings, for its folder for pictures
cannot be set.
"""

import gc
import os
import shutil
import sys
from pathlib import Path

from sphinx.application import Sphinx

from execution.facts import measurements
from execution.fingerprints import EXT, fingerprint
from execution.forks import FORK
from execution.runs import cache_folder, run_what_is_new


def start_runs(app: Sphinx, config) -> None:
    """Start the runs beside Sphinx, which builds the gallery in the meantime."""
    docs, build = Path(app.srcdir), Path(config.lesson_build)
    config.nb_execution_cache_path = str(cache_folder(build))
    config.lesson_fingerprint = fingerprint(code_of_the_extensions())
    forget_what_was_generated(docs, build / "generated-from")
    gc.freeze()  # what is loaded stays: sphinx-gallery collects garbage after every block, which took seconds
    os.environ["IPYTHONDIR"] = str(build / "ipython")  # IPython writes nothing to the reader's home
    app._lesson_runs = FORK.Process(target=lambda: sys.exit(run_what_is_new(docs, build)))
    app._lesson_runs.start()


def code_of_the_extensions() -> str:
    """Return the Python that makes pages; when it changes, every page is read again."""
    return "".join(path.read_text(encoding="utf-8") for path in sorted(EXT.rglob("*.py")))


def forget_what_was_generated(docs: Path, stamp: Path) -> None:
    """Delete the pages of gallery and API when what they show or the list of scripts has changed.

    sphinx-gallery sees only that one of its own scripts has changed, and neither it nor autosummary removes a page
    whose script or function is gone.
    """
    scripts = " ".join(path.name for path in sorted(docs.glob("gallery/*.py")))
    drawing = [EXT / "gallery" / "thumbnails.py", EXT / "cards" / "pictures.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in drawing)
    now = f"{fingerprint(measurements(docs) + code)} {scripts}"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != now:
        for folder in "examples", "reference/generated", "reference/backreferences":
            shutil.rmtree(docs / folder, ignore_errors=True)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(now, encoding="utf-8")


def wait_for_runs(app: Sphinx) -> None:
    """Wait for the runs before the first page is read; nothing is built from what failed."""
    app._lesson_runs.join()
    if app._lesson_runs.exitcode != 0:
        sys.exit("what the pages show could not be run; see above for file and line")


def keep_pictures(app: Sphinx) -> None:
    """Have MyST-NB write pictures into the build's own folder, for all languages.

    It takes a folder beside the site, which for a site within another is in that one; what is published has no room
    for them, and Sphinx reads a page anew whose pictures are gone.
    """
    folder = Path(app.config.lesson_build).resolve() / "jupyter_execute"
    app.env.mystnb_config = app.env.mystnb_config.copy(output_folder=str(folder))


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    app.setup_extension("myst_nb")
    app.add_config_value("lesson_fingerprint", "", "env", [str])
    app.connect("config-inited", start_runs)
    app.connect("builder-inited", keep_pictures, priority=900)  # after MyST-NB, at 500
    app.connect("builder-inited", wait_for_runs, priority=900)  # after sphinx-gallery, which runs at 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}
