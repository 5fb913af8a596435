"""Other people's machines: whatever is set up on them, the same site, or one sentence that says what is wrong.

That a site comes out the same to the byte under somebody else's settings is in test_build.py.
"""

import ast
import errno
import fcntl
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from conftest import ROOT, SITE, launch

sys.path.insert(0, str(ROOT / "tools"))

import build_site
import setup_environment

OURS = [path for folder in ("nwlesson", "docs", "tests", "tools") for path in sorted((ROOT / folder).rglob("*.py"))]
MADE = (ROOT / "docs" / "_build", ROOT / "docs" / "examples")  # by the build


def without_encoding(source):
    """The lines that read or write text in whatever encoding the machine happens to have.

    ruff's rule PLW1514 sees a path only where it can tell its type; here any `read_text` counts.
    """
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", "")
        words = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        if (name in {"read_text", "write_text"} or words.get("text") == "True") and "encoding" not in words:
            yield call.lineno


def test_text_without_an_encoding_is_found():
    assert list(without_encoding("a.read_text()\nb.write_text('x')\nrun(c, text=True)\n")) == [1, 2, 3]
    fine = "a.read_text(encoding='utf-8')\nb.write_text('x', encoding='utf-8')\nrun(c, encoding='utf-8')\nc.read()\n"
    assert list(without_encoding(fine)) == []


@pytest.mark.slow
def test_text_is_read_and_written_as_utf_8():
    files = [path for path in OURS if not any(path.is_relative_to(folder) for folder in MADE)]
    assert len(files) > 50
    found = {str(path.relative_to(ROOT)): list(without_encoding(path.read_text(encoding="utf-8"))) for path in files}
    assert {file: lines for file, lines in found.items() if lines} == {}


# The set-up. A stub takes the place of the environment's Python: it writes down how it was called, and with what.

STUB = """\
#!/bin/sh
case "$*" in
  *version_info*) echo 3 12;;
  *pip*--version*) echo pip 25;;
  *pip*install*) echo "$*" >> "$LOG"; env >> "$LOG";;
  *import*) exit "$BROKEN";;
esac
"""
HOSTILE = {
    "PYTHONPATH": "/not/ours", "PYTHONHOME": "/not/ours", "PYTHONWARNINGS": "error", "PIP_USER": "1",
    "PIP_TARGET": "/not/ours", "PIP_PREFIX": "/not/ours", "PIP_CONSTRAINT": "/not/ours", "TORCH": "/not/ours",
    "PYTHON": "/not/ours", "LC_ALL": "xx_XX.GB18030",
}  # fmt: skip
KEPT = {"PIP_INDEX_URL": "https://index.example", "PIP_CERT": "/my/own.pem", "PIP_CONFIG_FILE": "/my/pip.conf"}


@pytest.fixture
def stub(tmp_path):
    """An environment whose Python is a stub."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("include-system-site-packages = false\n", encoding="utf-8")
    (folder / "bin" / "python").write_text(STUB, encoding="utf-8")
    (folder / "bin" / "python").chmod(0o755)
    return folder


def set_up(folder, *options, broken=0):
    """Run make for an environment; return what it did and what pip was told."""
    log = folder / "log"
    env = {k: v for k, v in os.environ.items() if k != "MAKEFLAGS"}
    env |= {**HOSTILE, **KEPT, "LOG": str(log), "BROKEN": str(broken)}
    command = ["make", f"venv={folder}", *options, f"{folder}/site"]
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, encoding="utf-8")
    return run, log.read_text(encoding="utf-8") if log.exists() else ""


def test_the_set_up_obeys_no_variable_of_the_shell_but_knows_where_packages_come_from(stub):
    run, told = set_up(stub)
    assert run.returncode == 0, run.stderr
    assert "/not/ours" not in told
    assert "GB18030" not in told and "PYTHONWARNINGS" not in told
    assert "PIP_USER=0" in told
    for name, value in KEPT.items():
        assert f"{name}={value}" in told
    assert re.search(r"pip install --quiet torch==[\d.]+\n", told)
    assert (stub / "site").exists()


def test_what_the_command_says_counts(stub):
    run, told = set_up(stub, "TORCH=torch", "TORCH_INDEX=https://cpu.example")
    assert run.returncode == 0, run.stderr
    assert "pip install --quiet --index-url https://cpu.example torch\n" in told


def test_the_stamp_says_that_the_environment_imports(stub):
    run, told = set_up(stub, broken=1)
    assert run.returncode != 0
    assert "cannot be imported" in run.stderr
    assert "pip install" in told
    assert not (stub / "site").exists()


@pytest.mark.parametrize(
    ("version", "system", "machine", "said"),
    [
        ((3, 10), "Linux", "x86_64", "needs Python 3.11 or newer, but this is 3.10"),
        ((3, 11), "Linux", "x86_64", ""),
        ((3, 14), "Darwin", "arm64", ""),
        ((3, 14), "Linux", "aarch64", ""),
        ((3, 15), "Linux", "x86_64", "no torch for Python 3.15"),
        ((3, 12), "Darwin", "x86_64", "no torch for Macs with an Intel"),
    ],
)
def test_what_has_no_torch_is_said_before_the_download(version, system, machine, said):
    problem = setup_environment.unsupported(version, system, machine)
    assert said in problem if said else problem == ""


def test_the_readme_promises_what_the_set_up_accepts():
    oldest, newest = (".".join(map(str, version)) for version in (setup_environment.OLDEST, setup_environment.NEWEST))
    assert f"Python {oldest} to {newest}" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Python {oldest} to {newest}" in (ROOT / "docs" / "about" / "install.md").read_text(encoding="utf-8")
    workflow = (ROOT / ".github" / "workflows" / "site.yml").read_text(encoding="utf-8")
    assert f'"{oldest}"' in workflow and f'"{newest}"' in workflow


@pytest.mark.slow
def test_an_environment_without_pip_gets_one(tmp_path):
    """uv makes such environments; so does Debian without python3-venv."""
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    assert setup_environment.version_of(folder) == sys.version_info[:2]
    setup_environment.add_pip(folder)
    run = subprocess.run([folder / "bin" / "python", "-m", "pip", "--version"], capture_output=True, check=True)
    assert str(folder).encode() in run.stdout


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["dangling", "another version", "system"])
def test_an_environment_whose_python_does_not_do_is_made_anew(tmp_path, broken):
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=False, symlinks=True, system_site_packages=broken == "system")
    python = folder / "bin" / "python"
    python.unlink()
    if broken == "another version":
        python.write_text("#!/bin/sh\necho 3 10\n", encoding="utf-8")
        python.chmod(0o755)
    else:
        python.symlink_to("/gone/python3")
    assert not setup_environment.OLDEST <= setup_environment.version_of(folder) <= setup_environment.NEWEST
    setup_environment.make(folder)
    assert setup_environment.version_of(folder) == sys.version_info[:2]
    assert setup_environment.sees_the_system(folder) == (broken == "system")


@pytest.mark.parametrize("kind", ["link", "folder", "file"])
def test_what_is_no_environment_is_left_alone_and_named(tmp_path, kind):
    folder = tmp_path / "venv"
    if kind == "link":
        folder.symlink_to(tmp_path / "gone")
    elif kind == "folder":
        (folder / "mine").mkdir(parents=True)
    else:
        folder.write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="is no environment with a Python that runs; delete it"):
        setup_environment.make(folder)
    assert folder.is_symlink() or folder.exists()


@pytest.mark.slow
def test_a_python_that_is_gone_is_noticed_in_spite_of_the_stamp(stub):
    assert set_up(stub)[0].returncode == 0
    (stub / "log").unlink()
    assert set_up(stub)[1] == "", "nothing has changed"
    (stub / "bin" / "python").unlink()
    (stub / "bin" / "python").symlink_to("/gone/python3")
    (stub / "pyvenv.cfg").unlink()  # so that the set-up, when it runs, only says something
    run, _ = set_up(stub)
    assert run.returncode != 0
    assert "delete it and try again" in run.stderr


def test_a_brace_in_the_path_is_named(tmp_path):
    folder = tmp_path / "my {e}"
    folder.mkdir()
    command = [sys.executable, str(ROOT / "tools" / "build_site.py"), "html"]
    run = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    assert run.returncode == 1
    assert run.stderr == f"no folder around the site may have a brace in its name, but it is in {folder}; rename it\n"
    assert not any(folder.iterdir())


# The output folder, and two builds at once.


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with an old site and a new one that waits to take its place."""
    monkeypatch.chdir(tmp_path)
    for path, text in {"html/page": "old", "html/sub/gone": "old", "new/page": "new", "new/sub/fresh": "new"}.items():
        (build_site.BUILD / path).parent.mkdir(parents=True, exist_ok=True)
        (build_site.BUILD / path).write_text(text, encoding="utf-8")
    return build_site.BUILD


def site(folder):
    found = (path for path in (folder / "html").rglob("*") if path.is_file())
    return {str(path.relative_to(folder / "html")): path.read_text(encoding="utf-8") for path in found}


@pytest.mark.parametrize("mounted", [False, True])
def test_the_new_site_takes_the_place_of_the_old_one(folder, monkeypatch, mounted):
    def busy(*args):
        raise OSError(errno.EBUSY, "Device or resource busy")

    if mounted:
        monkeypatch.setattr(Path, "rename", busy)
    before = (folder / "html").stat().st_ino
    build_site.replace_site()
    assert site(folder) == {"page": "new", "sub/fresh": "new"}
    assert sorted(path.name for path in folder.iterdir()) == ["html"]
    assert ((folder / "html").stat().st_ino == before) == mounted, "a mount stays where it is"


def test_a_second_build_is_told_to_wait(folder):
    command = [sys.executable, str(ROOT / "tools" / "build_site.py"), "html"]
    with open(folder / "lock", "w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        run = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert run.returncode == 1
    assert run.stderr == "another build of this site is running; wait until it has ended, then try again\n"
    assert site(folder) == {"page": "old", "sub/gone": "old"}
    assert (folder / "new" / "page").exists(), "the other one's"


def test_a_killed_build_leaves_no_lock(folder):
    code = "import build_site, time; build_site.lock(); print('held', flush=True); time.sleep(60)"
    env = os.environ | {"PYTHONPATH": str(ROOT / "tools")}
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(SystemExit, match="another build"):
            build_site.lock()
        other.kill()
        other.wait()
    os.close(build_site.lock())


@pytest.mark.parametrize("script", [".ci/run", "Makefile"])
def test_no_shell_is_asked_for_that_a_system_may_lack(script):
    assert "bash" not in (ROOT / script).read_text(encoding="utf-8")


def test_lines_end_alike_in_every_clone():
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()


def test_ruff_looks_at_a_copy_below_a_folder_that_git_ignores(tmp_path):
    copy = tmp_path / "ignored" / "build" / "copy"
    copy.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("ignored/\n", encoding="utf-8")
    shutil.copy2(ROOT / "pyproject.toml", copy)
    (copy / "wrong.py").write_text("import os\n", encoding="utf-8")
    run = subprocess.run([sys.executable, "-m", "ruff", "check", "."], cwd=copy, capture_output=True, encoding="utf-8")
    assert run.returncode == 1
    assert "wrong.py:1" in run.stdout


# The reader's browser.

REFUSED = """Object.defineProperty(window, "localStorage", {
  configurable: true, get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } });"""


def test_search_and_theme_work_where_the_browser_refuses_storage(chromium, address):
    page = chromium.new_page()
    page.add_init_script(REFUSED)
    broken = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(address + "search.html?q=bandwidth")
    page.locator("#search-results li a").first.wait_for()
    themes = set()
    for _ in range(3):
        page.locator(".theme-toggle:visible").first.click()
        themes.add(page.evaluate("document.body.dataset.theme"))
    assert themes == {"light", "dark", "auto"}
    assert broken == []
    page.close()


def test_a_quiz_marks_its_answers_where_the_site_is_opened_as_a_file(chromium):
    page = chromium.new_page()
    page.goto((SITE / "practice" / "quiz-shapes.html").as_uri())
    quiz = page.locator(".quiz").first
    quiz.locator(".quiz-right summary").click()
    assert quiz.locator("[role=status]").inner_text().strip() != ""
    page.close()


def test_a_chromium_that_does_not_start_is_named_in_one_sentence(chromium, tmp_path):
    stub = tmp_path / "chromium"
    stub.write_text("#!/bin/sh\necho requires the chromium snap to be installed >&2\nexit 1\n", encoding="utf-8")
    stub.chmod(0o755)
    with pytest.raises(pytest.fail.Exception, match="does not start; set CHROMIUM"):
        launch(chromium.browser_type, str(stub))
