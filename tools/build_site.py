"""Build the site beside the last one, and put it in its place only when all went well.

Why no library: Sphinx writes into the site that readers see, and two of them at once would spoil each other's pages.

    python tools/build_site.py html OPTIONS          the site in all its languages, in docs/_build/html
    python tools/build_site.py linkcheck OPTIONS     only check the links
"""

import fcntl
import gc
import hashlib
import importlib
import json
import multiprocessing
import os
import shutil
import sys
from importlib.metadata import distributions
from pathlib import Path

BUILD = Path("docs", "_build")
DOCTREES, NEW, OLD, HTML = (BUILD / name for name in ("doctrees", "new", "old", "html"))
MADE_FROM = BUILD / "made-from.json"  # beside the site: a hash of each thing that it was made from
SOURCES = "docs", "nwlesson", "tools/build_site.py", "pyproject.toml", "README.md", "LICENSE"
GENERATED = {
    BUILD,
    Path("docs", "examples"),
    *(Path("docs", "reference", name) for name in ("generated", "backreferences")),
}
READY = f"The site is in {HTML}. make serve shows it; opened as files, its figures stand still."
EVERYWHERE = Path("docs", "reference", "glossary.md"), Path("docs", "explorables")  # words that stand on other pages
LIBRARIES = "furo", "matplotlib.pyplot", "myst_nb.sphinx_ext", "sphinx.cmd.build", "sphinx_gallery.gen_gallery", "torch"
LANGUAGES = {"en": "", "zh_CN": "zh"}  # and the folder of each in the site; English first: it runs what the pages show


def check_path():
    """Stop where sphinx-gallery would: it takes what stands between braces in a path for a place to fill."""
    if set("{}") & set(str(Path.cwd())):
        sys.exit(f"no folder around the site may have a brace in its name, but it is in {Path.cwd()}; rename it")


def lock():
    """Keep other builds of this folder out until this process and all its children have ended, however they end."""
    BUILD.mkdir(parents=True, exist_ok=True)
    held = os.open(BUILD / "lock", os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("another build of this site is running; wait until it has ended, then try again")
    return held


def doctrees(language):
    return DOCTREES if language == "en" else DOCTREES.with_name(f"doctrees-{language}")


def sphinx(builder, target, options, language="en"):
    """Run Sphinx; after a failure the doctrees go, for Sphinx would not repeat its warnings and a broken page pass.

    It runs in a fork of this process: what Sphinx imports takes as long as an edited page, and both languages need it.
    The fork holds the lock, too.
    """
    import_libraries()
    trees = doctrees(language)
    arguments = ["-b", builder, *options, "-d", str(trees), "docs", str(target)]
    child = multiprocessing.get_context("fork").Process(target=run_sphinx, args=(arguments, language))
    child.start()
    child.join()
    if child.exitcode:
        shutil.rmtree(trees, ignore_errors=True)
    return child.exitcode


def import_libraries():
    """Import what takes long; of this project nothing, for conf.py sets the stage for that."""
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # or each fork would look through all this for garbage, again and again


def run_sphinx(arguments, language):
    """Do what `python -m sphinx` does in this folder."""
    from sphinx.cmd.build import main

    os.environ["LESSON_LANGUAGE"] = language
    sys.path[0] = os.getcwd()
    sys.exit(main(arguments))


def replace_site():
    """Put the new site in the place of the old one."""
    shutil.rmtree(OLD, ignore_errors=True)
    try:
        if HTML.exists():
            HTML.rename(OLD)
    except OSError:  # a mounted folder cannot be moved
        replace_contents()
    else:
        NEW.rename(HTML)
        shutil.rmtree(OLD, ignore_errors=True)


def replace_contents():
    """Put the new pages where the old ones are, in the same folder."""
    for path in HTML.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    shutil.copytree(NEW, HTML, dirs_exist_ok=True)
    shutil.rmtree(NEW)


def made_from(options):
    """Return a hash of each file that the site is made from, and one of the libraries, the settings and the options."""
    settings = {
        key: value for key, value in os.environ.items() if key.startswith(("NWLESSON_", "LESSON_", "READTHEDOCS"))
    }
    libraries = sorted(f"{package.name} {package.version}" for package in distributions())
    hashed = {"": repr((sys.version, libraries, sorted(settings.items()), options)).encode()}
    hashed |= {str(path): path.read_bytes() for name in SOURCES for path in files_of(Path(name))}
    return {name: hashlib.sha256(content).hexdigest() for name, content in hashed.items()}


def last_made_from():
    """Return the same of the site that is there; nothing if there is none, or if an earlier version has made it."""
    return json.loads(MADE_FROM.read_text(encoding="utf-8")) if HTML.exists() and MADE_FROM.exists() else {}


def only_pages_differ(before, now):
    """Say whether no more has changed than what stands on pages; then Sphinx knows which of them it must write."""
    if before.keys() != now.keys():
        return False
    changed = [Path(name) for name in now if before[name] != now[name]]
    return all(path.suffix == ".md" and not {path, *path.parents} & set(EVERYWHERE) for path in changed)


def files_of(path):
    """Return a file, or all files in a folder but those that the build or Python has made."""
    if path.is_file():
        return [path]
    made = {*path.rglob("__pycache__"), *GENERATED}
    return [file for file in path.rglob("*") if file.is_file() and not made & set(file.parents)]


def languages():
    """Return English and the languages that have catalogues."""
    return [language for language in LANGUAGES if language == "en" or Path("docs", "locales", language).is_dir()]


def html(options):
    """Build the site, unless nothing has changed since; return 0 if it is in its place."""
    before, now = last_made_from(), made_from(options)
    if before == now:
        print(READY)
        return 0
    MADE_FROM.unlink(missing_ok=True)  # what Sphinx remembers is no longer the site that is there, until all went well
    if NEW.exists():  # an earlier build was interrupted
        shutil.rmtree(NEW)
        for language in languages():
            shutil.rmtree(doctrees(language), ignore_errors=True)
    elif only_pages_differ(before, now):
        shutil.copytree(HTML, NEW)
    if any(sphinx("html", NEW / LANGUAGES[language], options, language) for language in languages()):
        shutil.rmtree(NEW, ignore_errors=True)
        print(f"The site was not built; the last good one, if any, stays in {HTML}.", file=sys.stderr)
        return 1
    for note in NEW.rglob(".buildinfo.bak"):  # Sphinx's, if the copy was of a site with other settings
        note.unlink()
    replace_site()
    MADE_FROM.write_text(json.dumps(now, indent=0), encoding="utf-8")
    print(READY)
    return 0


if __name__ == "__main__":
    builder, *options = sys.argv[1:]
    check_path()
    lock()
    sys.exit(html(options) if builder == "html" else sphinx(builder, BUILD / builder, options))
