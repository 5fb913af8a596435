"""Every gallery script runs by itself, in an empty folder, as a reader would run it."""

import gzip
import multiprocessing
import multiprocessing.forkserver

import pytest
import told_shapes
from bs4 import BeautifulSoup
from conftest import DOCS, SITE
from gallery import places
from PIL import Image
from sphinx.errors import ExtensionError

SCRIPTS = sorted((DOCS / "gallery").glob("plot_*.py"))
each_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def programs():
    """Make processes that have nothing but torch, matplotlib and nwlesson imported, which is what takes the time.

    torch imports torch._dynamo when the first optimizer is made.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "torch._dynamo", "matplotlib.pyplot", "nwlesson"])
    with pytest.MonkeyPatch.context() as settings:
        for name, value in {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}.items():
            settings.setenv(name, value)
        multiprocessing.forkserver.ensure_running()
    return context


def test_there_are_enough():
    assert len(SCRIPTS) >= 14


@pytest.mark.slow
@each_script
def test_runs_alone_and_leaves_nothing_behind(script, programs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where the process will find itself
    program = programs.Process(target=told_shapes.run_script, args=(script,))
    program.start()
    program.join()
    assert program.exitcode == 0, "it has said above why"
    assert not list(tmp_path.iterdir())


@pytest.mark.site
@each_script
def test_page_has_one_picture_downloads_and_links(script):
    page = (SITE / "examples" / f"{script.stem}.html").read_text(encoding="utf-8")
    assert page.count('role="img"') == 1, "one script, one picture"
    assert f"{script.stem}.py" in page
    assert f"{script.stem}.ipynb" in page
    assert "../reference/generated/nwlesson." in page, "no link from the code to the API"


@pytest.mark.site
def test_the_text_and_the_gallery_tell_the_same_story(facts):
    page = (SITE / "examples" / "plot_many_seeds.html").read_text(encoding="utf-8")
    assert f"{facts['seeds-overshoot'].rstrip('%')} of {facts['seeds']} end beyond the best w" in page


@pytest.mark.site
def test_the_text_and_the_gallery_measure_the_same_distances_and_errors(facts):
    cost = (SITE / "examples" / "plot_useless_features.html").read_text(encoding="utf-8")
    assert f"{facts['useless-1']} to {facts['useless-10']}, near the plain average" in cost
    assert f"{facts['useless-1']} to {facts['useless-10-own']}." in cost
    far = (SITE / "examples" / "plot_far_neighbours.html").read_text(encoding="utf-8")
    assert f"to 0.{facts['near-20'].rstrip('%')} and" in far


@pytest.mark.site
def test_the_api_links_back_to_the_gallery():
    page = (SITE / "reference" / "generated" / "nwlesson.attention_pooling.html").read_text(encoding="utf-8")
    assert "../../examples/plot_widths.html" in page


def test_every_picture_is_used_by_the_home_page_or_a_lesson():
    pages = [DOCS / "index.md", *DOCS.glob("lessons/*.md"), *DOCS.glob("explorables/*/*.md")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert [s.stem for s in SCRIPTS if f"sphx_glr_{s.stem}_001.svg" not in text] == []


def test_the_index_is_grouped_by_the_parts_of_the_way_and_each_card_leads_to_a_lesson_of_its_part(parsed):
    parts = {" ".join(p.get_text().split()): p.find_next("ul") for p in parsed("index.html").select("p.caption")}
    sections = parsed("examples/index.html").select("article section section")
    names = [section.h2.find(string=True, recursive=False).strip() for section in sections]
    assert names == list(parts)[: len(names)] and len(names) == 5, "four parts, and what is only played with"
    cards = 0
    for name, section in zip(names, sections):
        pages = [link["href"] for link in parts[name].find_all("a")]
        shown = [link["href"].removeprefix("../") for link in section.select(".card-lesson a")]
        assert set(shown) <= set(pages) and shown == sorted(shown), "in the order of the lessons"
        assert len(shown) == len(section.select(".sphx-glr-thumbcontainer")), "every card says where it belongs"
        cards += len(shown)
    assert cards == len(SCRIPTS)


@pytest.mark.site
@each_script
def test_a_script_has_a_card(script):
    path = DOCS / "examples" / "images" / "cards" / f"{script.stem}.png"
    with Image.open(path) as card:
        assert card.size == (1200, 630)
    assert path.stat().st_size < 60_000


@pytest.mark.site
@each_script
def test_a_scripts_page_leads_to_a_lesson_that_shows_its_picture(script, parsed):
    page = parsed(f"examples/{script.stem}.html")
    (link,) = [p.a for p in page.select("article p") if p.get_text().startswith("It is shown in")]
    picture = page.select_one("article svg[role=img]")["aria-label"]
    lesson = parsed(link["href"].removeprefix("../"))
    assert picture in [svg["aria-label"] for svg in lesson.select("svg[role=img]")]


def test_what_sphinx_gallery_writes_in_another_way_is_not_passed_over():
    with pytest.raises(ExtensionError, match="writes its index in another way"):
        places.grouped("Gallery\n=======\n", DOCS)
    with pytest.raises(ExtensionError, match="writes its pages in another way"):
        places.leading_back("A script\n========\n", "lessons/01-fifty-noisy-points")


@pytest.mark.slow
def test_thumbnails_are_small_pictures_without_words():
    """The index shows every script's picture, and stays within what a page may weigh."""
    html = (SITE / "examples" / "index.html").read_text(encoding="utf-8")
    pictures = BeautifulSoup(html, "html.parser").select(".sphx-glr-thumbcontainer svg")
    assert len(pictures) == len(SCRIPTS)
    assert [picture for picture in pictures if picture.find("text") or picture.get("aria-hidden") != "true"] == []
    assert [picture for picture in pictures if len(picture.find_all(["path", "use", "image"])) < 2] == []
    assert sum(len(gzip.compress(str(picture).encode())) for picture in pictures) < 2_200 * len(SCRIPTS)
