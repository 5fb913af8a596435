"""What is published: the same bytes twice, complete, with checksums that hold and the licences of all that is in it."""

import re
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import distribution
from zipfile import ZipFile

import publish
import pytest
from conftest import DOCS, SITE

import nwlesson

pytestmark = [pytest.mark.site, pytest.mark.slow]
GENERATED = {"palette.css", "math.woff2", "data.json", "pygments.css", "card.png"}  # by the build


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    target = tmp_path_factory.mktemp("dist")
    publish.main(target)
    return target


def test_it_is_all_there_under_the_one_version(made):
    version = nwlesson.__version__
    names = {f"nwlesson-{version}.tar.gz", f"nwlesson-{version}-site.zip", f"nwlesson-{version}-py3-none-any.whl"}
    assert {path.name for path in made.iterdir()} == names | {"LICENCES.txt", "SHA256SUMS"}


def test_the_checksums_hold(made):
    command = ["sha256sum"] if shutil.which("sha256sum") else ["shasum", "-a", "256"]  # of a Mac
    check = subprocess.run([*command, "--check", "SHA256SUMS"], cwd=made, capture_output=True)
    assert check.returncode == 0
    assert len(check.stdout.splitlines()) == 4


def test_a_package_from_the_source_distribution_is_the_wheel(made, tmp_path):
    (source,) = made.glob("*.tar.gz")
    (wheel,) = made.glob("*.whl")
    with tarfile.open(source) as archive:
        assert {entry.mtime for entry in archive} == {0}
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(tmp_path), str(source)], check=True)
    with ZipFile(wheel) as ours, ZipFile(tmp_path / wheel.name) as theirs:
        files = {name for name in ours.namelist() if not name.endswith("RECORD")}
        assert {name: ours.read(name) for name in files} == {name: theirs.read(name) for name in files}


def test_the_same_site_gives_the_same_bytes(made, tmp_path):
    publish.main(tmp_path / "again")
    for path in made.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_every_file_of_the_look_is_ours_or_has_its_licence():
    """A new extension that brings a style or a script must be named in publish.py."""
    files = [file.name for name in publish.SHIPPED for file in distribution(name).files or ()]
    theirs = {re.sub(r"_t$|\.jinja$", "", name) for name in files}  # some are templates
    ours = {path.name for folder in ("_static", "_ext", "explorables") for path in (DOCS / folder).rglob("*")}
    built = [path.relative_to(SITE / "_static") for path in (SITE / "_static").rglob("*") if path.is_file()]
    # The cards are our pictures, where the site has an address, and what the search loads are our words.
    names = {path.name for path in built if path.parts[0] not in ("cards", "search")}
    unhashed = {re.sub(r"\.[0-9a-f]{64}(?=\.)|^site-[0-9a-f]{8}(?=\.css)", "", name) for name in names}
    assert unhashed - theirs - ours - GENERATED == {".css"}, "the style sheets in one are our own work"


def test_the_licences_are_named_and_told(made):
    text = (made / "LICENCES.txt").read_text(encoding="utf-8")
    for name in publish.SHIPPED:
        assert re.search(rf"^{distribution(name).name} \S+: .*(MIT|BSD)", text, re.MULTILINE)
        assert publish.licence_texts(distribution(name))
    assert "SIL Open Font License" in text and "all-MiniLM-L6-v2 0.1.0: Apache-2.0" in text
    with ZipFile(next(made.glob("*site.zip"))) as site:
        assert site.read("LICENCES.txt").decode() == text
